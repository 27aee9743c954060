"""`coder codebook`: look at, check and convert codebooks."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import note
from coder.cli.options import Force

group = typer.Typer(no_args_is_help=True, help="Look at, check and convert codebooks.", rich_markup_mode=None)
Source = Annotated[
    str, typer.Argument(help="A shipped codebook (comb, coproduction) or a file: yaml, csv, xlsx, docx, qdc.")
]


@group.command("show", short_help="Print a codebook for reading.")
def show(source: Source) -> None:
    """Print a codebook for reading: codes, definitions, rules, sub-themes.

    Example: coder codebook show comb
    """
    from coder.workflow.codebooks import described, read_with_notes

    codebook, notes = read_with_notes(source)
    typer.echo(described(codebook))
    for line in notes:
        note(line)


@group.command("check", short_help="List every problem of a codebook.")
def check(source: Source) -> None:
    """List every problem of a codebook with its line, and codes that say too little.

    Example: coder codebook check my-codebook.yaml
    """
    from coder.workflow.codebooks import advice, read_with_notes

    codebook, notes = read_with_notes(source)
    for line in [*notes, *advice(codebook)]:
        note(line)
    typer.echo(f"{source}: {len(codebook.codes)} codes, no problems.")


@group.command("convert", short_help="Convert a codebook for another tool.")
def convert(
    source: Source,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to write: .yaml, .csv or .qdc.")],
    taguette: Annotated[
        bool, typer.Option("--taguette", help="Write the csv that Taguette imports as a codebook.")
    ] = False,
    force: Force = False,
) -> None:
    """Convert a codebook, for example to take it into NVivo or to edit it as a table.

    Example: coder codebook convert comb -o comb.qdc
    """
    from coder.workflow.codebooks import read_with_notes, write_codebook

    codebook, notes = read_with_notes(source)
    for line in notes:
        note(line)
    write_codebook(codebook, out, force=force, taguette=taguette)
    note(f"Written to {out}")


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.add_typer(group, name="codebook")
