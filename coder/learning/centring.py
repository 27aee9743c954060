"""Topic removal: each study's mean vector is taken away, so that what is left is what tells codes apart.

The mean of a few texts is mostly noise, so it is shrunk toward a known mean (that of the material the model
learned from) as if SHRINK further texts of the usual kind had been there:
(n * own mean + SHRINK * known mean) / (n + SHRINK), the posterior mean of a normal mean with known variance.
A single text is therefore centred almost entirely by the known mean. What a text gets depends on the other
texts of its study only through this mean: never on their order.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
SHRINK = 8.0


def unit_rows(vectors: Floats) -> NDArray[np.float32]:
    """Return the rows at length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def study_means(
    vectors: Floats, studies: Sequence[str] | None, known: Floats, shrink: float = SHRINK
) -> NDArray[np.float64]:
    """Return the shrunk mean of each row's study, (n, d); `studies` None means that all share one."""
    means = np.empty(vectors.shape, dtype=np.float64)
    names = np.zeros(len(vectors), dtype=np.intp)
    if studies is not None:
        names = np.unique(np.asarray([str(study) for study in studies], dtype=str), return_inverse=True)[1]
    order = np.argsort(names, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(names[order])) + 1):
        if len(rows):
            total = np.sort(vectors[rows].astype(np.float64), axis=0).sum(axis=0)  # sorted: order-free sums
            means[rows] = (total + shrink * known) / (len(rows) + shrink)
    return means


def centred(
    vectors: Floats, studies: Sequence[str] | None, known: Floats, shrink: float = SHRINK
) -> NDArray[np.float32]:
    """Return the rows with their study's shrunk mean taken away, at length 1."""
    return unit_rows(vectors - study_means(vectors, studies, known, shrink))
