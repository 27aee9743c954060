"""`coder import` as one piece of work: transcripts, then attributes, then codings."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coder.errors import CoderError, StudyError
from coder.phrasing import counted, typed
from coder.reading import about_others, other_files
from coder.reading.tables.columns import UNREAD
from coder.store import Study
from coder.workflow.coded_files import CodedReading
from coder.workflow.study.import_adjudicated import AdjudicatedReport, import_adjudicated
from coder.workflow.study.import_attributes import AttributeReport, import_attributes
from coder.workflow.study.import_codings import CodingsReport, import_codings
from coder.workflow.study.import_project import ProjectReport, import_project, is_project
from coder.workflow.study.import_transcripts import (
    Added,
    ImportOptions,
    ImportReport,
    Read,
    import_transcripts,
)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be brought in."""

    paths: tuple[Path, ...] = ()
    attributes: Path | None = None
    codings: Path | None = None
    coder: str | None = None
    looked_at: Path | None = None
    complete: bool = False
    adjudicated: Path | None = None
    reading: CodedReading | None = None
    interviewer: tuple[str, ...] = ()
    new_version: bool = False
    read: Read | None = None  # what reads transcripts; None: as they are


@dataclass(slots=True)
class ImportResult:
    """What came of it.

    `refused` are files that could not be used at all, `passed_over` projects within folders; `others` say which files
    of folders were not read.
    """

    transcripts: ImportReport
    attributes: AttributeReport | None = None
    codings: CodingsReport | None = None
    adjudicated: AdjudicatedReport | None = None
    projects: tuple[ProjectReport, ...] = ()
    failed: tuple[tuple[Path, str], ...] = ()
    passed_over: tuple[Path, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def refused(self) -> list[tuple[Path, str]]:
        """Return the files that could not be used, with the reason."""
        of_projects = [item for project in self.projects for item in project.transcripts.refused]
        return [*self.transcripts.refused, *of_projects, *self.failed]

    @property
    def anything_read(self) -> bool:
        """Tell whether any of the files could be used."""
        texts = self.transcripts
        return bool(
            texts.added
            or texts.unchanged
            or self.projects
            or self.attributes
            or self.codings
            or self.adjudicated
        )

    def problems(self) -> list[str]:
        """Return a line for each file or row that was left out, in whole or in part, and on how tables were read."""
        lines = [_refused_line(path, reason) for path, reason in self.refused]
        lines += [f"attributes, {line}" for line in (self.attributes.problems if self.attributes else [])]
        lines += [
            f"{path}: a project of another tool, left out; give it by itself." for path in self.passed_over
        ]
        lines += [*self.others, *(note for project in self.projects for note in project.notes)]
        for codings in (*(project.codings for project in self.projects), self.codings):
            lines += [*codings.notes, *(f"codings, {line}" for line in codings.problems)] if codings else []
        if self.adjudicated:
            lines += [
                *self.adjudicated.notes,
                *(f"adjudicated, {line}" for line in self.adjudicated.problems),
            ]
        return lines

    def text(self) -> str:
        """Return what happened, for people."""
        lines = _transcript_lines(self.transcripts)
        for project in self.projects:
            lines += _project_lines(project)
        lines += [
            f"{path}: a table about transcripts, left out; name it with --codings or --attributes."
            for path in self.transcripts.left_out
        ]
        if self.attributes:
            lines.append(f"Attributes: {self.attributes.text()}")
        if self.codings:
            lines += _codings_lines(self.codings)
        if self.adjudicated:
            lines.append(self.adjudicated.text())
        return "\n".join(lines) or "Nothing was brought in."

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "added": [{**asdict(item), "path": str(item.path)} for item in self.transcripts.added],
            "unchanged": [str(path) for path, _ in self.transcripts.unchanged],
            "left_out": [str(path) for path in self.transcripts.left_out],
            "refused": {str(path): reason for path, reason in self.refused},
            "projects": [_project_dict(project) for project in self.projects],
            "attributes": asdict(self.attributes) if self.attributes else None,
            "codings": asdict(self.codings) if self.codings else None,
            "adjudicated": asdict(self.adjudicated) if self.adjudicated else None,
        }


def import_all(
    study: Study, request: ImportRequest, progress: Callable[[Path], None] | None = None
) -> ImportResult:
    """Import all that is asked for; a file that cannot be used is refused and the rest goes on.

    Raises StudyError if nothing is asked for or the study cannot be written, and the table's own error if a
    table is all there was and it cannot be used.
    """
    about = (request.attributes, request.codings, request.adjudicated)
    if not (request.paths or any(about)):
        raise StudyError(
            "Say what to import: transcripts, --attributes TABLE, --codings TABLE or --adjudicated TABLE."
        )
    projects = [path for path in request.paths if is_project(path)]
    tables = [path for path in (*about, request.looked_at) if path is not None]
    options = ImportOptions(request.interviewer, request.new_version, request.read, progress=progress)
    transcripts = import_transcripts(
        study, [path for path in request.paths if path not in projects], options, tables=tables
    )
    inside = {
        inner
        for path in request.paths
        if path.is_dir() and path not in projects
        for inner in path.rglob("*")
        if is_project(inner) and inner.parent.suffix.lower() != ".qda"
    }
    brought = ImportResult(transcripts, passed_over=tuple(sorted(inside)))
    brought.others = tuple(_others(study, [path for path in request.paths if path not in projects], inside))
    failed: list[tuple[Path, str]] = []
    for path in projects:
        try:
            brought.projects += (_project(study, path, request, options),)
        except CoderError as error:
            if len(request.paths) == 1 and not any(about):
                raise
            failed.append((path, str(error)))
    for table, work in zip(about, (_attributes, _codings, _adjudicated), strict=True):
        if table is None:
            continue
        try:
            work(study, table, request, brought)
        except CoderError as error:
            if not request.paths:
                raise
            failed.append((table, str(error)))
    brought.failed = tuple(failed)
    return brought


def _others(study: Study, paths: Sequence[Path], projects: Collection[Path]) -> Iterator[str]:
    """Say of each folder which files are not read; those of projects and the study itself are left unsaid."""
    own = study.path.resolve()
    for path in paths:
        others = other_files(path) if path.is_dir() else []
        others = [
            file for file in others if not {file, *file.parents} & {*projects} and file.resolve() != own
        ]
        if others:
            yield f"{path}: {about_others(others)}"


def _project(study: Study, path: Path, request: ImportRequest, options: ImportOptions) -> ProjectReport:
    return import_project(
        study,
        path,
        options,
        coder=request.coder,
        complete=request.complete,
        reading=request.reading,
    )


def _attributes(study: Study, table: Path, request: ImportRequest, brought: ImportResult) -> None:
    brought.attributes = import_attributes(study, table)


def _codings(study: Study, table: Path, request: ImportRequest, brought: ImportResult) -> None:
    brought.codings = import_codings(
        study,
        table,
        coder=request.coder,
        looked_at=request.looked_at,
        complete=request.complete,
        reading=request.reading,
    )


def _adjudicated(study: Study, table: Path, request: ImportRequest, brought: ImportResult) -> None:
    brought.adjudicated = import_adjudicated(study, table, request.coder)


def _refused_line(path: Path, reason: str) -> str:
    """Return the reason with the whole path in place of the file's name, which many reasons begin with."""
    rest = reason.removeprefix(path.name)
    return f"{path}{rest}" if rest != reason and rest[:1] in (":", " ") else f"{path}: {reason}"


def _transcript_lines(report: ImportReport) -> list[str]:
    lines: list[str] = []
    for item in report.added:
        lines += [_added_line(item), *(f"  {note}" for note in item.notes if note.startswith(UNREAD))]
    lines += _how_to_take_attributes(report.added)
    return lines + [f"{path}: {reason}; left alone." for path, reason in report.unchanged]


def _how_to_take_attributes(added: Sequence[Added]) -> list[str]:
    """Say how columns that were not read become attributes of those who speak; nothing if all were read."""
    partly = [item for item in added if any(note.startswith(UNREAD) for note in item.notes)]
    labels = [
        label for item in partly for label, role in item.roles.items() if label and role != "interviewer"
    ]
    if not labels:
        return []
    return [
        "  To use such columns (profession, age) as attributes, copy them into a table with a column"
        f" 'participant' that holds the speakers' labels (such as '{labels[0]}'), and import it with --attributes"
        " TABLE."
    ]


def _project_lines(project: ProjectReport) -> list[str]:
    added, there = len(project.transcripts.added), len(project.transcripts.unchanged)
    lines = [f"{project.path} ({project.format}):", *_transcript_lines(project.transcripts)]
    lines.append(
        f"{counted(added, 'text')} added, {there} here before; {counted(project.participants, 'participant')};"
        f" {counted(project.memos, 'memo')}."
    )
    return lines + (_codings_lines(project.codings) if project.codings else ["No codings."])


def _project_dict(project: ProjectReport) -> dict[str, Any]:
    return {
        "path": str(project.path),
        "format": project.format,
        "added": [{**asdict(item), "path": str(item.path)} for item in project.transcripts.added],
        "unchanged": [str(path) for path, _ in project.transcripts.unchanged],
        "participants": project.participants,
        "groups": project.groups,
        "memos": project.memos,
        "codings": asdict(project.codings) if project.codings else None,
        "notes": project.notes,
    }


def _added_line(item: Added) -> str:
    interviewers = [label for label, role in item.roles.items() if role == "interviewer"]
    others = [label for label, role in item.roles.items() if role != "interviewer"]
    left = f", {counted(item.memos_left, 'memo')} left with the version before" if item.memos_left else ""
    carried = f"{item.carried} codings carried over{left}"
    version = f" (version {item.version}, {carried})" if item.version > 1 else ""
    if item.written:
        whose = f" of {counted(len(others), 'person', 'people')}" if any(others) else ""
        answers = counted(item.turns, "answer")
        return f"{item.name}{version}: a survey, {answers}{whose}, {counted(item.utterances, 'utterance')} to code."
    read = f"{item.name}{version}: {counted(item.turns, 'turn')}, {counted(item.utterances, 'utterance')} to code"
    if not any(item.roles):
        shown = (
            f"coder turns {typed(item.path)}" if item.path.is_file() else "see 'How it was read' on its page"
        )
        return f"{read}; no speaker is named. Who asks and who answers: {shown}"
    asking = ", ".join(interviewers) or "none found"
    if not interviewers and len(others) > 1:
        asking += ", so all speakers are coded (name who asks on the page How they were read)"
    return f"{read}; interviewer: {asking}; speakers: {', '.join(others) or 'none'}."


def _codings_lines(report: CodingsReport) -> list[str]:
    lines = [
        f"Codings: {report.used} of {report.rows} rows used, {report.tolerant} found only approximately."
    ]
    lines += [
        f"  {coder}: {counted(count, 'utterance')} coded, {report.nothing[coder]} with nothing to code."
        for coder, count in report.coded.items()
    ]
    if report.coded and not report.read_known and not any(report.nothing.values()):
        lines.append(
            "  Utterances without a row count as not looked at;"
            " if the coders read everything, repeat with --complete."
        )
    return lines
