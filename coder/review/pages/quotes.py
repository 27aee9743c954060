"""The quotes of a code on one page, the matrix of codes by group, and search: lists that are coded in place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import InputError
from coder.review.asked import asked_number, body_of, listed_numbers, sent_number
from coder.review.context import ReviewContext, attachment, context_of, reply, session_of
from coder.review.pages.queue import listing_of
from coder.review.pages.writes import undo_hint
from coder.review.presenters import RowView
from coder.workflow.study.decide import decide
from coder.workflow.study.open import Decision, Filters, Provenance
from coder.workflow.study.quotes import (
    BY_TRANSCRIPT,
    Matrix,
    PlacedQuote,
    codes_within,
    grouped,
    groupings,
    like_code,
    mark_good_quote,
    matrix,
    matrix_file,
    placed_quotes,
    quote_counts,
)

MOST_QUOTES = 400  # rows of one page; more are reached by narrowing
MOST_SUGGESTED = 20
MOST_FOUND = 200
MOST_LIKE = 20  # utterances most like a code's quotes, to tick
CONTEXT = 3  # turns either side of a quote
MATRIX_ROWS = {"code": "Codes", "component": "Components", "polarity": "Polarity"}


@dataclass(frozen=True, slots=True)
class Likest:
    """The utterances most like a code's quotes by a model's vectors, or why there are none."""

    model: str
    why_not: str
    rows: list[RowView]


def _own_only(context: ReviewContext, request: Request) -> str | None:
    """Return the coder whose codings alone may be shown: blind work shows nobody else's."""
    session = session_of(request)
    return session.coder if context.mode(session) == "blind" else None


async def code_page(request: Request) -> Response:
    """Show every confirmed quote of a code or component, by group, and below a line what is only suggested."""
    context, session = context_of(request), session_of(request)
    study, codebook, only_coder = context.review.study, context.review.codebook, _own_only(context, request)
    withheld = context.review.withheld(session.coder, context.mode(session))
    counts = quote_counts(study, coder=only_coder, withheld=withheld)
    most = max(codebook.codes, key=lambda code: counts.get(code.id, 0)).id
    name = request.query_params.get("code") or most
    by = request.query_params.get("by") or BY_TRANSCRIPT
    polarity = request.query_params.get("polarity") or None
    quotes = placed_quotes(
        study, codes_within(codebook, name), by=by, polarity=polarity, coder=only_coder, withheld=withheld
    )
    if value := request.query_params.get("value"):
        quotes = [item for item in quotes if value in item.groups]
    if request.query_params.get("good"):
        quotes = [item for item in quotes if item.quote.good]
    rows = _quote_rows(context, request, quotes[:MOST_QUOTES])
    groups = [
        (group.value, len(group.quotes), group.participants, [rows[id(item)] for item in group.quotes])
        for group in grouped(quotes[:MOST_QUOTES])
    ]
    likest = await run_in_threadpool(_likest, context, request, name)
    return context.page(
        request, "quotes.html", page_name="Codes", name=name, label=_label(context, name), by=by, value=value,
        polarity=polarity, good=bool(request.query_params.get("good")), groups=groups, counts=counts,
        found=len(quotes), listed=min(len(quotes), MOST_QUOTES),
        participants=len({item.participant for item in quotes}),
        suggested=_suggested(context, request, name), likest=likest, groupings=groupings(study), codebook=codebook,
        signs=context.signs(session.coder), code_keys=context.code_keys(session.coder),
        kept_back=bool(withheld and withheld.utterances),
    )  # fmt: skip


def _label(context: ReviewContext, name: str) -> str:
    codebook = context.review.codebook
    return codebook.by_id[name].label if name in codebook.by_id else name


def _quote_rows(
    context: ReviewContext, request: Request, quotes: Sequence[PlacedQuote]
) -> dict[int, RowView]:
    session = session_of(request)
    mode = context.mode(session)
    if mode != "blind" and quotes:
        # Others' codings are on the page: what the coder decides here from now on is not blind.
        others = [i.quote.utterance for i in quotes if i.quote.coders != (session.coder,)]
        context.review.study.acts.record_exposure(session.coder, others, "coder")
    wanted = list(dict.fromkeys(item.quote.utterance for item in quotes))
    utterances = list(context.review.study.texts.by_id(wanted).values())
    # The machine's view is left out here: it stands apart, below the line.
    units = {unit.utterance.id: unit for unit in context.review.units(session.coder, utterances, "blind")}
    drawing = context.drawing(session.coder)
    return {id(item): drawing.quote_row(units[item.quote.utterance], item) for item in quotes}


def _suggested(context: ReviewContext, request: Request, name: str) -> list[RowView]:
    session = session_of(request)
    if context.mode(session) != "assisted":
        return []
    study, rows = context.review.study, []
    drawing, names = context.drawing(session.coder), study.texts.names()
    for code in codes_within(context.review.codebook, name):
        wanted = Filters(coder=session.coder, state="open", suggested=code)
        found = study.texts.by_id(study.find(wanted, order="sure", limit=MOST_SUGGESTED))
        for unit in context.review.units(session.coder, list(found.values()), "assisted"):
            if any(offer.code == code for offer in unit.offers):
                rows.append(drawing.row(unit, names[unit.utterance.transcript]))
    return rows


def _likest(context: ReviewContext, request: Request, name: str) -> Likest | None:
    """Return the utterances most like a code's quotes, if they were asked for and this coder may see them."""
    session = session_of(request)
    if not request.query_params.get("near") or name not in context.review.codebook.by_id:
        return None
    study, mode = context.review.study, context.mode(session)
    if mode != "assisted":
        return Likest("", "What the machine finds alike is shown in assisted work only.", [])
    version = study.models.active()
    if version is None:
        return Likest(
            "", "No model is in use in this study yet. Let it suggest first, on the page Model.", []
        )
    utterances = like_code(study, name)
    units = [
        unit
        for unit in context.review.units(session.coder, utterances, mode)
        if not unit.hidden and name not in {code.code for code in unit.state.codes}
    ][:MOST_LIKE]
    study.acts.record_exposure(session.coder, [unit.utterance.id for unit in units])
    drawing = context.drawing(session.coder)
    names = study.texts.names()
    rows = [drawing.row(unit, names[unit.utterance.transcript]) for unit in units]
    return Likest(version.label, "", rows)


async def give_code(request: Request) -> Response:
    """Give a code to the ticked utterances: one gesture, which undo takes back."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    code = str(content.get("code") or "")
    keys = listed_numbers(content.get("utterances"))
    if not keys:
        raise InputError("Tick the quotes that are meant first.")
    decisions = [Decision(key, "add", code=code) for key in dict.fromkeys(keys)]
    decide(
        context.review.study,
        session.coder,
        decisions,
        mode=context.mode(session),
        provenance=Provenance("list"),
    )
    label = _label(context, code)
    return reply(
        say=f"{len(decisions)} coded as {label}. Undo takes it back", go=f"/codes?code={code}&near=1"
    )


async def matrix_page(request: Request) -> Response:
    """Show how often each code was confirmed in each group; a cell opens its quotes."""
    context = context_of(request)
    by, rows = _matrix_request(request)
    table = _matrix_of(context, request)
    most = max((cell.quotes for line in table.cells for cell in line), default=0)
    return context.page(
        request, "matrix.html", page_name="Matrix", table=table, by=by, rows=rows, row_choices=MATRIX_ROWS,
        groupings=groupings(context.review.study), most=most,
    )  # fmt: skip


def _matrix_request(request: Request) -> tuple[str, str]:
    by = request.query_params.get("by") or BY_TRANSCRIPT
    rows = request.query_params.get("rows") or "code"
    if rows not in MATRIX_ROWS:
        raise InputError("The rows of the matrix are codes, components or polarity.")
    return by, rows


def _matrix_of(context: ReviewContext, request: Request) -> Matrix:
    """Return the matrix that is asked for, as far as this coder may see it."""
    by, rows = _matrix_request(request)
    session = session_of(request)
    return matrix(
        context.review.study,
        by=by,
        rows=rows,
        coder=_own_only(context, request),
        withheld=context.review.withheld(session.coder, context.mode(session)),
    )


async def matrix_download(request: Request) -> Response:
    """Return the matrix as a table."""
    suffix = f".{request.path_params['suffix']}"
    return attachment(matrix_file(_matrix_of(context_of(request), request), suffix), f"matrix{suffix}")


async def search(request: Request) -> Response:
    """Show the utterances of all transcripts that hold some words and pass the filters, to be coded in place."""
    context, session = context_of(request), session_of(request)
    mode = context.mode(session)
    given = {**request.query_params}
    listing = listing_of({"state": "any", "order": "text", **given}, session.coder)
    asked = any(given.get(name, "").strip() for name in given)
    filters = replace(listing.filters, by_anybody=mode != "blind", disagreement=False)
    if mode != "assisted":
        filters = replace(filters, suggested=None)
    matches = context.review.study.find(filters) if asked else []
    if filters.code or filters.polarity:
        matches = _may_see(context, request, filters, matches)
    utterances = list(context.review.study.texts.by_id(matches[:MOST_FOUND]).values())
    drawing = context.drawing(session.coder, filters.text or "")
    names = context.review.study.texts.names()
    rows = [
        drawing.row(unit, names[unit.utterance.transcript])
        for unit in context.review.units(
            session.coder, utterances, mode, others=bool(filters.code or filters.polarity)
        )
    ]
    return context.page(
        request, "search.html", page_name="Search", listing=listing, choices=listing.choices(context), rows=rows,
        found=len(matches), asked=asked, signs=context.signs(session.coder),
        code_keys=context.code_keys(session.coder),
    )  # fmt: skip


def _may_see(context: ReviewContext, request: Request, filters: Filters, matches: Sequence[int]) -> list[int]:
    """Return the matches without those that only others coded so, where this coder must not know it yet."""
    session = session_of(request)
    study, own = context.review.study, replace(filters, by_anybody=False)
    mine, withheld = set(study.find(own)), context.review.withheld(session.coder, context.mode(session))
    return [key for key in matches if key in mine or withheld is None or key not in withheld.utterances]


async def around(request: Request) -> Response:
    """Return what was said before and after an utterance."""
    context, utterance = context_of(request), asked_number(request, "u")
    document = context.review.home_of(utterance)
    return reply(
        html=context.part(request, "around.html", around=document.around(utterance, CONTEXT), focus=utterance)
    )


async def good(request: Request) -> Response:
    """Mark a passage as a good quote, or take the mark away."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    wanted, utterance = bool(content.get("good")), sent_number(content, "utterance")
    mark_good_quote(context.review.study, session.coder, utterance, str(content.get("code")), wanted)
    say = "Marked as a good quote" if wanted else "No longer marked"
    return reply(say=say, hint=undo_hint(context, session.coder), good=wanted)


ROUTES = [
    Route("/codes", code_page),
    Route("/matrix", matrix_page),
    Route("/download/matrix.{suffix}", matrix_download),
    Route("/search", search),
    Route("/part/around", around),
    Route("/good", good, methods=["POST"]),
    Route("/codes/give", give_code, methods=["POST"]),
]
