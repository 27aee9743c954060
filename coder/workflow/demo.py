"""The sample study in a folder of the user's: files to try the commands on, and a study that is ready to review."""

import shutil
from collections.abc import Callable
from pathlib import Path

from coder.errors import OutputError
from coder.installation import sample_folder

FILES, STUDY = "sample", "sample.coder"
CODEBOOK, CODER = "coproduction", "R1"
COPIED = (
    "README.md",
    "agreement.csv",
    "codings.csv",
    "codings-r1.csv",
    "held-out",
    "participants.csv",
    "transcripts",
)


def make_demo(folder: Path, progress: Callable[[str], None]) -> Path:
    """Copy the sample into `folder`/sample, make `folder`/sample.coder from it, and return the study's path.

    The study holds six synthetic interviews, codes that R1 gave to four of them, and suggestions for the other two.
    What is there already is left as it is. Raises OutputError if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copy_sample(folder / FILES)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}.") from error
    study = folder / STUDY
    if study.exists():
        progress(f"{study} is there already and is left as it is.")
        return study
    _fill(study, folder / FILES, progress)
    return study


def copy_sample(target: Path) -> None:
    """Copy the sample's files into `target`; a file that is there already is left as it is."""
    source = sample_folder()
    for name in COPIED:
        for path in [source / name, *sorted((source / name).glob("*"))]:
            to = target / path.relative_to(source)
            if path.is_file() and not to.exists():
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to)


def _fill(study: Path, files: Path, progress: Callable[[str], None]) -> None:
    from coder.workflow.study.import_all import ImportRequest, import_all
    from coder.workflow.study.open import begin_study
    from coder.workflow.study.suggest import suggest

    unfinished = study.with_name(f"{study.name}-unfinished")
    unfinished.unlink(missing_ok=True)
    with begin_study(unfinished, codebook=CODEBOOK) as opened:
        progress("Importing six interviews, and the codes of one coder for four of them")
        participants, codings = files / "participants.csv", files / "codings-r1.csv"
        import_all(opened, ImportRequest(paths=(files / "transcripts",), attributes=participants))
        import_all(opened, ImportRequest(codings=codings, coder=CODER, complete=True))
        progress("Suggesting codes for the other two")
        suggest(opened)
    unfinished.replace(study)
