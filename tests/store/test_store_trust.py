"""A study from somebody else changes no decision; a copy of the file holds what was saved; others cannot read it."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from coder.errors import StudyError
from coder.store import Study
from coder.store.database import STEPS
from coder.store.values import Decision
from tests.study_making import small_study

HOSTILE = [
    "CREATE TRIGGER eat AFTER INSERT ON act BEGIN DELETE FROM act WHERE id = new.id; END",
    "CREATE VIEW extra AS SELECT 1",
    "CREATE TABLE notes (x)",
    "CREATE INDEX slow ON turn (speaker)",
    "DROP VIEW coding",
    "DROP TABLE furniture",
    f"PRAGMA user_version = {len(STEPS) - 1}",
    "PRAGMA user_version = 0",
]


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_study_with_a_foreign_schema_is_refused_and_left_alone(statement: str, tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()
    with sqlite3.connect(path) as other:
        other.execute(statement)
    other.close()
    before = path.read_bytes()
    with pytest.raises(StudyError, match=r"changed by another program|damaged"):
        Study.open(path)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.backup"))


def test_a_copy_of_the_file_alone_holds_what_was_saved(tmp_path: Path) -> None:
    path, copy = tmp_path / "s.coder", tmp_path / "copy.coder"
    with small_study(path, "p1") as study:
        unit = next(item.id for item in study.texts.utterances(1, codable_only=True))
        study.acts.decide("Ann", [Decision(unit, "add", "rain")], mode="blind")
        shutil.copyfile(path, copy)
    with Study.open(copy, readonly=True) as copied:
        assert len(copied.acts.history()) == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_only_the_owner_can_read_a_study_and_its_companions(tmp_path: Path) -> None:
    with small_study(tmp_path / "s.coder", "p1"):
        for path in tmp_path.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path
