"""Read csv and tsv: the separator, the quoting and the encoding are found out, not asked for."""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from coder.errors import UnsafeFileError
from coder.reading.safety.content import MEGABYTE, Budget, decode, without_surrogates
from coder.reading.tables.columns import is_words_name

MAX_TABLE_BYTES = 48 * MEGABYTE
MAX_CELLS = 1_500_000
MAX_COLUMNS = 4_096
ROW_COST = 3
MAX_CELL_CHARACTERS = 4_000_000
_SEPARATORS = ",;\t|"
_MAX_SEPARATORS = 500_000
_SAMPLE_LINES = 400
# A control character that stands in no text: "no separator", the whole line is one cell.
_NONE = "\x1f"
Row = tuple[int, list[str | None]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it lies in a file: per row that is not blank its number as a spreadsheet shows it, and its cells.

    `siblings` names the other visible sheets of its workbook; `merged` has its cells that were merged downwards: by
    the number of their first row the columns, and the numbers of the last rows.
    """

    rows: list[Row]
    name: str | None = None
    encoding: str | None = None
    notes: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    merged: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)


def cell_of(value: Any) -> Any:
    """Return a JSON or parquet value as a cell: text, None, or a list of cells."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, str):
        return without_surrogates(value) if value and not value.isspace() else None
    if isinstance(value, list | tuple):
        return [cell_of(item) for item in value]
    if isinstance(value, dict):
        return without_surrogates(json.dumps(value, ensure_ascii=False, default=str))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def table_budget(name: str, cells: int = MAX_CELLS) -> Budget:
    """Return the budget of one table: MAX_TABLE_BYTES characters, and cells, of which each row costs ROW_COST."""
    return Budget(name, characters=MAX_TABLE_BYTES, pieces=cells, of="cells")


@dataclass(frozen=True, slots=True)
class TableText:
    """A table's bytes with the encoding that its beginning told; lines are decoded as they are asked for."""

    data: bytes
    codec: str

    def lines(self) -> Iterator[str]:
        """Yield the lines, each with LF at its end."""
        return iter(io.TextIOWrapper(io.BytesIO(self.data), self.codec, "replace", newline=None))


def read_delimited(data: bytes, name: str, budget: Budget | None = None) -> Sheet:
    """Read comma-, semicolon-, tab- or bar-separated values; empty and blank cells are None.

    Rows are numbered as a spreadsheet numbers them: a quoted cell with line breaks is in one row.

    Raises:
        FormatError: the file is not text, or empty.
        UnsafeFileError: it is larger than a table may be.
    """
    if len(data) > MAX_TABLE_BYTES:
        raise UnsafeFileError(
            f"{name}: the table has {len(data) // MEGABYTE} MB, more than the {MAX_TABLE_BYTES // MEGABYTE} MB "
            "that are read at once. Split it and read the parts."
        )
    text, encoding, notes = table_text(data, name)
    _check_widths(text, name)
    try:
        with long_cells():
            sample = list(islice(text.lines(), _SAMPLE_LINES))
            separator, named = separator_of(sample, name)
            quoting = quoting_of(text, separator)
            rows = _rows(text, separator, quoting, budget or table_budget(name))
    except csv.Error as error:
        raise UnsafeFileError(
            f"{name}: a single cell of the table is endless ({error}); not read."
        ) from error
    if quoting in ("none", "loose"):
        notes += (
            "Some quotation marks in the table do not enclose cells; they were read as part of the text.",
        )
    return Sheet(rows[1:] if named else rows, None, encoding, notes)


def table_text(data: bytes, name: str) -> tuple[TableText, str, tuple[str, ...]]:
    """Find the encoding by the beginning of the table; `decode` refuses what is no text."""
    decoded = decode(data[:MEGABYTE], name)
    if len(data) <= MEGABYTE:
        return TableText(decoded.text.encode(), "utf-8"), decoded.encoding, decoded.notes
    # The sample may end within a character, so what is said of its end is not said of the table's.
    notes = tuple(note for note in decoded.notes if "cut off" not in note)
    codec = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else decoded.encoding
    try:
        codecs.decode(data, codec)
    except UnicodeDecodeError:
        if codec.startswith("utf-8") and data[:MEGABYTE].isascii():
            codec = "cp1252"
            notes = ("Read as Windows-1252 (Western European): a guess, it is not all UTF-8.",)
        else:
            notes = (f"Some bytes are not {codec.upper()}; they were read as \ufffd.",)
    return TableText(data, codec), codec, notes


def separator_of(sample: Sequence[str], name: str) -> tuple[str, bool]:
    """Return a table's separator by its first lines, and whether the first of them does nothing but name it."""
    named = _told_separator(sample[0])
    prefer_tab = name.casefold().endswith((".tsv", ".tab"))
    return named or _separator(sample, prefer_tab=prefer_tab), named is not None


def _told_separator(line: str) -> str | None:
    """Return the separator that Excel's own first line "sep=;" names."""
    first_line = line.strip("\ufeff\n ")
    return first_line[4:] if first_line.startswith("sep=") and len(first_line) == 5 else None


def _separator(sample: Sequence[str], *, prefer_tab: bool) -> str:
    """Return the separator that splits most lines of a sample into the same number of cells."""
    first = next((line for line in sample if line.strip()), "")
    if is_words_name(first) and not any(separator in first for separator in _SEPARATORS):
        return _NONE
    if prefer_tab and "\t" in first:
        return "\t"
    scores = {}
    for separator in _SEPARATORS:
        widths = [len(cells) for cells in csv.reader(iter(sample), delimiter=separator) if any(cells)]
        split = Counter(width for width in widths if width > 1).most_common(1)
        share = split[0][1] / len(widths) if split else 0.0
        # Commas in free text do not make columns; where the first line has none, it must be a title's above many.
        scores[separator] = (share if share >= (0.3 if widths[0] > 1 else 0.7) else 0.0, max(widths))
    best = max(scores, key=lambda separator: scores[separator])
    return best if scores[best][0] else _NONE


def _check_widths(text: TableText, name: str) -> None:
    """Refuse a line with more cells than any table has before it is split; words in quotes have separators too."""
    for line in text.lines():
        if len(line) > _MAX_SEPARATORS and max(map(line.count, _SEPARATORS)) > _MAX_SEPARATORS:
            raise UnsafeFileError(
                f"{name}: a line of the table has more cells than any spreadsheet; not read."
            )


def quoting_of(text: TableText, separator: str) -> str:
    """Return the first way of quoting in which the text has no errors; tabs are mostly written without any."""
    escaped = any('\\"' in line for line in text.lines())
    for quoting in ("doubled", "backslashed") if escaped else ("doubled",):
        try:
            for _ in records(text.lines(), separator, quoting):
                pass
        except csv.Error:
            continue
        return quoting
    return "none" if separator in ("\t", _NONE) else "loose"


def records(lines: Iterator[str], separator: str, quoting: str) -> Iterator[list[str]]:
    """Split lines into cells by one of the ways of quoting that `quoting_of` tells apart."""
    if quoting == "doubled":
        return csv.reader(lines, delimiter=separator, strict=True)
    if quoting == "backslashed":
        return csv.reader(lines, delimiter=separator, strict=True, escapechar="\\", doublequote=False)
    if quoting == "none":
        return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=separator)


def _rows(text: TableText, separator: str, quoting: str, budget: Budget) -> list[Row]:
    rows = []
    for number, cells in enumerate(records(text.lines(), separator, quoting), start=1):
        budget.spend(sum(map(len, cells)), len(cells) + ROW_COST)
        values = [cell if cell and not cell.isspace() else None for cell in cells]
        if any(value is not None for value in values):
            rows.append((number, values))
    return rows


@contextmanager
def long_cells() -> Iterator[None]:
    """Let cells be as long as whole transcripts; the csv module keeps its limit for the whole process."""
    before = csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)
