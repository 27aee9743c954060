"""Writes rows as csv, xlsx, jsonl or parquet: in one piece or not at all, and never over an existing file.

A spreadsheet must never execute what a participant said: in xlsx every text is stored as text, and in csv what a
spreadsheet would take for a formula gets an apostrophe before it (jsonl and parquet stay untouched).
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from coder.errors import OutputError
from coder.installation import require
from coder.reporting.sheet_layout import column_width, is_wrapped, row_height, set_pages, sheet_title
from coder.safe_csv import csv_line

Row = Mapping[str, Any]
XLSX_CELL_LIMIT = 32_767  # characters, Excel's own limit
XLSX_ROW_LIMIT = 1_048_576
SAMPLED = 200  # rows whose texts say how wide columns are: the sheet takes widths before its first row only
UNKNOWN = 30  # characters; width of a column without a value in the sampled rows, as later ones may have some


class RowWriter(Protocol):
    """Takes rows in batches; `close` completes the file."""

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows; keys that are not columns are an error of the caller."""

    def close(self) -> None:
        """Complete the file."""

    def discard(self) -> None:
        """Let go of what was written so far; the file is about to be deleted."""


def cell_text(text: str) -> str:
    """Return a text as a workbook can hold it: control characters replaced, never cut.

    Raises OutputError for a text longer than a cell.
    """
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    clean = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    if len(clean) > XLSX_CELL_LIMIT:
        raise OutputError(
            f"A text has {len(clean)} characters; an Excel cell holds {XLSX_CELL_LIMIT}. Use .csv or .jsonl."
        )
    return clean


class CsvWriter:
    """UTF-8, comma-separated, empty cell for None."""

    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns
        stream.write(csv_line(columns))

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows as lines."""
        self._stream.writelines(csv_line(row.get(column) for column in self._columns) for row in rows)

    def close(self) -> None:
        """Flush; the stream belongs to the caller."""
        self._stream.flush()

    discard = close


class JsonlWriter:
    """One JSON object a line."""

    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows as JSON lines, every column present."""
        for row in rows:
            item = {column: row.get(column) for column in self._columns}
            self._stream.write(json.dumps(item, ensure_ascii=False, default=str) + "\n")

    def close(self) -> None:
        """Flush; the stream belongs to the caller."""
        self._stream.flush()

    discard = close


class XlsxWriter:
    """One sheet, header frozen, columns as wide as the first rows need, long texts wrapped; no text is a formula."""

    def __init__(self, path: Path, columns: Sequence[str], title: str) -> None:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font

        self._path, self._columns, self._count = path, columns, 1
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(sheet_title(title))
        self._widths: list[int] = []
        self._waiting: list[list[Any]] = []
        self._rows = 0
        self._bold = Font(bold=True)
        self._top, self._wrapped = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
        self._styles: dict[tuple[bool, bool, type], Any] = {}

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows; raises OutputError past Excel's limits."""
        for row in rows:
            self._count += 1
            if self._count > XLSX_ROW_LIMIT:
                raise OutputError("An Excel sheet holds 1,048,576 rows. Use .csv, .jsonl or .parquet.")
            self._waiting.append([_sheet_value(row.get(column)) for column in self._columns])
            if self._widths or len(self._waiting) == SAMPLED:
                self._write_waiting()

    def _write_waiting(self) -> None:
        """Write the rows that wait; before the first, the layout, which the sheet takes only now."""
        if not self._widths:
            self._lay_out()
        for values in self._waiting:
            self._append(values)
        self._waiting.clear()

    def _lay_out(self) -> None:
        from openpyxl.utils import get_column_letter

        for at, name in enumerate(self._columns):
            texts = [str(values[at]) for values in self._waiting if values[at] is not None]
            unknown = not texts and len(self._waiting) == SAMPLED
            self._widths.append(max(column_width(name, texts), UNKNOWN if unknown else 0))
            self._sheet.column_dimensions[get_column_letter(at + 1)].width = self._widths[at]
        self._sheet.freeze_panes = "A2"
        set_pages(self._sheet, self._widths)
        self._append(self._columns, bold=True)

    def _append(self, values: Sequence[Any], *, bold: bool = False) -> None:
        from openpyxl.cell import WriteOnlyCell

        cells, long = [], []
        for value, width in zip(values, self._widths, strict=True):
            cell = None
            if value is not None:
                cell = WriteOnlyCell(self._sheet, value=value)
                wrapped = isinstance(value, str) and is_wrapped(value, width)
                self._style(cell, wrapped=wrapped, bold=bold)
                if wrapped:
                    long.append((value, width))
                if isinstance(value, str):
                    cell.data_type = "s"
            cells.append(cell)
        self._rows += 1
        if long:
            self._sheet.row_dimensions[self._rows].height = row_height(long)
        self._sheet.append(cells)
        self._sheet.row_dimensions.pop(self._rows, None)

    def _style(self, cell: Any, *, wrapped: bool, bold: bool) -> None:
        """Style a cell: the workbook looks a style up whenever one is set, so the first cell's serves the others."""
        key = wrapped, bold, type(cell.value)  # a date has a format of its own
        if key not in self._styles:
            cell.alignment = self._wrapped if wrapped else self._top
            if bold:
                cell.font = self._bold
            self._styles[key] = cell._style
        cell._style = self._styles[key]

    def close(self) -> None:
        """Save the workbook."""
        from openpyxl.utils import get_column_letter

        self._write_waiting()
        if self._columns:
            self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(self._columns))}{self._rows}"
        self._book.save(self._path)

    def discard(self) -> None:
        """Close the sheet's own temporary file, which openpyxl keeps until the workbook is saved."""
        self._book.save(os.devnull)


def _sheet_value(value: Any) -> Any:
    plain = _plain(value)
    return cell_text(plain) if isinstance(plain, str) else plain


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


class ParquetWriter:
    """Row groups as they come; types are those of the first batch, all-empty columns are text."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path, self._columns = path, columns
        self._writer: Any = None

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows as one row group."""
        import pyarrow as pa

        data = list(rows)
        if not data:
            return
        arrays = {column: [_plain(row.get(column)) for row in data] for column in self._columns}
        self._write(pa.table({name: _arrow(name, values) for name, values in arrays.items()}))

    def _write(self, table: Any) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        try:
            self._writer.write_table(table.cast(self._writer.schema))
        except pa.ArrowInvalid as error:
            raise OutputError(f"A column changes its type half-way ({error}). Use .csv or .jsonl.") from error

    def close(self) -> None:
        """Complete the file; without rows it holds the columns alone."""
        import pyarrow as pa

        if self._writer is None:
            self._write(pa.table({name: _arrow(name, []) for name in self._columns}))
        self._writer.close()

    discard = close


NUMBER_COLUMNS = {
    "turn": "int64", "utterance": "int64", "start": "int64", "end": "int64", "row": "int64",
    "time": "float64", "confidence": "float64", "polarity_confidence": "float64",
}  # fmt: skip


def _arrow(name: str, values: list[Any]) -> Any:
    import pyarrow as pa

    kept = [value for value in values if value is not None]
    if name in NUMBER_COLUMNS and all(isinstance(value, (int, float)) for value in kept):
        return pa.array(values, type=getattr(pa, NUMBER_COLUMNS[name])())
    if kept and all(isinstance(value, (int, float)) for value in kept):
        return pa.array([None if value is None else float(value) for value in values], type=pa.float64())
    return pa.array([None if value is None else str(value) for value in values], type=pa.string())


FORMATS = (".csv", ".xlsx", ".jsonl", ".parquet")


def check_target(path: Path, *, force: bool = False) -> None:
    """Raise OutputError if the file exists, its folder does not, or its suffix names no format.

    Raises InstallationError for parquet without the packages of that extra.
    """
    if path.suffix.lower() not in FORMATS:
        raise OutputError(f"{path}: write to a name that ends in {', '.join(FORMATS)}.")
    if path.suffix.lower() == ".parquet":
        require("parquet", f"The parquet file {path.name}")
    check_new(path, force=force)


def check_new(path: Path, *, force: bool = False) -> None:
    """Raise OutputError if the file exists (without `force`), is a folder, or its folder does not exist."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it.")
    if path.exists() and not force:
        raise OutputError(f"{path} exists already. Choose another name, or add --force to replace it.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist; make it first.")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that replaces it at the end; after an error nothing is left of it.

    Raises OutputError if the file cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix.lower(), dir=path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def open_rows(path: Path, columns: Sequence[str], *, force: bool = False) -> Iterator[RowWriter]:
    """Yield a writer for the path's suffix; the file appears complete at the end, or not at all.

    Raises OutputError if the file exists (without `force`), cannot be written, or its suffix is unknown.
    """
    check_target(path, force=force)
    with written_whole(path) as temporary, _writer(temporary, path, columns) as writer:
        yield writer


@contextmanager
def _writer(temporary: Path, path: Path, columns: Sequence[str]) -> Iterator[RowWriter]:
    suffix = path.suffix.lower()
    with ExitStack() as stack:
        if suffix in (".csv", ".jsonl"):
            stream = stack.enter_context(temporary.open("w", encoding="utf-8", newline=""))
            writer: RowWriter = (CsvWriter if suffix == ".csv" else JsonlWriter)(stream, columns)
        elif suffix == ".xlsx":
            writer = XlsxWriter(temporary, columns, path.stem)
        else:
            writer = ParquetWriter(temporary, columns)
        try:
            yield writer
        except BaseException:
            writer.discard()
            raise
        writer.close()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
