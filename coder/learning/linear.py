"""Linear heads: training (scipy's L-BFGS, any mixture of dense and sparse feature blocks) and applying (numpy).

Two losses: "softmax" is multinomial logistic regression with soft targets (a text with two codes counts half
for each), "hinge" is the one-against-the-rest linear support vector machine with squared hinge
(Chang, Hsieh, Lin 2008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Loss = Literal["softmax", "hinge"]
STEPS = 120  # iterations at most; more changes nothing that can be measured


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
    blocks: Mapping[str, Any], targets: Floats, weights: Floats, *, strength: float, loss: Loss = "softmax"
) -> LinearHead:
    """Fit a head on blocks (n, features each; numpy or scipy sparse) to targets (n, k) that sum to 1 per row.

    `weights` (n,) scale rows; `strength` is the inverse of the ridge penalty, as C in scikit-learn. The
    intercept is not penalised.
    """
    from scipy.optimize import minimize

    names = list(blocks)
    sizes = [blocks[name].shape[1] for name in names]
    k = targets.shape[1]
    stacked = _stacked([blocks[name] for name in names])
    derivative = _softmax_loss if loss == "softmax" else _hinge_loss

    def objective(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(-1, k)
        logits = np.asarray(stacked @ table[:-1]) + table[-1]
        value, slope = derivative(logits, targets, weights)
        gradient = np.vstack([np.asarray(stacked.T @ slope), slope.sum(axis=0)]) * strength
        gradient[:-1] += table[:-1]
        return strength * value + 0.5 * float((table[:-1] ** 2).sum()), gradient.ravel()

    start = np.zeros((sum(sizes) + 1) * k)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 8})
    table = found.x.reshape(-1, k).astype(np.float32)
    edges = np.cumsum([0, *sizes])
    parts = {name: table[edges[at] : edges[at + 1]] for at, name in enumerate(names)}
    return LinearHead(parts, table[-1])


def _stacked(blocks: Sequence[Any]) -> Any:
    if all(isinstance(block, np.ndarray) for block in blocks):
        return np.hstack([block.astype(np.float64) for block in blocks])
    from scipy.sparse import csr_matrix, hstack

    return hstack([csr_matrix(block, dtype=np.float64) for block in blocks]).tocsr()


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
