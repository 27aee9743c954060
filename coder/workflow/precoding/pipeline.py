"""Pre-coding: transcripts or tables in, suggestions out, one row per suggested code.

`precode` takes and gives what notebooks use; `run` is the command line's job from paths to a written file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coder.domain import Unit
from coder.errors import InputError
from coder.workflow.precoding.jobs import Job, is_large, job_of
from coder.workflow.precoding.parts import PartRecord, coded, finished
from coder.workflow.precoding.rows import COLUMNS, Row

if TYPE_CHECKING:
    import pandas as pd

    from coder.learning import Model

Progress = Callable[[int, int | None], None]  # steps done now, steps in all where known


@dataclass(frozen=True)
class Request:
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
    """What a run did: counts for the closing words, and the files that were refused with the reason."""

    files: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    utterances: int = 0
    codable: int = 0
    coded: int = 0
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    model: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    failed: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: "Model") -> "Summary":
        """Return an empty summary that knows the model's codes and the verdicts of those that failed."""
        labels = {code.id: code.label for code in model.codebook.codes}
        return cls(model=model.name, labels=labels, failed=failed_codes(model))

    def add(self, record: PartRecord) -> None:
        """Add what was counted of a part of a large job."""
        if record.refused:
            self.refused[record.source] = record.refused
            return
        if record.source not in self.notes:
            self.files.append(record.source)
            self.notes[record.source] = record.notes
        self.utterances += record.units
        self.codable += record.codable
        self.coded += record.coded
        self.unread.update(record.unread)
        for code, polarities in record.codes.items():
            self.codes.update({(code, polarity): count for polarity, count in polarities.items()})


def failed_codes(model: "Model") -> dict[str, Mapping[str, Any]]:
    """Return the codes that a model does not suggest, each with its verdict: why, and what would mend it."""
    verdicts = {found["code"]: found for found in model.card.get("codes", [])}
    return {
        code: verdicts.get(code, {"code": code, "why": "it failed when the model was trained", "mend": ""})
        for code, usable in zip(model.codebook.ids, model.parts.calibration.usable.tolist(), strict=True)
        if not usable
    }


def rows_of(
    job: Job, model: "Model", summary: Summary, *, coded_only: bool, progress: Progress | None = None
) -> Iterator[list[Row]]:
    """Yield the rows of each part of a job in turn; a file that cannot be read is named in `summary`."""
    for part in job.parts(model):
        record, rows = finished(part, coded(model, part), coded_only=coded_only)
        summary.add(record)
        if progress:
            progress(job.steps(record), job.total)
        if not record.refused:
            yield rows


def input_files(paths: Iterable[str | Path], unit: Unit) -> list[Path]:
    """Return the files meant by paths; a folder means every file in it that can be read.

    Raises InputError for a path that does not exist and for folders without any such file.
    """
    from coder.reading import transcript_paths
    from coder.reading.tables.read import TABLE_SUFFIXES

    given = [Path(path) for path in paths]
    missing = [str(path) for path in given if not path.exists()]
    if missing:
        raise InputError(f"There is no file or folder {', '.join(missing)}. Check the spelling.")
    if unit != "row":
        return transcript_paths(given)
    return [
        file
        for path in given
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        if not path.is_dir() or file.suffix.lower() in TABLE_SUFFIXES
    ]


def run(request: Request, progress: Progress | None = None) -> Summary:
    """Pre-code the request's files into its OUT, or as csv on stdout; files that fail are in `refused`.

    Raises CoderError before any work if OUT cannot be written, and after it if nothing could be read.
    """
    from coder.reporting.rows import check_target
    from coder.workflow.modelling.model_lookup import open_model

    if request.out:
        check_target(request.out, force=request.force)
    files = input_files(request.paths, request.unit)
    if request.engine != "local" or (request.out and is_large(files, request.unit)):
        from coder.workflow.precoding.streaming import run_in_parts

        return run_in_parts(request, files, progress)
    model = open_model(request.model, request.codebook, threads=request.threads)
    summary = Summary.of(model)
    job = job_of(files, request.unit, request.interviewer)
    batches = rows_of(job, model, summary, coded_only=request.coded_only, progress=progress)
    _write(batches, request, [*job.columns, *COLUMNS], summary)
    return summary


def _write(batches: Iterator[list[Row]], request: Request, columns: Sequence[str], summary: Summary) -> None:
    """Write batches as they come, once there is a first one."""
    import sys

    from coder.reporting.rows import CsvWriter, open_rows

    first = next(batches, None)
    if first is None:
        raise InputError("\n".join(summary.refused.values()) or "There is nothing to pre-code.")
    if request.out is None:
        writer = CsvWriter(sys.stdout, columns)
        for batch in chain([first], batches):
            writer.write(batch)
        return
    with open_rows(request.out, columns, force=request.force) as target:
        for batch in chain([first], batches):
            target.write(batch)


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

    The columns are those of the `coder precode` files. Files that cannot be read are named in
    `frame.attrs["refused"]` with the reason, codes that the model does not suggest in `frame.attrs["not_suggested"]`
    with their verdict. Raises CoderError if nothing could be read.
    """
    import pandas as pd

    from coder.workflow.modelling.model_lookup import open_model

    loaded = open_model(model, codebook)
    summary = Summary.of(loaded)
    files = input_files([paths] if isinstance(paths, (str, Path)) else paths, unit)
    job = job_of(files, unit, interviewer)
    rows = [row for batch in rows_of(job, loaded, summary, coded_only=coded_only) for row in batch]
    if summary.refused and not summary.files:
        raise InputError("\n".join(summary.refused.values()))
    frame = pd.DataFrame(rows, columns=[*job.columns, *COLUMNS])
    frame.attrs["refused"] = summary.refused
    frame.attrs["not_suggested"] = summary.failed
    return frame


def closing_words(request: Request, summary: Summary) -> str:
    """Return the run's summary: files, units, coded share, counts per code, what was refused and why."""
    from coder.reporting.text import code_table
    from coder.reporting.verdicts import failed_lines

    units = {"row": "rows", "turn": "participants' turns"}.get(request.unit, "participants' utterances")
    share = f"{100 * summary.coded / summary.utterances:.0f} %" if summary.utterances else "none"
    offered = {code: label for code, label in summary.labels.items() if code not in summary.failed}
    failed = {summary.labels[code]: found for code, found in summary.failed.items()}
    quiet = summary.utterances - summary.codable
    lines = [
        f"{len(summary.files)} file{'' if len(summary.files) == 1 else 's'} read: {summary.utterances} {units}"
        + (f", {quiet} of them backchannels or empty (never coded)" if quiet else ""),
        f"{summary.coded} ({share}) got a suggestion from model {summary.model}",
        *_unread_words(summary, units),
        "",
        code_table(summary.codes, offered),
        "",
        *failed_lines(failed),
        *([""] if failed else []),
        "These are suggestions: a person confirms, changes or rejects each of them.",
    ]
    if request.out:
        lines.append(f"Written to {request.out}")
    if summary.refused:
        lines += ["", f"Refused ({len(summary.refused)}):", *(f"  {why}" for why in summary.refused.values())]
    return "\n".join(lines)


def _unread_words(summary: Summary, units: str) -> list[str]:
    from coder.learning.features.language import unread_words

    said = unread_words(summary.unread, summary.utterances, units)
    return [f"{said}. They got no suggestion."] if said else []
