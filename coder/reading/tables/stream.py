"""Read a table of any length a few thousand rows at a time, in memory that does not grow with it.

For tables that `read_table` refuses as too large. Cells and column names come out as they do there.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from coder.errors import FormatError, TableError, UnsafeFileError
from coder.reading.safety.content import MEGABYTE, refuse_special
from coder.reading.tables.delimited import (
    MAX_CELL_CHARACTERS,
    Row,
    Sheet,
    TableText,
    cell_of,
    long_cells,
    quoting_of,
    read_delimited,
    records,
    separator_of,
    table_text,
)
from coder.reading.tables.parquet import parquet_row_count, parquet_rows
from coder.reading.tables.read import TABLE_SUFFIXES, read_table, with_header

Record = dict[str, Any]
AT_A_TIME = 5_000  # rows
_SAMPLE_LINES = 400
_SHOWN = 20  # problems listed at most


def stream_table(path: Path, *, needed: Sequence[str] = (), rows: int = AT_A_TIME) -> Iterator[list[Record]]:
    """Yield the table's rows as records {column: cell}, at most `rows` at a time, in order.

    Workbooks, which Excel limits to a million rows, are read whole.

    Raises:
        TableError: needed columns are missing, or lines of a jsonl file are broken (after the last row, so
            that all are listed).
        FormatError: the file is of another kind or damaged.
        UnsafeFileError: a cell is larger than a cell may be.
    """
    suffix = path.suffix.casefold()
    if suffix not in TABLE_SUFFIXES:
        raise FormatError(f"{path.name}: tables are read from {', '.join(sorted(TABLE_SUFFIXES))}.")
    refuse_special(path)
    if suffix == ".parquet":
        pieces = _parquet(path, rows)
    elif suffix in (".jsonl", ".ndjson"):
        pieces = _jsonl(path, rows)
    elif suffix in (".xlsx", ".xlsm"):
        pieces = _whole(path, needed, rows)
    else:
        pieces = _delimited(path, needed, rows)
    first = next(pieces, None)
    if first is None:
        raise TableError(f"{path.name}: the table is empty.")
    missing = [name for name in needed if not any(name in record for record in first)]
    if missing:
        raise TableError(
            f"{path.name}: the column {', '.join(map(repr, missing))} is missing. It has: "
            f"{', '.join(list(first[0])[:30])}. Rename the column that holds it, or give another table."
        )
    yield first
    yield from pieces


def row_count(path: Path) -> int | None:
    """Return a parquet table's number of rows, or None for tables that do not say it."""
    return parquet_row_count(path) if path.suffix.casefold() == ".parquet" else None


def _parquet(path: Path, rows: int) -> Iterator[list[Record]]:
    for names, cells in parquet_rows(path, path.name, rows=rows):
        if cells:
            yield [dict(zip(names, row, strict=True)) for row in cells]


def _jsonl(path: Path, rows: int) -> Iterator[list[Record]]:
    problems: list[str] = []
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        read = _json_records(stream, problems)
        while piece := list(islice(read, rows)):
            yield piece
    if problems:
        more = [f"and {len(problems) - _SHOWN} more rows"] if len(problems) > _SHOWN else []
        raise TableError(f"{path.name}: {len(problems)} rows cannot be read:", [*problems[:_SHOWN], *more])


def _json_records(lines: Iterator[str], problems: list[str]) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > MAX_CELL_CHARACTERS:
            problems.append(f"row {number}: {len(line)} characters are more than a row can have")
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(f"row {number}: not valid JSON ({str(error)[:80]})")
            continue
        if isinstance(record, dict):
            yield {str(name): cell_of(value) for name, value in record.items()}
        else:
            problems.append(
                f'row {number}: a record like {{"text": "..."}} is expected, not {line.strip()[:40]!r}'
            )


def _whole(path: Path, needed: Sequence[str], rows: int) -> Iterator[list[Record]]:
    frame = read_table(path, needed=needed)
    for start in range(0, len(frame), rows):
        piece = frame.iloc[start : start + rows]
        yield [dict(zip(map(str, frame.columns), cells, strict=True)) for cells in piece.to_numpy().tolist()]


def _delimited(path: Path, needed: Sequence[str], rows: int) -> Iterator[list[Record]]:
    """Find encoding, separator, quoting and header by the table's beginning, then read line by line."""
    with path.open("rb") as stream:
        head = stream.read(MEGABYTE)
        head = head[: head.rfind(b"\n") + 1] or head
    text, encoding, _ = table_text(head, path.name)
    sample = list(islice(text.lines(), _SAMPLE_LINES))
    separator, _ = separator_of(sample, path.name)
    header = _header(read_delimited(head, path.name), needed, path)
    codec = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding
    with path.open(encoding=codec, errors="replace", newline=None) as lines, long_cells():
        below = _rows_below(lines, separator, _quoting(text, separator), header, path)
        while piece := list(islice(below, rows)):
            table = with_header(Sheet([header, *piece]), needed)
            yield [dict(zip(table.columns, cells, strict=True)) for cells in table.rows]


def _quoting(text: TableText, separator: str) -> str:
    """Return the way of quoting; strictness is for the beginning, one stray mark later on stops nothing."""
    found = quoting_of(text, separator)
    return "loose" if found == "doubled" else found


def _header(sheet: Sheet, needed: Sequence[str], path: Path) -> Row:
    table = with_header(sheet, needed)
    if not table.numbers:
        raise TableError(f"{path.name}: the table has no rows below its header.")
    return [row for row in sheet.rows if row[0] < table.numbers[0]][-1]


def _rows_below(lines: Iterator[str], separator: str, quoting: str, header: Row, path: Path) -> Iterator[Row]:
    try:
        for number, cells in enumerate(records(lines, separator, quoting), start=1):
            values = [cell if cell and not cell.isspace() else None for cell in cells]
            if number > header[0] and any(value is not None for value in values):
                yield number, values
    except csv.Error as error:
        raise UnsafeFileError(f"{path.name}: a single cell of the table is endless ({error}).") from error
