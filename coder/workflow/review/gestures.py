"""From a gesture on the review page to decisions of the study: one gesture is one act, undone as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from coder.errors import InputError, StaleError
from coder.store.values import Provenance
from coder.workflow.review.session import ReviewSession, Unit
from coder.workflow.study.decide import decide, set_passage
from coder.workflow.study.open import Decision, Mode, Saved, StandingCode, StoredSuggestion, StudyUtterance

LONGEST_THOUGHT = 600.0  # seconds; longer and the coder was away


@dataclass(frozen=True, slots=True)
class Gesture:
    """What a coder did on the page, looking at `utterance` in the state named by `expected`.

    `selection` is the stretch of the transcript that was selected, in code points. `shown` holds the ids of the
    suggestions that were in view; None: those that the coder may see now.
    """

    action: str
    utterance: int
    code: str | None = None
    expected: str | None = None
    selection: tuple[int, int] | None = None
    seconds: float | None = None
    drawn: str = ""
    shown: tuple[int, ...] | None = None


def perform(review: ReviewSession, coder: str, mode: Mode, gesture: Gesture) -> Saved | None:
    """Write what a gesture means; None if it means nothing here. On disk when this returns.

    Raises StaleError if the utterance or its suggestions changed since they were shown, InputError or StudyError if
    the gesture makes no sense here (with the reason).
    """
    unit = review.unit(coder, gesture.utterance, mode, seen=gesture.shown is None)
    if gesture.shown is not None:
        unit = _as_shown(unit, gesture.shown)
    if gesture.selection is not None:
        gesture = replace(
            gesture, selection=whole_words(review.home_of(gesture.utterance).text, gesture.selection)
        )
    if gesture.action in RESHAPING or (gesture.action in {"code", "cover"} and gesture.selection is not None):
        return _reshape(review, coder, mode, unit, gesture)
    decisions = _decisions(review, unit, gesture)
    if not decisions:
        return None
    decisions[0] = replace(decisions[0], expected=gesture.expected)
    seconds = min(gesture.seconds, LONGEST_THOUGHT) if gesture.seconds is not None else None
    return decide(review.study, coder, decisions, mode=mode, provenance=Provenance(gesture.drawn, seconds))


def _as_shown(unit: Unit, shown: Sequence[int]) -> Unit:
    """Return the unit without suggestions that came after it was shown: nobody accepts what they have not seen."""
    if not set(shown) <= {offer.id for offer in unit.offers}:
        raise StaleError(
            "The suggestions here are not those that were shown (the model suggested anew, or you work in another"
            " mode by now). Nothing was saved; look at it again."
        )
    return replace(unit, suggestions=tuple(s for s in unit.suggestions if not s.selected or s.id in shown))


def whole_words(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return a selection without blank edges and with the words at its edges whole.

    >>> whole_words("never enough time", (2, 8))
    (0, 12)
    """
    start, end = max(0, span[0]), min(len(text), span[1])
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        raise InputError("Select the words that the code covers.")
    while start > 0 and _in_word(text, start):
        start -= 1
    while end < len(text) and _in_word(text, end):
        end += 1
    return start, end


def _in_word(text: str, at: int) -> bool:
    return all(letter.isalnum() or letter in "'’-‑" for letter in text[at - 1 : at + 1])


def _decisions(review: ReviewSession, unit: Unit, gesture: Gesture) -> list[Decision]:
    if gesture.action == "code" and gesture.code is not None:
        return _code_decisions(unit, gesture.code)
    if gesture.action in review.codebook.polarity:
        return _polarity_decisions(unit, gesture.action)
    if gesture.action not in PLAIN:
        raise InputError(f"There is no action '{gesture.action}' here.")
    return PLAIN[gesture.action](unit)


def _accept(unit: Unit) -> list[Decision]:
    return [Decision(unit.utterance.id, "accept", suggestion=offer.id) for offer in unit.open_offers]


def _accept_here(unit: Unit) -> list[Decision]:
    if not unit.open_offers:
        raise InputError("There is no open suggestion here to accept.")
    return _accept(unit)


def _done(unit: Unit) -> list[Decision]:
    return [] if unit.decided else _accept(unit)


def _reject(unit: Unit) -> list[Decision]:
    refused = [o for o in unit.offers if o.code not in unit.state.rejected]
    if refused:
        return [Decision(unit.utterance.id, "reject", code=o.code, suggestion=o.id) for o in refused]
    if unit.state.codes:
        return [Decision(unit.utterance.id, "withdraw", code=unit.state.codes[-1].code)]
    raise InputError("There is no suggestion here to reject.")


def _nothing(unit: Unit) -> list[Decision]:
    if unit.state.state == "nothing":
        return [Decision(unit.utterance.id, "withdraw")]
    return [Decision(unit.utterance.id, "nothing")]


def _skip(unit: Unit) -> list[Decision]:
    return [] if unit.decided else [Decision(unit.utterance.id, "skip")]


def _flag(unit: Unit) -> list[Decision]:
    return [Decision(unit.utterance.id, "unflag" if unit.state.flagged else "flag")]


def _keep_own(unit: Unit) -> list[Decision]:
    return []


def _compared(unit: Unit) -> tuple[StoredSuggestion, ...]:
    if not (unit.decided and unit.offers):
        raise InputError("There is no suggestion here to compare your decision with.")
    return unit.offers


def _take_machines(unit: Unit) -> list[Decision]:
    """Let the machine's codes stand in place of the coder's own."""
    offers, utterance = _compared(unit), unit.utterance.id
    standing = {(code.code, code.polarity) for code in unit.state.codes}
    offered = {offer.code for offer in offers}
    dropped = [
        Decision(utterance, "withdraw", code=c.code) for c in unit.state.codes if c.code not in offered
    ]
    taken = [o for o in offers if (o.code, o.polarity) not in standing]
    return [*dropped, *(Decision(utterance, "accept", suggestion=offer.id) for offer in taken)]


def _take_both(unit: Unit) -> list[Decision]:
    """Add the machine's codes to the coder's own, which stay as they are."""
    offers, standing = _compared(unit), {code.code for code in unit.state.codes}
    return [Decision(unit.utterance.id, "accept", suggestion=o.id) for o in offers if o.code not in standing]


PLAIN: dict[str, Callable[[Unit], list[Decision]]] = {
    "done": _done, "accept": _accept_here, "reject": _reject, "nothing": _nothing, "skip": _skip, "flag": _flag,
    "take_a": _keep_own, "take_b": _take_machines, "take_both": _take_both,
}  # fmt: skip


def _code_decisions(unit: Unit, code: str) -> list[Decision]:
    """Toggle a code: take it away, take up the suggestion of it, change an open suggestion to it, or add it.

    A code that is not the machine's has no polarity until the coder gives one.
    """
    utterance = unit.utterance.id
    if any(standing.code == code for standing in unit.state.codes):
        return [Decision(utterance, "withdraw", code=code)]
    offered = next((offer for offer in unit.suggestions if offer.code == code), None)
    if offered is not None and offered.selected:
        return [Decision(utterance, "accept", suggestion=offered.id)]
    if unit.open_offers and not unit.decided:
        top = unit.open_offers[0]
        return [Decision(utterance, "change", code=code, suggestion=top.id)]
    return [Decision(utterance, "add", code=code)]


def _polarity_decisions(unit: Unit, polarity: str) -> list[Decision]:
    utterance, standing = unit.utterance.id, unit.state.codes
    if not standing:
        if unit.decided or not unit.open_offers:
            raise InputError("Choose a code first; the polarity goes with it.")
        return [
            Decision(utterance, "accept", suggestion=offer.id)
            if offer.polarity == polarity
            else Decision(utterance, "change", code=offer.code, suggestion=offer.id, polarity=polarity)
            for offer in unit.open_offers
        ]
    without = [code for code in standing if code.polarity is None]
    # Codes of one utterance that still lack a polarity get it together; else the code decided last changes.
    return [
        Decision(utterance, "change", code=code.code, instead_of=code.code, polarity=polarity,
                 suggestion=code.suggestion, span=(code.start, code.end), memo=code.memo)
        for code in without or standing[-1:]
        if code.polarity != polarity
    ]  # fmt: skip


# What a code covers. Other coders' passages and the cut into utterances stay as they are.


def _active(unit: Unit) -> StandingCode:
    if not unit.state.codes:
        raise InputError("Choose a code first; then you can change what it covers.")
    return unit.state.codes[-1]


def _reshape(review: ReviewSession, coder: str, mode: Mode, unit: Unit, gesture: Gesture) -> Saved:
    if gesture.action == "code" and gesture.code is not None:
        code, span = gesture.code, gesture.selection
    else:
        code, span = _active(unit).code, gesture.selection
    if gesture.action == "split":
        decisions = _split_decisions(review, coder, unit)
        decisions[0] = replace(decisions[0], expected=gesture.expected)
        return decide(review.study, coder, decisions, mode=mode, provenance=Provenance(note="split"))
    if gesture.action in NEW_SPANS:
        span = NEW_SPANS[gesture.action](review, coder, unit)
    if span is None:
        raise InputError("Select the words that the code covers.")
    anchor = _anchor(review, unit, span)
    # What the coder was looking at was the state of the utterance in focus.
    expected = gesture.expected if anchor == gesture.utterance else None
    passage = Decision(anchor, "add", code, span=span, expected=expected)
    return set_passage(review.study, coder, passage, mode=mode)


def _anchor(review: ReviewSession, unit: Unit, span: tuple[int, int]) -> int:
    """Return the utterance in focus, or the first that the span touches if it leaves that one out."""
    if unit.utterance.codable and unit.utterance.start < span[1] and unit.utterance.end > span[0]:
        return unit.utterance.id
    touched = [u for u in _codable(review, unit) if u.start < span[1] and u.end > span[0]]
    if not touched:
        raise InputError("Select words that a participant said.")
    return touched[0].id


def _codable(review: ReviewSession, unit: Unit) -> list[StudyUtterance]:
    return [item for item in review.home_of(unit.utterance.id).utterances if item.codable]


def _members(review: ReviewSession, coder: str, unit: Unit, standing: StandingCode) -> list[StudyUtterance]:
    """Return the utterances that have the code by the same passage."""
    near = [
        item for item in _codable(review, unit) if item.start < standing.end and item.end > standing.start
    ]
    states = review.study.acts.states(coder, [item.id for item in near])
    passage = (standing.code, standing.start, standing.end)
    return [i for i in near if any((c.code, c.start, c.end) == passage for c in states[i.id].codes)]


def _extended(review: ReviewSession, coder: str, unit: Unit) -> tuple[int, int]:
    standing = _active(unit)
    following = next((item for item in _codable(review, unit) if item.start >= standing.end), None)
    if following is None:
        raise InputError("There is no utterance after this passage.")
    return standing.start, following.end


def _trimmed(review: ReviewSession, coder: str, unit: Unit) -> tuple[int, int]:
    standing = _active(unit)
    members = _members(review, coder, unit, standing)
    if len(members) < 2:
        raise InputError("It covers one utterance only; select words with the mouse to cover less.")
    return standing.start, members[-2].end


def _joined(review: ReviewSession, coder: str, unit: Unit) -> tuple[int, int]:
    standing = _active(unit)
    before = [item for item in _codable(review, unit) if item.end <= standing.start][-1:]
    for item in before:
        state = review.study.acts.states(coder, [item.id])[item.id]
        for code in state.codes:
            if code.code == standing.code:
                return code.start, standing.end
    raise InputError("The utterance before this passage does not have the same code.")


NEW_SPANS: dict[str, Callable[[ReviewSession, str, Unit], tuple[int, int]]] = {
    "extend": _extended, "trim": _trimmed, "join": _joined,
}  # fmt: skip
RESHAPING = frozenset({*NEW_SPANS, "split"})


def _split_decisions(review: ReviewSession, coder: str, unit: Unit) -> list[Decision]:
    """Cut a passage in two where the utterance in focus begins."""
    standing, utterance = _active(unit), unit.utterance
    members = _members(review, coder, unit, standing)
    earlier = [item for item in members if item.end <= utterance.start]
    if not earlier:
        raise InputError("Go to the utterance where the second part begins, then split.")
    first, second = (standing.start, earlier[-1].end), (utterance.start, standing.end)
    ordered = sorted(members, key=lambda item: item.id != utterance.id)
    return [
        Decision(
            item.id,
            "add",
            code=standing.code,
            polarity=standing.polarity,
            span=first if item in earlier else second,
        )
        for item in ordered
    ]
