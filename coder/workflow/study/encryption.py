"""Putting a study under a passphrase, changing it, and taking it off; backups beside the study go along."""

from dataclasses import dataclass
from pathlib import Path

from coder.errors import CoderError, StudyError
from coder.passphrases import PASSPHRASES, check_new
from coder.phrasing import typed
from coder.store import database
from coder.store.encryption import is_encrypted
from coder.workflow.study.open import open_study

UNREACHABLE = (
    "Copies made earlier (sent, synchronised, saved by the system), exported files and the transcripts themselves are"
    " as they were. What the disk keeps of replaced files cannot be erased from here: encrypt the disk as well."
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The files that were written anew, and backups that could not be, each with the reason."""

    paths: tuple[Path, ...]
    failed: tuple[tuple[Path, str], ...]


def encrypt(study: Path, passphrase: str) -> Rewritten:
    """Encrypt a plain study and its backups. Raises StudyError if it is encrypted already or open elsewhere."""
    check_plain(study)
    return _rewritten(study, check_new(passphrase))


def decrypt(study: Path) -> Rewritten:
    """Make an encrypted study and its backups plain files. Raises StudyError if it is plain or open elsewhere."""
    check_encrypted(study)
    return _rewritten(study, None)


def change(study: Path, passphrase: str) -> Rewritten:
    """Give an encrypted study and its backups another passphrase. Raises StudyError if it is plain."""
    check_encrypted(study)
    return _rewritten(study, check_new(passphrase))


def check_plain(study: Path) -> None:
    """Raise StudyError unless the file is a study that is not encrypted."""
    if is_encrypted(study):
        raise StudyError(
            f"{study} is encrypted already. To change its passphrase: coder passphrase {typed(study)}"
        )
    open_study(study, readonly=True).close()


def check_encrypted(study: Path) -> None:
    """Raise StudyError unless the file is an encrypted study, PassphraseError unless its passphrase is at hand."""
    open_study(study, readonly=True).close()
    if not is_encrypted(study):
        raise StudyError(f"{study} is not encrypted. To encrypt it: coder encrypt {typed(study)}")


def _rewritten(study: Path, new: str | None) -> Rewritten:
    old = PASSPHRASES.of(study) if is_encrypted(study) else None
    database.change_passphrase(study, new)
    done, failed = [study], []
    for backup in database.backups_of(study):
        if old is not None:
            PASSPHRASES.remember(backup, old)
        if new is None and not is_encrypted(backup):
            continue
        try:
            database.change_passphrase(backup, new)
        except CoderError as error:
            failed.append((backup, str(error)))
        else:
            done.append(backup)
    return Rewritten(tuple(done), tuple(failed))
