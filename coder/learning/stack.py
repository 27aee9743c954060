"""Several views of the same texts, weighted: what the codebook says, what excerpts taught, what words count.

The weights are learned on held-out groups and drawn toward those known to work without any excerpts, so that
the say moves smoothly from the codebook's text to the excerpts as these accumulate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.learning.linear import LinearHead, apply_linear, log_softmax

Floats = NDArray[np.float64]
PULL = 4.0  # ridge toward the prior weights, in units of rows


@dataclass(frozen=True)
class Member:
    """One view: a head over blocks, or (head None) the block of that name as it is."""

    name: str
    head: LinearHead | None = None

    def logits(self, signals: Mapping[str, Any]) -> Floats:
        """Return the view's logits, each row's mean taken away, (n, k)."""
        raw = signals[self.name] if self.head is None else apply_linear(self.head, signals)
        return even(np.asarray(raw, dtype=np.float64))


@dataclass(frozen=True)
class Stack:
    """Members with their weights (members,), and a bias per class (k,)."""

    members: tuple[Member, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, signals: Mapping[str, Any]) -> Floats:
        """Return the weighted sum of the members' logits, (n, k)."""
        total = np.asarray(self.bias, dtype=np.float64)[None, :]
        for member, weight in zip(self.members, self.weights, strict=True):
            if weight:
                total = total + float(weight) * member.logits(signals)
        return total


def even(logits: Floats) -> Floats:
    """Return logits with each row's mean taken away."""
    return logits - logits.mean(axis=1, keepdims=True) if logits.shape[1] > 1 else logits


def fit_weights(
    views: Sequence[Floats], targets: Floats, row_weights: Floats, prior: Floats, *, bias_pull: float = 20.0
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights (views,) >= 0 and bias (k,) of least held-out log loss.

    `views` are held-out logits (n, k) each, `targets` (n, k) sum to 1 per row; `prior` (views,) are the weights
    without any evidence.
    """
    from scipy.optimize import minimize

    stacked = np.stack(views)
    count, k = len(views), targets.shape[1]

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:count], flat[count:]
        logs = log_softmax(np.tensordot(weights, stacked, axes=1) + bias)
        slope = row_weights[:, None] * (np.exp(logs) - targets)
        value = -float((row_weights[:, None] * targets * logs).sum())
        away = weights - prior
        value += 0.5 * PULL * float(away @ away) + 0.5 * bias_pull * float(bias @ bias)
        gradient = np.concatenate(
            [(stacked * slope).sum(axis=(1, 2)) + PULL * away, slope.sum(axis=0) + bias_pull * bias]
        )
        return value, gradient

    bounds = [(0.0, None)] * count + [(None, None)] * k
    found = minimize(
        objective, np.concatenate([prior, np.zeros(k)]), jac=True, method="L-BFGS-B", bounds=bounds
    )
    return found.x[:count].astype(np.float32), found.x[count:].astype(np.float32)
