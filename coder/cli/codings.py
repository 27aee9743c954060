"""`coder codings`: how codings made elsewhere are read, before anything is done with them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import note, print_json
from coder.cli.options import AsJson, ColumnOptions, Force, spread
from coder.errors import CoderError, InputError


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which files are shown, and how."""

    files: Annotated[
        list[Path],
        typer.Argument(
            help="Exports of NVivo, ATLAS.ti, MAXQDA, Dedoose, Taguette, QualCoder; REFI-QDA projects (.qdpx); any"
            " table with a column for the words and one for the code."
        ),
    ]
    as_json: AsJson = False
    codebook: Annotated[
        str, typer.Option(help="The codebook that --draft-mapping maps to: a shipped name or a file.")
    ] = "comb"
    draft_mapping: Annotated[
        Path | None,
        typer.Option(help="Write which code of the codebook each name seems to mean, to edit (.csv, .xlsx)."),
    ] = None
    force: Force = False


def codings(asked: Asked, options: ColumnOptions) -> None:
    """Show how codings made in another tool are read: documents, coders, codes, and what was left out.

    Look here first, then give the same file to coder train, evaluate, agreement or import --codings.
    Example: coder codings project.qdpx --codebook comb --draft-mapping map.csv
    """
    from coder.workflow.codebooks import read_codebook
    from coder.workflow.coded_files import codings_text, draft_mapping, show_codings

    projects, refused = [], []
    for file in asked.files:
        try:
            projects.append(show_codings(file, options.reading()))
        except CoderError as error:
            refused.append(str(error))
    if not projects:
        raise InputError("\n".join(refused))
    if asked.as_json:
        shown = [item.to_dict() for item in projects]
        print_json(shown[0] if len(asked.files) == 1 else shown)
    else:
        typer.echo("\n\n".join(codings_text(item) for item in projects))
    if asked.draft_mapping is not None:
        codebook = read_codebook(asked.codebook)
        note(draft_mapping(projects, codebook, asked.draft_mapping, force=asked.force))
    for line in refused:
        note(f"not read: {line}")
    if refused:
        raise typer.Exit(3)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("codings", no_args_is_help=True)(spread(codings, Asked, ColumnOptions))
