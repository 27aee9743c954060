"""Codes from and to other tools: a file is looked at first, then brought in; every export as a download."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import CoderError, InputError
from coder.review.context import context_of, said
from coder.review.pages.downloads import attachment
from coder.review.pages.study import kept_upload
from coder.review.pages.writes import body_of
from coder.workflow.coded_files import CodedReading
from coder.workflow.study.codings_preview import CodingsPreview, preview_codings, write_mapping
from coder.workflow.study.export import ExportRequest, export_study
from coder.workflow.study.import_codings import import_codings

MOST_PENDING = 3  # files that were looked at and not brought in yet
MOST_SHOWN = 300  # codes with a choice of their own; a file with more needs a mapping on the command line
LEAVE_OUT = "-"
# What can be downloaded: the file's name, what it is, and the options of the export.
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "study.qdpx": ("Project for NVivo, ATLAS.ti, MAXQDA and QualCoder", {}),
    "study-with-drafts.qdpx": (
        "The same with unconfirmed suggestions, as a user of their own",
        {"drafts": "user"},
    ),
    "codebook.qdc": ("Codebook for these tools", {}),
    "codings.xlsx": ("Codings with attributes, for Excel", {}),
    "codings.csv": ("Codings with attributes, for R and others", {}),
    "codings.jsonl": ("Codings for programs", {}),
    "matrix.xlsx": ("0/1 table, a row per utterance and coder", {"matrix": True}),
    "matrix.sav": ("The same for SPSS", {"matrix": True}),
    "transcripts.docx": ("Transcripts in Word, codes as comments", {}),
    "suggestions.xlsx": ("Suggestions that nobody has decided yet", {"suggestions": True}),
}


@dataclass(frozen=True)
class Pending:
    """A file that was looked at, in a folder of its own that goes away with it or with the program."""

    path: Path
    preview: CodingsPreview

    def forget(self) -> None:
        """Remove the file and its folder."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def _pending(request: Request) -> dict[str, Pending]:
    state = request.app.state
    if not hasattr(state, "pending_codings"):
        state.pending_codings = {}
    held: dict[str, Pending] = state.pending_codings
    return held


async def exchange(request: Request) -> Response:
    """Show the place to drop a file, what the last one would bring, and the downloads."""
    context = context_of(request)
    found = _pending(request).get(request.query_params.get("file", ""))
    return context.page(
        request, "exchange.html", room="Study", preview=found.preview if found else None,
        token=request.query_params.get("file", ""), codes=context.review.codebook.codes,
        sides=context.review.codebook.polarity, most=MOST_SHOWN,
        files={name: words for name, (words, _) in FILES.items()},
    )  # fmt: skip


async def look(request: Request) -> Response:
    """Take a file and show what it would bring; nothing is written into the study."""
    context = context_of(request)
    folder = Path(tempfile.mkdtemp(prefix="coder-codings-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    async with request.form(max_files=1, max_fields=2) as form:
        item = form.get("files")
        if not isinstance(item, UploadFile):
            raise InputError("No file arrived. Drop a .qdpx, an export of your tool or a table of codings.")
        path = await kept_upload(item, folder)
    try:
        preview = preview_codings(context.review.study, path)
    except CoderError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    pending, token = _pending(request), token_urlsafe(9)
    pending[token] = Pending(path, preview)
    for old in list(pending)[:-MOST_PENDING]:
        pending.pop(old).forget()
    return said(say="Looked at; nothing has been written", go=f"/exchange?file={token}")


async def bring(request: Request) -> Response:
    """Bring the codings of a file in, with the codes as they were chosen."""
    context = context_of(request)
    content = await body_of(request)
    found = _pending(request).get(str(content.get("file") or ""))
    if found is None:
        raise InputError("The file is not here any more. Drop it again.")
    chosen = []
    for at, (name, _, _) in enumerate(found.preview.codes[:MOST_SHOWN]):
        code, side = str(content.get(f"code-{at}") or ""), str(content.get(f"side-{at}") or "")
        if code == LEAVE_OUT:
            chosen.append((name, "", ""))
        elif code:
            chosen.append((name, code, side))
    mapping = found.path.parent / "chosen codes.csv"
    write_mapping(mapping, chosen)
    coder = str(content.get("coder") or "").strip() or None
    report = import_codings(
        context.review.study, found.path, coder=None if found.preview.coders else coder,
        complete=content.get("complete") in ("1", True, "on"), reading=CodedReading(mapping=mapping),
    )  # fmt: skip
    _pending(request).pop(str(content["file"])).forget()
    context.review.plan_changed()
    who = ", ".join(f"{name}: {count} utterances" for name, count in report.coded.items()) or "nothing"
    return said(
        say=f"{report.used} of {report.rows} codings came in ({who})", problems=report.problems[:200], go="/"
    )


async def download(request: Request) -> Response:
    """Return an export as a file."""
    name = request.path_params["name"]
    if name not in FILES:
        raise InputError(f"There is no export '{name}'.")
    with tempfile.TemporaryDirectory(prefix="coder-export-") as folder:
        out = Path(folder) / name
        export_study(context_of(request).review.study, ExportRequest(out, **FILES[name][1]))
        return attachment(out.read_bytes(), name)


ROUTES = [
    Route("/exchange", exchange),
    Route("/exchange/look", look, methods=["POST"]),
    Route("/exchange/bring", bring, methods=["POST"]),
    Route("/exchange/file/{name:str}", download),
]
