"""Rows of suggestions: the columns of every pre-coding file, built from a model's predictions."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from coder.domain import POLARITIES, Utterance

if TYPE_CHECKING:
    from coder.learning import Model, Predictions
    from coder.learning.features.topic_centering import Topics

COLUMNS = (
    "transcript", "turn", "utterance", "start", "end", "time", "speaker", "role", "question", "text",
    "code", "label", "polarity", "confidence", "polarity_confidence", "runner_up", "evidence", "status", "model",
)  # fmt: skip
Row = dict[str, Any]
UNREAD = "not English, so not read: seems to be in "  # evidence of a row without code


def suggestion_rows(
    model: "Model",
    utterances: Sequence[Utterance],
    studies: Sequence[str] | None = None,
    progress: Callable[[int], None] | None = None,
    topics: "Topics | None" = None,
) -> list[Row]:
    """Return one row per suggested code, and one row with an empty code for each utterance without any.

    The evidence of such a row says which language it seems to be in where that is why (`UNREAD`).

    `studies` names what shares a topic, one per utterance; without it they all do. `topics` are these as
    measured before, where the utterances are only a part of their study.
    """
    codable = [index for index, utterance in enumerate(utterances) if utterance.codable]
    predictions = model.predict(
        [utterances[index].text for index in codable],
        [utterances[index].question for index in codable],
        None if studies is None else [studies[index] for index in codable],
        progress=progress,
        topics=topics,
        turns=[(utterances[index].transcript, utterances[index].turn) for index in codable],
    )
    position = {utterances[index].id: place for place, index in enumerate(codable)}
    rows = []
    for utterance in utterances:
        index = position.get(utterance.id)
        coded = [] if index is None else coded_columns(model, predictions, index)
        rows += [{**_plain_columns(utterance, model.name), **columns} for columns in coded or [{}]]
        if index is not None and (language := predictions.languages[index]):
            rows[-1]["evidence"] = f"{UNREAD}{language}"
    return rows


def _plain_columns(utterance: Utterance, model: str) -> Row:
    row: Row = dict.fromkeys(COLUMNS)
    row.update(
        transcript=utterance.transcript, turn=utterance.turn + 1, utterance=utterance.index + 1,
        start=utterance.start, end=utterance.end, time=utterance.time, speaker=utterance.speaker,
        role=utterance.role, question=utterance.question, text=utterance.text, model=model,
    )  # fmt: skip
    return row


def coded_columns(model: "Model", predictions: "Predictions", index: int) -> list[Row]:
    """Return the code columns of one unit, surest code first; an empty list where nothing is suggested."""
    scores, chosen = predictions.scores[index], predictions.selected[index]
    order = [int(column) for column in (-scores).argsort(kind="stable")]
    rest = [predictions.codes[column] for column in order if not chosen[column]]
    columns = []
    for column in order:
        if not chosen[column]:
            continue
        code = model.codebook.by_id[predictions.codes[column]]
        polarity, sure = _polarity(model, predictions, index)
        columns.append(
            Row(
                code=code.id,
                label=code.label,
                polarity=polarity,
                confidence=round(float(scores[column]), 4),
                polarity_confidence=sure,
                runner_up=rest[0] if rest else None,
                evidence=predictions.evidence(index, code.id),
                status="suggested",
            )
        )
    return columns


def _polarity(model: "Model", predictions: "Predictions", index: int) -> tuple[str | None, float | None]:
    if not model.codebook.polarity:
        return None, None
    probabilities = predictions.polarity[index]
    best = int(probabilities.argmax())
    return POLARITIES[best], round(float(probabilities[best]), 4)
