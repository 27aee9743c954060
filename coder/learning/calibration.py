"""Probabilities that mean what they say, and thresholds."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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
