"""Pre-coding: transcripts or tables in, suggestions out, one row per suggested code.

`precode` takes and gives what notebooks use; `run` is the command line's job from paths to a written file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.domain import Transcript, Unit, Utterance
from coder.errors import InputError
from coder.workflow.rows import COLUMNS, Row, columns_of, suggestion_rows

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
    model: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    def count(self, utterances: Sequence[Utterance], rows: Iterable[Mapping[str, Any]]) -> None:
        """Add one file's utterances and rows to the counts."""
        suggested = [row for row in rows if row["code"]]
        self.utterances += len(utterances)
        self.codable += sum(utterance.codable for utterance in utterances)
        self.coded += len({row["utterance"] for row in suggested})
        self.codes.update((row["code"], row["polarity"] or "") for row in suggested)


def read_utterances(
    path: Path, unit: Unit, interviewer: Sequence[str] = ()
) -> tuple[Transcript, list[Utterance]]:
    """Read one transcript and cut the participants' turns into units."""
    from coder.reading import read_transcript
    from coder.segmenting import segment

    transcript = read_transcript(path, interviewer=interviewer)
    kind: Unit = "turn" if unit == "turn" else "utterance"
    utterances = [item for item in segment(transcript, kind) if item.role != "interviewer"]
    if not utterances:
        raise InputError(f"{path}: no participant says anything in it. See `coder turns {path}`.")
    return transcript, utterances


def precode_files(
    paths: Sequence[Path],
    model: "Model",
    *,
    unit: Unit = "utterance",
    coded_only: bool = False,
    interviewer: Sequence[str] = (),
    summary: Summary,
    progress: Progress | None = None,
) -> Iterator[list[Row]]:
    """Yield the rows of each file in turn; one that cannot be read is named in `summary` and skipped."""
    seen: set[str] = set()
    for path in paths:
        notes: tuple[str, ...] = ()
        try:
            if unit == "row":
                name, rows = path.stem, table_rows(path, model, summary)
            else:
                transcript, utterances = read_utterances(path, unit, interviewer)
                name, notes, rows = transcript.id, transcript.notes, suggestion_rows(model, utterances)
                summary.count(utterances, rows)
        except InputError as error:
            summary.refused[str(path)] = str(error)
        else:
            twin = (f"another file is also called '{name}'",) if name in seen else ()
            seen.add(name)
            summary.files.append(str(path))
            summary.notes[str(path)] = (*notes, *twin)
            yield [row for row in rows if row["code"] or not coded_only]
        if progress:
            progress(1, len(paths))


def table_rows(path: Path, model: "Model", summary: Summary) -> list[Row]:
    """Code a table of free-text answers row by row; its own columns come first in each row.

    A column of the table that has the name of one of ours is kept as `NAME_given`. The whole table shares one
    topic, unless a `study` column says otherwise.
    """
    from coder.reading.tables import read_table

    frame = read_table(path, needed=["text"])
    own = {str(name): f"{name}_given" if name in COLUMNS else str(name) for name in frame if name != "text"}
    records = frame.rename(columns=own).to_dict("records")
    answers = [
        Utterance(
            f"{path.stem}:{row}",
            path.stem,
            row,
            row,
            0,
            len(text),
            text,
            role="participant",
            question=_text(records[row].get("question_given")) or None,
            codable=bool(text.strip()),
        )
        for row, text in enumerate(map(_text, frame["text"]))
    ]
    studies = [_text(study) for study in frame["study"]] if "study" in frame else None
    rows = suggestion_rows(model, answers, studies)
    summary.count(answers, rows)
    return [{**{name: records[row["turn"] - 1][name] for name in own.values()}, **row} for row in rows]


def input_files(paths: Iterable[str | Path], unit: Unit) -> list[Path]:
    """Return the files meant by paths; a folder means every file in it that can be read.

    Raises InputError for a path that does not exist and for folders without any such file.
    """
    from coder.reading import transcript_paths
    from coder.reading.tables import TABLE_SUFFIXES

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


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None or value != value else str(value)


def run(request: Request, progress: Progress | None = None) -> Summary:
    """Pre-code the request's files into its OUT, or as csv on stdout; files that fail are in `refused`.

    Raises CoderError before any work if OUT cannot be written, and after it if nothing could be read.
    """
    from coder.reporting.rows import check_target
    from coder.workflow.models import open_model

    if request.out:
        check_target(request.out, force=request.force)
    files = input_files(request.paths, request.unit)
    model = open_model(request.model, request.codebook, threads=request.threads)
    summary = Summary(model=model.name, labels={code.id: code.label for code in model.codebook.codes})
    batches = precode_files(
        files, model, unit=request.unit, coded_only=request.coded_only, interviewer=request.interviewer,
        summary=summary, progress=progress,
    )  # fmt: skip
    _write(batches, request, summary)
    return summary


def _write(batches: Iterator[list[Row]], request: Request, summary: Summary) -> None:
    """Write batches as they come; a table's own columns must be known first, so tables are gathered."""
    import sys

    from coder.reporting.rows import CsvWriter, open_rows

    first = next(batches, None)
    if first is None:
        raise InputError("\n".join(summary.refused.values()) or "There is nothing to pre-code.")
    rest: Iterable[list[Row]] = [first, *batches] if request.unit == "row" else chain([first], batches)
    columns = columns_of(row for batch in rest for row in batch) if request.unit == "row" else COLUMNS
    if request.out is None:
        writer = CsvWriter(sys.stdout, columns)
        for batch in rest:
            writer.write(batch)
        return
    with open_rows(request.out, columns, force=request.force) as target:
        for batch in rest:
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
    `frame.attrs["refused"]` with the reason. Raises CoderError if nothing could be read.
    """
    import pandas as pd

    from coder.workflow.models import open_model

    loaded = open_model(model, codebook)
    summary = Summary(model=loaded.name)
    files = input_files([paths] if isinstance(paths, (str, Path)) else paths, unit)
    batches = precode_files(
        files, loaded, unit=unit, coded_only=coded_only, interviewer=interviewer, summary=summary
    )
    rows = [row for batch in batches for row in batch]
    if summary.refused and not summary.files:
        raise InputError("\n".join(summary.refused.values()))
    frame = pd.DataFrame(rows, columns=columns_of(rows))
    frame.attrs["refused"] = summary.refused
    return frame


def closing_words(request: Request, summary: Summary) -> str:
    """Return the run's summary: files, units, coded share, counts per code, what was refused and why."""
    from coder.reporting.summary import code_table

    units = {"row": "rows", "turn": "participants' turns"}.get(request.unit, "participants' utterances")
    share = f"{100 * summary.coded / summary.utterances:.0f} %" if summary.utterances else "none"
    quiet = summary.utterances - summary.codable
    lines = [
        f"{len(summary.files)} file{'' if len(summary.files) == 1 else 's'} read: {summary.utterances} {units}"
        + (f", {quiet} of them backchannels or empty (never coded)" if quiet else ""),
        f"{summary.coded} ({share}) got a suggestion from model {summary.model}",
        "",
        code_table(summary.codes, summary.labels),
        "",
        "These are suggestions: a person confirms, changes or rejects each of them.",
    ]
    if request.out:
        lines.append(f"Written to {request.out}")
    if summary.refused:
        lines += ["", f"Refused ({len(summary.refused)}):", *(f"  {why}" for why in summary.refused.values())]
    return "\n".join(lines)
