"""The form that every reader produces, whatever the file: paragraphs in order, and what is known of each.

A reader is a module of `formats` with one function `read(data: bytes, name: str) -> Document`: `data` is the
whole file, `name` its file name (for messages). It decides nothing about speakers that the format does not
say; `speakers.assemble` learns labels, stamps and header lines from the paragraphs and makes the
`Transcript`. Readers raise `FormatError` (not what the name says, damaged, locked) and `UnsafeFileError`.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from coder.phrasing import counted
from coder.reading.clock import are_milliseconds

# Counted with what is left out, though its words are read: they may be a note beside the talk.
TEXT_BOX = "text box"
_PLURALS = {"table of contents": "tables of contents"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    r"""One paragraph, cue or table row, its text as it stands in the file.

    `text` may hold tabs and, for line breaks inside a paragraph, "\n". Readers neither trim nor tidy it, and
    keep empty paragraphs: they separate. Stamps and names inside it are left for the assembler.
    `bold` is the length of the leading bold run of `text` in code points (0 = not bold), `look` how the whole
    paragraph is printed apart from that ("italic", "coloured", "numbered"), `heading` says that the paragraph
    has a heading style or markup.
    `speaker` and `time` (seconds) are given only where the format itself names them (voice tag, column).
    `question` is what the paragraph answers, where the format says it.
    `ends_plain`: the format says that the last words are not bold.
    `kind` is set when the reader knows that the paragraph is nobody's speech ("title", "header", "note").
    """

    text: str
    speaker: str | None = None
    time: float | None = None
    bold: int = 0
    heading: bool = False
    look: frozenset[str] = frozenset()
    kind: str = ""
    question: str | None = None
    ends_plain: bool = False


Block: TypeAlias = "Paragraph | Grid"
Cell: TypeAlias = "tuple[Paragraph | Grid, ...]"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, a cell being a list of blocks; cells that span columns are padded to the right."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    r"""A file as read, before speakers are learned.

    `labelled`: every paragraph's speaker is known from the format (None = the file names nobody), so `text`
    is not searched for labels. `running`: the paragraphs are cues, sentences run across them, so neighbours
    of one speaker are joined by a space. Documents that are neither keep their text as it is: the
    transcript's text is then the paragraphs joined by `separator` ("\n" for plain text, whose lines are its
    paragraphs). `answers`: the paragraphs are answers to a survey, everybody takes part and nobody
    interviews. `fixed`: places of the text are known elsewhere (codings of a project), so nothing is taken out of
    it or joined. `notes` are sentences about what was left out or guessed ("2 comments were left out."), `doubts`
    about what a person should look at.
    """

    format: str
    paragraphs: tuple[Paragraph, ...]
    encoding: str | None = None
    labelled: bool = False
    running: bool = False
    answers: bool = False
    fixed: bool = False
    separator: str = "\n\n"
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def without_stretches(document: Document, stretches: Sequence[tuple[int, int]]) -> Document:
    """Return the document without the `stretches` (start, end) of its joined text, each with one space beside it."""
    position = 0
    waiting = deque(stretches)
    paragraphs: list[Paragraph] = []
    for paragraph in document.paragraphs:
        text, bold, end = paragraph.text, paragraph.bold, position + len(paragraph.text)
        mine = []
        while waiting and waiting[0][1] <= end:
            mine.append(waiting.popleft())
        for start, stop in reversed(mine):
            start, stop = start - position, stop - position
            glued = start > 0 and not text[start - 1].isspace() and text[stop : stop + 1].isalnum()
            start -= text[start - 1 : start].isspace() and (stop == len(text) or text[stop].isspace())
            text = text[:start] + " " * glued + text[stop:]
            bold -= max(0, min(bold, stop) - start)
        paragraphs.append(replace(paragraph, text=text, bold=bold))
        position = end + len(document.separator)
    return replace(document, paragraphs=tuple(paragraphs))


def in_seconds(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Divide times by a thousand where they count milliseconds, as tools do without saying so."""
    words = sum(paragraph.text.count(" ") + 1 for paragraph in paragraphs)
    if not are_milliseconds([paragraph.time for paragraph in paragraphs], words):
        return list(paragraphs)
    return [replace(item, time=None if item.time is None else item.time / 1000) for item in paragraphs]


def left_out_notes(left_out: Counter[str]) -> list[str]:
    """Say what was left out: "2 comments were left out."; of text boxes, that they were read."""
    messages = []
    for kind, count in sorted(left_out.items()):
        if kind == TEXT_BOX and count:
            verb = "was" if count == 1 else "were"
            messages.append(f"{counted(count, kind)} {verb} read as words behind the paragraph beside it.")
        elif kind and count == 1:
            messages.append(f"1 {kind} was left out.")
        elif kind and count:
            messages.append(f"{count} {_PLURALS.get(kind, kind + 's')} were left out.")
    return messages


def cell_text(cell: Cell) -> str:
    r"""Return a cell's text, its paragraphs joined by "\n"."""
    return "\n".join(paragraph.text for paragraph in flat(cell))


def flat(blocks: Iterable[Block]) -> list[Paragraph]:
    """Return all paragraphs in reading order, tables row by row and cell by cell."""
    paragraphs: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            paragraphs.append(block)
        else:
            for row in block.rows:
                for cell in row:
                    paragraphs.extend(flat(cell))
    return paragraphs


def laid_out(blocks: Iterable[Block]) -> list[Paragraph]:
    """Lay tables out as text: a short first cell and the next one become one line, as label and words do."""
    paragraphs: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            paragraphs.append(replace(block, speaker=None))
            continue
        for row in block.rows:
            cells = [cell for cell in row if cell_text(cell).strip()]
            first = flat(cells[0]) if cells else []
            if len(cells) > 1 and len(first) == 1 and len(first[0].text) <= 40:
                second, *rest = flat(cells[1])
                bold = first[0].bold if first[0].bold < len(first[0].text) else len(first[0].text)
                paragraphs.append(Paragraph(f"{first[0].text}\t{second.text}", bold=bold))
                paragraphs += [
                    replace(paragraph, speaker=None) for paragraph in [*rest, *flat_cells(cells[2:])]
                ]
            else:
                paragraphs += [replace(paragraph, speaker=None) for paragraph in laid_out(flat_cells(cells))]
    return paragraphs


def flat_cells(cells: Iterable[Cell]) -> list[Paragraph]:
    """Return the paragraphs of several cells in order."""
    return [paragraph for cell in cells for paragraph in flat(cell)]
