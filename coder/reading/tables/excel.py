"""Read Excel workbooks (.xlsx) within limits: cells as the text a person sees, formulas by their last result.

The sheet's own word on its size is not asked: only cells that are there count.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from posixpath import normpath

from coder.errors import FormatError
from coder.phrasing import counted
from coder.reading.safety.containers import Archive, Event, XmlHandler, open_archive, parse_xml, xml_events
from coder.reading.safety.content import Budget, advice_on
from coder.reading.tables.delimited import MAX_CELLS, MAX_COLUMNS, ROW_COST, Row, Sheet, table_budget

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PREFIXES = {
    _MAIN: "x",
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "x",
    _RELATIONS: "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
}
# A cell is two or three elements.
MAX_SHEET_ELEMENTS = 3 * MAX_CELLS
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_DATE_CODES = re.compile(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Cells of one column that were merged. Cells of several columns are mostly a title.
_MERGED_DOWN = re.compile(r"([A-Z]{1,3})(\d{1,7}):\1(\d{1,7})")


def read_workbook(data: bytes, name: str, budget: Budget | None = None) -> Iterator[Sheet]:
    """Yield the visible sheets with rows, in the workbook's order.

    Raises:
        FormatError: the file is something else, damaged or locked.
        UnsafeFileError: it unpacks to too much, or holds more cells than a table may.
    """
    archive = open_archive(data, name, "an Excel workbook (.xlsx)")
    if "xl/workbook.xml" not in archive:
        raise FormatError(f"{name}: this is not an Excel workbook (.xlsx). {advice_on(data)}")
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for kind, tag, attributes in _events(archive, "xl/_rels/workbook.xml.rels")
        if kind == "start" and tag.endswith("Relationship")
    }
    parts: list[tuple[str, str]] = []
    epoch = datetime(1899, 12, 30)
    for kind, tag, attributes in _events(archive, "xl/workbook.xml"):
        if kind == "start" and tag == "x:workbookPr" and attributes.get("date1904", "0") in ("1", "true"):
            epoch = datetime(1904, 1, 1)
        if kind == "start" and tag == "x:sheet" and attributes.get("state", "visible") == "visible":
            target = targets.get(attributes.get("r:id", ""), "")
            path = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
            parts.append((attributes.get("name", ""), path))
    budget = budget or table_budget(name)
    strings = _StringsHandler(budget)
    _parse(archive, "xl/sharedStrings.xml", strings)
    values = _Values(strings.texts, _date_styles(archive), epoch)
    for title, path in parts:
        if path in archive:
            sheet = _SheetHandler(values, budget)
            _parse(archive, path, sheet)
            if sheet.rows:
                siblings = tuple(other for other, _ in parts if other != title)
                yield Sheet(sheet.rows, title, siblings=siblings, merged=sheet.merged)


def _parse(archive: Archive, part: str, handler: XmlHandler) -> None:
    if part in archive:
        parse_xml(archive.stream(part), archive.name, handler, _PREFIXES, most_elements=MAX_SHEET_ELEMENTS)


def _events(archive: Archive, part: str) -> Iterator[Event]:
    if part in archive:
        yield from xml_events(archive.stream(part), archive.name, _PREFIXES)


class _TextHandler:
    """Gathers the text of strings, with or without formatted runs, without their phonetic reading aid."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.pieces: list[str] = []
        self.open = False
        self.phonetic = False

    def start(self, tag: str, _: Mapping[str, str], /) -> None:
        """Open the gathering at a text, close it at a reading aid."""
        if tag == "x:t":
            self.open = not self.phonetic
        elif tag == "x:rPh":
            self.phonetic = True

    def end(self, tag: str, /) -> None:
        """Close the gathering."""
        if tag == "x:t":
            self.open = False
        elif tag == "x:rPh":
            self.phonetic = False

    def text(self, text: str, /) -> None:
        """Keep text where it belongs to a value."""
        if self.open:
            self.budget.spend(len(text))
            self.pieces.append(text)

    def taken(self) -> str:
        """Return what was gathered and begin anew."""
        text = "".join(self.pieces)
        self.pieces.clear()
        return text


class _StringsHandler(_TextHandler):
    """Gathers the texts that a workbook's cells refer to by their number."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.texts: list[str] = []

    def end(self, tag: str, /) -> None:
        super().end(tag)
        if tag == "x:si":
            self.budget.spend(0, 1)
            self.texts.append(_unescaped(self.taken()))


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _date_styles(archive: Archive) -> list[bool]:
    """Return for each cell style of the workbook whether it shows a number as a date or time."""
    formats: dict[int, str] = {}
    dates: list[bool] = []
    in_cell_styles = False
    for kind, tag, attributes in _events(archive, "xl/styles.xml"):
        if tag == "x:cellXfs":
            in_cell_styles = kind == "start"
        if kind != "start":
            continue
        number = attributes.get("numFmtId", "")
        if not number.isdigit() or len(number) > 9:
            continue
        if tag == "x:numFmt":
            formats[int(number)] = attributes.get("formatCode", "")
        elif tag == "x:xf" and in_cell_styles:
            code = formats.get(int(number))
            dates.append(int(number) in _BUILT_IN_DATES if code is None else _shows_date(code))
    return dates


def _shows_date(code: str) -> bool:
    first = _NOT_DATE_CODES.sub("", code.partition(";")[0])
    return bool(re.search(r"[dmyhs]", first, re.IGNORECASE)) and "general" not in first.casefold()


class _Values:
    """Turns stored values into text by their type and style."""

    def __init__(self, texts: list[str], date_styles: list[bool], epoch: datetime) -> None:
        self.texts = texts
        self.date_styles = date_styles
        self.epoch = epoch

    def shown(self, stored: str, kind: str, style: str) -> str | None:
        """Return what a person sees of a value of type `kind` ("s" = shared text, "n" = number, ...)."""
        if kind == "s":
            index = (
                int(stored) if stored.isascii() and stored.isdigit() and len(stored) < 10 else len(self.texts)
            )
            return self.texts[index] if index < len(self.texts) else None
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(stored, stored)
        if kind == "n":
            return self._number(stored, style)
        return _unescaped(stored)

    def _number(self, stored: str, style: str) -> str:
        try:
            value = float(stored)
        except ValueError:
            return stored
        index = int(style) if style.isascii() and style.isdigit() and len(style) < 9 else 0
        if index < len(self.date_styles) and self.date_styles[index] and 0 <= value < 2_958_466:
            return self._date(value)
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)

    def _date(self, days: float) -> str:
        """Write a date, a date with time, or (within the first day) a time alone, as ISO 8601 does."""
        if days < 1:
            seconds = round(days * 86_400, 3)
            whole = f"{int(seconds // 3600):02}:{int(seconds % 3600 // 60):02}:{int(seconds % 60):02}"
            return whole + (f"{seconds % 1:.3f}"[1:] if seconds % 1 else "")
        # Excel counts a 29 February 1900 that never was.
        real = days + 1 if days < 60 and self.epoch.year == 1899 else days
        moment = self.epoch + timedelta(seconds=round(real * 86_400))
        return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")


class _SheetHandler(_TextHandler):
    """Gathers the rows of a sheet: only cells that hold something, padded on the left to their column."""

    def __init__(self, values: _Values, budget: Budget) -> None:
        super().__init__(budget)
        self.values = values
        self.rows: list[Row] = []
        self.merged: dict[int, list[tuple[int, int]]] = {}  # first row: columns and last rows
        self.cells: list[str | None] = []
        self.number = 0
        self.column = -1
        self.kind = "n"
        self.style = "0"

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        if tag == "x:c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            self.column = _column(reference[1]) if reference else self.column + 1
            self.kind = attributes.get("t", "n")
            self.style = attributes.get("s", "0")
        elif tag == "x:v":
            self.open = True
        elif tag == "x:row":
            given = attributes.get("r", "")
            self.number = (
                int(given) if given.isascii() and given.isdigit() and len(given) < 9 else self.number + 1
            )
            self.column = -1
            self.cells = []
        elif tag == "x:mergeCell":
            if merged := _MERGED_DOWN.fullmatch(attributes.get("ref", "")):
                self.merged.setdefault(int(merged[2]), []).append((_column(merged[1]), int(merged[3])))
        else:
            super().start(tag, attributes)

    def end(self, tag: str, /) -> None:
        if tag == "x:v":
            self.open = False
        elif tag == "x:c":
            self._end_cell()
        elif tag == "x:row":
            self.budget.spend(0, ROW_COST)
            if self.cells:
                self.rows.append((self.number, self.cells))
        else:
            super().end(tag)

    def _end_cell(self) -> None:
        self.budget.spend(0, 1)
        stored = self.taken()
        if not stored:
            return
        text = self.values.shown(stored, self.kind, self.style)
        if text and not text.isspace() and len(self.cells) <= self.column < MAX_COLUMNS:
            # A long text may be referred to by many cells, each of which will be worked on.
            self.budget.spend(len(text) if self.kind == "s" else 0, self.column - len(self.cells))
            self.cells += [None] * (self.column - len(self.cells))
            self.cells.append(text)


def fill_merged(sheet: Sheet, header: int, budget: Budget) -> list[str]:
    """Give each row below the header that a merged cell covers its value, where it has none; return a note if any.

    Cells that are merged from the header row or from above it are headings and titles. Raises UnsafeFileError.
    """
    standing: dict[int, tuple[str, int]] = {}  # column: value and last row
    filled: list[int] = []
    for number, cells in sheet.rows:
        if number <= header:
            continue
        standing = {column: merged for column, merged in standing.items() if number <= merged[1]}
        for column, (text, _) in standing.items():
            cells += [None] * (column + 1 - len(cells))
            if cells[column] is None:
                budget.spend(len(text), 1)
                cells[column] = text
                filled.append(number)
        for column, last in sheet.merged.get(number, ()):
            if column < len(cells) and (value := cells[column]):
                standing[column] = value, last
    if not filled:
        return []
    return [
        "The value of merged cells counts for each row that they cover:"
        f" {counted(len(filled), 'empty cell')} filled, the first in row {filled[0]}."
    ]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
