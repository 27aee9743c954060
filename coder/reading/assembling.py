"""Make a Transcript of a Document: learn the speakers, cut the turns, account for every other character."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from coder.domain import Span, Transcript, Turn
from coder.errors import FormatError
from coder.reading.document import Document
from coder.reading.headers import Header, header_of
from coder.reading.lines import Line, lines_of, text_of
from coder.reading.pieces import EDGE, Piece, Reading, read_lines
from coder.reading.roles import assign_roles, assign_roles_by_print
from coder.reading.speakers import learn_labels

_SENTENCE_END = re.compile(r"[.?!…][)\]\"'”’»]*$")
# Cues of one speaker are joined to turns of about this many words, so that a turn keeps a useful time.
_LONG_RUN = 80
_KINDS = {
    "header": ("header line", "header lines"),
    "title": ("title line", "title lines"),
    "heading": ("heading", "headings"),
    "page": ("page number", "page numbers"),
    "border": ("line about the recording", "lines about the recording"),
}


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that will be rendered; `kind` is set when nobody said them."""

    text: str
    speaker: str | None
    time: float | None = None
    kind: str = ""


def assemble(document: Document, name: str, data: bytes, interviewer: Sequence[str] = ()) -> Transcript:
    """Return the transcript that a document holds.

    `name` is the file's name, `data` its bytes (for the hash), `interviewer` the labels to take for
    interviewers whatever the words say. Raises FormatError when nobody says anything, InputError for an
    interviewer label that the file does not have.
    """
    text, reading, header = _labelled(document) if document.labelled else _learned(document)
    if not reading.pieces:
        raise FormatError(f"{name} holds no speech: there are no words beside names, times and headings.")
    turns = [
        Turn(index, piece.speaker, None, piece.start, piece.end, piece.time)
        for index, piece in enumerate(reading.pieces)
    ]
    furniture = tuple(_furniture(reading, len(text)))
    role_notes: list[str] = []
    if document.answers:
        turns = [replace(turn, role="participant") for turn in turns]
    elif any(turn.speaker for turn in turns):
        turns, role_notes = assign_roles(turns, text, header.interviewers, interviewer, name)
    else:
        bold = frozenset(index for index, piece in enumerate(reading.pieces) if piece.bold)
        turns, role_notes = assign_roles_by_print(turns, text, bold, interviewer, name)
    return Transcript(
        id=PurePath(name).stem,
        name=name,
        text=text,
        turns=tuple(turns),
        furniture=furniture,
        format=document.format,
        encoding=document.encoding,
        source_hash=hashlib.sha256(data).hexdigest(),
        notes=(*document.notes, *_notes(reading), *role_notes),
    )


def _learned(document: Document) -> tuple[str, Reading, Header]:
    """Read a document whose speakers must be learned from its line starts."""
    text, lines = text_of(document), lines_of(document)
    header = header_of(lines, _repeated(lines))
    labels = learn_labels(lines, header.lines)
    reading = read_lines(text, lines, labels, header.lines, running=document.running)
    if document.running:
        words = [_Words(text[piece.start : piece.end], piece.speaker, piece.time) for piece in reading.pieces]
        text, reading = _rendered(words, joined=True)
    return text, reading, header


def _labelled(document: Document) -> tuple[str, Reading, Header]:
    """Read a document whose format names the speakers."""
    words = [
        _Words(
            paragraph.text.strip(EDGE),
            (paragraph.speaker or "").strip(EDGE) or None,
            paragraph.time,
            paragraph.kind,
        )
        for paragraph in document.paragraphs
    ]
    text, reading = _rendered(words, joined=document.running)
    return text, reading, Header(0, frozenset())


def _repeated(lines: Iterable[Line]) -> frozenset[str]:
    counts = Counter(key for line in lines for key in {candidate.key for candidate in line.candidates})
    return frozenset(key for key, count in counts.items() if count >= 2)


def _rendered(words: Iterable[_Words], *, joined: bool) -> tuple[str, Reading]:
    """Write a text of `Name: words` paragraphs; with `joined`, neighbours of one speaker become one."""
    parts: list[str] = []
    reading = Reading()
    length = 0

    def write(piece: str) -> int:
        nonlocal length
        parts.append(piece)
        length += len(piece)
        return length - len(piece)

    for item in words:
        said = re.sub(r"\s*\n\s*", " ", item.text) if joined else item.text
        if not said:
            continue
        last = reading.pieces[-1] if reading.pieces and not reading.opening else None
        if joined and not item.kind and last and last.speaker == item.speaker and not _is_full(parts, last):
            write(" ")
            write(said)
            reading.pieces[-1] = Piece(last.start, length, last.speaker, last.time)
            continue
        if parts:
            write("\n\n")
        if item.kind:
            start = write(said)
            reading.mark(start, length, item.kind)
            continue
        if item.speaker:
            start = write(f"{item.speaker}: ")
            reading.mark(start, length, "label")
        start = write(said)
        reading.pieces.append(Piece(start, length, item.speaker, item.time))
        reading.opening = False
    return "".join(parts), reading


def _is_full(parts: Sequence[str], piece: Piece) -> bool:
    """Tell whether a joined turn is long enough (at about six characters a word) and ends with a sentence."""
    return piece.end - piece.start > 6 * _LONG_RUN and bool(_SENTENCE_END.search(parts[-1]))


def _furniture(reading: Reading, length: int) -> Iterator[Span]:
    """Yield named spans and gaps that together with the pieces cover the text exactly once."""
    position = 0
    taken = [(piece.start, piece.end, "") for piece in reading.pieces]
    for start, end, kind in sorted([*taken, *((span.start, span.end, span.kind) for span in reading.spans)]):
        if position < start:
            yield Span(position, start, "gap")
        if kind:
            yield Span(start, end, kind)
        position = end
    if position < length:
        yield Span(position, length, "gap")


def _notes(reading: Reading) -> list[str]:
    """Say what was not taken for speech, and when no speaker was found."""
    counts = Counter(span.kind for span in reading.spans)
    notes = [
        f"{counts[kind]} {one if counts[kind] == 1 else many} not taken as speech."
        for kind, (one, many) in _KINDS.items()
        if counts[kind]
    ]
    if not any(piece.speaker for piece in reading.pieces):
        notes.append("No speaker labels were found: each paragraph is a turn without a speaker.")
    return notes
