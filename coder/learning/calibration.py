"""Probabilities that mean what they say, thresholds, and how much is right at which coverage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10


def sigmoid(logits: Floats) -> Floats:
    """Return the logistic function of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -35, 35))), dtype=np.float64)


def fit_logistic(
    features: Floats, truth: Floats, weights: Floats, prior: Floats, penalty: Floats, steps: int = 50
) -> Floats:
    """Fit a logistic regression by Newton's method with a ridge toward `prior`; returns (features + 1,).

    The last coefficient is the intercept. `penalty` (features + 1,) is the ridge of each coefficient.
    """
    design = np.hstack([features, np.ones((len(features), 1))])
    found = prior.astype(np.float64).copy()
    for _ in range(steps):
        chance = sigmoid(design @ found)
        slope = design.T @ (weights * (chance - truth)) + penalty * (found - prior)
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        found = found - np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return found


def expected_calibration_error(chances: Floats, truth: Floats, bins: int = BINS) -> float:
    """Return the mean gap between stated and observed frequency over equal-width bins (Naeini et al. 2015)."""
    if not len(chances):
        return 0.0
    place = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [
        abs(float(chances[place == at].mean()) - float(truth[place == at].mean()))
        * float((place == at).mean())
        for at in range(bins)
        if (place == at).any()
    ]
    return float(sum(gaps))


def best_threshold(chances: Floats, truth: Floats, usual: float, caution: float = 20.0) -> float:
    """Return the threshold of best F1, drawn toward `usual` when there are few positives.

    The weight of the found threshold is positives / (positives + caution).
    """
    positives = float(truth.sum())
    if positives == 0:
        return usual
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + positives)
    best = int(f1.argmax())
    nearest = chances[order[min(best + 1, len(order) - 1)]]
    found = float((chances[order[best]] + nearest) / 2)
    share = positives / (positives + caution)
    return float(np.clip(share * found + (1 - share) * usual, 0.05, 0.95))


@dataclass(frozen=True)
class Coverage:
    """Of the texts the model is surest of, this share: how many are right."""

    coverage: float
    threshold: float
    accuracy: float


def risk_coverage(confidence: Floats, right: Floats, steps: int = 10) -> list[Coverage]:
    """Return accuracy among the surest 10 %, 20 %, ... 100 % (Geifman and El-Yaniv 2017)."""
    if not len(confidence):
        return []
    order = np.argsort(-confidence, kind="stable")
    curve = []
    for step in range(1, steps + 1):
        taken = order[: max(1, round(len(order) * step / steps))]
        curve.append(Coverage(step / steps, float(confidence[taken].min()), float(right[taken].mean())))
    return curve
