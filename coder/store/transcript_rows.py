"""Rows of the text tables as values."""

from collections.abc import Mapping, Sequence
from sqlite3 import Row

from coder.store.values import StudyTurn, StudyUtterance


def turn_of(row: Row, text: str) -> StudyTurn:
    """Return a turn of a transcript whose text is given."""
    words = text[row["start"] : row["end"]]
    return StudyTurn(
        row["number"],
        row["speaker"],
        row["role"],
        row["role_read"],
        row["start"],
        row["end"],
        words,
        row["seconds"],
    )


def questions_of(turns: Mapping[int, StudyTurn]) -> dict[int, str | None]:
    """Return what the interviewer said last before each turn, by turn number."""
    asked: str | None = None
    questions: dict[int, str | None] = {}
    for number, turn in sorted(turns.items()):
        questions[number] = asked
        if turn.role == "interviewer":
            asked = turn.text
    return questions


def utterances_of(
    rows: Sequence[Row], turns: Mapping[int, StudyTurn], questions: Mapping[int, str | None], text: str
) -> list[StudyUtterance]:
    """Return the utterances of one transcript; `rows` are all of them, in order."""
    return [
        utterance_of(row, number, turns[row["turn"]], questions[row["turn"]], text)
        for number, row in enumerate(rows)
    ]


def utterance_of(row: Row, number: int, turn: StudyTurn, question: str | None, text: str) -> StudyUtterance:
    """Return one utterance with the words of its turn around it."""
    return StudyUtterance(
        id=row["id"],
        transcript=row["transcript"],
        number=number,
        turn=row["turn"],
        start=row["start"],
        end=row["end"],
        text=text[row["start"] : row["end"]],
        speaker=turn.speaker,
        role=turn.role,
        question=question,
        seconds=turn.seconds,
        codable=bool(row["codable"]),
        lot=row["lot"],
    )
