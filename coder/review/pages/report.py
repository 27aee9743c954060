"""The report of the study: options, a preview of its first tables, and the whole as a file to save."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import InputError
from coder.reporting.study.contents import Table
from coder.reporting.study.themes import HEADINGS
from coder.reporting.study.values import ReportOptions
from coder.review.asked import whole_number
from coder.review.context import attachment, context_of, reply, session_of
from coder.workflow.study.quotes import BY_TRANSCRIPT, groupings
from coder.workflow.study.report import FORMATS, ReportRequest, check_attributes, report_file, report_preview

MOST = 999  # of a number that is typed in


async def report_page(request: Request) -> Response:
    """Show the options; the tables are fetched after, since they take long where much is coded."""
    context, asked = context_of(request), _asked(request)
    attributes = [name for name in groupings(context.review.study) if name != BY_TRANSCRIPT]
    check_attributes(asked.options, attributes)
    return context.page(
        request, "report.html", page_name="Report", options=asked.options, query=request.url.query,
        attributes=attributes, formats=FORMATS, own_only=asked.coder is not None,
    )  # fmt: skip


async def report_tables(request: Request) -> Response:
    """Return the first tables of the report as chosen, and what must be known of them."""
    context, asked = context_of(request), _asked(request)
    data, tables, remarks = await run_in_threadpool(report_preview, context.review.study, asked)
    codes = [code.id for code in data.codebook.codes]
    html = context.part(
        request, "report_tables.html", tables=tables, remarks=remarks, own_only=asked.coder is not None,
        leads=lambda table, row, title: _address(codes[row], title) if _by_code(table, codes) else "",
    )  # fmt: skip
    return reply(html=html)


def _address(code: str, title: str) -> str:
    """Return where the quotes of a code are, of one polarity in the column of that polarity."""
    polarity = next((name for name, heading in HEADINGS.items() if name and heading == title), None)
    return "/codes?" + urlencode({"code": code, **({"polarity": polarity} if polarity else {})})


def _by_code(table: Table, codes: list[str]) -> bool:
    """Tell whether the rows of a table are the codes in the codebook's order."""
    return table.sheet == "themes" and len(table.rows) == len(codes)


async def report_download(request: Request) -> Response:
    """Return the whole report as chosen."""
    suffix = f".{request.path_params['suffix']}"
    if suffix not in FORMATS:
        raise InputError(f"A report is written as {', '.join(FORMATS)}.")
    content = await run_in_threadpool(report_file, context_of(request).review.study, _asked(request), suffix)
    return attachment(content, f"report{suffix}")


def _asked(request: Request) -> ReportRequest:
    """Return what the address asks for. Blind work shows no other coder's codings and no suggestion."""
    context, session, given = context_of(request), session_of(request), request.query_params
    mode = context.mode(session)
    options = ReportOptions(
        apart=given.get("apart") or None,
        by=(given["by"],) if given.get("by") else (),
        quotes=_number(given.get("quotes"), 2),
        min_cell=_number(given.get("min_cell"), 0),
        with_suggestions=bool(given.get("suggestions")) and mode == "assisted",
        interventions=bool(given.get("interventions")),
        pseudonymised=bool(given.get("pseudonyms")),
    )
    return ReportRequest(
        None,
        options,
        coder=session.coder if mode == "blind" else None,
        withheld=context.review.withheld(session.coder, mode),
    )


def _number(typed: str | None, usual: int) -> int:
    if not typed:
        return usual
    number = whole_number(typed)
    if number is None or number > MOST:
        raise InputError(f"'{typed[:20]}' is no number from 0 to {MOST}.")
    return number


ROUTES = [
    Route("/report", report_page),
    Route("/part/report", report_tables),
    Route("/download/report.{suffix}", report_download),
]
