"""`unit_coefficients`: agreement where coders mark their own stretches of a text, counted in characters."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan, nan
from typing import Any

import numpy as np

from coder.agreement import unitizing
from coder.agreement.binary import binary_values, with_indices
from coder.agreement.coefficients import BINARY, Scale, finished, statistic_of
from coder.agreement.estimate import CodeEstimates
from coder.agreement.tables import Rows
from coder.errors import InputError
from coder.statistics import Estimate, plan_for, point

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

    coders: tuple[tuple[unitizing.Marked, ...], ...]
    length: int

    @property
    def codes(self) -> tuple[Hashable, ...]:
        """The codes in use, sorted."""
        used = {code for coder in self.coders for _, _, code in coder}
        return tuple(sorted(used, key=str))

    def of_code(self, code: Hashable) -> list[list[unitizing.Span]]:
        """Return each coder's stretches of one code."""
        return [[(start, end) for start, end, own in coder if own == code] for coder in self.coders]

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


def _joined(units: Sequence[unitizing.Marked]) -> tuple[unitizing.Marked, ...]:
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
    place = {edge: number for number, edge in enumerate(edges)}
    numbers: dict[frozenset[Hashable], int] = {frozenset(): 0}
    values = np.zeros((max(0, len(edges) - 1), len(marks.coders)), dtype=np.int64)
    wanted = frozenset(codes)
    for column, coder in enumerate(marks.coders):
        given: list[set[Hashable]] = [set() for _ in range(len(values))]
        for start, end, code in coder:
            if code in wanted:
                for row in range(place[start], place[end]):
                    given[row].add(code)
        values[:, column] = [numbers.setdefault(frozenset(row), len(numbers)) for row in given]
    weight = np.diff(np.array(edges, dtype=np.float64)) if len(values) else np.zeros(0)
    return Rows(values, weight, np.zeros(len(values), dtype=np.int64), 1), list(numbers)


def _overall(marks: Marks) -> dict[str, Estimate]:
    rows, sets = character_rows(marks, marks.codes)
    found = _characters(rows, Scale("nominal", max(2, len(sets))))
    overlap = marks.overlap()
    units = nan if overlap else unitizing.alpha_u_2016(marks.coders, marks.length)
    pairs = [unitizing.disagreements_2004(marks.of_code(code), marks.length) for code in _two(marks)]
    observed, expected = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    found["alpha_u"] = _stated(units, marks, OVERLAPPING if overlap else None)
    found["alpha_u_2004"] = _stated(1 - observed / expected if expected else nan, marks, None)
    return {name: found[name] for name in NAMES}


def _two(marks: Marks) -> tuple[Hashable, ...]:
    return marks.codes if len(marks.coders) > 1 else ()


def _of_code(marks: Marks, code: Hashable) -> dict[str, Estimate]:
    spans = marks.of_code(code)
    rows, _ = character_rows(marks, [code])
    found = _characters(rows, BINARY)
    named: list[list[unitizing.Marked]] = [[(a, b, code) for a, b in coder] for coder in spans]
    found["alpha_u"] = _stated(unitizing.alpha_u_2016(named, marks.length), marks, None)
    value = nan
    if len(spans) > 1:
        observed, expected = unitizing.disagreements_2004(spans, marks.length)
        value = 1 - observed / expected if expected else value
    found["alpha_u_2004"] = _stated(value, marks, None)
    indices = {name: Estimate(value) for name, value in point(binary_values(rows), 1).items()}
    indices = {k: Estimate(None) if v.value is None or isnan(v.value) else v for k, v in indices.items()}
    return {name: found[name] for name in NAMES} | with_indices(indices, rows)


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
