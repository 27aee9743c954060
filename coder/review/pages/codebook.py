"""The codebook page: read, sharpen, extend, exchange; every change is a version with a note."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.codebook import load_codebook, shipped_names, to_yaml
from coder.domain import POLARITIES
from coder.errors import InputError
from coder.review.asked import body_of, listed_numbers
from coder.review.context import attachment, context_of, reply, session_of
from coder.review.pages.study import kept_upload
from coder.workflow.codebooks import SUFFIXES, advice, read_given
from coder.workflow.study.codebook_edit import edit_codebook, edited, extended, lines_of
from coder.workflow.study.reshape import KINDS, Reshape, preview, reshape
from coder.workflow.study.undoing import last_changes

FIELDS = ("label", "definition", "include", "exclude", "subthemes", "examples", "parent")


async def codebook(request: Request) -> Response:
    """Show the codebook with a form for each code."""
    context, session = context_of(request), session_of(request)
    book = context.review.codebook
    memos = context.memos(session, kind="code")
    return context.page(
        request, "codebook.html", page_name="Codebook", book=book, signs=context.signs(session.coder),
        lines_of=lines_of,
        versions=context.review.study.codebooks.versions(), shipped=shipped_names(), advice=advice(book), memos=memos,
        suffixes=SUFFIXES,
        last_changes=last_changes(context.review.study, session.coder, "codebook"),
    )  # fmt: skip


def _texts(content: dict[str, object]) -> dict[str, str]:
    return {name: str(content[name]) for name in FIELDS if name in content}


async def change(request: Request) -> Response:
    """Save a code's new wording, or a new code, as the next version."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    book, code = context.review.codebook, str(content.get("id") or "")
    if content.get("hash") != book.hash:
        raise InputError(
            "The codebook was changed elsewhere since this page was opened; reload, then change it."
        )
    unknown = {name for _, name, _ in context.review.study.codebooks.unknown()}
    new = edited(book, code, _texts(content)) if code else extended(book, _texts(content), unknown)
    label = book.by_id[code].label if code else str(content.get("label")).strip()
    what = f"{label} reworded" if code else f"{label} added"
    note = str(content.get("note") or "").strip()[:400]
    edit_codebook(context.review.study, new, what=what, note=note, coder=session.coder)
    if code:
        return reply(say="Saved as a new version. Undo takes it back", go="/codebook")
    added = next(item.id for item in new.codes if item.id not in book.by_id)
    near = context.mode(session) == "assisted"  # other work shows nothing that the machine finds
    return reply(say=f"{label} added", go=f"/codes?code={added}&near=1" if near else "/codebook")


def _reshape(given: Mapping[str, object]) -> Reshape:
    kind = next((name for name in KINDS if name == given.get("kind")), None)
    if kind is None:
        raise InputError("A code can be merged, split, moved or retired.")
    return Reshape(
        kind, str(given.get("code") or ""), into=str(given.get("into") or ""),
        label=str(given.get("label") or "")[:200], parent=str(given.get("parent") or "").strip(),
        quotes=listed_numbers(given.get("quotes")),
        polarity=next((name for name in POLARITIES if name == given.get("polarity")), None),
    )  # fmt: skip


async def preview_reshape(request: Request) -> Response:
    """Show what merging, splitting, moving or retiring a code would do, before it is done."""
    context = context_of(request)
    given = dict(request.query_params)
    planned = preview(context.review.study, _reshape(given))
    return context.page(request, "reshape.html", page_name="Codebook", planned=planned, given=given)


async def do_reshape(request: Request) -> Response:
    """Do what the preview showed."""
    context, session = context_of(request), session_of(request)
    what = reshape(context.review.study, _reshape(await body_of(request)), coder=session.coder)
    return reply(say=f"{what}. Undo takes it back", go="/codebook")


async def choose(request: Request) -> Response:
    """Use a shipped codebook."""
    context, session = context_of(request), session_of(request)
    name = str((await body_of(request)).get("name"))
    if name not in shipped_names():
        raise InputError("Choose one of the codebooks in the list.")
    edit_codebook(context.review.study, load_codebook(name), what=f"{name} chosen", coder=session.coder)
    return reply(say="Codebook chosen", go="/codebook")


async def upload(request: Request) -> Response:
    """Use a codebook from a file."""
    context, session = context_of(request), session_of(request)
    with tempfile.TemporaryDirectory(prefix="coder-upload-") as folder:
        async with request.form(max_files=1, max_fields=2) as form:
            item = form.get("files")
            if not isinstance(item, UploadFile):
                raise InputError("No file arrived. Drop a codebook (yaml, csv, xlsx, docx, qdc).")
            path = await kept_upload(item, Path(folder))
        new, notes = read_given(path)
    what = f"codebook from {path.name}"
    edit_codebook(
        context.review.study, new, what=what, note=" ".join([f"{what}.", *notes]), coder=session.coder
    )
    return reply(say="Codebook read", problems=notes, go="/codebook")


async def download(request: Request) -> Response:
    """Return the codebook as YAML."""
    return attachment(to_yaml(context_of(request).review.codebook).encode(), "codebook.yaml")


ROUTES = [
    Route("/codebook", codebook),
    Route("/codebook/change", change, methods=["POST"]),
    Route("/codebook/reshape", preview_reshape),
    Route("/codebook/reshape", do_reshape, methods=["POST"]),
    Route("/codebook/choose", choose, methods=["POST"]),
    Route("/codebook/upload", upload, methods=["POST"]),
    Route("/download/codebook.yaml", download),
]
