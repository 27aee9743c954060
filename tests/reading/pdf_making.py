"""Make small PDFs: pages of lines at given places, in Helvetica or Helvetica-Bold."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple


class Printed(NamedTuple):
    """A line on a page; `bold` characters at its start are printed in bold."""

    text: str
    y: float
    x: float = 72
    bold: int = 0


def _shown(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped}) Tj"


def _content(lines: Sequence[Printed]) -> bytes:
    parts = []
    for line in lines:
        parts.append(f"BT /F1 11 Tf 1 0 0 1 {line.x} {line.y} Tm")
        if line.bold:
            parts.append(f"/F2 11 Tf {_shown(line.text[: line.bold])} /F1 11 Tf")
        parts.append(f"{_shown(line.text[line.bold :])} ET")
    return "\n".join(parts).encode("cp1252")


def pdf(
    pages: Sequence[Sequence[Printed]], *, trailer: str = "", content: Sequence[bytes] | None = None
) -> bytes:
    """A PDF of these pages; `content` replaces the pages' content streams."""
    contents = list(content) if content is not None else [_content(page) for page in pages]
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(contents)))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
    ]
    for number, stream in enumerate(contents):
        packed = zlib.compress(stream)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + packed + b"\nendstream")
    return _assembled(objects, trailer)


def _assembled(objects: Sequence[bytes], trailer: str) -> bytes:
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()
