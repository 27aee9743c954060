"""Distances between sets of codes: Jaccard and MASI."""

import numpy as np
from numpy.typing import NDArray

from coder.agreement.setratings import Bools

Floats = NDArray[np.float64]
METRICS = ("masi", "jaccard")
BLOCK = 1024  # rows of a distance matrix held at once


def jaccard(shared: Floats, first: Floats, second: Floats) -> Floats:
    """Return 1 - |A and B| / |A or B| from the sizes of the sets and of what they share (Jaccard 1912).

    Two empty sets are equal.
    """
    union = first + second - shared
    distance: Floats = np.where(union > 0, 1 - shared / np.maximum(union, 1), 0.0)
    return distance


def masi(shared: Floats, first: Floats, second: Floats) -> Floats:
    """Return Passonneau's (2006) MASI distance 1 - J x M from the sizes of the sets and of what they share.

    M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where they share
    nothing. An empty set equals another empty set and is at distance 1 from any other.
    """
    equal = first + second == 2 * shared
    nested = (shared == np.minimum(first, second)) & (shared > 0)
    monotonic = np.select([equal, nested, shared > 0], [1.0, 2 / 3, 1 / 3], 0.0)
    distance: Floats = 1 - (1 - jaccard(shared, first, second)) * monotonic
    return distance


FUNCTIONS = {"masi": masi, "jaccard": jaccard}


def between(one: Bools, two: Bools) -> dict[str, Floats]:
    """Return each metric between equal rows of two lists of sets (n x codes each): (n,)."""
    sizes = (one & two).sum(axis=1), one.sum(axis=1), two.sum(axis=1)
    shared, first, second = (size.astype(np.float64) for size in sizes)
    return {name: FUNCTIONS[name](shared, first, second) for name in METRICS}


def crossed(values: Floats, members: Bools) -> dict[str, Floats]:
    """Return for each metric N D N', where N (groups x sets) counts sets and D is their distance matrix.

    The distance matrix is made in blocks and never held whole. Weights w of groups then give the expected
    disagreement of a resample as w N D N' w, whatever the number of different sets.
    """
    given = members.astype(np.float64)
    sizes = given.sum(axis=1)
    found = {name: np.zeros((len(values), len(values))) for name in METRICS}
    for start in range(0, len(members), BLOCK):
        rows = slice(start, start + BLOCK)
        shared = given[rows] @ given.T
        for name in METRICS:
            distance = FUNCTIONS[name](shared, sizes[rows, None], sizes[None, :])
            found[name] += values[:, rows] @ (distance @ values.T)
    return found
