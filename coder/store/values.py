"""What the study hands out: frozen values, so that a page or a table can be made without touching SQL.

`id`s are numbers good in one study file; names (coders, codes, transcripts) and uids are good everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coder.domain import ADJUDICATED as ADJUDICATED  # the owner of adjudicated codings
from coder.domain import Role

Mode = Literal["blind", "commit_first", "assisted"]
Verdict = Literal["accept", "change", "reject", "add", "withdraw", "nothing", "skip", "flag", "unflag"]
State = Literal["open", "coded", "nothing", "rejected", "skipped"]
MODES: tuple[Mode, ...] = ("blind", "commit_first", "assisted")
DECIDED: tuple[State, ...] = ("coded", "nothing", "rejected")  # a coder has decided here
DECIDED_SQL = str(DECIDED)  # the same as a list in SQL
SHORTEST_UID = 8  # characters of a uid that name an act or a transcript well enough
LOTS = 1_000_000


@dataclass(frozen=True, slots=True)
class TranscriptInfo:
    """One transcript in a list. `decided` counts the codable utterances a coder has decided, by coder."""

    id: int
    uid: str
    name: str
    source: str
    version: int
    current: bool
    held_out: bool
    turns: int
    utterances: int  # codable ones
    speakers: tuple[str, ...]
    decided: Mapping[str, int]
    notes: tuple[str, ...]
    added: str


@dataclass(frozen=True, slots=True)
class StudyTurn:
    """A turn of a stored transcript; `role_read` is what the reader thought before anybody corrected it.

    `question` is what it answers where the file says so apart from the talk.
    """

    number: int
    speaker: str | None
    role: Role | None
    role_read: Role | None
    start: int
    end: int
    text: str
    seconds: float | None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class StudyUtterance:
    """An utterance of a stored transcript: `text` equals the transcript's slice from start to end.

    `number` counts from 0 within the transcript; `question` is what its turn answers, else the nearest
    interviewer turn before it;
    `lot` (0..999999) is its place in a random order that is the same in every copy of the study; `written` as in
    the domain.
    """

    id: int
    transcript: int
    number: int
    turn: int
    start: int
    end: int
    text: str
    speaker: str | None
    role: Role | None
    question: str | None
    seconds: float | None
    codable: bool
    lot: int
    written: bool


@dataclass(frozen=True, slots=True)
class StoredSuggestion:
    """A code that a run proposed for an utterance; `selected` ones are shown, others are runners-up.

    `score` is a calibrated probability; `evidence` is one glance long; `model` is the version's label.
    """

    id: int
    utterance: int
    rank: int
    code: str
    polarity: str | None
    score: float
    polarity_score: float | None
    selected: bool
    evidence: str
    run: int
    model: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a run thinks of one utterance, ready to be stored; `codes` best first."""

    utterance: int
    codable: float
    uncertainty: float
    codes: tuple["ProposedCode", ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedCode:
    """One code of a proposal."""

    code: str
    polarity: str | None
    score: float
    polarity_score: float | None
    selected: bool
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict on one utterance; several make one gesture (an act) that is undone as a whole.

    accept      `suggestion` as it is (its code and polarity are taken over)
    change      `suggestion` (or the standing code `instead_of`) to `code` and/or `polarity`
    reject      `suggestion` or `code`: this code does not apply; says nothing of other codes
    add         `code`, with `polarity`
    withdraw    the standing `code`; without a code: the standing "nothing to code"
    nothing     looked at, nothing to code (takes away all codes of this coder here)
    skip        for later; flag, unflag: a mark to come back to
    `span` is the passage the code covers, if not just the utterance (offsets into the transcript).
    `expected` is the `token` of the state that the coder was looking at; None = do not check.
    """

    utterance: int
    verdict: Verdict
    code: str | None = None
    polarity: str | None = None
    suggestion: int | None = None
    instead_of: str | None = None
    span: tuple[int, int] | None = None
    memo: str = ""
    cites: tuple[str, ...] = ()
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a gesture came about.

    `drawn` names the queue that brought the coder there; `seconds` run from seeing to deciding.
    """

    drawn: str = ""
    seconds: float | None = None
    note: str = ""


UNSTATED = Provenance()
ADJUDICATED_ID = 1  # the coder whose codings are the adjudicated


@dataclass(frozen=True, slots=True)
class StandingCode:
    """A code that stands for one coder on one utterance, and the decision that made it stand."""

    code: str
    polarity: str | None
    start: int
    end: int
    verdict: str
    suggestion: int | None
    blind: bool
    memo: str
    act: str
    time: str


@dataclass(frozen=True, slots=True)
class UnitState:
    """Where one coder stands with one utterance. `token` changes with every act that touches it.

    `seen`: the coder had seen a suggestion (or another's coding) before deciding; such units are not blind.
    """

    utterance: int
    coder: str
    state: State
    flagged: bool
    seen: bool
    codes: tuple[StandingCode, ...]
    rejected: tuple[str, ...]
    token: str
    time: str


@dataclass(frozen=True, slots=True)
class OthersCode:
    """A code that stands for another coder on an utterance."""

    coder: str
    code: str
    polarity: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What is on disk after a gesture: its uid (for undo) and the new states of the utterances it touched.

    After undo and redo: `memo` is the memo that was taken back or returned, in its present wording; `what` says what
    else was taken back or done again; `quote` is (utterance, code, whether it is marked as a good quote now);
    `transcript` is the one whose name or roles of speakers are others now, or which was removed or brought back.
    `passed` says of what the coder did since why it has to wait: it was passed over.
    """

    act: str
    states: Mapping[int, UnitState]
    memo: "Memo | None" = None
    what: str = ""
    quote: tuple[int, str, bool] | None = None
    transcript: int | None = None
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActRecord:
    """One line of an utterance's or a coder's history."""

    act: str
    kind: str
    coder: str
    owner: str
    mode: str
    time: str
    seconds: float | None
    undone: bool
    utterance: int | None
    verdict: str | None
    code: str | None
    instead_of: str | None
    polarity: str | None
    suggestion: int | None
    seen: bool
    memo: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActSummary:
    """One gesture in a list: what it did, to how many utterances, whether it stands."""

    act: str
    kind: str
    coder: str
    owner: str
    mode: str
    time: str
    undone: bool
    utterances: int
    what: str


@dataclass(frozen=True, slots=True)
class Memo:
    """A note; `thread` names it through its edits."""

    thread: str
    kind: str
    transcript: int | None
    utterance: int | None
    code: str | None
    coder: str
    text: str
    time: str


@dataclass(frozen=True, slots=True)
class CodebookVersion:
    """One version of the study's codebook, newest first in lists."""

    id: int
    uid: str
    hash: str
    note: str
    coder: str | None
    time: str


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of the study's model; `active` is the one that suggests."""

    id: int
    uid: str
    label: str
    base: str
    card: Mapping[str, object]
    codebook: str
    time: str
    active: bool
    shipped: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """Utterances on which a reader must not see how other people coded: double-coded or coded first."""

    reader: str
    utterances: frozenset[int]

    def holds(self, owner: str, utterance: int) -> bool:
        """Return whether somebody's coding of an utterance is kept from the reader."""
        return owner != self.reader and utterance in self.utterances


@dataclass(frozen=True, slots=True)
class Filters:
    """Which utterances a list or queue takes; everything given must hold.

    `state` is the coder's own; `suggested` a code the machine proposes; `code` one that stands for `coder`
    (or for anybody, if coder is None or `by_anybody`); `text` is searched without regard to case; `attribute` is
    (name, value) of the speaking participant or the transcript; `among` are utterance ids to choose from.
    """

    transcript: int | None = None
    coder: str | None = None
    state: State | None = None
    code: str | None = None
    suggested: str | None = None
    polarity: str | None = None
    flagged: bool | None = None
    speaker: str | None = None
    attribute: tuple[str, str] | None = None
    text: str | None = None
    disagreement: bool = False
    among: tuple[int, ...] | None = None
    codable: bool = True
    by_anybody: bool = False
