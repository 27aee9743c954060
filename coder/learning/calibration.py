"""Probabilities that mean what they say, and thresholds."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MIN_STEP = 1e-6  # the smallest part of a Newton step that is tried


def sigmoid(logits: Floats) -> Floats:
    """Return the logistic function of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -35, 35))), dtype=np.float64)


def fit_logistic(
    features: Floats,
    truth: Floats,
    weights: Floats,
    prior: Floats,
    penalty: Floats,
    *,
    given: Floats | float = 0.0,
    steps: int = 100,
) -> Floats:
    """Fit a logistic regression with a ridge toward `prior`; returns (features + 1,), the intercept last.

    `penalty` (features + 1,) is the ridge of each coefficient, above 0; `given` (n,) is added to every logit as it
    is. Newton's method, each step halved until the penalised loss falls enough (Armijo): the loss is convex, so this
    converges from anywhere, and the result is never worse than the prior.
    """
    design = np.hstack([features, np.ones((len(features), 1))])
    found = prior.astype(np.float64).copy()

    def loss(at: Floats) -> float:
        logits = design @ at + given
        away = at - prior
        return float(weights @ (np.logaddexp(0.0, logits) - truth * logits)) + 0.5 * float(penalty @ away**2)

    now = loss(found)
    for _ in range(steps):
        chance = sigmoid(design @ found + given)
        slope = design.T @ (weights * (chance - truth)) + penalty * (found - prior)
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        size, gain = 1.0, float(slope @ step)
        while size > MIN_STEP and loss(found - size * step) > now - 1e-4 * size * gain:
            size /= 2
        if size <= MIN_STEP or gain < 1e-10:
            break
        found = found - size * step
        now = loss(found)
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
