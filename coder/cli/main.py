"""The `coder` command: joins the command families; a `CoderError` becomes a sentence and exit code 1."""

import os
import signal
import sys

import typer

from coder import __version__
from coder.cli import FAMILIES, load_family
from coder.cli.passphrase import ask
from coder.cli.terminal import harmless, prepare_streams
from coder.errors import CoderError
from coder.passphrases import PASSPHRASES

# The matrices of a command are small: a second thread of numpy's only waits for the first, at full cost, and how a
# product is split between threads can change its last bit. The encoder has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = typer.Typer(
    name="coder",
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


for family in FAMILIES:
    load_family(family).register(app)


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
    PASSPHRASES.ask = ask
    try:
        app()
    except CoderError as error:
        typer.echo(f"coder: {harmless(str(error))}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("coder: interrupted", err=True)
        sys.exit(130)
