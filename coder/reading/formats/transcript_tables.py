"""Read transcripts kept as tables (.csv, .tsv, .xlsx): a row per turn, or a row per respondent's answers."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath

from coder.errors import FormatError, UnsafeFileError
from coder.phrasing import counted
from coder.reading.clock import seconds_in, speaker_and_time
from coder.reading.document import Document, Paragraph, in_seconds
from coder.reading.formats.markup import without_markup
from coder.reading.formats.office import with_stamps
from coder.reading.safety.content import Budget
from coder.reading.speakers.vocabulary import INTERVIEWER_WORDS, key_of
from coder.reading.tables.columns import (
    Columns,
    columns_by_content,
    columns_by_name,
    end_of,
    is_time_name,
    is_transcript_header,
    is_words_name,
    plain_name,
    times_are_dates,
    times_are_offsets,
    unread_columns,
)
from coder.reading.tables.delimited import Sheet, read_delimited, table_budget
from coder.reading.tables.excel import read_workbook
from coder.reading.tables.survey import columns_of_answers, questions_of, survey_of
from coder.reading.tables.tiers import in_order_of_time
from coder.reading.tables.voices import VoiceColumns, columns_of_voices, turns_of_voices

_MACHINE_ROW = '{"ImportId"'
_LABEL = re.compile(r"\s*(\S.{0,30}?)\s?[:：\t]\s*\S")
# What survey tools and people write where nothing was answered; "None" may be an answer.
MISSING = frozenset({"n/a", "n.a.", "na", "nan", "null", "k.a.", "k. a.", "keine angabe"})
# Headings that may number the rows of questions and answers rather than name who answers.
_NUMBERS = frozenset({"id", "nr", "code", "record id"})
# Headings that may mean codes given to excerpts or the code that stands for a person.
CODE_NAMES = frozenset({"code", "kode", "codigo"})
SHORT_LABEL = 4  # characters of a label such as "I", "I1", "INT1"
MAX_TRANSCRIPT_CELLS = 600_000
_HEADER_WITHIN = 20
_MOST_SHEETS = 12  # named in a doubt
# Segments of a speech recogniser, which end anywhere in a sentence.
_WHISPER = ["start", "end", "text"]
Cells = list[list[str]]


def read(data: bytes, name: str) -> Document:
    """Read a table of turns or of answers; of a workbook the first sheet that holds words.

    Raises:
        FormatError: no column of words is found, or the file is of another kind, damaged or locked.
        UnsafeFileError: it is larger than a table may be.
    """
    suffix = PurePath(name).suffix.casefold().lstrip(".")
    cells = table_budget(name, MAX_TRANSCRIPT_CELLS)
    excel = suffix.startswith("xls")
    sheets = read_workbook(data, name, cells) if excel else iter([read_delimited(data, name, cells)])
    seen = []
    for sheet in sheets:
        document = _of_sheet(sheet, suffix, Budget(name))
        if document is not None:
            others = _talk_in_others(sheet.name, sheets, suffix, name)
            return replace(document, doubts=(*document.doubts, *others))
        seen.append(", ".join(cell for cell in sheet.rows[0][1] if cell)[:200] if sheet.rows else "")
    raise FormatError(
        f"{name}: no column of words was found (its first row is: {'; '.join(seen) or 'empty'}). Name the column "
        "with the words 'text', the one with the speakers 'speaker' and the one with the times 'start'."
    )


def _talk_in_others(sheet: str | None, others: Iterator[Sheet], suffix: str, name: str) -> tuple[str, ...]:
    """Say which sheets behind the one that was read could be read too, as where each holds one interview."""
    found: list[str | None] = []
    with suppress(FormatError, UnsafeFileError):  # what was read is sound
        for other in others:
            if _of_sheet(other, suffix, Budget(name)) is not None:
                found.append(other.name)
    if not found:
        return ()
    names = ", ".join(map(repr, found[:_MOST_SHEETS]))
    if len(found) > _MOST_SHEETS:
        names += f" and {len(found) - _MOST_SHEETS} more"
    return (f"Only the sheet {sheet!r} was read; {names} may hold talk too. Save each as a file of its own.",)


def holds_talk(data: bytes, name: str) -> bool:
    """Tell whether a table is a survey tool's export or has a column of words per speaker.

    Raises as `read` does for files of another kind.
    """
    cells = table_budget(name, MAX_TRANSCRIPT_CELLS)
    excel = PurePath(name).suffix.casefold().startswith(".xls")
    for sheet in read_workbook(data, name, cells) if excel else [read_delimited(data, name, cells)]:
        rows = [[cell or "" for cell in row] for _, row in sheet.rows]
        if columns_of_voices(rows) is not None or survey_of(rows) is not None:
            return True
    return False


def looks_like(text: str) -> bool:
    """Tell whether plain text is a table: its first line names columns, or tabs and times are in all lines."""
    first = text.lstrip("\ufeff\n").partition("\n")[0]
    for separator in ",;|\t":
        cells = first.split(separator)
        if is_transcript_header(cells) and any(map(is_words_name, cells)):
            return True
    lines = [line for line in text[:20_000].split("\n")[:100] if line.strip()]
    rows = [line.split("\t") for line in (lines if len(text) <= 20_000 else lines[:-1])]
    if len(rows) > 2 and len(rows[0]) > 1 and max(map(len, rows)) == len(rows[0]):
        voices = columns_of_voices(rows)
        if voices is not None and voices.above == 1:
            return True
    if len(rows) < 3 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 3:
        return False
    recognised = _recognised(rows)
    if _is_label_track(rows):
        return True
    return recognised is not None and recognised[0].start is not None


def document_of(text: str, name: str, encoding: str | None, notes: Sequence[str] = ()) -> Document:
    """Read decoded text that `looks_like` a table."""
    sheet = replace(read_delimited(text.encode(), name), encoding=encoding, notes=tuple(notes))
    document = _of_sheet(sheet, "tsv", Budget(name))
    if document is None:
        raise FormatError(f"{name}: no column of words was found in the table.")
    return document


def _of_sheet(sheet: Sheet, kind: str, budget: Budget) -> Document | None:
    """Return the turns or answers of a sheet, None if it has no column of words."""
    rows = [[cell or "" for cell in cells] for _, cells in sheet.rows]
    voices = columns_of_voices(rows)
    if voices is not None:
        return _of_voices(sheet, kind, rows, voices)
    recognised = _recognised(rows)
    if recognised is None:
        return None
    columns, above = recognised
    labelled, doubts = True, list(_codes_as_names(rows, columns, above))
    if columns.answers:
        paragraphs = list(_answers(rows[above:], columns, _questions(rows[:above]), budget))
    else:
        turns, ordered = in_order_of_time(list(_turns(rows[above:], columns, budget)), elan=columns.lasting)
        paragraphs, labelled = with_stamps(in_seconds(turns))
        doubts += ordered
    if not paragraphs:
        return None
    header = [Paragraph("\t".join(cell for cell in row if cell), kind="header") for row in rows[:above]]
    running = [plain_name(cell) for cell in rows[0]] == _WHISPER
    return Document(
        kind,
        (*header, *paragraphs),
        sheet.encoding,
        labelled=labelled,
        running=running,
        answers=columns.answers,
        notes=(*sheet.notes, *_notes(rows, columns, above), *_sheet_note(sheet)),
        doubts=tuple(doubts),
    )


def _codes_as_names(rows: Cells, columns: Columns, above: int) -> tuple[str, ...]:
    """Say that a column "Code" was read as who speaks where its cells are words: they may be codes of excerpts."""
    heading = _at(rows[above - 1], columns.speaker) if above else ""
    if columns.question is not None or plain_name(heading) not in CODE_NAMES:
        return ()
    cells = [name for row in rows[above:] if (name := _at(row, columns.speaker).strip())]
    names = set(cells)
    if len(names) == len(cells):  # a code is given more than once; of people who answer each has a row
        return ()
    plain = any(set(key_of(name).split()) & INTERVIEWER_WORDS for name in names)
    words = {name for name in names if len(name) > SHORT_LABEL and not any(map(str.isdigit, name))}
    if plain or 2 * len(words) <= len(names):
        return ()
    return (
        f"The column {heading!r} was read as who speaks. If it holds codes, the table is one of codings: coder import"
        " takes it as --codings.",
    )


def _notes(rows: Cells, columns: Columns, above: int) -> list[str]:
    """Say that rows were read as answers, what of them was left out, and which columns were not read."""
    notes = []
    if columns.answers:
        notes.append("Read as answers: what each row says is one participant's turn.")
        cells = [_at(row, column).strip().casefold() for row in rows[above:] for column in columns.text]
        missing = sum(cell in MISSING for cell in cells)
        notes += (
            [f"{counted(missing, 'answer')} left out that {'says' if missing == 1 else 'say'} only N/A."]
            if missing
            else []
        )
    if above:
        machine = _MACHINE_ROW in "".join(rows[above - 1])
        names = _questions(rows[:above]) if columns.answers else rows[above - 1 - machine]
        used = {*columns.text, columns.question} if columns.answers else {columns.text[0]}
        notes += unread_columns(names, rows[above:], {*used, columns.speaker, columns.start, end_of(names)})
    return notes


def _of_voices(sheet: Sheet, kind: str, rows: Cells, columns: VoiceColumns) -> Document:
    """Return the turns of a sheet with a column of words per speaker, or per respondent."""
    budget = Budget(sheet.name or kind)
    turns = [replace(turn, text=without_markup(turn.text)) for turn in turns_of_voices(rows, columns)]
    for turn in turns:
        budget.spend(len(turn.text), 1)
    answers = columns.question is not None
    whose = "one respondent's answers" if answers else "one speaker's words"
    names = ", ".join(map(repr, columns.names[:12]))
    header = rows[columns.above - 1]
    times = {column for column, name in enumerate(header) if is_time_name(name)}
    read_ones = {*columns.places, columns.question, *times}
    notes = [
        *sheet.notes,
        f"Each of {len(columns.names)} columns read as {whose}: {names}.",
        *unread_columns(header, rows[columns.above :], read_ones),
        *_sheet_note(sheet),
    ]
    above = [Paragraph("\t".join(filter(None, row)), kind="header") for row in rows[: columns.above]]
    return Document(
        kind, (*above, *turns), sheet.encoding, labelled=True, answers=answers, notes=tuple(notes)
    )


def _sheet_note(sheet: Sheet) -> list[str]:
    """Say which sheet of a workbook was read, and which not."""
    others = ", ".join(repr(name) for name in sheet.siblings[:12])
    return (
        [f"Read from the sheet {sheet.name!r}{f'; not read: {others}' if others else ''}."]
        if sheet.name
        else []
    )


_SECONDS = re.compile(r"\s*\d{1,7}[.,]?\d{0,9}\s*")


def _recognised(rows: Cells) -> tuple[Columns, int] | None:
    """Return the columns and how many rows stand above the first turn: by names, by content, as answers."""
    machine = next((number for number, row in enumerate(rows[:4]) if _MACHINE_ROW in "".join(row)), None)
    if machine:
        # Qualtrics writes three rows of names: short ones, the questions, and identifiers for machines.
        below = _recognised([rows[machine - 1], *rows[machine + 1 :]])
        return (below[0], below[1] + machine) if below else None
    # Titles above the headings fill one cell a row.
    titles = next((number for number, row in enumerate(rows[:_HEADER_WITHIN]) if sum(map(bool, row)) > 1), 0)
    below = _recognised(rows[titles:]) if titles else None
    if below is not None:
        return below[0], below[1] + titles
    survey = survey_of(rows)
    if survey is not None:
        return survey.columns, survey.above
    return _by_names(rows) or _by_content(rows)


def _by_names(rows: Cells) -> tuple[Columns, int] | None:
    """Return the columns by the row that names most of them, and how many rows stand above the first turn."""
    best: tuple[int, Columns, int] | None = None
    for number, row in enumerate(rows[:_HEADER_WITHIN]):
        columns = columns_by_name(row) if all(len(cell) <= 120 for cell in row) else None
        if columns is not None:
            clues = 1 + (columns.speaker is not None) + (columns.start is not None)
            if best is None or clues > best[0]:
                best = (clues, columns, number + 1)
    if best is None:
        return None
    _, columns, above = best
    return _checked(columns, rows[above - 1], rows[above:]), above


def _by_content(rows: Cells) -> tuple[Columns, int] | None:
    """Return the columns by what stands in them, and how many rows stand above the first turn."""
    if _is_label_track(rows):
        return Columns(text=(2,), start=0, end=1), 0
    by_content = columns_by_content(rows)
    if by_content is not None:
        return by_content
    if max(map(len, rows), default=0) == 1 and _labels_within([row[0] for row in rows]):
        return Columns(text=(0,)), 0
    answers = columns_of_answers(rows)
    return None if answers is None else (answers, 1)


def _is_label_track(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether rows are Audacity's labels: start and end in seconds, rising, and words."""
    spans = [(row[0], row[1]) for row in rows if len(row) >= 3 and row[2].strip()]
    if (
        len(spans) < 3
        or len(spans) < 0.9 * len(rows)
        or not all(_SECONDS.fullmatch(a) for s in spans for a in s)
    ):
        return False
    starts = [_seconds(start) for start, _ in spans]
    return starts == sorted(starts) and all(_seconds(end) >= _seconds(start) for start, end in spans)


def _seconds(cell: str) -> float:
    return float(cell.replace(",", "."))


def _labels_within(cells: Sequence[str]) -> bool:
    """Tell whether words begin with speakers' labels that repeat, as those of no survey do."""
    labels = [match[1] for cell in cells if (match := _LABEL.match(cell))]
    return len(labels) >= 0.6 * len(cells) and len(labels) >= 2 * len(set(labels))


def _checked(columns: Columns, header: Sequence[str], rows: Cells) -> Columns:
    """Correct by the content what the names suggest."""
    if times_are_dates(rows, columns) or times_are_offsets(rows, columns, header):
        asked = columns.speaker is None or columns.question is not None
        columns = replace(columns, start=None, answers=columns.answers or asked)
    if columns.by_respondent and columns.start is None and not columns.answers:
        # "Participants" who have one row each answer a survey: in talk somebody speaks twice, or interviews.
        names = [name for row in rows if (name := _at(row, columns.speaker).strip())]
        interviewed = any(set(key_of(name).split()) & INTERVIEWER_WORDS for name in names)
        columns = replace(columns, answers=len(set(names)) == len(names) and not interviewed)
    numbered = columns.question is not None and plain_name(_at(header, columns.speaker)) in _NUMBERS
    numbers = [_at(row, columns.speaker).strip() for row in rows] if numbered else []
    if numbers and all(map(str.isdigit, numbers)) and len(set(numbers)) == len(numbers):
        # They number the questions.
        columns = replace(columns, speaker=None)
    if columns.answers and _labels_within(
        [row[columns.text[0]] for row in rows if _at(row, columns.text[0])]
    ):
        return replace(columns, answers=False, speaker=None)
    if columns.answers:
        further = columns_of_answers([list(header), *rows])
        others = {column for column in further.text if column != columns.question} if further else set()
        columns = replace(columns, text=tuple(sorted({*columns.text} | others)))
    return columns


def _turns(rows: Cells, columns: Columns, budget: Budget) -> Iterator[tuple[Paragraph, float | None]]:
    """Yield each row's turn and when it ends."""
    speaker = None
    for row in rows:
        words = without_markup(_at(row, columns.text[0]))
        if not words.strip():
            continue
        budget.spend(len(words), 1)
        named, time = speaker_and_time(without_markup(_at(row, columns.speaker)))
        speaker = named or speaker
        start = seconds_in(_at(row, columns.start), milliseconds=columns.milliseconds)
        end = seconds_in(_at(row, columns.end), milliseconds=columns.milliseconds)
        yield Paragraph(words, speaker=speaker, time=start if start is not None else time), end


def _questions(header: Cells) -> tuple[str, ...]:
    """Return the question of each column by the rows of headings; titles above these are none."""
    headings = [row for row in header if _MACHINE_ROW not in "".join(row)]
    return questions_of([row for row in headings if sum(map(bool, row)) > 1] or headings)


def _answers(rows: Cells, columns: Columns, questions: Sequence[str], budget: Budget) -> Iterator[Paragraph]:
    for row in rows:
        for column in columns.text:
            words = without_markup(_at(row, column))
            if any(character.isalpha() for character in words) and words.strip().casefold() not in MISSING:
                budget.spend(len(words), 1)
                # A table with a question a row names it beside the answer; others have it as the heading.
                asked = " ".join(_at(row, columns.question).split())
                asked = asked or (questions[column] if column < len(questions) else "")
                who = " ".join(_at(row, columns.speaker).split()) or None
                yield Paragraph(words, speaker=who, question=asked or None)


def _at(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""
