"""Decisions of coders: checked against codebook and text, then written at once; undo, passages, adjudication."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from coder.codebook import Codebook
from coder.errors import StudyError
from coder.store import Study
from coder.store.passage_groups import GroupChange
from coder.store.values import ADJUDICATED, Decision, Mode, Saved, StudyUtterance
from coder.workflow.study.passage_location import Units
from coder.workflow.study.reshape import redo_reshape, undo_reshape

LONGEST_MEMO = 20_000  # characters


def decide(
    study: Study,
    coder: str,
    choices: Sequence[Decision] | Decision,
    *,
    mode: Mode,
    drawn: str = "",
    seconds: float | None = None,
    note: str = "",
) -> Saved:
    """Write one gesture of a coder: one or several verdicts that are undone together.

    A code given by key that equals the suggestion in view counts as accepting it (or as changing its
    polarity); "nothing to code" on an utterance whose suggestions the coder has seen counts as rejecting them.
    `drawn` names the queue the utterance came from; `seconds` runs from seeing to deciding.

    Raises StaleError if the utterance changed since it was shown (see Decision.expected), StudyError if a code,
    polarity, span or suggestion does not fit. Nothing is written then.
    """
    given = [choices] if isinstance(choices, Decision) else list(choices)
    if not given:
        raise StudyError("Nothing was decided.")
    codebook = study.codebooks.current()
    utterances = study.texts.by_id([choice.utterance for choice in given])
    for choice in given:
        _check(study, choice, codebook, utterances.get(choice.utterance), mode)
    expanded = [item for choice in given for item in _spelt_out(study, coder, choice, mode)]
    return study.acts.decide(coder, expanded, mode=mode, drawn=drawn, seconds=seconds, note=note)


def _check(
    study: Study, choice: Decision, codebook: Codebook, utterance: StudyUtterance | None, mode: Mode | None
) -> None:
    if utterance is None:
        raise StudyError(f"There is no utterance {choice.utterance} in {study.path.name}.")
    if not utterance.codable and choice.verdict in {"accept", "change", "add"}:
        raise StudyError("This is the interviewer's, a backchannel, or an older version; it is not coded.")
    if choice.code is not None and choice.verdict != "withdraw":
        check_code(codebook, choice.code)
    if choice.polarity is not None and choice.polarity not in codebook.polarity:
        known = ", ".join(codebook.polarity) or "none: this codebook does not use polarity"
        raise StudyError(f"'{choice.polarity}' is not a polarity of the codebook ({known}).")
    if choice.suggestion is not None and mode == "blind":
        raise StudyError("A decision made blind cannot answer a suggestion.")
    if len(choice.memo) > LONGEST_MEMO:
        raise StudyError(f"The memo is over {LONGEST_MEMO:,} characters; shorten it.")
    if choice.span is not None:
        start, end = choice.span
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


def _spelt_out(study: Study, coder: str, choice: Decision, mode: Mode) -> list[Decision]:
    if mode == "blind":
        return [choice]
    if choice.verdict == "add" and choice.suggestion is not None:
        return [_answering(study, choice, choice.suggestion)]
    if choice.verdict == "nothing":
        seen = study.acts.exposed(coder, [choice.utterance])
        shown = study.suggestions.newest([choice.utterance])[choice.utterance] if seen else []
        refused = [
            Decision(choice.utterance, "reject", code=item.code, suggestion=item.id)
            for item in shown
            if item.selected
        ]
        return [*refused, replace(choice, suggestion=None)]
    return [choice]


def _answering(study: Study, choice: Decision, suggestion_id: int) -> Decision:
    suggestion = study.suggestions.get(suggestion_id)
    if suggestion is None or suggestion.code != choice.code:
        return choice
    return replace(choice, verdict="accept" if suggestion.polarity == choice.polarity else "change")


def set_passage(
    study: Study,
    coder: str,
    code: str,
    start: int,
    end: int,
    *,
    anchor: int,
    mode: Mode,
    polarity: str | None = None,
    expected: str | None = None,
) -> Saved:
    """Let a code of this coder cover the passage [start, end): extend, trim or join; one gesture.

    `anchor` is the utterance the code stands on (or is put on). Utterances the passage covers by half
    or more get the code, those it no longer covers lose it (if they had it through the same passage). What other
    coders see stays as it is: utterances are never re-cut. Polarity stays unless given.
    """
    with study.db.write():  # so that what is read here cannot change before it is written
        if expected is not None:
            study.acts.refuse_stale(coder, anchor, expected)
        choices = _passage_decisions(study, coder, code, (start, end), anchor, polarity)
        return decide(study, coder, choices, mode=mode, note="passage")


def _passage_decisions(
    study: Study, coder: str, code: str, span: tuple[int, int], anchor: int, polarity: str | None
) -> list[Decision]:
    start, end = span
    anchor_utterance = study.texts.by_id([anchor]).get(anchor)
    if anchor_utterance is None:
        raise StudyError(f"There is no utterance {anchor} in {study.path.name}.")
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
    choices = [Decision(key, "add", code=code, polarity=polarity, span=(start, end)) for key in coded]
    return choices + [Decision(key, "withdraw", code=code) for key in dropped]


def adjudicate(
    study: Study,
    adjudicator: str,
    utterance: int,
    codes: Sequence[tuple[str, str | None]],
    *,
    memo: str = "",
    seconds: float | None = None,
    expected: str | None = None,
) -> Saved:
    """Adjudicate an utterance: these (code, polarity) pairs stand, or none ("nothing to code").

    Cites the acts of all coders who had decided it; their own codings stay as they are. `expected` is the
    token of the adjudicated state (`study.acts.states(ADJUDICATED, ...)`). Undo works as for any decision.
    """
    codebook = study.codebooks.current()
    unit = study.texts.by_id([utterance]).get(utterance)
    coders = [name for name in study.acts.deciders([utterance])[utterance] if name != ADJUDICATED]
    cites = tuple(study.acts.states(name, [utterance])[utterance].token for name in coders)
    kept = {code for code, _ in codes}
    standing = study.acts.states(ADJUDICATED, [utterance])[utterance].codes
    choices = [Decision(utterance, "withdraw", item.code) for item in standing if item.code not in kept]
    choices += [
        Decision(utterance, "add", code, polarity, memo=memo, cites=cites) for code, polarity in codes
    ]
    if not codes:
        choices.append(Decision(utterance, "nothing", memo=memo, cites=cites))
    choices[0] = replace(choices[0], expected=expected)
    for choice in choices:
        _check(study, choice, codebook, unit, None)
    study.acts.record_exposure(adjudicator, [utterance], "coder")
    return study.acts.decide(adjudicator, choices, mode="adjudication", kind="adjudicate", seconds=seconds)


def undo(study: Study, coder: str, act: str | None = None) -> Saved | None:
    """Take back what the coder did last: a gesture, a memo, a change of codes or of groups; or the act named.

    Returns None if there is nothing to undo.
    """
    if act is not None:
        return study.acts.undo(coder, act)
    memo, group = study.memos.undoable(coder), study.groups.undoable(coder)
    change = study.codebooks.undoable_change()
    if change is not None and change.coder != coder:
        change = None
    newest = max(
        study.acts.undoable(coder),
        memo[1] if memo else "",
        group.time if group else "",
        change.time if change else "",
    )
    if change is not None and change.time == newest:
        undo_reshape(study, change, coder=coder)
        return Saved(change.uid, {}, what=change.what)
    return _reversed(study, coder, group, memo, newest) or study.acts.undo(coder)


def redo(study: Study, coder: str) -> Saved | None:
    """Bring back what the coder undid last, unless they did something since; None: nothing to redo."""
    memo, group = study.memos.redoable(coder), study.groups.redoable(coder)
    change, act = study.codebooks.redoable_change(coder), study.acts.redoable(coder)
    newest = max(act, memo[1] if memo else "", group.time if group else "", change[2] if change else "")
    done = max(
        study.acts.last_made(coder),
        study.memos.last_written(coder),
        study.groups.last_change(coder),
        study.codebooks.last_change(coder),
    )
    if newest <= done:
        return None
    if change is not None and change[2] == newest:
        redo_reshape(study, change[0], change[1], coder=coder)
        return Saved(change[0].uid, {}, what=change[0].what)
    return _reversed(study, coder, group, memo, newest) or study.acts.redo(coder)


def _reversed(
    study: Study, coder: str, group: GroupChange | None, memo: tuple[str, str] | None, newest: str
) -> Saved | None:
    """Reverse the change of groups, or the memo row (uid, time), that was written at `newest`; None: neither was."""
    if group is not None and group.time == newest:
        study.groups.reverse(coder, group)
        return Saved(group.uid, {}, what=group.what)
    if memo is not None and memo[1] == newest:
        held = study.memos.reverse(memo[0])
        states = study.acts.states(coder, [held.utterance] if held.utterance is not None else [])
        return Saved(memo[0], states, held)
    return None
