"""Killed at any moment: the file opens, it is whole, and nothing that was confirmed is lost."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from coder.store import Study, database
from coder.store.replay import rebuild
from tests.store.test_store_replay import derived
from tests.study_making import small_study

WORKER = Path(__file__).parent / "kill_worker.py"
KILLS = 25


def killed(kind: str, path: Path, seconds: float) -> list[str]:
    """Run the worker, kill -9 it after its first word and some time; return what it had confirmed."""
    with subprocess.Popen(
        [sys.executable, str(WORKER), kind, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None and worker.stderr is not None
        first = worker.stdout.readline()
        time.sleep(seconds)
        worker.send_signal(signal.SIGKILL)
        rest = worker.stdout.read().splitlines(keepends=True)
        assert first, worker.stderr.read()
    return [line.strip() for line in [first, *rest] if line.endswith("\n")]


def check_whole(study: Study) -> None:
    assert study.db.value("PRAGMA integrity_check") == "ok"
    assert study.db.rows("PRAGMA foreign_key_check") == []
    before = derived(study)
    rebuild(study.db)
    assert derived(study) == before


def acts_are_there(study: Study, told: list[str]) -> None:
    there = {row["uid"]: row["n"] for row in study.db.rows(
        "SELECT uid, (SELECT count(*) FROM decision WHERE act = act.id) AS n FROM act WHERE target IS NULL"
    )}  # fmt: skip
    assert set(told) <= set(there)
    assert set(there.values()) <= {2}


def transcripts_are_there(study: Study, told: list[str]) -> None:
    held = {item.name: item for item in study.texts.all()}
    assert set(told) <= set(held)
    for item in held.values():
        stored = study.texts.transcript(item.id)
        assert item.turns == stored.text.count("\n")
        assert item.utterances > 0


def models_are_there(study: Study, told: list[str]) -> None:
    versions = {item.label: item for item in study.models.versions()}
    assert set(told) <= set(versions)
    for item in versions.values():
        assert set(study.models.files(item.id)) == {"model.npz", "card.json"}
    active = study.models.active()
    assert active is not None and active.label == study.models.versions()[0].label


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "check"),
    [("deciding", acts_are_there), ("importing", transcripts_are_there), ("retraining", models_are_there)],
)
def test_nothing_confirmed_is_lost(
    kind: str, check: Callable[[Study, list[str]], None], tmp_path: Path
) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1", "p2").close()
    chance = random.Random(kind)
    told: list[str] = []
    for _ in range(KILLS):
        told += killed(kind, path, chance.uniform(0, 0.15))
        with Study.open(path) as study:
            check(study, told)
    with Study.open(path) as study:
        check_whole(study)
    assert len(told) > KILLS


@pytest.mark.slow
def test_a_migration_is_whole_or_not_at_all(tmp_path: Path) -> None:
    source = tmp_path / "source.coder"
    with small_study(source, "p1", "p2") as study:
        acts = [study.memos.write("Ann", f"note {number}") for number in range(20)]
    chance, outcomes = random.Random(4), set()
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "s.coder"
        shutil.copy(source, path)
        killed("migrating", path, chance.uniform(0, 0.4))
        connection = database.connect(path, steps=(*database.STEPS, lambda connection: None))
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        extra = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'extra%'").fetchone()[
            0
        ]
        assert version == len(database.STEPS) + 1
        assert extra in {0, 2}
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("SELECT count(*) FROM memo").fetchone()[0] == len(acts)
        connection.close()
        outcomes.add(extra)
        for backup in folder.glob("*.backup"):
            with Study.open(backup) as study:
                assert len(study.memos.all()) == len(acts)
    assert len(outcomes) == 2, "the kills should have come both before and after the end"


def test_a_half_written_beginning_leaves_no_study(tmp_path: Path) -> None:
    class BrokenError(Exception):
        pass

    def fill(connection: object) -> None:
        raise BrokenError

    with pytest.raises(BrokenError):
        database.create(tmp_path / "s.coder", fill)
    assert list(tmp_path.iterdir()) == []
