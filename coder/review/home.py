"""The home page: the studies of a folder, a new one, the sample study; each opens on a review page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from coder.codebook import shipped_names
from coder.errors import CoderError, InputError, PassphraseError, StudyError
from coder.installation import require
from coder.passphrases import check_new
from coder.review.app import STATIC, make_app
from coder.review.asked import body_of, dropped
from coder.review.auth import Guard, Session, Sessions
from coder.review.background import Jobs, Report
from coder.review.pages.study import kept_upload
from coder.workflow.codebooks import SUFFIXES
from coder.workflow.demo import make_demo
from coder.workflow.study.folder import Begun, FirstFiles, StudyEntry, begin, list_studies, study_path
from coder.workflow.study.open import work_in_memory

BEGINNING, SAMPLE = "Beginning the study", "Making the sample study"
Serve = Callable[[ASGIApp], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a review page can listen: its port, the names it answers to, and what serves an app there."""

    port: int
    hosts: tuple[str, ...]
    serve: Serve


class Home:
    """The studies of one folder and the review pages that were opened from it."""

    def __init__(self, folder: Path, find_place: Callable[[], Place]) -> None:
        self.folder, self.jobs = folder, Jobs()
        self._find_place = find_place
        self._opened: dict[tuple[Path, str], str] = {}
        self.templates = Environment(
            loader=FileSystemLoader(STATIC.parent / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def open(self, name: str, coder: str, passphrase: str | None = None) -> str:
        """Open a study of the folder for a coder; return the address of its page.

        Raises InputError if there is no such study here or no name is given, StudyError if it cannot be opened,
        PassphraseError if it is encrypted and the passphrase is missing or wrong.
        """
        entry = next((item for item in list_studies(self.folder) if item.name == name), None)
        if entry is None:
            raise InputError(f"There is no study '{name}' in {self.folder}; reload the page.")
        if not coder.strip():
            raise InputError("Say who codes: every decision bears a name.")
        key = (entry.path, coder.strip())
        if key not in self._opened:
            if entry.locked and not passphrase:
                raise PassphraseError(f"{name} is encrypted: type its passphrase.")
            server = self._find_place()
            app, sessions = make_app(
                entry.path, [coder], port=server.port, hosts=server.hosts, passphrase=passphrase
            )
            Thread(target=server.serve, args=(app,), name=f"review {name}", daemon=True).start()
            session = next(iter(sessions))
            self._opened[key] = f"http://{server.hosts[0]}/?token={session.token}"
        return self._opened[key]


def make_home(
    folder: Path, find_place: Callable[[], Place], *, port: int, hosts: tuple[str, ...]
) -> tuple[ASGIApp, str]:
    """Return the application of the home page and the launch token that opens it.

    `find_place` gives each review page a port of its own. Raises InputError if `folder` is no folder.
    """
    list_studies(folder)
    sessions = Sessions(["home"], port)
    routes = [
        Route("/", show),
        Route("/open", open_page, methods=["POST"]),
        Route("/begin", begin_page, methods=["POST"]),
        Route("/sample", sample, methods=["POST"]),
        Route("/jobs/{job}", job),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    app = Starlette(routes=routes, exception_handlers={CoderError: refused})
    app.state.home = Home(folder, find_place)
    session: Session = next(iter(sessions))
    return Guard(app, sessions, hosts), session.token


def _home(request: Request) -> Home:
    home: Home = request.app.state.home
    return home


async def refused(request: Request, error: Exception) -> Response:
    """Turn an error raised on purpose into a sentence for the page."""
    return JSONResponse({"error": str(error)}, 400)


async def show(request: Request) -> Response:
    """Show the studies of the folder, a form for a new one, and the sample study."""
    home, session = _home(request), request.state.session
    studies: list[StudyEntry] = list_studies(home.folder)
    coders = sorted({name for item in studies for name in item.coders})
    running = home.jobs.running()
    page = home.templates.get_template("home.html").render(
        session=session, folder=home.folder.resolve(), studies=studies, coders=coders, shipped=shipped_names(),
        suffixes=SUFFIXES, job=running.id if running else "",
    )  # fmt: skip
    return HTMLResponse(page)


async def open_page(request: Request) -> Response:
    """Open a study and say where its page is."""
    content = await body_of(request)
    secret = str(content.get("passphrase") or "") or None
    go = await run_in_threadpool(  # deriving the key of an encrypted study takes a while
        _home(request).open, str(content.get("study")), str(content.get("coder") or ""), secret
    )
    return JSONResponse({"go": go})


async def begin_page(request: Request) -> Response:
    """Begin a study with what was given; reading the transcripts goes on in the background."""
    home = _home(request)
    if request.query_params.get("encrypted") == "1":
        work_in_memory()  # before the files arrive
    folder = TemporaryDirectory(prefix="coder-begin-")
    try:
        path, codebook, files, secret = await _given(request, home.folder, Path(folder.name))
    except Exception:
        folder.cleanup()
        raise

    def work(report: Report) -> Begun:
        with folder:
            return begin(path, codebook, files, report, secret)

    return JSONResponse({"job": home.jobs.start(BEGINNING, work).id})


async def _given(
    request: Request, home: Path, folder: Path
) -> tuple[Path, str | Path, FirstFiles, str | None]:
    """Return the new study's path, its codebook, the uploaded files, kept in `folder`, and the passphrase."""
    uploads: dict[str, list[Path]] = {"transcripts": [], "participants": [], "codebook_file": []}
    async with dropped(request) as form:
        path = study_path(home, str(form.get("name") or ""))
        secret = _new_passphrase(str(form.get("passphrase") or ""), str(form.get("again") or ""))
        for field, paths in uploads.items():
            for item in form.getlist(field):
                if isinstance(item, UploadFile) and item.filename:
                    within = folder / field
                    within.mkdir(exist_ok=True)
                    paths.append(await kept_upload(item, within))
        chosen = str(form.get("codebook") or "comb")
        coder = " ".join(str(form.get("coder") or "").split()) or None
    files = FirstFiles(uploads["transcripts"], next(iter(uploads["participants"]), None), coder)
    if uploads["codebook_file"]:
        return path, uploads["codebook_file"][0], files, secret
    if chosen not in shipped_names():
        raise InputError("Choose one of the codebooks in the list, or a file.")
    return path, chosen, files, secret


def _new_passphrase(first: str, again: str) -> str | None:
    """Return the passphrase for a new study, None if it shall be plain."""
    if not first and not again:
        return None
    if first != again:
        raise InputError("The two passphrases are not the same; type them again.")
    require("encrypted", "An encrypted study")
    return check_new(first)


async def sample(request: Request) -> Response:
    """Make the sample study in the folder, if it is not there, in the background."""
    home = _home(request)

    def work(report: Report) -> Begun:
        steps = 0

        def tell(stage: str) -> None:
            nonlocal steps
            steps += 1
            report(stage, steps)

        def moved(done: int, total: int) -> None:
            report("Suggesting codes", done, total)

        return Begun(make_demo(home.folder, tell, moved), 0, ())

    return JSONResponse({"job": home.jobs.start(SAMPLE, work).id})


async def job(request: Request) -> Response:
    """Say how far a job is, and at its end which study it made and what could not be used."""
    job_asked = _home(request).jobs.get(request.path_params["job"])
    if job_asked is None:
        raise StudyError("There is no such job; the program was restarted meanwhile.")
    made = job_asked.result if isinstance(job_asked.result, Begun) else None
    return JSONResponse({
        "title": job_asked.title, "stage": job_asked.stage, "done": job_asked.done, "total": job_asked.total,
        "running": job_asked.running, "problem": job_asked.error, "study": made.path.stem if made else None,
        "read": made.read if made else 0, "problems": list(made.problems) if made else [],
    })  # fmt: skip
