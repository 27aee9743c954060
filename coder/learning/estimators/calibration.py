"""From logits to probabilities and thresholds, and how both are learned from held-out logits."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.learning.dataset import Folds, TrainingSet
from coder.learning.estimators.ensemble import LinearHead, log_softmax, taught

CODABLE = 2  # the place of the log odds of being codable among the coefficients of a calibration
USUAL_ODDS = 2.7  # what the log odds of being codable usually are where people code every text
FEWEST = 10  # rows for a temperature
CAUTION = 20.0  # rows that the usual threshold counts as
MOST_STEPS = 100  # of Newton's method
MIN_STEP = 1e-6  # the smallest part of a Newton step that is tried
Thresholds = Literal["usual", "macro-f1"]
USUAL = np.array([0.25, 1.0, 0.5, 0.0])  # coefficients before any evidence
PENALTY = np.array([4.0, 4.0, 4.0, 1.0])  # ridge of each coefficient toward what it was before
FIXED = 1e6  # a penalty that lets nothing move
OFFSET_PENALTY = 10.0  # ridge of a code's offset toward 0
USUAL_THRESHOLD = 0.35  # before any evidence


def sigmoid(logits: Floats) -> Floats:
    """Return the logistic function of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -35, 35))), dtype=np.float64)


@dataclass(frozen=True)
class Calibration:
    """From logits to probabilities: coefficients shared by all codes, offsets and thresholds per code.

    `coefficients` (4,) weigh the code's logit, its log share among the codes, the log odds that the text is
    codable at all, and 1. A code with `usable` False failed its verdict and is never selected.
    """

    coefficients: Floats
    offsets: Floats
    thresholds: Floats
    usable: NDArray[np.bool_]
    temperature: float = 1.0

    def probabilities(self, logits: Floats, codable: Floats) -> Floats:
        """Return the probability that each code applies, (n, k)."""
        return sigmoid(probability_features(logits, codable) @ self.coefficients + self.offsets)


def probability_features(logits: Floats, codable: Floats) -> Floats:
    """Return what probabilities are made from, (n, k, 4); see Calibration."""
    odds = np.log(np.clip(codable, 1e-4, 1 - 1e-4)) - np.log1p(-np.clip(codable, 1e-4, 1 - 1e-4))
    spread = np.broadcast_to(odds[:, None], logits.shape)
    return np.stack([logits, log_softmax(logits), spread, np.ones_like(logits)], axis=2)


def fit_logistic(
    features: Floats,
    truth: Floats,
    weights: Floats,
    prior: Floats,
    penalty: Floats,
    *,
    given: Floats | float = 0.0,
) -> Floats:
    """Fit a logistic regression with a ridge toward `prior`; returns (features + 1,), the intercept last.

    `penalty` (features + 1,) is the ridge of each coefficient, above 0; `given` (n,) is added to every logit as it
    is. Newton's method, each step halved until the penalised loss falls enough (Armijo): the loss is convex, so this
    converges from anywhere, and the result is never worse than the prior.
    """
    design = np.hstack([features, np.ones((len(features), 1))])
    coefficients = prior.astype(np.float64).copy()

    def loss(at: Floats) -> float:
        logits = design @ at + given
        away = at - prior
        return float(weights @ (np.logaddexp(0.0, logits) - truth * logits)) + 0.5 * float(penalty @ away**2)

    now = loss(coefficients)
    for _ in range(MOST_STEPS):
        chance = sigmoid(design @ coefficients + given)
        slope = design.T @ (weights * (chance - truth)) + penalty * (coefficients - prior)
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        size, gain = 1.0, float(slope @ step)
        while size > MIN_STEP and loss(coefficients - size * step) > now - 1e-4 * size * gain:
            size /= 2
        if size <= MIN_STEP or gain < 1e-10:
            break
        coefficients = coefficients - size * step
        now = loss(coefficients)
    return coefficients


def best_threshold(chances: Floats, truth: Floats, usual: float) -> float:
    """Return the threshold of best F1, drawn toward `usual` when there are few positives, or few negatives.

    The weight of the found threshold is n / (n + CAUTION), where n is the fewer of the two.
    """
    positives = float(truth.sum())
    fewer = min(positives, len(truth) - positives)
    if fewer == 0:
        return usual
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + positives)
    best = int(f1.argmax())
    nearest = chances[order[min(best + 1, len(order) - 1)]]
    threshold = float((chances[order[best]] + nearest) / 2)
    share = fewer / (fewer + CAUTION)
    return float(np.clip(share * threshold + (1 - share) * usual, 0.05, 0.95))


def expected_f1_threshold(chances: Floats) -> float:
    """Return the threshold of best expected F1, taking calibrated probabilities (n,) at their word.

    Of the rows in order of probability the first m are suggested: expected F1 is 2 * sum of theirs / (m + sum of all)
    (as Lipton, Elkan and Naryanaswamy 2014, doi 10.1007/978-3-662-44851-9_15). It needs no positives, so that
    it is steady for rare codes.
    """
    ordered = np.sort(chances)[::-1]
    if not len(ordered):
        return 0.5
    expected = 2 * np.cumsum(ordered) / (np.arange(1, len(ordered) + 1) + ordered.sum())
    return float(np.clip(ordered[int(expected.argmax())], 0.05, 0.95))


def fit_temperature(logits: Floats, truth: Floats) -> float:
    """Return the divisor of logits that makes forced-choice shares honest (Guo et al. 2017)."""
    rows = truth.sum(axis=1) == 1
    if rows.sum() < FEWEST:
        return 1.0
    grid = np.exp(np.linspace(np.log(0.3), np.log(5), 60))
    losses = [-(truth[rows] * log_softmax(logits[rows] / value)).sum() for value in grid]
    return float(grid[int(np.argmin(losses))])


@dataclass(frozen=True)
class Codability:
    """The head, each row's held-out probability of being codable (n,), and what it was taken over from, if it was.

    `weight` is how much the odds of being codable count in a model they were taken over from; None: to be learned.
    """

    head: LinearHead
    chance: Floats
    weight: float | None = None


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
