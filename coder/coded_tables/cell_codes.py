"""The codes that stand in the cells of a table: parsed, checked against the codebook, with polarity."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coder.domain import POLARITIES

if TYPE_CHECKING:
    from coder.coded_tables.rating_cells import Cells
    from coder.coded_tables.ratings import Choice, Problems

Ints = NDArray[np.int64]
POLARITY_WORDS = {
    "enabler": "facilitator", "facilitators": "facilitator", "barriers": "barrier", "both": "mixed",
    "neutral": "", "none": "", "-": "",
}  # fmt: skip


@dataclass(slots=True)
class Marks:
    """Codes given, one by one: the line each came from, the code and the polarity."""

    line: Ints
    code: Ints
    polarity: Ints
    codes: tuple[str, ...]
    bad_line: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def marks_of(cells: "Cells", choice: "Choice", problems: "Problems") -> Marks:
    """Parse each distinct cell once, then spread the codes over the lines."""
    index: dict[Any, int] = {}
    keys = [tuple(cell) if isinstance(cell, list) else cell for cell in cells.cell]
    which = np.array([index.setdefault(key, len(index)) for key in keys], dtype=np.int64)
    distinct = [parsed(key) for key in index]
    codes, place, unknown = _codes({code for cell in distinct for code, _ in cell}, choice)
    bad = [any(code in unknown for code, _ in cell) for cell in distinct]
    bad_line = np.flatnonzero(np.array(bad or [False])[which]) if len(which) else which
    _name_unknown(cells, which, distinct, unknown, bad_line, problems)
    counts = np.array([len(cell) for cell in distinct], dtype=np.int64)
    starts = np.cumsum(counts) - counts
    flat_code = np.array([place.get(code, -1) for cell in distinct for code, _ in cell], dtype=np.int64)
    flat_sign = np.array([_sign(sign) for cell in distinct for _, sign in cell], dtype=np.int64)
    line = np.repeat(np.arange(len(which)), counts[which]) if len(which) else which
    within = np.arange(len(line)) - np.repeat(np.cumsum(counts[which]) - counts[which], counts[which])
    at = starts[which][line] + within
    polarity = _row_polarity(cells, problems)
    sign = np.where(flat_sign[at] >= 0, flat_sign[at], polarity[line])
    known = flat_code[at] >= 0
    return Marks(line[known], flat_code[at][known], sign[known], codes, bad_line)


def parsed(cell: Any) -> list[tuple[str, str | None]]:
    """Return the codes of a cell with the polarity written behind a colon, if any; "-" and [] are none.

    Several codes are joined by `;`, or given as a list (also as JSON text).
    """
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = json.loads(cell)
        except json.JSONDecodeError:
            cell = [cell]
    items = cell if isinstance(cell, (list, tuple)) else str(cell).split(";")
    found: dict[tuple[str, str | None], None] = {}
    for item in items:
        text = str(item).strip()
        if not text or text == "-":
            continue
        head, colon, tail = text.rpartition(":")
        if colon and tail.strip().casefold() in POLARITIES:
            found[head.strip(), tail.strip().casefold()] = None
        else:
            found[text, None] = None
    return list(found)


def _sign(polarity: str | None) -> int:
    return -1 if polarity is None else list(POLARITIES).index(polarity)  # type: ignore[arg-type]


def _codes(used: set[str], choice: "Choice") -> tuple[tuple[str, ...], dict[str, int], dict[str, str | None]]:
    """Return the codes in order, each spelling's place, and unknown spellings with the likeliest known code."""
    book, declared = choice.codebook, choice.categories
    if book is None and not declared:
        order = tuple(sorted(used, key=_numeric_first))
        return order, {code: place for place, code in enumerate(order)}, {}
    order = book.ids if book is not None else declared
    place = {" ".join(code.casefold().split()): number for number, code in enumerate(order)}
    if book is not None:
        place = {" ".join(code.label.casefold().split()): n for n, code in enumerate(book.codes)} | place
    spelled = {code: place.get(" ".join(code.casefold().split()), -1) for code in used}
    unknown = {
        code: (book.nearest_id(code) if book is not None else None) for code, n in spelled.items() if n < 0
    }
    return order, {code: number for code, number in spelled.items() if number >= 0}, unknown


def _numeric_first(code: str) -> tuple[int, float, str]:
    try:
        return 0, float(code), code
    except ValueError:
        return 1, 0.0, code


def _name_unknown(
    cells: "Cells",
    which: Ints,
    distinct: list[list[tuple[str, str | None]]],
    unknown: dict[str, str | None],
    bad_line: Ints,
    problems: "Problems",
) -> None:
    for line in bad_line.tolist():
        for code, _ in distinct[which[line]]:
            if code in unknown:
                hint = f" (did you mean {unknown[code]}?)" if unknown[code] else ""
                problems.row(
                    cells.where[line],
                    int(cells.row[line]),
                    f"'{code}' is not in the codebook{hint}; {cells.coder[line]}'s coding of unit"
                    f" {cells.unit[line]} counts as not rated.",
                )


def _row_polarity(cells: "Cells", problems: "Problems") -> Ints:
    found = np.full(len(cells.polarity), -1, dtype=np.int64)
    for line, said in enumerate(cells.polarity):
        if said is None:
            continue
        word = POLARITY_WORDS.get(said.casefold(), said.casefold())
        if word in POLARITIES:
            found[line] = POLARITIES.index(word)
        elif word:
            problems.row(
                cells.where[line],
                int(cells.row[line]),
                f"polarity '{said}' is not {', '.join(POLARITIES)}; it is left out, the code stays.",
            )
    return found
