"""A pre-coding job in parts, each coded on its own: a transcript, or five thousand rows of a table.

The parts depend on the files alone, never on who codes them, where, or in which order; what a model says of a part
depends on the part alone. So an interrupted job goes on, and many workers give what one gives, to the last bit.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from coder.domain import Transcript, Unit, Utterance
from coder.errors import InputError
from coder.phrasing import typed
from coder.workflow.suggestion import Opinion, Row, opinions, rows_of_unit

if TYPE_CHECKING:
    from coder.learning.dataset import Batch, Topics
    from coder.learning.model import Model


Opinions = list[Opinion | None]  # one per utterance; None for what is never coded


@dataclass(frozen=True)
class Part:
    """What is coded at a time; `other_columns` are a table's other columns, one record per utterance.

    Of a table's rows `homes` names the transcript or participant, `turns` the turn, empty where it does not say;
    `spoken` says whether its text is talk, not a written answer.
    """

    number: int
    source: str
    utterances: tuple[Utterance, ...] = ()
    studies: tuple[str, ...] | None = None
    other_columns: tuple[Row, ...] = ()
    homes: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    spoken: tuple[bool, ...] = ()
    topics: "Topics | None" = None
    notes: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class PartRecord:
    """What is kept of a coded part besides its rows: where it is from, what was noted, what is counted.

    `written`: it is answers that people wrote, no talk.
    """

    number: int
    source: str
    notes: tuple[str, ...] = ()
    refused: str = ""
    written: bool = False
    columns: tuple[str, ...] = ()
    units: int = 0
    codable: int = 0
    coded: int = 0
    codes: dict[str, dict[str, int]] = field(default_factory=dict)  # code, polarity: rows
    unread: dict[str, int] = field(default_factory=dict)  # language that the model cannot read: units


class Engine(Protocol):
    """Codes parts, in any order."""

    def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Opinions]]:
        """Yield each part with what the model says of it."""
        ...


class LocalEngine:
    """Codes one part after the other in this process."""

    def __init__(self, model: "Model") -> None:
        self._model = model

    def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Opinions]]:
        """Yield each part with what the model says of it."""
        for part in parts:
            yield part, coded(self._model, part)


def coded(model: "Model", part: Part) -> Opinions:
    """Return what a model says of each utterance of a part."""
    remaining = iter(opinions(model, _batch(part)))
    return [next(remaining) if utterance.codable else None for utterance in part.utterances]


def _batch(part: Part) -> "Batch":
    """Return a part's codable utterances: those of a transcript, or a table's answers."""
    from coder.learning.dataset import Batch

    at = [row for row, utterance in enumerate(part.utterances) if utterance.codable]
    codable = [part.utterances[row] for row in at]
    if part.studies is None:
        return Batch.of_utterances(codable)
    texts, questions = [item.text for item in codable], [item.question for item in codable]
    studies = [part.studies[row] for row in at]
    homes = [part.homes[row] if part.homes else "" for row in at]
    named = part.turns or ("",) * len(part.utterances)
    turns = [(home, named[row]) if named[row] else row for home, row in zip(homes, at, strict=True)]
    spoken = [bool(part.spoken) and part.spoken[row] for row in at]
    return Batch(texts, questions, turns, homes, studies, part.topics, spoken)


def finished(
    part: Part, by_utterance: Opinions, model: "Model", *, coded_only: bool
) -> tuple[PartRecord, list[Row]]:
    """Return a coded part's record and its rows as they are written, a table's other columns before ours."""
    rows: list[Row] = []
    codes: dict[str, Counter[str]] = {}
    for at, (utterance, opinion) in enumerate(zip(part.utterances, by_utterance, strict=True)):
        if opinion is not None:
            for item in opinion.suggested:
                codes.setdefault(item.code, Counter())[opinion.polarity or ""] += 1
        if coded_only and not (opinion and opinion.suggested):
            continue
        others = part.other_columns[at] if part.other_columns else {}
        rows += [{**others, **row} for row in rows_of_unit(utterance, opinion, model.codebook, model.name)]
    record = PartRecord(
        number=part.number,
        source=part.source,
        notes=part.notes,
        refused=part.refused,
        written=all(utterance.written for utterance in part.utterances),
        columns=tuple(part.other_columns[0]) if part.other_columns else (),
        units=len(part.utterances),
        codable=sum(opinion is not None for opinion in by_utterance),
        coded=sum(bool(opinion and opinion.suggested) for opinion in by_utterance),
        codes={code: dict(counts) for code, counts in codes.items()},
        unread=dict(Counter(opinion.language for opinion in by_utterance if opinion and opinion.language)),
    )
    return record, rows


def read_utterances(
    path: Path, unit: Unit, interviewer: Sequence[str] = ()
) -> tuple[Transcript, list[Utterance]]:
    """Read one transcript and cut the participants' turns into units. Raises InputError, also for codings."""
    from coder.reading import read_transcript
    from coder.segmentation import segment
    from coder.workflow.coded_results import why_no_transcript

    other = why_no_transcript(path)
    if other:
        raise InputError(other)
    transcript = read_transcript(path, interviewer=interviewer)
    utterances = segment(transcript, "turn" if unit == "turn" else "utterance")
    utterances = [item for item in utterances if item.role != "interviewer"]
    if not utterances:
        raise InputError(f"{path}: no participant says anything in it. See `coder turns {typed(path)}`.")
    return transcript, utterances


@dataclass(frozen=True)
class InputFiles:
    """The files meant by paths, and those within folders that are no input, each with the reason."""

    files: list[Path]
    left_out: dict[str, str] = field(default_factory=dict)


def input_files(paths: Iterable[str | Path], unit: Unit) -> InputFiles:
    """Return the files meant by paths; a folder means every file in it that can be read.

    Tables of suggestions in a folder are left out, and for transcripts those of codings, too; files of other kinds
    are named in one sentence a folder. Raises InputError for a path that does not exist, and for folders without any
    file to read.
    """
    from coder.workflow.coded_results import why_no_answers, why_no_transcript

    given = [Path(path) for path in paths]
    expanded = _expanded(given, unit)
    why = why_no_answers if unit == "row" else why_no_transcript
    inside = [file for file in expanded if file not in given]
    left_out = {str(file): reason for file in inside if (reason := why(file))}
    files = [file for file in expanded if str(file) not in left_out]
    left_out |= _other_kinds(given) if unit != "row" else {}
    if not files and left_out:
        raise InputError("\n".join(left_out.values()))
    return InputFiles(files, left_out)


def _other_kinds(given: Sequence[Path]) -> dict[str, str]:
    """Say of each folder which of its files are not read."""
    from coder.reading import about_others, other_files

    others = {path: other_files(path) for path in given if path.is_dir()}
    return {str(path): f"{path}: {about_others(files)}" for path, files in others.items() if files}


def _expanded(given: Sequence[Path], unit: Unit) -> list[Path]:
    from coder.reading import transcript_paths

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
        """Yield the transcripts, one that cannot be read as a refused part; those numbered in `done` are left out."""
        names: set[str] = set()
        for number, path in enumerate(self.files):
            twin = (f"another file is also called '{path.stem}'",) if path.stem in names else ()
            names.add(path.stem)
            if number in done:
                continue
            try:
                transcript, utterances = read_utterances(path, self.unit, self.interviewer)
            except InputError as error:
                yield Part(number, str(path), refused=str(error))
            else:
                yield Part(number, str(path), tuple(utterances), notes=(*transcript.notes, *twin))

    def steps(self, record: PartRecord) -> int:
        """Return how many steps of progress a part is."""
        return 1
