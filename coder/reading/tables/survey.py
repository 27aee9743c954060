"""Tell tables that survey tools export from tables of turns, and their open questions from closed ones."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from coder.reading.speakers.vocabulary import INTERVIEWER_WORDS, key_of
from coder.reading.tables.columns import (
    Columns,
    Row,
    is_identifier_name,
    is_no_name,
    is_words_name,
    plain_name,
)

# What Microsoft Forms, Google Forms, LimeSurvey, SurveyMonkey and Qualtrics call their own columns.
_OWN = frozenset(
    name.strip()
    for name in """id|response id|respondent id|responseid|start time|completion time|last modified time|email|
email address|e mail|name|timestamp|submitdate|date submitted|lastpage|last page|startlanguage|start language|seed|
startdate|date started|datestamp|date last action|ipaddr|ip address|refurl|referrer url|collector id|custom data 1|
first name|last name|start date|end date|recorded date|recordeddate|progress|duration in seconds|finished|status|
ipaddress|external reference|externalreference|distribution channel|distributionchannel|user language|userlanguage|
record id|redcap event name|redcap survey identifier|
recipient last name|recipient first name|recipient email|location latitude|location longitude|zeitstempel|horodateur|
marca temporal|e mail adresse|username|total points|startzeit|fertigstellungszeit|abgabezeit|heure de debut|
heure de fin|adresse de messagerie|hora de inicio|hora de finalizacion|correo electronico|nom|nombre|token""".replace(
        "\n", ""
    ).split("|")
)
# LimeSurvey writes a question's code before its words: "G01Q02[other]. How? [Other]".
_CODED = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]{0,30}(?:\[[^\]]{1,30}\])*)\.\s+(?=\S)")
_NUMBERED = re.compile(r"\s*\d{1,3}[a-z]?[.)]\s+(?=\S)")
_SECOND = frozenset(
    [
        "open ended response",
        "response",
        "other please specify",
        "offene antwort",
        "reponse ouverte",
        "respuesta abierta",
    ]
)
_OTHER = re.compile(
    r"\[other\]|\b(?:other|please specify|comments?|why|explain|anything else|sonstiges|warum|autre|otro)\b",
    re.I,
)
_NUMBER = re.compile(r"\s*[-+]?\d+(?:[.,]\d+)*\s*%?\s*")


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey's export: its columns, and how many rows of headings it has."""

    columns: Columns
    above: int


def is_no_answer(cell: str) -> bool:
    """Tell whether a cell is a date, time, number, e-mail, web address or a choice from a list."""
    return is_no_name(cell) or _NUMBER.fullmatch(cell) is not None


def question_of(heading: str) -> str:
    """Return a heading's question without the code or number before it."""
    return _NUMBERED.sub("", _CODED.sub("", heading, count=1), count=1).strip()


def survey_of(rows: Sequence[Row]) -> Survey | None:
    """Recognise a survey's export by its headings; None for other tables, and where no question is open."""
    if len(rows) < 2:
        return None
    header = [cell.strip() for cell in rows[0]]
    above = 2 if len(rows) > 2 and _is_second_heading(rows[1]) else 1
    if not _are_headings(header, rows[above:]):
        return None
    questions = questions_of(rows[:above])
    columns = columns_of_answers([questions, *rows[above:]], sure=True)
    return Survey(columns, above) if columns is not None else None


def _are_headings(header: Sequence[str], below: Sequence[Row]) -> bool:
    named = [cell for cell in header if cell]
    if len(named) < 2 or any(is_words_name(cell) for cell in named):
        return False
    for column, cell in enumerate(header):
        if cell and any(column < len(row) and row[column].strip() == cell for row in below[:200]):
            return False
    coded = sum(_CODED.match(cell) is not None for cell in named)
    usual = sum(plain_name(question_of(cell)) in _OWN for cell in named)
    asked = sum(_is_question(cell) for cell in named)
    return coded >= 0.5 * len(named) or usual >= 2 or (usual >= 1 and asked >= 1)


def _is_question(heading: str) -> bool:
    plain = question_of(heading)
    return plain.endswith(("?", "？", "؟")) or len(plain.split()) >= 4


def _is_second_heading(row: Row) -> bool:
    """Tell whether the second row goes on with the headings, as those of SurveyMonkey and Qualtrics do."""
    names = [plain_name(cell) for cell in row]
    return any(name in _SECOND for name in names) or sum(name in _OWN for name in names) > 2


def questions_of(header: Sequence[Row]) -> tuple[str, ...]:
    """Return the question of each column: the longest heading above it, blank ones as the one on their left.

    What only says that an answer is free ("Open-Ended Response") is no question.
    """
    questions: list[str] = []
    for column in range(max(map(len, header), default=0)):
        cells = [question_of(row[column]) for row in header if column < len(row)]
        asked = max((cell for cell in cells if plain_name(cell) not in _SECOND), key=len, default="")
        blank = len(header) > 1 and column < len(header[0]) and not header[0][column].strip()
        questions.append(questions[-1] if blank and questions else asked)
    return tuple(questions)


def columns_of_answers(rows: Sequence[Row], *, sure: bool = False) -> Columns | None:
    """Recognise answers under a row of questions: columns of several words, hardly ever the same twice.

    `sure`: the table is known to be a survey's, so that shorter answers will do.
    """
    if len(rows) < 2:
        return None
    header, below = rows[0], rows[1:]
    words = tuple(
        column
        for column, question in enumerate(header)
        if is_open(question, _column(below, column), sure=sure)
    )
    named = [column for column, name in enumerate(header) if column not in words and is_identifier_name(name)]
    speaker = next((column for column in named if _tells_apart(_column(below, column))), None)
    return Columns(text=words, speaker=speaker, answers=True) if words else None


def _tells_apart(cells: Sequence[str]) -> bool:
    """Tell whether a column can name respondents: neither one value for all nor e-mails or dates."""
    if not cells or (len(set(cells)) == 1 and len(cells) > 1):
        return False
    return not any(("@" in cell or re.match(r"\d{1,4}[-/.]\d{1,2}[-/.]\d", cell)) for cell in cells)


def is_open(question: str, cells: Sequence[str], *, sure: bool = False) -> bool:
    """Tell whether a question was answered in words of people's own rather than chosen from a list."""
    if not cells or (plain_name(question) in _OWN and not _is_question(question)):
        return False
    if key_of(question) in INTERVIEWER_WORDS:
        return False  # what was asked
    answers = [cell for cell in cells if not is_no_answer(cell)]
    if len(answers) < 0.5 * len(cells) or len(set(cells)) <= len(cells) / 2:
        return False
    length = mean(len(cell.split()) for cell in answers)
    if length >= 6:
        return True
    asks = len(plain_name(question).split()) >= 3 or question.rstrip().endswith("?")
    if length >= 3 and (asks or sure):
        return True
    if sure and length >= 2 and asks and len(set(answers)) >= 0.8 * len(answers):
        return True
    # Short answers in one's own words ("My knee.", "by boat"): hardly any comes twice.
    counts = Counter(cell.casefold() for cell in answers)
    return (
        bool(_OTHER.search(question)) and max(counts.values()) <= max(1, len(answers) // 5) and length >= 1.5
    )


def _column(rows: Sequence[Row], column: int) -> list[str]:
    return [row[column].strip() for row in rows if column < len(row) and row[column].strip()]
