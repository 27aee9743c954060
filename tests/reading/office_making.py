"""Make Word, OpenDocument and Excel files in memory, with exactly the XML a test is about."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from coder.domain import Transcript
from coder.reading import read_transcript

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return memory.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An Excel file with these rows, by the names of its sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    memory = io.BytesIO()
    book.save(memory)
    return memory.getvalue()


def docx(body: str, **parts: str | bytes) -> bytes:
    """A Word file with this XML in its body; `parts` are further members of word/, "_" standing for "."."""
    document = (
        f'<?xml version="1.0"?><w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>'
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": RELATIONS,
        "word/document.xml": document,
    }
    members |= {f"word/{name.replace('_', '.')}": content for name, content in parts.items()}
    return zipped(members)


def run(text: str, properties: str = "") -> str:
    marked = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{marked}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def bold(text: str) -> str:
    return run(text, "<w:b/>")


def p(*runs: str, style: str = "") -> str:
    marked = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{marked}{''.join(item if item.startswith('<') else run(item) for item in runs)}</w:p>"


def cell(*paragraphs: str, span: int = 1) -> str:
    marked = f'<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>' if span > 1 else ""
    return f"<w:tc>{marked}{''.join(item if item.startswith('<') else p(item) for item in paragraphs)}</w:tc>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ["".join(item if item.startswith("<w:tc") else cell(item) for item in row) for row in rows]
    return f"<w:tbl><w:tblPr/>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


TAB = "<w:r><w:tab/></w:r>"
BREAK = "<w:r><w:br/></w:r>"


def transcript(folder: Path, name: str, data: bytes | str) -> Transcript:
    """Write a file and read it as users do."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_transcript(path)


def said(found: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.speaker, found.words_of(turn)) for turn in found.turns]


def timed(found: Transcript) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.time, found.words_of(turn)) for turn in found.turns]
