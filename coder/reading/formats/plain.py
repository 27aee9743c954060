r"""Plain text and Markdown: every line a paragraph, the text kept exactly as decoded.

Typed line numbers and hyphens at the ends of printed lines are all that is taken out: they would stand in the middle
of sentences and words.
"""

import itertools
import re
from collections.abc import Sequence

from coder.reading.broken_words import without_broken_words
from coder.reading.document import Document, Paragraph
from coder.reading.formats.markup import is_html, lines_of_html
from coder.reading.safety.content import decode, is_web_page
from coder.reading.speakers.vocabulary import is_header_key, key_of

_NUMBERED = re.compile(r"[\ufeff\s]{0,12}(?:\[(\d{1,5})\]|#?(\d{1,5})[.:)]?)(?=\s|$)[ \t\xa0]*")
_FRONT_KEY = re.compile(r"[\"']?([A-Za-z_][\w .-]{0,40}?)[\"']?\s*[:=](?:\s|$)")
_LABEL = re.compile(r"(?:\*\*|__)?[^\W\d][\w .'’()-]{0,30}[:：\t]")


def read(data: bytes, name: str) -> Document:
    """Return the lines of a .txt or .md file."""
    decoded = decode(data, name)
    return document_of(decoded.text, name, decoded.encoding, decoded.notes)


def document_of(text: str, name: str, encoding: str | None, notes: Sequence[str] = ()) -> Document:
    """Return decoded text as a document of lines."""
    sentences = [*notes]
    page = is_web_page(name)
    if page or is_html(text):
        text = lines_of_html(text)
        sentences.append("The file is laid out with HTML: its mark-up was left out.")
    lines = text.split("\n")
    front = front_matter(lines)
    numbered, removed = without_line_numbers(lines[front:])
    lines = [*lines[:front], *numbered]
    if removed:
        sentences.append(f"{removed} line numbers were left out.")
    lines, mended = without_broken_words(lines)
    sentences += mended
    markdown = name.lower().endswith((".md", ".markdown"))
    return Document(
        format="html" if page else "md" if markdown else "txt",
        paragraphs=tuple(
            Paragraph(line, kind="header" if index < front and line.strip() else "")
            for index, line in enumerate(lines)
        ),
        encoding=encoding,
        separator="\n",
        notes=tuple(sentences),
    )


def front_matter(lines: Sequence[str]) -> int:
    """Return how many lines at the top are front matter: YAML between "---", or TOML between "+++".

    Its keys come once each and are written in small letters or words of a header; labels of speakers repeat.
    """
    first = next((index for index, line in enumerate(lines[:20]) if line.strip("\ufeff \t")), 0)
    fence = lines[first].strip("\ufeff \t") if lines else ""
    if fence not in ("---", "+++"):
        return 0
    ends = ("---", "...") if fence == "---" else ("+++",)
    within = lines[first + 1 : first + 400]
    end = next((index for index, line in enumerate(within) if line.rstrip() in ends), None)
    if end is None:
        return 0
    keys = [match[1] for line in within[:end] if (match := _FRONT_KEY.match(line))]
    header_like = sum(key == key.lower() or is_header_key(key_of(key)) for key in keys)
    if not keys or len(set(keys)) < len(keys) or header_like < len(keys):
        return 0
    return first + end + 2


def piped_as_tabbed(text: str) -> str | None:
    """Return a Markdown table as tab-separated lines; None when the text is not one."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|") and line.endswith("|")]
    if len(rows) < 3 or len(rows) < len(lines) or not all(re.fullmatch(r"[\s:-]+", cell) for cell in rows[1]):
        return None
    return "\n".join("\t".join(cell.strip() for cell in row) for row in [rows[0], *rows[2:]])


def without_line_numbers(lines: Sequence[str]) -> tuple[list[str], int]:
    """Return the lines without the numbers typed before them, and how many there were.

    Numbers are line numbers when they rise evenly: by one on most lines or before every label, or by five or
    ten now and then.
    """
    numbered = [(index, match) for index, line in enumerate(lines) if (match := _NUMBERED.match(line))]
    numbers = [int(match[1] or match[2]) for _, match in numbered]
    visible = sum(bool(line.strip()) for line in lines)
    if len(numbers) < 3:
        return list(lines), 0
    steps = [later - earlier for earlier, later in itertools.pairwise(numbers)]
    step = max(set(steps), key=steps.count)
    even = steps.count(step) >= 0.9 * len(steps)
    labelled = sum(bool(_LABEL.match(lines[index], match.end())) for index, match in numbered)
    # In Markdown every item of a list may have the number 1.
    dense = (step == 1 or {*numbers} == {1}) and (
        len(numbered) >= 0.7 * visible or labelled >= 0.8 * len(numbered)
    )
    spaced = step in (5, 10) and len(numbered) >= 0.6 * visible / step
    if not (even and (dense or spaced)):
        return list(lines), 0
    unnumbered = list(lines)
    for index, match in numbered:
        unnumbered[index] = unnumbered[index][match.end() :]
    return unnumbered, len(numbered)
