"""Long work in the background: one job at a time, with progress that the page asks for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any, Protocol
from uuid import uuid4

from coder.errors import CoderError, StudyError


class Report(Protocol):
    """What a job calls to say how far it is."""

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        """Take the stage in words, and how much of how much is done (None: not known)."""


@dataclass(slots=True)
class Job:
    """One piece of work: `done` of `total` (None: not known), and its result or the reason it failed."""

    title: str
    id: str = field(default_factory=lambda: uuid4().hex)
    stage: str = "Starting"
    done: int = 0
    total: int | None = None
    result: Any = None
    error: str = ""
    running: bool = True


class Jobs:
    """The jobs of one launch."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def start(self, title: str, work: Callable[[Report], Any]) -> Job:
        """Begin work in a thread; `work` gets a function to report (stage, done, total).

        Raises StudyError if another job is still running: two would fight over the processor and the file.
        """
        with self._lock:
            busy = next((job for job in self._jobs.values() if job.running), None)
            if busy is not None:
                raise StudyError(f"'{busy.title}' is still running; wait until it is done.")
            job = Job(title)
            self._jobs[job.id] = job
        Thread(target=self._run, args=(job, work), name=f"job {title}", daemon=True).start()
        return job

    def get(self, job_id: str) -> Job | None:
        """Return a job by id."""
        return self._jobs.get(job_id)

    def running(self) -> Job | None:
        """Return the job that is running, if any."""
        return next((job for job in self._jobs.values() if job.running), None)

    def latest(self, title: str) -> Job | None:
        """Return the newest job of a title."""
        return next((job for job in reversed(self._jobs.values()) if job.title == title), None)

    def _run(self, job: Job, work: Callable[[Report], Any]) -> None:
        def report(stage: str, done: int, total: int | None = None) -> None:
            job.stage, job.done, job.total = stage, done, total

        try:
            job.result = work(report)
        except CoderError as error:
            job.error = str(error)
        finally:
            if job.result is None and not job.error:
                # A defect: the thread's own traceback goes to stderr, the page says that it failed.
                job.error = (
                    f"'{job.title}' stopped by a fault of the program; the details are in the terminal."
                )
            job.running = False
