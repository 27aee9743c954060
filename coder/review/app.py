"""The page as an ASGI application: routes, the guard around them, errors as sentences."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from coder.errors import CoderError, NotFoundError, StaleError
from coder.review.auth import Guard, Sessions
from coder.review.context import ReviewContext, context_of, session_of
from coder.review.legend import stylesheet
from coder.review.pages import (
    adjudication,
    by_code,
    codebook,
    dashboard,
    exchange,
    groups,
    model,
    plan,
    pseudonyms,
    queue,
    quotes,
    report,
    study,
    transcript,
    writes,
)
from coder.workflow.review.session import ReviewSession
from coder.workflow.study.open import Mode, open_study

STATUS: dict[type[CoderError], int] = {StaleError: 409, NotFoundError: 404}
STATIC = Path(__file__).parent / "static"


async def codes_css(request: Request) -> Response:
    """Return the codes' colours as a stylesheet."""
    signs = context_of(request).signs(session_of(request).coder)
    return Response(stylesheet(signs), media_type="text/css")


def _wants_json(request: Request) -> bool:
    return request.method == "POST" or "text/html" not in request.headers.get("accept", "")


async def refused(request: Request, error: Exception) -> Response:
    """Turn an error raised on purpose into a sentence for the user."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    if _wants_json(request):
        return JSONResponse({"error": str(error)}, status)
    return context_of(request).page(request, "problem.html", status, sentence=str(error))


async def missing(request: Request, error: Exception) -> Response:
    """Answer for addresses that lead nowhere."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    sentence = "There is no such page." if status == 404 else "That cannot be done here."
    if _wants_json(request):
        return JSONResponse({"error": sentence}, status)
    return context_of(request).page(request, "problem.html", status, sentence=sentence)


def make_app(
    study: str | Path,
    coders: Sequence[str],
    *,
    port: int,
    hosts: Iterable[str],
    mode: Mode | None = None,
    passphrase: str | None = None,
) -> tuple[ASGIApp, Sessions]:
    """Return the application over a study and the sessions that open it.

    `hosts` are the Host headers it answers to, with port. Coders are added to the study if new.
    Raises StudyError if the study cannot be opened or written, PassphraseError if it is encrypted and `passphrase`
    (or that which is known already) does not open it.
    """
    review = ReviewSession(open_study(study, passphrase=passphrase))
    names = [review.study.people.add_coder(name) for name in coders]
    sessions = Sessions(names, port)
    app = Starlette(routes=routes(), exception_handlers={CoderError: refused, HTTPException: missing})
    app.state.context = ReviewContext(review, sessions, mode=mode)
    return Guard(app, sessions, hosts), sessions


def routes() -> list[BaseRoute]:
    """Return every address of a study's page."""
    return [
        *study.ROUTES, *transcript.ROUTES, *queue.ROUTES, *quotes.ROUTES, *groups.ROUTES, *writes.ROUTES,
        *by_code.ROUTES, *adjudication.ROUTES, *plan.ROUTES, *codebook.ROUTES, *dashboard.ROUTES, *report.ROUTES,
        *model.ROUTES, *exchange.ROUTES, *pseudonyms.ROUTES,
        Route("/codes.css", codes_css),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]  # fmt: skip
