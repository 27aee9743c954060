"""Opening and beginning studies, for the command line and the review page alike.

The values that a `Study` hands out are re-exported here, so that layers above need no other import.
"""

from pathlib import Path

from coder.store import Study
from coder.store.connection import Clock, utc_now
from coder.store.figures import CodeFigures, CoderFigures, StudyFigures
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
from coder.workflow.codebooks import open_codebook

__all__ = [
    "ADJUDICATED",
    "DECIDED",
    "LOTS",
    "MODES",
    "ActRecord",
    "ActSummary",
    "CodeFigures",
    "CodebookVersion",
    "CoderFigures",
    "Decision",
    "Filters",
    "Memo",
    "Mode",
    "ModelVersion",
    "OthersCode",
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
]


def begin_study(path: str | Path, *, codebook: str | Path = "comb", clock: Clock = utc_now) -> Study:
    """Make a new study with a codebook (shipped name, or a YAML, csv or .qdc file) and open it.

    Raises StudyError if the file exists or cannot be written, CodebookError if the codebook is broken.
    """
    return Study.create(path, open_codebook(codebook), clock=clock)


def open_study(path: str | Path, *, readonly: bool = False, clock: Clock = utc_now) -> Study:
    """Open a study file; an older one is updated first, with a backup copy beside it.

    Raises StudyError if it does not exist, is not a study, is newer than this program, damaged or read-only.
    """
    return Study.open(path, readonly=readonly, clock=clock)
