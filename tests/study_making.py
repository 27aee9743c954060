"""Small studies for tests: transcripts from lines of speech, without readers or the segmenter."""

import contextlib
import hashlib
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from coder.codebook import Code, Codebook
from coder.domain import Span, Transcript, Turn, Utterance
from coder.store import Study
from coder.store.connection import new_uid
from coder.store.database import make_private
from coder.store.values import Mode, StoredSuggestion
from coder.workflow.review.session import ReviewSession

CODEBOOK = Codebook(
    name="weather",
    codes=(
        Code("rain", "Rain", "water from above"),
        Code("sun", "Sun", "light and warmth"),
        Code("wind", "Wind", "moving air"),
    ),
)
TALK = """\
I: What was the weather like?
P: It rained all day. The sun came later. Mm.
I: And at night?
P: Wind, only wind. It took the roof off. We laughed.
"""


def ticking(start: str = "2026-01-01T09:00:00") -> "Ticking":
    return Ticking(datetime.fromisoformat(start).replace(tzinfo=UTC))


class Ticking:
    """A clock that moves a second at each look."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def transcript(name: str, talk: str = TALK) -> Transcript:
    turns, furniture, position = [], [], 0
    for index, line in enumerate(talk.splitlines(keepends=True)):
        speaker = line.split(":")[0]
        start, end = position + len(speaker) + 2, position + len(line.rstrip("\n"))
        furniture += [Span(position, start, "label"), Span(end, position + len(line), "gap")]
        role: Literal["interviewer", "participant"] = "interviewer" if speaker == "I" else "participant"
        turns.append(Turn(index, speaker, role, start, end, None))
        position += len(line)
    source = hashlib.sha256(talk.encode()).hexdigest()
    return Transcript(name, f"{name}.txt", talk, tuple(turns), tuple(furniture), source_hash=source)


def cut(read: Transcript) -> list[Utterance]:
    return list(_sentences(read))


def _sentences(read: Transcript) -> Iterator[Utterance]:
    index = 0
    for turn in read.turns:
        for found in re.finditer(r"[^\s.?][^.?]*[.?]?", read.text[turn.start : turn.end]):
            start, end = turn.start + found.start(), turn.start + found.end()
            text = read.text[start:end]
            yield Utterance(
                f"{read.id}:{index}", read.id, index, turn.index, start, end, text, codable=text != "Mm."
            )
            index += 1


def add_talk(study: Study, name: str, talk: str = TALK) -> int:
    read = transcript(name, talk)
    return study.texts.add(read, cut(read), source=f"{name}.txt")


def small_study(path: Path, *names: str) -> Study:
    """A study with coders Ann and Ben; transcripts differ by a line that names them."""
    content, now = _small(*names)
    put_study(path, content)
    return Study.open(path, clock=Ticking(now))


@cache
def _small(*names: str) -> tuple[bytes, datetime]:
    clock = ticking()

    def make(path: Path) -> None:
        with Study.create(path, CODEBOOK, clock=clock) as study:
            study.people.add_coder("Ann")
            study.people.add_coder("Ben")
            for name in names:
                add_talk(study, name, TALK + f"P: My name is {name}.\n")

    return study_file(make), clock.now


def study_file(make: Callable[[Path], None]) -> bytes:
    """Return the file of a study, to be put in many places: making it takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.coder"
        make(path)
        return path.read_bytes()


def put_study(path: Path, content: bytes) -> None:
    """Write the file of a study, and make it a study of its own."""
    make_private(path)
    path.write_bytes(content)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE study SET uid = ?, name = ?", (new_uid(), path.stem))


def shown(study: Study, coder: str, mode: Mode, utterances: list[int]) -> dict[int, list[StoredSuggestion]]:
    """What the review page shows a coder of the machine; it counts as seen."""
    units = ReviewSession(study).units(coder, list(study.texts.by_id(utterances).values()), mode)
    return {unit.utterance.id: list(unit.suggestions) for unit in units}
