"""A project of another tool into a study: its texts, what is known of people and texts, memos and codings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coder.coded_tables.code_mapping import CodeMapper
from coder.coded_tables.grammar import examples
from coder.domain import Corrections
from coder.errors import CoderError, StudyError
from coder.exchange.code_guids import known_names
from coder.exchange.read import PACKED, PROJECTS, read_codings
from coder.exchange.values import (
    PATH,
    ExternalCase,
    ExternalCodings,
    ExternalDocument,
    ExternalMemo,
    without_drafts,
)
from coder.phrasing import counted
from coder.store import Study
from coder.store.values import StudyUtterance
from coder.workflow.coded_files import CodedReading, coded_table
from coder.workflow.study.import_attributes import speaker_of, split_cell
from coder.workflow.study.import_codings import CodingsReport, import_coded_table
from coder.workflow.study.import_transcripts import AS_USUAL, ImportOptions, ImportReport, add_transcript
from coder.workflow.study.passages import Placing
from coder.workflow.study.reading_corrections import corrections_of

OURS = " of coder "  # in the format of a project that this program wrote


@dataclass(slots=True)
class ProjectReport:
    """What came of a project: transcripts, people with attributes, memos, codings; `notes` say how it was read.

    `participants` were found among the speakers, `groups` were not: what is known of them became their texts'.
    `codings` is None where the project has none.
    """

    path: Path
    format: str
    transcripts: ImportReport = field(default_factory=ImportReport)
    participants: int = 0
    groups: int = 0
    memos: int = 0
    codings: CodingsReport | None = None
    notes: list[str] = field(default_factory=list)


def is_project(path: Path) -> bool:
    """Tell whether a path is a project of another tool, with texts of its own."""
    if path.suffix.lower() == PACKED:
        from coder.exchange.sqlite_projects import holds_packed_project

        return holds_packed_project(path)
    return path.suffix.lower() in PROJECTS or (path.is_dir() and (path / "data.qda").is_file())


def import_project(
    study: Study,
    path: Path,
    options: ImportOptions = AS_USUAL,
    *,
    coder: str | None = None,
    complete: bool = False,
    reading: CodedReading | None = None,
) -> ProjectReport:
    """Bring a project in. Texts keep their characters, so that codings stay on the words they were on.

    Texts that the study has already are left alone, and their codings come to what is there. `coder` says whose
    the codings and memos are of which the project does not say it. Bringing a project in twice adds nothing.

    Raises the readers' errors, StudyError if codings are nobody's, before anything is written.
    """
    project = read_codings(path)
    codings, _ = without_drafts(project.codings)
    if coder is None and codings and not any(item.coder for item in codings):
        raise StudyError(f"{path.name} does not say who coded; add --coder NAME.")
    report = ProjectReport(path, project.format)
    homes: dict[str, int] = {}
    for document in project.documents:
        key = _document(study, path, document, options, report)
        if key is not None:
            homes[document.name] = key
        if options.progress:
            options.progress(path / document.name)
    with study.db.write():
        _attributes(study, project, homes, report)
        _memos(study, project.memos, homes, coder, report)
    written = sum(document.written for document in project.documents)
    if written:
        report.notes.append(
            f"The questions of {counted(written, 'text')} of written answers are not in the file: suggestions are"
            " made without them. Import the survey's table to have them."
        )
    report.notes += _codes_left(study, project, {item.code for item in codings})
    if codings or report.memos:
        report.notes.append(
            "When codings and memos were made is not taken over: they have the time of the import."
        )
    if codings:
        table = coded_table(project, study.codebooks.current(), reading)
        only = None if any(item.coder for item in codings) else coder
        report.codings = import_coded_table(study, table, Placing(study, homes), only, complete=complete)
    else:
        report.notes += [f"{path.name} ({project.format}): {note}" for note in project.notes]
    return report


def _codes_left(study: Study, project: ExternalCodings, used: set[str]) -> list[str]:
    """Say which codes of a project are not brought in: without a coding, and unknown to the study's codebook."""
    above = {name.rsplit(PATH, 1)[0] for name in project.codes if PATH in name}
    mapper, known = CodeMapper(study.codebooks.current()), known_names(project, study.codebooks.current())
    left = [
        name
        for name in project.codes
        if name not in used | above and name not in known and mapper.map(name).code is None
    ]
    if not left:
        return []
    return [
        f"{counted(len(left), 'code')} without a coding not brought in, since the study keeps its own codebook:"
        f" {examples(left)}."
    ]


def _document(
    study: Study,
    path: Path,
    document: ExternalDocument,
    options: ImportOptions,
    report: ProjectReport,
) -> int | None:
    """Add a text as a transcript; return the number of the transcript that holds it, None if there is none."""
    from coder.reading import read_text

    corrections, suffix = corrections_of(study, document.name), path.suffix.lower()
    try:
        transcript = read_text(
            document.text, document.name, suffix.lstrip(".") if suffix in PROJECTS else "qda",
            interviewer=options.interviewer, corrections=corrections if corrections != Corrections() else None,
        )  # fmt: skip
        transcript = replace(transcript, written=transcript.written or document.written)
        before = len(report.transcripts.added)
        origin = path / document.name
        add_transcript(study, origin, transcript, options, report.transcripts, document.name)
    except StudyError:
        raise
    except CoderError as error:
        report.transcripts.refused.append((path / document.name, str(error)))
        return None
    if len(report.transcripts.added) > before:
        return report.transcripts.added[-1].id
    twin = study.texts.with_content(transcript.source_hash, transcript.text)
    return None if twin is None else study.texts.in_use(twin[0])


def _attributes(
    study: Study, project: ExternalCodings, homes: Mapping[str, int], report: ProjectReport
) -> None:
    uids = {info.id: info.uid for info in study.texts.all()}
    for document in project.documents:
        if document.name in homes:
            _set_all(study, "transcript", uids[homes[document.name]], document.attributes)
    claims = Counter(name for case in project.cases for name in case.documents)
    ours = OURS in project.format
    groups = [
        case
        for case in project.cases
        if not _participant(
            study, case, homes, report,
            # A case of one text that no other case has is the one who speaks there, whatever the label.
            alone=ours or (len(case.documents) == 1 and claims[case.documents[0]] == 1),
        )
    ]  # fmt: skip
    for case in groups:
        for name in case.documents:
            if name in homes:
                _set_all(study, "transcript", uids[homes[name]], {"case": case.name, **case.attributes})
    report.groups = len(groups)
    if groups:
        names = [case.name for case in groups]
        report.notes.append(
            f"{counted(len(names), 'case')} not found among the speakers: what is known of them was taken for their"
            f" texts': {examples(names)}."
        )


def _participant(
    study: Study, case: ExternalCase, homes: Mapping[str, int], report: ProjectReport, *, alone: bool
) -> bool:
    """Take a case for a participant if one speaks in its texts, or it has none; tell whether it is one."""
    keys = [homes[name] for name in case.documents if name in homes]
    labels = {key: speaker_of(study, key, case.name, alone=alone) for key in keys}
    if keys and not any(labels.values()):
        return False
    for key, label in labels.items():
        if label is not None:
            study.people.link(key, label, case.name)
    _set_all(study, "participant", case.name, case.attributes)
    report.participants += 1
    return True


def _set_all(study: Study, kind: str, subject: str, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if name and value.strip():
            study.people.set_attribute(kind, subject, name, split_cell(value))


def _memos(
    study: Study,
    memos: Sequence[ExternalMemo],
    homes: Mapping[str, int],
    coder: str | None,
    report: ProjectReport,
) -> None:
    mapper = CodeMapper(study.codebooks.current())
    left: Counter[str] = Counter()
    units: dict[int, list[StudyUtterance]] = {}
    known = {
        (memo.coder, memo.text, memo.utterance, memo.transcript, memo.code) for memo in study.memos.all()
    }
    for memo in memos:
        who = memo.coder or coder
        if who is None:
            left["of which nobody is named as the author (--coder NAME names one)"] += 1
            continue
        if memo.document is not None and memo.document not in homes:
            left["on texts that did not come in"] += 1
            continue
        text, utterance, transcript, code = _subject(study, memo, homes, mapper, units)
        if (who, text, utterance, transcript, code) not in known:
            known.add((who, text, utterance, transcript, code))
            study.people.add_coder(who)
            study.memos.write(who, text, utterance=utterance, transcript=transcript, code=code)
            report.memos += 1
    report.notes += [f"{counted(count, 'memo')} {why} left out." for why, count in left.items()]


def _subject(
    study: Study,
    memo: ExternalMemo,
    homes: Mapping[str, int],
    mapper: CodeMapper,
    units: dict[int, list[StudyUtterance]],
) -> tuple[str, int | None, int | None, str | None]:
    """Return a memo's words and what it is about: an utterance, a transcript or a code; none of them: the study."""
    text = memo.text.strip()
    key = homes.get(memo.document or "")
    if key is not None:
        if memo.start is None:
            return text, None, key, None
        if key not in units:
            units[key] = study.texts.utterances(key)
        utterance = _at(units[key], memo.start, memo.end)
        return text, utterance, None if utterance is not None else key, None
    mapped = mapper.map(memo.code) if memo.code else None
    if mapped is not None and mapped.sure:
        return text, None, None, mapped.code
    return f"{memo.code}: {text}" if memo.code else text, None, None, None


def _at(units: Sequence[StudyUtterance], start: int, end: int | None) -> int | None:
    """Return the utterance in which a place begins, or the first one within it."""
    last = end if end is not None else start + 1
    return next((unit.id for unit in units if unit.end > start and unit.start < last), None)
