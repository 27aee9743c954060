"""Rows of sums below a table of codings: nobody said "Total"."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from coder.reading.tables.columns import plain_name

if TYPE_CHECKING:
    from pandas import DataFrame

_TOTAL = re.compile(
    r"(?:grand |sub)?totals?|sum|count|(?:gesamt|zwischen)?summe|gesamt|insgesamt|anzahl|somme|suma|totaal|aantal"
    r"|totale|totalt",
    re.IGNORECASE,
)
_OWN = frozenset({"id", "row", "nr", "index", "utterance", "sentence"})  # headings of a row's own number
_NUMBER = re.compile(r"[-+]?\d[\d.,\s]*%?")


def without_totals(frame: "DataFrame", own: Collection[str] = ()) -> "DataFrame":
    """Return a frame without its last rows of a word such as "Total" and one number, which notes name.

    They are sums only where a column that most rows fill in words, as that of the codes, is empty in them: a short
    answer beside a rating has all its columns. Where the number is the row's own, the word is an answer: in one of
    the columns `own`, as that of the respondents, or in one that counts the rows (1, 2, 3).
    """
    records = frame.to_dict("split")["data"]
    above = [at for at, row in enumerate(records) if any(map(_said, row))]
    columns_of_own = {
        at for at, name in enumerate(frame.columns) if str(name) in own or plain_name(str(name)) in _OWN
    }
    totals: list[int] = []
    while len(above) > 1 and _may_be_total(records[above[-1]], columns_of_own):
        totals.insert(0, above.pop())
    while totals and not _is_below([records[at] for at in above], records[totals[0]]):
        above.append(totals.pop(0))
    if not totals:
        return frame
    rows = frame.attrs["row_numbers"]
    without: DataFrame = frame.drop(index=frame.index[totals]).reset_index(drop=True)
    notes = [
        f"Row {rows[at]} ('{' '.join(filter(None, map(_said, records[at])))}') is a sum below the table, not a text:"
        " left out."
        for at in totals
    ]
    numbers = [one for at, one in enumerate(rows) if at not in totals]
    without.attrs = {**frame.attrs, "row_numbers": numbers, "notes": [*frame.attrs["notes"], *notes]}
    return without


def _may_be_total(row: Sequence[object], own: Collection[int]) -> bool:
    """Tell whether a row has a word such as "Total" and one number, which is not the row's own."""
    cells = {at: said for at, cell in enumerate(row) if (said := _said(cell))}
    words = [said for said in cells.values() if not _NUMBER.fullmatch(said)]
    numbers = [at for at, said in cells.items() if _NUMBER.fullmatch(said)]
    return (
        len(words) == len(numbers) == 1
        and numbers[0] not in own
        and _TOTAL.fullmatch(words[0].rstrip(" :")) is not None
    )


def _is_below(above: Sequence[Sequence[object]], row: Sequence[object]) -> bool:
    """Tell whether a row leaves a column of words empty and does not go on counting the rows above."""
    number = next(at for at, cell in enumerate(row) if _NUMBER.fullmatch(_said(cell)))
    empty = [at for at, cell in enumerate(row) if not _said(cell)]
    return not _counts([*(line[number] for line in above), row[number]]) and any(
        2 * sum(_is_words(line[at]) for line in above) > len(above) for at in empty
    )


def _said(cell: object) -> str:
    """Return what stands in a cell; nothing for one that is empty."""
    return str(cell).strip() if cell is not None and cell == cell else ""


def _counts(cells: Sequence[object]) -> bool:
    """Tell whether each cell is a number, and one more than that above it."""
    try:
        numbers = [float(_said(cell)) for cell in cells]
    except ValueError:
        return False
    return all(after == before + 1 for before, after in pairwise(numbers))


def _is_words(cell: object) -> bool:
    return bool(said := _said(cell)) and not _NUMBER.fullmatch(said)
