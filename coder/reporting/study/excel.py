"""A report as a workbook: one tidy sheet per table, every coding as a row, no formula from what people said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coder.reporting.rows import XLSX_CELL_LIMIT
from coder.reporting.study.contents import Contents, Heading, Paragraph, Table
from coder.reporting.study.matrix import together
from coder.reporting.study.pictures import saturation
from coder.reporting.study.values import ORIGINS, Coding, StudyData
from coder.reporting.workbook import Sheet, write_workbook

CUT = "… [cut: an Excel cell holds no more]"


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
        yield Sheet(
            name, tidy, frozen=parts[0].frozen, outline=": quotes" if name == "framework matrix" else ""
        )
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
    found = together(data)
    codes = data.codebook.codes
    if len(codes) < 2 or not found:
        return []
    return [
        {"code": one.label, **{two.label: found.get((one.id, two.id), 0) for two in codes}} for one in codes
    ]


def fitting(value: Any) -> Any:
    """Return a text that an Excel cell can hold, and says so where it was cut; other values unchanged."""
    if isinstance(value, str) and len(value) > XLSX_CELL_LIMIT:
        return value[: XLSX_CELL_LIMIT - len(CUT)] + CUT
    return value
