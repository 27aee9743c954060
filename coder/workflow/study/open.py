"""Opening and beginning studies, for the command line and the review page alike.

The values that a `Study` hands out are re-exported here, so that layers above need no other import.
"""

import os
import tempfile
from pathlib import Path
from shutil import disk_usage

from coder.codebook import Codebook
from coder.exchange.codebooks import read_codebook
from coder.store import Study
from coder.store.figures import CoderFigures, StudyFigures
from coder.store.values import (
    ADJUDICATED,
    DECIDED,
    LOTS,
    MODES,
    ActRecord,
    ActSummary,
    CodebookVersion,
    Decision,
    Filters,
    Memo,
    Mode,
    ModelVersion,
    OthersCode,
    Provenance,
    Saved,
    StandingCode,
    State,
    StoredSuggestion,
    StudyTurn,
    StudyUtterance,
    TranscriptInfo,
    UnitState,
    Verdict,
)

IN_MEMORY = Path("/dev/shm")  # a folder of Linux that is no disk
ROOM_IN_MEMORY = 500_000_000  # bytes: an upload has up to 100 MB, a model with its encoder up to 300 MB
__all__ = [
    "ADJUDICATED",
    "DECIDED",
    "LOTS",
    "MODES",
    "ActRecord",
    "ActSummary",
    "CodebookVersion",
    "CoderFigures",
    "Decision",
    "Filters",
    "Memo",
    "Mode",
    "ModelVersion",
    "OthersCode",
    "Provenance",
    "Saved",
    "StandingCode",
    "State",
    "StoredSuggestion",
    "Study",
    "StudyFigures",
    "StudyTurn",
    "StudyUtterance",
    "TranscriptInfo",
    "UnitState",
    "Verdict",
    "begin_study",
    "open_study",
    "work_in_memory",
]


def begin_study(
    path: str | Path,
    *,
    codebook: str | Path | Codebook = "comb",
    passphrase: str | None = None,
) -> Study:
    """Make a new study with a codebook (a shipped name, a file, or one that was read) and open it.

    With a passphrase the file is encrypted. Raises StudyError if the file exists or cannot be written, CodebookError
    if the codebook is broken, InputError if the passphrase is too short.
    """
    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    return _guarded(Study.create(path, book, passphrase=passphrase))


def open_study(path: str | Path, *, readonly: bool = False, passphrase: str | None = None) -> Study:
    """Open a study file; an older one is updated first, with a backup copy beside it.

    An encrypted one needs its passphrase: the one given, known, in CODER_PASSPHRASE or typed (coder.passphrases).
    Raises StudyError if it does not exist, is not a study, is newer than this program, damaged or read-only;
    PassphraseError if the passphrase is missing or wrong.
    """
    return _guarded(Study.open(path, readonly=readonly, passphrase=passphrase))


def _guarded(study: Study) -> Study:
    if study.encrypted:
        work_in_memory()
    return study


def work_in_memory() -> None:
    """Keep texts and what is computed from them off the disk for the rest of this process: vectors, temporary files.

    Temporary files are kept in memory where the system has a place for them (Linux: /dev/shm, with room enough);
    elsewhere they lie in the user's own folder for them until the work is done.
    """
    from coder.encoding.caching import keep_in_memory

    keep_in_memory()
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and disk_usage(IN_MEMORY).free >= ROOM_IN_MEMORY:
        tempfile.tempdir = str(IN_MEMORY)
