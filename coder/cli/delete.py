"""`coder delete`: a study and all that the program keeps of it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import note
from coder.cli.options import StudyFile
from coder.errors import InputError


def delete(
    study: StudyFile,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. It cannot be undone.")] = False,
) -> None:
    """Delete a study for good: the file, its backups and temporary files, and the cache of vectors.

    Shows what it will delete and asks first; then says what it cannot reach. Example: coder delete pilot.coder
    """
    from coder.workflow.study import delete as work

    found = work.find(study)
    note(f"To be deleted for good:\n{work.summary(found.paths)}")
    if not yes and not _confirmed(study):
        typer.echo("Nothing was deleted.")
        return
    failed = work.delete(found)
    typer.echo(f"Deleted: {len(found.paths) - len(failed)} files and folders.")
    note("Not reached, look after these yourself:\n" + "\n".join(f"  - {what}" for what in work.OUT_OF_REACH))
    for path, reason in failed:
        note(f"{path} could not be deleted: {reason}.")
    if failed:
        raise typer.Exit(3)


def _confirmed(study: Path) -> bool:
    """Ask before a study is deleted. Raises InputError if nobody can be asked."""
    try:
        return typer.confirm(f"Delete {study}? All decisions in it are lost.", default=False, err=True)
    except typer.Abort:
        if sys.stdin.isatty():  # Ctrl+C, or Ctrl+D
            raise
        typer.echo(err=True)
        raise InputError(
            "Nobody can be asked here, so nothing was deleted. Use a terminal, or add --yes."
        ) from None


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("delete", no_args_is_help=True)(delete)
