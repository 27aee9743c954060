"""The `coder` command: finds the command asked for; a `CoderError` becomes a sentence and exit code 1."""

import os
import signal
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from coder import __version__
from coder.cli import FAMILIES, HEADINGS, STOPPED
from coder.cli.console import ask_passphrase, harmless, prepare_streams
from coder.errors import CoderError
from coder.passphrases import PASSPHRASES

# The matrices of a command are small: a second thread of numpy's only waits for the first, at full cost, and how a
# product is split between threads can change its last bit. The encoder has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class Commands(TyperGroup):
    """All commands by name; those of a family are made when one of them is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the help."""
        return [name for lines in HEADINGS.values() for name in lines]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each heading with its commands, one line each where the console has 80 columns."""
        width = max(map(len, self.list_commands(ctx)))
        for heading, lines in HEADINGS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), line) for name, line in lines.items()])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, None for a name that is none."""
        if cmd_name not in self.commands:
            for family, names in FAMILIES.items():
                if cmd_name in names:
                    self.commands.update(commands_of(family))
        return self.commands.get(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; where it is stopped by Ctrl-C, say what is left of it."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, ImportError) as error:
            if not _by_hand(error):
                raise
            left = STOPPED.get(ctx.invoked_subcommand, "")
            typer.echo(f"coder: stopped. {left}".rstrip(), err=True)
            raise typer.Exit(130) from None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command of a line; one that is mistyped is compared with all there are."""
        if self.get_command(ctx, args[0]) is None:
            for name in self.list_commands(ctx):
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)


def _by_hand(error: BaseException | None) -> bool:
    """Whether an error is a Ctrl-C, or comes from one: compiled modules make an ImportError of it as they load."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def commands_of(family: str) -> dict[str, Any]:
    """Import a family; return its commands by name."""
    app = typer.Typer(rich_markup_mode=None)
    import_module(f"coder.cli.{family}").register(app)
    return dict(get_group(app).commands)


app = typer.Typer(
    name="coder",
    cls=Commands,
    help=(
        "Pre-code interview transcripts. Every result is a suggestion: a person confirms, changes or"
        " rejects it. Nothing leaves this machine."
    ),
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"coder {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Options that stand before the command; without a command, say how to begin."""
    if context.invoked_subcommand is None:
        from coder.cli.start import GREETING

        typer.echo(GREETING)


def _end_calmly() -> None:
    """Let a closed terminal and a request to end close files as at the end of a command, not in the middle."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    if hasattr(signal, "SIGHUP"):  # not on Windows; the page's server answers SIGTERM in its own way
        signal.signal(signal.SIGHUP, lambda number, frame: signal.raise_signal(signal.SIGTERM))


def main() -> None:
    """Run the command line; the one place where errors become text and exit codes."""
    _end_calmly()
    prepare_streams()
    PASSPHRASES.ask = ask_passphrase
    try:
        app()
    except CoderError as error:
        typer.echo(f"coder: {harmless(str(error))}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("coder: stopped.", err=True)  # before a command was found
        sys.exit(130)
