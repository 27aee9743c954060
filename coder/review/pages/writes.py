"""Writes of the reading view and the queue: saved first, then the touched pieces are drawn anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coder.errors import InputError, StaleError
from coder.phrasing import counted
from coder.review.asked import body_of, seconds_of, sent_number, sent_numbers, whole_number
from coder.review.context import ReviewContext, context_of, reply, session_of
from coder.review.keyboard import action_keys, shown
from coder.review.pages.queue import stage_answer
from coder.review.pages.transcript import panel_answer, tally
from coder.review.presenters import STATE_WORDS
from coder.workflow.review.gestures import Gesture, perform
from coder.workflow.study.decide import LONGEST_MEMO, decide, refuse_memo_out_of_use
from coder.workflow.study.open import ADJUDICATED, Decision, Provenance, Saved, StandingCode, UnitState
from coder.workflow.study.undoing import redo, undo

GOING_ON = frozenset(
    {"skip", "take_a", "take_b", "take_both"}
)  # after these there is nothing left to compare


def _gesture(content: dict[str, Any]) -> Gesture:
    selection = sent_numbers(content, "selection")
    if selection is not None and len(selection) != 2:
        raise InputError("'selection' must be two whole numbers.")
    return Gesture(
        action=str(content.get("action")),
        utterance=sent_number(content, "utterance"),
        code=str(content["code"]) if content.get("code") is not None else None,
        expected=str(content["expected"]) if content.get("expected") is not None else None,
        selection=None if selection is None else (selection[0], selection[1]),
        seconds=seconds_of(content),
        drawn=str(content.get("drawn") or "")[:40],
        shown=sent_numbers(content, "shown"),
    )


async def act(request: Request) -> Response:
    """Save a gesture and return what changed on the screen."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    gesture = _gesture(content)
    mode = context.mode(session)
    before = context.review.study.acts.states(session.coder, [gesture.utterance])[gesture.utterance]
    try:
        saved = perform(context.review, session.coder, mode, gesture)
    except StaleError as error:
        fresh = _touched(context, request, [gesture.utterance], content, focus=gesture.utterance)
        return JSONResponse({**fresh, "error": str(error)}, 409)
    onward = whole_number(content.get("then"))
    changed = list(saved.states) if saved else [gesture.utterance]
    # Words can be selected from the end of one utterance on: then the next has the code, and is looked at.
    here = gesture.utterance if gesture.utterance in changed else changed[0]
    stays = here != gesture.utterance or _stays(context, request, gesture, saved) or onward is None
    focus = here if stays or onward is None else onward
    saying, hint = "", ""
    if saved:
        after = saved.states[here]
        before = before if here == gesture.utterance else replace(after, codes=())
        saying = what_changed(context.review.codebook.labels, before, after, len(saved.states))
        hint = undo_hint(context, session.coder)
    elif gesture.action == "skip":
        saying = "It is decided, and stays as it is"
    touched = _touched(context, request, changed, content, focus=focus)
    return reply(**touched, say=saying, hint=hint, stay=stays)


def undo_hint(context: ReviewContext, coder: str) -> str:
    """Return how to undo by key, in words; '' for whoever uses no single keys."""
    preferences = context.preferences(coder)
    return f"{shown(action_keys(preferences.keys)['undo'][0]).lower()} undoes" if preferences.letters else ""


def what_stands(labels: Mapping[str, str], state: UnitState) -> str:
    """Return in words what stands for a coder on an utterance."""
    codes = [_code_words(labels, code) for code in state.codes]
    return "; ".join(codes) or STATE_WORDS[state.state]


def _code_words(labels: Mapping[str, str], code: StandingCode) -> str:
    return ", ".join(filter(None, [labels.get(code.code, code.code), code.polarity]))


def what_changed(labels: Mapping[str, str], before: UnitState, after: UnitState, touched: int) -> str:
    """Return in words what a gesture saved: which codes came, which went, what was rejected or marked."""
    had = {(code.code, code.polarity) for code in before.codes}
    has = {code.code for code in after.codes}
    marked = after.state != before.state and after.state in {"nothing", "skipped"}
    words = [STATE_WORDS[after.state].capitalize()] if marked else []
    words += [_code_words(labels, code) for code in after.codes if (code.code, code.polarity) not in had]
    words += [f"{labels.get(c.code, c.code)} withdrawn" for c in before.codes if c.code not in has]
    words += [
        f"{labels.get(code, code)} rejected"
        for code in after.rejected
        if code not in before.rejected and code not in {item.code for item in before.codes}
    ]
    if before.codes and not after.codes:
        words += [
            f"{labels.get(code, code)} stays rejected" for code in after.rejected if code in before.rejected
        ]
    if before.state == "nothing" and after.state != "nothing" and not after.codes:
        words.append("“Nothing to code” withdrawn")
    if after.flagged != before.flagged:
        words.append("Flagged" if after.flagged else "Flag taken off")
    if not words:
        words.append("Passage changed" if after.codes else "Saved")
    return "; ".join(words) + (f" ({touched} utterances)" if touched > 1 else "")


def _stays(context: ReviewContext, request: Request, gesture: Gesture, saved: Saved | None) -> bool:
    """Return whether there is something new to see here, so that the page must not go on."""
    if saved is None:
        return False
    session = session_of(request)
    if gesture.action == "nothing" and saved.states[gesture.utterance].state != "nothing":
        return True
    revealed = context.mode(session) == "commit_first" and gesture.action not in GOING_ON
    return revealed and bool(context.review.unit(session.coder, gesture.utterance, "commit_first").offers)


def _touched(
    context: ReviewContext, request: Request, changed: list[int], content: dict[str, Any], *, focus: int
) -> dict[str, Any]:
    """Return the pieces of the page that are no longer right: utterances, panel, tally."""
    session = session_of(request)
    if content.get("view") == "page":
        return {}
    if content.get("view") == "rows":
        return {
            "rows": _row_states(context, request, changed),
            "legend": context.legend_mark(session.coder),
        }
    answer: dict[str, Any] = panel_answer(context, request, focus)
    if content.get("view") == "queue":
        answer |= stage_answer(context, request, focus)
        return answer
    drawing = context.drawing(session.coder, str(content.get("q") or ""))
    document = context.review.home_of(focus)
    utterances = [
        document.utterances[document.index_of[item]] for item in changed if item in document.index_of
    ]
    units = context.review.units(session.coder, utterances, context.mode(session), others=session.show_coders)
    answer["units"] = {
        unit.utterance.id: context.macro(request, "unit", drawing.unit(unit), focus) for unit in units
    }
    answer["tally"] = context.macro(request, "tally", tally(context, session.coder, document.transcript))
    return answer


def _row_states(context: ReviewContext, request: Request, changed: list[int]) -> dict[int, dict[str, object]]:
    """Return what is no longer right in a list of utterances: each one's token, suggestions and codes."""
    session = session_of(request)
    drawing, states = context.drawing(session.coder), dict[int, dict[str, object]]()
    for key in changed:
        row = drawing.row(context.review.unit(session.coder, key, context.mode(session)), "")
        states[key] = {
            "token": row.token,
            "offered": list(row.offered),
            "spoken": row.spoken,
            "html": context.macro(request, "row_state", row),
        }
    return states


async def reverse(request: Request) -> Response:
    """Undo or redo what the coder did last, or what the page names; say what returned, and go to where it was."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    undoing = request.url.path == "/undo"
    named = str(content["change"]) if content.get("change") else None
    saved = (undo if undoing else redo)(context.review.study, session.coder, named)
    if saved is None:
        return reply(say="Nothing to undo." if undoing else "Nothing to redo.")
    if saved.transcript is not None:
        context.review.refresh(saved.transcript)
    saying = f"{'Undone' if undoing else 'Redone'}: {_now(context.review.codebook.labels, saved)}"
    changed, passed = list(saved.states), list(saved.passed)
    # Nothing of one utterance: codes, groups, roles, names, the plan, a memo on something else.
    if not changed:
        context.review.plan_changed()
        return reply(
            say=saying, reversed=True, quote=saved.quote, memo=saved.memo is not None, passed=passed
        )  # fmt: skip
    focus = content["current"] if content.get("current") in changed else changed[0]
    answer = _touched(context, request, changed, content, focus=focus)
    home = context.review.home_of(focus)
    return reply(
        **answer, say=saying, go=f"/read/{home.transcript}?u={focus}", reversed=True, passed=passed,
        adjudicated=saved.states[focus].coder == ADJUDICATED,
    )  # fmt: skip


def _now(labels: Mapping[str, str], saved: Saved) -> str:
    """Return in words what stands after an undo or redo, or what it reversed."""
    if saved.memo is not None:
        return f"memo now “{saved.memo.text[:60]}”" if saved.memo.text else "the memo is gone"
    if not saved.states:
        return saved.what
    first, *others = saved.states.values()
    more = f" (and {counted(len(others), 'more utterance')})" if others else ""
    return (f"{saved.what}; " if saved.what else "") + _standing_now(labels, first) + more


def _standing_now(labels: Mapping[str, str], state: UnitState) -> str:
    if state.coder != ADJUDICATED:
        return f"now {what_stands(labels, state)}"
    return "not adjudicated" if state.state == "open" else f"adjudicated as {what_stands(labels, state)}"


async def passed(request: Request) -> Response:
    """Save "nothing to code" for utterances that the coder read past: one gesture, undone together.

    The page sends only those that were on the screen; what has been decided meanwhile is left alone.
    """
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    document = context.review.document(sent_number(content, "transcript"))
    given = sent_numbers(content, "utterances")
    if given is None:
        raise InputError("Say which utterances were passed.")
    here = [key for key in given if key in document.index_of]  # the browser may remember another study's
    states = context.review.study.acts.states(session.coder, here)
    decisions = [Decision(key, "nothing", expected=s.token) for key, s in states.items() if s.state == "open"]
    if not decisions:
        return reply(say="Nothing that you passed is without a decision.")
    saved = decide(
        context.review.study,
        session.coder,
        decisions,
        mode=context.mode(session),
        provenance=Provenance("passed"),
    )
    answer = _touched(context, request, list(saved.states), content, focus=here[-1])
    hint = undo_hint(context, session.coder)
    return reply(**answer, say=f"{len(decisions)} marked as nothing to code – saved", hint=hint)


async def memo(request: Request) -> Response:
    """Write a memo on an utterance, a transcript, a code or the study; with its thread: change it, or delete it.

    A change is a new row; an empty text deletes. Both can be undone.
    """
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    text = str(content.get("text") or "").strip()
    if len(text) > LONGEST_MEMO:
        raise InputError(f"A memo may have {LONGEST_MEMO:,} characters; this one has more.")
    subject: dict[str, Any] = {key: str(content[key]) for key in ("code", "thread") if content.get(key)}
    subject |= {key: sent_number(content, key) for key in ("utterance", "transcript") if content.get(key)}
    if not text and "thread" not in subject:
        raise InputError("The memo is empty.")
    study = context.review.study
    refuse_memo_out_of_use(study, **{key: about for key, about in subject.items() if key != "code"})
    study.memos.write(session.coder, text, **subject)
    done = "Memo deleted" if not text else "Memo changed" if "thread" in subject else "Memo saved"
    if "code" in subject and text:
        done += f", about {context.review.codebook.labels.get(str(subject['code']), subject['code'])}"
    answer: dict[str, Any] = {"say": done, "hint": undo_hint(context, session.coder)}
    focus = whole_number(content.get("focus", content.get("utterance")))
    if focus is not None:
        answer |= _touched(context, request, [focus], content, focus=focus)
    return reply(**answer)


ROUTES = [
    Route("/act", act, methods=["POST"]),
    Route("/undo", reverse, methods=["POST"]),
    Route("/redo", reverse, methods=["POST"]),
    Route("/passed", passed, methods=["POST"]),
    Route("/memo", memo, methods=["POST"]),
]
