"""Deleting a study for good: the file, what lies beside it, what is kept elsewhere; and what cannot be reached."""

import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from shutil import rmtree

from coder.errors import StudyError
from coder.store.database import APPLICATION_ID, backups_of
from coder.store.encryption import is_encrypted, is_locked
from coder.store.left_log import UNFINISHED
from coder.store.open_here import head_of
from coder.workflow.study.open import IN_MEMORY

COMPANIONS = ("-wal", "-shm", "-journal", "-unfinished")
LEFT_BEHIND = (
    "coder-upload-*",
    "coder-begin-*",
    "coder-codings-*",
    "coder-export-*",
    "coder-report-*",
    "coder-model-*",
    "coder-*.html",
)  # in the system's folder for temporary files
OUT_OF_REACH = (
    "files you exported or that `coder precode` wrote",
    "models trained with `coder train`, which hold excerpts",
    "original transcripts and recordings",
    "copies that were sent, synchronised or backed up",
    "traces on the disk itself: on most disks deleted data can be restored until it is overwritten; encrypt the disk",
)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What there is to delete: the study's own files, and files of the program that may hold traces of it."""

    study: Path
    own: tuple[Path, ...]
    traces: tuple[Path, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return everything that would be deleted."""
        return self.own + self.traces


def find(study: Path) -> Deletion:
    """Return what belongs to a study, without deleting anything.

    Raises StudyError if there is no such study, the file is another program's, or a program has it open.
    """
    if not study.is_file():
        raise StudyError(f"There is no study {study}.")
    if not _is_study(study):
        raise StudyError(f"{study} is not a study file of coder; nothing was deleted.")
    _check_closed(study)
    beside = [study.with_name(study.name + suffix) for suffix in COMPANIONS]
    beside += [
        *backups_of(study),
        *study.parent.glob(f".{escape(study.name)}.*.new"),
        *study.parent.glob(f"{UNFINISHED}*"),
    ]
    return Deletion(study, (study, *(path for path in beside if path.exists())), tuple(_traces()))


def delete(deletion: Deletion) -> list[tuple[Path, str]]:
    """Delete what was found, the study's own file last; return what could not be deleted, with the reason."""
    failed = []
    for path in [*deletion.traces, *reversed(deletion.own)]:
        try:
            if path.is_dir() and not path.is_symlink():
                rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            failed.append((path, error.strerror or str(error)))
    return failed


def summary(paths: Sequence[Path]) -> str:
    """Return the paths as lines, with their sizes."""
    return "\n".join(f"  {path} ({_size(path) / 1e6:.1f} MB)" for path in paths)


def _traces() -> list[Path]:
    """Return the cache of vectors (it holds no text, but is computed from texts) and forgotten temporary files."""
    from coder.encoding.caching import cache_folder

    cache = cache_folder()
    found = list(cache.glob("vectors-*.sqlite*")) if cache.is_dir() else []
    for temporary in {Path(tempfile.gettempdir()), *([IN_MEMORY] if IN_MEMORY.is_dir() else [])}:
        for pattern in LEFT_BEHIND:
            found += [path for path in temporary.glob(pattern) if _is_ours(path)]
    return sorted(found)


def _is_ours(path: Path) -> bool:
    try:
        return not path.is_symlink() and path.stat().st_uid == Path.home().stat().st_uid
    except (OSError, RuntimeError):
        return False


def _is_study(path: Path) -> bool:
    """Return whether the file's header says that it is a study, damaged or not, or it can be an encrypted one."""
    if is_encrypted(path):
        return True
    header = head_of(path)
    return header.startswith(b"SQLite format 3\0") and header[68:72] == APPLICATION_ID.to_bytes(4, "big")


def _check_closed(path: Path) -> None:
    """Raise StudyError if another program has the study open: only then can it leave write-ahead mode."""
    if is_encrypted(path):
        if is_locked(path):
            raise StudyError(f"{path} is open in another program. Close it there, then repeat.")
        return
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StudyError(f"{path} is open in another program. Close it there, then repeat.") from error
    except sqlite3.DatabaseError:
        pass  # damaged: it may be deleted all the same
    finally:
        connection.close()


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [item for item in path.rglob("*") if item.is_file()]
    return sum(item.stat().st_size for item in files)
