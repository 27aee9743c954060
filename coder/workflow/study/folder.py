"""The studies of a folder: listed with what is in them, and begun there with transcripts and participants."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coder.errors import CoderError, InputError, PassphraseError
from coder.passphrases import PASSPHRASES
from coder.store.database import is_outdated
from coder.store.encryption import is_encrypted
from coder.workflow.study.import_attributes import import_attributes
from coder.workflow.study.import_transcripts import ImportOptions, import_transcripts
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
    """A study that was begun: what was read, and a sentence for each file or row that could not be used."""

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


def begin(
    path: Path,
    codebook: str | Path,
    transcripts: Sequence[Path],
    participants: Path | None,
    progress: Callable[[str, int, int | None], None],
    passphrase: str | None = None,
) -> Begun:
    """Begin a study with a codebook, encrypted if there is a passphrase; bring in transcripts and participants.

    `progress` gets (stage, done, total). What cannot be read is named in the result; the study is begun anyway.
    Raises CodebookError (nothing is made then) if the codebook is broken.
    """
    with begin_study(path, codebook=codebook, passphrase=passphrase) as study:
        read, problems = 0, []
        if transcripts:
            done = 0

            def advance(item: Path) -> None:
                nonlocal done
                done += 1
                progress(item.name, done, len(transcripts))

            report = import_transcripts(study, transcripts, ImportOptions(progress=advance))
            read = len(report.added)
            problems += [f"{item.name}: {why}" for item, why in [*report.refused, *report.unchanged]]
        if participants is not None:
            try:
                lines = import_attributes(study, participants).problems
                problems += [f"{participants.name}, {line}" for line in lines]
            except CoderError as error:
                problems.append(f"{participants.name}: {error}")
    return Begun(path, read, tuple(problems))
