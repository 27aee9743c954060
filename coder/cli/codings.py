"""`coder codings`: how codings made elsewhere are read, before anything is done with them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.coded_options import CodedOptions
from coder.cli.console import note
from coder.cli.options import with_options
from coder.errors import CoderError, InputError


def codings(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Exports of NVivo, ATLAS.ti, MAXQDA, Dedoose, Taguette, QualCoder; REFI-QDA projects (.qdpx); any"
            " table with a column for the words and one for the code."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print every coding as one JSON document.")] = False,
    codebook: Annotated[
        str, typer.Option(help="The codebook that --draft-mapping maps to: a shipped name or a file.")
    ] = "comb",
    draft_mapping: Annotated[
        Path | None,
        typer.Option(help="Write which code of the codebook each name seems to mean, to edit (.csv, .xlsx)."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the mapping if it exists.")] = False,
    *,
    options: CodedOptions,
) -> None:
    """Show how codings made in another tool are read: documents, coders, codes, and what was left out.

    Look here first, then give the same file to coder train, evaluate, agreement or import --codings.
    Example: coder codings project.qdpx --codebook comb --draft-mapping map.csv
    """
    from coder.workflow.codebooks import open_codebook
    from coder.workflow.coded_files import codings_text, show_codings
    from coder.workflow.coded_files import draft_mapping as draft

    found, refused = [], []
    for file in files:
        try:
            found.append(show_codings(file, options.reading()))
        except CoderError as error:
            refused.append(str(error))
    if not found:
        raise InputError("\n".join(refused))
    if as_json:
        held = [item.to_dict() for item in found]
        typer.echo(json.dumps(held[0] if len(files) == 1 else held, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n\n".join(codings_text(item) for item in found))
    if draft_mapping is not None:
        note(draft(found, open_codebook(codebook), draft_mapping, force=force))
    for line in refused:
        note(f"not read: {line}")
    if refused:
        raise typer.Exit(3)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("codings", no_args_is_help=True)(with_options(codings, CodedOptions))
