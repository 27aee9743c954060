"""What a word processor's document is made of, and what its styles say, before anything is decided about speakers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from coder.reading.document import Paragraph

Block: TypeAlias = "Paragraph | Grid"
Cell: TypeAlias = "tuple[Paragraph | Grid, ...]"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, a cell being a list of blocks; cells that span columns are padded to the right."""

    rows: tuple[tuple[Cell, ...], ...]


def cell_text(cell: Cell) -> str:
    r"""Return a cell's text, its paragraphs joined by "\n"."""
    return "\n".join(paragraph.text for paragraph in flat(cell))


def flat(blocks: Iterable[Block]) -> list[Paragraph]:
    """Return all paragraphs in reading order, tables row by row and cell by cell."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        else:
            for row in block.rows:
                for cell in row:
                    found.extend(flat(cell))
    return found


def laid_out(blocks: Iterable[Block]) -> list[Paragraph]:
    """Lay tables out as text: a short first cell and the next one become one line, as label and words do."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(replace(block, speaker=None))
            continue
        for row in block.rows:
            cells = [cell for cell in row if cell_text(cell).strip()]
            first = flat(cells[0]) if cells else []
            if len(cells) > 1 and len(first) == 1 and len(first[0].text) <= 40:
                second, *rest = flat(cells[1])
                bold = first[0].bold if first[0].bold < len(first[0].text) else len(first[0].text)
                found.append(Paragraph(f"{first[0].text}\t{second.text}", bold=bold))
                found += [replace(paragraph, speaker=None) for paragraph in [*rest, *flat_cells(cells[2:])]]
            else:
                found += [replace(paragraph, speaker=None) for paragraph in laid_out(flat_cells(cells))]
    return found


def flat_cells(cells: Iterable[Cell]) -> list[Paragraph]:
    """Return the paragraphs of several cells in order."""
    return [paragraph for cell in cells for paragraph in flat(cell)]


# Styles that some transcribers give to all that one party says.
_SPEAKERS = re.compile(
    r"(?:interviewer|interviewee|respondent|participant|moderator|facilitator|researcher|question|answer"
    r"|interviewerin|befragte[r]?|frage|antwort|enqu[eê]teur|enqu[eê]t[eé]e?|r[eé]pondante?"
    r"|entrevistador[a]?|entrevistad[oa])[ _-]?\d{0,2}"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a stretch of text is printed; None where that is not said. `colour` is "" for the usual one."""

    bold: bool | None = None
    italic: bool | None = None
    colour: str | None = None

    def over(self, below: "Look") -> "Look":
        """Return this look, with `below` where it says nothing."""
        return Look(
            self.bold if self.bold is not None else below.bold,
            self.italic if self.italic is not None else below.italic,
            self.colour if self.colour is not None else below.colour,
        )


USUAL = Look()
_USUAL_COLOURS = frozenset({"", "auto", "000000"})


def colour_of(value: str | None) -> str | None:
    """Return a colour as `Look` has it: black and automatic are the usual one."""
    if value is None:
        return None
    plain = value.strip().lstrip("#").casefold()
    return "" if plain in _USUAL_COLOURS else plain[:12]


Pieces = Sequence[tuple[str, Look]]


@dataclass(frozen=True, slots=True)
class Style:
    """A style by its name as the user sees it, and how it prints."""

    name: str = ""
    look: Look = USUAL
    heading: bool = False
    title: bool = False
    speaker: str | None = None


PLAIN = Style()


def named_style(name: str, *, look: Look = USUAL, heading: bool = False) -> Style:
    """Return a style, with what its name says: "heading 2", "Speaker name", "Title", "Interviewer"."""
    plain = name.casefold()
    return Style(
        name=name,
        look=look,
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
            look=style.look.over(above.look),
            heading=style.heading or above.heading,
            title=style.title or above.title,
            speaker=style.speaker or above.speaker,
        )
        parent = grandparent
    return style


def paragraph_of(pieces: Pieces, style: Style, *, heading: bool = False, numbered: bool = False) -> Paragraph:
    """Return the paragraph made of (text, look) pieces in this style."""
    text = "".join(piece for piece, _ in pieces)
    bold = length = 0
    for piece, look in pieces:
        heavy = bool(look.bold)
        # The space or tab between bold words is often not bold itself.
        if not heavy and piece.strip():
            break
        length += len(piece)
        bold = length if heavy else bold
    bold = bold if text[:bold].strip() else 0
    kind = "title" if style.title else ""
    printed = _look_of_all(pieces, numbered=numbered)
    return Paragraph(
        text, style.speaker, bold=bold, heading=heading or style.heading, look=printed, kind=kind
    )


def _look_of_all(pieces: Pieces, *, numbered: bool) -> frozenset[str]:
    """Return what holds for all of a paragraph's words: italic, a colour, a number set by the program."""
    looks = [look for piece, look in pieces if piece.strip()]
    marks = {"numbered"} if numbered else set()
    if looks and all(look.italic for look in looks):
        marks.add("italic")
    colours = {look.colour or "" for look in looks}
    if len(colours) == 1 and "" not in colours:
        marks.add(f"in colour {colours.pop()}")
    return frozenset(marks)
