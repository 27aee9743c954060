"""The values that flow through `coder`: frozen, without behaviour beyond looking at themselves.

Offsets are Python code points into the transcript's normalised text (LF line ends, no BOM), end exclusive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Role = Literal["interviewer", "participant"]
Polarity = Literal["barrier", "facilitator", "mixed"]
Unit = Literal["utterance", "turn", "row"]

POLARITIES: tuple[Polarity, ...] = ("barrier", "facilitator", "mixed")
# Whose adjudicated codings are, in studies and in the files they are exported to. No person bears this name.
ADJUDICATED = "adjudicated"
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


def one_polarity(given: Iterable[str | None]) -> str | None:
    """Return what several polarities come to: "mixed" where they differ, None where there is none."""
    different = {polarity for polarity in given if polarity}
    return "mixed" if len(different) > 1 else next(iter(different), None)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a transcript's text that is not a turn's words: a label, time stamp, header or gap."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's words between two changes of speaker; `time` is seconds into the recording.

    `question` is what the turn answers where the file says so apart from the talk (a survey's heading).
    """

    index: int
    speaker: str | None
    role: Role | None
    start: int
    end: int
    time: float | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript as read: its text never changes; turns and furniture together cover every character.

    `notes` say what was left out, guessed or joined; `doubts` are those of them that a person should look at.
    `written`: the turns are answers that people wrote (a survey's), not talk.
    """

    id: str
    name: str
    text: str
    turns: tuple[Turn, ...]
    furniture: tuple[Span, ...] = ()
    format: str = "txt"
    encoding: str | None = None
    source_hash: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    written: bool = False

    def words_of(self, turn: Turn) -> str:
        """Return the turn's text, without speaker label and time stamp."""
        return self.text[turn.start : turn.end]


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person said about how one file is to be read, applied whenever it is read again.

    `interviewers`, `participants`: speaker labels with their role; `speakers`: line starts that are labels
    although they were not taken for any; `not_speakers`: labels that are words, or headings; `speech`: lines
    that somebody said although they were left out, each given by its beginning (60 characters are enough).
    Labels compare without regard to case, accents and signs.
    """

    interviewers: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    not_speakers: tuple[str, ...] = ()
    speech: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """The unit that is coded and compared; `text` equals the transcript's slice from start to end.

    `codable` is False for interviewer turns and backchannels ("mm", "yeah, yeah"): kept, never suggested.
    `question` is what its turn answers, else the text of the nearest preceding interviewer turn. `written`: it is
    (part of) an answer that somebody wrote, not talk.
    """

    id: str
    transcript: str
    index: int
    turn: int
    start: int
    end: int
    text: str
    speaker: str | None = None
    role: Role | None = None
    question: str | None = None
    time: float | None = None
    codable: bool = True
    written: bool = False


@dataclass(frozen=True, slots=True)
class SuggestionFate:
    """What became of the suggestions of one code; `waiting` ones nobody has answered."""

    code: str
    accepted: int
    changed: int
    rejected: int
    waiting: int

    @property
    def answered(self) -> int:
        """How many somebody decided on."""
        return self.accepted + self.changed + self.rejected

    @property
    def acceptance(self) -> float | None:
        """The share of the answered ones that was accepted unchanged; None if none was answered."""
        return self.accepted / self.answered if self.answered else None
