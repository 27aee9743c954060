"""Workbooks with a sheet per table: headers frozen, long texts wrapped, every text stored as text."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from coder.reporting.rows import cell_text, written_whole

Row = Mapping[str, Any]
WIDE = 60  # characters of a column of long texts
WIDEST = 100  # characters of such a column where the sheet has no more than two
ROOM = 30  # characters of an empty column to write in
LINE = 15.0  # points of a line of Excel's usual letters
HIGHEST = 409.0  # points of a row, Excel's own limit
ACROSS = 110  # characters of Excel's usual letters across an A4 page on its side
REPEATED = 24  # characters of a column that is printed again on each page
SMALLEST = 40  # per cent of the usual size that can still be read in print
PRINTED_ACROSS = 12  # columns that can be read when a page is as wide as the table
BOLD = 4  # characters more than it has that a word of the bold header takes, the arrow of a filter included
FIGURE = "0.000"
TITLE_LIMIT = 31  # characters, Excel's own limit


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a workbook: rows of column -> value; `frozen` columns stay in sight beside the frozen header.

    `columns` are those of the rows, in order of first appearance, unless given. Columns whose name ends in `outline`
    can be folded away, those in `written_in` have room for what somebody writes. Columns of `pages` begin a printed
    page each, beside the frozen ones.
    """

    title: str
    rows: Sequence[Row]
    columns: Sequence[str] = ()
    frozen: int = 0
    outline: str = ""
    written_in: str = ""
    pages: Sequence[str] = ()

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return list(self.columns) or list(dict.fromkeys(name for row in self.rows for name in row))


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write the sheets that have rows, whole or not at all. Raises OutputError if the file cannot be written."""
    from openpyxl import Workbook

    book = Workbook()
    empty = book.active
    for sheet in sheets:
        if sheet.rows or sheet.columns:
            _fill(book.create_sheet(_title(sheet.title, book.sheetnames)), sheet)
    if len(book.sheetnames) > 1 and empty is not None:
        book.remove(empty)
    with written_whole(path) as temporary:
        book.save(temporary)


def _fill(target: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    header = sheet.header
    lines: list[Sequence[Any]] = [header, *([row.get(name) for name in header] for row in sheet.rows)]
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            _put(target, number, column, value)
    target.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}2"
    for column in range(1, len(header) + 1):
        if sheet.outline and header[column - 1].endswith(sheet.outline):
            target.column_dimensions[get_column_letter(column)].outlineLevel = 1
        target.cell(1, column).font = Font(bold=True)
        target.cell(1, column).alignment = Alignment(wrap_text=True, vertical="top")
        cells = [target.cell(row, column) for row in range(2, target.max_row + 1)]
        longest = max((_breadth(line) for cell in cells for line in _shown(cell).split("\n")), default=0)
        word = max(map(_breadth, header[column - 1].split()), default=0)
        if sheet.written_in and header[column - 1].endswith(sheet.written_in):
            word = ROOM
        width = min(WIDEST if len(header) <= 2 else WIDE, max(10, longest + 2, word + BOLD))
        if sheet.pages and column <= sheet.frozen:
            width = min(width, REPEATED)
        target.column_dimensions[get_column_letter(column)].width = width
        _make_room(target, target.cell(1, column), width)
        wrapped = any("\n" in _shown(cell) or _breadth(_shown(cell)) > width for cell in cells)
        placed = Alignment(wrap_text=wrapped, vertical="top")
        for cell in cells:
            cell.alignment = placed
            if wrapped:
                _make_room(target, cell, width)
    starts = [at for at, name in enumerate(header) if name in sheet.pages]
    _set_pages(target, len(header), sheet.frozen, starts)
    if sheet.frozen:
        target.print_title_cols = f"A:{get_column_letter(sheet.frozen)}"


def _shown(cell: Any) -> str:
    """Return what a cell shows, roughly: figures are rounded."""
    return f"{cell.value:.3f}" if cell.number_format == FIGURE else str(cell.value or "")


def _breadth(text: str) -> int:
    """Return how many letters wide a text is shown: Chinese and Japanese signs and emoji take the room of two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _make_room(target: Any, cell: Any, width: int) -> None:
    """Make a row high enough for a wrapped cell: not every program does so by itself when it opens the file."""
    letters = width - 4  # a line ends before the word that does not fit
    lines = sum(max(1, -(-_breadth(line) // letters)) for line in _shown(cell).split("\n"))
    row = target.row_dimensions[cell.row]
    row.height = max(row.height or LINE, min(HIGHEST, lines * LINE))


def _set_pages(target: Any, columns: int, frozen: int, starts: Sequence[int]) -> None:
    """Let a print begin each page with the header, and show the table across the page where it can be read so.

    `starts` are the places of columns that begin a page; then the widest page decides how small the print is.
    """
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.pagebreak import Break, ColBreak

    target.print_title_rows = "1:1"
    target.page_setup.orientation, target.page_setup.paperSize = "landscape", target.PAPERSIZE_A4
    if starts:
        widths = [target.column_dimensions[get_column_letter(at + 1)].width for at in range(columns)]
        places = sorted({frozen, *starts, columns})
        broadest = sum(widths[:frozen]) + max(sum(widths[start:end]) for start, end in pairwise(places))
        target.page_setup.scale = max(SMALLEST, min(100, int(100 * ACROSS / broadest)))
        target.col_breaks = ColBreak(brk=[Break(id=start) for start in places[1:-1]])
        target.page_setup.pageOrder = "overThenDown"
        target.page_margins.left = target.page_margins.right = 0.4  # inches
    elif columns <= PRINTED_ACROSS:
        target.sheet_properties.pageSetUpPr.fitToPage = True
        target.page_setup.fitToHeight = 0


def _put(target: Any, row: int, column: int, value: Any) -> None:
    """Set a cell; a text stays a text, so that nothing a participant said is taken for a formula.

    Fractions are shown with three decimals; the cell holds the whole figure.
    """
    cell = target.cell(row, column, cell_text(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, float) and not value.is_integer():
        cell.number_format = FIGURE


def _title(title: str, taken: Sequence[str]) -> str:
    clean = (
        "".join("-" if sign in r"[]:*?/\\" else sign for sign in title)[:TITLE_LIMIT].strip("'") or "sheet"
    )
    lowered = {name.casefold() for name in taken}
    unique, number = clean, 2
    while unique.casefold() in lowered:
        unique = f"{clean[: TITLE_LIMIT - 5]} ({number})"
        number += 1
    return unique
