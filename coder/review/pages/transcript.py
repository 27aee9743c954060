"""The reading view: the whole page, and the pieces it asks for while it is open."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from coder.errors import InputError
from coder.review.asked import asked_number, whole_number
from coder.review.context import ReviewContext, context_of, reply, session_of
from coder.review.legend import minutes_left
from coder.workflow.review.session import Document, Unit
from coder.workflow.study.open import Filters, StudyUtterance

MOST_UNCERTAIN = 500  # utterances that the key walks through, the most uncertain first
CHUNK = 60  # utterances in one piece of a long transcript


def chunks_of(document: Document) -> list[list[StudyUtterance]]:
    """Cut a transcript into pieces of whole turns, about CHUNK utterances each."""
    pieces: list[list[StudyUtterance]] = [[]]
    turn = None
    for utterance in document.utterances:
        if len(pieces[-1]) >= CHUNK and utterance.turn != turn:
            pieces.append([])
        pieces[-1].append(utterance)
        turn = utterance.turn
    return [piece for piece in pieces if piece]


def tally(context: ReviewContext, coder: str, transcript: int) -> dict[str, object]:
    """Return how far the coder has come in a transcript."""
    total = context.review.document(transcript).codable
    decided = context.review.study.acts.decided_in(coder, transcript)
    return {"decided": decided, "total": total, "left": minutes_left(total - decided, context.pace(coder))}


async def read(request: Request) -> Response:
    """Show a transcript as a document."""
    context, session = context_of(request), session_of(request)
    document = context.review.refresh(asked_number(request, "transcript"))
    context.forget_pace(session.coder)
    if "coders" in request.query_params:
        session.show_coders = request.query_params["coders"] == "on"
    if not document.utterances:
        raise InputError(f"{document.name} holds no words; see how it was read.")
    search = request.query_params.get("q", "").strip()
    matches = _matches(context, document, search)
    focus = _focus(context, session.coder, document, request.query_params.get("u"), matches)
    pieces = chunks_of(document)
    at = next(i for i, piece in enumerate(pieces) if any(item.id == focus for item in piece))
    shown = set(range(max(0, at - 1), min(len(pieces), at + 2)))
    units = _units(context, request, [item for i in sorted(shown) for item in pieces[i]])
    drawing = context.drawing(session.coder, search)
    chunks = [
        {
            "first": piece[0].id, "last": piece[-1].id, "size": len(piece),
            "turns": drawing.turns(document, [units[item.id] for item in piece], focus) if i in shown else None,
        }
        for i, piece in enumerate(pieces)
    ]  # fmt: skip
    return context.page(
        request, "read.html", page_name="Study", document=document,
        in_use=context.review.study.texts.in_use(document.transcript), chunks=chunks, focus=focus, search=search,
        matches=matches, p=drawing.panel(context.review, units[focus], context.mode(session)),
        signs=context.signs(session.coder), code_keys=context.code_keys(session.coder),
        tally=tally(context, session.coder, document.transcript),
    )  # fmt: skip


def _units(context: ReviewContext, request: Request, utterances: Sequence[StudyUtterance]) -> dict[int, Unit]:
    session = session_of(request)
    units = context.review.units(session.coder, utterances, context.mode(session), others=session.show_coders)
    return {unit.utterance.id: unit for unit in units}


def _matches(context: ReviewContext, document: Document, search: str) -> list[int]:
    if not search:
        return []
    return context.review.study.find(Filters(transcript=document.transcript, text=search, codable=False))


def _focus(
    context: ReviewContext, coder: str, document: Document, asked: str | None, matches: Sequence[int]
) -> int:
    """Return where to begin: what the address says, a match, where the coder left off, the first open one."""
    wanted = whole_number(asked)
    if wanted in document.index_of:
        return wanted
    if matches:
        return matches[0]
    study = context.review.study
    mine = Filters(transcript=document.transcript, coder=coder)
    last = next(
        (r.utterance for r in study.acts.history(coder=coder, limit=1) if r.utterance in document.index_of),
        None,
    )
    waiting = study.find(Filters(transcript=document.transcript, coder=coder, state="open"))
    if last is not None:
        position = document.index_of[last]
        waiting = [item for item in waiting if document.index_of[item] > position] or waiting
    codable = waiting or study.find(mine)
    return codable[0] if codable else document.utterances[0].id


async def chunk(request: Request) -> Response:
    """Return one piece of a transcript that the page scrolls to."""
    context, session = context_of(request), session_of(request)
    document = context.review.document(asked_number(request, "t"))
    first = asked_number(request, "first")
    piece = next((piece for piece in chunks_of(document) if piece[0].id == first), None)
    if piece is None:
        raise InputError("The transcript was read anew; reload the page.")
    drawing = context.drawing(session.coder, request.query_params.get("q", "").strip())
    units = _units(context, request, piece)
    turns = drawing.turns(document, [units[item.id] for item in piece])
    return reply(html="".join(context.macro(request, "turn", turn) for turn in turns))


async def panel(request: Request) -> Response:
    """Return the panel for one utterance."""
    context = context_of(request)
    return reply(**panel_answer(context, request, asked_number(request, "u")))


def panel_answer(context: ReviewContext, request: Request, utterance: int) -> dict[str, object]:
    """Return the panel of one utterance as part of an answer."""
    session = session_of(request)
    unit = context.review.unit(session.coder, utterance, context.mode(session))
    drawing = context.drawing(session.coder)
    view = drawing.panel(context.review, unit, context.mode(session))
    return {
        "focus": utterance, "panel": context.part(request, "panel.html", p=view),
        "legend": context.legend_mark(session.coder),
    }  # fmt: skip


async def uncertain(request: Request) -> Response:
    """Return the open utterance that the machine is least sure about, or after one of these, the next of them.

    Assisted work leaves out what is to be coded before the machine's view is seen.
    """
    context, session = context_of(request), session_of(request)
    if context.mode(session) == "blind":
        raise InputError("You are coding blind: the machine's doubts are not shown.")
    wanted = Filters(
        transcript=asked_number(request, "t") if request.query_params.get("t") else None,
        coder=session.coder, state="open",
    )  # fmt: skip
    utterance = whole_number(request.query_params.get("u"))
    doubted = context.review.study.find(wanted, order="uncertain", limit=MOST_UNCERTAIN)
    if context.mode(session) == "assisted":
        doubted = context.review.not_first(session.coder, doubted)
    after = doubted[doubted.index(utterance) + 1 :] if utterance in doubted else []
    rest = [item for item in doubted if item != utterance]
    return reply(id=next(iter(after or rest), None))


async def place(request: Request) -> Response:
    """Go to an utterance by its number alone, wherever it is."""
    utterance = asked_number(request, "utterance")
    document = context_of(request).review.home_of(utterance)
    return RedirectResponse(f"/read/{document.transcript}?u={utterance}", 303)


async def next_open(request: Request) -> JSONResponse:
    """Return the first open utterance after the present one in the transcript, else the first of all."""
    context, session = context_of(request), session_of(request)
    utterance = asked_number(request, "u")
    document = context.review.home_of(utterance)
    waiting = context.review.study.find(
        Filters(transcript=document.transcript, coder=session.coder, state="open")
    )
    after = [item for item in waiting if document.index_of[item] > document.index_of[utterance]]
    rest = [item for item in waiting if item != utterance]
    return reply(id=next(iter(after or rest), None))


async def after(request: Request) -> Response:
    """Return the first open utterance of the next transcript that has one, in order of name; None if none has."""
    context, session = context_of(request), session_of(request)
    transcript = asked_number(request, "t")
    infos = context.review.study.texts.all()
    at = next((index for index, info in enumerate(infos) if info.id == transcript), -1)
    for info in [*infos[at + 1 :], *infos[: max(at, 0)]]:
        wanted = Filters(transcript=info.id, coder=session.coder, state="open")
        if waiting := context.review.study.find(wanted, limit=1):
            return reply(id=waiting[0], name=info.name)
    return reply(id=None)


ROUTES = [
    Route("/read/{transcript}", read),
    Route("/at/{utterance}", place),
    Route("/part/chunk", chunk),
    Route("/part/panel", panel),
    Route("/part/uncertain", uncertain),
    Route("/part/open", next_open),
    Route("/part/after", after),
]
