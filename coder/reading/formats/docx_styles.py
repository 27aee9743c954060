"""Read the styles of a Word document."""

from collections.abc import Iterator

from coder.reading.formats.styles import Style, inherited, named_style
from coder.reading.safety.xml import Event
from coder.reading.safety.xml_trees import Node, subtree

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
                bold=switched_on(node.find("w:rPr", "w:b")),
                heading=is_heading_level(node.find("w:pPr", "w:outlineLvl")),
            )
            own[attributes.get("w:styleId", "")] = (style, _value(node.find("w:basedOn")))
    return inherited(own)


def _value(node: Node | None) -> str:
    return node.attributes.get("w:val", "") if node is not None else ""
