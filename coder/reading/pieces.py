"""Pieces of speech in a document's lines, and spans for all that is something else."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coder.domain import Span
from coder.reading.labels import Candidate
from coder.reading.lines import Line
from coder.reading.paragraphs import is_wrapped
from coder.reading.stamps import trailing_stamp

EDGE = " \t\r\n\x0b\x0c\x1c\x1d\x1e\x85\xa0\u202f\u2028\u2029\ufeff\x1a"
_DASH = re.compile(r"\s*[-–—]\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Somebody's words: their place in the text, who says them, when they begin (seconds)."""

    start: int
    end: int
    speaker: str | None
    time: float | None = None
    bold: bool = False


@dataclass(slots=True)
class Reading:
    """Pieces and spans in the order of the text."""

    pieces: list[Piece] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    opening: bool = True
    pending: float | None = None

    def mark(self, start: int, end: int, kind: str) -> None:
        """Note a span that is nobody's speech; the words behind it begin a new piece."""
        if start < end:
            self.spans.append(Span(start, end, kind))
        self.opening = True

    def say(self, text: str, piece: Piece) -> bool:
        """Add words, to the piece before if nothing came between; return False when there are none."""
        words = text[piece.start : piece.end]
        start = piece.start + len(words) - len(words.lstrip(EDGE))
        end = piece.start + len(words.rstrip(EDGE))
        if start >= end:
            return False
        before = self.pieces[-1] if self.pieces else None
        if before and not self.opening and piece.time is None and before.speaker == piece.speaker:
            self.pieces[-1] = replace(before, end=end, bold=before.bold and piece.bold)
        else:
            self.pieces.append(replace(piece, start=start, end=end))
        self.opening = False
        return True


def read_lines(
    text: str, lines: Sequence[Line], labels: dict[int, Candidate], header: int, *, running: bool
) -> Reading:
    """Read the lines as turns of the speakers in `labels` (line index -> label), or as paragraphs if it is empty.

    `header` lines at the top are nobody's speech; nor are lines before the first label, except in `running`
    documents, whose first cues may lack a name.
    """
    start = _first_spoken(lines, labels, header, running=running)
    names = _names(labels)
    breaks = _breaks(lines, start, labelled=bool(labels))
    dashes = not labels and _has_dashes(lines[start:])
    reading = Reading()
    speaker: str | None = None
    time: float | None = None
    for number, line in enumerate(lines):
        kind = _kind(line, number, labels, start)
        if line.blank or kind:
            if kind:
                reading.mark(line.start, line.end, kind)
            reading.opening = True
            continue
        label = labels.get(number)
        words = line.start + (label.words_start if label else line.lead.end if line.lead.stamp else 0)
        if label:
            speaker, time = names[label.key], _first_known(label.time, line.time, time)
            reading.mark(line.start, words, "label")
        elif line.lead.stamp:
            time = line.lead.stamp.seconds
            reading.mark(line.start, words, "time")
        else:
            reading.opening = reading.opening or number in breaks
            time = _first_known(line.time, time)
        if dashes and (dash := _DASH.match(line.text)):
            reading.mark(line.start, line.start + dash.end(), "dash")
            words = line.start + dash.end()
        time = _say_line(reading, text, line, words, speaker, time)
    return reading


def _first_spoken(lines: Sequence[Line], labels: dict[int, Candidate], header: int, *, running: bool) -> int:
    """Return the line at which the header ends: the first label, and a time above it."""
    if running or not labels:
        return header
    start = max(header, min(labels))
    while start > header and lines[start - 1].only_stamp:
        start -= 1
    return start


def _say_line(
    reading: Reading, text: str, line: Line, words: int, speaker: str | None, time: float | None
) -> float | None:
    """Add a line's words without the stamp at its end; return the time that still waits for its words."""
    closing = trailing_stamp(line.text[words - line.start :])
    end = words + closing.start if closing else line.end
    if time is None and reading.opening:
        time = reading.pending
    said = reading.say(text, Piece(words, end, speaker, time, _is_bold(line)))
    if closing:
        reading.mark(end, line.end, "time")
        # A stamp behind a paragraph tells when the next one begins.
        reading.pending = closing.seconds
    elif said:
        reading.pending = None
    return None if said else time


def _is_bold(line: Line) -> bool:
    """Tell whether all of a line is bold, by its format or by Markdown."""
    whole = line.text.strip()
    marked = len(whole) > 4 and whole.startswith("**") and whole.find("**", 2) == len(whole) - 2
    return marked or (line.first and 0 < len(line.paragraph.text.rstrip()) <= line.paragraph.bold)


def _first_known(*times: float | None) -> float | None:
    return next((time for time in times if time is not None), None)


def _kind(line: Line, number: int, labels: dict[int, Candidate], start: int) -> str:
    """Return the kind of a line that holds no speech at all, else an empty string."""
    if line.blank or line.kind or number in labels:
        return line.kind
    if number < start:
        return "header"
    return "heading" if line.heading and not line.only_stamp else ""


def _names(labels: dict[int, Candidate]) -> dict[str, str]:
    """Return for each key the commonest spelling of its label."""
    spellings: dict[str, Counter[str]] = {}
    for label in labels.values():
        spellings.setdefault(label.key, Counter())[label.label] += 1
    return {key: counts.most_common(1)[0][0] for key, counts in spellings.items()}


def _breaks(lines: Sequence[Line], start: int, *, labelled: bool) -> frozenset[int]:
    """Return the lines that begin a new paragraph although no blank line precedes them."""
    spoken = [line.text for line in lines[start:] if not line.blank and not line.kind]
    if labelled or is_wrapped(spoken):
        return frozenset(number for number, line in enumerate(lines) if line.after_gap)
    return frozenset(number for number, line in enumerate(lines) if line.first)


def _has_dashes(lines: Sequence[Line]) -> bool:
    """Tell whether most lines open with the dash of written dialogue."""
    spoken = [line for line in lines if not line.blank and not line.kind]
    return len(spoken) >= 2 and sum(bool(_DASH.match(line.text)) for line in spoken) >= 0.6 * len(spoken)
