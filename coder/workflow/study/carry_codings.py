"""Codings of an earlier version of a transcript, repeated on the utterances that a later one has unchanged."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from coder.store import Study
from coder.store.connection import chunks, marks
from coder.store.values import ADJUDICATED, DECIDED, Decision, StudyUtterance, UnitState


def carry_codings(study: Study, old: int, new: int) -> dict[str, set[int]]:
    """Repeat what coders decided on utterances that a new version has unchanged; return the earlier ones by coder.

    Acts of kind 'carry', at the times of what they repeat; what had been seen stays seen. Utterances of the new
    version on which a coder did anything already are left alone; where they hold only what was carried over before,
    and the coder changed it in the earlier version since, the change is repeated.
    """
    before, after = study.texts.utterances(old), study.texts.utterances(new)
    matcher = SequenceMatcher(
        None, [item.text for item in before], [item.text for item in after], autojunk=False
    )
    pairs = [
        (before[block.a + step], after[block.b + step])
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]
    carried: dict[str, set[int]] = {}
    for coder in [*study.people.coders(), ADJUDICATED]:
        states = study.acts.states(coder, [item.id for pair in pairs for item in pair])
        decisions: defaultdict[str, list[Decision]] = defaultdict(list)
        reasons = _reasons(study, coder, [first.id for first, _ in pairs])
        carried_before = study.acts.only_carried(coder, [second.id for _, second in pairs])
        for first, second in pairs:
            was, now = states[first.id], states[second.id]
            if second.id in carried_before and was.time > now.time and _held(was) != _held(now):
                repeated = [*_withdrawn(now), *_repeated(was, first, second, reasons)]
            else:
                repeated = [] if now.token else _repeated(was, first, second, reasons)
            if repeated:
                decisions[was.time] += repeated
                carried.setdefault(coder, set()).add(first.id)
        if decisions:
            study.acts.carry(coder, decisions, {second.id: first.id for first, second in pairs})
    return carried


def _held(state: UnitState) -> tuple[object, ...]:
    codes = {(item.code, item.polarity, item.memo) for item in state.codes}
    return codes, set(state.rejected), state.state, state.flagged


def _withdrawn(state: UnitState) -> list[Decision]:
    decisions = [Decision(state.utterance, "withdraw", item.code) for item in state.codes]
    if state.state == "nothing":
        decisions.append(Decision(state.utterance, "withdraw"))
    if state.flagged:
        decisions.append(Decision(state.utterance, "unflag"))
    return decisions


def _reasons(study: Study, coder: str, utterances: Sequence[int]) -> dict[int, str]:
    """Return the memo of the newest decision on each that nothing is to be coded there."""
    reasons: dict[int, str] = {}
    for some in chunks(utterances):
        rows = study.db.rows(
            "SELECT d.utterance, d.memo FROM decision d JOIN act ON act.id = d.act JOIN coder c ON c.id = act.owner"
            " WHERE c.name = ? AND d.verdict = 'nothing' AND act.id NOT IN (SELECT act FROM undone)"
            f" AND d.utterance IN ({marks(some)}) ORDER BY act.time, act.uid, d.number",
            (coder, *some),
        )
        reasons |= {row["utterance"]: row["memo"] or "" for row in rows}
    return reasons


def _repeated(
    state: UnitState, first: StudyUtterance, second: StudyUtterance, reasons: Mapping[int, str]
) -> list[Decision]:
    shift = second.start - first.start
    decisions = [
        Decision(
            second.id,
            "add",
            item.code,
            item.polarity,
            span=_moved(item.start, item.end, shift, first, second),
            memo=item.memo,
        )
        for item in state.codes
    ]
    decisions += [Decision(second.id, "reject", code) for code in state.rejected]
    if state.state == "nothing":
        decisions.append(Decision(second.id, "nothing", memo=reasons.get(first.id, "")))
    if decisions and state.flagged:
        decisions.append(Decision(second.id, "flag"))
    return decisions if state.state in DECIDED else []


def _moved(
    start: int, end: int, shift: int, first: StudyUtterance, second: StudyUtterance
) -> tuple[int, int]:
    # A passage over several utterances may have changed beyond this one: then this utterance is what is left.
    inside = first.start <= start and end <= first.end
    return (start + shift, end + shift) if inside else (second.start, second.end)
