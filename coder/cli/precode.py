"""`coder precode`: suggestions for transcripts or tables, in one command."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from coder.cli.console import note, progress_bar
from coder.domain import Unit

Engine = Literal["local", "dask"]


def precode(
    paths: Annotated[
        list[Path], typer.Argument(help="Transcripts, folders of them, or (--unit row) tables.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Where to write; .csv, .xlsx, .jsonl or .parquet. Default: csv on stdout."
        ),
    ] = None,
    model: Annotated[
        str, typer.Option(help="A model's name or folder, or 'none' to use the codebook's text alone.")
    ] = "starter",
    codebook: Annotated[
        str | None, typer.Option(help="A shipped codebook's name (comb, coproduction) or a YAML file.")
    ] = None,
    unit: Annotated[
        Unit,
        typer.Option(help="What gets coded: utterance (one to three sentences), turn, or row of a table."),
    ] = "utterance",
    coded_only: Annotated[
        bool, typer.Option("--coded-only", help="Leave out utterances that get no suggestion.")
    ] = False,
    interviewer: Annotated[
        list[str] | None,
        typer.Option(
            help="A speaker label that is the interviewer's; repeat for several. Default: inferred."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it exists.")] = False,
    threads: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Processor threads to use. Default: those that are idle now."),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(help="Where to compute: in this process, or on Dask workers (needs coder[dask])."),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --engine dask: the scheduler, as tcp://HOST:8786. Default: worker processes on this machine.",
        ),
    ] = None,
) -> None:
    """Pre-code transcripts: one row per suggested code, for a person to confirm, change or reject.

    Reads Word, Teams, Zoom, Otter, plain text and many other transcripts (`coder turns FILE` shows how one is
    read). Example: coder precode interviews/ -o suggestions.xlsx
    """
    from coder.workflow.precoding.pipeline import closing_words, run
    from coder.workflow.precoding.request import Request

    request = Request(
        paths=paths, out=out, model=model, codebook=codebook, unit=unit, coded_only=coded_only,
        interviewer=tuple(interviewer or ()), force=force, threads=threads, engine=engine, scheduler=scheduler,
    )  # fmt: skip
    with progress_bar("Pre-coding") as advance:
        summary = run(request, progress=advance)
    for path, notes in summary.notes.items():
        for line in notes:
            note(f"{path}: {line}")
    note(closing_words(request, summary))
    if summary.refused:
        raise typer.Exit(3)


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("precode", no_args_is_help=True)(precode)
