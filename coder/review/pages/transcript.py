"""The reading view and the queue: whole pages, and the pieces a page asks for while it is open."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from coder.errors import InputError
from coder.review.context import House, house_of, said, session_of
from coder.review.queue_order import Listing, listing_of
from coder.review.wording import minutes_left
from coder.workflow.review.session import Document, Unit
from coder.workflow.study.open import Filters, StudyUtterance
from coder.workflow.study.review_queue import next_batch

CHUNK = 60  # utterances in one piece of a long transcript
CONTEXT = 5  # turns either side of the utterance in focus


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


def tally(house: House, coder: str, transcript: int) -> dict[str, object]:
    """Return how far the coder has come in a transcript."""
    total = house.desk.document(transcript).codable
    decided = house.desk.settled(coder, transcript)
    return {"decided": decided, "total": total, "left": minutes_left(total - decided, house.pace(coder))}


async def read(request: Request) -> Response:
    """Show a transcript as a document."""
    house, session = house_of(request), session_of(request)
    document = house.desk.refresh(request.path_params["transcript"])
    house.forget_pace(session.coder)
    if not document.utterances:
        raise InputError(f"{document.name} holds no words; see how it was read.")
    search = request.query_params.get("q", "").strip()
    matches = _matches(house, document, search)
    focus = _focus(house, session.coder, document, request.query_params.get("u"), matches)
    pieces = chunks_of(document)
    at = next(i for i, piece in enumerate(pieces) if any(item.id == focus for item in piece))
    shown = set(range(max(0, at - 1), min(len(pieces), at + 2)))
    units = _units(house, request, [item for i in sorted(shown) for item in pieces[i]])
    drawing = house.drawing(session.coder, search)
    chunks = [
        {
            "first": piece[0].id, "last": piece[-1].id, "size": len(piece),
            "turns": drawing.turns(document, [units[item.id] for item in piece], focus) if i in shown else None,
        }
        for i, piece in enumerate(pieces)
    ]  # fmt: skip
    return house.page(
        request, "read.html", room="Study", document=document, chunks=chunks, focus=focus, search=search,
        matches=matches, p=drawing.panel(house.desk, units[focus], house.mode(session)),
        signs=house.signs(session.coder), code_keys=house.code_keys(session.coder),
        tally=tally(house, session.coder, document.transcript),
    )  # fmt: skip


def _units(house: House, request: Request, utterances: Sequence[StudyUtterance]) -> dict[int, Unit]:
    session = session_of(request)
    found = house.desk.units(session.coder, utterances, house.mode(session))
    return {unit.utterance.id: unit for unit in found}


def _matches(house: House, document: Document, search: str) -> list[int]:
    if not search:
        return []
    return house.desk.study.find(Filters(transcript=document.transcript, text=search, codable=False))


def _focus(house: House, coder: str, document: Document, asked: str | None, matches: Sequence[int]) -> int:
    """Return where to begin: what the address says, a match, where the coder left off, the first open one."""
    if asked and asked.isdigit() and int(asked) in document.place:
        return int(asked)
    if matches:
        return matches[0]
    study = house.desk.study
    mine = Filters(transcript=document.transcript, coder=coder)
    last = next(
        (r.utterance for r in study.history(coder=coder, limit=1) if r.utterance in document.place), None
    )
    waiting = study.find(Filters(transcript=document.transcript, coder=coder, state="open"))
    if last is not None:
        place = document.place[last]
        waiting = [item for item in waiting if document.place[item] > place] or waiting
    codable = waiting or study.find(mine)
    return codable[0] if codable else document.utterances[0].id


async def chunk(request: Request) -> Response:
    """Return one piece of a transcript that the page scrolls to."""
    house, session = house_of(request), session_of(request)
    document = house.desk.document(int(request.query_params["t"]))
    first = int(request.query_params["first"])
    piece = next((piece for piece in chunks_of(document) if piece[0].id == first), None)
    if piece is None:
        raise InputError("The transcript was read anew; reload the page.")
    drawing = house.drawing(session.coder, request.query_params.get("q", "").strip())
    units = _units(house, request, piece)
    turns = drawing.turns(document, [units[item.id] for item in piece])
    return said(html=house.part(request, "turns.html", turns=turns, focus=None))


async def panel(request: Request) -> Response:
    """Return the panel for one utterance."""
    house = house_of(request)
    return said(**panel_answer(house, request, int(request.query_params["u"])))


def panel_answer(house: House, request: Request, utterance: int) -> dict[str, object]:
    """Return the panel of one utterance as part of an answer."""
    session = session_of(request)
    unit = house.desk.unit(session.coder, utterance, house.mode(session))
    drawing = house.drawing(session.coder)
    view = drawing.panel(house.desk, unit, house.mode(session))
    return {"focus": utterance, "panel": house.part(request, "panel.html", p=view)}


async def queue(request: Request) -> Response:
    """Show one utterance at a time, in an order that serves the study."""
    house, session = house_of(request), session_of(request)
    listing = listing_of(request.query_params, session.coder)
    drawn = _drawn(house, session.coder, listing)
    asked = request.query_params.get("u", "")
    focus = int(asked) if asked.isdigit() else next(iter(drawn), None)
    context: dict[str, object] = {}
    if focus is not None:
        context = {**stage_answer(house, request, focus)}
        drawn.setdefault(focus, "")
    unit = house.desk.unit(session.coder, focus, house.mode(session)) if focus is not None else None
    return house.page(
        request, "queue.html", room="Queue", listing=listing, drawn=drawn, focus=focus,
        stage=context.get("stage", ""), signs=house.signs(session.coder), code_keys=house.code_keys(session.coder),
        p=house.drawing(session.coder).panel(house.desk, unit, house.mode(session)) if unit else None,
        choices=listing.choices(house),
    )  # fmt: skip


def _drawn(house: House, coder: str, listing: Listing) -> dict[int, str]:
    """Return the utterances of a queue in order, each with what drew it."""
    study = house.desk.study
    if listing.order == "study" and listing.filters.state == "open":
        return {item.utterance: item.drawn for item in next_batch(study, coder, filters=listing.filters)}
    order = "random" if listing.order == "study" else listing.order
    return dict.fromkeys(study.find(listing.filters, order=order), order)


def stage_answer(house: House, request: Request, utterance: int) -> dict[str, object]:
    """Return one utterance with the turns around it as part of an answer."""
    session = session_of(request)
    document = house.desk.home_of(utterance)
    # What stands around is context: its suggestions are left out, so nothing is seen before its time.
    around = document.around(utterance, CONTEXT)
    units = house.desk.units(session.coder, around, "blind")
    units = [
        house.desk.unit(session.coder, utterance, house.mode(session))
        if unit.utterance.id == utterance
        else unit
        for unit in units
    ]
    turns = house.drawing(session.coder).turns(document, units, utterance)
    part = house.part(request, "stage.html", document=document, turns=turns, focus=utterance)
    return {"focus": utterance, "stage": part}


async def step(request: Request) -> Response:
    """Return the next utterance of the queue view with its panel."""
    house, utterance = house_of(request), int(request.query_params["u"])
    return said(
        **stage_answer(house, request, utterance),
        **{"panel": panel_answer(house, request, utterance)["panel"]},
    )


async def uncertain(request: Request) -> Response:
    """Return the open utterance that the machine is least sure about, other than the present one."""
    house, session = house_of(request), session_of(request)
    if house.mode(session) == "blind":
        raise InputError("You are coding blind: the machine's doubts are not shown.")
    wanted = Filters(
        transcript=int(request.query_params["t"]) if request.query_params.get("t") else None,
        coder=session.coder, state="open",
    )  # fmt: skip
    here = int(request.query_params.get("u", "0"))
    found = [item for item in house.desk.study.find(wanted, order="uncertain", limit=2) if item != here]
    return said(id=found[0] if found else None)


async def place(request: Request) -> Response:
    """Go to an utterance by its number alone, wherever it is."""
    document = house_of(request).desk.home_of(request.path_params["utterance"])
    return RedirectResponse(f"/read/{document.transcript}?u={request.path_params['utterance']}", 303)


async def next_open(request: Request) -> JSONResponse:
    """Return the first open utterance after the present one in the transcript, else the first of all."""
    house, session = house_of(request), session_of(request)
    here = int(request.query_params["u"])
    document = house.desk.home_of(here)
    waiting = house.desk.study.find(
        Filters(transcript=document.transcript, coder=session.coder, state="open")
    )
    after = [item for item in waiting if document.place[item] > document.place[here]]
    rest = [item for item in waiting if item != here]
    return said(id=next(iter(after or rest), None))


ROUTES = [
    Route("/read/{transcript:int}", read),
    Route("/at/{utterance:int}", place),
    Route("/queue", queue),
    Route("/part/chunk", chunk),
    Route("/part/panel", panel),
    Route("/part/step", step),
    Route("/part/uncertain", uncertain),
    Route("/part/open", next_open),
]
