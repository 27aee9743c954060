"""What a model says of each text of a batch, as values and as rows: the one place where suggestions are made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coder.domain import POLARITIES, Polarity, Utterance

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.learning.dataset import Batch
    from coder.learning.model import Model, Predictions


# The columns of every file of suggestions.
COLUMNS = (
    "transcript", "turn", "utterance", "start", "end", "time", "speaker", "role", "question", "text",
    "code", "label", "polarity", "confidence", "polarity_confidence", "runner_up", "evidence", "status", "model",
)  # fmt: skip
Row = dict[str, Any]
KEPT = 3  # codes told of each text at least: those suggested, then the nearest runners-up


@dataclass(frozen=True, slots=True)
class ScoredCode:
    """A code with its calibrated probability; `evidence` only where the code is suggested."""

    code: str
    score: float
    suggested: bool
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says of one text.

    `codes` has the suggested ones, surest first, then runners-up; `polarity` with its probability, None in a codebook
    without that axis; `codable` is the probability that there is anything to code; `doubt` is 0 (sure) to 1 (torn);
    `language` is the one that the text seems to be in where the model cannot read it.
    """

    codes: tuple[ScoredCode, ...]
    polarity: Polarity | None
    polarity_score: float | None
    codable: float
    doubt: float
    language: str | None = None

    @property
    def suggested(self) -> tuple[ScoredCode, ...]:
        """The codes that are suggested, surest first."""
        return tuple(item for item in self.codes if item.suggested)

    @property
    def runner_up(self) -> str | None:
        """The best code that is not suggested."""
        return next((item.code for item in self.codes if not item.suggested), None)


def opinions(model: "Model", batch: "Batch") -> list[Opinion]:
    """Return what a model says of each text: the same on every machine of a kind, whatever its threads."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):  # how a product is split between threads can change its last bit
        predictions = model.predict(batch)
        return [_opinion(model, predictions, row) for row in range(len(batch))]


def _opinion(model: "Model", predictions: "Predictions", row: int) -> Opinion:
    scores, selected = predictions.scores[row].tolist(), predictions.selected[row].tolist()
    order = sorted(range(len(scores)), key=lambda column: (not selected[column], -scores[column]))
    shown = order[: max(KEPT, sum(selected) + 1)]
    polarity, sure = None, None
    if model.codebook.polarity:
        best = int(predictions.polarity[row].argmax())
        polarity, sure = POLARITIES[best], float(predictions.polarity[row][best])
    codable = float(predictions.codable[row])
    return Opinion(
        codes=tuple(_scored(predictions, row, column) for column in shown),
        polarity=polarity,
        polarity_score=sure,
        codable=codable,
        doubt=doubt(codable, predictions.forced[row].tolist()),
        language=predictions.languages[row],
    )


def _scored(predictions: "Predictions", row: int, column: int) -> ScoredCode:
    code, suggested = predictions.codes[column], bool(predictions.selected[row, column])
    evidence = predictions.evidence(row, code) if suggested else ""
    return ScoredCode(code, float(predictions.scores[row, column]), suggested, evidence)


def doubt(codable: float, shares: list[float]) -> float:
    """Return 0 (sure) to 1 (torn): between coding and not, or between the two best codes (breaking ties)."""
    best = sorted(shares, reverse=True)[:2]
    between_codes = 1.0 - (best[0] - best[1]) if len(best) > 1 else 0.0
    return max(1.0 - abs(2.0 * codable - 1.0), codable * between_codes)


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
