"""Adjudication: the coders' views of a disputed utterance side by side, without names or model."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coder.errors import InputError, StaleError
from coder.review.asked import body_of, seconds_of, sent_number, whole_number
from coder.review.context import ReviewContext, context_of, reply, session_of
from coder.review.pages.queue import CONTEXT
from coder.review.pages.writes import what_stands
from coder.workflow.study.decide import Adjudication, adjudicate
from coder.workflow.study.open import ADJUDICATED, DECIDED, Mode, Provenance, StandingCode, UnitState


@dataclass(frozen=True, slots=True)
class Side:
    """One coder's view of a disputed utterance; the letter hides the name, and changes from one to the next."""

    letter: str
    coder: str
    state: UnitState
    memos: tuple[str, ...]

    @property
    def codes(self) -> tuple[StandingCode, ...]:
        """The codes of this side."""
        return self.state.codes

    @property
    def held(self) -> list[dict[str, str | None]]:
        """The codes as the page sends them back."""
        return [{"code": code.code, "polarity": code.polarity} for code in self.state.codes]


async def show(request: Request) -> Response:
    """Show the first open disagreement, or the one asked for."""
    context, session = context_of(request), session_of(request)
    mode = context.mode(session)
    waiting = context.review.disagreements(session.coder, mode)
    asked = whole_number(request.query_params.get("u"))
    focus = asked if asked is not None else next(iter(waiting), None)
    if focus is not None:
        _refuse_unseen(context, session.coder, mode, focus)
    values: dict[str, Any] = {"unit": None, "disputed": []}
    signs = context.signs(session.coder)
    if focus is not None:
        document = context.review.home_of(focus)
        # Whoever adjudicates has seen how others coded: this unit is not blind for them any more.
        context.review.study.acts.record_exposure(session.coder, [focus], "coder")
        values = _bench(context, focus)
        if not values["sides"]:
            raise InputError("No coder has decided on this utterance; there is nothing to adjudicate.")
        codes = dict.fromkeys(code.code for view in values["sides"] for code in view.codes)
        values |= {
            "document": document, "around": document.around(focus, CONTEXT),
            "disputed": [signs[code] for code in codes if code in signs],
            "later": next((item for item in [*waiting[waiting.index(focus) + 1 :], *waiting] if item != focus), None)
            if focus in waiting else None,
        }  # fmt: skip
    return context.page(
        request, "adjudicate.html", page_name="Adjudicate", waiting=waiting, focus=focus,
        signs=context.signs(session.coder), code_keys=context.code_keys(session.coder),
        polarities=context.review.codebook.polarity,
        adjudicated=context.review.study.figures().adjudicated, **values,
    )  # fmt: skip


def _bench(context: ReviewContext, utterance: int) -> dict[str, Any]:
    """Return what somebody adjudicates: the sides, and what was adjudicated already."""
    document, views = context.review.home_of(utterance), sides(context, utterance)
    stands = context.review.study.acts.states(ADJUDICATED, [utterance])[utterance]
    labels = context.review.codebook.labels
    return {
        "unit": document.utterances[document.index_of[utterance]], "sides": views, "token": stands.token,
        "tokens": [view.state.token for view in views],
        "stands": what_stands(labels, stands) if stands.state in DECIDED else "",
    }  # fmt: skip


def _refuse_unseen(context: ReviewContext, coder: str, mode: Mode, utterance: int) -> None:
    """Raise InputError where a blind coder would see others' coding before their own decision."""
    if not context.review.may_adjudicate(coder, mode, utterance):
        raise InputError(
            "You are coding blind and have not decided on this utterance. Decide first, or choose another way to"
            " work on the Study page if you only adjudicate."
        )


def sides(context: ReviewContext, utterance: int) -> list[Side]:
    """Return who coded an utterance how; which side is A changes with the utterance, so no letter is a person."""
    study = context.review.study
    names = [name for name in study.acts.deciders([utterance])[utterance] if name != ADJUDICATED]
    document = context.review.home_of(utterance)
    lot = document.utterances[document.index_of[utterance]].lot
    turned = names[lot % len(names) :] + names[: lot % len(names)] if names else []
    memos = study.memos.all(utterance=utterance)
    return [
        Side(
            chr(ord("A") + place), name, study.acts.states(name, [utterance])[utterance],
            tuple(memo.text for memo in memos if memo.coder == name),
        )
        for place, name in enumerate(turned)
    ]  # fmt: skip


async def adjudicated(request: Request) -> Response:
    """Save what stands for good."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    utterance, given = sent_number(content, "utterance"), content.get("codes")
    if not isinstance(given, list) or not all(isinstance(item, dict) and item.get("code") for item in given):
        raise InputError("Say which codes stand for which utterance.")
    _refuse_unseen(context, session.coder, context.mode(session), utterance)
    codes = [(str(item["code"]), str(item["polarity"]) if item.get("polarity") else None) for item in given]
    adjudication = Adjudication(
        utterance, list(dict(codes).items()), memo=str(content.get("memo") or ""),
        expected=str(content.get("expected") or ""), seen=_tokens(content.get("sides")),
    )  # fmt: skip
    provenance = Provenance(seconds=seconds_of(content))
    try:
        adjudicate(context.review.study, session.coder, adjudication, provenance=provenance)
    except StaleError as error:
        bench = _bench(context, utterance)
        html = context.part(request, "sides.html", signs=context.signs(session.coder), **bench)
        return JSONResponse({"error": str(error), "sides": html}, 409)
    return reply(say="Adjudicated", go="/adjudicate")


def _tokens(given: object) -> tuple[str, ...] | None:
    return tuple(str(token) for token in given) if isinstance(given, list) else None


ROUTES = [Route("/adjudicate", show), Route("/adjudicate", adjudicated, methods=["POST"])]
