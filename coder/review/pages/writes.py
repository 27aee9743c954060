"""Writes of the reading view and the queue: saved first, then the touched pieces are drawn anew."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coder.errors import InputError, StaleError
from coder.review.context import ReviewContext, context_of, said, session_of
from coder.review.pages.queue import stage_answer
from coder.review.pages.transcript import panel_answer, tally
from coder.workflow.review.gestures import Gesture, perform
from coder.workflow.study.decide import decide, redo, undo
from coder.workflow.study.open import Decision, Saved

SAYINGS = {
    "done": "Accepted", "accept": "Accepted", "reject": "Rejected", "nothing": "Nothing to code", "skip": "Skipped",
    "flag": "Flag", "code": "Code", "extend": "Passage extended", "trim": "Passage trimmed",
    "split": "Passage split", "join": "Passages joined", "cover": "Passage changed",
}  # fmt: skip


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of a write. Raises InputError if it is none."""
    try:
        content = await request.json()
    except ValueError as error:
        raise InputError("The request is not JSON.") from error
    if not isinstance(content, dict):
        raise InputError("The request is not a JSON object.")
    return content


def _number(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"'{name}' must be a whole number.")
    return value


def _gesture(content: dict[str, Any]) -> Gesture:
    selection, seconds = content.get("selection"), content.get("seconds")
    if selection is not None and not (
        isinstance(selection, list)
        and len(selection) == 2
        and all(isinstance(edge, int) for edge in selection)
    ):
        raise InputError("'selection' must be two whole numbers.")
    return Gesture(
        action=str(content.get("action")),
        utterance=_number(content, "utterance"),
        code=str(content["code"]) if content.get("code") is not None else None,
        expected=str(content["expected"]) if content.get("expected") is not None else None,
        selection=(selection[0], selection[1]) if selection else None,
        seconds=float(seconds) if isinstance(seconds, (int, float)) else None,
        drawn=str(content.get("drawn") or "")[:40],
    )


async def act(request: Request) -> Response:
    """Save a gesture and return what changed on the screen."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    gesture = _gesture(content)
    mode = context.mode(session)
    try:
        saved = perform(context.review, session.coder, mode, gesture)
    except StaleError as error:
        fresh = _touched(context, request, [gesture.utterance], content, focus=gesture.utterance)
        return JSONResponse({**fresh, "error": str(error)}, 409)
    focus = _next_focus(context, request, gesture, saved, content)
    changed = list(saved.states) if saved else [gesture.utterance]
    saying = SAYINGS.get(gesture.action, gesture.action.capitalize()) + " – saved" if saved else ""
    return said(**_touched(context, request, changed, content, focus=focus), say=saying)


def _next_focus(
    context: ReviewContext, request: Request, gesture: Gesture, saved: Saved | None, content: dict[str, Any]
) -> int:
    """Return where to go: on, unless there is now something to see here."""
    onward = content.get("then")
    if not isinstance(onward, int):
        return gesture.utterance
    if saved is None:
        return onward
    session = session_of(request)
    if gesture.action == "nothing" and saved.states[gesture.utterance].state != "nothing":
        return gesture.utterance
    revealed = context.mode(session) == "commit_first" and gesture.action != "skip"
    if revealed and context.review.unit(session.coder, gesture.utterance, "commit_first").offers:
        return gesture.utterance
    return onward


def _touched(
    context: ReviewContext, request: Request, changed: list[int], content: dict[str, Any], *, focus: int
) -> dict[str, Any]:
    """Return the pieces of the page that are no longer right: utterances, panel, tally."""
    session = session_of(request)
    answer: dict[str, Any] = panel_answer(context, request, focus)
    if content.get("view") == "queue":
        answer |= stage_answer(context, request, focus)
        return answer
    drawing = context.drawing(session.coder, str(content.get("q") or ""))
    document = context.review.home_of(focus)
    here = [document.utterances[document.place[item]] for item in changed if item in document.place]
    units = context.review.units(session.coder, here, context.mode(session))
    answer["units"] = {
        unit.utterance.id: context.macro(request, "unit", drawing.unit(unit), focus) for unit in units
    }
    answer["tally"] = context.macro(request, "tally", tally(context, session.coder, document.transcript))
    return answer


async def reverse(request: Request) -> Response:
    """Undo or redo the coder's last gesture, and go to where it was."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    undoing = request.url.path == "/undo"
    saved = (undo if undoing else redo)(context.review.study, session.coder)
    if saved is None:
        return said(say="Nothing to undo." if undoing else "Nothing to redo.")
    changed = list(saved.states)
    focus = changed[0]
    answer = _touched(context, request, changed, content, focus=focus)
    home = context.review.home_of(focus)
    return said(**answer, say="Undone" if undoing else "Done again", go=f"/read/{home.transcript}?u={focus}")


async def passed(request: Request) -> Response:
    """Save "nothing to code" for utterances that the coder read past: one gesture, undone together.

    The page sends only those that were on the screen; what has been decided meanwhile is left alone.
    """
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    given = content.get("utterances")
    if not isinstance(given, list) or not all(isinstance(item, int) for item in given):
        raise InputError("Say which utterances were passed.")
    states = context.review.study.acts.states(session.coder, given)
    choices = [Decision(key, "nothing", expected=s.token) for key, s in states.items() if s.state == "open"]
    if not choices:
        return said(say="Nothing that you passed is without a decision.")
    saved = decide(context.review.study, session.coder, choices, mode=context.mode(session), drawn="passed")
    answer = _touched(context, request, list(saved.states), content, focus=given[-1])
    return said(**answer, say=f"{len(choices)} marked as nothing to code – saved")


async def memo(request: Request) -> Response:
    """Write a memo on an utterance, a transcript, a code or the study."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    text = str(content.get("text") or "").strip()
    if len(text) > 20_000:
        raise InputError("A memo may have 20,000 characters; this one has more.")
    subject = {key: content[key] for key in ("utterance", "transcript", "code", "thread") if content.get(key)}
    context.review.study.memos.write(session.coder, text, **subject)
    answer: dict[str, Any] = {"say": "Memo saved"}
    if isinstance(content.get("utterance"), int):
        answer |= _touched(context, request, [content["utterance"]], content, focus=content["utterance"])
    return said(**answer)


ROUTES = [
    Route("/act", act, methods=["POST"]),
    Route("/undo", reverse, methods=["POST"]),
    Route("/redo", reverse, methods=["POST"]),
    Route("/passed", passed, methods=["POST"]),
    Route("/memo", memo, methods=["POST"]),
]
