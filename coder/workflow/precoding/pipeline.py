"""Pre-coding: transcripts or tables in, suggestions out, one row per suggested code.

`precode` takes and gives what notebooks use; `run` is the command line's job from paths to a written file. Both drive
the same parts; what takes long is kept part by part, so that an interrupted run goes on where it stopped.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coder import __version__
from coder.coded_tables.grammar import examples
from coder.domain import Unit
from coder.errors import InputError
from coder.learning.persistence.card import CodeVerdict
from coder.phrasing import counted, typed
from coder.workflow.precoding.parts import (
    Engine,
    InputFiles,
    Job,
    LocalEngine,
    PartRecord,
    TranscriptJob,
    finished,
    input_files,
)
from coder.workflow.suggestion import COLUMNS, Row

if TYPE_CHECKING:
    import pandas as pd

    from coder.learning.model import Model


SHOWN_FILES = 12
MANY_FILES = 20  # from more on finished parts are kept
USUALLY_CODED = 0.5  # the share of utterances that people give a code
NOTHING = "There is nothing to pre-code."
Progress = Callable[[int, int | None], None]  # steps done now, steps in all where known


@dataclass(frozen=True)
class PrecodingRequest:
    """What a person asks of one pre-coding run."""

    paths: Sequence[Path]
    out: Path | None = None
    model: str = "starter"
    codebook: str | None = None
    unit: Unit = "utterance"
    coded_only: bool = False
    interviewer: tuple[str, ...] = ()
    force: bool = False
    threads: int | None = None
    engine: Literal["local", "dask"] = "local"
    scheduler: str | None = None


@dataclass
class Summary:
    """What a run did: counts for the closing words, and the files that were refused with the reason.

    `left_out` are files of folders that hold suggestions or codings, and folders with files of other kinds, each with
    the reason; `talk`: some file is no survey.
    """

    files: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    talk: bool = False
    utterances: int = 0
    codable: int = 0
    coded: int = 0
    # Units with a suggestion and codable units of each file.
    by_file: dict[str, tuple[int, int]] = field(default_factory=dict)
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    model: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    failed: dict[str, CodeVerdict] = field(default_factory=dict)
    surest_quarter: float | None = None
    shipped: bool = False  # the model comes with the program
    untested: tuple[str, ...] = ()  # codes that may be suggested though nobody measured how well

    @classmethod
    def of(cls, model: "Model", left_out: Mapping[str, str] | None = None) -> "Summary":
        """Return an empty summary that knows the model's codes and the verdicts of those that failed."""
        from coder.learning.persistence.model_files import SHIPPED

        labels = model.codebook.labels
        failed, tested = failed_codes(model), model.card.tested_codes
        untested = tuple(code for code in labels if code not in tested and code not in failed)
        return cls(
            left_out=dict(left_out or {}), model=model.name, labels=labels, failed=failed,
            surest_quarter=model.card.held_out.surest_quarter if tested & labels.keys() else None,
            shipped=(SHIPPED / model.name / "card.json").is_file(), untested=untested,
        )  # fmt: skip

    def add(self, record: PartRecord) -> None:
        """Add what was counted of a part."""
        if record.refused:
            self.refused[record.source] = record.refused
            return
        if record.source not in self.notes:
            self.files.append(record.source)
            self.notes[record.source] = record.notes
        self.talk |= not record.written
        self.utterances += record.units
        self.codable += record.codable
        self.coded += record.coded
        coded, codable = self.by_file.get(record.source, (0, 0))
        self.by_file[record.source] = coded + record.coded, codable + record.codable
        self.unread.update(record.unread)
        for code, polarities in record.codes.items():
            self.codes.update({(code, polarity): count for polarity, count in polarities.items()})


def failed_codes(model: "Model") -> dict[str, CodeVerdict]:
    """Return the codes that a model does not suggest, each with its verdict: why, and what would mend it."""
    verdicts = {verdict.code: verdict for verdict in model.card.codes}
    return {
        code: verdicts.get(code) or CodeVerdict.unknown(code)
        for code, usable in zip(model.codebook.ids, model.parts.calibration.usable.tolist(), strict=True)
        if not usable
    }


def finished_parts(
    job: Job,
    model: "Model",
    engine: Engine,
    *,
    coded_only: bool,
    progress: Progress | None = None,
    done: Collection[int] = (),
) -> Iterator[tuple[PartRecord, list[Row]]]:
    """Yield each part's record and rows as parts are coded; parts numbered in `done` are left out."""
    for part, opinions in engine.code(job.parts(model, done)):
        record, rows = finished(part, opinions, model, coded_only=coded_only)
        if progress:
            progress(job.steps(record), job.total)
        yield record, rows


def run(request: PrecodingRequest, progress: Progress | None = None) -> Summary:
    """Pre-code the request's files into its OUT, or as csv on stdout; files that fail are in `refused`.

    Raises CoderError before any work if OUT cannot be written, and after it if nothing could be read.
    """
    from coder.reporting.rows import check_target
    from coder.workflow.modelling.models import open_model

    if request.out:
        check_target(request.out, force=request.force)
    found = input_files(request.paths, request.unit)
    many = request.engine != "local"
    if many and request.out is None:
        raise InputError("With --engine dask the result is written part by part: name a file with -o.")
    model = open_model(request.model, request.codebook, threads=request.threads)
    job = job_of(found.files, request.unit, request.interviewer)
    if request.out and (many or is_large(found.files, request.unit)):
        return _run_in_parts(request, request.out, found, job, model, progress)
    summary = Summary.of(model, found.left_out)
    parts = finished_parts(job, model, LocalEngine(model), coded_only=request.coded_only, progress=progress)
    _write(_counted(parts, summary), request, [*job.columns, *COLUMNS], summary)
    return summary


def job_of(files: Sequence[Path], unit: Unit, interviewer: Sequence[str] = ()) -> Job:
    """Return the files as a job; tables are read once for it."""
    if unit != "row":
        return TranscriptJob(files, unit, interviewer)
    from coder.workflow.precoding.answers import TablesJob, surveyed

    return TablesJob(surveyed(files))


def is_large(files: Sequence[Path], unit: str) -> bool:
    """Tell whether a job takes so long that finished parts are kept in case it is interrupted."""
    if unit != "row":
        return len(files) > MANY_FILES
    from coder.workflow.precoding.answers import is_long

    return any(is_long(path) for path in files)


def _counted(parts: Iterable[tuple[PartRecord, list[Row]]], summary: Summary) -> Iterator[list[Row]]:
    """Yield the rows of parts that could be read, adding each part to the summary."""
    for record, rows in parts:
        summary.add(record)
        if not record.refused:
            yield rows


def _write(
    batches: Iterator[list[Row]], request: PrecodingRequest, columns: Sequence[str], summary: Summary
) -> None:
    """Write batches as they come, once there is a first one."""
    import sys

    from coder.reporting.rows import CsvWriter, open_rows

    first = next(batches, None)
    if first is None:
        raise InputError("\n".join(summary.refused.values()) or NOTHING)
    if request.out is None:
        writer = CsvWriter(sys.stdout, columns)
        for batch in chain([first], batches):
            writer.write(batch)
        return
    with open_rows(request.out, columns, force=request.force) as target:
        for batch in chain([first], batches):
            target.write(batch)


def _run_in_parts(
    request: PrecodingRequest,
    out: Path,
    found: InputFiles,
    job: Job,
    model: "Model",
    progress: Progress | None,
) -> Summary:
    """Code part by part, keeping each, and write OUT when all are there."""
    from coder.reporting.rows import open_rows
    from coder.workflow.precoding.checkpoint import Workspace

    summary = Summary.of(model, found.left_out)
    with Workspace(out, _asked(request, found.files, model)) as workspace:
        done = workspace.finished()
        if progress and done:
            progress(sum(job.steps(record) for record in workspace.records()), job.total)
        with _engine(request, model) as engine:
            for record, rows in finished_parts(
                job, model, engine, coded_only=request.coded_only, progress=progress, done=done
            ):
                workspace.keep(record, rows)
        for record in workspace.records():
            summary.add(record)
        if not summary.files:
            raise InputError("\n".join(summary.refused.values()) or NOTHING)
        with open_rows(out, [*job.columns, *COLUMNS], force=request.force) as target:
            for rows in workspace.rows():
                target.write(rows)
        workspace.remove()
    return summary


def _engine(request: PrecodingRequest, model: "Model") -> AbstractContextManager[Engine]:
    if request.engine == "dask":
        from coder.workflow.precoding.dask_engine import DaskEngine

        engine: AbstractContextManager[Engine] = DaskEngine(
            model, request.model, request.codebook, scheduler=request.scheduler, threads=request.threads
        )
        return engine
    return nullcontext(LocalEngine(model))


def _asked(request: PrecodingRequest, files: Sequence[Path], model: "Model") -> dict[str, Any]:
    """Return all that the parts' rows depend on; finished parts serve again only if all of it is the same."""
    return {
        "version": __version__,
        "files": [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files],
        "unit": request.unit,
        "coded_only": request.coded_only,
        "interviewer": list(request.interviewer),
        **model.fingerprint,
    }


def precode(
    paths: str | Path | Iterable[str | Path],
    model: str = "starter",
    *,
    codebook: str | Path | None = None,
    unit: Unit = "utterance",
    coded_only: bool = False,
    interviewer: Sequence[str] = (),
) -> "pd.DataFrame":
    """Pre-code transcripts (or, with unit="row", tables with a `text` column) into a frame of suggestions.

    The columns are those of the `coder precode` files. In `frame.attrs` are, each with the reason: "refused" (files
    that cannot be read), "left_out" (tables of suggestions and codings in folders) and "not_suggested" (codes that
    the model does not suggest, with their verdict). Raises CoderError if nothing could be read.
    """
    import pandas as pd

    from coder.workflow.modelling.models import open_model

    loaded = open_model(model, codebook)
    found = input_files([paths] if isinstance(paths, (str, Path)) else paths, unit)
    summary = Summary.of(loaded, found.left_out)
    job = job_of(found.files, unit, interviewer)
    parts = finished_parts(job, loaded, LocalEngine(loaded), coded_only=coded_only)
    rows = [row for batch in _counted(parts, summary) for row in batch]
    if summary.refused and not summary.files:
        raise InputError("\n".join(summary.refused.values()))
    frame = pd.DataFrame(rows, columns=[*job.columns, *COLUMNS])
    frame.attrs["refused"], frame.attrs["left_out"] = summary.refused, summary.left_out
    frame.attrs["not_suggested"] = {code: verdict.to_dict() for code, verdict in summary.failed.items()}
    return frame


def closing_words(request: PrecodingRequest, summary: Summary) -> str:
    """Return the run's summary: files, units, coded share, counts per code, what was refused and why."""
    from coder.phrasing import code_table
    from coder.reporting.cards import failed_lines

    units = {"row": "rows", "turn": "participants' turns"}.get(request.unit, "participants' utterances")
    share = f"{100 * summary.coded / summary.utterances:.0f} %" if summary.utterances else "none"
    offered = {code: label for code, label in summary.labels.items() if code not in summary.failed}
    failed = {summary.labels[code]: verdict for code, verdict in summary.failed.items()}
    quiet = summary.utterances - summary.codable
    lines = [
        f"{counted(len(summary.files), 'file')} read: {summary.utterances} {units}"
        + (f", {quiet} of them backchannels or empty (never coded)" if quiet else ""),
        f"{summary.coded} ({share}) got a suggestion from model {summary.model}",
        *_shares(summary),
        *_unread_words(summary, units),
        "",
        code_table(summary.codes, offered),
        "",
        *([*failed_lines(failed), ""] if failed else []),
        *untested_lines(summary, request.codebook),
        "These are suggestions: a person confirms, changes or rejects each of them.",
    ]
    if request.out:
        lines.append(f"Written to {request.out}")
    if summary.left_out:
        lines += [
            "",
            f"Left out ({len(summary.left_out)}):",
            *(f"  {why}" for why in summary.left_out.values()),
        ]
    if summary.refused:
        lines += ["", f"Refused ({len(summary.refused)}):", *(f"  {why}" for why in summary.refused.values())]
    return "\n".join(lines)


def untested_lines(summary: Summary, codebook: object = None) -> list[str]:
    """Say of which suggested codes nobody measured how often suggestions are right, and how to measure it."""
    suggested = {code for code, _ in summary.codes}
    untested = [summary.labels[code] for code in summary.untested if code in suggested]
    if not untested:
        return []
    if len(untested) < len(suggested):
        return [f"Not measured: how often suggestions of {examples(untested)} are right."]
    book = f" --codebook {typed(codebook)}" if codebook else ""
    return [
        "Not measured: how often suggestions of these codes are right. The model was not tested with them, and its",
        "confidence only says what to read first. To measure it, code some excerpts before you look, then:",
        f"coder evaluate MODEL EXCERPTS{book}",
    ]


def _shares(summary: Summary) -> list[str]:
    """Return how many units of each file got a suggestion, and how to read more of them than people code."""
    files = list(summary.by_file.items()) if len(summary.by_file) > 1 else []
    lines = [f"  {Path(name).name}: {coded} of {codable}" for name, (coded, codable) in files[:SHOWN_FILES]]
    if len(files) > SHOWN_FILES:
        lines.append(f"  and {len(files) - SHOWN_FILES} more files")
    if summary.talk and summary.codable and summary.coded > USUALLY_CODED * summary.codable:
        advice = "People usually code about half of an interview: read the suggestions of highest confidence first."
        lines.append(advice)
    if summary.surest_quarter is not None:
        right = f"{100 * summary.surest_quarter:.0f} %"
        where = " (README, How good is it?)" if summary.shipped else ""
        lines.append(
            f"Of the quarter that it was surest of, {right} were right in held-out parts of what it learned from;"
            f" expect fewer on another study{where}."
        )
    return lines


def _unread_words(summary: Summary, units: str) -> list[str]:
    from coder.learning.features.wording import unread_words

    sentence = unread_words(summary.unread, summary.utterances, units)
    return [f"{sentence}. They got no suggestion."] if sentence else []
