"""By code: the suggestions of one code, surest first, a screenful at a time, each seen before it is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coder.errors import InputError, StaleError
from coder.review.asked import body_of, seconds_of, sent_number
from coder.review.context import ReviewContext, context_of, reply, session_of
from coder.workflow.review.session import Unit
from coder.workflow.study.decide import decide
from coder.workflow.study.open import Decision, Filters, Provenance, StoredSuggestion

SCREENFUL = 12


@dataclass(frozen=True, slots=True)
class Card:
    """One suggestion of the code at hand."""

    unit: Unit
    offer: StoredSuggestion
    odds: str
    place: str


async def bulk(request: Request) -> Response:
    """Show a screenful of suggestions of one code."""
    context, session = context_of(request), session_of(request)
    mode = context.mode(session)
    counts = {item.code: item.waiting for item in context.review.study.figures().codes}
    codes = context.review.codebook.codes
    best = max(codes, key=lambda code: counts.get(code.id, 0)).id
    code = request.query_params.get("code", best)
    if code not in context.review.codebook.by_id:
        raise InputError("This code is not in the codebook any more.")
    cards = _cards(request, code) if mode == "assisted" else []
    return context.page(
        request,
        "bulk.html",
        page_name="By code",
        code=code,
        cards=cards,
        why_empty=_why_empty(context, code) if mode == "assisted" and not cards else "",
        counts=counts,
        signs=context.signs(session.coder),
    )


def _why_empty(context: ReviewContext, code: str) -> str:
    """Return in a sentence why no suggestion of a code waits."""
    study, label = context.review.study, context.review.codebook.by_id[code].label
    if not study.models.versions():
        return "The machine has not looked at this study yet (page Model)."
    answered = next((item.answered for item in study.figures().codes if item.code == code), 0)
    if answered:
        return f"No suggestion of {label} waits for you: {answered} were answered."
    return f"The machine suggests {label} nowhere in what it has looked at."


def _cards(request: Request, code: str) -> list[Card]:
    context, session = context_of(request), session_of(request)
    wanted = Filters(coder=session.coder, state="open", suggested=code)
    cards: list[Card] = []
    # Those of the blind share are passed over, so a screenful may need more than one look.
    found = context.review.study.find(wanted, order="sure")
    for start in range(0, len(found), SCREENFUL):
        for key in found[start : start + SCREENFUL]:
            unit = context.review.unit(session.coder, key, "assisted")
            offer = next((item for item in unit.offers if item.code == code), None)
            if offer is not None and len(cards) < SCREENFUL:
                name = context.review.home_of(key).name
                odds = context.odds().words(code, offer.score)
                cards.append(Card(unit, offer, odds, name))
        if len(cards) >= SCREENFUL:
            break
    return cards


async def accept(request: Request) -> Response:
    """Save the answers to a screenful as one gesture: undone together."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    if context.mode(session) != "assisted":
        raise InputError("Suggestions are accepted together in assisted mode only.")
    answers = content.get("answers")
    known = isinstance(answers, list) and all(isinstance(item, dict) for item in answers)
    if not isinstance(answers, list) or not known or not 0 < len(answers) <= SCREENFUL:
        raise InputError(f"Answer between one and {SCREENFUL} suggestions.")
    decisions = [
        Decision(
            sent_number(item, "utterance"), "accept" if item.get("accept") else "reject", code=str(item.get("code")),
            suggestion=sent_number(item, "suggestion"), expected=str(item.get("expected") or ""),
        )
        for item in answers
    ]  # fmt: skip
    seconds = seconds_of(content)
    each = seconds / len(decisions) if seconds is not None else None
    provenance = Provenance("by code", each)
    try:
        decide(context.review.study, session.coder, decisions, mode="assisted", provenance=provenance)
    except StaleError as error:
        touched = [decision.utterance for decision in decisions]
        return JSONResponse({"error": str(error), "cards": _as_they_stand(request, touched)}, 409)
    accepted = sum(decision.verdict == "accept" for decision in decisions)
    return reply(say=f"{accepted} accepted, {len(decisions) - accepted} rejected – saved")


def _as_they_stand(request: Request, utterances: Sequence[int]) -> dict[int, dict[str, object]]:
    """Return each utterance's token now, and where the coder has decided on it meanwhile, what stands."""
    context, session = context_of(request), session_of(request)
    drawing, cards = context.drawing(session.coder), dict[int, dict[str, object]]()
    for key in utterances:
        unit = context.review.unit(session.coder, key, "assisted")
        decided = context.macro(request, "row_state", drawing.row(unit, "")) if unit.decided else ""
        cards[key] = {"token": unit.state.token, "decided": decided}
    return cards


ROUTES = [Route("/bulk", bulk), Route("/bulk", accept, methods=["POST"])]
