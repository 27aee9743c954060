"""Read Excel workbooks (.xlsx) within limits: cells as the text a person sees, formulas by their last result.

The sheet's own word on its size is not asked: only cells that are there count.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from posixpath import normpath

from coder.errors import FormatError
from coder.reading.delimited import MAX_COLUMNS, Row, Sheet, table_budget
from coder.reading.safety import Archive, Budget, Event, open_archive, xml_events
from coder.reading.signatures import advice_on
from coder.reading.trees import Node, subtree

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PREFIXES = {
    _MAIN: "x",
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "x",
    _RELATIONS: "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
}
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_DATE_CODES = re.compile(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read_workbook(data: bytes, name: str) -> Iterator[Sheet]:
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
    budget = table_budget(name)
    texts = list(_shared_strings(archive, budget))
    reader = _CellReader(texts, _date_styles(archive), epoch)
    for title, path in parts:
        if path in archive:
            rows = list(_rows(archive, path, reader, budget))
            if rows:
                yield Sheet(rows, title)


def _events(archive: Archive, part: str) -> Iterator[Event]:
    if part in archive:
        yield from xml_events(archive.stream(part), archive.name, _PREFIXES)


def _shared_strings(archive: Archive, budget: Budget) -> Iterator[str]:
    events = _events(archive, "xl/sharedStrings.xml")
    for kind, tag, attributes in events:
        if kind == "start" and tag == "x:si":
            text = _rich_text(subtree(events, tag, attributes, archive.name))
            budget.spend(len(text), 1)
            yield text


def _rich_text(node: Node) -> str:
    """Return the text of a string with or without formatted runs, without its phonetic reading aid."""
    pieces = []
    for child in node.elements():
        if child.tag == "x:t":
            pieces.append(child.text())
        elif child.tag == "x:r":
            pieces.append(_rich_text(child))
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _date_styles(archive: Archive) -> list[bool]:
    """Return for each cell style of the workbook whether it shows a number as a date or time."""
    own: dict[int, str] = {}
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
            own[int(number)] = attributes.get("formatCode", "")
        elif tag == "x:xf" and in_cell_styles:
            code = own.get(int(number))
            dates.append(int(number) in _BUILT_IN_DATES if code is None else _shows_date(code))
    return dates


def _shows_date(code: str) -> bool:
    first = _NOT_DATE_CODES.sub("", code.partition(";")[0])
    return bool(re.search(r"[dmyhs]", first, re.IGNORECASE)) and "general" not in first.casefold()


class _CellReader:
    """Turns a cell's stored value into text by its type and style."""

    def __init__(self, texts: list[str], date_styles: list[bool], epoch: datetime) -> None:
        self.texts = texts
        self.date_styles = date_styles
        self.epoch = epoch

    def text(self, cell: Node) -> str | None:
        kind = cell.attributes.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find("x:is")
            return _rich_text(inline) if inline is not None else None
        value = cell.find("x:v")
        stored = value.text() if value is not None else ""
        if kind == "s":
            place = (
                int(stored) if stored.isascii() and stored.isdigit() and len(stored) < 10 else len(self.texts)
            )
            return self.texts[place] if place < len(self.texts) else None
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(stored, stored)
        if kind in ("str", "e", "d"):
            return _unescaped(stored)
        return self._number(stored, cell.attributes.get("s", "0"))

    def _number(self, stored: str, style: str) -> str:
        try:
            value = float(stored)
        except ValueError:
            return stored
        place = int(style) if style.isascii() and style.isdigit() and len(style) < 9 else 0
        if place < len(self.date_styles) and self.date_styles[place] and 0 <= value < 2_958_466:
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


def _rows(archive: Archive, part: str, reader: _CellReader, budget: Budget) -> Iterator[Row]:
    events = _events(archive, part)
    number = 0
    for kind, tag, attributes in events:
        if kind == "start" and tag == "x:row":
            given = attributes.get("r", "")
            number = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else number + 1
            cells = _cells(events, archive.name, reader, budget)
            if cells:
                budget.spend(0, max(cells) + 1 - len(cells))
                yield number, [cells.get(place) for place in range(max(cells) + 1)]


def _cells(events: Iterator[Event], name: str, reader: _CellReader, budget: Budget) -> Mapping[int, str]:
    """Read a row's cells that hold something, by column (0 = A)."""
    cells: dict[int, str] = {}
    place = -1
    for kind, tag, attributes in events:
        if kind == "end" and tag == "x:row":
            break
        if kind == "start" and tag == "x:c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            place = _column(reference[1]) if reference else place + 1
            text = reader.text(subtree(events, tag, attributes, name))
            budget.spend(len(text or ""), 1)
            if text and not text.isspace() and place < MAX_COLUMNS:
                cells[place] = text
    return cells


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
