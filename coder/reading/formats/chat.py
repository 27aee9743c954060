r"""Read CHAT transcripts (.cha, of TalkBank and CHILDES): "*PAR:" lines with their continuations.

Headers (@...) and dependent tiers (%mor and others) are counted and left out; codes within the words stay.
"""

import re
from collections import Counter

from coder.errors import FormatError
from coder.phrasing import counted
from coder.reading.document import Document, Paragraph
from coder.reading.safety.content import Budget, decode

# Bullets: \x15start_end\x15 in milliseconds, in older files with the recording's name before them.
_BULLET = re.compile(r"\s*\x15(?:[^\x15]*?\D)?(\d{1,12})_\d{1,12}\x15")
_CONTINUED = re.compile(r"\n[\t ]+")
_LINE = re.compile(r"\*([^:\s]{1,20}):[\t ]*(.*)")
_PARTICIPANT = re.compile(r"\s*(\w{1,10})\s+(.*)")


def read(data: bytes, name: str) -> Document:
    """Read a CHAT file; raises FormatError when no speaker's line is in it."""
    decoded = decode(data, name)
    budget = Budget(name)
    paragraphs: list[Paragraph] = []
    left_out: Counter[str] = Counter()
    names: dict[str, str] = {}
    for line in _CONTINUED.sub(" ", decoded.text.lstrip("\ufeff")).split("\n"):
        budget.spend(len(line), 1)
        spoken = _LINE.fullmatch(line)
        if spoken:
            paragraphs.append(_paragraph(spoken[1], spoken[2]))
        elif line.startswith("@"):
            left_out["header line"] += 1
            names |= _participants(line)
        elif line.startswith("%"):
            left_out["dependent tier"] += 1
    if not any(paragraph.text for paragraph in paragraphs):
        raise FormatError(
            f"{name}: no line of a speaker (*PAR: ...) was found, so this is no CHAT transcript. "
            "Rename it to end in .txt if it is a transcript of another kind."
        )
    notes = [f"{counted(count, kind)} left out." for kind, count in left_out.items()]
    if names:
        notes.append("Speakers: " + "; ".join(f"{code} = {who}" for code, who in names.items()) + ".")
    said = tuple(paragraph for paragraph in paragraphs if paragraph.text)
    return Document("cha", said, decoded.encoding, labelled=True, notes=(*decoded.notes, *notes))


def _paragraph(speaker: str, words: str) -> Paragraph:
    bullet = _BULLET.search(words)
    time = int(bullet[1]) / 1000 if bullet else None
    return Paragraph(_BULLET.sub("", words).replace("\x15", "").strip(), speaker, time)


def _participants(line: str) -> dict[str, str]:
    """Read "@Participants: PAR Participant, INV Investigator"."""
    if not line.startswith("@Participants:"):
        return {}
    pairs = (_PARTICIPANT.fullmatch(part.strip()) for part in line.partition(":")[2].split(","))
    return {pair[1]: pair[2].strip() for pair in pairs if pair}
