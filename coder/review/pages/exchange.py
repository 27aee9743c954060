"""Codes from and to other tools: a file is looked at first, then brought in; every export as a download."""

import tempfile
from pathlib import Path, PurePath
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import InputError
from coder.review.asked import body_of
from coder.review.background import Report
from coder.review.context import ReviewContext, attachment, context_of, reply
from coder.review.pages.pending import Pending, look_at, new_folder, pending_files
from coder.review.pages.study import kept_upload
from coder.workflow.coded_files import CodedReading
from coder.workflow.study.coding_rows import codings_file
from coder.workflow.study.codings_preview import write_mapping
from coder.workflow.study.export import ExportRequest, export_study
from coder.workflow.study.import_codings import import_codings
from coder.workflow.study.import_project import ProjectReport, import_project
from coder.workflow.study.import_transcripts import ImportOptions
from coder.workflow.study.open import open_study

MOST_SHOWN = 300  # codes with a choice of their own; a file with more needs a mapping on the command line
LEAVE_OUT = "-"
BRINGING = "Bringing a project in"
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


async def exchange(request: Request) -> Response:
    """Show the place to drop a file, what the last one would bring, and the downloads."""
    context = context_of(request)
    pending = pending_files(request).get(request.query_params.get("file", ""))
    return context.page(
        request, "exchange.html", page_name="Study", preview=pending.preview if pending else None,
        token=request.query_params.get("file", ""), codes=context.review.codebook.codes,
        sides=context.review.codebook.polarity, most=MOST_SHOWN,
        files={name: words for name, (words, _) in FILES.items()},
    )  # fmt: skip


async def look(request: Request) -> Response:
    """Take a file and show what it would bring; nothing is written into the study."""
    folder = new_folder()
    async with request.form(max_files=1, max_fields=2) as form:
        item = form.get("files")
        if not isinstance(item, UploadFile):
            raise InputError("No file arrived. Drop a .qdpx, an export of your tool or a table of codings.")
        path = await kept_upload(item, folder)
    return look_at(request, path)


async def bring(request: Request) -> Response:
    """Bring the codings of a file in, with the codes as they were chosen."""
    context = context_of(request)
    content = await body_of(request)
    pending = pending_files(request).get(str(content.get("file") or ""))
    if pending is None:
        raise InputError("The file is not here any more. Drop it again.")
    chosen = []
    for at, (name, _, _) in enumerate(pending.preview.codes[:MOST_SHOWN]):
        code, side = str(content.get(f"code-{at}") or ""), str(content.get(f"side-{at}") or "")
        if code == LEAVE_OUT:
            chosen.append((name, "", ""))
        elif code:
            chosen.append((name, code, side))
    mapping = pending.path.parent / "chosen codes.csv"
    write_mapping(mapping, chosen)
    coder = None if pending.preview.coders else str(content.get("coder") or "").strip() or None
    complete, reading = content.get("complete") in ("1", True, "on"), CodedReading(mapping=mapping)
    pending_files(request).pop(str(content["file"]))
    if content.get("texts") in ("1", True, "on"):
        return reply(job=_bring_project(context, pending, coder, complete, reading))
    try:
        report = import_codings(
            context.review.study, pending.path, coder=coder, complete=complete, reading=reading
        )
    finally:
        pending.forget()
    context.review.plan_changed()
    who = ", ".join(f"{name}: {count} utterances" for name, count in report.coded.items()) or "nothing"
    return reply(
        say=f"{report.used} of {report.rows} codings came in ({who})", problems=report.problems[:200], go="/"
    )


def _bring_project(
    context: ReviewContext, pending: Pending, coder: str | None, complete: bool, reading: CodedReading
) -> str:
    """Begin to bring a project in with its texts, in the background; return the job's id."""

    def work(report: Report) -> ProjectReport:
        done = 0

        def advance(path: Path) -> None:
            nonlocal done
            done += 1
            report(path.name, done, None)

        try:
            with open_study(context.review.study.path) as study:
                options = ImportOptions(progress=advance)
                return import_project(
                    study, pending.path, options, coder=coder, complete=complete, reading=reading
                )
        finally:
            pending.forget()

    return context.jobs.start(BRINGING, work).id


async def download(request: Request) -> Response:
    """Return an export as a file."""
    name = request.path_params["name"]
    if name not in FILES:
        raise InputError(f"There is no export '{name}'.")
    with tempfile.TemporaryDirectory(prefix="coder-export-") as folder:
        out = Path(folder) / name
        export_study(context_of(request).review.study, ExportRequest(out, **FILES[name][1]))
        return attachment(out.read_bytes(), name)


async def codings(request: Request) -> Response:
    """Return all codings as a table."""
    suffix = PurePath(request.path_params["name"]).suffix
    return attachment(codings_file(context_of(request).review.study, suffix), f"codings{suffix}")


ROUTES = [
    Route("/exchange", exchange),
    Route("/exchange/look", look, methods=["POST"]),
    Route("/exchange/bring", bring, methods=["POST"]),
    Route("/exchange/file/{name:str}", download),
    Route("/download/{name:str}", codings),
]
