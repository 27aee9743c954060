"""What is to be pre-coded, as one job: its parts, its extra columns, and how progress is counted."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from coder.domain import Unit
from coder.errors import CoderError
from coder.workflow.precoding.parts import Part, PartRecord, transcript_parts

if TYPE_CHECKING:
    from coder.learning import Model
    from coder.workflow.precoding.answers import Survey

MANY_FILES = 20
MANY_ROWS = 20_000
MANY_BYTES = 8_000_000  # of a table that does not say its number of rows


class Job(Protocol):
    """Files to be coded, part by part."""

    @property
    def columns(self) -> Sequence[str]:
        """The files' own columns in order."""
        ...

    @property
    def total(self) -> int:
        """The number of steps."""
        ...

    def parts(self, model: "Model", done: Collection[int] = ()) -> Iterator[Part]:
        """Yield the parts in order, those numbered in `done` left out."""
        ...

    def steps(self, record: PartRecord) -> int:
        """Return how many steps of progress a part is."""
        ...


@dataclass(frozen=True)
class TranscriptJob:
    """Transcripts, each a part; progress in files."""

    files: Sequence[Path]
    unit: Unit
    interviewer: Sequence[str] = ()
    columns: Sequence[str] = ()

    @property
    def total(self) -> int:
        """The number of files."""
        return len(self.files)

    def parts(self, model: "Model", done: Collection[int] = ()) -> Iterator[Part]:
        """Yield the parts in order, those numbered in `done` left out."""
        return transcript_parts(self.files, self.unit, self.interviewer, done)

    def steps(self, record: PartRecord) -> int:
        """Return how many steps of progress a part is."""
        return 1


@dataclass(frozen=True)
class TablesJob:
    """Tables of answers, five thousand rows a part; progress in rows."""

    surveys: Sequence["Survey"]

    @property
    def columns(self) -> Sequence[str]:
        """The tables' own columns in order."""
        return tuple(dict.fromkeys(column for survey in self.surveys for column in survey.columns))

    @property
    def total(self) -> int:
        """The number of rows."""
        return sum(survey.rows for survey in self.surveys)

    def parts(self, model: "Model", done: Collection[int] = ()) -> Iterator[Part]:
        """Yield the parts in order, those numbered in `done` left out."""
        from coder.workflow.precoding.answers import table_parts

        return table_parts(self.surveys, model, done)

    def steps(self, record: PartRecord) -> int:
        """Return how many steps of progress a part is."""
        return record.units


def job_of(files: Sequence[Path], unit: Unit, interviewer: Sequence[str] = ()) -> Job:
    """Return the files as a job; tables are read once for it."""
    if unit != "row":
        return TranscriptJob(files, unit, interviewer)
    from coder.workflow.precoding.answers import surveyed

    return TablesJob(surveyed(files))


def is_large(files: Sequence[Path], unit: str) -> bool:
    """Tell whether a job takes so long that finished parts are kept in case it is interrupted."""
    if unit != "row":
        return len(files) > MANY_FILES
    return any(_is_long(path) for path in files)


def _is_long(path: Path) -> bool:
    from coder.reading.tables.stream import row_count

    try:
        rows = row_count(path)
    except CoderError:
        return False  # a damaged table is refused when it is read
    return rows > MANY_ROWS if rows is not None else path.stat().st_size > MANY_BYTES
