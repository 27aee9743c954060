"""Read Word documents (.docx): the text as it stands after all tracked changes, without notes and comments."""

import re
from collections import Counter
from posixpath import normpath

from coder.errors import FormatError
from coder.reading.document import Document
from coder.reading.formats.docx_body import BodyWalker
from coder.reading.formats.docx_styles import read_styles
from coder.reading.formats.layouts import document_of, sentences
from coder.reading.safety.archive import Archive, Budget, open_archive
from coder.reading.safety.sniff import advice_on
from coder.reading.safety.xml import xml_events

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PREFIXES = {
    _WORD: "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
}
_MAIN_PART = re.compile(r"/officeDocument$")
_HEADER_PART = re.compile(r"word/(?:header|footer)\d*\.xml$")


def read(data: bytes, name: str) -> Document:
    """Read a Word document.

    Raises:
        FormatError: the file is something else, damaged, locked or without text; the message says which.
        UnsafeFileError: it unpacks to too much, or its XML tries to reach outside.
    """
    archive = open_archive(data, name, "a Word document (.docx)")
    main = _main_part(archive, data)
    folder = main.rpartition("/")[0]
    style_part = f"{folder}/styles.xml".lstrip("/")
    styles = {}
    if style_part in archive:
        styles = read_styles(xml_events(archive.stream(style_part), name, _PREFIXES), name)
    walker = BodyWalker(name, styles, Budget(name))
    blocks = walker.body(xml_events(archive.stream(main), name, _PREFIXES))
    walker.left_out.update(_page_headers(archive))
    return document_of(blocks, "docx", name, sentences(walker.left_out))


def _main_part(archive: Archive, data: bytes) -> str:
    """Return the name of the part with the body: as the package's relations say, else the usual one."""
    if "_rels/.rels" in archive:
        for kind, tag, attributes in xml_events(archive.stream("_rels/.rels"), archive.name):
            if (
                kind == "start"
                and tag.endswith("Relationship")
                and _MAIN_PART.search(attributes.get("Type", ""))
            ):
                target = normpath(attributes.get("Target", "").lstrip("/"))
                if target in archive and target.startswith("word"):
                    return target
    if "word/document.xml" in archive:
        return "word/document.xml"
    raise FormatError(f"{archive.name}: this is not a Word document (.docx). {advice_on(data)}")


def _page_headers(archive: Archive) -> Counter[str]:
    """Count the different page headers and footers that hold words; Word keeps each in up to three versions."""
    texts: dict[str, set[str]] = {"header": set(), "footer": set()}
    for member in archive.members:
        if _HEADER_PART.match(member):
            words = "".join(
                text for kind, text, _ in xml_events(archive.stream(member), archive.name) if kind == "text"
            )
            if words.strip():
                texts["header" if "header" in member else "footer"].add(words.strip())
    return Counter({f"page {kind}": len(found) for kind, found in texts.items()})
