"""What this process has open is not opened past SQLite: that would drop SQLite's locks."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coder.errors import StudyError
from coder.passphrases import PASSPHRASES
from coder.store import Study, database
from coder.store.encryption import is_encrypted, is_locked
from coder.store.open_here import head_of, not_open
from coder.store.values import Decision
from coder.workflow.study.folder import list_studies
from tests.study_making import CODEBOOK, small_study

OTHER = """
import sys
from pathlib import Path
from coder.store import Study
from coder.store.values import Decision
for line in sys.stdin:
    path, unit = line.rstrip("\\n").split("\\t")
    with Study.open(path) as study:
        if unit:
            study.acts.decide("Ben", [Decision(int(unit), "add", "rain")], mode="blind")
    print("closed", flush=True)
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")


@pytest.fixture(scope="module")
def other_program() -> Iterator[Callable[[Path, object], None]]:
    """Another process: it opens a study, has Ben decide on a unit if there is one, and closes it."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        to, back = process.stdin, process.stdout
        assert to is not None and back is not None

        def work(path: Path, unit: object = "") -> None:
            to.write(f"{path}\t{unit}\n")
            to.flush()
            assert back.readline() == "closed\n"

        yield work
        to.close()


def open_and_close(path: Path) -> None:
    with Study.open(path) as study:
        study.people.coders()


def test_decisions_of_two_programs_stay_when_one_has_opened_the_study_twice(
    tmp_path: Path, other_program: Callable[..., None]
) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    with Study.open(path) as study:
        units = [unit.id for unit in study.texts.utterances(1, codable_only=True)]
        for number in range(3):
            study.acts.decide("Ann", [Decision(units[number], "add", "sun")], mode="blind")
            open_and_close(path)
            other_program(path, units[number])
    with Study.open(path) as study:
        assert (study.acts.decided_in("Ann", 1), study.acts.decided_in("Ben", 1)) == (3, 3)


@pytest.mark.parametrize(
    "look",
    [
        open_and_close,
        is_encrypted,
        is_locked,
        database.is_outdated,
        lambda path: list_studies(path.parent),
        lambda path: database.copy(path, path.with_name(f"{path.name}.copy")),
        lambda path: database.change_passphrase(path, "long enough it is"),
        head_of,
    ],
)
def test_a_look_at_an_open_study_leaves_its_lock(
    tmp_path: Path, other_program: Callable[..., None], look: Callable[[Path], object]
) -> None:
    path, link = tmp_path / "s.coder", tmp_path / "link.coder"
    small_study(path, "p01").close()
    link.symlink_to(path)
    with Study.open(path) as study:
        study.people.add_coder("Cara")
        for name in (path, link):
            try:
                look(name)
            except StudyError as error:
                assert "is open in this program" in str(error)
        other_program(path)
        assert (tmp_path / "s.coder-wal").exists()  # the last that closes a study deletes it


def test_a_look_at_an_open_encrypted_study_leaves_its_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3")
    path = tmp_path / "s.coder"
    study = Study.create(path, CODEBOOK, passphrase="seven wet days")
    study.people.add_coder("Ann")
    open_and_close(path)
    assert is_encrypted(path) and is_locked(path)
    look = "import sys; from pathlib import Path; from coder.store.encryption import is_locked as locked;"
    command = [sys.executable, "-c", f"{look} print(locked(Path(sys.argv[1])))", str(path)]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "True\n"
    study.close()
    assert not is_locked(path)
    PASSPHRASES.forget(path)


def test_a_study_counts_as_open_until_its_last_connection_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"

    def free() -> bool:
        with not_open(path) as answer:
            return answer

    small_study(path, "p01").close()
    assert free()
    first, second = Study.open(path), Study.open(path)
    first.close()
    first.close()
    assert not free()
    second.close()
    assert free()
    path.write_bytes(b"no study" * 1000)
    with pytest.raises(StudyError):
        Study.open(path)
    assert free() and head_of(path).startswith(b"no study")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_study_that_nobody_closed_counts_as_open_no_more(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01")
    gc.collect()
    with not_open(path) as free:
        assert free


def test_a_file_that_took_the_place_of_an_open_one_is_looked_at_itself(tmp_path: Path) -> None:
    path, other = tmp_path / "s.coder", tmp_path / "other"
    small_study(path, "p01").close()
    with Study.open(path):
        other.write_bytes(bytes(4096))
        other.replace(path)
        assert head_of(path) == bytes(4096)
