"""REFI-QDA projects of other tools' making, for the tests of the reader."""

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

NAMESPACE = "urn:QDA-XML:project:1.0"


def qde(selections: str = "", *, sources: str | None = None, codes: str = "", extra: str = "") -> str:
    """Return the XML of a project with two users, a tree of codes and one source."""
    held = sources if sources is not None else source(selections)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{NAMESPACE}" name="p" origin="Another tool">'
        '<Users><User guid="{AAAA0000-0000-0000-0000-000000000001}" name="Anna"/>'
        '<User guid="aaaa0000-0000-0000-0000-000000000002" name="Ben"/></Users>'
        '<CodeBook><Codes><Code guid="CCCC0000-0000-0000-0000-000000000001" name="Opportunity" isCodable="false">'
        '<Code guid="cccc0000-0000-0000-0000-000000000002" name="Social" isCodable="true">'
        f"<Description>others</Description></Code></Code>{codes}</Codes></CodeBook>"
        f"{extra}<Sources>{held}</Sources></Project>"
    )


def source(selections: str, *, name: str = "i1", path: str = "internal://d1.txt", inner: str = "") -> str:
    return f'<TextSource guid="d1" name="{name}" plainTextPath="{path}">{inner}{selections}</TextSource>'


def selection(
    start: int, end: int, name: str = "", *, user: str = "{aaaa0000-0000-0000-0000-000000000001}"
) -> str:
    named = f" name={quoteattr(name)}" if name else ""
    return (
        f'<PlainTextSelection guid="s{start}-{end}"{named} startPosition="{start}" endPosition="{end}"'
        f' creatingUser="{user}"><Description>hm</Description><Coding guid="x"><CodeRef'
        ' targetGUID="CCCC0000-0000-0000-0000-000000000002"/></Coding></PlainTextSelection>'
    )


def qdpx(path: Path, xml: str | bytes, files: dict[str, bytes], *, member: str = "project.qde") -> Path:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, xml)
        for name, content in files.items():
            archive.writestr(name, content)
    path.write_bytes(data.getvalue())
    return path
