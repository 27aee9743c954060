"""The queue: which utterances it takes and in what order, as the address says it, one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import InputError
from coder.review.asked import asked_number, whole_number
from coder.review.context import ReviewContext, context_of, reply, session_of
from coder.review.pages.transcript import panel_answer
from coder.workflow.study.open import Filters, Mode, State
from coder.workflow.study.review_queue import next_batch

CONTEXT = 5  # turns either side of the utterance in focus
Order = Literal["study", "text", "random", "uncertain", "sure", "recent"]
ORDER_WORDS: dict[Order, str] = {
    "study": "What helps the study most",
    "uncertain": "Most uncertain first",
    "sure": "Surest suggestion first",
    "text": "In order of the text",
    "random": "Random order",
    "recent": "Decided last, first",
}
STATE_CHOICES = {
    "open": "Not decided", "skipped": "Skipped", "coded": "Coded", "nothing": "Nothing to code",
    "rejected": "Suggestion rejected",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """A queue: its filters, its order, and the words for both."""

    filters: Filters
    order: Order
    given: Mapping[str, str]

    def choices(self, context: ReviewContext) -> dict[str, Mapping[str, str]]:
        """Return what each filter can be set to: value -> words."""
        study = context.review.study
        infos = study.texts.all()
        codes = context.review.codebook.labels
        speakers = dict.fromkeys(name for info in infos for name in info.speakers)
        return {
            "order": {str(order): words for order, words in ORDER_WORDS.items()},
            "t": {str(info.id): info.name for info in infos},
            "state": STATE_CHOICES,
            "suggested": codes,
            "code": codes,
            "polarity": {value: value for value in context.review.codebook.polarity},
            "speaker": {name: name for name in speakers},
            "attribute": _attributes(context),
        }


def _attributes(context: ReviewContext) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in ("participant", "transcript"):
        for facts in context.review.study.people.all_attributes(kind).values():
            for name, values in facts.items():
                found |= {f"{name}={value}": f"{name}: {value}" for value in values}
    return dict(sorted(found.items()))


def listing_of(given: Mapping[str, str], coder: str) -> Listing:
    """Read a queue from an address. Raises InputError for what no queue has."""
    asked = {key: value.strip() for key, value in given.items() if value.strip() and key != "u"}
    # Whoever searches, or asks for what is coded, means all of it and in reading order, not the next batch to do.
    looking_back = any(asked.get(key) for key in ("q", "code", "polarity", "flagged", "disagreement"))
    state = asked.get("state", "any" if looking_back or asked.get("order") == "recent" else "open")
    order = asked.get("order", "study" if state == "open" else "text")
    if order not in ORDER_WORDS:
        raise InputError(f"There is no order '{order}'; choose one of the list.")
    if state != "any" and state not in get_args(State):
        raise InputError(f"There is no status '{state}'; choose one of the list.")
    name, _, value = asked.get("attribute", "").partition("=")
    filters = Filters(
        transcript=whole_number(asked.get("t")),
        coder=coder,
        state=cast(State, state) if state != "any" else None,
        code=asked.get("code"),
        suggested=asked.get("suggested"),
        polarity=asked.get("polarity"),
        flagged=True if asked.get("flagged") else None,
        speaker=asked.get("speaker"),
        attribute=(name, value) if name else None,
        text=asked.get("q"),
        disagreement=bool(asked.get("disagreement")),
    )
    return Listing(filters, order, asked)


async def queue(request: Request) -> Response:
    """Show one utterance at a time, in an order that serves the study."""
    context, session = context_of(request), session_of(request)
    listing = listing_of(request.query_params, session.coder)
    mode = context.mode(session)
    drawn = _drawn(context, session.coder, _within_sight(context, session.coder, mode, listing))
    asked = whole_number(request.query_params.get("u"))
    focus = asked if asked is not None else next(iter(drawn), None)
    values: dict[str, object] = {}
    if focus is not None:
        values = {**stage_answer(context, request, focus)}
        drawn.setdefault(focus, "")
    unit = context.review.unit(session.coder, focus, context.mode(session)) if focus is not None else None
    return context.page(
        request, "queue.html", page_name="Queue", listing=listing, drawn=drawn, focus=focus,
        stage=values.get("stage", ""), signs=context.signs(session.coder), code_keys=context.code_keys(session.coder),
        p=context.drawing(session.coder).panel(context.review, unit, context.mode(session)) if unit else None,
        choices=listing.choices(context), why_empty="" if focus else _why_empty(context, session.coder, listing),
    )  # fmt: skip


def _within_sight(context: ReviewContext, coder: str, mode: Mode, listing: Listing) -> Listing:
    """Return the queue without the disagreements that a blind coder must not know of."""
    if mode != "blind" or not listing.filters.disagreement:
        return listing
    visible = tuple(context.review.disagreements(coder, mode))
    return replace(listing, filters=replace(listing.filters, disagreement=False, among=visible))


def _why_empty(context: ReviewContext, coder: str, listing: Listing) -> str:
    """Return in a sentence why a queue holds nothing."""
    study, filters = context.review.study, listing.filters
    if not study.figures().transcripts:
        return "The study has no transcripts yet. Drop them on the Study page."
    narrowed = [name for name in listing.given if name not in {"order", "state"}]
    if listing.order in {"uncertain", "sure"} and not study.models.versions():
        return "This order needs suggestions, and the machine has not looked at this study yet (page Model)."
    if filters.text:
        return f"No utterance here contains “{filters.text}”" + (
            " with these filters." if len(narrowed) > 1 else "."
        )
    if narrowed:
        return "No utterance passes these filters together."
    if listing.order == "recent":
        return "You have not decided on anything yet."
    if filters.state == "open":
        return "You have decided on every utterance of the study."
    return f"No utterance has the status “{STATE_CHOICES.get(str(filters.state), 'any')}”."


def _drawn(context: ReviewContext, coder: str, listing: Listing) -> dict[int, str]:
    """Return the utterances of a queue in order, each with what drew it."""
    study = context.review.study
    if listing.order == "study" and listing.filters.state == "open":
        return {item.utterance: item.drawn for item in next_batch(study, coder, filters=listing.filters)}
    order = "random" if listing.order == "study" else listing.order
    return dict.fromkeys(study.find(listing.filters, order=order), order)


def stage_answer(context: ReviewContext, request: Request, utterance: int) -> dict[str, object]:
    """Return one utterance with the turns around it as part of an answer."""
    session = session_of(request)
    document = context.review.home_of(utterance)
    # What stands around is context: its suggestions are left out, so nothing is seen before its time.
    around = document.around(utterance, CONTEXT)
    units = context.review.units(session.coder, around, "blind")
    units = [
        context.review.unit(session.coder, utterance, context.mode(session))
        if unit.utterance.id == utterance
        else unit
        for unit in units
    ]
    turns = context.drawing(session.coder).turns(document, units, utterance)
    part = context.part(request, "stage.html", document=document, turns=turns, focus=utterance)
    return {"focus": utterance, "stage": part}


async def step(request: Request) -> Response:
    """Return the next utterance of the queue view with its panel."""
    context, utterance = context_of(request), asked_number(request, "u")
    return reply(**{**stage_answer(context, request, utterance), **panel_answer(context, request, utterance)})


ROUTES = [Route("/queue", queue), Route("/part/step", step)]
