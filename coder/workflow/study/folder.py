"""The studies of a folder: listed with what is in them, and begun there with transcripts and participants."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coder.errors import CoderError, InputError, PassphraseError
from coder.passphrases import PASSPHRASES
from coder.phrasing import counted
from coder.store.database import is_outdated
from coder.store.encryption import is_encrypted
from coder.workflow.codebooks import read_given
from coder.workflow.study.import_attributes import import_attributes
from coder.workflow.study.import_project import ProjectReport, import_project, is_project
from coder.workflow.study.import_transcripts import ImportOptions, ImportReport, import_transcripts
from coder.workflow.study.open import begin_study, open_study

SUFFIX = ".coder"
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class StudyEntry:
    """A study file of the folder; `problem` says in a sentence why it cannot be opened (then the counts are 0).

    `outdated`: an older version made it; opening it brings it up to date, with a backup beside it. `locked`: it is
    encrypted and was not opened yet; its passphrase is needed to know more.
    """

    path: Path
    codebook: str = ""
    transcripts: int = 0
    utterances: int = 0
    decided: int = 0
    coders: tuple[str, ...] = ()
    problem: str = ""
    outdated: bool = False
    locked: bool = False

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem


@dataclass(frozen=True, slots=True)
class Begun:
    """A study that was begun: what was read, and a sentence for each file or row not used or read as it stands."""

    path: Path
    read: int
    problems: tuple[str, ...]


def list_studies(folder: Path) -> list[StudyEntry]:
    """Return the studies of a folder, the one that was changed last first. Raises InputError if it is no folder."""
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.")
    found = [path for path in folder.glob(f"*{SUFFIX}") if path.is_file() and not path.name.startswith(".")]
    return [_entry(path) for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]


def _entry(path: Path) -> StudyEntry:
    if is_encrypted(path) and not PASSPHRASES.knows(path):
        return StudyEntry(path, locked=True)
    if is_outdated(path):
        return StudyEntry(path, outdated=True)
    try:
        with open_study(path, readonly=True) as study:
            figures = study.figures()
            return StudyEntry(
                path,
                study.codebooks.current().name,
                figures.transcripts,
                figures.utterances,
                figures.decided,
                tuple(study.people.coders()),
            )
    except PassphraseError:  # CODER_PASSPHRASE is another study's
        return StudyEntry(path, locked=True)
    except CoderError as error:
        return StudyEntry(path, problem=str(error))


def study_path(folder: Path, name: str) -> Path:
    """Return the file of a new study of this name. Raises InputError if the name cannot be a file's, or is taken."""
    name = " ".join(name.split()).removesuffix(SUFFIX)
    if (
        not name
        or len(name) > LONGEST_NAME
        or name.startswith(".")
        or re.search(r'[\\/:*?"<>|\x00-\x1f]', name)
    ):
        raise InputError(
            f"A study's name has 1 to {LONGEST_NAME} letters, digits, spaces, - or _; it becomes the file's name."
        )
    path = folder / f"{name}{SUFFIX}"
    if path.exists():
        raise InputError(f"There is a study '{name}' in this folder already; choose another name.")
    return path


@dataclass(frozen=True, slots=True)
class FirstFiles:
    """What a new study begins with: transcripts and projects of other tools, and a table of participants.

    `coder` is whose the codings of a project are that does not name its coders.
    """

    transcripts: Sequence[Path] = ()
    participants: Path | None = None
    coder: str | None = None


def begin(
    path: Path,
    codebook: str | Path,
    files: FirstFiles,
    progress: Callable[[str, int, int | None], None],
    passphrase: str | None = None,
) -> Begun:
    """Begin a study with a codebook, encrypted if there is a passphrase; bring in what is given.

    `progress` gets (stage, done, total). What cannot be read is named in the result; the study is begun anyway.
    Raises CodebookError (nothing is made then) if the codebook is broken.
    """
    projects = [item for item in files.transcripts if is_project(item)]
    transcripts = [item for item in files.transcripts if item not in projects]
    done = 0

    def advance(item: Path) -> None:
        nonlocal done
        done += 1
        progress(item.name, done, None if projects else len(transcripts))

    options = ImportOptions(progress=advance)
    book, notes = read_given(Path(codebook))
    with begin_study(path, codebook=book, passphrase=passphrase) as study:
        report = import_transcripts(study, transcripts, options) if transcripts else ImportReport()
        read, problems = len(report.added), [*notes, *_not_read(report)]
        for item in projects:
            try:
                project = import_project(study, item, options, coder=files.coder)
                read += len(project.transcripts.added)
                problems += _of_project(project)
            except CoderError as error:
                problems.append(f"{item.name}: {error}")
        if files.participants is not None:
            try:
                lines = import_attributes(study, files.participants).problems
                problems += [f"{files.participants.name}, {line}" for line in lines]
            except CoderError as error:
                problems.append(f"{files.participants.name}: {error}")
    return Begun(path, read, tuple(problems))


def _not_read(report: ImportReport) -> list[str]:
    return [f"{item.name}: {why}" for item, why in [*report.refused, *report.unchanged]]


def _of_project(project: ProjectReport) -> list[str]:
    """Say what did not come from a project; of its codings how many, for a project may have thousands."""
    lines = [*_not_read(project.transcripts), *project.notes]
    codings = project.codings
    if codings is not None:
        lines += codings.notes
        if codings.problems:
            lines.append(
                f"{counted(len(codings.problems), 'row')} of the codings of {project.path.name} left out, for"
                f" instance {codings.problems[0]}. To say what its codes mean, drop the project again on the"
                " study's page."
            )
    return lines
