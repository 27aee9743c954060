"""`coder precode`: suggestions for transcripts or tables, in one command."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from coder.cli.console import note, progress_bar
from coder.cli.options import Force, Interviewer, spread
from coder.domain import Unit

Engine = Literal["local", "dask"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is pre-coded, with which model, and where it is computed and written."""

    paths: Annotated[list[Path], typer.Argument(help="Transcripts, folders of them, or (--unit row) tables.")]
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Where to write; .csv, .xlsx, .jsonl or .parquet. Default: csv on stdout."
        ),
    ] = None
    model: Annotated[
        str, typer.Option(help="A model's name or folder, or 'none' to use the codebook's text alone.")
    ] = "starter"
    codebook: Annotated[
        str | None,
        typer.Option(
            help="A shipped codebook (comb, coproduction), or a file: yaml, csv, xlsx, docx, qdc. Default:"
            " the model's own (starter: COM-B)."
        ),
    ] = None
    unit: Annotated[
        Unit,
        typer.Option(help="What gets coded: utterance (one to three sentences), turn, or row of a table."),
    ] = "utterance"
    coded_only: Annotated[
        bool, typer.Option("--coded-only", help="Leave out utterances that get no suggestion.")
    ] = False
    interviewer: Interviewer = None
    force: Force = False
    threads: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Processor threads to use. Default: those that are idle now."),
    ] = None
    engine: Annotated[
        Engine,
        typer.Option(help="Where to compute: in this process, or on Dask workers (needs coder[dask])."),
    ] = "local"
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --engine dask: the scheduler, as tcp://HOST:8786. Default: worker processes on this machine.",
        ),
    ] = None


def precode(asked: Asked) -> None:
    """Pre-code transcripts: one row per suggested code, for a person to confirm, change or reject.

    Reads Word, Teams, Zoom, Otter, plain text and many other transcripts (`coder turns FILE` shows how one is
    read). Example: coder precode interviews/ -o suggestions.xlsx
    """
    from coder.workflow.codebooks import notes_on
    from coder.workflow.precoding.pipeline import PrecodingRequest, closing_words, run

    request = PrecodingRequest(
        paths=asked.paths, out=asked.out, model=asked.model, codebook=asked.codebook, unit=asked.unit,
        coded_only=asked.coded_only, interviewer=tuple(asked.interviewer or ()), force=asked.force,
        threads=asked.threads, engine=asked.engine, scheduler=asked.scheduler,
    )  # fmt: skip
    for line in notes_on(asked.codebook) if asked.codebook else []:
        note(line)
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
    app.command("precode", no_args_is_help=True)(spread(precode, Asked))
