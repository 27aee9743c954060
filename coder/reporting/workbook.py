"""Workbooks with a sheet per table: headers frozen, long texts wrapped, every text stored as text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coder.reporting.rows import cell_text, written_whole
from coder.reporting.sheet_layout import WIDE, column_width, is_wrapped, row_height, set_pages, sheet_title

Row = Mapping[str, Any]
WIDEST = 100  # characters of a column of long texts where the sheet has no more than two columns
ROOM = 30  # characters of an empty column to write in
REPEATED = 24  # characters of a column that is printed again on each page
FIGURE = "0.000"


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
            _fill(book.create_sheet(sheet_title(sheet.title, book.sheetnames)), sheet)
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
    widths: list[int] = []
    for column, name in enumerate(header, start=1):
        dimension = target.column_dimensions[get_column_letter(column)]
        if sheet.outline and name.endswith(sheet.outline):
            dimension.outlineLevel = 1
        cells = [target.cell(row, column) for row in range(2, target.max_row + 1)]
        widths.append(_width(sheet, column, [_shown(cell) for cell in cells]))
        dimension.width = widths[-1]
        target.cell(1, column).font = Font(bold=True)
        target.cell(1, column).alignment = Alignment(wrap_text=True, vertical="top")
        wrapped = any(is_wrapped(_shown(cell), widths[-1]) for cell in cells)
        placed = Alignment(wrap_text=wrapped, vertical="top")
        for cell in cells:
            cell.alignment = placed
    for number, cells in enumerate(target.iter_rows(), start=1):
        shown = [(_shown(cell), width) for cell, width in zip(cells, widths, strict=True)]
        target.row_dimensions[number].height = row_height(shown)
    set_pages(target, widths, sheet.frozen, [at for at, name in enumerate(header) if name in sheet.pages])
    if sheet.frozen:
        target.print_title_cols = f"A:{get_column_letter(sheet.frozen)}"


def _width(sheet: Sheet, column: int, shown: Sequence[str]) -> int:
    """Return the width in characters of a column, the first being 1."""
    name = sheet.header[column - 1]
    width = column_width(
        name,
        shown,
        widest=WIDEST if len(sheet.header) <= 2 else WIDE,
        room=ROOM if sheet.written_in and name.endswith(sheet.written_in) else 0,
    )
    return min(width, REPEATED) if sheet.pages and column <= sheet.frozen else width


def _shown(cell: Any) -> str:
    """Return what a cell shows, roughly: figures are rounded."""
    return f"{cell.value:.3f}" if cell.number_format == FIGURE else str(cell.value or "")


def _put(target: Any, row: int, column: int, value: Any) -> None:
    """Set a cell; a text stays a text, so that nothing a participant said is taken for a formula.

    Fractions are shown with three decimals; the cell holds the whole figure.
    """
    cell = target.cell(row, column, cell_text(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, float) and not value.is_integer():
        cell.number_format = FIGURE
