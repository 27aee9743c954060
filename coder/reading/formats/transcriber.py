"""Read Transcriber files (.trs): each turn with its speakers, cut where several speak at once."""

import re
from collections import Counter
from collections.abc import Iterator

from coder.errors import FormatError
from coder.phrasing import counted
from coder.reading.clock import seconds_in
from coder.reading.document import Document, Paragraph
from coder.reading.safety.containers import Event, Node, events_of, subtree
from coder.reading.safety.content import Budget, advice_on

# Every file names the form of its XML so, and the name is all there is: whatever defines anything is refused.
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+Trans\s+SYSTEM\s+[\"'][\w./:-]{1,100}[\"']\s*>")
_HEAD = 2048
_KINDS = {
    "Event": ("event (a noise, a pronunciation)", "events (noises, pronunciations)"),
    "Comment": ("comment", "comments"),
}


def read(data: bytes, name: str) -> Document:
    """Read a .trs file in the order of its turns, their words with the times of the marks before them.

    Raises FormatError when it is no .trs file or has no words, UnsafeFileError as `xml_events` does.
    """
    head = _DOCTYPE.sub(b"", data[:_HEAD], count=1)
    if b"<Trans" not in head:
        raise FormatError(f"{name}: this is not a Transcriber file (.trs). {advice_on(data)}")
    left_out: Counter[str] = Counter()
    paragraphs = tuple(_paragraphs(events_of(head + data[_HEAD:], name), name, left_out))
    if not paragraphs:
        raise FormatError(
            f"{name}: no turn with words was found. Is it a Transcriber file (.trs) with text in it?"
        )
    notes = tuple(f"{counted(count, *_KINDS[kind])} left out." for kind, count in left_out.items())
    return Document("trs", paragraphs, labelled=True, running=True, notes=notes)


def _paragraphs(events: Iterator[Event], name: str, left_out: Counter[str]) -> Iterator[Paragraph]:
    budget = Budget(name)
    names: dict[str, str] = {}
    for kind, tag, attributes in events:
        if kind != "start":
            continue
        if tag == "Speaker":
            budget.spend(0, 1)
            names[attributes.get("id", "")] = " ".join(attributes.get("name", "").split())
        elif tag == "Turn":
            voices = [names.get(one) or one for one in attributes.get("speaker", "").split()]
            for paragraph in _turn(subtree(events, tag, attributes, name), voices, left_out):
                budget.spend(len(paragraph.text), 1)
                yield paragraph


def _turn(turn: Node, voices: list[str], left_out: Counter[str]) -> Iterator[Paragraph]:
    """Yield the words of a turn by mark; the number in "Who" says which of its speakers goes on."""
    speaker = voices[0] if voices else None
    time = seconds_in(turn.attributes.get("startTime", ""))
    for child in turn.children:
        if isinstance(child, str):
            words = " ".join(child.split())
            if words:
                yield Paragraph(words, speaker, time)
        elif child.tag == "Sync":
            time = seconds_in(child.attributes.get("time", ""))
        elif child.tag == "Who":
            number = child.attributes.get("nb", "")
            speaker = voices[int(number) - 1] if number in map(str, range(1, len(voices) + 1)) else None
        elif child.tag in _KINDS and child.attributes.get("extent") != "end":
            left_out[child.tag] += 1
