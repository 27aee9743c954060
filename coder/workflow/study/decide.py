"""Decisions of coders: checked against codebook and text, then written at once; passages, adjudication."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from coder.codebook import Codebook
from coder.errors import NotFoundError, StaleError, StudyError
from coder.store import Study
from coder.store.values import ADJUDICATED, UNSTATED, Decision, Mode, Provenance, Saved, StudyUtterance
from coder.workflow.study.passages import Units

LONGEST_MEMO = 20_000  # characters
CODING = frozenset({"accept", "change", "add", "nothing"})  # what only a codable utterance can get
NOT_CODED = "This is the interviewer's, or no more than a nod: it is context, and not coded."


def decide(
    study: Study,
    coder: str,
    decisions: Sequence[Decision] | Decision,
    *,
    mode: Mode,
    provenance: Provenance = UNSTATED,
) -> Saved:
    """Write one gesture of a coder: one or several verdicts that are undone together.

    A code given by key that equals the suggestion in view counts as accepting it (or as changing its
    polarity); "nothing to code" on an utterance whose suggestions the coder has seen counts as rejecting them.

    Raises StaleError if the utterance changed since it was shown (see Decision.expected), StudyError if a code,
    polarity, span or suggestion does not fit. Nothing is written then.
    """
    given = [decisions] if isinstance(decisions, Decision) else list(decisions)
    if not given:
        raise StudyError("Nothing was decided.")
    codebook = study.codebooks.current()
    utterances = study.texts.by_id([decision.utterance for decision in given])
    refuse_out_of_use(study, {item.transcript for item in utterances.values()})
    for decision in given:
        _check(study, decision, codebook, utterances.get(decision.utterance), mode)
    expanded = [item for decision in given for item in _spelt_out(study, coder, decision, mode)]
    return study.acts.decide(coder, expanded, mode=mode, provenance=provenance)


def refuse_out_of_use(study: Study, transcripts: Iterable[int]) -> None:
    """Raise StudyError if a corrected version of a transcript is in use instead, or if it was removed.

    What is decided there would count nowhere.
    """
    for key in transcripts:
        in_use = study.texts.in_use(key)
        if in_use is None:
            raise StudyError(
                f"{study.texts.name(key)} was removed from the study. Bring it back on the Study page to code it."
            )
        if in_use != key:
            raise StudyError(
                f"This is an earlier version of {study.texts.name(in_use)}; what is decided here would not count."
                " Open the version in use, from the Study page."
            )


def refuse_memo_out_of_use(
    study: Study, *, utterance: int | None = None, transcript: int | None = None, thread: str | None = None
) -> None:
    """Raise StudyError if a memo is about a transcript, or an utterance of one, that is not in use (see above)."""
    about = study.memos.transcript_of(thread) if thread is not None else transcript
    if thread is None and utterance is not None:
        about = next((item.transcript for item in study.texts.by_id([utterance]).values()), None)
    refuse_out_of_use(study, [] if about is None else [about])


def _check(
    study: Study, decision: Decision, codebook: Codebook, utterance: StudyUtterance | None, mode: Mode | None
) -> None:
    if utterance is None:
        raise NotFoundError(f"There is no utterance {decision.utterance} in {study.path.name}.")
    if not utterance.codable and decision.verdict in CODING:
        raise StudyError(NOT_CODED)
    if decision.code is not None and decision.verdict != "withdraw":
        check_code(codebook, decision.code)
    if decision.polarity is not None and decision.polarity not in codebook.polarity:
        known = ", ".join(codebook.polarity) or "none: this codebook does not use polarity"
        raise StudyError(f"'{decision.polarity}' is not a polarity of the codebook ({known}).")
    if decision.suggestion is not None and mode == "blind":
        raise StudyError("A decision made blind cannot answer a suggestion.")
    if len(decision.memo) > LONGEST_MEMO:
        raise StudyError(f"The memo is over {LONGEST_MEMO:,} characters; shorten it.")
    if decision.span is not None:
        start, end = decision.span
        if not (0 <= start < end <= len(study.texts.text(utterance.transcript))):
            raise StudyError(f"The passage {start} to {end} lies outside the transcript.")
        if end <= utterance.start or start >= utterance.end:
            raise StudyError("The passage does not touch the utterance it is said to code.")


def check_code(codebook: Codebook, code: str) -> None:
    """Raise StudyError unless `code` is an id of the codebook."""
    if code not in codebook.by_id:
        near = get_close_matches(code, codebook.ids, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else f" Codes: {', '.join(codebook.ids)}."
        raise StudyError(f"'{code}' is not a code of the codebook.{hint}")


def _spelt_out(study: Study, coder: str, decision: Decision, mode: Mode) -> list[Decision]:
    if mode == "blind":
        return [decision]
    if decision.verdict == "add" and decision.suggestion is not None:
        return [_answering(study, decision, decision.suggestion)]
    if decision.verdict == "nothing":
        seen = study.acts.exposed(coder, [decision.utterance])
        shown = study.suggestions.newest([decision.utterance])[decision.utterance] if seen else []
        refused = [
            Decision(decision.utterance, "reject", code=item.code, suggestion=item.id)
            for item in shown
            if item.selected
        ]
        return [*refused, replace(decision, suggestion=None)]
    return [decision]


def _answering(study: Study, decision: Decision, suggestion_id: int) -> Decision:
    suggestion = study.suggestions.get(suggestion_id)
    if suggestion is None or suggestion.code != decision.code:
        return decision
    return replace(decision, verdict="accept" if suggestion.polarity == decision.polarity else "change")


def set_passage(study: Study, coder: str, passage: Decision, *, mode: Mode) -> Saved:
    """Let a code of this coder cover a passage: extend, trim or join; one gesture.

    `passage` is a decision to add a code with its `span`, on the utterance the code stands on (or is put on).
    Utterances the passage covers by half or more get the code, those it no longer covers lose it (if they had it
    through the same passage). What other coders see stays as it is: utterances are never re-cut. Polarity stays
    unless given.
    """
    with study.db.write():  # so that what is read here cannot change before it is written
        if passage.expected is not None:
            study.acts.refuse_stale(coder, passage.utterance, passage.expected)
        decisions = _passage_decisions(study, coder, passage)
        return decide(study, coder, decisions, mode=mode, provenance=Provenance(note="passage"))


def _passage_decisions(study: Study, coder: str, passage: Decision) -> list[Decision]:
    code, anchor, polarity = passage.code, passage.utterance, passage.polarity
    if code is None or passage.span is None:
        raise StudyError("A passage needs a code and the span that the code covers.")
    start, end = passage.span
    anchor_utterance = study.texts.by_id([anchor]).get(anchor)
    if anchor_utterance is None:
        raise NotFoundError(f"There is no utterance {anchor} in {study.path.name}.")
    if not anchor_utterance.codable:
        raise StudyError(NOT_CODED)
    neighbours = study.texts.utterances(anchor_utterance.transcript, codable_only=True)
    coded = Units.of(neighbours).covered(start, end)
    if not coded:
        raise StudyError("The passage holds nothing that can be coded.")
    states = study.acts.states(coder, [item.id for item in neighbours])
    before = next((item for item in states[anchor].codes if item.code == code), None)
    polarity = polarity if polarity is not None or before is None else before.polarity
    dropped = [
        key
        for key, state in states.items()
        if before is not None
        and key not in coded
        and any((item.code, item.start, item.end) == (code, before.start, before.end) for item in state.codes)
    ]
    decisions = [Decision(key, "add", code=code, polarity=polarity, span=(start, end)) for key in coded]
    return decisions + [Decision(key, "withdraw", code=code) for key in dropped]


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What stands for good on an utterance: (code, polarity) pairs, or none ("nothing to code").

    `expected` is the token of the adjudicated state that was in view (`study.acts.states(ADJUDICATED, ...)`), `seen`
    are the tokens of the coders' states there, of all who had decided; None: do not check.
    """

    utterance: int
    codes: Sequence[tuple[str, str | None]]
    memo: str = ""
    expected: str | None = None
    seen: Sequence[str] | None = None


def adjudicate(
    study: Study, adjudicator: str, adjudication: Adjudication, *, provenance: Provenance = UNSTATED
) -> Saved:
    """Adjudicate an utterance. Undo works as for any decision.

    Cites the acts of all coders who had decided it; their own codings stay as they are. Raises StaleError if it was
    adjudicated, or a coder decided on it, since it was shown; StudyError if sides were `seen` and none is left.
    """
    utterance = adjudication.utterance
    with study.db.write():  # so that nobody decides between the look at the sides and the writing
        cites = _sides(study, utterance)
        if adjudication.seen is not None and sorted(adjudication.seen) != sorted(cites):
            raise StaleError(
                "A coder decided on this utterance anew since it was shown. Nothing was saved; look at it again."
            )
        if adjudication.seen is not None and not cites:
            raise StudyError("No coder's decision stands on this utterance; there is nothing to adjudicate.")
        return adjudicate_all(study, adjudicator, [adjudication], provenance=provenance)


def adjudicate_all(
    study: Study,
    adjudicator: str,
    adjudications: Sequence[Adjudication],
    *,
    provenance: Provenance = UNSTATED,
) -> Saved:
    """Adjudicate several utterances as one act, which one undo takes back; `seen` is not checked here.

    Raises StaleError and StudyError, as `adjudicate` does; nothing is written then.
    """
    codebook, touched = study.codebooks.current(), [item.utterance for item in adjudications]
    with study.db.write():
        units = study.texts.by_id(touched)
        refuse_out_of_use(study, {unit.transcript for unit in units.values()})
        decisions: list[Decision] = []
        for item in adjudications:
            made = _adjudicating(study, item, _sides(study, item.utterance))
            for decision in made:
                _check(study, decision, codebook, units.get(item.utterance), None)
            decisions += made
        study.acts.record_exposure(adjudicator, touched, "coder")
        return study.acts.decide(
            adjudicator, decisions, mode="adjudication", kind="adjudicate", provenance=provenance
        )


def _sides(study: Study, utterance: int) -> tuple[str, ...]:
    """Return the newest acts on an utterance of all coders who have decided it."""
    coders = [name for name in study.acts.deciders([utterance])[utterance] if name != ADJUDICATED]
    return tuple(study.acts.states(name, [utterance])[utterance].token for name in coders)


def _adjudicating(study: Study, adjudication: Adjudication, cites: tuple[str, ...]) -> list[Decision]:
    utterance, codes, memo = adjudication.utterance, adjudication.codes, adjudication.memo
    chosen = {code for code, _ in codes}
    standing = study.acts.states(ADJUDICATED, [utterance])[utterance].codes
    decisions = [Decision(utterance, "withdraw", item.code) for item in standing if item.code not in chosen]
    decisions += [
        Decision(utterance, "add", code, polarity, memo=memo, cites=cites) for code, polarity in codes
    ]
    if not codes:
        decisions.append(Decision(utterance, "nothing", memo=memo, cites=cites))
    decisions[0] = replace(decisions[0], expected=adjudication.expected)
    return decisions
