"""`coder review`: the page on which people confirm, change or reject suggestions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import note
from coder.cli.options import NoBrowser, Port, spread


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which study is opened, for whom, how and where."""

    study: Annotated[Path, typer.Argument(help="The study file, such as pilot.coder; a new one is begun.")]
    coder: Annotated[
        list[str],
        typer.Option(
            "--coder",
            help="Who codes; decisions are saved under this name. Repeat it to open one address per coder.",
        ),
    ]
    blind: Annotated[
        bool,
        typer.Option(
            "--blind", help="No suggestion anywhere, and no way to show them: for independent coding."
        ),
    ] = False
    commit_first: Annotated[
        bool, typer.Option("--commit-first", help="Show each suggestion only after the coder's own decision.")
    ] = False
    port: Port = None
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen on. The default is this machine alone; with any other, people on the"
            " network who have a coder's address can work here, unencrypted."
        ),
    ] = "127.0.0.1"
    no_browser: NoBrowser = False


def review(asked: Asked) -> None:
    """Open the review page: read, code, adjudicate, retrain, download. Every decision is saved at once.

    Without --blind or --commit-first, the first coder begins assisted and every later one blind; the page can
    change it. Example: coder review pilot.coder --coder Ann
    """
    from coder.review.server import Launch, serve
    from coder.workflow.study.open import Mode

    if asked.blind and asked.commit_first:
        raise typer.BadParameter("Choose --blind or --commit-first, not both.")
    mode: Mode | None = "blind" if asked.blind else "commit_first" if asked.commit_first else None
    launch = Launch(
        asked.study,
        tuple(asked.coder),
        mode=mode,
        host=asked.host,
        port=asked.port,
        browser=not asked.no_browser,
    )
    serve(launch, tell=note)


def open_(
    folder: Annotated[
        Path, typer.Argument(help="The folder that holds your studies; default: the current one.")
    ] = Path(),
    port: Port = None,
    no_browser: NoBrowser = False,
) -> None:
    """Open the home page: the studies of a folder, a new one from your files, the sample study.

    Everything after this is done in the browser. Example: coder open
    """
    from coder.review.server import serve_home

    serve_home(folder, note, port=port, browser=not no_browser)


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("review", no_args_is_help=True)(spread(review, Asked))
    app.command("open")(open_)
