"""Write a text of `Name: words` paragraphs for documents that have none of their own, such as cues and tables."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coder.reading.formats.paragraphs import ends_sentence
from coder.reading.speakers.pieces import Piece, Reading

# Cues of one speaker are joined to turns of about this many words, so that a turn keeps a useful time.
_LONG_RUN = 80


@dataclass(frozen=True, slots=True)
class Words:
    """Words to be written; `kind` is set when nobody said them."""

    text: str
    speaker: str | None
    time: float | None = None
    kind: str = ""


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
    return piece.end - piece.start > 6 * _LONG_RUN and ends_sentence(parts[-1])
