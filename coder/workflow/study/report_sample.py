"""The sample study for a report of it: made in a temporary folder, taken away afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from coder.installation import sample_folder
from coder.store import Study
from coder.workflow.study.import_all import ImportRequest, import_all
from coder.workflow.study.open import begin_study


@contextmanager
def sample_study() -> Iterator[Study]:
    """Yield a study of the sample interviews, coded by both of their coders, with the participants' attributes."""
    sample = sample_folder()
    with (
        TemporaryDirectory(prefix="coder-sample-") as folder,
        begin_study(Path(folder) / "Coproduction sample.coder", codebook="coproduction") as study,
    ):
        request = ImportRequest(
            paths=(sample / "transcripts",), attributes=sample / "participants.csv",
            codings=sample / "codings.csv", complete=True,
        )  # fmt: skip
        import_all(study, request, progress=lambda path: None)
        yield study
