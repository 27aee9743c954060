"""HTML in what should be plain: cells of survey tools, notes of oTranscribe, text copied from web pages."""

import html
import re

_INLINE = re.compile(r"</?(?:p|br|b|i|u|em|strong|span|div|font|li|ul|ol|a)(?:\s[^<>]{0,300})?/?>", re.I)
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h[1-6]|html|body|table|tr|td|blockquote|section|article)\b[^<>]{0,300}>", re.I
)
_UNSEEN = re.compile(r"<(head|style|script)\b[^<>]{0,300}>.{0,100000}?</\1\s*>", re.I | re.S)
_TAG = re.compile(
    r"</?[a-z][a-z0-9]{0,14}(?:\s[^<>]{0,300})?/?>|<!--.{0,2000}?-->|<!doctype[^<>]{0,200}>", re.I | re.S
)
_STRONG = re.compile(r"(?im)^(\s*)<(b|strong)>([^<>\n]{1,80})</\2>")
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,6});", re.I)
_FEWEST = 2


def without_markup(cell: str) -> str:
    """Return a cell's words without the HTML that survey tools export: tags go, entities become their signs."""
    if "<" in cell:
        cell = re.sub(r"(?i)<br\s*/?>|</(?:p|div|li)>\s*(?=\S)", "\n", cell)
        cell = _INLINE.sub("", cell)
    if "&" in cell and _ENTITY.search(cell):
        cell = html.unescape(cell)
    return cell


def is_html(text: str) -> bool:
    """Tell whether text is laid out by HTML: several tags of paragraphs or line breaks, or entities for spaces."""
    head = text[:50_000]
    return ("<" in head and len(_BLOCK.findall(head)) >= _FEWEST) or head.count("&nbsp;") >= _FEWEST


def lines_of_html(text: str) -> str:
    """Return the words of HTML, a line per paragraph; what is bold at a line's start is so in Markdown."""
    text = _UNSEEN.sub("", text)
    text = _BLOCK.sub("\n", text)
    text = _STRONG.sub(r"\1**\3**", text)
    text = html.unescape(_TAG.sub("", text))
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text).strip("\n")
