"""Distances between sets of codes: Jaccard and MASI."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def jaccard(members: Bools, others: Bools | None = None) -> Floats:
    """Return 1 - |A and B| / |A or B| between sets (sets x codes each); two empty sets are equal (Jaccard 1912)."""
    shared, union, _, _ = _overlaps(members, others)
    distance: Floats = np.where(union > 0, 1 - shared / np.maximum(union, 1), 0.0)
    return distance


def masi(members: Bools, others: Bools | None = None) -> Floats:
    """Return Passonneau's (2006) MASI distance 1 - J x M between sets.

    M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where they share
    nothing. An empty set equals another empty set and is at distance 1 from any other.
    """
    shared, union, first, second = _overlaps(members, others)
    smaller = np.minimum(first, second)
    monotonic = np.select(
        [first + second == 2 * shared, (shared == smaller) & (shared > 0), shared > 0],
        [1.0, 2 / 3, 1 / 3],
        0.0,
    )
    similarity = np.where(union > 0, shared / np.maximum(union, 1), 1.0)
    distance: Floats = 1 - similarity * monotonic
    return distance


def _overlaps(members: Bools, others: Bools | None) -> tuple[Floats, Floats, Floats, Floats]:
    a = members.astype(np.float64)
    b = a if others is None else others.astype(np.float64)
    shared = a @ b.T
    first, second = a.sum(axis=1)[:, None], b.sum(axis=1)[None, :]
    return shared, first + second - shared, first, second
