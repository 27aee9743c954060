"""Rows of suggestions: the columns of every pre-coding file."""

from typing import TYPE_CHECKING, Any

from coder.domain import Utterance
from coder.workflow.suggestion import Opinion

if TYPE_CHECKING:
    from coder.codebook import Codebook

COLUMNS = (
    "transcript", "turn", "utterance", "start", "end", "time", "speaker", "role", "question", "text",
    "code", "label", "polarity", "confidence", "polarity_confidence", "runner_up", "evidence", "status", "model",
)  # fmt: skip
Row = dict[str, Any]


def rows_of_unit(
    utterance: Utterance, opinion: Opinion | None, codebook: "Codebook", model: str
) -> list[Row]:
    """Return one row per suggested code of a unit, or one with an empty code; `opinion` None for what is never coded.

    The evidence of a row without a code says which language the unit seems to be in where that is why.
    """
    plain = _plain_columns(utterance, model)
    if opinion is None:
        return [plain]
    if not opinion.suggested:
        why = f"not English, so not read: seems to be in {opinion.language}" if opinion.language else None
        return [{**plain, "evidence": why}]
    return [
        {
            **plain,
            "code": item.code,
            "label": codebook.by_id[item.code].label,
            "polarity": opinion.polarity,
            "confidence": round(item.score, 4),
            "polarity_confidence": None
            if opinion.polarity_score is None
            else round(opinion.polarity_score, 4),
            "runner_up": opinion.runner_up,
            "evidence": item.evidence,
            "status": "suggested",
        }
        for item in opinion.suggested
    ]


def _plain_columns(utterance: Utterance, model: str) -> Row:
    row: Row = dict.fromkeys(COLUMNS)
    row.update(
        transcript=utterance.transcript, turn=utterance.turn + 1, utterance=utterance.index + 1,
        start=utterance.start, end=utterance.end, time=utterance.time, speaker=utterance.speaker,
        role=utterance.role, question=utterance.question, text=utterance.text, model=model,
    )  # fmt: skip
    return row
