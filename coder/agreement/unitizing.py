"""`unit_coefficients`: agreement where coders mark their own stretches of a text, counted in characters.

Krippendorff's alphas for unitizing of 2016 and 2004 are different coefficients. A continuum has `length` characters;
each coder marks units (start, end) in it, end exclusive; the rest are gaps.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan, nan
from typing import Any

import numpy as np

from coder.agreement.coefficients import BINARY, CodeEstimates, Scale, finished, statistic_of
from coder.agreement.sets import binary_values, with_indices
from coder.agreement.tables import Rows
from coder.errors import InputError
from coder.statistics import Estimate, plan_for, point

Span = tuple[int, int]
Marked = tuple[int, int, Hashable]
NAMES = (
    "alpha_u",
    "alpha_u_2004",
    "char_percent_agreement",
    "char_cohen_kappa",
    "char_krippendorff_alpha",
)
FROM_CHARACTERS = {
    "char_percent_agreement": "percent_agreement",
    "char_cohen_kappa": "cohen_kappa",
    "char_krippendorff_alpha": "krippendorff_alpha",
}
OVERLAPPING = "a coder's units overlap; this coefficient needs one code per character"
NOTHING_MARKED = "nobody marked anything"
EVERYTHING_MARKED = "every coder gave the whole text one and the same value"


@dataclass(frozen=True, slots=True)
class Marks:
    """What coders marked in one text: per coder sorted (start, end, code), end exclusive."""

    coders: tuple[tuple[Marked, ...], ...]
    length: int

    @property
    def codes(self) -> tuple[Hashable, ...]:
        """The codes in use, sorted."""
        used = {code for coder in self.coders for _, _, code in coder}
        return tuple(sorted(used, key=str))

    def of_code(self, code: Hashable) -> list[list[Span]]:
        """Return each coder's stretches of one code."""
        return [[(start, end) for start, end, marked in coder if marked == code] for coder in self.coders]

    def overlap(self) -> bool:
        """Whether a coder gave one character two codes."""
        return any(before[1] > after[0] for coder in self.coders for before, after in pairwise(coder))


def unit_coefficients(units: Any, length: int) -> CodeEstimates:
    """Return agreement on stretches of a text of `length` characters, over all codes and per code.

    `units`: per coder (a list, or a mapping by coder's name) the marked (start, end, code), characters from 0,
    end exclusive. `alpha_u`: Krippendorff et al. (2016), needs non-overlapping units per coder; `alpha_u_2004`:
    Krippendorff (2004), allows overlap between codes; `char_*`: every character is a unit, coded or not (per
    code) or with its set of codes (overall); `char_cohen_kappa` per code is what NVivo prints.
    One text gives no intervals: several are needed for that.

    >>> result = unit_coefficients([[(0, 40, "a")], [(0, 50, "a")]], length=100)
    >>> round(result["a"]["char_cohen_kappa"].value, 2)
    0.8

    Raises InputError for units outside the text, empty units, or a length that is not positive.
    """
    marks = read_marks(units, length)
    result = CodeEstimates(_overall(marks))
    result["per_code"] = {code: _of_code(marks, code) for code in marks.codes}
    return result


def read_marks(units: Any, length: int) -> Marks:
    """Return checked, sorted marks. Raises InputError naming every unit that cannot be."""
    lists = list(units.values()) if isinstance(units, Mapping) else list(units)
    names = list(units) if isinstance(units, Mapping) else list(range(1, len(lists) + 1))
    if length < 0 or (length == 0 and any(len(coder) for coder in lists)):
        raise InputError(f"The text's length is {length}; it must be a positive number of characters.")
    problems = [
        f"coder {name}: {unit!r}"
        for name, coder in zip(names, lists, strict=True)
        for unit in coder
        if not 0 <= unit[0] < unit[1] <= length
    ]
    if problems:
        raise InputError(
            f"Units must lie within 0..{length} and be longer than nothing: {'; '.join(problems[:5])}"
            + (f" and {len(problems) - 5} more" if len(problems) > 5 else "")
        )
    return Marks(tuple(_joined(coder) for coder in lists), int(length))


def _joined(units: Sequence[Marked]) -> tuple[Marked, ...]:
    """Return a coder's units in order; those of one code that overlap become one, touching ones do not."""
    last: dict[Hashable, list[int]] = {}
    joined: list[tuple[list[int], Hashable]] = []
    for start, end, code in sorted(units, key=lambda unit: (unit[0], unit[1])):
        before = last.get(code)
        if before is not None and start < before[1]:
            before[1] = max(int(end), before[1])
            continue
        last[code] = [int(start), int(end)]
        joined.append((last[code], code))
    return tuple((span[0], span[1], code) for span, code in joined)


def character_rows(marks: Marks, codes: Sequence[Hashable]) -> tuple[Rows, list[frozenset[Hashable]]]:
    """Return stretches of text between any two boundaries as rows weighted by their length.

    A row holds, per coder, the number of the set of codes given there (0 = no code).
    """
    edges = sorted(
        {0, marks.length, *(edge for coder in marks.coders for a, b, _ in coder for edge in (a, b))}
    )
    index = {edge: number for number, edge in enumerate(edges)}
    numbers: dict[frozenset[Hashable], int] = {frozenset(): 0}
    values = np.zeros((max(0, len(edges) - 1), len(marks.coders)), dtype=np.int64)
    wanted = frozenset(codes)
    for column, coder in enumerate(marks.coders):
        given: list[set[Hashable]] = [set() for _ in range(len(values))]
        for start, end, code in coder:
            if code in wanted:
                for row in range(index[start], index[end]):
                    given[row].add(code)
        values[:, column] = [numbers.setdefault(frozenset(row), len(numbers)) for row in given]
    weight = np.diff(np.array(edges, dtype=np.float64)) if len(values) else np.zeros(0)
    return Rows(values, weight, np.zeros(len(values), dtype=np.int64), 1), list(numbers)


def _overall(marks: Marks) -> dict[str, Estimate]:
    rows, sets = character_rows(marks, marks.codes)
    estimates = _characters(rows, Scale("nominal", max(2, len(sets))))
    overlap = marks.overlap()
    units = nan if overlap else alpha_u_2016(marks.coders, marks.length)
    pairs = [disagreements_2004(marks.of_code(code), marks.length) for code in _two(marks)]
    observed, expected = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    estimates["alpha_u"] = _stated(units, marks, OVERLAPPING if overlap else None)
    estimates["alpha_u_2004"] = _stated(1 - observed / expected if expected else nan, marks, None)
    return {name: estimates[name] for name in NAMES}


def _two(marks: Marks) -> tuple[Hashable, ...]:
    return marks.codes if len(marks.coders) > 1 else ()


def _of_code(marks: Marks, code: Hashable) -> dict[str, Estimate]:
    spans = marks.of_code(code)
    rows, _ = character_rows(marks, [code])
    estimates = _characters(rows, BINARY)
    named: list[list[Marked]] = [[(a, b, code) for a, b in coder] for coder in spans]
    estimates["alpha_u"] = _stated(alpha_u_2016(named, marks.length), marks, None)
    value = nan
    if len(spans) > 1:
        observed, expected = disagreements_2004(spans, marks.length)
        value = 1 - observed / expected if expected else value
    estimates["alpha_u_2004"] = _stated(value, marks, None)
    indices = {name: Estimate(value) for name, value in point(binary_values(rows), 1).items()}
    indices = {k: Estimate(None) if v.value is None or isnan(v.value) else v for k, v in indices.items()}
    return {name: estimates[name] for name in NAMES} | with_indices(indices, rows)


def _characters(rows: Rows, scale: Scale) -> dict[str, Estimate]:
    plan = plan_for(1, None, 0)
    values = point(statistic_of(rows, scale), 1)
    bare = {name: Estimate(None if isnan(value) else value) for name, value in values.items()}
    complete = finished(bare, rows, scale, plan, 0)
    renamed = {name: complete[source] for name, source in FROM_CHARACTERS.items()}
    if rows.coders < 2:
        reason = "there are no coders" if rows.coders == 0 else "only one coder"
        return {name: Estimate(None, reason=reason) for name in renamed}
    if not (rows.codes > 0).any():
        return {
            name: value if value.value is not None else Estimate(None, reason=NOTHING_MARKED)
            for name, value in renamed.items()
        }
    return renamed


def _stated(value: float, marks: Marks, reason: str | None) -> Estimate:
    if not isnan(value):
        return Estimate(value)
    if len(marks.coders) < 2:
        reason = "there are no coders" if not marks.coders else "only one coder"
    elif not any(marks.coders):
        reason = NOTHING_MARKED
    return Estimate(None, reason=reason or EVERYTHING_MARKED)


def with_gaps(units: Sequence[Marked], length: int) -> list[Marked]:
    """Return a coder's units and the gaps between them (code None), covering the whole continuum."""
    covered: list[Marked] = []
    position = 0
    for start, end, code in units:
        if start > position:
            covered.append((position, start, None))
        covered.append((start, end, code))
        position = end
    if position < length:
        covered.append((position, length, None))
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
    agree = sum(_shared(one, two) for index, one in enumerate(segments) for two in segments[index + 1 :])
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
        for index, one in enumerate(covered)
        for other, two in enumerate(covered)
        if index != other
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
