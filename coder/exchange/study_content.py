"""What a study holds, in the form that every export is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coder.codebook import Codebook

Drafts = Literal["omit", "user", "branch"]
PolarityAs = Literal["leaf", "branch"]
Facts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """A transcript: its text, facts about it, and who speaks in it (speaker's label -> participant).

    `written`: its turns are written answers, not talk.
    """

    uid: str
    name: str
    text: str
    added: str
    facts: Facts = field(default_factory=dict)
    participants: Mapping[str, str] = field(default_factory=dict)
    turns: tuple["TurnContent", ...] = ()
    written: bool = False


@dataclass(frozen=True, slots=True)
class TurnContent:
    """One speaker's words; `start` and `end` are places in the document's text."""

    number: int
    start: int
    end: int
    speaker: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One code that one coder gave to a stretch of text; `utterances` are the numbers of those it covers.

    `confidence` and `model` are those of the suggestion that was confirmed, or, of a draft, of the suggestion itself.
    An empty `code` says that the coder looked at the utterance and found nothing to code.
    """

    document: str
    start: int
    end: int
    code: str
    polarity: str | None
    coder: str
    time: str = ""
    memo: str = ""
    confidence: float | None = None
    model: str | None = None
    draft: bool = False
    turn: int = 0
    utterances: tuple[int, ...] = ()
    speaker: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class MemoContent:
    """A memo about a transcript (`document`, its uid), a place in it, or a code (its id); `about` says it."""

    uid: str
    coder: str
    time: str
    text: str
    about: str
    document: str | None = None
    start: int | None = None
    end: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class StudyContent:
    """A study: its documents, passages that stand, unconfirmed suggestions (`drafts`), and facts about people.

    `units` has, by document, where each utterance lies; `cut` says how many passages are parts of longer ones.
    """

    uid: str
    name: str
    created: str
    codebook: Codebook
    documents: tuple[DocumentContent, ...]
    passages: tuple[Passage, ...]
    drafts: tuple[Passage, ...] = ()
    people: Mapping[str, Facts] = field(default_factory=dict)
    memos: tuple[MemoContent, ...] = ()
    units: Mapping[str, Mapping[int, tuple[int, int]]] = field(default_factory=dict)
    cut: int = 0

    @property
    def coded(self) -> tuple[Passage, ...]:
        """The passages with a code."""
        return tuple(item for item in self.passages if item.code)

    @property
    def codings(self) -> int:
        """How many codings the passages are: utterances with a code of one coder."""
        return len(
            {(item.document, key, item.code, item.coder) for item in self.coded for key in item.utterances}
        )

    @property
    def coders(self) -> tuple[str, ...]:
        """Those who coded, in order of name."""
        return tuple(sorted({item.coder for item in self.passages}))
