"""`coder pseudonymise`: names, places and numbers out of transcripts, after a person has reviewed the list."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import ask_new_passphrase, note
from coder.cli.options import Force, spread
from coder.errors import InputError
from coder.phrasing import counted

if TYPE_CHECKING:
    from coder.domain import Transcript
    from coder.workflow.pseudonymise import Item


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which transcripts, and where the list, the new transcripts and the pseudonyms are."""

    files: Annotated[list[Path], typer.Argument(help="Transcripts, or folders of them; all of one study.")]
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder for the new transcripts.")]
    list_file: Annotated[
        Path | None,
        typer.Option(
            "--list", help="Where to write the list to review (.csv, .xlsx). Default: DIR-found.csv."
        ),
    ] = None
    apply: Annotated[
        Path | None,
        typer.Option("--apply", help="Apply this list, as you edited it, and write the transcripts."),
    ] = None
    yes: Annotated[
        bool, typer.Option("--yes", help="Replace everything that is found, without a review.")
    ] = False
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="The file that says which pseudonym stands for whom; one that is there is continued, so that a study"
            " keeps its pseudonyms. Default: DIR-mapping.csv. Keep it apart. A name that ends in .encrypted puts it"
            " under a passphrase."
        ),
    ] = None
    force: Force = False


def pseudonymise(asked: Asked) -> None:
    """Replace names, places, organisations, contacts, dates and numbers by pseudonyms such as [Name 1].

    First it writes a list of what was found, with context. In the list, set `action` to keep or replace, edit the
    replacement, add rows; then run it again with --apply. Recognition misses some: a person must read the new texts.
    Example: coder pseudonymise interviews -o safe, then: coder pseudonymise interviews -o safe --apply safe-found.csv
    """
    from coder.workflow import pseudonymise as work

    if asked.apply and asked.yes:
        raise typer.BadParameter("Give --apply or --yes, not both.")
    mapping = asked.mapping or asked.out.with_name(f"{asked.out.name}-mapping.csv")
    known = known_pseudonyms(mapping)
    readings, items = work.find(asked.files, known)
    for line in _kinds(items):
        typer.echo(line)
    if not asked.apply and not asked.yes:
        target = asked.list_file or asked.out.with_name(f"{asked.out.name}-found.csv")
        work.write_list(items, target, force=asked.force)
        where = counted(len(readings), "transcript")
        typer.echo(f"{counted(len(items), 'item')} in {where}, listed with context in {target}.")
        typer.echo(f"Edit the list, then run the same command with: --apply {target}")
        return
    if asked.list_file:
        work.write_list(items, asked.list_file, force=asked.force)
    items = work.read_list(asked.apply, items) if asked.apply else items
    for done in work.write_transcripts(readings, items, asked.out, force=asked.force):
        typer.echo(f"{done.source.name}: {done.replaced} replacements, written to {done.path}")
        for line in done.notes:
            note(line)
    work.write_mapping(items, known, mapping)
    typer.echo(
        f"Who is who: {mapping}. Keep this file apart from the transcripts; only with it can people be identified."
    )
    note(work.HONEST)


def _kinds(items: "Sequence[Item]") -> list[str]:
    """Return a line for each kind of item: how many different ones, in how many places."""
    from coder.workflow import pseudonymise as work

    return [
        f"{kind}: {different:,} different, {counted(places, 'place')}"
        for kind, different, places in work.counts_by_kind(items)
    ]


@dataclass(frozen=True, slots=True)
class Pseudonymising:
    """What `coder import --pseudonymise` was asked for."""

    study: Path
    paths: Sequence[Path]
    apply: Path | None
    mapping: Path | None
    interviewer: Sequence[str]
    tables: Sequence[Path]


def reader_of(asked: Pseudonymising) -> "Callable[..., Transcript] | None":
    """Return what reads the transcripts with pseudonyms, None if the list must be looked at first.

    The list is written beside the study. On a terminal a person may edit it and go on at once; otherwise the same
    command is repeated with --apply. Raises InputError for tables, which name people in their own way.
    """
    from coder.workflow import pseudonymise as work
    from coder.workflow.study.import_project import is_project
    from coder.workflow.study.import_transcripts import files_to_read
    from coder.workflow.study.open import open_study

    projects = [path.name for path in asked.paths if is_project(path)]
    if projects:
        raise InputError(
            f"{', '.join(projects)}: a project of another tool is not pseudonymised; export its texts."
        )
    if asked.tables:
        raise InputError(
            "A table is not pseudonymised. Import the transcripts first; put the new names of speakers into the"
            " table, then import it."
        )
    with open_study(asked.study, readonly=True) as opened:
        mapping = asked.mapping or work.mapping_beside(asked.study, encrypted=opened.encrypted)
    known = known_pseudonyms(mapping)
    readings, items = work.find(files_to_read(asked.paths), known, interviewer=asked.interviewer)
    chosen = asked.apply or _reviewed(asked, items)
    if chosen is None:
        return None
    items = work.read_list(chosen, items)
    work.write_mapping(items, known, mapping)
    note(f"Who is who: {mapping}. Keep it apart from the study. Delete {chosen} when you no longer need it.")
    note(work.HONEST)
    return work.pseudonymising_reader(readings, items)


def _reviewed(asked: Pseudonymising, items: "list[Item]") -> Path | None:
    from coder.workflow import pseudonymise as work

    target = asked.study.with_name(f"{asked.study.stem}-found.csv")
    if target.exists():
        raise InputError(f"{target} is a list from before: add --apply {target}, or delete it.")
    work.write_list(items, target)
    for line in _kinds(items):
        note(line)
    note(
        f"{len(items)} items, listed with context in {target}: set each to keep or replace, add what is missing."
    )
    if sys.stdin.isatty() and typer.confirm(
        "Edit and save the list now. Import with it?", default=False, err=True
    ):
        return target
    typer.echo(f"Nothing was imported. Edit the list, then repeat the command with: --apply {target}")
    return None


def known_pseudonyms(mapping: Path) -> dict[str, str]:
    """Return the pseudonyms of a mapping file; for a new encrypted one, ask for its passphrase."""
    from coder.passphrases import PASSPHRASES
    from coder.workflow import pseudonymise as work

    if mapping.suffix == work.ENCRYPTED and not mapping.exists():
        PASSPHRASES.remember(mapping, ask_new_passphrase(mapping))
    return work.read_mapping(mapping)


def reidentify(
    mapping: Annotated[
        Path,
        typer.Argument(help="The mapping file of coder pseudonymise, encrypted or not.", metavar="MAPPING"),
    ],
    pseudonym: Annotated[
        list[str] | None, typer.Argument(help="Only these, such as 'Name 1'. Default: all.")
    ] = None,
) -> None:
    """Say who is who: the spellings that each pseudonym stands for. Only with the mapping file can anybody tell.

    Example: coder reidentify safe-mapping.encrypted 'Name 1'
    """
    from coder.workflow import pseudonymise as work

    found = work.who_is_who(mapping)
    wanted = [f"[{name.strip('[]')}]" for name in pseudonym or []]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise InputError(f"{mapping} has no {', '.join(missing)}.")
    for name in wanted or found:
        typer.echo(f"{name}: {'; '.join(found[name])}")


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("pseudonymise", no_args_is_help=True)(spread(pseudonymise, Asked))
    app.command("reidentify", no_args_is_help=True)(reidentify)
