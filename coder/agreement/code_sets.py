"""Sets of codes per unit and coder -> numbered distinct sets and their members."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.agreement.ratings import is_missing
from coder.arrays import Bools, Floats, Ints
from coder.errors import InputError

SHOWN = 5
BITS = 52  # codes per machine word: sums of powers of two stay exact as floats


@dataclass(frozen=True, slots=True)
class SetRatings:
    """`ids` is units x coders: positions in `members`, -1 for not rated; `members` is sets x codes."""

    ids: Ints
    members: Bools
    codes: tuple[Any, ...]

    def binary(self, code: int) -> Ints:
        """Return units x coders: 1 where the coder gave this code, 0 where not, -1 where not rated."""
        given = np.append(self.members[:, code].astype(np.int64), -1)
        return given[self.ids]

    def used(self) -> Bools:
        """Return per code whether any coder gave it to any unit."""
        present = np.zeros(len(self.members), dtype=np.bool_)
        present[self.ids[self.ids >= 0]] = True
        used: Bools = np.asarray(self.members[present].any(axis=0))
        return used

    def names(self, number: int) -> tuple[Any, ...]:
        """Return the codes of one set."""
        return tuple(code for code, member in zip(self.codes, self.members[number], strict=True) if member)


def read_sets(ratings: Any, codes: Sequence[Any] | None = None) -> SetRatings:
    """Turn a table of sets of codes (rows = units, columns = coders) into numbered sets.

    Accepts: lists of lists (or a pandas frame) whose cells are sets, lists or tuples of codes, one bare code,
    or None / NaN for not rated; an integer array units x coders of bit masks (bit j = codes[j], negative =
    not rated); a bool or integer array units x coders x codes (0, 1; negative = not rated). Without `codes`
    they are those that occur, sorted. Raises InputError for other shapes and for codes outside `codes`.
    """
    if isinstance(ratings, np.ndarray) and ratings.ndim == 3:
        return _from_indicators(ratings, codes)
    if isinstance(ratings, np.ndarray) and ratings.ndim == 2 and ratings.dtype.kind in "iu":
        return _from_masks(ratings, codes)
    return _from_cells(ratings, codes)


class _Sets(dict[Any, int]):
    """Numbers distinct sets as they come; what is no set (a bare code, a missing cell) on first sight."""

    def __missing__(self, cell: frozenset[Any]) -> int:
        self[cell] = len(self)
        return self[cell]


def _from_cells(ratings: Any, codes: Sequence[Any] | None) -> SetRatings:
    if hasattr(ratings, "to_numpy"):
        ratings = ratings.to_numpy(dtype=object)
    rows = list(ratings)
    widths = {len(row) for row in rows if not isinstance(row, (str, Mapping)) and hasattr(row, "__len__")}
    if len(widths) > 1 or (rows and not widths):
        raise InputError("Ratings need one row per unit with one entry per coder, all of equal length.")
    index = _Sets()
    flat: Iterable[Any] = chain.from_iterable(rows)
    try:
        ids = np.fromiter((-1 if cell is None else index[_as_set(cell)] for cell in flat), dtype=np.int64)
    except TypeError as error:
        raise InputError("A cell holds something that is no set, list or name of codes.") from error
    ids = ids.reshape(len(rows), widths.pop() if widths else 0)
    if _MISSING in index:
        ids[ids == index[_MISSING]] = -1
    distinct = [() if cell is _MISSING else tuple(cell) for cell in index]
    order = _ordered(chain.from_iterable(distinct)) if codes is None else tuple(dict.fromkeys(codes))
    column_of = {code: position for position, code in enumerate(order)}
    _refuse_unknown(ids, distinct, column_of)
    members = np.zeros((len(distinct), len(order)), dtype=np.bool_)
    for number, cell in enumerate(distinct):
        members[number, [column_of[code] for code in cell]] = True
    return SetRatings(ids, members, order)


_MISSING: frozenset[Any] = frozenset([object()])


def _as_set(cell: Any) -> frozenset[Any]:
    if isinstance(cell, (set, frozenset, list, tuple)):
        return frozenset(cell)
    if is_missing(cell):
        return _MISSING
    if isinstance(cell, np.ndarray):
        return frozenset(cell.tolist())
    return frozenset([cell])


def _ordered(codes: Iterable[Any]) -> tuple[Any, ...]:
    distinct = list(dict.fromkeys(codes))
    try:
        return tuple(sorted(distinct))
    except TypeError:
        return tuple(sorted(distinct, key=lambda code: (type(code).__name__, str(code))))


def _refuse_unknown(ids: Ints, distinct: list[tuple[Any, ...]], column_of: Mapping[Any, int]) -> None:
    wrong: dict[Any, int] = {}
    for number, cell in enumerate(distinct):
        for code in cell:
            if code not in column_of and code not in wrong:
                wrong[code] = int(np.argwhere(ids == number)[0][0]) + 1
    if wrong:
        cells = ", ".join(f"{code!r} (first in row {row})" for code, row in list(wrong.items())[:SHOWN])
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise InputError(f"Not among the {len(column_of)} declared codes: {cells}{more}.")


def _from_masks(masks: NDArray[Any], codes: Sequence[Any] | None) -> SetRatings:
    if codes is None:
        raise InputError("An integer array is read as bit masks of codes: give `codes`, bit 0 first.")
    order = tuple(dict.fromkeys(codes))
    if len(order) > BITS:
        raise InputError(f"Bit masks hold {BITS} codes; give units x coders x codes instead.")
    plain = masks.astype(np.int64)
    if (plain >= (1 << len(order))).any():
        raise InputError(f"A bit mask is {1 << len(order)} or more: it names a code beyond the {len(order)}.")
    ids = np.full(plain.shape, -1, dtype=np.int64)
    rated = plain >= 0
    distinct, ids[rated] = numbered(plain[rated], len(order))
    return SetRatings(ids, _members([distinct], len(order)), order)


def numbered(masks: Ints, bits: int) -> tuple[Ints, Ints]:
    """Return the distinct masks, sorted, and each mask's number among them."""
    if bits <= 22:
        present = np.bincount(masks, minlength=1) > 0
        return np.flatnonzero(present), (np.cumsum(present) - 1)[masks]
    distinct, positions = np.unique(masks, return_inverse=True)
    return distinct, positions.reshape(-1)


def _from_indicators(given: NDArray[Any], codes: Sequence[Any] | None) -> SetRatings:
    order = tuple(range(given.shape[2])) if codes is None else tuple(dict.fromkeys(codes))
    if len(order) != given.shape[2]:
        raise InputError(f"{len(order)} codes are named, the array holds {given.shape[2]}.")
    rated: Bools = np.asarray(~(given < 0).any(axis=2))
    chosen = given[rated] > 0
    words = [
        chosen[:, start : start + BITS] @ (1 << np.arange(min(BITS, len(order) - start), dtype=np.int64))
        for start in range(0, len(order), BITS)
    ]
    return _from_words(words, rated, order)


def sets_from_marks(cells: Ints, codes: Ints, rated: Bools, order: Sequence[Any]) -> SetRatings:
    """Turn marks into numbered sets: `cells` (marks) are positions in `rated` (units x coders), row by row.

    `codes` (marks) are positions in `order`; a cell and code occur together once. Cells that are not rated
    lose their marks.
    """
    words = []
    for start in range(0, max(1, len(order)), BITS):
        in_word = (codes >= start) & (codes < start + BITS)
        powers = np.ldexp(1.0, codes[in_word] - start)
        word = np.bincount(cells[in_word], weights=powers, minlength=rated.size)
        words.append(word.astype(np.int64)[rated.ravel()])
    return _from_words(words, rated, tuple(order))


def _from_words(words: list[Ints], rated: Bools, order: tuple[Any, ...]) -> SetRatings:
    """Give numbers to the distinct rows of bit masks, one mask of up to BITS codes per word."""
    ids = np.full(rated.shape, -1, dtype=np.int64)
    if len(words) <= 1:
        masks = words[0] if words else np.zeros(int(rated.sum()), dtype=np.int64)
        distinct, ids[rated] = numbered(masks, len(order))
        return SetRatings(ids, _members([distinct], len(order)), order)
    stacked, positions = np.unique(np.stack(words, axis=1), axis=0, return_inverse=True)
    ids[rated] = positions.reshape(-1)
    return SetRatings(ids, _members(list(stacked.T), len(order)), order)


def _members(words: list[Ints], codes: int) -> Bools:
    parts = [
        (word[:, None] >> np.arange(min(BITS, codes - index * BITS))) & 1 == 1
        for index, word in enumerate(words)
    ]
    return np.concatenate(parts, axis=1)


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
    products = {name: np.zeros((len(values), len(values))) for name in METRICS}
    for start in range(0, len(members), BLOCK):
        rows = slice(start, start + BLOCK)
        shared = given[rows] @ given.T
        for name in METRICS:
            distance = FUNCTIONS[name](shared, sizes[rows, None], sizes[None, :])
            products[name] += values[:, rows] @ (distance @ values.T)
    return products
