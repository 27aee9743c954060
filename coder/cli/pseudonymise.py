"""`coder pseudonymise`: names, places and numbers out of transcripts, after a person has reviewed the list."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import note


def pseudonymise(
    files: Annotated[list[Path], typer.Argument(help="Transcripts, or folders of them; all of one study.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder for the new transcripts.")],
    list_file: Annotated[
        Path | None,
        typer.Option(
            "--list", help="Where to write the list to review (.csv, .xlsx). Default: DIR-found.csv."
        ),
    ] = None,
    apply: Annotated[
        Path | None,
        typer.Option("--apply", help="Apply this list, as you edited it, and write the transcripts."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Replace everything that is found, without a review.")
    ] = False,
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="The file that says which pseudonym stands for whom; one that is there is continued, so that a study"
            " keeps its pseudonyms. Default: DIR-mapping.csv. Keep it apart."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
) -> None:
    """Replace names, places, organisations, contacts, dates and numbers by pseudonyms such as [Name 1].

    First it writes a list of what was found, with context. In the list, set `action` to keep or replace, edit the
    replacement, add rows; then run it again with --apply. Recognition misses some: a person must read the new texts.
    Example: coder pseudonymise interviews -o safe, then: coder pseudonymise interviews -o safe --apply safe-found.csv
    """
    from coder.workflow import pseudonymise as work

    if apply and yes:
        raise typer.BadParameter("Give --apply or --yes, not both.")
    mapping = mapping or out.with_name(f"{out.name}-mapping.csv")
    known = work.read_mapping(mapping)
    readings, items = work.find(files, known)
    for kind, different, count in work.counts_by_kind(items):
        typer.echo(f"{kind}: {different} different, {count} places")
    if not apply and not yes:
        target = list_file or out.with_name(f"{out.name}-found.csv")
        work.write_list(items, target, force=force)
        typer.echo(f"{len(items)} items in {len(readings)} transcripts, listed with context in {target}.")
        typer.echo(f"Edit the list, then run the same command with: --apply {target}")
        return
    if list_file:
        work.write_list(items, list_file, force=force)
    items = work.read_list(apply, items) if apply else items
    for done in work.write_transcripts(readings, items, out, force=force):
        typer.echo(f"{done.source.name}: {done.replaced} replacements, written to {done.path}")
        for line in done.notes:
            note(line)
    work.write_mapping(items, known, mapping)
    typer.echo(
        f"Who is who: {mapping}. Keep this file apart from the transcripts; only with it can people be identified."
    )
    note(work.HONEST)


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("pseudonymise", no_args_is_help=True)(pseudonymise)
