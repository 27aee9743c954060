"""How a sheet of a workbook looks: widths of columns, heights of rows, pages of print, its title."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

WIDE = 60  # characters of a column of long texts
LINE = 15.0  # points of a line of Excel's usual letters
HIGHEST = 409.0  # points of a row, Excel's own limit
ACROSS = 110  # characters of Excel's usual letters across an A4 page on its side
SMALLEST = 40  # per cent of the usual size that can still be read in print
PRINTED_ACROSS = 12  # columns that can be read when a page is as wide as the table
BOLD = 4  # characters more than it has that a word of the bold header takes, the arrow of a filter included
TITLE_LIMIT = 31  # characters, Excel's own limit


def breadth(text: str) -> int:
    """Return how many letters wide a text is shown: Chinese and Japanese signs and emoji take the room of two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def column_width(name: str, texts: Iterable[str], *, widest: int = WIDE, room: int = 0) -> int:
    """Return the width in characters of a column with this name and these texts; at least `room` for writing."""
    longest = max((breadth(line) for text in texts for line in text.split("\n")), default=0)
    word = room or max(map(breadth, name.split()), default=0)
    return min(widest, max(10, longest + 2, word + BOLD))


def is_wrapped(text: str, width: int) -> bool:
    """Return whether a text takes several lines in a column of this width."""
    return "\n" in text or breadth(text) > width


def row_height(texts: Iterable[tuple[str, int]]) -> float:
    """Return the points of a row that shows texts whole in columns of these widths, up to Excel's limit.

    Not every program makes room for wrapped texts by itself when it opens the file.
    """
    lines = 1
    for text, width in texts:
        letters = width - 4  # a line ends before the word that does not fit
        lines = max(lines, sum(max(1, -(-breadth(line) // letters)) for line in text.split("\n")))
    return min(HIGHEST, lines * LINE)


def set_pages(target: Any, widths: Sequence[float], frozen: int = 0, starts: Sequence[int] = ()) -> None:
    """Let a print begin each page with the header, and show the table across the page where it can be read so.

    `starts` are the places of columns that begin a page; then the widest page decides how small the print is.
    """
    from openpyxl.worksheet.pagebreak import Break, ColBreak

    target.print_title_rows = "1:1"
    target.page_setup.orientation, target.page_setup.paperSize = "landscape", "9"  # A4
    if starts:
        places = sorted({frozen, *starts, len(widths)})
        broadest = sum(widths[:frozen]) + max(sum(widths[start:end]) for start, end in pairwise(places))
        target.page_setup.scale = max(SMALLEST, min(100, int(100 * ACROSS / broadest)))
        target.col_breaks = ColBreak(brk=[Break(id=start) for start in places[1:-1]])
        target.page_setup.pageOrder = "overThenDown"
        target.page_margins.left = target.page_margins.right = 0.4  # inches
    elif len(widths) <= PRINTED_ACROSS:
        target.sheet_properties.pageSetUpPr.fitToPage = True
        target.page_setup.fitToHeight = 0


def sheet_title(title: str, taken: Sequence[str] = ()) -> str:
    """Return a title that Excel takes: without its signs, not too long, and none of those taken."""
    clean = (
        "".join("-" if sign in r"[]:*?/\\" else sign for sign in title)[:TITLE_LIMIT].strip("'") or "sheet"
    )
    lowered = {name.casefold() for name in taken}
    unique, number = clean, 2
    while unique.casefold() in lowered:
        unique = f"{clean[: TITLE_LIMIT - 5]} ({number})"
        number += 1
    return unique
