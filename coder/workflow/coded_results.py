"""Tables of codings and of suggestions that lie among transcripts and answers, and which command takes them."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from coder.coded_tables.grammar import Columns, columns_of, polarities_of, text_of
from coder.errors import CoderError
from coder.exchange.study_tables import UNIT_COLUMNS
from coder.reading.formats.transcript_tables import CODE_NAMES, SHORT_LABEL
from coder.reading.speakers.roles import LabelForms, role_of_label
from coder.reading.speakers.vocabulary import INTERVIEWER_WORDS, key_of
from coder.reading.tables.columns import (
    columns_by_name,
    is_identifier_name,
    is_part_name,
    is_respondent_name,
    plain_name,
)
from coder.reading.tables.read import TABLE_SUFFIXES
from coder.reading.tables.stream import Record, stream_table
from coder.reading.tables.voices import ANSWERING, ASKING, ASKS
from coder.workflow.suggestion import COLUMNS

_SAMPLED = 200  # rows
_FEWEST_TURNS = 2
_MOST_VOICES = 3  # who asks and who answers; more labels that are no names of roles are codes
_RUNNING = 0.25  # the share of an interviewer's rows that follow another of theirs
# Headings that mean codes; others of `columns_of` ("Thema", "Tag") may be a survey's or say who answers ("code").
_CODES = frozenset(
    {"codes", "code id", "code name", "codename", "code path", "kodes", "kodierung", "codierung"}
)


def why_no_transcript(path: Path) -> str | None:
    """Return a sentence on a table that holds codings or suggestions and the command that takes it, else None."""
    records = _beginning(path)
    headings = _headings(records)
    if _is_result(headings):
        return _result(path)
    column = _codings_column(headings, records)
    if column is None:
        return None
    return (
        f"{path} is a table of codings (it has a column '{column}'), no transcript. coder train, evaluate and"
        f" agreement take it, and coder import as --codings {path}; coder precode codes its texts anew with --unit"
        f" row. If it is a transcript, call the column of speakers 'speaker' or take '{column}' out."
    )


def why_no_answers(path: Path) -> str | None:
    """Return a sentence on a table that holds suggestions of this program, which are no answers; else None."""
    return _result(path) if _is_result(_headings(_beginning(path))) else None


def _result(path: Path) -> str:
    return (
        f"{path} holds suggestions that coder made, or a study's 0/1 table; its texts are not coded again. Give the"
        " transcripts or the table that they are from."
    )


def _beginning(path: Path) -> list[Record]:
    """Return the first rows of a table; none of another file, and of one that its reader will refuse."""
    if path.suffix.casefold() not in TABLE_SUFFIXES:
        return []
    try:
        return next(stream_table(path, rows=_SAMPLED))
    except (CoderError, OSError):
        return []


def _headings(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record))


def _is_result(headings: Sequence[str]) -> bool:
    """Tell whether a table has all columns of suggestions, or those of a study's 0/1 table."""
    names = set(headings)
    return set(COLUMNS) <= names or (set(UNIT_COLUMNS) <= names and "code" not in names)


def _codings_column(headings: Sequence[str], records: Sequence[Record]) -> str | None:
    """Return the column that makes a table one of codings: of codes or polarities given, with nobody who speaks.

    Also where somebody speaks, if a column says who gave the codes.
    """
    known = columns_of(headings)
    coder, code = known.get("coder"), known.get("code")
    if code is not None and coder is not None and not is_identifier_name(coder):
        return code
    if "text" not in known or _somebody_speaks(headings, records):
        return None
    if code is not None and (plain_name(code) in _CODES or _are_codes(code, known, records)):
        return code
    side = known.get("polarity")
    cells = [record.get(side) for record in records] if side else []
    return side if any(polarities_of(cells, Counter())) else None


def _somebody_speaks(headings: Sequence[str], records: Sequence[Record]) -> bool:
    """Tell whether a column says who speaks; one of respondents or roles does if somebody in it interviews."""
    columns = columns_by_name(headings)
    if columns is None or columns.speaker is None:
        return False
    name = headings[columns.speaker]
    if not (is_respondent_name(name) or is_part_name(name)):
        return True
    people = {name, *filter(is_part_name, headings)}
    return any(_interviews([text_of(record.get(column)) for record in records]) for column in people)


def _interviews(cells: Sequence[str]) -> bool:
    """Tell whether a column names an interviewer: by a word, or by a letter ("I" beside "B").

    The letter leads or comes back: respondents may have letters too, and an "I" among them, sorted, asks nothing.
    """
    keys = [key for cell in cells if (key := key_of(cell))]
    if any(set(key.split()) & INTERVIEWER_WORDS for key in keys):
        return True
    starts = [key for key, before in zip(keys, ["", *keys], strict=False) if key != before]
    short = {key for key in starts if len(key) <= SHORT_LABEL and (starts.count(key) > 1 or key == starts[0])}
    forms = LabelForms.of(keys)
    return len(forms.keys) > 1 and any(role_of_label(key, forms) == "interviewer" for key in short)


def _are_codes(column: str, known: Columns, records: Sequence[Record]) -> bool:
    """Tell whether a column "code" holds codes, not people: "P07", "AB12", or who asks and who answers by turns."""
    if plain_name(column) not in CODE_NAMES:
        return False
    if "polarity" in known:
        return True
    words = known.get("text") or ""
    said = [(text_of(record.get(column)).strip(), text_of(record.get(words))) for record in records]
    said = [(cell, text) for cell, text in said if cell]
    named = [cell for cell, _ in said if not any(map(str.isdigit, cell))]
    return (
        len(named) > len(said) / 2 and not _interviews([cell for cell, _ in said]) and not _take_turns(said)
    )


def _take_turns(said: Sequence[tuple[str, str]]) -> bool:
    """Tell whether names, not codes, stand beside the texts: with colons, or by turns, one of whom asks.

    A code may be given to questions, too. That most texts of one are questions, hardly any of the others are, and it
    seldom comes twice running, is what interviews are like: one word asks, and one or two others answer.
    """
    labels = [cell.casefold() for cell, _ in said]
    if sum(cell.endswith((":", "：")) for cell, _ in said) > len(said) / 2:
        return True
    times = Counter(labels)
    asked = Counter(
        label for label, (_, text) in zip(labels, said, strict=True) if text.rstrip().endswith(ASKS)
    )
    asker = max(times, key=lambda label: asked[label], default="")
    running = sum(one == other == asker for one, other in pairwise(labels))
    answers = len(said) - times[asker]
    if len(asker.split()) > 1 or len(times) > _MOST_VOICES:
        return False
    return (
        min(times[asker], answers) >= _FEWEST_TURNS
        and running <= _RUNNING * times[asker]
        and asked[asker] >= ASKING * times[asker]
        and asked.total() - asked[asker] <= ANSWERING * answers
    )
