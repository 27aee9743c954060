"""Is there anything to code in a text at all? Its length must not decide.

In most coded material the empty passages are the short ones; a model that learns this finds nothing in "No time."
and something in every ramble. Rows are therefore weighted so that, within each band of length, coded and empty
rows weigh as they do overall: length then tells nothing about the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.learning.dataset import TrainingSet
from coder.learning.estimators.calibration import CODABLE, USUAL_ODDS, sigmoid
from coder.learning.estimators.linear import LinearHead, apply_linear
from coder.learning.features.wording import words_of
from coder.learning.model import Parts, codable_blocks
from coder.learning.training.folds import Folds
from coder.learning.training.recipes import Design, Recipe

Floats = NDArray[np.float64]
FEW = 15  # rows of either kind; with fewer the share alone is learned
BANDS = 5
STRENGTH = 2.0


@dataclass(frozen=True)
class Codability:
    """The head, each row's held-out probability of being codable (n,), and what it was taken over from, if it was.

    `weight` is how much the odds of being codable count in a model they were taken over from; None: to be learned.
    """

    head: LinearHead
    chance: Floats
    weight: float | None = None


def codability(data: TrainingSet, blocks: Mapping[str, Any], folds: Folds, base: Parts | None) -> Codability:
    """Learn what is codable; from excerpts that are all coded only how the base's view must be moved to fit them.

    `base` are the parts of a model that reads with the same encoder, if there is one. Where people coded every row,
    texts of this kind are codable, whatever the base thinks of the kind: its log odds are raised until their mean on
    the coded rows is USUAL_ODDS. Which of the texts are more likely to be codable than others stays the base's view.
    """
    empty = int((data.labels == 0).all(axis=1).sum()) if len(data) else 0
    if empty >= FEW or base is None:
        return Codability(*fit_codable(data, blocks, folds))
    odds = apply_linear(base.codable, codable_blocks(blocks))
    coded = (data.labels == 1).any(axis=1)
    raised = 0.0
    if empty == 0 and coded.sum() >= FEW:
        raised = max(0.0, USUAL_ODDS - float(odds[coded].mean()))
    head = replace(base.codable, intercept=base.codable.intercept + np.float32(raised))
    return Codability(head, sigmoid(odds + raised)[:, 0], float(base.calibration.coefficients[CODABLE]))


def fit_codable(data: TrainingSet, blocks: Mapping[str, Any], folds: Folds) -> tuple[LinearHead, Floats]:
    """Return the head, and each row's held-out probability of being codable, (n,)."""
    known = np.flatnonzero((data.labels >= 0).all(axis=1) | (data.labels == 1).any(axis=1))
    coded = (data.labels[known] == 1).any(axis=1)
    features = codable_blocks(blocks)
    if min(coded.sum(), (~coded).sum()) < FEW:
        return constant(features, float(coded.sum()), float((~coded).sum()), len(data))
    weights = np.asarray(data.weights, dtype=np.float64)[known]
    weights *= length_balance([data.texts[int(row)] for row in known], coded)
    targets = np.stack([coded, ~coded], axis=1).astype(np.float64)
    mine = {name: block[known] for name, block in features.items()}
    chance = np.full(len(data), coded.mean())
    for inside, outside in folds.rows(known).parts():
        if len(set(coded[inside].tolist())) == 2:
            head = _fitted(
                {name: block[inside] for name, block in mine.items()}, targets[inside], weights[inside]
            )
            held = {name: block[outside] for name, block in mine.items()}
            chance[known[outside]] = sigmoid(apply_linear(head, held))[:, 0]
    return _fitted(mine, targets, weights), chance


def _fitted(blocks: Mapping[str, Any], targets: Floats, weights: Floats) -> LinearHead:
    """Fit the two-class softmax and return it as one logit: coded against empty."""
    design = Design(Recipe("codable", dict.fromkeys(blocks, 1.0), STRENGTH), blocks)
    head = design.head(*design.fitted(np.arange(len(targets)), targets, weights))
    tables = {name: (table[:, :1] - table[:, 1:2]) for name, table in head.coefficients.items()}
    return LinearHead(tables, head.intercept[:1] - head.intercept[1:2])


def constant(features: Mapping[str, Any], coded: float, empty: float, n: int) -> tuple[LinearHead, Floats]:
    """Return a head that knows only the share of codable texts."""
    odds = np.log((coded + 2) / (empty + 0.5))
    tables = {name: np.zeros((block.shape[1], 1), dtype=np.float32) for name, block in features.items()}
    head = LinearHead(tables, np.array([odds], dtype=np.float32))
    return head, np.full(n, float(sigmoid(np.array([odds]))[0]))


def length_balance(texts: list[str], coded: NDArray[np.bool_]) -> Floats:
    """Return weights (n,) under which coded and empty rows are equally common in every band of length."""
    lengths = np.array([len(words_of(text)) for text in texts])
    edges = np.quantile(lengths, np.linspace(0, 1, BANDS + 1)[1:-1])
    band = np.searchsorted(edges, lengths, side="right")
    weights = np.ones(len(texts))
    for value in (True, False):
        for at in range(BANDS):
            cell = (band == at) & (coded == value)
            if cell.any():
                expected = (band == at).sum() * (coded == value).mean()
                weights[cell] = np.clip(expected / cell.sum(), 0.25, 4.0)
    return weights
