"""Deleting a study: everything that belongs to it, nothing else, and only when nobody has it open."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import StudyError
from coder.store import Study
from coder.workflow.study.delete import find
from tests.study_making import small_study


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    for name in ("cache", "temporary", "temporary/coder-upload-x", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "cache" / "vectors-1.sqlite").write_bytes(b"x")
    (tmp_path / "cache" / "weights").write_bytes(b"x")
    small_study(tmp_path / "work" / "s.coder", "p1").close()
    for name in (
        "s.coder.before-3.backup",
        ".s.coder.1234.new",
        "s.coder.csv",
        "t.coder",
        "as.coder.b.backup",
    ):
        (tmp_path / "work" / name).write_bytes(b"x")
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_everything_of_the_study_goes_and_nothing_else(folder: Path) -> None:
    said = CliRunner().invoke(app, ["delete", str(folder / "work" / "s.coder"), "--yes"])
    assert said.exit_code == 0, said.output
    assert (
        "cannot" not in said.output
        and "Not reached" in said.output
        and "copies that were sent" in said.output
    )
    assert files(folder) == ["cache/weights", "work/as.coder.b.backup", "work/s.coder.csv", "work/t.coder"]
    assert not (folder / "temporary" / "coder-upload-x").exists()


def test_without_a_yes_nothing_goes(folder: Path) -> None:
    before = files(folder)
    said = CliRunner().invoke(app, ["delete", str(folder / "work" / "s.coder")], input="n\n")
    assert said.exit_code == 0 and "Nothing was deleted" in said.output
    assert files(folder) == before


def test_an_open_study_is_not_deleted(folder: Path) -> None:
    with (
        Study.open(folder / "work" / "s.coder"),
        pytest.raises(StudyError, match="open in another program"),
    ):
        find(folder / "work" / "s.coder")


def test_a_damaged_study_can_be_deleted_and_a_foreign_file_cannot(folder: Path) -> None:
    path = folder / "work" / "s.coder"
    path.write_bytes(path.read_bytes()[:5000])
    assert path in find(path).own
    with pytest.raises(StudyError, match="not a study"):
        find(folder / "work" / "t.coder")
