"""Passphrases on a terminal, and the commands that put a study under one."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from coder.cli.console import note
from coder.cli.options import StudyFile
from coder.errors import InputError
from coder.passphrases import VARIABLE, check_new

if TYPE_CHECKING:
    from coder.workflow.study.encryption import Rewritten

NEW_VARIABLE = "CODER_NEW_PASSPHRASE"  # for scripts that change one
LOST = "Write the passphrase down in a safe place: without it nobody can read the study, and nobody can reset it."


def ask(path: Path) -> str:
    """Ask for the passphrase of a file, unseen, on a terminal; return "" where there is none."""
    if not sys.stdin.isatty():
        return ""
    answer: str = typer.prompt(f"Passphrase of {path}", hide_input=True, err=True)
    return answer


def ask_new(path: Path, variable: str = VARIABLE) -> str:
    """Ask twice for a new passphrase, or take that of an environment variable.

    Raises InputError if it cannot be used or nobody can be asked.
    """
    given = os.environ.get(variable, "")
    if not given and not sys.stdin.isatty():
        raise InputError(f"Nobody can be asked for a new passphrase here. Use a terminal, or set {variable}.")
    if not given:
        given = typer.prompt(f"New passphrase of {path}", hide_input=True, err=True)
        check_new(given)
        if typer.prompt("The same again", hide_input=True, err=True) != given:
            raise InputError("The two are not the same; nothing was changed.")
    return check_new(given)


def encrypt(study: StudyFile) -> None:
    """Put a study and its backups under a passphrase: from then on nobody can read them without it.

    Asks for the passphrase twice; in a script set CODER_PASSPHRASE. Example: coder encrypt pilot.coder
    """
    from coder.workflow.study import encryption as work

    work.check_plain(study)
    _tell(work.encrypt(study, ask_new(study)), "Encrypted")
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
    _tell(work.change(study, ask_new(study, NEW_VARIABLE)), "Passphrase changed")
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
