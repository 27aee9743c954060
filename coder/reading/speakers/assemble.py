"""Make a Transcript of a Document: learn the speakers, cut the turns, account for every other character."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from coder.domain import Span, Transcript, Turn
from coder.errors import FormatError
from coder.reading.document import Document
from coder.reading.speakers.header import Header, header_of
from coder.reading.speakers.learn import learn_labels
from coder.reading.speakers.lines import Line, ends_sentence, lines_of, text_of
from coder.reading.speakers.linewise import read_lines
from coder.reading.speakers.pieces import EDGE, Reading, Words, rendered
from coder.reading.speakers.roles import assign_roles, assign_roles_by_print

_KINDS = {
    "header": ("header line", "header lines"),
    "title": ("title line", "title lines"),
    "heading": ("heading", "headings"),
    "page": ("page number", "page numbers"),
    "footer": ("line below the talk", "lines below the talk"),
    "border": ("line about the recording", "lines about the recording"),
}


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
    joined = document.running or _runs_on(reading, text)
    if joined:
        words = [Words(text[piece.start : piece.end], piece.speaker, piece.time) for piece in reading.pieces]
        left_out = reading.left_out
        text, reading = rendered(words, joined=True)
        reading.left_out = left_out
        if not document.running:
            reading.left_out["cue"] = len(words)
    return text, reading, header


def _runs_on(reading: Reading, text: str) -> bool:
    """Tell whether timed lines are a recogniser's cues, which break off anywhere, not people's paragraphs."""
    timed = sum(piece.time is not None for piece in reading.pieces)
    broken = sum(not ends_sentence(text[piece.start : piece.end]) for piece in reading.pieces[:-1])
    return (
        len(reading.pieces) > 2 and timed >= 0.8 * len(reading.pieces) and broken >= 0.3 * len(reading.pieces)
    )


def _labelled(document: Document) -> tuple[str, Reading, Header]:
    """Read a document whose format names the speakers."""
    words = [
        Words(
            paragraph.text.strip(EDGE),
            (paragraph.speaker or "").strip(EDGE) or None,
            paragraph.time,
            paragraph.kind,
        )
        for paragraph in document.paragraphs
    ]
    text, reading = rendered(words, joined=document.running)
    return text, reading, Header(0, frozenset())


def _repeated(lines: Iterable[Line]) -> frozenset[str]:
    counts = Counter(key for line in lines for key in {candidate.key for candidate in line.candidates})
    return frozenset(key for key, count in counts.items() if count >= 2)


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
    counts = reading.left_out
    notes = [
        f"{counts[kind]} {one if counts[kind] == 1 else many} not taken as speech."
        for kind, (one, many) in _KINDS.items()
        if counts[kind]
    ]
    if counts["cue"]:
        notes.append(f"{counts['cue']} timed lines were joined to sentences; the times inside are left out.")
    if not any(piece.speaker for piece in reading.pieces):
        notes.append("No speaker labels were found: each paragraph is a turn without a speaker.")
    return notes
