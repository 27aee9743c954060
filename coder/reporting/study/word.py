"""The report as a Word document: real headings, captions with numbers that Word counts, tables that print well.

A row stays on one page where it fits, the header is repeated, wide tables lie on their side, and a table with more
columns than a page can show is written in parts that each begin with its first column.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

from coder.reporting.rows import written_whole
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

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML
PAGE = (21.0, 29.7)  # centimetres, A4
MARGIN = 2.0
WIDE_FROM = 8  # columns; such tables lie on landscape pages, and those with quotes
MOST_COLUMNS = 12  # beside each other on a page; tables with more are written in parts
MOST_WIDE = 8  # the same for tables with quotes, whose columns need 3 cm
FIGURE = 18  # letters of a figure with its interval or shares, "0.64 [0.37, 0.91]", which stays on one line
NO_BREAK = "\u00a0"
LETTER = 0.2  # centimetres of a letter in a table
MOST_ROWS = 400  # python-docx takes a second for some thousand cells
SHADE = "ECE8E0"  # behind the rows that head others


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
    from docx.oxml.ns import qn

    fields = document.element.body.iter(qn("w:fldSimple"))
    return 1 + len([field for field in fields if field.get(qn("w:instr")).startswith(f"SEQ {kind} ")])


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
    return table.wide or len(_columns(table)) >= WIDE_FROM


def _add_table(document: Any, table: Table, *, turned: bool) -> None:
    """Add a table with its caption, in parts if it has too many columns; `turned`: the page lies on its side."""
    wide = _is_wide(table)
    if wide and not turned:
        _turned(document, landscape=True)
    parts = _parts(table)
    for number, indices in enumerate(parts, start=1):
        part = f", part {number} of {len(parts)}" if len(parts) > 1 else ""
        _caption(document, "Table", f"{table.title}{part}")
        _fill(document, table, indices, wide=wide)
    left = len(table.rows) - MOST_ROWS
    more = (
        [f"The first {MOST_ROWS} of {len(table.rows):,} rows; the Excel report has all."] if left > 0 else []
    )
    _notes(document, [*table.notes, *more])
    if wide:
        _turned(document, landscape=False)


def _parts(table: Table) -> list[list[int]]:
    """Return the columns (their places) of each part that is written; the first column comes with each."""
    columns = _columns(table)
    indices = [index for index, column in enumerate(table.columns) if column in columns]
    most = MOST_WIDE if table.wide else MOST_COLUMNS
    if len(indices) <= most:
        return [indices]
    first, rest = indices[0], indices[1:]
    count = -(-len(rest) // (most - 1))
    size = -(-len(rest) // count)
    return [[first, *rest[at : at + size]] for at in range(0, len(rest), size)]


def _turned(document: Any, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Cm

    section = document.add_section(WD_SECTION.NEW_PAGE)
    short, long = Cm(PAGE[0]), Cm(PAGE[1])
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)


def _fill(document: Any, table: Table, indices: list[int], *, wide: bool) -> None:
    lead = indices[: table.heads]
    shown = indices[table.heads :]
    rows = table.rows[:MOST_ROWS]
    grid = document.add_table(rows=1, cols=len(shown), style="Table Grid")
    head = grid.rows[0]
    _mark(head, "tblHeader", "cantSplit")
    for target, index in zip(head.cells, shown, strict=True):
        column = table.columns[index]
        title = f"{column.under}: {column.title}" if column.under and not column.fold else column.title
        _write(target, ((_unbroken(title, column), "strong"),), right=False)
    room = (PAGE[1] if wide else PAGE[0]) - 2 * MARGIN
    titles = [_unbroken(table.columns[index].title, table.columns[index]) for index in shown]
    _set_widths(
        grid, titles, [[_figures(row[index], table.columns[index]) for index in shown] for row in rows], room
    )
    above: Cell | None = None
    for row in rows:
        if lead:
            _add_head(grid, ": ".join(line.whole for index in lead for line in row[index] if line.whole))
        for cells in _slices([row[index] for index in shown]) if lead else [[row[index] for index in shown]]:
            same = table.spans and not lead and cells[0] == above
            _add_row(grid, [() if same and at == 0 else cell for at, cell in enumerate(cells)], table, shown)
        above = row[shown[0]]
    if not any(titles):
        grid._tbl.remove(head._tr)


def _add_row(grid: Any, cells: Sequence[Cell], table: Table, indices: Sequence[int]) -> None:
    added = grid.add_row()
    _mark(added, "cantSplit")
    for target, cell, index in zip(added.cells, cells, indices, strict=True):
        column = table.columns[index]
        lines = tuple((line.whole, line.kind) for line in _figures(cell, column))
        _write(target, lines, right=column.number)


def _unbroken(text: str, column: Column) -> str:
    """Return a figure, or what a heading says of how many there are, with blanks at which no line ends."""
    if column.number and len(text) <= FIGURE:
        return text.replace(" ", NO_BREAK)
    return text.replace("n = ", f"n{NO_BREAK}={NO_BREAK}")


def _figures(cell: Cell, column: Column) -> Cell:
    return tuple(replace(line, text=_unbroken(line.text, column)) for line in cell) if column.number else cell


def _add_head(grid: Any, text: str) -> None:
    """Add a row across the table that heads the rows below it and stays on their page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    added = grid.add_row()
    _mark(added, "cantSplit")
    target = added.cells[0].merge(added.cells[-1])
    _write(target, ((text, "strong"),), right=False)
    target.paragraphs[0].paragraph_format.keep_with_next = True
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{name}"), value)
    target._tc.get_or_add_tcPr().append(shade)


def _slices(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Yield rows of what stands side by side: the first groups of all cells, then the second ones."""
    yield from map(list, zip_longest(*map(_groups, cells), fillvalue=()))


def _groups(cell: Cell) -> list[Cell]:
    """Return the parts of a cell that each begin with a strong line; what stands above the first goes with it."""
    starts = [at for at, line in enumerate(cell) if line.kind in ("strong", "proposed")][1:]
    return [cell[start:end] for start, end in zip([0, *starts], [*starts, len(cell)], strict=True)]


def _mark(row: Any, *names: str) -> None:
    """Set properties of a row: "tblHeader" repeats it on each page, "cantSplit" keeps it on one."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for name in sorted(names):  # the schema wants cantSplit first
        element = OxmlElement(f"w:{name}")
        element.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(element)


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
    return min(20, max((len(word) for text in texts for word in text.split(" ")), default=1))


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
