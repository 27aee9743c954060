"""What the review page looks at: a transcript with one coder's coding, and what that coder may see of the machine.

A `ReviewSession` holds one open study. Texts never change, so they are kept in memory; roles are read again
whenever a whole page is opened (`refresh`).

Which suggestions a coder may see is decided here alone. Modes: `blind` shows none; `commit_first` shows them once
the coder has decided on the utterance; `assisted` shows them at once, except on a fixed random share of utterances
(setting `blind_share`, a tenth unless changed) that is coded first, like commit_first. What is shown is recorded
as exposure, so agreement can tell blind units.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock

from coder.codebook import Codebook
from coder.errors import NotFoundError
from coder.store import Study
from coder.store.queries import deciders_in, homes_of
from coder.store.values import DECIDED, LOTS, Filters, State, Withheld
from coder.workflow.review.readable_memos import MemoSight
from coder.workflow.study.double_coding import double_coding
from coder.workflow.study.open import (
    Memo,
    Mode,
    OthersCode,
    StoredSuggestion,
    StudyTurn,
    StudyUtterance,
    UnitState,
)

BLIND_SHARE = 0.10


def default_mode(study: Study, coder: str) -> Mode:
    """Return the mode a coder starts in: blind for whoever comes second, else assisted."""
    others = [figures for figures in study.figures().coders if figures.coder != coder and figures.decided]
    return "blind" if others else "assisted"


def blind_share(study: Study) -> float:
    """Return the share of utterances (0..1) whose suggestion stays hidden until coded, also when assisted."""
    return float(study.settings.get("blind_share", str(BLIND_SHARE)))


def is_hidden(mode: Mode, state: UnitState, lot: int, share: float, polar: bool) -> bool:
    """Return whether a coder must not see the machine's view of an utterance.

    Where it comes after the coder's own decision, that decision is whole only with its polarity (`polar`: the
    codebook has that axis): to show it between the two would make the polarity the machine's.
    """
    if mode == "blind":
        return True
    if state.state in DECIDED and not (polar and any(code.polarity is None for code in state.codes)):
        return False
    return mode == "commit_first" or lot < share * LOTS


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript's turns and utterances in order; `index_of` gives an utterance's index by id."""

    transcript: int
    name: str
    text: str
    turns: tuple[StudyTurn, ...]
    utterances: tuple[StudyUtterance, ...]
    index_of: dict[int, int]
    codable: int

    def around(self, utterance: int, turns: int) -> list[StudyUtterance]:
        """Return the utterances of the turn that holds one, and of so many turns either side."""
        middle = self.utterances[self.index_of[utterance]].turn
        numbers = [turn.number for turn in self.turns]
        at = numbers.index(middle)
        near = set(numbers[max(0, at - turns) : at + turns + 1])
        return [item for item in self.utterances if item.turn in near]


@dataclass(frozen=True, slots=True)
class Unit:
    """One utterance as one coder may see it now. `suggestions` is empty where they are hidden.

    `hidden`: the machine's view is kept back here (blind work, not committed yet, or the blind share).
    `double`: it is double-coded by this coder and a colleague, and not both have decided yet.
    `others`: what stands for other coders, where it was asked for and may be seen.
    `asked`: the machine has looked at the utterance, whether or not it suggests anything.
    """

    utterance: StudyUtterance
    state: UnitState
    suggestions: tuple[StoredSuggestion, ...]
    hidden: bool
    asked: bool
    memos: tuple[Memo, ...]
    double: bool = False
    others: tuple[OthersCode, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether the coder has decided here."""
        return self.state.state in DECIDED

    @property
    def offers(self) -> tuple[StoredSuggestion, ...]:
        """The suggestions that passed the model's threshold."""
        return tuple(item for item in self.suggestions if item.selected)

    @property
    def open_offers(self) -> tuple[StoredSuggestion, ...]:
        """The offers that the coder has neither taken up nor refused."""
        taken = {code.code for code in self.state.codes} | set(self.state.rejected)
        answered = {code.suggestion for code in self.state.codes}
        return tuple(o for o in self.offers if o.code not in taken and o.id not in answered)


class ReviewSession:
    """One study, open for review."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._documents: dict[int, Document] = {}
        self._exposed: dict[str, set[int]] = {}
        self._blind_share = blind_share(study)
        self._double = double_coding(study)
        self._codebook: tuple[int, Codebook] | None = None
        self._lock = RLock()

    def close(self) -> None:
        """Close the study file."""
        self.study.close()

    @property
    def codebook(self) -> Codebook:
        """The codebook in use, read anew only when there is a newer version."""
        with self._lock:
            version = self.study.codebooks.current_id()
            if self._codebook is None or self._codebook[0] != version:
                self._codebook = (version, self.study.codebooks.get(version))
            return self._codebook[1]

    def document(self, transcript: int) -> Document:
        """Return a transcript from memory, reading it once."""
        with self._lock:
            if transcript not in self._documents:
                self._documents[transcript] = self._read(transcript)
            return self._documents[transcript]

    def refresh(self, transcript: int) -> Document:
        """Return a transcript as it is on disk now (roles may have been corrected)."""
        with self._lock:
            self._documents.pop(transcript, None)
            self._double = double_coding(self.study)
            return self.document(transcript)

    def _read(self, transcript: int) -> Document:
        texts = self.study.texts
        utterances = tuple(texts.utterances(transcript))
        name = next(
            (item.name for item in texts.all(superseded=True) if item.id == transcript), str(transcript)
        )
        return Document(
            transcript=transcript,
            name=name,
            text=texts.text(transcript),
            turns=tuple(texts.turns(transcript)),
            utterances=utterances,
            index_of={item.id: index for index, item in enumerate(utterances)},
            codable=sum(item.codable for item in utterances),
        )

    def home_of(self, utterance: int) -> Document:
        """Return the transcript that an utterance belongs to. Raises NotFoundError if there is none."""
        with self._lock:
            for document in self._documents.values():
                if utterance in document.index_of:
                    return document
        utterances = self.study.texts.by_id([utterance])
        if utterance not in utterances:
            raise NotFoundError(f"There is no utterance {utterance} in {self.study.path.name}.")
        return self.document(utterances[utterance].transcript)

    def units(
        self,
        coder: str,
        utterances: Sequence[StudyUtterance],
        mode: Mode,
        *,
        others: bool = False,
        seen: bool = True,
    ) -> list[Unit]:
        """Return utterances as a coder may see them in a mode, and note what the coder thereby sees.

        What is shown counts as seen: later decisions there are not blind, whatever the mode then. `seen` False:
        nothing is shown by this.
        """
        ids = [item.id for item in utterances]
        states = self.study.acts.states(coder, ids)
        double = self._double_open(coder, utterances)
        memos = self._memos(coder, mode, utterances)
        polar = bool(self.codebook.polarity)
        hidden = {
            item.id: item.id in double or is_hidden(mode, states[item.id], item.lot, self._blind_share, polar)
            for item in utterances
        }
        visible = [item.id for item in utterances if item.codable and not hidden[item.id]]
        suggestions = self.study.suggestions.newest(visible)
        asked = self.study.suggestions.uncertainty(visible)
        if seen:
            self._note_seen(coder, asked)
        shown = self._others(coder, mode, states, double) if others else {}
        return [
            Unit(
                utterance=item,
                state=states[item.id],
                suggestions=tuple(suggestions.get(item.id, ())),
                hidden=hidden[item.id],
                asked=item.id in asked,
                memos=tuple(memos.get(item.id, ())),
                double=item.id in double,
                others=tuple(shown.get(item.id, ())),
            )
            for item in utterances
        ]

    def unit(self, coder: str, utterance: int, mode: Mode, *, seen: bool = True) -> Unit:
        """Return one utterance as a coder may see it; `seen` as in `units`."""
        document = self.home_of(utterance)
        return self.units(coder, [document.utterances[document.index_of[utterance]]], mode, seen=seen)[0]

    def withheld(self, coder: str, mode: Mode) -> Withheld | None:
        """Return where this coder must not see others' codings yet, in any list.

        None if they double-code nothing and are not coding first, on utterances that others have decided.
        """
        planned = {key: set(coders) for key, coders in self._double.items() if coder in coders}
        deciders = deciders_in(self.study.db, planned)
        closed = {
            unit
            for key, coders in planned.items()
            for unit, names in deciders[key].items()
            if not coders <= names
        }
        if mode == "commit_first":
            states: tuple[State, ...] = ("open", "skipped")
            undecided = [key for s in states for key in self.study.find(Filters(coder=coder, state=s))]
            closed |= {key for key, names in self.study.acts.deciders(undecided).items() if names}
        return Withheld(coder, frozenset(closed)) if planned or closed else None

    def _double_open(self, coder: str, utterances: Sequence[StudyUtterance]) -> set[int]:
        """Return the double-coded utterances of this coder on which not both coders have decided."""
        planned = [item for item in utterances if coder in self._double.get(item.transcript, ())]
        if not planned:
            return set()
        decided = self.study.acts.deciders([item.id for item in planned])
        return {
            item.id for item in planned if not set(self._double[item.transcript]) <= set(decided[item.id])
        }

    def _others(
        self, coder: str, mode: Mode, states: Mapping[int, UnitState], double: set[int]
    ) -> dict[int, list[OthersCode]]:
        """Return other coders' codes where they may be seen, and record that they now have been."""
        visible = [
            key
            for key, state in states.items()
            if key not in double and (mode == "assisted" or state.state in DECIDED)
        ]
        others = self.study.acts.others_at(coder, visible)
        if others:
            self.study.acts.record_exposure(coder, list(others), "coder")
        return others

    def readable_memos(self, coder: str, mode: Mode, memos: Sequence[Memo]) -> list[Memo]:
        """Return those of the memos that this coder may read (see `MemoSight`)."""
        sight = MemoSight(self.study, self._double, lambda key: self.document(key).utterances)
        return sight.readable(coder, mode, memos)

    def _memos(self, coder: str, mode: Mode, utterances: Sequence[StudyUtterance]) -> dict[int, list[Memo]]:
        """Return the memos on these utterances that this coder may read, by utterance."""
        wanted = {item.id for item in utterances}
        memos = [
            memo
            for transcript in {item.transcript for item in utterances}
            for memo in self.study.memos.all(transcript=transcript)
            if memo.utterance in wanted
        ]
        by_utterance: dict[int, list[Memo]] = {}
        for memo in self.readable_memos(coder, mode, memos):
            by_utterance.setdefault(memo.utterance or 0, []).append(memo)
        return by_utterance

    def not_first(self, coder: str, utterances: Sequence[int]) -> list[int]:
        """Return those of some open utterances whose suggestion is shown at once in assisted work, in their order."""
        units = self.study.texts.by_id(utterances)
        double = self._double_open(coder, list(units.values()))
        edge = self._blind_share * LOTS
        return [key for key in utterances if key not in double and units[key].lot >= edge]

    def note_memos_seen(self, unit: Unit) -> None:
        """Record that the unit's coder has now read colleagues' memos: later decisions there are not blind."""
        coder = unit.state.coder
        if any(memo.coder != coder for memo in unit.memos):
            self.study.acts.record_exposure(coder, [unit.utterance.id], "coder")

    def note_seen(self, coder: str, utterances: Sequence[int]) -> None:
        """Record that a coder saw others' view of utterances; of an earlier version's, also of the words now."""
        texts, seen = self.study.texts, set(utterances)
        for item in texts.by_id(utterances).values():
            in_use = texts.in_use(item.transcript)
            if in_use is not None and in_use != item.transcript:
                seen |= {one.id for one in texts.utterances(in_use) if one.text == item.text}
        self.study.acts.record_exposure(coder, sorted(seen), "coder")

    def plan_changed(self) -> None:
        """Read the plan of double coding anew."""
        self._double = double_coding(self.study)

    def disagreements(self, coder: str, mode: Mode) -> list[int]:
        """Return the open disagreements that this coder may see (see `may_adjudicate`)."""
        return self._may_see(coder, mode, self.study.disagreements())

    def may_adjudicate(self, coder: str, mode: Mode, utterance: int) -> bool:
        """Return whether a coder may see how others coded an utterance.

        Not before their own decision where they double-code the transcript or code blind; somebody who has coded
        nothing in this study only adjudicates what others decided.
        """
        self.home_of(utterance)  # refuses one that is not there
        return bool(self._may_see(coder, mode, [utterance]))

    def _may_see(self, coder: str, mode: Mode, utterances: list[int]) -> list[int]:
        """Return those of some utterances on which a coder `may_adjudicate`, in two queries whatever their number."""
        double = {key for key, coders in self._double.items() if coder in coders}
        blind = mode == "blind" and self.study.acts.has_coded(coder)
        if not utterances or not (double or blind):
            return utterances
        decided, homes = self.study.acts.deciders(utterances), homes_of(self.study.db, utterances)
        return [key for key in utterances if coder in decided[key] or not (blind or homes[key] in double)]

    def _note_seen(self, coder: str, utterances: Iterable[int]) -> None:
        with self._lock:
            known = self._exposed.setdefault(coder, set())
            fresh = [item for item in utterances if item not in known]
            if fresh:
                self.study.acts.record_exposure(coder, fresh)
                known.update(fresh)
