"""HTML in what should be plain: cells of survey tools, notes of oTranscribe, text copied from web pages."""

import html
import re
from collections.abc import Iterator

# Pictures stand in tags of any length; "[^<>]*" ends at the next tag, so that time grows evenly.
_INLINE = re.compile(r"</?(?:p|br|b|i|u|em|strong|span|div|font|li|ul|ol|a)(?:\s[^<>]*)?/?>", re.I)
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|dl|dt|dd|h[1-6]|html|body|table|tr|td|blockquote|section|article)\b[^<>]*>",
    re.I,
)
# What a page holds and does not show: opening and closing, searched one after the other so that time grows evenly.
_UNSEEN = tuple(
    (re.compile(opening, re.I), re.compile(closing, re.I))
    for opening, closing in (
        (r"<!--", r"-->"),
        *((rf"<{tag}\b[^<>]*>", rf"</{tag}\s{{0,9}}>") for tag in ("head", "style", "script")),
    )
)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|body|button|center|cite|code|em|font|footer|header|html|i|img|input|label|main|mark|meta|nav"
    r"|s|small|span|strong|sub|sup|tbody|thead|th|time|title|u|[a-z][a-z\d]{0,3}:[a-z]{1,20})(?:\s[^<>]*)?/?>"
    r"|<!doctype[^<>]{0,200}>",
    re.I | re.S,
)
_STRONG = re.compile(r"(?im)^([ \t]*)<(b|strong)(?:\s[^<>]*)?>([^<>\n]{1,80})</\2>")
# A whole line in bold or italics may be a question.
_ALL_STRONG = re.compile(r"(?im)^[ \t]*<(b|strong|i|em)(?:\s[^<>]*)?>([^<>\n]{1,2000})</\1>[ \t]*$")
_HEADING = re.compile(r"<h([1-6])\b[^<>]*>", re.I)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,6});", re.I)
_FEWEST, _SHARE = 2, 0.25  # tags, and lines that have some; a text about HTML mentions them now and then


def without_markup(cell: str) -> str:
    """Return a cell's words without the HTML that survey tools export: tags go, entities become their signs."""
    if "<" in cell:
        cell = re.sub(r"(?i)<br\s*/?>|</(?:p|div|li)>\s*(?=\S)", "\n", cell)
        cell = _INLINE.sub("", cell)
    if "&" in cell and _ENTITY.search(cell):
        cell = html.unescape(cell)
    return cell


def is_html(text: str) -> bool:
    """Tell whether text is laid out by HTML: many of its lines have tags of paragraphs, or entities for signs."""
    lines = [line for line in text[:50_000].split("\n") if line.strip()]
    laid_out = sum("<" in line and _BLOCK.search(line) is not None for line in lines)
    blocks = len(_BLOCK.findall(text[:50_000])) if laid_out else 0
    spaces = sum("&" in line and _ENTITY.search(line) is not None for line in lines)
    return (blocks >= _FEWEST and laid_out >= _SHARE * len(lines)) or spaces >= max(
        _FEWEST, _SHARE * len(lines)
    )


def lines_of_html(text: str) -> str:
    """Return the words of HTML, a line per paragraph; headings and what is printed otherwise are so in Markdown."""
    for opening, closing in _UNSEEN:
        text = "".join(_outside(text, opening, closing))
    text = _HEADING.sub(lambda tag: "\n" + "#" * int(tag[1]) + " ", text)
    text = _BLOCK.sub("\n", text)
    text = _ALL_STRONG.sub(_marked, text)
    text = _STRONG.sub(r"\1**\3**", text)
    lines = html.unescape(_TAG.sub("", text)).split("\n")
    kept = [line for above, line in zip(["", *lines], lines, strict=False) if line.strip() or above.strip()]
    return "\n".join(kept).strip("\n")


def _marked(line: re.Match[str]) -> str:
    mark = "**" if line[1].lower() in ("b", "strong") else "*"
    return f"{mark}{line[2].strip()}{mark}"


def _outside(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> Iterator[str]:
    """Yield what stands outside of stretches from an opening to the next closing; the last may be left open."""
    position = 0
    while (begin := opening.search(text, position)) and (end := closing.search(text, begin.end())):
        yield text[position : begin.start()]
        position = end.end()
    yield text[position:]
