"""A report as one HTML file: nothing is loaded from outside, counts lead to quotes and quotes to their context."""

import base64
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from coder.reporting.rows import written_whole
from coder.reporting.study.contents import Contents, Picture, Table
from coder.reporting.study.values import ORIGINS, Coding, StudyData

TEMPLATES = Path(__file__).parent / "templates"


def write_html(path: Path, contents: Contents, data: StudyData, *, made: date) -> None:
    """Write the report, whole or not at all. Raises OutputError."""
    text = html_of(contents, data, made=made)
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def html_of(contents: Contents, data: StudyData, *, made: date) -> str:
    """Return the report as the text of one page; everything people said is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    numbered = _numbers(contents)
    return environment.get_template("report.html").render(
        contents=contents, number=lambda part: numbered[id(part)], data=data, made=made.isoformat(), uri=_uri,
        labels={code.id: code.label for code in data.codebook.codes}, origins=ORIGINS, headings=_headings,
        kind=lambda part: type(part).__name__.lower(), ranges=ranges, firsts=_firsts, quoted=_quoted(data),
    )  # fmt: skip


def _numbers(contents: Contents) -> dict[int, int]:
    """Return the number of each table and each picture, counted apart, by the part's identity."""
    found: dict[int, int] = {}
    for kind in (Table, Picture):
        parts = [part for section in contents.sections for part in section.parts if isinstance(part, kind)]
        found |= {id(part): place for place, part in enumerate(parts, start=1)}
    return found


def _uri(picture: Picture, kind: str) -> str:
    content, media = (picture.svg, "svg+xml") if kind == "svg" else (picture.png, "png")
    return f"data:image/{media};base64,{base64.b64encode(content).decode('ascii')}"


def _headings(table: Table) -> list[tuple[str, int, bool]]:
    """Return (heading, columns below it, foldable) for the row above the header; empty where no column has one."""
    if not any(column.under for column in table.columns):
        return []
    found: list[tuple[str, int, bool]] = []
    for column in table.columns:
        if found and found[-1][0] == column.under and found[-1][2] == column.fold:
            found[-1] = (column.under, found[-1][1] + 1, column.fold)
        else:
            found.append((column.under, 1, column.fold))
    return found


def _firsts(table: Table) -> list[int]:
    """Return for each row how many rows its first cell covers; 0 where it is covered by one above."""
    if not table.spans:
        return [1] * len(table.rows)
    found: list[int] = []
    for place, row in enumerate(table.rows):
        if place and row[0] == table.rows[place - 1][0]:
            found.append(0)
            start = max(at for at, count in enumerate(found) if count)
            found[start] += 1
        else:
            found.append(1)
    return found


def ranges(numbers: Sequence[int]) -> str:
    """Return numbers as short text that a page reads back: 1-4,7."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def _quoted(data: StudyData) -> list[Coding]:
    return [*data.codings, *data.suggested]
