"""Settling a model: probabilities and thresholds, all from held-out logits."""

from dataclasses import dataclass
from typing import Literal

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
from coder.learning.estimators.codability import Codability
from coder.learning.estimators.ensemble import taught
from coder.learning.training.folds import Folds

Floats = NDArray[np.float64]
Thresholds = Literal["usual", "macro-f1"]
USUAL = np.array([0.25, 1.0, 0.5, 0.0])  # coefficients before any evidence
PENALTY = np.array([4.0, 4.0, 4.0, 1.0])
FIXED = 1e6  # a penalty that lets nothing move
OFFSET_PENALTY = 10.0
USUAL_THRESHOLD = 0.35


@dataclass(frozen=True)
class Settled:
    """A calibration, and what it says of rows that it was not fitted to.

    `chances` and `selected` (n, k) are of calibrations fitted without the row's fold, so that they can be measured;
    `tested` (n,) is False for rows without a fold to learn from.
    """

    calibration: Calibration
    chances: Floats
    selected: NDArray[np.bool_]
    tested: NDArray[np.bool_]


def settle(
    data: TrainingSet,
    logits: Floats,
    codable: Codability,
    folds: Folds,
    start: Calibration | None = None,
    *,
    thresholds: Thresholds = "usual",
) -> Settled:
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
    return Settled(whole, chances, selected, tested)


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
        found = [expected_f1_threshold(chances[known[:, at], at]) for at in range(k)]
        thresholds = np.where(say > 0, found, usual)
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
