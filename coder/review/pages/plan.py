"""The plan of double coding, and transcripts as a set: renamed, removed, brought back."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.phrasing import counted
from coder.review.asked import body_of, sent_number, whole_number
from coder.review.context import context_of, reply, session_of
from coder.workflow.study.double_coding import double_coding_progress, set_double_coding
from coder.workflow.study.undoing import last_changes

FIELD = "transcript-"  # each ticked transcript comes as a field of this name and its number


async def plan(request: Request) -> Response:
    """Show which transcripts are double-coded, how far both coders are, and a form to choose."""
    context, session = context_of(request), session_of(request)
    study = context.review.study
    planned = double_coding_progress(study)
    coders = planned[0].coders if planned else ("", "")
    return context.page(
        request, "plan.html", page_name="Study", planned=planned, chosen={item.transcript for item in planned},
        transcripts=study.texts.all(), coders=coders, known=study.people.coders(),
        finished=bool(planned) and all(item.finished for item in planned),
        last_changes=last_changes(study, session.coder, "plan"),
    )  # fmt: skip


async def choose(request: Request) -> Response:
    """Keep the plan: the ticked transcripts are coded by both coders, blind first."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    numbers = (whole_number(name.removeprefix(FIELD)) for name in content if name.startswith(FIELD))
    ticked = [number for number in numbers if number is not None]
    names = [str(content.get("one") or ""), str(content.get("other") or "")]
    set_double_coding(context.review.study, ticked, names, coder=session.coder)
    context.review.plan_changed()
    say = (
        f"{counted(len(ticked), 'transcript')} double-coded from now on"
        if ticked
        else "No transcript is double-coded now"
    )
    return reply(say=say, go="/plan")


async def rename(request: Request) -> Response:
    """Give a transcript another name; the old one stays on record."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    key = sent_number(content, "transcript")
    context.review.study.transcript_changes.rename(key, str(content.get("name") or ""), coder=session.coder)
    context.review.refresh(key)
    return reply(say="Renamed", go=f"/transcript/{key}")


async def remove(request: Request) -> Response:
    """Take a transcript out of the study's lists and counts; its text and codings stay in the file."""
    context, session = context_of(request), session_of(request)
    key = sent_number(await body_of(request), "transcript")
    context.review.study.transcript_changes.remove(key, coder=session.coder)
    context.review.refresh(key)
    return reply(say="Removed; it can be brought back on the Study page", go="/")


async def restore(request: Request) -> Response:
    """Bring a removed transcript back with all its codings."""
    context, session = context_of(request), session_of(request)
    key = sent_number(await body_of(request), "transcript")
    context.review.study.transcript_changes.restore(key, coder=session.coder)
    context.review.refresh(key)
    return reply(say="Brought back", go="/")


ROUTES = [
    Route("/plan", plan),
    Route("/plan", choose, methods=["POST"]),
    Route("/transcript/rename", rename, methods=["POST"]),
    Route("/transcript/remove", remove, methods=["POST"]),
    Route("/transcript/restore", restore, methods=["POST"]),
]
