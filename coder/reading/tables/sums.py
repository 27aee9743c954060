"""The row of a sum below a table of codings: nobody said "Total"."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame

_TOTAL = re.compile(
    r"(?:grand |sub)?totals?|sum|count|summe|gesamt|insgesamt|anzahl|somme|suma|totaal|aantal|totale|totalt",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d[\d.,\s]*%?")


def without_total(frame: "DataFrame") -> "DataFrame":
    """Return a frame without a last row of the word "Total" and one number, which a note names.

    It is a sum only where a column that most rows fill in words, as that of the codes, is empty in it: a short answer
    beside a rating has all its columns. Where the number is the row's own (3 below 2), the word is an answer.
    """
    records = frame.to_dict("split")["data"]
    filled = [at for at, row in enumerate(records) if any(map(_said, row))]
    if len(filled) < 2:
        return frame
    last, above = filled[-1], [records[at] for at in filled[:-1]]
    cells = [said for cell in records[last] if (said := _said(cell))]
    words = [cell for cell in cells if not _NUMBER.fullmatch(cell)]
    if len(cells) != 2 or len(words) != 1 or not _TOTAL.fullmatch(words[0].rstrip(" :")):
        return frame
    if _counts_on(records[filled[-2]], records[last]):
        return frame
    empty = [at for at, cell in enumerate(records[last]) if not _said(cell)]
    if not any(2 * sum(_is_words(row[at]) for row in above) > len(above) for at in empty):
        return frame
    number = frame.attrs["row_numbers"][last]
    without: DataFrame = frame.drop(index=frame.index[last]).reset_index(drop=True)
    numbers = [one for at, one in enumerate(frame.attrs["row_numbers"]) if at != last]
    note = f"Row {number} ('{' '.join(cells)}') is a sum below the table, not a text: left out."
    without.attrs = {**frame.attrs, "row_numbers": numbers, "notes": [*frame.attrs["notes"], note]}
    return without


def _said(cell: object) -> str:
    """Return what stands in a cell; nothing for one that is empty."""
    return str(cell).strip() if cell is not None and cell == cell else ""


def _counts_on(before: Sequence[object], row: Sequence[object]) -> bool:
    """Tell whether a row's number is one more than that of the row before, in the same column."""
    pairs = [(_said(one), _said(other)) for one, other in zip(before, row, strict=True)]
    return any(one.isdecimal() and other.isdecimal() and int(other) == int(one) + 1 for one, other in pairs)


def _is_words(cell: object) -> bool:
    return bool(said := _said(cell)) and not _NUMBER.fullmatch(said)
