"""Read Word documents (.docx): the text as it stands after all tracked changes, without notes and comments."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from posixpath import normpath

from coder.errors import FormatError
from coder.reading.document import Block, Cell, Document, Grid, left_out_notes
from coder.reading.formats.office import (
    PLAIN,
    USUAL,
    Look,
    Style,
    colour_of,
    document_of,
    inherited,
    named_style,
    paragraph_of,
    words_of_box,
)
from coder.reading.safety.containers import Archive, Event, Node, discard, open_archive, subtree, xml_events
from coder.reading.safety.content import Budget, advice_on

_OFF = {"0", "false", "off", "none"}


def switched_on(node: Node | None) -> bool | None:
    """Return what a property such as w:b says: on, off, or None where it is absent."""
    if node is None:
        return None
    return node.attributes.get("w:val", "1").casefold() not in _OFF


def is_heading_level(level: Node | None) -> bool:
    """Tell whether an outline level (0 to 8 = heading 1 to 9, 9 = body text) makes a heading."""
    return level is not None and level.attributes.get("w:val", "9") in "012345678"


def read_styles(events: Iterator[Event], name: str) -> dict[str, Style]:
    """Read word/styles.xml: the styles by their identifiers, with what they inherit."""
    own: dict[str, tuple[Style, str]] = {}
    for kind, tag, attributes in events:
        if kind == "start" and tag == "w:style":
            node = subtree(events, tag, attributes, name)
            style = named_style(
                _value(node.find("w:name")),
                look=_look(node.find("w:rPr")),
                heading=is_heading_level(node.find("w:pPr", "w:outlineLvl")),
            )
            own[attributes.get("w:styleId", "")] = (style, _value(node.find("w:basedOn")))
    return inherited(own)


def _look(properties: Node | None) -> Look:
    """Return what run properties say of the print."""
    if properties is None:
        return USUAL
    colour, line, marker = (properties.find(tag) for tag in ("w:color", "w:u", "w:highlight"))
    return Look(
        switched_on(properties.find("w:b")),
        switched_on(properties.find("w:i")),
        colour_of(colour.attributes.get("w:val")) if colour is not None else None,
        switched_on(line),
        switched_on(marker),
    )


def _value(node: Node | None) -> str:
    return node.attributes.get("w:val", "") if node is not None else ""


# Left out with all that is in them, and what to call it when it is counted.
_SKIPPED = {
    "w:del": "deletion",
    "w:moveFrom": "deletion",
    "w:instrText": "",
    "w:delInstrText": "",
    "w:sectPr": "",
    "w:pPr": "",
    "w:rPr": "",
    "w:tblPr": "",
    "w:tcPr": "",
    "w:rt": "",
    "w:fldData": "",
}
_REFERENCES = {
    "w:footnoteReference": "footnote",
    "w:endnoteReference": "endnote",
    "w:commentReference": "comment",
}
_CHARACTERS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "\u2011"}
# What Word makes of ":)" and "->" and of common signs; symbols of other fonts keep their code.
_SYMBOLS = {
    "wingdings": {0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0xDF: "←", 0xE0: "→", 0xE8: "➔", 0xFC: "✓"},
    "symbol": {
        0xB7: "•",
        0xAE: "→",
        0xAC: "←",
        0xB3: "≥",
        0xA3: "≤",
        0xB0: "°",
        0xB1: "±",
        0xB4: "×",
        0xBC: "…",
    },
}
_Pieces = list[tuple[str, Look]]


@dataclass(slots=True)
class BodyWalker:
    """Turns the events of word/document.xml into blocks and counts in `left_out` what it did not keep."""

    name: str
    styles: Mapping[str, Style]
    budget: Budget
    left_out: Counter[str] = field(default_factory=Counter)

    def body(self, events: Iterator[Event]) -> list[Block]:
        """Return the blocks of the document's body."""
        for kind, tag, _ in events:
            if kind == "start" and tag == "w:body":
                return self._blocks(events, "w:body")
        return []

    def _blocks(self, events: Iterator[Event], until: str) -> list[Block]:
        """Gather blocks up to the end of the element `until`; content controls and insertions are seen through."""
        blocks: list[Block] = []
        carried: _Pieces = []
        for kind, tag, attributes in events:
            if kind == "end" and tag == until:
                break
            if kind != "start":
                continue
            if tag == "w:p":
                carried = self._paragraph(subtree(events, tag, attributes, self.name), carried, blocks)
            elif tag == "w:tbl":
                blocks.append(self._grid(events))
            elif tag == "w:sdtPr":
                self._content_control(subtree(events, tag, attributes, self.name), events)
            elif tag in _SKIPPED or tag == "mc:Fallback":
                self.left_out[_SKIPPED.get(tag, "")] += 1
                discard(events)
        if carried:
            blocks.append(paragraph_of(carried, PLAIN))
        return blocks

    def _content_control(self, properties: Node, events: Iterator[Event]) -> None:
        """Pass over the content of a control that shows only its prompt, or a table of contents."""
        if self._is_no_text(properties):
            for kind, tag, _ in events:
                if kind == "start" and tag == "w:sdtContent":
                    discard(events)
                    return

    def _is_no_text(self, properties: Node) -> bool:
        gallery = properties.find("w:docPartObj", "w:docPartGallery")
        contents = gallery is not None and "contents" in gallery.attributes.get("w:val", "").casefold()
        self.left_out["table of contents"] += contents
        return contents or properties.find("w:showingPlcHdr") is not None

    def _grid(self, events: Iterator[Event]) -> Grid:
        rows: list[tuple[Cell, ...]] = []
        row: list[Cell] = []
        deleted = False
        for kind, tag, attributes in events:
            if kind == "end" and tag == "w:tbl":
                break
            if kind == "end" and tag == "w:tr":
                self.left_out["deletion"] += deleted
                rows += [] if deleted else [tuple(row)]
            elif kind != "start":
                continue
            elif tag == "w:tr":
                row, deleted = [], False
            elif tag == "w:trPr":
                properties = subtree(events, tag, attributes, self.name)
                deleted = properties.find("w:del") is not None
                row += [()] * _number(properties.find("w:gridBefore"), 0)
            elif tag == "w:tc":
                row += self._cell(events)
            elif tag in _SKIPPED:
                discard(events)
        return Grid(tuple(rows))

    def _cell(self, events: Iterator[Event]) -> list[Cell]:
        """Return the cell, followed by an empty one for each further column that it spans."""
        span = 1
        first = next(event for event in events if event[0] != "text")
        if first[:2] == ("start", "w:tcPr"):
            span = _number(subtree(events, "w:tcPr", first[2], self.name).find("w:gridSpan"), 1)
            blocks = self._blocks(events, "w:tc")
        else:
            blocks = self._blocks(chain([first], events), "w:tc")
        self.budget.spend(pieces=span)
        return [tuple(blocks), *[()] * (span - 1)]

    def _paragraph(self, node: Node, carried: _Pieces, blocks: list[Block]) -> _Pieces:
        """Add a paragraph to `blocks`; return its pieces instead if its mark is deleted: the next one joins it."""
        properties = node.find("w:pPr")
        style_node = properties.find("w:pStyle") if properties is not None else None
        identifier = style_node.attributes.get("w:val", "") if style_node is not None else ""
        # Files made by scripts may lack the list of styles; the identifier then is the name ("Heading2").
        style = self.styles.get(identifier) or (named_style(identifier) if identifier else PLAIN)
        mark = properties.find("w:rPr") if properties is not None else None
        mark_deleted = mark is not None and any(
            child.tag in ("w:del", "w:moveFrom") for child in mark.elements()
        )
        pieces, boxes = list(carried), list[Block]()
        self._inline(node, style.look, pieces, boxes)
        self.budget.spend(sum(len(text) for text, _ in pieces), 1)
        if not mark_deleted:
            outline = properties is not None and is_heading_level(properties.find("w:outlineLvl"))
            numbered = style.name.casefold().startswith("list number") or (
                properties is not None and properties.find("w:numPr", "w:numId") is not None
            )
            blocks.append(paragraph_of(pieces, style, heading=outline, numbered=numbered))
            pieces = []
        blocks += boxes
        return pieces

    def _inline(self, node: Node, look: Look, pieces: _Pieces, boxes: list[Block]) -> None:
        """Gather the text below `node`; text boxes anchored in it come after the paragraph, each once."""
        for child in node.elements():
            tag, text = child.tag, _text_of(child)
            if text is not None:
                pieces.append((text, look))
            elif tag in _REFERENCES:
                self.left_out[_REFERENCES[tag]] += 1
            elif tag in _SKIPPED:
                self.left_out[_SKIPPED[tag]] += 1
            elif tag == "w:r":
                self._run(child, look, pieces, boxes)
            elif tag == "w:txbxContent":
                boxes += words_of_box(self._blocks(child.events(), tag), self.left_out)
            elif tag == "mc:AlternateContent":
                branch = child.find("mc:Choice") or child.find("mc:Fallback")
                self._inline(branch or Node(tag, {}), look, pieces, boxes)
            elif tag != "w:sdt" or not self._is_no_text(child.find("w:sdtPr") or Node(tag, {})):
                self._inline(child, look, pieces, boxes)

    def _run(self, run: Node, look: Look, pieces: _Pieces, boxes: list[Block]) -> None:
        properties = run.find("w:rPr")
        if properties is not None:
            if switched_on(properties.find("w:vanish")):
                self.left_out["hidden passage"] += 1
                return
            style = properties.find("w:rStyle")
            named = self.styles.get(_value(style), PLAIN).look if style is not None else USUAL
            look = _look(properties).over(named).over(look)
        self._inline(run, look, pieces, boxes)


def _text_of(node: Node) -> str | None:
    """Return the text that an element stands for; None if it is no text of its own."""
    if node.tag in ("w:t", "m:t"):
        # A line end inside w:t is only the XML's layout; Word shows it as a space.
        return node.text().replace("\n", " ")
    if node.tag == "w:sym":
        return _symbol(node.attributes)
    return _CHARACTERS.get(node.tag)


def _symbol(attributes: Mapping[str, str]) -> str:
    code = int(attributes.get("w:char", "20"), 16) if _is_hex(attributes.get("w:char", "20")) else 0x20
    known = _SYMBOLS.get(attributes.get("w:font", "").casefold(), {})
    return known.get(code & 0xFF) or chr(code)


def _is_hex(text: str) -> bool:
    return 1 <= len(text) <= 4 and all(digit in "0123456789abcdefABCDEF" for digit in text)


def _number(node: Node | None, otherwise: int) -> int:
    """Return a property's number, at most the 63 columns that Word allows."""
    value = node.attributes.get("w:val", "") if node is not None else ""
    return min(int(value), 63) if value.isascii() and value.isdigit() and len(value) < 9 else otherwise


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
    walker, blocks = _walked(archive, data, name)
    walker.left_out.update(_page_headers(archive))
    return document_of(blocks, "docx", name, left_out_notes(walker.left_out))


def tables_in(data: bytes, name: str) -> list[Grid]:
    """Return the tables of a Word document in order, without those within cells. Raises as `read` does."""
    archive = open_archive(data, name, "a Word document (.docx)")
    return [block for block in _walked(archive, data, name)[1] if isinstance(block, Grid)]


def _walked(archive: Archive, data: bytes, name: str) -> tuple[BodyWalker, list[Block]]:
    main = _main_part(archive, data)
    folder = main.rpartition("/")[0]
    style_part = f"{folder}/styles.xml".lstrip("/")
    styles = {}
    if style_part in archive:
        styles = read_styles(xml_events(archive.stream(style_part), name, _PREFIXES), name)
    walker = BodyWalker(name, styles, Budget(name))
    return walker, walker.body(xml_events(archive.stream(main), name, _PREFIXES))


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
