"""Pieces of speech in a text, spans for all that is something else, and texts written anew from pieces."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from coder.domain import Span
from coder.reading.speakers.lines import ends_sentence

EDGE = " \t\r\n\x0b\x0c\x1c\x1d\x1e\x85\xa0\u202f\u2028\u2029\ufeff\x1a"


@dataclass(frozen=True, slots=True)
class Piece:
    """Somebody's words: their place in the text, who says them, when they begin (seconds), how all is printed.

    `opens`: a mark in the file (">>") says that somebody else begins here.
    """

    start: int
    end: int
    speaker: str | None
    time: float | None = None
    look: frozenset[str] = frozenset()
    opens: bool = False
    question: str | None = None


@dataclass(slots=True)
class Reading:
    """Pieces and spans in the order of the text; `opening` = the next words begin a new piece.

    `turning` = a mark says that somebody else speaks next.

    `left_out` counts what was marked as nobody's speech, by kind, also where the text was written anew.
    `inner_stamps` are the places of time stamps in the middle of sentences, `quotes` (kind, beginning) of lines
    left out that could be speech.
    """

    pieces: list[Piece] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    opening: bool = True
    turning: bool = False
    pending: float | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    inner_stamps: list[tuple[int, int]] = field(default_factory=list)
    quotes: list[tuple[str, str]] = field(default_factory=list)

    def mark(self, start: int, end: int, kind: str) -> None:
        """Note a span that is nobody's speech; the words behind it begin a new piece."""
        if start < end:
            self.spans.append(Span(start, end, kind))
            self.left_out[kind] += 1
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
            self.pieces[-1] = replace(before, end=end, look=before.look & piece.look)
        else:
            self.pieces.append(replace(piece, start=start, end=end, opens=self.turning))
        self.opening = self.turning = False
        return True


# Cues of one speaker are joined to turns of about this many words, so that a turn keeps a useful time.
_LONG_RUN = 80


@dataclass(frozen=True, slots=True)
class Words:
    """Words to be written; `kind` is set when nobody said them, `opens` when a mark says that a turn begins."""

    text: str
    speaker: str | None
    time: float | None = None
    kind: str = ""
    opens: bool = False
    question: str | None = None


def rendered(words: Iterable[Words], *, joined: bool) -> tuple[str, Reading]:
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
        goes_on = not (item.kind or item.opens) and last is not None and last.speaker == item.speaker
        if joined and goes_on and last is not None and not _is_full(parts, last):
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
        reading.pieces.append(Piece(start, length, item.speaker, item.time, question=item.question))
        reading.opening = False
    return "".join(parts), reading


def _is_full(parts: Sequence[str], piece: Piece) -> bool:
    """Tell whether a joined turn is long enough (at about six characters a word) and ends with a sentence."""
    return piece.end - piece.start > 6 * _LONG_RUN and ends_sentence(parts[-1])
