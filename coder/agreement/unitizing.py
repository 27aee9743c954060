"""Krippendorff's alphas for coders who choose their own boundaries: 2016 and 2004 are different coefficients.

A continuum of `length` characters; each coder marks units (start, end) in it, end exclusive; the rest are
gaps. Both functions take one list of non-overlapping, sorted units per coder.
"""

from collections.abc import Hashable, Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
Marked = tuple[int, int, Hashable]
Floats = NDArray[np.float64]


def with_gaps(units: Sequence[Marked], length: int) -> list[Marked]:
    """Return a coder's units and the gaps between them (code None), covering the whole continuum."""
    covered: list[Marked] = []
    place = 0
    for start, end, code in units:
        if start > place:
            covered.append((place, start, None))
        covered.append((start, end, code))
        place = end
    if place < length:
        covered.append((place, length, None))
    return covered


def alpha_u_2016(coders: Sequence[Sequence[Marked]], length: int) -> float:
    """Return the unitizing alpha of Krippendorff, Mathet, Bouvry & Widlöcher (2016), NaN where undefined.

    Coincidences are lengths of intersections between coders' segments, gaps being a value of their own.
    By chance a unit, being a whole, cannot meet itself (its squared length is taken out); a gap is any
    run of characters (its length is taken out).
    """
    number = len(coders)
    if number < 2 or length < 1:
        return nan
    segments = [with_gaps(units, length) for units in coders]
    agree = sum(_shared(one, two) for place, one in enumerate(segments) for two in segments[place + 1 :])
    total = float(number * length)
    disagree = total - 2 * agree / (number - 1)
    lengths: dict[Hashable, float] = {}
    wholes: dict[Hashable, float] = {}
    for start, end, code in (segment for coder in segments for segment in coder):
        size = end - start
        lengths[code] = lengths.get(code, 0.0) + size
        wholes[code] = wholes.get(code, 0.0) + (size if code is None else size**2)
    same = sum(lengths[code] ** 2 - wholes[code] for code in lengths)
    possible = total**2 - sum(wholes.values())
    if possible <= 0 or possible - same <= 0:
        return nan
    return 1 - disagree * possible / (total * (possible - same))


def _shared(one: Sequence[Marked], two: Sequence[Marked]) -> float:
    """Return how many characters two coverings of the continuum give the same value."""
    total, first, second = 0, 0, 0
    while first < len(one) and second < len(two):
        a, b = one[first], two[second]
        if a[2] == b[2]:
            total += max(0, min(a[1], b[1]) - max(a[0], b[0]))
        first, second = first + (a[1] <= b[1]), second + (b[1] <= a[1])
    return float(total)


def disagreements_2004(coders: Sequence[Sequence[Span]], length: int) -> tuple[float, float]:
    """Return observed and expected disagreement of one code (Krippendorff 1995; 2004, ch. 11.5).

    Two overlapping units differ by the squares of what sticks out at either end; a unit inside the other
    coder's gap by the square of its length. Alpha is 1 - observed / expected, over several codes 1 - sum
    of observed / sum of expected.
    """
    number = len(coders)
    marked = [[(start, end, True) for start, end in units] for units in coders]
    covered = [with_gaps(units, length) for units in marked]
    observed = sum(
        _apart(one, two)
        for place, one in enumerate(covered)
        for other, two in enumerate(covered)
        if place != other
    )
    units = np.array([end - start for coder in coders for start, end in coder], dtype=np.float64)
    gaps = np.array(
        [end - start for coder in covered for start, end, code in coder if code is None], dtype=np.float64
    )
    among = (len(units) - 1) / 3 * (2 * units**3 - 3 * units**2 + units)
    room = np.maximum(gaps[None, :] - units[:, None] + 1, 0.0).sum(axis=1)
    total = float(number * length)
    possible = total * (total - 1) - float((units * (units - 1)).sum())
    expected = 2 / length * float((among + units**2 * room).sum()) / possible if possible > 0 else 0.0
    return observed / (number * (number - 1) * length**2), expected


def _apart(one: Sequence[Marked], two: Sequence[Marked]) -> float:
    """Return the summed squared differences between one coder's sections and another's.

    Only sections that meet can differ, so both lists are walked once.
    """
    total, first, second = 0, 0, 0
    while first < len(one) and second < len(two):
        (a, b, unit), (c, d, other) = one[first], two[second]
        if unit and other and a < d and c < b:
            total += (a - c) ** 2 + (b - d) ** 2
        elif unit and not other and c <= a and b <= d:
            total += (b - a) ** 2
        elif other and not unit and a <= c and d <= b:
            total += (d - c) ** 2
        first, second = first + (b <= d), second + (d <= b)
    return float(total)
