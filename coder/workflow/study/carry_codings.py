"""Codings of an earlier version of a transcript, repeated on the utterances that a later one has unchanged."""

from collections import defaultdict
from difflib import SequenceMatcher

from coder.store import Study
from coder.store.values import ADJUDICATED, DECIDED, Decision, StudyUtterance, UnitState


def carry_codings(study: Study, old: int, new: int) -> dict[str, set[int]]:
    """Repeat what coders decided on utterances that a new version has unchanged; return these by coder.

    Acts of kind 'carry', at the times of what they repeat; what had been seen stays seen. Utterances of the new
    version on which a coder did anything already are left alone.
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
        for first, second in pairs:
            repeated = [] if states[second.id].token else _repeated(states[first.id], first, second)
            if repeated:
                decisions[states[first.id].time] += repeated
                carried.setdefault(coder, set()).add(second.id)
        if decisions:
            study.acts.carry(coder, decisions, {second.id: first.id for first, second in pairs})
    return carried


def _repeated(state: UnitState, first: StudyUtterance, second: StudyUtterance) -> list[Decision]:
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
        decisions.append(Decision(second.id, "nothing"))
    if decisions and state.flagged:
        decisions.append(Decision(second.id, "flag"))
    return decisions if state.state in DECIDED else []


def _moved(
    start: int, end: int, shift: int, first: StudyUtterance, second: StudyUtterance
) -> tuple[int, int]:
    # A passage over several utterances may have changed beyond this one: then this utterance is what is left.
    inside = first.start <= start and end <= first.end
    return (start + shift, end + shift) if inside else (second.start, second.end)
