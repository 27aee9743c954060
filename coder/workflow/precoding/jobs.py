"""What is to be pre-coded, as one job: its parts, its extra columns, and how progress is counted; transcripts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from coder.domain import Transcript, Unit, Utterance
from coder.errors import InputError
from coder.workflow.precoding.coded_parts import Part, PartRecord

if TYPE_CHECKING:
    from coder.learning import Model

MANY_FILES = 20


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


def transcript_parts(
    files: Sequence[Path], unit: Unit, interviewer: Sequence[str] = (), done: Collection[int] = ()
) -> Iterator[Part]:
    """Yield each transcript as a part, one that cannot be read as a refused part; `done` are left out."""
    names: set[str] = set()
    for number, path in enumerate(files):
        twin = (f"another file is also called '{path.stem}'",) if path.stem in names else ()
        names.add(path.stem)
        if number in done:
            continue
        try:
            transcript, utterances = read_utterances(path, unit, interviewer)
        except InputError as error:
            yield Part(number, str(path), refused=str(error))
        else:
            yield Part(number, str(path), tuple(utterances), notes=(*transcript.notes, *twin))


def read_utterances(
    path: Path, unit: Unit, interviewer: Sequence[str] = ()
) -> tuple[Transcript, list[Utterance]]:
    """Read one transcript and cut the participants' turns into units."""
    from coder.reading import read_transcript
    from coder.segmentation import segment

    transcript = read_transcript(path, interviewer=interviewer)
    utterances = segment(transcript, "turn" if unit == "turn" else "utterance")
    utterances = [item for item in utterances if item.role != "interviewer"]
    if not utterances:
        raise InputError(f"{path}: no participant says anything in it. See `coder turns {path}`.")
    return transcript, utterances


def input_files(paths: Iterable[str | Path], unit: Unit) -> list[Path]:
    """Return the files meant by paths; a folder means every file in it that can be read.

    Raises InputError for a path that does not exist and for folders without any such file.
    """
    from coder.reading import transcript_paths

    given = [Path(path) for path in paths]
    missing = [str(path) for path in given if not path.exists()]
    if missing:
        raise InputError(f"There is no file or folder {', '.join(missing)}. Check the spelling.")
    if unit != "row":
        return transcript_paths(given)
    from coder.reading.tables.read import TABLE_SUFFIXES

    return [
        file
        for path in given
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        if not path.is_dir() or file.suffix.lower() in TABLE_SUFFIXES
    ]


def job_of(files: Sequence[Path], unit: Unit, interviewer: Sequence[str] = ()) -> Job:
    """Return the files as a job; tables are read once for it."""
    if unit != "row":
        return TranscriptJob(files, unit, interviewer)
    from coder.workflow.precoding.answers import TablesJob, surveyed

    return TablesJob(surveyed(files))


def is_large(files: Sequence[Path], unit: str) -> bool:
    """Tell whether a job takes so long that finished parts are kept in case it is interrupted."""
    if unit != "row":
        return len(files) > MANY_FILES
    from coder.workflow.precoding.answers import is_long

    return any(is_long(path) for path in files)
