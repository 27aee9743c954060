"""`coder demo`, `coder doctor`, and what `coder` alone says."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import note, print_json, progress_bar, so_far
from coder.cli.options import AsJson, NoBrowser

GREETING = """\
coder pre-codes interview transcripts. A person confirms, changes or rejects every suggestion.
Nothing leaves this machine.

  coder demo                       makes a sample study here and opens it in your browser
  coder precode INTERVIEWS -o suggestions.xlsx    suggests codes for files of your own
  coder open                       opens your studies in the browser, or begins one
  coder agreement CODINGS.csv      measures agreement between coders
  coder doctor                     checks this installation

All commands: coder --help. One command: coder precode --help."""


def demo(
    folder: Annotated[
        Path, typer.Argument(help="Where to put the sample study; default: the current folder.")
    ] = Path(),
    coder: Annotated[str, typer.Option("--coder", help="Your name; decisions are saved under it.")] = "Me",
    no_page: Annotated[bool, typer.Option("--no-page", help="Only make the files and the study.")] = False,
    no_browser: NoBrowser = False,
) -> None:
    """Make the sample study in the current folder and open it: synthetic interviews to try everything on.

    Writes the folder `sample` (transcripts, codings, coded excerpts) and the study `sample.coder`. What is there
    already is left as it is. Example: coder demo
    """
    from coder.phrasing import typed
    from coder.workflow.demo import make_demo

    with progress_bar("Making the sample study") as advance:
        study = make_demo(folder, note, so_far(advance))
    typer.echo(f"Sample files: {folder / 'sample'}. Study: {study}.")
    if no_page:
        typer.echo(f"Open it with: coder review {typed(study)} --coder {typed(coder)}")
        return
    from coder.review.server import Launch, serve

    serve(Launch(study, (coder,), mode="assisted", browser=not no_browser), tell=note)


def doctor(as_json: AsJson = False) -> None:
    """Check this installation: versions, encoders, optional packages, models, cache, free disk.

    It looks at no transcript. The last line can be copied into a bug report. Example: coder doctor
    """
    from coder.workflow.doctor import examine, report_text

    report = examine()
    if as_json:
        print_json(report.as_dict())
    else:
        typer.echo(report_text(report.findings))
        typer.echo(f"\nFor a bug report: {report.bug_line()}")
    if not report.good:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("demo")(demo)
    app.command("doctor")(doctor)
