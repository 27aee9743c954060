"""The study's own page: transcripts with progress, adding files, how each was read, preferences, the mode."""

import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.domain import Role
from coder.errors import InputError
from coder.review.asked import asked_number, body_of, dropped, sent_number
from coder.review.auth import Session
from coder.review.background import Report
from coder.review.context import MODE_HELP, MODE_WORDS, ReviewContext, context_of, reply, session_of
from coder.review.keyboard import ACTIONS, checked
from coder.review.legend import minutes_left
from coder.review.pages import pseudonyms
from coder.review.pages.pending import look_at, new_folder
from coder.workflow.study.double_coding import double_coding
from coder.workflow.study.import_attributes import import_attributes
from coder.workflow.study.import_project import is_project
from coder.workflow.study.import_transcripts import ImportOptions, ImportReport, import_transcripts
from coder.workflow.study.open import Filters, Mode, open_study
from coder.workflow.study.reading_corrections import (
    as_before,
    correct_role,
    is_speech,
    left_out,
    not_a_speaker,
    study_reading,
    was_corrected,
)
from coder.workflow.study.status import next_action
from coder.workflow.study.undoing import last_changes

THEMES = ("auto", "light", "dark")
IMPORTING = "Reading transcripts"


async def study(request: Request) -> Response:
    """Show the study: what to do next, its transcripts, a place to drop files."""
    context, session = context_of(request), session_of(request)
    study = context.review.study
    figures = study.figures()
    mine = next((item for item in figures.coders if item.coder == session.coder), None)
    total = figures.utterances
    waiting = total - (mine.decided if mine else 0)
    return context.page(
        request, "study.html", page_name="Study", figures=figures, mine=mine, waiting=waiting,
        left=minutes_left(waiting, mine.pace if mine else None), transcripts=study.texts.all(),
        resume=_resume(context, session), modes=MODE_WORDS, modes_help=MODE_HELP,
        fixed=context.fixed_mode is not None, job=context.jobs.running(), codebook=context.review.codebook,
        disagreements=len(context.review.disagreements(session.coder, context.mode(session))),
        removed=study.transcript_changes.removed(), planned=len(double_coding(study)),
        next_step=next_action(study, figures).split(": coder ")[0],
        code_signs=context.signs(session.coder), models=study.models.versions(),
        last_changes=last_changes(study, session.coder, "transcript"),
    )  # fmt: skip


def _resume(context: ReviewContext, session: Session) -> str | None:
    """Return the address of the first undecided utterance after the coder's last decision."""
    study, coder = context.review.study, session.coder
    last = next(
        (r.utterance for r in study.acts.history(coder=coder, limit=1) if r.utterance is not None), None
    )
    waiting = study.find(Filters(coder=coder, state="open"))
    if not waiting:
        return None
    if last is None:
        return f"/at/{_first(context, session) or waiting[0]}"
    document = context.review.home_of(last)
    after = [u.id for u in document.utterances[document.index_of[last] + 1 :]]
    still = set(waiting)
    return f"/at/{next((item for item in after if item in still), waiting[0])}"


def _first(context: ReviewContext, session: Session) -> int | None:
    """Return where a coder begins: one that they double-code, else, if assisted, one that nobody decided in."""
    study, coder = context.review.study, session.coder
    where = [key for key, coders in double_coding(study).items() if coder in coders]
    if context.mode(session) == "assisted":
        where += [item.id for item in study.texts.all() if not any(item.decided.values())][:1]
    for transcript in where:
        if waiting := study.find(Filters(coder=coder, state="open", transcript=transcript)):
            return waiting[0]
    return None


async def upload(request: Request) -> Response:
    """Take dropped transcripts, which are read in the background; a project of another tool is looked at first."""
    context = context_of(request)
    async with dropped(request) as form:
        folder = tempfile.TemporaryDirectory(prefix="coder-upload-")
        paths = [
            await kept_upload(item, Path(folder.name))
            for item in form.getlist("files")
            if isinstance(item, UploadFile)
        ]
        new_version = form.get("new_version") == "1"
        find_names = form.get("pseudonymise") == "1"
    if not paths:
        folder.cleanup()
        raise InputError("No file arrived. Drop Word, text, Teams, Zoom or other transcripts here.")
    projects = [path for path in paths if is_project(path)]
    if len(paths) == len(projects) == 1:
        project = Path(shutil.move(paths[0], new_folder()))
        folder.cleanup()
        return look_at(request, project)
    if projects:
        folder.cleanup()
        raise InputError(f"{projects[0].name} is a project of another tool: drop it by itself.")
    if find_names:
        return pseudonyms.look(request, folder, paths, new_version)

    def work(report: Report) -> ImportReport:
        done = 0

        def advance(path: Path) -> None:
            nonlocal done
            done += 1
            report(path.name, done, len(paths))

        with folder, open_study(context.review.study.path) as study:
            return import_transcripts(study, paths, ImportOptions(new_version=new_version, progress=advance))

    return reply(job=context.jobs.start(IMPORTING, work).id)


async def kept_upload(item: UploadFile, folder: Path) -> Path:
    """Write an uploaded file under its own bare name; nothing in the name can lead outside the folder."""
    bare = re.split(r"[\\/]", item.filename or "")[-1].strip().lstrip(".")
    bare = re.sub(r"[\x00-\x1f\x7f]", "", bare)[-150:] or "transcript.txt"
    target = folder / bare
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{Path(bare).stem} ({number}){Path(bare).suffix}"
    with target.open("wb") as out:
        while block := await item.read(1 << 20):
            out.write(block)
    return target


async def attributes(request: Request) -> Response:
    """Take a table of participants and their attributes."""
    context = context_of(request)
    with tempfile.TemporaryDirectory(prefix="coder-upload-") as folder:
        async with request.form(max_files=1, max_fields=2) as form:
            item = form.get("files")
            if not isinstance(item, UploadFile):
                raise InputError("No file arrived. Drop a table (csv, xlsx) with one row a participant.")
            path = await kept_upload(item, Path(folder))
        report = import_attributes(context.review.study, path)
    return reply(
        say=f"Attributes ({', '.join(report.attributes)}): {report.text()}", problems=report.problems, go="/"
    )


async def transcript(request: Request) -> Response:
    """Show how a transcript was read: speakers, roles, left-out lines, remarks; all can be corrected."""
    context, session = context_of(request), session_of(request)
    study, key = context.review.study, asked_number(request, "transcript")
    document = context.review.refresh(key)
    info = next((item for item in study.texts.all(superseded=True) if item.id == key), None)
    speakers: dict[str | None, dict[str, object]] = {}
    for turn in document.turns:
        seen = speakers.setdefault(
            turn.speaker,
            {"turns": 0, "words": 0, "role": turn.role, "read": turn.role_read, "first": turn.text},
        )
        seen["turns"] = cast(int, seen["turns"]) + 1
        seen["words"] = cast(int, seen["words"]) + len(turn.text.split())
    return context.page(
        request, "transcript.html", page_name="Study", document=document, info=info, speakers=speakers,
        participants=study.people.participants(key), facts=study.people.all_attributes("participant"),
        memos=context.memos(session, kind="transcript", transcript=key),
        earlier=[memo for old in study.texts.earlier(key) for memo in context.memos(session, transcript=old)],
        left_out=left_out(study.texts.transcript(key)), corrected=was_corrected(study, key),
        last_changes=last_changes(study, session.coder, "role", "transcript"),
    )  # fmt: skip


async def reading(request: Request) -> Response:
    """Show how all transcripts were read, worst first."""
    context, session = context_of(request), session_of(request)
    study = context.review.study
    return context.page(
        request, "reading.html", page_name="Study", report=study_reading(study),
        last_changes=last_changes(study, session.coder, "role"),
    )  # fmt: skip


async def correct(request: Request) -> Response:
    """Correct how a transcript was read: a label that is none, left-out lines that were said, or all back."""
    context, session = context_of(request), session_of(request)
    study, content = context.review.study, await body_of(request)
    key = sent_number(content, "transcript")
    if content.get("not_speaker"):
        new = not_a_speaker(study, key, str(content["not_speaker"]), coder=session.coder)
    elif content.get("speech"):
        new = is_speech(study, key, sent_number(content, "speech") - 1, coder=session.coder)
    else:
        new = as_before(study, key, coder=session.coder)
    context.review.refresh(new)
    return reply(say="Reading corrected", go=f"/transcript/{new}")


async def role(request: Request) -> Response:
    """Correct the role of a speaker."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    if content.get("role") not in get_args(Role):
        raise InputError("A role is interviewer or participant.")
    key = sent_number(content, "transcript")
    speaker = str(content.get("speaker") or "") or None
    correct_role(context.review.study, key, speaker, cast(Role, content["role"]), coder=session.coder)
    context.review.refresh(key)
    return reply(
        say="Role saved. Undo takes it back", go="/reading" if content.get("all") else f"/transcript/{key}"
    )


async def mode(request: Request) -> Response:
    """Choose how to work from now on."""
    context, session = context_of(request), session_of(request)
    wanted = str((await body_of(request)).get("mode"))
    if context.fixed_mode is not None:
        raise InputError("This review was started in one mode and stays in it.")
    if wanted not in get_args(Mode):
        raise InputError("Choose one of the modes shown.")
    session.mode = wanted
    return reply(say="From now on: " + MODE_WORDS[wanted], go="/")


async def keys(request: Request) -> Response:
    """Show the keyboard map, to be changed or switched off."""
    context, session = context_of(request), session_of(request)
    return context.page(request, "keys.html", page_name="Keys", signs=context.signs(session.coder))


async def prefer(request: Request) -> Response:
    """Keep preferences: theme, keys on or off, own keys. One key can do one thing only."""
    context, session = context_of(request), session_of(request)
    content = await body_of(request)
    old = context.preferences(session.coder)
    if content.get("standard"):
        context.prefer(session.coder, replace(old, keys={}, codes={}))
        return reply(say="Standard keys", go="/keys")
    keys = _own(content.get("keys"), {action.name for action in ACTIONS}, old.keys)
    codes = _own(content.get("codes"), set(context.review.codebook.ids), old.codes)
    new = replace(
        old, theme=content["theme"] if content.get("theme") in THEMES else old.theme,
        letters=bool(content.get("letters", old.letters)), advance=bool(content.get("advance", old.advance)),
        keys=keys, codes=codes,
    )  # fmt: skip
    before = context.preferences(session.coder)
    context.prefer(session.coder, new)
    try:
        labels = {sign.code.label: sign.key for sign in context.signs(session.coder).values()}
        checked(keys, labels)
    except InputError:
        context.prefer(session.coder, before)
        raise
    return reply(say="Saved")


def _own(given: object, known: set[str], old: object) -> dict[str, str]:
    if given is None:
        return dict(cast(dict[str, str], old))
    if not isinstance(given, dict):
        raise InputError("Keys must be given by name.")
    return {name: str(key)[:12] for name, key in given.items() if name in known and key}


async def job(request: Request) -> Response:
    """Say how far a job is."""
    job_asked = context_of(request).jobs.get(request.path_params["job"])
    if job_asked is None:
        raise InputError("There is no such job; the program was restarted meanwhile.")
    answer: dict[str, object] = {
        "title": job_asked.title, "stage": job_asked.stage, "done": job_asked.done, "total": job_asked.total,
        "running": job_asked.running, "problem": job_asked.error,
    }  # fmt: skip
    if not job_asked.running and job_asked.result is not None:
        answer["html"] = context_of(request).part(
            request, "job.html", result=job_asked.result, title=job_asked.title,
            labels=context_of(request).review.codebook.labels,
        )  # fmt: skip
    return reply(**answer)


ROUTES = [
    Route("/", study),
    Route("/upload", upload, methods=["POST"]),
    Route("/upload/attributes", attributes, methods=["POST"]),
    Route("/transcript/{transcript}", transcript),
    Route("/reading", reading),
    Route("/reading/correct", correct, methods=["POST"]),
    Route("/role", role, methods=["POST"]),
    Route("/mode", mode, methods=["POST"]),
    Route("/keys", keys),
    Route("/prefer", prefer, methods=["POST"]),
    Route("/jobs/{job}", job),
]
