"""Dropped transcripts that name people: what was found is decided on, then they come in with pseudonyms."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from coder.errors import InputError
from coder.passphrases import PASSPHRASES
from coder.phrasing import counted
from coder.review.asked import body_of
from coder.review.background import Report
from coder.review.context import context_of, reply
from coder.workflow import pseudonymise as work
from coder.workflow.study.import_transcripts import (
    ImportOptions,
    ImportReport,
    files_to_read,
    import_transcripts,
)
from coder.workflow.study.open import open_study

FINDING, IMPORTING = "Looking for names", "Reading transcripts"
MOST_LISTED = 2000
NEW_ROWS = 4


def look(
    request: Request, folder: "TemporaryDirectory[str]", paths: list[Path], new_version: bool
) -> Response:
    """Look for what identifies people in dropped transcripts, in the background; they do not come in yet."""
    context = context_of(request)

    def search(report: Report) -> work.FoundNames:
        report(f"reading {counted(len(paths), 'file')}", 0)
        try:
            known = work.read_mapping(_mapping(context.review.study.path, context.review.study.encrypted))
            readings, items = work.find(files_to_read(paths), known)
        except BaseException:
            folder.cleanup()
            raise
        _forget(context.found_names)
        context.found_names = work.FoundNames(folder, readings, items, known, new_version)
        return context.found_names

    return reply(job=context.jobs.start(FINDING, search).id)


def _mapping(study: Path, encrypted: bool) -> Path:
    """Return the list of who is who; that of an encrypted study is opened with the study's passphrase."""
    path = work.mapping_beside(study, encrypted=encrypted)
    if encrypted and not PASSPHRASES.knows(path):
        PASSPHRASES.remember(path, PASSPHRASES.of(study))
    return path


def _forget(names: work.FoundNames | None) -> None:
    if names is not None:
        names.folder.cleanup()


async def show(request: Request) -> Response:
    """Show what was found, with context, to be kept, replaced or edited."""
    context = context_of(request)
    names = context.found_names
    if names is None:
        return RedirectResponse("/")
    study = context.review.study
    return context.page(
        request, "pseudonyms.html", page_name="Study", items=names.items[:MOST_LISTED],
        more=len(names.items) - MOST_LISTED, kinds=work.counts_by_kind(names.items), rows=range(NEW_ROWS),
        files=[reading.path.name for reading in names.readings], honest=work.HONEST,
        mapping=work.mapping_beside(study.path, encrypted=study.encrypted).name,
    )  # fmt: skip


async def apply(request: Request) -> Response:
    """Bring the transcripts in with the pseudonyms that were decided on, or drop them."""
    context, content = context_of(request), await body_of(request)
    names = context.found_names
    if names is None:
        raise InputError("These transcripts are not here any more: drop them again.")
    if content.get("drop"):
        context.found_names = None
        _forget(names)
        return reply(say="Nothing was brought in", go="/")
    items = _decided(names, content)
    study = context.review.study
    mapping = _mapping(study.path, study.encrypted)
    paths = [reading.path for reading in names.readings]

    def bring(report: Report) -> ImportReport:
        report("Bringing them in", 0, len(paths))
        work.write_mapping(items, names.known, mapping)
        read = work.pseudonymising_reader(names.readings, items)
        options = ImportOptions(new_version=names.new_version, read=read)
        with open_study(study.path) as opened:
            result = import_transcripts(opened, paths, options)
        context.found_names = None
        _forget(names)
        return result

    job = await run_in_threadpool(context.jobs.start, IMPORTING, bring)
    return reply(job=job.id)


def _decided(names: work.FoundNames, content: dict[str, Any]) -> list[work.Item]:
    rows: list[tuple[str, str, str, str]] = [
        (
            item.text,
            item.kind,
            str(content.get(f"action-{number}", item.action)),
            str(content.get(f"replacement-{number}", item.replacement)),
        )
        for number, item in enumerate(names.items)
    ]
    for number in range(NEW_ROWS):
        words = " ".join(str(content.get(f"new-{number}") or "").split())
        if words:
            rows.append((words, "Name", work.REPLACE, str(content.get(f"new-replacement-{number}") or "")))
    return work.decided_items(rows, names.items)


ROUTES = [Route("/pseudonyms", show), Route("/pseudonyms", apply, methods=["POST"])]
