"""Words of speakers written anew as the text of a transcript, where the file's own text is not one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coder.reading.speakers.lines import ends_sentence
from coder.reading.speakers.pieces import Piece, Reading

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
        spoken = re.sub(r"\s*\n\s*", " ", item.text) if joined else item.text
        if not spoken:
            continue
        last = reading.pieces[-1] if reading.pieces and not reading.opening else None
        goes_on = not (item.kind or item.opens) and last is not None and last.speaker == item.speaker
        if joined and goes_on and last is not None and not _is_full(parts, last):
            write(" ")
            write(spoken)
            reading.pieces[-1] = Piece(last.start, length, last.speaker, last.time)
            continue
        if parts:
            write("\n\n")
        if item.kind:
            start = write(spoken)
            reading.mark(start, length, item.kind)
            continue
        if item.speaker:
            start = write(f"{item.speaker}: ")
            reading.mark(start, length, "label")
        start = write(spoken)
        reading.pieces.append(Piece(start, length, item.speaker, item.time, question=item.question))
        reading.opening = False
    return "".join(parts), reading


def _is_full(parts: Sequence[str], piece: Piece) -> bool:
    """Tell whether a joined turn is long enough (at about six characters a word) and ends with a sentence."""
    return piece.end - piece.start > 6 * _LONG_RUN and ends_sentence(parts[-1])
