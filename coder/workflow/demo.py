"""The sample study: in a folder of the user's, ready to try the commands on, or for the time of a report alone."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from coder.errors import OutputError
from coder.installation import sample_folder
from coder.store import Study
from coder.workflow.study.import_all import ImportRequest, import_all
from coder.workflow.study.open import begin_study

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


def make_demo(
    folder: Path, progress: Callable[[str], None], moved: Callable[[int, int], None] | None = None
) -> Path:
    """Copy the sample into `folder`/sample, make `folder`/sample.coder from it, and return the study's path.

    The study holds six synthetic interviews, codes that R1 gave to four of them, and suggestions for the other two.
    What is there already is left as it is. `progress` gets each step in words, `moved` how many utterances
    of how many the model has looked at. Raises OutputError if the folder cannot be written.
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
    _fill(study, folder / FILES, progress, moved)
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


def _fill(
    study: Path,
    files: Path,
    progress: Callable[[str], None],
    moved: Callable[[int, int], None] | None,
) -> None:
    from coder.workflow.study.suggest import suggest

    unfinished = study.with_name(f"{study.name}-unfinished")
    # Of a run that was killed; with SQLite's files beside it, which would be taken for the new file's.
    for left in study.parent.glob(f"{unfinished.name}*"):
        left.unlink()
    with begin_study(unfinished, codebook=CODEBOOK) as opened:
        progress("Importing six interviews, and the codes of one coder for four of them")
        participants, codings = files / "participants.csv", files / "codings-r1.csv"
        import_all(opened, ImportRequest(paths=(files / "transcripts",), attributes=participants))
        import_all(opened, ImportRequest(codings=codings, coder=CODER, complete=True))
        progress("Suggesting codes for the other two")
        suggest(opened, progress=moved)
    unfinished.replace(study)


@contextmanager
def sample_study() -> Iterator[Study]:
    """Yield a study of the sample interviews, coded by both of their coders, with the participants' attributes.

    It lies in a temporary folder, which is gone afterwards.
    """
    sample = sample_folder()
    with (
        TemporaryDirectory(prefix="coder-sample-") as folder,
        begin_study(Path(folder) / "Coproduction sample.coder", codebook=CODEBOOK) as study,
    ):
        request = ImportRequest(
            paths=(sample / "transcripts",), attributes=sample / "participants.csv",
            codings=sample / "codings.csv", complete=True,
        )  # fmt: skip
        import_all(study, request)
        yield study
