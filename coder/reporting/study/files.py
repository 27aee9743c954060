"""The report as a file: one HTML page, a Word document or a workbook.

The page loads nothing from outside; its counts lead to quotes, and quotes to their context. In Word headings are real
ones, and captions have numbers that Word counts.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from coder.reporting.rows import XLSX_CELL_LIMIT, written_whole
from coder.reporting.study.contents import (
    Cell,
    Column,
    Contents,
    Heading,
    Line,
    Paragraph,
    Part,
    Picture,
    Quotation,
    Table,
    from_right,
)
from coder.reporting.study.participants import together
from coder.reporting.study.pictures import saturation
from coder.reporting.study.values import ORIGINS, Coding, StudyData
from coder.reporting.workbook import Sheet, write_workbook

TEMPLATES = Path(__file__).parent / "templates"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML
PAGE = (21.0, 29.7)  # centimetres, A4
MARGIN = 2.0
WIDE_FROM = 8  # columns; such tables lie on landscape pages, and those with quotes
MOST_COLUMNS = 12  # Word cannot show more beside each other; such tables are named and left to Excel
LETTER = 0.2  # centimetres of a letter in a table
MOST_ROWS = 400  # python-docx takes a second for some thousand cells
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
        labels={code.id: code.label for code in data.codebook.codes}, origins=ORIGINS, headings=_headings,
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


def write_word(path: Path, contents: Contents) -> None:
    """Write the report, whole or not at all. Raises OutputError."""
    document = _document(contents)
    with written_whole(path) as temporary:
        document.save(str(temporary))


def _document(contents: Contents) -> Any:
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(PAGE[0]), Cm(PAGE[1])
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(MARGIN))
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(11)
    document.core_properties.title = clean(contents.title)
    document.add_heading(clean(contents.title), level=0)
    document.add_paragraph(clean(contents.subtitle), style="Subtitle")
    for part in contents.sections:
        first = part.parts[0] if part.parts else None
        turned = isinstance(first, Table) and _is_wide(first)
        if turned:  # the heading stands on the page of its table
            _turned(document, landscape=True)
        document.add_heading(clean(part.title), level=1)
        for item in part.parts:
            _add(document, item, turned=turned and item is first)
    return document


def _directed(paragraph: Any, text: str) -> None:
    """Set a paragraph from right to left where its text is read so; Word does not find out by itself."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if not from_right(text):
        return
    # Word wants the elements of a paragraph's properties in the schema's order.
    paragraph._p.get_or_add_pPr().insert_element_before(
        OxmlElement("w:bidi"), "w:adjustRightInd", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    for run in paragraph.runs:
        # Letters read from right to left have a size, weight and slope of their own in Word.
        run.font.rtl, run.font.cs_bold, run.font.cs_italic = True, run.bold, run.italic
        if run.font.size is not None:
            size = OxmlElement("w:szCs")
            size.set(qn("w:val"), str(int(run.font.size.pt * 2)))
            run._r.rPr.find(qn("w:sz")).addnext(size)


def clean(text: str) -> str:
    """Return a text without the characters that no XML file may hold, such as a bell."""
    return CONTROL.sub("\ufffd", text)


def _add(document: Any, part: Part, *, turned: bool) -> None:
    if isinstance(part, Paragraph):
        style = "Intense Quote" if part.warning else None
        _directed(document.add_paragraph(clean(part.text), style=style), part.text)
    elif isinstance(part, Heading):
        _directed(document.add_heading(clean(part.text), level=part.level), part.text)
    elif isinstance(part, Quotation):
        words = Line(f"“{part.text}”", tail=f"({part.label})").whole
        paragraph = document.add_paragraph(clean(words), style="Quote")
        _directed(paragraph, part.text)
    elif isinstance(part, Picture):
        _add_picture(document, part)
    else:
        _add_table(document, part, turned=turned)


def _caption(document: Any, kind: str, text: str) -> None:
    """Add a caption whose number is a field: Word counts and lists them."""
    paragraph = document.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = kind == "Table"
    paragraph.add_run(f"{kind} ")
    _field(paragraph, f"SEQ {kind} \\* ARABIC", str(_next(document, kind)))
    paragraph.add_run(f". {clean(text)}")


def _next(document: Any, kind: str) -> int:
    """Return the number of the next caption of a kind, as shown until Word counts again."""
    return sum(
        item.style.name == "Caption" and item.text.startswith(f"{kind} ") for item in document.paragraphs
    )


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = shown
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _add_picture(document: Any, picture: Picture) -> None:
    from docx.shared import Cm

    shape = document.add_picture(BytesIO(picture.png))
    room = Cm(PAGE[0] - 2 * MARGIN), Cm(PAGE[1] - 2 * MARGIN - 4)
    scale = min(1.0, room[0] / shape.width, room[1] / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    properties = shape._inline.docPr
    properties.set("descr", clean(picture.alt))
    properties.set("title", clean(picture.title))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _caption(document, "Figure", picture.title)
    _notes(document, picture.notes)


def _notes(document: Any, notes: Any) -> None:
    from docx.shared import Pt

    for note in notes:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(3)
        paragraph.add_run(clean(note)).font.size = Pt(9)


def _columns(table: Table) -> list[Column]:
    """Return the columns for a page: of those that can be folded open, the detailed ones."""
    detailed = any(column.fold for column in table.columns)
    return [column for column in table.columns if column.fold or not (detailed and column.under)]


def _is_wide(table: Table) -> bool:
    count = len(_columns(table))
    return count <= MOST_COLUMNS and (table.wide or count >= WIDE_FROM)


def _add_table(document: Any, table: Table, *, turned: bool) -> None:
    """Add a table with its caption; `turned`: the page lies on its side already."""
    columns = _columns(table)
    if len(columns) > MOST_COLUMNS:
        document.add_paragraph(
            f"{table.title}: {len(table.columns)} columns, too many for a page. The Excel report has this table."
        )
        return
    wide = _is_wide(table)
    if wide and not turned:
        _turned(document, landscape=True)
    _caption(document, "Table", table.title)
    indices = [index for index, column in enumerate(table.columns) if column in columns]
    _fill(document, table, indices, wide=wide)
    left = len(table.rows) - MOST_ROWS
    more = (
        [f"The first {MOST_ROWS} of {len(table.rows):,} rows; the Excel report has all."] if left > 0 else []
    )
    _notes(document, [*table.notes, *more])
    if wide:
        _turned(document, landscape=False)


def _turned(document: Any, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Cm

    section = document.add_section(WD_SECTION.NEW_PAGE)
    short, long = Cm(PAGE[0]), Cm(PAGE[1])
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)


def _fill(document: Any, table: Table, indices: list[int], *, wide: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    rows = table.rows[:MOST_ROWS]
    grid = document.add_table(rows=1, cols=len(indices), style="Table Grid")
    head = grid.rows[0]
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeated)
    for target, index in zip(head.cells, indices, strict=True):
        column = table.columns[index]
        title = f"{column.under}: {column.title}" if column.under and not column.fold else column.title
        _write(target, ((title, "strong"),), right=False)
    room = (PAGE[1] if wide else PAGE[0]) - 2 * MARGIN
    _set_widths(
        grid,
        [table.columns[index].title for index in indices],
        [[row[p] for p in indices] for row in rows],
        room,
    )
    above: Cell | None = None
    for row in rows:
        cells = grid.add_row().cells
        for target, index in zip(cells, indices, strict=True):
            if table.spans and index == 0 and row[0] == above:
                continue
            lines = tuple((line.whole, line.kind) for line in row[index])
            _write(target, lines, right=table.columns[index].number)
        above = row[0]
    if not any(table.columns[index].title for index in indices):
        grid._tbl.remove(head._tr)


def _set_widths(grid: Any, titles: Sequence[str], rows: Sequence[Sequence[Cell]], room: float) -> None:
    """Give each column room for its longest word, and of the rest by the square root of its longest text."""
    from docx.shared import Cm

    longest = [
        max([len(title), *(len(line.whole) for row in rows[:MOST_ROWS] for line in row[index])])
        for index, title in enumerate(titles)
    ]
    weights = [min(max(length, 9), 160) ** 0.5 for length in longest]
    room = min(room, 0.22 * sum(longest) + 1.2 * len(titles))
    grid.autofit = False
    least = [
        LETTER * _longest_word([title, *(line.whole for row in rows[:MOST_ROWS] for line in row[index])])
        + 0.5
        for index, title in enumerate(titles)
    ]
    spare = max(0.0, room - sum(least))
    for column, low, weight in zip(grid.columns, least, weights, strict=True):
        column.width = Cm(low + spare * weight / sum(weights))
    for cell, column in zip(grid.rows[0].cells, grid.columns, strict=True):
        cell.width = column.width


def _longest_word(texts: Sequence[str]) -> int:
    """Return the letters of the longest word, of very long ones (addresses) only as many as may be kept whole."""
    return min(20, max((len(word) for text in texts for word in text.split()), default=1))


def _write(target: Any, lines: tuple[tuple[str, str], ...], *, right: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    for number, (text, kind) in enumerate(lines):
        paragraph = target.paragraphs[0] if number == 0 else target.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if kind in ("quote", "item"):
            paragraph.paragraph_format.left_indent = Cm(0.3)
        run = paragraph.add_run(clean(text))
        run.font.size = Pt(9)
        run.bold = kind in ("strong", "proposed")
        run.italic = kind == "proposed"
        if kind == "muted":
            run.font.color.rgb = RGBColor(0x61, 0x5C, 0x54)
        _directed(paragraph, text)


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
