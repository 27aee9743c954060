"""Find the columns of a table of turns or answers by what is in them, and check what their names suggest."""

from collections.abc import Callable, Sequence
from statistics import mean

from coder.reading.clock import seconds_in
from coder.reading.tables.columns import Columns, Row, end_of, is_identifier_name, speaker_and_time


def columns_by_content(rows: Sequence[Row]) -> tuple[Columns, int] | None:
    """Recognise a transcript's columns by what is in them; None if the rows do not look like turns.

    Times are what reads as a clock time, speakers are short values that repeat, words are the longest cells.
    Returns the columns and how many rows stand above the turns: a header in unknown words breaks the pattern.
    """
    columns = _columns_within(rows)
    if columns is not None:
        return columns, int(_is_header(rows, columns))
    below = _columns_within(rows[1:])
    return (below, 1) if below is not None and _is_header(rows, below) else None


def _columns_within(rows: Sequence[Row]) -> Columns | None:
    width = max((len(row) for row in rows), default=0)
    columns = [_column(rows, place) for place in range(width)]
    full = [place for place in range(width) if len(columns[place]) >= max(2, len(rows) // 3)]
    times = [place for place in full if _share(columns[place], _is_clock) >= 0.8]
    speakers = [place for place in full if place not in times and _is_speakers(columns[place])]
    others = [place for place in full if place not in times and place not in speakers]
    if not others or len(rows) < 3:
        return None
    text = max(others, key=lambda place: mean(len(cell) for cell in columns[place]))
    if not (times or speakers) or mean(len(cell.split()) for cell in columns[text]) < 2:
        return None
    return Columns(text=(text,), speaker=speakers[0] if speakers else None, start=times[0] if times else None)


def _is_header(rows: Sequence[Row], columns: Columns) -> bool:
    """Tell whether the first row names columns in words that are not known: it breaks the pattern of the rest."""
    first = [*rows[0], *[""] * (max(columns.text[0], columns.start or 0, columns.speaker or 0) + 1)]
    words = first[columns.text[0]]
    no_speech = len(words.split()) <= 3 and not words.rstrip().endswith((".", "?", "!", "…"))
    if columns.start is not None and first[columns.start].strip():
        return no_speech and seconds_in(first[columns.start]) is None
    if columns.speaker is None:
        return False
    speakers = [row[columns.speaker].strip() for row in rows if columns.speaker < len(row)]
    return no_speech and speakers.count(first[columns.speaker].strip()) == 1


def columns_of_answers(rows: Sequence[Row]) -> Columns | None:
    """Recognise answers under a row of questions: columns of several words, hardly ever the same twice."""
    if len(rows) < 2:
        return None
    header, below = rows[0], rows[1:]
    words = tuple(
        place for place, question in enumerate(header) if _are_answers(question, _column(below, place))
    )
    named = [place for place, name in enumerate(header) if place not in words and is_identifier_name(name)]
    return Columns(text=words, speaker=named[0] if named else None, answers=True) if words else None


def _are_answers(question: str, cells: Sequence[str]) -> bool:
    if not cells or len(set(cells)) <= len(cells) / 2:
        return False
    length = mean(len(cell.split()) for cell in cells)
    return length >= 6 or (length >= 3 and (len(question.split()) >= 3 or question.rstrip().endswith("?")))


def _column(rows: Sequence[Row], place: int) -> list[str]:
    return [row[place].strip() for row in rows if place < len(row) and row[place].strip()]


def times_are_dates(rows: Sequence[Row], columns: Columns) -> bool:
    """Tell whether the column of times holds something else: dates on which forms were filled in."""
    cells = _column(rows, columns.start) if columns.start is not None else []
    return bool(cells) and sum(seconds_in(cell) is not None for cell in cells) < len(cells) / 2


def times_are_offsets(rows: Sequence[Row], columns: Columns, header: Sequence[str]) -> bool:
    """Tell whether start and end count characters of a text (end - start = length of the words), not time."""
    end = end_of(header)
    if columns.start is None or end is None:
        return False
    fits = [
        int(row[end]) - int(row[columns.start]) == len(row[columns.text[0]])
        for row in rows[:200]
        if max(end, columns.start, columns.text[0]) < len(row)
        and row[end].isascii()
        and row[end].isdigit()
        and row[columns.start].isascii()
        and row[columns.start].isdigit()
    ]
    return len(fits) >= 2 and sum(fits) > len(fits) / 2


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(bool(test(cell)) for cell in cells) / len(cells)


def _is_clock(cell: str) -> bool:
    return seconds_in(cell, plain_numbers=False) is not None


def _is_speakers(cells: Sequence[str]) -> bool:
    distinct = {(speaker_and_time(cell)[0] or "").casefold() for cell in cells}
    short = all(len(cell) <= 40 and len(cell.split()) <= 5 for cell in cells)
    return (
        short and 2 <= len(distinct) <= max(2, len(cells) // 2) and not all(cell.isdigit() for cell in cells)
    )
