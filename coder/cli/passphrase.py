"""`coder encrypt`, `coder decrypt`, `coder passphrase`: put a study under a passphrase, and take it off."""

from typing import TYPE_CHECKING

import typer

from coder.cli.console import LOST, ask_new_passphrase, note
from coder.cli.options import StudyFile

if TYPE_CHECKING:
    from coder.workflow.study.encryption import Rewritten

NEW_VARIABLE = "CODER_NEW_PASSPHRASE"  # for scripts that change one


def encrypt(study: StudyFile) -> None:
    """Put a study and its backups under a passphrase: from then on nobody can read them without it.

    Asks for the passphrase twice; in a script set CODER_PASSPHRASE. Example: coder encrypt pilot.coder
    """
    from coder.workflow.study import encryption as work

    work.check_plain(study)
    _tell(work.encrypt(study, ask_new_passphrase(study)), "Encrypted")
    note(LOST)
    note(work.UNREACHABLE)


def decrypt(study: StudyFile) -> None:
    """Make an encrypted study and its backups plain files again, which any program of yours can read.

    Example: coder decrypt pilot.coder
    """
    from coder.workflow.study import encryption as work

    _tell(work.decrypt(study), "No longer encrypted")


def passphrase(study: StudyFile) -> None:
    """Change the passphrase of an encrypted study and its backups.

    Asks for the present one, then twice for the new one; in a script set CODER_PASSPHRASE and CODER_NEW_PASSPHRASE.
    Example: coder passphrase pilot.coder
    """
    from coder.workflow.study import encryption as work

    work.check_encrypted(study)
    _tell(work.change(study, ask_new_passphrase(study, NEW_VARIABLE)), "Passphrase changed")
    note(LOST)
    note(work.UNREACHABLE)


def _tell(result: "Rewritten", what: str) -> None:
    for path in result.paths:
        typer.echo(f"{what}: {path}")
    for path, reason in result.failed:
        note(f"{path} was left as it is: {reason}")
    if result.failed:
        raise typer.Exit(3)


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("encrypt", no_args_is_help=True)(encrypt)
    app.command("decrypt", no_args_is_help=True)(decrypt)
    app.command("passphrase", no_args_is_help=True)(passphrase)
