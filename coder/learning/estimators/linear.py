"""Linear heads: training by scipy's L-BFGS on dense or partly sparse features, applying with numpy alone.

Two losses: "softmax" is multinomial logistic regression with soft targets (a text with two codes counts half
for each), "hinge" is the one-against-the-rest linear support vector machine with squared hinge
(Chang, Hsieh, Lin 2008).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coder.learning.features.blocks import MixedMatrix

Floats = NDArray[np.float64]
Loss = Literal["softmax", "hinge"]
STEPS = 60  # iterations at most
STEPS_SPARSE = 40  # with very many features each costs more, and the later ones change little
CLOSE = 1e-5  # relative change of the loss at which fitting ends


@dataclass(frozen=True)
class LinearHead:
    """Coefficients by feature block, each (features, k), and the intercepts (k,)."""

    coefficients: Mapping[str, NDArray[np.float32]]
    intercept: NDArray[np.float32]


def log_softmax(logits: NDArray[np.floating]) -> Floats:
    """Return log probabilities over the last axis."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float64)


def fit_linear(
    matrix: Floats | MixedMatrix, targets: Floats, weights: Floats, *, strength: float, loss: Loss = "softmax"
) -> tuple[Floats, Floats]:
    """Fit coefficients (features, k) and intercept (k,) to targets (n, k) that sum to 1 per row.

    `matrix` (n, features) is numpy or a MixedMatrix; `weights` (n,) scale rows; `strength` is the inverse of the
    ridge penalty, as C in scikit-learn. The intercept is not penalised.
    """
    from scipy.optimize import minimize

    k, width = targets.shape[1], matrix.shape[1]
    derivative = _softmax_loss if loss == "softmax" else _hinge_loss
    turned = matrix.T if isinstance(matrix, np.ndarray) else matrix.turned()

    def objective(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(-1, k)
        logits = np.asarray(matrix @ table[:-1]) + table[-1]
        value, slope = derivative(logits, targets, weights)
        gradient = np.empty_like(table)
        gradient[:-1] = np.asarray(turned @ slope) * strength + table[:-1]
        gradient[-1] = slope.sum(axis=0) * strength
        return strength * value + 0.5 * float(np.vdot(table[:-1], table[:-1])), gradient.ravel()

    steps = STEPS if isinstance(matrix, np.ndarray) else STEPS_SPARSE
    options = {"maxiter": steps, "maxcor": 8, "ftol": CLOSE}
    fitted = minimize(objective, np.zeros((width + 1) * k), jac=True, method="L-BFGS-B", options=options)
    table = fitted.x.reshape(-1, k)
    return table[:-1], table[-1]


def _softmax_loss(logits: Floats, targets: Floats, weights: Floats) -> tuple[float, Floats]:
    logs = log_softmax(logits)
    return float(-(weights[:, None] * targets * logs).sum()), weights[:, None] * (np.exp(logs) - targets)


def _hinge_loss(logits: Floats, targets: Floats, weights: Floats) -> tuple[float, Floats]:
    signs = np.where(targets > 0, 1.0, -1.0)
    slack = np.maximum(0.0, 1.0 - signs * logits)
    return float((weights[:, None] * slack**2).sum()), -2 * weights[:, None] * signs * slack


def apply_linear(head: LinearHead, blocks: Mapping[str, Any]) -> Floats:
    """Return the head's logits (n, k); a block may be a matrix, or anything with `product(coefficients)`."""
    total: Floats = head.intercept.astype(np.float64)[None, :]
    for name, table in head.coefficients.items():
        block = blocks[name]
        total = total + (block @ table if isinstance(block, np.ndarray) else block.product(table))
    return np.asarray(total, dtype=np.float64)
