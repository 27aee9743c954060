"""Transcripts into a study: each whole or not at all, nothing twice, changed files never silently."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coder.coded_tables.grammar import columns_of
from coder.domain import Corrections, Role, Transcript
from coder.errors import CoderError, FormatError, InputError, StudyError
from coder.phrasing import listed, typed
from coder.store import Study
from coder.workflow.coded_results import why_no_transcript
from coder.workflow.study.carry_codings import carry_codings
from coder.workflow.study.import_attributes import find_column
from coder.workflow.study.reading_corrections import Cut, as_participants, corrections_of, cut_utterances

Read = Callable[..., Transcript]
ANSWER = ("utterance", "words", "speech", "transcription", "answer", "response", "message", "comment")


@dataclass(frozen=True, slots=True)
class Added:
    """A transcript that went in, and how it was read. `written`: its turns are answers to a survey.

    Of the version before, `carried` codings came over, and `memos_left` memos stay there, to be read only.
    """

    id: int
    name: str
    path: Path
    turns: int
    utterances: int
    roles: dict[str, Role | None]
    notes: tuple[str, ...]
    version: int = 1
    carried: int = 0
    written: bool = False
    memos_left: int = 0


@dataclass(slots=True)
class ImportReport:
    """What an import did. `unchanged` files are in the study already; `refused` ones come with the reason.

    `left_out` are tables in a folder that are about transcripts rather than transcripts.
    """

    added: list[Added] = field(default_factory=list)
    unchanged: list[tuple[Path, str]] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    left_out: list[Path] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How transcripts come into a study.

    `interviewer` names the labels that are the interviewer's; without it roles are inferred, and can be corrected
    later (`study.people.set_role`). A file that changed since it was imported is refused unless `new_version`: then
    it becomes the version in use, codings of utterances that did not change are carried over, and the old version
    stays on record. `read` and `cut` take the place of the reader and of the cut into utterances. `progress` is
    told each file that is done.
    """

    interviewer: tuple[str, ...] = ()
    new_version: bool = False
    read: Read | None = None
    cut: Cut = cut_utterances
    progress: Callable[[Path], None] | None = None


AS_USUAL = ImportOptions()


def import_transcripts(
    study: Study,
    paths: Sequence[str | Path],
    options: ImportOptions = AS_USUAL,
    *,
    tables: Sequence[Path] = (),
) -> ImportReport:
    """Read transcripts (files or folders) into the study, one transaction each.

    A file whose content is in the study already is left alone. Of the tables in a folder those are left out that
    are `tables` of codings or attributes, or look like it. What people corrected of the reading of a file with the
    same name is applied, and said in its notes.
    """
    report = ImportReport()
    for path in _expanded(paths, tables, report):
        try:
            transcript = _as_corrected(study, path, options.read or _read, options.interviewer)
            # A reader of the caller's may have given the text another name than its file's (pseudonyms).
            source = "" if options.read is None else transcript.name
            add_transcript(study, path, transcript, options, report, source)
        except CoderError as error:
            if isinstance(error, StudyError):
                raise  # the study cannot be written: the next file would fare no better
            report.refused.append((path, str(error)))
        if options.progress:
            options.progress(path)
    return report


def _as_corrected(study: Study, path: Path, read: Read, interviewer: tuple[str, ...]) -> Transcript:
    corrections = corrections_of(study, path.name)
    if corrections == Corrections():
        return read(path, interviewer=interviewer)
    transcript = read(path, interviewer=interviewer, corrections=corrections)
    return replace(transcript, notes=(*transcript.notes, "Read with the corrections kept in this study."))


def _read(path: Path, *, interviewer: Sequence[str], corrections: Corrections | None = None) -> Transcript:
    from coder.reading import read_transcript

    return read_transcript(path, interviewer=interviewer, corrections=corrections)


def files_to_read(paths: Sequence[str | Path]) -> list[Path]:
    """Return the transcripts of files and folders as an import takes them. Raises InputError if one is missing."""
    report = ImportReport()
    files = _expanded(paths, (), report)
    if report.refused:
        raise InputError("\n".join(f"{path}: {reason}" for path, reason in report.refused))
    return files


def _expanded(paths: Sequence[str | Path], tables: Sequence[Path], report: ImportReport) -> list[Path]:
    from coder.reading import transcript_paths

    given = {table.resolve() for table in tables}
    files: list[Path] = []
    for path in paths:
        try:
            inside = transcript_paths([path])
            if Path(path).is_dir():
                others = [item for item in inside if item.resolve() in given or _about_transcripts(item)]
                report.left_out += [item for item in others if item.resolve() not in given]
                inside = [item for item in inside if item not in others]
            elif reason := why_no_transcript(Path(path)):
                raise FormatError(reason)
            files += inside
        except CoderError as error:
            report.refused.append((Path(path), str(error)))
    return list(dict.fromkeys(files))


def _about_transcripts(path: Path) -> bool:
    """Tell whether a file is a table about transcripts (codes, participants), not one itself."""
    from coder.reading import holds_talk

    columns = _columns(path)
    known = columns_of(columns)
    if "code" in known or why_no_transcript(path):
        return True
    return bool(columns) and not ("text" in known or find_column(columns, ANSWER) or holds_talk(path))


def _columns(path: Path) -> list[str]:
    """Return the headings of a table; none of another file, and of one that the reader of transcripts will refuse."""
    from coder.reading.tables.read import TABLE_SUFFIXES, read_table

    if path.suffix.casefold() not in TABLE_SUFFIXES:
        return []
    try:
        return [str(name) for name in read_table(path).columns]
    except CoderError:
        return []


def add_transcript(
    study: Study,
    path: Path,
    transcript: Transcript,
    options: ImportOptions,
    report: ImportReport,
    source: str = "",
) -> None:
    """Store a transcript that was read from `path`; what came of it goes into the report.

    `source` is the name by which the text is known, if not the file's.
    """
    twin = study.texts.with_content(transcript.source_hash, transcript.text)
    if twin is not None:
        report.unchanged.append((path, f"in the study already, as '{twin[1]}'"))
        return
    source = source or path.name
    earlier = study.texts.same_file(transcript.id, source)
    if reason := _why_refused(study, transcript.id, earlier, options):
        report.refused.append((path, reason))
        return
    before = earlier[0] if earlier else None
    if before is not None:
        transcript = replace(transcript, id=study.texts.name(before))  # which may have been renamed
    utterances = options.cut(as_participants(transcript))
    with study.db.write():
        key = study.texts.add(transcript, utterances, source=source, replaces=before)
        carried = set[int]() if before is None else set().union(*carry_codings(study, before, key).values())
        left = 0 if before is None else len(study.memos.all(transcript=before))
    version = len(study.texts.earlier(key)) + 1
    added = _added(study, key, path, transcript, version)
    report.added.append(replace(added, carried=len(carried), memos_left=left))


def _why_refused(study: Study, name: str, earlier: Sequence[int], options: ImportOptions) -> str:
    """Say why a text does not come in that transcripts of the study may be earlier versions of; '' if it does."""
    if not earlier or (len(earlier) == 1 and options.new_version):
        return ""
    if len(earlier) > 1:
        study_path = typed(study.path)
        return (
            f"'{name}' may be another version of {listed(study.texts.told_apart(earlier))}. Give the one that it"
            f" corrects a name of its own (coder rename {study_path} NUMBER NEW_NAME --coder NAME), call the file so,"
            " and import it with --new-version; if it is another interview, rename the file."
        )
    known = study.texts.name(earlier[0])
    called = "" if known == name else f", as '{known}'"
    return (
        f"'{name}' is in the study with another text{called}. If this is a corrected version, import it with"
        " --new-version (codings of unchanged utterances are carried over); if it is another interview, rename the"
        " file."
    )


def _added(study: Study, key: int, path: Path, transcript: Transcript, version: int) -> Added:
    return Added(
        id=key,
        name=transcript.id,
        path=path,
        turns=len(transcript.turns),
        utterances=sum(item.codable for item in study.texts.utterances(key)),
        roles={turn.speaker or "": turn.role for turn in transcript.turns},
        notes=transcript.notes,
        version=version,
        written=transcript.written,
    )
