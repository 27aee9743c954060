"""Tables with a column of words per speaker ("Interviewer | Participant"), or per respondent beside the questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from coder.reading.clock import seconds_in
from coder.reading.document import Paragraph
from coder.reading.speakers.vocabulary import INTERVIEWER_WORDS, PARTICIPANT_WORDS, Shape, key_of, shape_of
from coder.reading.tables.columns import (
    Row,
    columns_by_name,
    is_no_name,
    is_question_name,
    is_time_name,
    is_words_name,
    time_column,
)

_HEADER_WITHIN = 5
_ENOUGH = 1_000  # rows that show what a table holds
# In written talk hardly a cell is so short on average.
_FEWEST_WORDS = 2
_ALONE = 0.8  # the share of rows in which one person alone speaks, where people have a row each
ASKS = ("?", "？", "؟")
ASKING, ANSWERING = 0.6, 0.25  # shares of cells with a question that tell who asks from who answers


@dataclass(frozen=True, slots=True)
class VoiceColumns:
    """Whose words stand in which column; their names are in the row before `above`.

    `question` is the column of questions where the others hold what respondents answered to them.
    """

    above: int
    names: tuple[str, ...]
    places: tuple[int, ...]
    start: int | None = None
    question: int | None = None


def columns_of_voices(rows: Sequence[Row]) -> VoiceColumns | None:
    """Recognise a table with a column of words per speaker; None for other tables.

    Headings are labels of speakers and the cells below are words. Besides there is an interviewer by label, or
    people have a row each, or one of two asks what the other answers, or a column holds the questions.
    """
    for above, header in enumerate(rows[:_HEADER_WITHIN], start=1):
        columns = _below(above, header, rows[above : above + _ENOUGH])
        if columns is not None:
            return columns
    return None


def turns_of_voices(rows: Sequence[Row], columns: VoiceColumns) -> Iterator[Paragraph]:
    """Yield what stands below the headings, row by row and from left to right."""
    for row in rows[columns.above :]:
        time = seconds_in(_at(row, columns.start))
        asked = " ".join(_at(row, columns.question).split()) or None
        for name, column in zip(columns.names, columns.places, strict=True):
            if (words := _at(row, column)).strip():
                yield Paragraph(words, speaker=name, time=time, question=asked)
                time = None


def _below(above: int, header: Row, below: Sequence[Row]) -> VoiceColumns | None:
    names = [" ".join(cell.split()).rstrip(":：") for cell in header]
    start = time_column(names)
    voices = [
        column
        for column, name in enumerate(names)
        if column != start and _may_speak(name) and _holds_words(_cells(below, column))
    ]
    voices = sorted({*voices, *_short_answers(names, voices, below)} - {start})
    if len(voices) < 2 or len(below) < 2 or len({key_of(names[column]) for column in voices}) < len(voices):
        return None
    asking = [column for column in voices if set(key_of(names[column]).split()) & INTERVIEWER_WORDS]
    answering = [column for column in voices if set(key_of(names[column]).split()) & PARTICIPANT_WORDS]
    question = next((column for column, name in enumerate(names) if is_question_name(name)), None)
    if question is None and not asking and not columns_by_name(header):
        question = next(
            (p for p in range(len(names)) if p not in voices and _ask_at_length(_cells(below, p))), None
        )
    others = set(range(len(names))) - {*voices, start, question}
    bare = all(_are_numbers(_cells(below, column)) for column in others)
    known = columns_by_name(header) is not None
    if asking and (answering or not known):
        question = None
    elif known or not bare:
        return None
    elif question is not None:
        if not _are_questions(_cells(below, question)):
            return None
    elif not (_take_turns(below, voices, timed=start is not None) or _ask(below, voices)):
        return None
    return VoiceColumns(above, tuple(names[column] for column in voices), tuple(voices), start, question)


def _short_answers(names: Sequence[str], voices: Sequence[int], below: Sequence[Row]) -> set[int]:
    """Return the columns of people who answer in a word or two what a column of an interviewer by label asks."""
    asked = any(
        set(key_of(names[column]).split()) & INTERVIEWER_WORDS and _ask_at_length(_cells(below, column))
        for column in voices
    )
    if not asked:
        return set()
    short = {
        column
        for column, name in enumerate(names)
        if _may_speak(name) and _holds_words(_cells(below, column), fewest=1)
    }
    # Where a row has words in several of them, they may be what an analyst wrote ("Domain", "Mood").
    answering = [
        column for column in {*voices, *short} if not set(key_of(names[column]).split()) & INTERVIEWER_WORDS
    ]
    together = sum(sum(bool(_at(row, column).strip()) for column in answering) > 1 for row in below)
    return short if together <= (1 - _ALONE) * len(below) else set()


def _may_speak(name: str) -> bool:
    known = is_words_name(name) or is_time_name(name) or is_question_name(name)
    return bool(name) and not known and shape_of(name) >= Shape.NAME


def _holds_words(cells: Sequence[str], *, fewest: float = _FEWEST_WORDS) -> bool:
    """Tell whether cells hold what people said: several words each (`fewest` on average), hardly ever the same."""
    spoken = [cell for cell in cells if not is_no_name(cell)]
    distinct = len({cell.casefold() for cell in spoken}) > len(spoken) / 2
    return bool(spoken) and distinct and mean(len(cell.split()) for cell in spoken) >= fewest


def _take_turns(below: Sequence[Row], voices: Sequence[int], *, timed: bool) -> bool:
    """Tell whether each row holds the words of one person, and more than one row of two people at least."""
    filled = [[column for column in voices if _at(row, column).strip()] for row in below]
    alone = sum(len(places) == 1 for places in filled)
    again = sum(sum(column in places for places in filled) > 1 for column in voices)
    return alone >= _ALONE * len(below) and (again > 1 or timed)


def _ask(below: Sequence[Row], voices: Sequence[int]) -> bool:
    """Tell whether one of two columns holds questions and the other none."""
    shares = sorted(mean(cell.rstrip().endswith(ASKS) for cell in _cells(below, column)) for column in voices)
    return len(voices) == 2 and shares[0] <= ANSWERING and shares[1] >= ASKING


def _ask_at_length(cells: Sequence[str]) -> bool:
    asked = [cell for cell in cells if cell.endswith(ASKS) and len(cell.split()) > 2]
    return len(cells) > 1 and len(asked) >= ASKING * len(cells)


def _are_questions(cells: Sequence[str]) -> bool:
    asked = [cell for cell in cells if cell.endswith(ASKS) or len(cell.split()) >= 4]
    return bool(cells) and len(asked) >= ASKING * len(cells)


def _are_numbers(cells: Sequence[str]) -> bool:
    return all(seconds_in(cell) is not None or is_no_name(cell) for cell in cells)


def _cells(rows: Sequence[Row], column: int) -> list[str]:
    return [cell for row in rows if (cell := _at(row, column).strip())]


def _at(row: Row, column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""
