"""Tables of free-text answers as parts: five thousand rows each, whatever the size of the table.

A table shares one topic (or has several, by its `study` column), and a topic is known only from the whole. So a
table of more than one part is read twice: first to count its rows and to sample every study, then part by part.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.coded_tables.grammar import HOMES, Columns, columns_of, person_of, says_yes
from coder.domain import Utterance
from coder.errors import CoderError, InputError, TableError
from coder.reading.tables.stream import AT_A_TIME, Record, row_count, stream_table
from coder.segmentation import can_be_coded
from coder.workflow.coded_results import why_no_answers
from coder.workflow.precoding.parts import Part, PartRecord
from coder.workflow.suggestion import COLUMNS, Row

if TYPE_CHECKING:
    from coder.learning.model import Model

MANY_ROWS = 20_000
MANY_BYTES = 8_000_000  # of a table that does not say its number of rows
SAMPLED = 2_000  # answers of each study that its topic is measured on
SAMPLED_IN_ALL = 200_000
MANY_STUDIES = 4_000
SPREAD = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: its multiples modulo 2**64 are evenly spread


@dataclass(frozen=True)
class Survey:
    """What is known of a table before it is coded: its rows, its other columns, a sample of each study."""

    path: Path
    first: int  # the number of its first part
    rows: int = 0
    columns: tuple[str, ...] = ()
    sample: tuple[tuple[str, str], ...] = ()  # study and text
    refused: str = ""

    @property
    def parts(self) -> int:
        """How many parts the table has."""
        return max(1, -(-self.rows // AT_A_TIME))


@dataclass(frozen=True)
class TablesJob:
    """Tables of answers, five thousand rows a part; progress in rows."""

    surveys: Sequence[Survey]

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
        return table_parts(self.surveys, model, done)

    def steps(self, record: PartRecord) -> int:
        """Return how many steps of progress a part is."""
        return record.units


def is_long(path: Path) -> bool:
    """Tell whether a table takes so long that finished parts are kept in case of an interruption."""
    try:
        rows = row_count(path)
    except CoderError:
        return False  # a damaged table is refused when it is read
    return rows > MANY_ROWS if rows is not None else path.stat().st_size > MANY_BYTES


def surveyed(files: Iterable[Path]) -> list[Survey]:
    """Read each table once to count its rows and sample its studies; one that cannot be read is refused here."""
    found: list[Survey] = []
    first = 0
    for path in files:
        try:
            found.append(_survey(path, first))
        except InputError as error:
            found.append(Survey(path, first, refused=str(error)))
        first += found[-1].parts
    return found


def table_parts(surveys: Iterable[Survey], model: "Model", done: Collection[int] = ()) -> Iterator[Part]:
    """Yield each table's parts in order; `done` are left out."""
    for survey in surveys:
        wanted = {number for number in range(survey.first, survey.first + survey.parts) if number not in done}
        if survey.refused and wanted:
            yield Part(survey.first, str(survey.path), refused=survey.refused)
        elif wanted:
            yield from _parts_of(survey, model, wanted)


def _parts_of(survey: Survey, model: "Model", wanted: Collection[int]) -> Iterator[Part]:
    topics = None
    if survey.parts > 1:
        topics = model.topics([text for _, text in survey.sample], [study for study, _ in survey.sample])
    for at, records in enumerate(_pieces(survey.path)):
        if survey.first + at in wanted:
            utterances, studies, others = table_answers(records, survey.path.stem, at * AT_A_TIME)
            # A transcript is one topic only if it is whole, so not in a table that is cut into parts.
            homes, turns, spoken = whose_words(records) if survey.parts == 1 else ((), (), ())
            yield Part(
                survey.first + at,
                str(survey.path),
                tuple(utterances),
                tuple(studies),
                tuple(others),
                homes=homes,
                turns=turns,
                spoken=spoken,
                topics=topics,
            )


def _pieces(path: Path) -> Iterator[list[Record]]:
    """Yield a table's rows, AT_A_TIME each; a short one that is not parquet is read whole, with every check."""
    if path.suffix.casefold() == ".parquet" or path.stat().st_size > MANY_BYTES:
        yield from _streamed(path)
        return
    from coder.reading.tables.read import read_table

    try:
        frame = read_table(path, needed=["text"])
    except TableError:
        frame = read_table(path)
        column = _words_column(frame.columns)
        if column == "text":
            raise
        frame = frame.rename(columns={column: "text"})
    columns = [str(name) for name in frame]
    records = [dict(zip(columns, cells, strict=True)) for cells in frame.to_numpy().tolist()]
    for start in range(0, len(records), AT_A_TIME):
        yield records[start : start + AT_A_TIME]


def _streamed(path: Path) -> Iterator[list[Record]]:
    pieces = stream_table(path, needed=["text"], rows=AT_A_TIME)
    try:
        first = next(pieces)
    except TableError:
        column = _words_column(name for record in next(stream_table(path, rows=AT_A_TIME)) for name in record)
        if column == "text":
            raise
        for piece in stream_table(path, needed=[column], rows=AT_A_TIME):
            yield [_renamed(record, column) for record in piece]
        return
    yield first
    yield from pieces


def _words_column(headings: Iterable[Any]) -> str:
    """Return the column of the answers: `text`, or, in a table of questions, one with another heading for words."""
    names = list(dict.fromkeys(map(str, headings)))
    columns = columns_of(names)
    return "text" if "text" in names or "question" not in columns else columns.get("text") or "text"


def _renamed(record: Record, column: str) -> Record:
    return {"text" if name == column else name: cell for name, cell in record.items()}


def table_answers(
    records: Sequence[Mapping[str, Any]], name: str, before: int = 0
) -> tuple[list[Utterance], list[str], list[Row]]:
    """Return a table's rows as utterances, the study of each (empty without such a column), the other columns.

    `before` is the number of rows of the table before these. A column that has the name of one of ours is kept
    as `NAME_given`; those that ours repeat, the text and its question, are not kept twice.
    """
    given = list(dict.fromkeys(name for record in records for name in record))
    columns = columns_of(given)
    repeated = {"text", *(["question"] if columns.get("question") == "question" else [])}
    known = [column for column in given if column not in repeated]
    names = {column: f"{column}_given" if column in COLUMNS else column for column in known}
    answers = [_answer(record, name, row, columns) for row, record in enumerate(records, start=before)]
    study = columns.get("study")
    studies = [cell_text(record.get(study)) if study else "" for record in records]
    return answers, studies, [{new: record.get(old) for old, new in names.items()} for record in records]


def whose_words(
    records: Sequence[Mapping[str, Any]],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[bool, ...]]:
    """Return the transcript or participant and the turn of each row, as `coder evaluate` reads them.

    Also whether its text is talk: that of a transcript is, unless a column says that it is written; then the person
    takes the place of the transcript. A participant's texts are written answers.
    """
    columns = columns_of(dict.fromkeys(name for record in records for name in record))
    home = next((role for role in HOMES if role in columns), "")

    def cells(role: str) -> list[str]:
        name = columns.get(role)
        return [cell_text(record.get(name)).strip() if name else "" for record in records]

    written = [says_yes(cell) for cell in cells("written")]
    homes = [
        person_of(participant, speaker) if answer else whole
        for participant, speaker, answer, whole in zip(
            cells("participant"), cells("speaker"), written, cells(home), strict=True
        )
    ]
    talk = [bool(name) and not answer for name, answer in zip(cells("transcript"), written, strict=True)]
    return tuple(homes), tuple(cells("turn")), tuple(talk)


def _answer(record: Mapping[str, Any], name: str, row: int, columns: Columns) -> Utterance:
    home, question, written_as = (columns.get(role) for role in ("transcript", "question", "written"))
    talk = bool(home and cell_text(record.get(home)).strip())
    written = not talk or bool(written_as and says_yes(cell_text(record.get(written_as))))
    text = cell_text(record.get("text"))
    return Utterance(
        id=f"{name}:{row}",
        transcript=name,
        index=row,
        turn=row,
        start=0,
        end=len(text),
        text=text,
        role="participant",
        question=(cell_text(record.get(question)).strip() or None) if question else None,
        codable=can_be_coded(text, written=written),
        written=written,
    )


def _survey(path: Path, first: int) -> Survey:
    """Return the survey, with up to SAMPLED answers of each study, evenly spread over its rows."""
    chosen: dict[str, list[tuple[int, str]]] = {}
    columns: dict[str, None] = {}
    rows = 0
    other = why_no_answers(path)
    if other:
        raise InputError(other)
    for records in _pieces(path):
        answers, studies, others = table_answers(records, path.stem, rows)
        for answer, study in zip(answers, studies, strict=True):
            if answer.codable:
                _sample(chosen.setdefault(study, []), _share(chosen), answer)
        rows += len(records)
        columns.update(dict.fromkeys(others[0]))
        if len(chosen) > MANY_STUDIES:
            raise InputError(
                f"{path}: the column 'study' has over {MANY_STUDIES:,} different values. It should say which"
                " answers share a topic; rename it if it says something else."
            )
    share = _share(chosen)
    sample = [(study, text) for study, heap in chosen.items() for _, text in heapq.nlargest(share, heap)]
    return Survey(path, first, rows, tuple(columns), tuple(sample))


def _sample(heap: list[tuple[int, str]], share: int, answer: Utterance) -> None:
    heapq.heappush(heap, (-(answer.index * SPREAD % 2**64), answer.text))
    while len(heap) > share:
        heapq.heappop(heap)


def _share(chosen: Mapping[str, object]) -> int:
    return min(SAMPLED, SAMPLED_IN_ALL // max(1, len(chosen)))


def cell_text(value: Any) -> str:
    """Return a table's cell as text, empty for a missing one."""
    return value if isinstance(value, str) else "" if value is None or value != value else str(value)
