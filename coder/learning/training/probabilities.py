"""Probabilities and thresholds learned from held-out logits: is there anything to code at all, and which codes apply.

A text's length must not decide whether there is anything to code. In most coded material the empty passages are the
short ones; a model that learns this finds nothing in "No time." and something in every ramble. Rows are therefore
weighted so that, within each band of length, coded and empty rows weigh as they do overall: length then tells nothing
about the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coder.learning.dataset import TrainingSet
from coder.learning.estimators.calibration import (
    CODABLE,
    USUAL_ODDS,
    Calibration,
    best_threshold,
    expected_f1_threshold,
    fit_logistic,
    fit_temperature,
    probability_features,
    sigmoid,
)
from coder.learning.estimators.ensemble import taught
from coder.learning.estimators.linear import LinearHead, apply_linear
from coder.learning.features.wording import words_of
from coder.learning.model import Parts, codable_blocks
from coder.learning.training.folds import Folds
from coder.learning.training.recipes import Design, Recipe

Floats = NDArray[np.float64]
FEW = 15  # rows of either kind; with fewer the share alone is learned
BANDS = 5
STRENGTH = 2.0
Thresholds = Literal["usual", "macro-f1"]
USUAL = np.array([0.25, 1.0, 0.5, 0.0])  # coefficients before any evidence
PENALTY = np.array([4.0, 4.0, 4.0, 1.0])
FIXED = 1e6  # a penalty that lets nothing move
OFFSET_PENALTY = 10.0
USUAL_THRESHOLD = 0.35


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
            head = _fitted_head(
                {name: block[inside] for name, block in mine.items()}, targets[inside], weights[inside]
            )
            outside_blocks = {name: block[outside] for name, block in mine.items()}
            chance[known[outside]] = sigmoid(apply_linear(head, outside_blocks))[:, 0]
    return _fitted_head(mine, targets, weights), chance


def _fitted_head(blocks: Mapping[str, Any], targets: Floats, weights: Floats) -> LinearHead:
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


@dataclass(frozen=True)
class FittedCalibration:
    """A calibration, and what it says of rows that it was not fitted to.

    `chances` and `selected` (n, k) are of calibrations fitted without the row's fold, so that they can be measured;
    `tested` (n,) is False for rows without a fold to learn from.
    """

    calibration: Calibration
    chances: Floats
    selected: NDArray[np.bool_]
    tested: NDArray[np.bool_]


def fit_calibration(
    data: TrainingSet,
    logits: Floats,
    codable: Codability,
    folds: Folds,
    start: Calibration | None = None,
    *,
    thresholds: Thresholds = "usual",
) -> FittedCalibration:
    """Fit the calibration to held-out logits (n, k) and codable chances.

    `start` is the calibration of the model built on: what is learned is drawn toward it, and it stays where the rows
    teach no code. `thresholds` "macro-f1" sets each code's for its own F1, so that rare codes are suggested sooner.
    """
    features = probability_features(logits, codable.chance)
    whole = _fitted(data, features, logits, codable, start, thresholds)
    chances = np.zeros(logits.shape)
    selected, tested = np.zeros(logits.shape, dtype=bool), np.zeros(len(data), dtype=bool)
    for inside, outside in folds.parts():
        if not len(inside):
            continue
        part = _fitted(data.rows(inside), features[inside], logits[inside], codable, start, thresholds)
        chances[outside] = sigmoid(features[outside] @ part.coefficients + part.offsets)
        selected[outside] = chances[outside] >= part.thresholds
        tested[outside] = True
    return FittedCalibration(whole, chances, selected, tested)


def _fitted(
    data: TrainingSet,
    features: Floats,
    logits: Floats,
    codable: Codability,
    start: Calibration | None,
    aim: Thresholds,
) -> Calibration:
    """Return the calibration of some rows; each code has its say as far as the rows can teach it."""
    k = logits.shape[1]
    known = data.labels >= 0
    truth = (data.labels == 1).astype(np.float64)
    say = taught(data.labels == 1, data.labels == 0)
    start = start or Calibration(USUAL, np.zeros(k), np.full(k, USUAL_THRESHOLD), np.ones(k, dtype=bool))
    if not say.any():
        return start
    coefficients, offsets = fit_probabilities(
        features, truth, known, say, prior=start.coefficients, codable_weight=codable.weight
    )
    chances = sigmoid(features @ coefficients + offsets)
    asked = known & (say > 0)
    usual = best_threshold(chances[asked], truth[asked], float(np.median(start.thresholds)))
    if aim == "macro-f1":
        each = [expected_f1_threshold(chances[known[:, at], at]) for at in range(k)]
        thresholds = np.where(say > 0, each, usual)
    else:
        each = [best_threshold(chances[known[:, at], at], truth[known[:, at], at], usual) for at in range(k)]
        thresholds = np.array(each)
    return Calibration(
        coefficients, offsets, thresholds, np.ones(k, dtype=bool), fit_temperature(logits, truth)
    )


def fit_probabilities(
    features: Floats,
    truth: Floats,
    known: NDArray[np.bool_],
    say: Floats,
    *,
    prior: Floats = USUAL,
    codable_weight: float | None = None,
) -> tuple[Floats, Floats]:
    """Return coefficients (4,) shared by the codes and the codes' offsets (k,).

    `say` (k,) in 0..1 is how far the rows can teach each code: one that they cannot gets no offset. `codable_weight`
    is the coefficient of the codable odds where the rows cannot teach it. Odds that are the same for all rows say
    nothing: they get no coefficient, and what they usually add is left to the last one.
    """
    flat, right = features[known], truth[known]
    prior, penalty = prior.copy(), PENALTY.copy()
    if np.ptp(flat[:, CODABLE]) < 1e-9:
        prior[-1] += prior[CODABLE] * USUAL_ODDS
        prior[CODABLE], penalty[CODABLE] = 0.0, FIXED
    elif codable_weight is not None:
        prior[CODABLE], penalty[CODABLE] = codable_weight, FIXED
    coefficients = fit_logistic(flat[:, :3], right, np.ones(len(flat)), prior, penalty)
    k = truth.shape[1]
    offsets = np.zeros(k)
    for code in range(k):
        rows = known[:, code]
        base = features[rows, code] @ coefficients
        offsets[code] = say[code] * fit_offset(base, truth[rows, code])
    return coefficients, offsets


def fit_offset(base: Floats, truth: Floats) -> float:
    """Return what to add to logits so that their chances match how often they are right, drawn toward 0."""
    nothing, rows = np.zeros((len(base), 0)), np.ones(len(base))
    return float(fit_logistic(nothing, truth, rows, np.zeros(1), np.array([OFFSET_PENALTY]), given=base)[0])
