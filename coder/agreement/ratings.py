"""Ratings as people have them (lists, arrays, frames) -> whole numbers, -1 where a coder did not rate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats, Ints
from coder.errors import InputError

SHOWN = 5  # wrong cells named in a message


@dataclass(frozen=True, slots=True)
class Ratings:
    """`codes` is units x coders: positions in `categories`, -1 for not rated.

    `points` places the categories on a line for weighted and interval coefficients; None where their
    order is not known.
    """

    codes: Ints
    categories: tuple[Any, ...]
    points: Floats | None


def is_missing(value: Any) -> bool:
    """Return whether a cell says "not rated": None, NaN, pandas' NA or NaT."""
    if value is None:
        return True
    if isinstance(value, (float, np.floating)):
        return bool(value != value)
    return type(value).__name__ in ("NAType", "NaTType")


class _Positions(dict[Any, int]):
    """Hands out positions 0, 1, 2... to values as they come; missing values get -1."""

    def __missing__(self, value: Any) -> int:
        if is_missing(value):
            return -1
        self[value] = len(self)
        return self[value]


def read_ratings(ratings: Any, categories: Sequence[Any] | None = None) -> Ratings:
    """Turn a table of ratings (rows = units, columns = coders) into positions of categories.

    Accepts lists of lists, numpy arrays (also masked) and pandas frames. Without `categories` they are the
    values that occur, sorted. Raises InputError for rows of unequal length, unhashable cells, and values
    outside the declared categories.
    """
    codes, values = _positions(ratings)
    if categories is None:
        declared = _sorted(values)
        points = _numbers(declared)
    else:
        declared = tuple(dict.fromkeys(_plain(value) for value in categories))
        points = np.arange(len(declared), dtype=np.float64)
    place = {value: position for position, value in enumerate(declared)}
    unknown = [value for value in values if value not in place]
    if unknown:
        raise InputError(_outside(codes, values, unknown, declared))
    moved = np.array([place[value] for value in values] + [-1], dtype=np.int64)
    return Ratings(moved[codes], declared, points)


def _positions(ratings: Any) -> tuple[Ints, list[Any]]:
    if hasattr(ratings, "to_numpy"):
        ratings = ratings.to_numpy()
    if isinstance(ratings, np.ndarray) and ratings.dtype.kind in "iufb":
        return _positions_of_array(ratings)
    rows = _rectangle(ratings)
    index = _Positions()
    flat: Iterable[Any] = chain.from_iterable(rows)
    try:
        codes = np.fromiter(map(index.__getitem__, flat), dtype=np.int64)
    except TypeError as error:
        raise InputError(
            "A rating is a list or set of codes. coefficients() takes one category per unit and coder;"
            " use set_coefficients() for several codes."
        ) from error
    codes = codes.reshape(len(rows), len(rows[0]) if rows else 0)
    return codes, [_plain(value) for value in index]


def _positions_of_array(ratings: NDArray[Any]) -> tuple[Ints, list[Any]]:
    if ratings.ndim != 2:
        raise InputError(f"Ratings need two dimensions, units x coders; this array has {ratings.ndim}.")
    rated = ~np.ma.getmaskarray(ratings)
    data = np.ma.getdata(ratings)
    if data.dtype.kind == "f":
        rated &= ~np.isnan(data)
    codes = np.full(data.shape, -1, dtype=np.int64)
    values, codes[rated] = _unique(data[rated])
    return codes, [_plain(value) for value in values]


def _unique(values: NDArray[Any]) -> tuple[NDArray[Any], Ints]:
    """Return sorted distinct values and each value's position; small whole numbers without sorting."""
    if values.size and values.dtype.kind in "iub":
        whole = values.astype(np.int64)
        low, high = int(whole.min()), int(whole.max())
        if high - low < 1_000_000:
            present = np.bincount(whole - low, minlength=high - low + 1) > 0
            place = np.cumsum(present) - 1
            return np.flatnonzero(present) + low, place[whole - low]
    distinct, positions = np.unique(values, return_inverse=True)
    return distinct, positions.reshape(-1)


def _rectangle(ratings: Any) -> list[Sequence[Any]]:
    if isinstance(ratings, (str, Mapping)):
        raise InputError("Ratings are a table: a list with one row per unit, one entry per coder.")
    rows = list(ratings)
    for number, row in enumerate(rows, start=1):
        if isinstance(row, (str, Mapping)) or not hasattr(row, "__len__"):
            raise InputError(f"Row {number} of the ratings is not a list of ratings, one per coder.")
        if len(row) != len(rows[0]):
            raise InputError(
                f"Row {number} of the ratings has {len(row)} entries, the first row {len(rows[0])};"
                " give None where a coder did not rate."
            )
    return rows


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    values = list(values)
    try:
        return tuple(sorted(values))
    except TypeError:
        return tuple(sorted(values, key=lambda value: (type(value).__name__, str(value))))


def _numbers(values: Sequence[Any]) -> Floats | None:
    try:
        return np.array([float(value) for value in values], dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _outside(codes: Ints, values: list[Any], unknown: list[Any], declared: tuple[Any, ...]) -> str:
    cells = []
    for value in unknown[:SHOWN]:
        row = int(np.argwhere(codes == values.index(value))[0][0]) + 1
        cells.append(f"{value!r} (first in row {row})")
    more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
    return f"Not among the {len(declared)} declared categories: {', '.join(cells)}{more}."
