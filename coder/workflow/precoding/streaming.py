"""Pre-coding of what is too large to be held at once: part by part, resumable, by one process or many."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from coder import __version__
from coder.errors import InputError
from coder.workflow.precoding.checkpoint import Workspace
from coder.workflow.precoding.jobs import job_of
from coder.workflow.precoding.parts import Part, coded, finished
from coder.workflow.precoding.pipeline import Progress, Request, Summary
from coder.workflow.precoding.rows import COLUMNS, Row

if TYPE_CHECKING:
    from coder.learning import Model


class Engine(Protocol):
    """Codes parts, in any order."""

    def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, list[Row]]]:
        """Yield each part with its rows of suggestions."""
        ...


class LocalEngine:
    """Codes one part after the other in this process."""

    def __init__(self, model: "Model") -> None:
        self._model = model

    def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, list[Row]]]:
        """Yield each part with its rows of suggestions."""
        for part in parts:
            yield part, coded(self._model, part)


def run_in_parts(request: Request, files: Sequence[Path], progress: Progress | None = None) -> Summary:
    """Pre-code files part by part into the request's OUT, going on where an interrupted run of it stopped.

    Raises InputError if no OUT is named or nothing could be read, and CoderError as `precode.run` does.
    """
    from coder.workflow.modelling.model_lookup import open_model

    if request.out is None:
        raise InputError(
            "This is too much for one piece: it is written part by part, so name a file with -o."
        )
    model = open_model(request.model, request.codebook, threads=request.threads)
    job = job_of(files, request.unit, request.interviewer)
    with Workspace(request.out, _asked(request, files, model)) as workspace:
        done = workspace.finished()
        if progress and done:
            progress(sum(job.steps(record) for record in workspace.records()), job.total)
        with _engine(request, model) as engine:
            for part, rows in engine.code(job.parts(model, done)):
                record, kept = finished(part, rows, coded_only=request.coded_only)
                workspace.keep(record, kept)
                if progress:
                    progress(job.steps(record), job.total)
        summary = _written(workspace, request.out, [*job.columns, *COLUMNS], model, force=request.force)
        workspace.remove()
    return summary


def _engine(request: Request, model: "Model") -> AbstractContextManager[Engine]:
    if request.engine == "dask":
        from coder.workflow.precoding.dask_engine import DaskEngine

        engine: AbstractContextManager[Engine] = DaskEngine(model, request)
        return engine
    return nullcontext(LocalEngine(model))


def _asked(request: Request, files: Sequence[Path], model: "Model") -> dict[str, Any]:
    """Return all that the parts' rows depend on; finished parts serve again only if all of it is the same."""
    return {
        "version": __version__,
        "files": [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files],
        "unit": request.unit,
        "coded_only": request.coded_only,
        "interviewer": list(request.interviewer),
        **fingerprint(model),
    }


def fingerprint(model: "Model") -> dict[str, str]:
    """Return what tells two models apart: name, arrays, codebook, encoder."""
    arrays = str(model.card.get("arrays_sha256", ""))
    return {
        "model": model.name,
        "arrays": arrays,
        "codebook": model.codebook.hash,
        "encoder": model.encoder.id,
    }


def _written(
    workspace: Workspace, out: Path, columns: Sequence[str], model: "Model", *, force: bool
) -> Summary:
    """Write the finished parts into OUT in order and count them."""
    from coder.reporting.rows import open_rows

    summary = Summary.of(model)
    for record in workspace.records():
        summary.add(record)
    if not summary.files:
        raise InputError("\n".join(summary.refused.values()) or "There is nothing to pre-code.")
    with open_rows(out, columns, force=force) as target:
        for rows in workspace.rows():
            target.write(rows)
    return summary
