"""The report as a file: one HTML page or a workbook; `word.py` writes the Word document.

The page loads nothing from outside; its counts lead to quotes, and quotes to their context.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from coder.reporting.rows import XLSX_CELL_LIMIT, written_whole
from coder.reporting.study.contents import (
    Contents,
    Heading,
    Paragraph,
    Picture,
    Table,
)
from coder.reporting.study.participants import together
from coder.reporting.study.pictures import saturation
from coder.reporting.study.values import ORIGINS, Coding, StudyData
from coder.reporting.workbook import Sheet, write_workbook

TEMPLATES = Path(__file__).parent / "templates"
CUT = "… [cut: an Excel cell holds no more]"


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
        labels=data.codebook.labels, origins=ORIGINS, headings=_headings,
        kind=lambda part: type(part).__name__.lower(), ranges=ranges, firsts=_firsts, quoted=_quoted(data),
    )  # fmt: skip


def _numbers(contents: Contents) -> dict[int, int]:
    """Return the number of each table and each picture, counted apart, by the part's identity."""
    numbers: dict[int, int] = {}
    for kind in (Table, Picture):
        parts = [part for section in contents.sections for part in section.parts if isinstance(part, kind)]
        numbers |= {id(part): number for number, part in enumerate(parts, start=1)}
    return numbers


def _uri(picture: Picture, kind: str) -> str:
    content, media = (picture.svg, "svg+xml") if kind == "svg" else (picture.png, "png")
    return f"data:image/{media};base64,{base64.b64encode(content).decode('ascii')}"


def _headings(table: Table) -> list[tuple[str, int, bool]]:
    """Return (heading, columns below it, foldable) for the row above the header; empty where no column has one."""
    if not any(column.under for column in table.columns):
        return []
    headings: list[tuple[str, int, bool]] = []
    for column in table.columns:
        if headings and headings[-1][0] == column.under and headings[-1][2] == column.fold:
            headings[-1] = (column.under, headings[-1][1] + 1, column.fold)
        else:
            headings.append((column.under, 1, column.fold))
    return headings


def _firsts(table: Table) -> list[int]:
    """Return for each row how many rows its first cell covers; 0 where it is covered by one above."""
    if not table.spans:
        return [1] * len(table.rows)
    covered: list[int] = []
    for row_number, row in enumerate(table.rows):
        if row_number and row[0] == table.rows[row_number - 1][0]:
            covered.append(0)
            start = max(at for at, count in enumerate(covered) if count)
            covered[start] += 1
        else:
            covered.append(1)
    return covered


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


def write_excel(path: Path, contents: Contents, data: StudyData) -> None:
    """Write the report's tables as sheets, whole or not at all. Raises OutputError."""
    write_workbook(path, sheets(contents, data))


def sheets(contents: Contents, data: StudyData) -> Iterator[Sheet]:
    """Yield the notes and paragraphs, each table of the report, then codings, co-occurrence and saturation."""
    tables: dict[str, list[Table]] = {}
    words: list[dict[str, Any]] = [{"section": "about", "text": f"{contents.title}. {contents.subtitle}."}]
    for section in contents.sections:
        if any(isinstance(part, Heading) for part in section.parts):
            continue  # text to write around, for Word and HTML; its figures and quotes stand in sheet "themes"
        for part in section.parts:
            if isinstance(part, Table):
                tables.setdefault(part.sheet, []).append(part)
                words += [
                    {
                        "section": f"sheet '{part.sheet}'",
                        "text": f"{part.title}. {' '.join(part.notes)}".strip(),
                    }
                ]
            elif isinstance(part, Paragraph):
                words.append({"section": section.title, "text": part.text})
    yield Sheet("read me", words)
    for name, parts in tables.items():
        tidy = [{key: fitting(value) for key, value in row.items()} for part in parts for row in part.tidy]
        matrix = name == "framework matrix"
        yield Sheet(
            name, tidy, frozen=parts[0].frozen, outline=": quotes" if matrix else "",
            written_in=": summary" if matrix else "", pages=parts[0].pages,
        )  # fmt: skip
    yield Sheet("codings", [coding_row(item, data) for item in [*data.codings, *data.suggested]], frozen=2)
    yield Sheet("together", _together(data))
    new = saturation(data) if data.codings else []
    rows = [{"transcript": name, "new": count, "so far": total} for name, count, total in new]
    yield Sheet("new codes per transcript", rows)


def coding_row(coding: Coding, data: StudyData) -> dict[str, Any]:
    """Return a coding as a row; `made by` tells people's codings from suggestions."""
    case = data.cases[coding.case]
    label = data.codebook.by_id[coding.code].label if coding.code in data.codebook.by_id else coding.code
    return {
        "number": coding.number, "transcript": coding.transcript, "utterance": coding.place,
        "participant": case.name, "label": case.label, "code": coding.code, "code label": label,
        "polarity": coding.polarity or "", "made by": ORIGINS[coding.origin], "coders": "; ".join(coding.coders),
        "text": fitting(coding.text), "question": fitting(coding.question or ""),
    }  # fmt: skip


def _together(data: StudyData) -> list[dict[str, Any]]:
    pairs = together(data)
    codes = data.codebook.codes
    if len(codes) < 2 or not pairs:
        return []
    return [
        {"code": one.label, **{two.label: pairs.get((one.id, two.id), 0) for two in codes}} for one in codes
    ]


def fitting(value: Any) -> Any:
    """Return a text that an Excel cell can hold, and says so where it was cut; other values unchanged."""
    if isinstance(value, str) and len(value) > XLSX_CELL_LIMIT:
        return value[: XLSX_CELL_LIMIT - len(CUT)] + CUT
    return value
