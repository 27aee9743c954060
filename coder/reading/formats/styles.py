"""What paragraph and character styles say about a paragraph's part in a transcript, and paragraphs with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coder.reading.document import Paragraph

# Styles that some transcribers give to all that one party says.
_SPEAKERS = re.compile(
    r"(?:interviewer|interviewee|respondent|participant|moderator|facilitator|researcher|question|answer"
    r"|interviewerin|befragte[r]?|frage|antwort|enqu[eê]teur|enqu[eê]t[eé]e?|r[eé]pondante?"
    r"|entrevistador[a]?|entrevistad[oa])[ _-]?\d{0,2}"
)
Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Style:
    """A style by its name as the user sees it; `bold` is None where it does not say."""

    name: str = ""
    bold: bool | None = None
    heading: bool = False
    title: bool = False
    speaker: str | None = None


PLAIN = Style()


def named_style(name: str, *, bold: bool | None = None, heading: bool = False) -> Style:
    """Return a style, with what its name says: "heading 2", "Speaker name", "Title", "Interviewer"."""
    plain = name.casefold()
    return Style(
        name=name,
        bold=bold,
        heading=heading or plain.startswith("heading") or "speaker" in plain,
        title=plain in ("title", "subtitle"),
        speaker=name if _SPEAKERS.fullmatch(plain) else None,
    )


def inherited(own: Mapping[str, tuple[Style, str]]) -> dict[str, Style]:
    """Complete styles, given with the identifier of the style each is based on, by what they inherit."""
    return {identifier: _with_ancestors(identifier, own) for identifier in own}


def _with_ancestors(identifier: str, own: Mapping[str, tuple[Style, str]]) -> Style:
    style, parent = own[identifier]
    seen = {identifier}
    while parent in own and parent not in seen:
        seen.add(parent)
        above, grandparent = own[parent]
        style = replace(
            style,
            bold=style.bold if style.bold is not None else above.bold,
            heading=style.heading or above.heading,
            title=style.title or above.title,
            speaker=style.speaker or above.speaker,
        )
        parent = grandparent
    return style


def paragraph_of(pieces: Pieces, style: Style, *, heading: bool = False) -> Paragraph:
    """Return the paragraph made of (text, bold) pieces in this style."""
    text = "".join(piece for piece, _ in pieces)
    bold = length = 0
    for piece, heavy in pieces:
        # The space or tab between bold words is often not bold itself.
        if not heavy and piece.strip():
            break
        length += len(piece)
        bold = length if heavy else bold
    bold = bold if text[:bold].strip() else 0
    kind = "title" if style.title else ""
    return Paragraph(text, style.speaker, bold=bold, heading=heading or style.heading, kind=kind)
