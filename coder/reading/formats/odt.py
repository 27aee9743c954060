"""Read OpenDocument texts (.odt): the text as it stands after all tracked changes, without notes and comments."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coder.errors import FormatError
from coder.reading.document import Block, Cell, Document, Grid, left_out_notes
from coder.reading.formats.office import (
    PLAIN,
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

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    f"{_OASIS}office:1.0": "office",
    f"{_OASIS}text:1.0": "text",
    f"{_OASIS}table:1.0": "table",
    f"{_OASIS}style:1.0": "style",
    f"{_OASIS}drawing:1.0": "draw",
    f"{_OASIS}svg-compatible:1.0": "svg",
    f"{_OASIS}xsl-fo-compatible:1.0": "fo",
    f"{_OASIS}manifest:1.0": "manifest",
}
# Left out with all that is in them, and what to call it when it is counted.
_SKIPPED = {
    "text:note": "footnote or endnote",
    "office:annotation": "comment",
    "text:table-of-content": "table of contents",
    "text:alphabetical-index": "index",
    "text:ruby-text": "",
    "text:hidden-text": "hidden passage",
    "text:script": "",
    "svg:title": "",
    "svg:desc": "",
    "draw:object": "",
    "office:forms": "",
}
_SPACES = re.compile(r"[ \t\r\n]+")
_MOST_REPEATED = 64


def read(data: bytes, name: str) -> Document:
    """Read an OpenDocument text.

    Raises:
        FormatError: the file is something else, damaged, locked or without text; the message says which.
        UnsafeFileError: it unpacks to too much, or its XML tries to reach outside.
    """
    archive = open_archive(data, name, "an OpenDocument text (.odt)")
    _refuse_others(archive, data)
    walker = _Walker(name, Budget(name))
    if "styles.xml" in archive:
        walker.read_styles(xml_events(archive.stream("styles.xml"), name, _PREFIXES))
    blocks = walker.read_content(xml_events(archive.stream("content.xml"), name, _PREFIXES))
    return document_of(blocks, "odt", name, left_out_notes(walker.left_out))


def _refuse_others(archive: Archive, data: bytes) -> None:
    name = archive.name
    mimetype = archive.read("mimetype") if "mimetype" in archive else b"text"
    if "content.xml" not in archive or b"text" not in mimetype:
        raise FormatError(f"{name}: this is not an OpenDocument text (.odt). {advice_on(data)}")
    if "META-INF/manifest.xml" in archive:
        events = xml_events(archive.stream("META-INF/manifest.xml"), name, _PREFIXES)
        if any(tag == "manifest:encryption-data" for _, tag, _ in events):
            raise FormatError(
                f"{name}: the document is locked with a password. Save a copy without the password."
            )


@dataclass(slots=True)
class _Walker:
    """Turns the events of content.xml into blocks and counts in `left_out` what it did not keep."""

    name: str
    budget: Budget
    own_styles: dict[str, tuple[Style, str]] = field(default_factory=dict)
    styles: Mapping[str, Style] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    def read_styles(self, events: Iterator[Event]) -> None:
        """Read styles.xml: the named styles, and page headers and footers to count them."""
        seen = set()
        for kind, tag, attributes in events:
            if kind == "start" and tag == "style:style":
                self._style(subtree(events, tag, attributes, self.name))
            elif kind == "start" and tag in ("style:header", "style:footer"):
                node = subtree(events, tag, attributes, self.name)
                words = "".join(text for event, text, _ in node.events() if event == "text").strip()
                if words and (tag, words) not in seen:
                    seen.add((tag, words))
                    self.left_out[f"page {tag.removeprefix('style:')}"] += 1

    def _style(self, node: Node) -> None:
        properties = node.find("style:text-properties")
        given = properties.attributes if properties is not None else {}
        weight, slant = given.get("fo:font-weight"), given.get("fo:font-style")
        line, ground = given.get("style:text-underline-style"), given.get("fo:background-color")
        look = Look(
            None if weight is None else weight == "bold" or (weight.isdigit() and int(weight) >= 600),
            None if slant is None else slant in ("italic", "oblique"),
            colour_of(given.get("fo:color")),
            None if line is None else line != "none",
            None if ground is None else ground != "transparent",
        )
        name = node.attributes.get("style:name", "")
        style = named_style(
            node.attributes.get("style:display-name", name),
            look=look,
            heading=node.attributes.get("style:default-outline-level", "") not in ("", "0"),
        )
        self.own_styles[name] = (style, node.attributes.get("style:parent-style-name", ""))

    def read_content(self, events: Iterator[Event]) -> list[Block]:
        """Read content.xml: its automatic styles, then its text."""
        for kind, tag, attributes in events:
            if kind == "start" and tag == "style:style":
                self._style(subtree(events, tag, attributes, self.name))
            elif kind == "start" and tag == "office:text":
                self.styles = inherited(self.own_styles)
                return self._blocks(events, tag)
        raise FormatError(
            f"{self.name}: the document has no text part. Open it in LibreOffice and save it anew."
        )

    def _blocks(self, events: Iterator[Event], until: str) -> list[Block]:
        """Gather blocks up to the end of the element `until`; lists and sections are seen through."""
        blocks: list[Block] = []
        for kind, tag, attributes in events:
            if kind == "end" and tag == until:
                break
            if kind != "start":
                continue
            if tag in ("text:p", "text:h"):
                self._paragraph(subtree(events, tag, attributes, self.name), blocks)
            elif tag == "table:table":
                blocks.append(self._grid(events))
            elif tag == "text:tracked-changes":
                for event, changed, _ in subtree(events, tag, attributes, self.name).events():
                    self.left_out["deletion"] += event == "start" and changed == "text:deletion"
            elif tag in _SKIPPED:
                self.left_out[_SKIPPED[tag]] += 1
                discard(events)
        return blocks

    def _grid(self, events: Iterator[Event]) -> Grid:
        rows: list[tuple[Cell, ...]] = []
        row: list[Cell] = []
        for kind, tag, attributes in events:
            if kind == "end" and tag == "table:table":
                break
            if kind == "end" and tag == "table:table-row":
                rows.append(tuple(row))
            elif kind == "start" and tag == "table:table-row":
                row = []
            elif kind == "start" and tag in ("table:table-cell", "table:covered-table-cell"):
                repeated = attributes.get("table:number-columns-repeated", "1")
                times = (
                    int(repeated) if repeated.isascii() and repeated.isdigit() and len(repeated) < 3 else 1
                )
                self.budget.spend(0, min(times, _MOST_REPEATED))
                row += [tuple(self._blocks(events, tag))] * min(times, _MOST_REPEATED)
        return Grid(tuple(rows))

    def _paragraph(self, node: Node, blocks: list[Block]) -> None:
        style = self.styles.get(node.attributes.get("text:style-name", ""), PLAIN)
        pieces: list[tuple[str, Look]] = []
        boxes: list[Block] = []
        self._inline(node, style.look, pieces, boxes)
        collapsed = _collapsed(pieces)
        self.budget.spend(sum(len(text) for text, _ in collapsed), 1)
        blocks.append(paragraph_of(collapsed, style, heading=node.tag == "text:h"))
        blocks += boxes

    def _inline(self, node: Node, look: Look, pieces: list[tuple[str, Look]], boxes: list[Block]) -> None:
        """Gather the text below `node`; text boxes anchored in it come after the paragraph."""
        for child in node.children:
            if isinstance(child, str):
                pieces.append((_SPACES.sub(" ", child), look))
            elif child.tag == "text:s":
                count = child.attributes.get("text:c", "1")
                pieces.append(("\0" * (int(count) if count.isdigit() and len(count) < 4 else 1), look))
            elif child.tag == "text:tab":
                pieces.append(("\t", look))
            elif child.tag == "text:line-break":
                pieces.append(("\n", look))
            elif child.tag == "draw:text-box":
                boxes += words_of_box(self._blocks(child.events(), child.tag), self.left_out)
            elif child.tag in ("text:p", "text:h"):
                # A shape's own words; those of a frame lie in a text box.
                inside: list[Block] = []
                self._paragraph(child, inside)
                boxes += words_of_box(inside, self.left_out)
            elif child.tag in _SKIPPED:
                self.left_out[_SKIPPED[child.tag]] += 1
            else:
                span = child.attributes.get("text:style-name", "") if child.tag == "text:span" else ""
                self._inline(child, self.styles.get(span, PLAIN).look.over(look), pieces, boxes)


def _collapsed(pieces: list[tuple[str, Look]]) -> list[tuple[str, Look]]:
    r"""Make one space of spaces that meet across pieces, none at a paragraph's ends; "\0" are typed spaces."""
    collapsed: list[tuple[str, Look]] = []
    before = " "
    for text, look in pieces:
        if before == " " and text.startswith(" "):
            text = text[1:]
        if text:
            before = text[-1]
            collapsed.append((text, look))
    if collapsed and collapsed[-1][0].endswith(" "):
        collapsed[-1] = (collapsed[-1][0][:-1], collapsed[-1][1])
    return [(text.replace("\0", " "), look) for text, look in collapsed]
