"""Read tables of codings, excerpts and answers, whatever wrote them: csv, tsv, xlsx, jsonl, parquet."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import FormatError, TableError, UnsafeFileError
from coder.reading.safety.content import MEGABYTE, Budget, advice_on
from coder.reading.safety.other_programs import advice_on_name
from coder.reading.tables.columns import plain_name
from coder.reading.tables.delimited import (
    MAX_CELLS,
    MAX_TABLE_BYTES,
    Row,
    Sheet,
    cell_of,
    read_delimited,
    table_budget,
    table_text,
)
from coder.reading.tables.excel import fill_merged, read_workbook
from coder.reading.tables.parquet import parquet_rows

if TYPE_CHECKING:
    from pandas import DataFrame

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".jsonl", ".ndjson", ".parquet"})
_HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose header row is known: column names, rows below it padded to its width, their numbers."""

    columns: tuple[str, ...]
    rows: list[list[Any]]
    numbers: Sequence[int]
    sheet: Sheet


def read_table(path: str | Path, *, needed: Sequence[str] = (), merged_down: bool = False) -> "DataFrame":
    """Read a table into a frame whose cells are text or None (lists of jsonl and parquet stay lists).

    Separator and encoding are found out; title rows above the header are skipped; of a workbook the first
    visible sheet with the `needed` columns is taken. Columns are matched to `needed` without regard to case and signs
    and renamed to its spelling. With `merged_down` the value of cells that are merged downwards counts for each row
    that they cover, as in a table of codings. `frame.attrs` has "first_row" and "row_numbers" (the rows' numbers as a
    spreadsheet or editor shows them), "encoding", "sheet" and "notes" (sentences on what was guessed).

    Raises:
        TableError: needed columns are missing, or lines of a jsonl file are broken (all are listed).
        FormatError: the file does not exist, is of another kind, damaged or locked.
        UnsafeFileError: it is larger than a table may be, or built to exhaust memory.
    """
    path = Path(path)
    budget = table_budget(path.name)
    sheets = _sheets(_bytes_of(path), path.name, path.suffix.casefold(), budget)
    return _frame(_table(sheets, path.name, needed, budget if merged_down else None))


def read_sheets(path: str | Path) -> list["DataFrame"]:
    """Read every visible sheet of a table of codings that has rows; `frame.attrs["sheet"]` is its name.

    They are read as `read_table` reads one with `merged_down`. Raises FormatError, TableError, UnsafeFileError.
    """
    path = Path(path)
    budget = table_budget(path.name)
    sheets = _sheets(_bytes_of(path), path.name, path.suffix.casefold(), budget)
    return [_frame(with_header(sheet, budget=budget)) for sheet in sheets if sheet.rows]


def read_word_tables(path: str | Path) -> list["DataFrame"]:
    """Read the tables in a Word document, as `read_table` reads one; rows are numbered within their table.

    Raises FormatError if it is damaged, UnsafeFileError.
    """
    from coder.reading.document import Cell, Paragraph
    from coder.reading.formats.docx import tables_in

    path = Path(path)

    def cells(row: tuple[Cell, ...]) -> list[str | None]:
        texts = ["\n".join(item.text for item in cell if isinstance(item, Paragraph)) for cell in row]
        return [text.strip() or None for text in texts]

    grids = [[cells(row) for row in grid.rows] for grid in tables_in(_bytes_of(path, {".docx"}), path.name)]
    sheets = [Sheet([(at, row) for at, row in enumerate(grid, 1) if any(row)]) for grid in grids]
    return [_frame(with_header(sheet)) for sheet in sheets if sheet.rows]


def _bytes_of(path: Path, suffixes: Collection[str] = TABLE_SUFFIXES) -> bytes:
    suffix = path.suffix.casefold()
    if suffix not in suffixes:
        if advice := advice_on_name(path, "table"):
            raise FormatError(f"{path.name}: {advice}")
        raise FormatError(
            f"{path.name}: tables are read from {', '.join(sorted(TABLE_SUFFIXES))}; save it as one of them."
        )
    try:
        if path.exists() and not path.is_file():
            raise FormatError(f"{path}: this is not a file; give a table.")
        size = path.stat().st_size
        if size > 4 * MAX_TABLE_BYTES:
            raise UnsafeFileError(
                f"{path.name}: the file has {size // MEGABYTE} MB, too much for one table. Split it."
            )
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error}).") from error
    if not data:
        raise FormatError(f"{path.name}: {advice_on(data)}")
    return data


def _sheets(data: bytes, name: str, suffix: str, budget: Budget) -> Iterator[Sheet]:
    if suffix in (".xlsx", ".xlsm"):
        yield from read_workbook(data, name, budget)
    elif suffix in (".jsonl", ".ndjson"):
        yield _read_jsonl(data, name)
    elif suffix == ".parquet":
        yield _read_parquet(data, name)
    else:
        yield read_delimited(data, name)


def _table(sheets: Iterable[Sheet], name: str, needed: Sequence[str], budget: Budget | None) -> Table:
    """Return the first sheet that has the needed columns, else say which are missing in the first."""
    first: Table | None = None
    for sheet in sheets:
        table = with_header(sheet, needed, budget)
        if _missing(table.columns, needed):
            first = first or table
        else:
            return table
    if first is None:
        raise TableError(f"{name}: the table is empty; no sheet has any row.")
    missing = _missing(first.columns, needed)
    raise TableError(
        f"{name}: the column{'s' if len(missing) > 1 else ''} {', '.join(map(repr, missing))} "
        f"{'are' if len(missing) > 1 else 'is'} missing. It has: {', '.join(first.columns[:30])}. "
        "Rename the column that holds it, or give another table."
    )


def _missing(columns: Sequence[str], needed: Sequence[str]) -> list[str]:
    return [name for name in needed if name not in columns]


def with_header(sheet: Sheet, needed: Sequence[str] = (), budget: Budget | None = None) -> Table:
    """Find the header row, below any title rows: it has the needed columns, else is the first of several cells.

    With a `budget` the rows that merged cells cover get their value, and the budget pays for it.
    """
    rows = sheet.rows
    wide = any(_filled(row) > 1 for row in rows[:_HEADER_WITHIN])
    header_index = next(
        (index for index, row in enumerate(rows[:_HEADER_WITHIN]) if not wide or _filled(row) > 1), 0
    )
    wanted = {plain_name(name) for name in needed}
    for candidate, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        if wanted and wanted <= {plain_name(cell) for cell in cells if isinstance(cell, str)}:
            header_index = candidate
            break
    if budget is not None and rows:
        notes = fill_merged(sheet, rows[header_index][0], budget)
        sheet = replace(sheet, notes=(*sheet.notes, *notes))
    width = max((len(cells) for _, cells in rows[header_index:]), default=0)
    if width * (len(rows) - header_index) > 2 * MAX_CELLS:
        raise UnsafeFileError(
            f"The table has {len(rows)} rows of up to {width} columns, more than can be read at once. Split it."
        )
    columns = _names(rows[header_index][1] if rows else [], width, needed)
    below = rows[header_index + 1 :]
    padded = [cells + [None] * (width - len(cells)) for _, cells in below]
    used = [k for k in range(width) if columns[k] or any(cells[k] is not None for cells in padded)]
    return Table(
        columns=_distinct([columns[k] or f"column {k + 1}" for k in used]),
        rows=padded if len(used) == width else [[cells[k] for k in used] for cells in padded],
        numbers=[number for number, _ in below],
        sheet=sheet,
    )


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row[1])


def _names(header: Sequence[str | None], width: int, needed: Sequence[str]) -> list[str]:
    spelling = {plain_name(name): name for name in needed}
    names = [" ".join((cell or "").split()) for cell in header]
    exact = set(names)
    for column, name in enumerate(names):
        asked = spelling.get(plain_name(name)) if name else None
        if asked is not None and asked not in exact:
            names[column] = asked
            exact.add(asked)
    return names + [""] * (width - len(names))


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Make repeated names distinct by numbering them: code, code.2."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return tuple(distinct)


def light_numbers(numbers: Sequence[int]) -> Sequence[int]:
    """Return rows' numbers as pandas copies them quickly, with every column and frame derived from theirs."""
    first = numbers[0] if numbers else 2
    contiguous = range(first, first + len(numbers))
    return contiguous if list(numbers) == list(contiguous) else tuple(numbers)


def _frame(table: Table) -> "DataFrame":
    import pandas as pd

    frame = pd.DataFrame(table.rows, columns=list(table.columns), dtype=object)
    frame.attrs = {
        "first_row": table.numbers[0] if table.numbers else 2,
        "row_numbers": light_numbers(table.numbers),
        "encoding": table.sheet.encoding,
        "sheet": table.sheet.name,
        "notes": table.sheet.notes,
    }
    return frame


def _read_jsonl(data: bytes, name: str) -> Sheet:
    if len(data) > MAX_TABLE_BYTES:
        raise UnsafeFileError(f"{name}: the table has more than {MAX_TABLE_BYTES // MEGABYTE} MB. Split it.")
    text, encoding, notes = table_text(data, name)
    budget = table_budget(name)
    columns: dict[str, None] = {}
    records: list[tuple[int, dict[str, Any]]] = []
    problems = []
    for number, line in enumerate(text.lines(), start=1):
        if not line.strip():
            continue
        budget.spend(len(line), max(len(columns), line.count(",")))
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(f"row {number}: not valid JSON ({error.msg} at character {error.colno})")
            continue
        except (ValueError, RecursionError):
            problems.append(f"row {number}: not valid JSON (nested too deeply, or numbers of absurd length)")
            continue
        if not isinstance(record, dict):
            problems.append(
                f'row {number}: a record like {{"text": "..."}} is expected, not {line.strip()[:40]!r}'
            )
            continue
        columns |= dict.fromkeys(record)
        records.append((number, record))
    if problems:
        more = [f"and {len(problems) - 20} more rows"] if len(problems) > 20 else []
        raise TableError(f"{name}: {len(problems)} rows cannot be read:", [*problems[:20], *more])
    rows: list[Row] = [(0, list(columns))]
    rows += [(number, [cell_of(record.get(column)) for column in columns]) for number, record in records]
    return Sheet(rows, None, encoding, notes)


def _read_parquet(data: bytes, name: str) -> Sheet:
    rows: list[Row] = []
    for names, cells in parquet_rows(data, name, table_budget(name)):
        rows = rows or [(0, list(names))]
        rows += [(len(rows) + number, row) for number, row in enumerate(cells)]
    return Sheet(rows)
