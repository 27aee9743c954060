"""Pieces of speech in a text, and spans for all that is something else."""

from collections import Counter
from dataclasses import dataclass, field, replace

from coder.domain import Span

EDGE = " \t\r\n\x0b\x0c\x1c\x1d\x1e\x85\xa0\u202f\u2028\u2029\ufeff\x1a"


@dataclass(frozen=True, slots=True)
class Piece:
    """Somebody's words: their place in the text, who says them, when they begin (seconds), whether all bold."""

    start: int
    end: int
    speaker: str | None
    time: float | None = None
    bold: bool = False


@dataclass(slots=True)
class Reading:
    """Pieces and spans in the order of the text; `opening` = the next words begin a new piece.

    `left_out` counts what was marked as nobody's speech, by kind, also where the text was written anew.
    """

    pieces: list[Piece] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    opening: bool = True
    pending: float | None = None
    left_out: Counter[str] = field(default_factory=Counter)

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
            self.pieces[-1] = replace(before, end=end, bold=before.bold and piece.bold)
        else:
            self.pieces.append(replace(piece, start=start, end=end))
        self.opening = False
        return True
