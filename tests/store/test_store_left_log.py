"""A log that was left beside a study is brought in only where it follows on the file."""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import NoReturn

import pytest

from coder.errors import PassphraseError, StudyError
from coder.passphrases import PASSPHRASES
from coder.store import Study
from coder.store.encryption import connected, is_encrypted
from coder.store.left_log import FRAME_HEADER, HEADER, UNFINISHED, judged, log_of
from coder.store.values import Decision
from coder.workflow.study.delete import find
from tests.study_making import CODEBOOK, add_talk, small_study

FRAME = FRAME_HEADER + 4096
APART = "do not belong together"


def left_open(path: Path, coders: Sequence[str]) -> tuple[bytes, bytes]:
    """Add coders to a study; return the file before the last of them, and the log that a crash leaves."""
    with Study.open(path) as study:
        for name in coders[:-1]:
            study.people.add_coder(name)
        before = path.read_bytes()
        study.people.add_coder(coders[-1])
        return before, path.with_name(f"{path.name}-wal").read_bytes()


def test_a_log_that_is_left_of_another_file_is_not_brought_in(tmp_path: Path) -> None:
    path, log, other = tmp_path / "s.coder", tmp_path / "s.coder-wal", tmp_path / "other.coder"
    small_study(path, "p01").close()
    shutil.copy(path, other)
    with Study.open(other) as study:  # a colleague's copy, which the client puts in the place of ours
        add_talk(study, "p02", "I: And?\nP: It rained a lot.\n" * 60)
        study.people.add_coder("Eve")
    _, left = left_open(path, ["Cara", "Dan", "Fay"])
    other.replace(path)
    log.write_bytes(left)
    new = path.read_bytes()
    for _ in range(2):
        with pytest.raises(
            StudyError, match=r"s.coder-wal beside it do not belong together.*Move s.coder-wal"
        ):
            Study.open(path)
    assert path.read_bytes() == new and log.read_bytes() == left
    assert sorted(item.name for item in tmp_path.iterdir()) == ["s.coder", "s.coder-wal"]
    log.unlink()
    with Study.open(path) as study:
        assert study.people.coders() == ["Ann", "Ben", "Eve"] and len(study.texts.all()) == 2


@pytest.mark.parametrize("lost", ["nothing", "last commit not in the file", "log cut", "log empty"])
def test_a_log_that_a_crash_left_is_brought_in(tmp_path: Path, lost: str) -> None:
    path, log = tmp_path / "s.coder", tmp_path / "s.coder-wal"
    small_study(path, "p01").close()
    before, left = left_open(path, ["Cara", "Dan"])
    if lost == "last commit not in the file":
        path.write_bytes(before)
    cut = {"log cut": left + left[32:900], "log empty": b""}
    log.write_bytes(cut.get(lost, left))
    with Study.open(path) as study:
        assert study.people.coders() == ["Ann", "Ben", "Cara", "Dan"]
        assert study.db.value("PRAGMA integrity_check") == "ok"
        with Study.open(path) as second:  # while the first is open and has a log
            study.people.add_coder("Eve")
            assert second.people.coders() == study.people.coders()


def deciding(path: Path, coder: str, units: Sequence[int]) -> bytes:
    """Have a coder decide on utterances by their place; return the log as it is before the study is closed."""
    with Study.open(path) as study:
        held = [unit.id for unit in study.texts.utterances(1, codable_only=True)]
        for place in units:
            study.acts.decide(coder, [Decision(held[place], "add", "rain")], mode="blind")
        return log_of(path).read_bytes()


def never(copy: Path) -> NoReturn:
    pytest.fail(f"{copy} was looked at")


def assert_refused(path: Path, left: bytes, match: str) -> None:
    log_of(path).write_bytes(left)
    before = path.read_bytes()
    with pytest.raises(StudyError, match=match):
        Study.open(path)
    assert path.read_bytes() == before and log_of(path).read_bytes() == left
    assert not list(path.parent.glob(".*"))


@pytest.mark.parametrize("mine", [1, 2, 3])
@pytest.mark.parametrize("theirs", [1, 2])
@pytest.mark.parametrize("later", ["mine", "theirs"])
def test_the_log_of_a_copy_with_other_decisions_is_not_brought_in(
    tmp_path: Path, mine: int, theirs: int, later: str
) -> None:
    path, other = tmp_path / "s.coder", tmp_path / "other.coder"
    small_study(path, "p01").close()
    shutil.copy(path, other)
    work = {"mine": (path, "Ann", range(mine)), "theirs": (other, "Ben", range(5, 5 - theirs, -1))}
    logs = {name: deciding(*work[name]) for name in sorted(work, key=lambda name: name == later)}
    other.replace(path)
    assert_refused(path, logs["mine"], APART)
    log_of(path).unlink()
    with Study.open(path) as study:
        assert study.acts.decided_in("Ben", 1) == theirs


def test_the_log_of_a_copy_with_other_memos_is_not_brought_in(tmp_path: Path) -> None:
    path, other = tmp_path / "s.coder", tmp_path / "other.coder"
    small_study(path, "p01").close()
    shutil.copy(path, other)
    with Study.open(other) as study:
        study.memos.write("Ben", "so it was")
    with Study.open(path) as study:
        study.memos.write("Ann", "was it?")
        left = log_of(path).read_bytes()
    other.replace(path)
    assert_refused(path, left, APART)


def test_a_log_that_sets_back_the_last_change_is_not_brought_in(tmp_path: Path) -> None:
    path, other = tmp_path / "s.coder", tmp_path / "other.coder"
    small_study(path, "p01").close()
    shutil.copy(path, other)
    _, left = left_open(path, ["Cara"])
    with Study.open(other) as study:
        study.people.add_coder("Eve")
    other.replace(path)
    assert_refused(path, left, APART)


def test_the_log_of_another_study_is_not_brought_in(tmp_path: Path) -> None:
    path, other = tmp_path / "s.coder", tmp_path / "other.coder"
    small_study(path, "p01").close()
    small_study(other, "p01").close()
    with Study.open(other) as study, study.db.write():
        study.db.run("UPDATE study SET uid = 'other'")
    assert_refused(path, left_open(other, ["Cara"])[1], APART)


def test_a_log_whose_rows_belong_to_nothing_in_an_older_file_is_not_brought_in(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    older = path.read_bytes()
    left_open(path, ["Cara"])
    left = deciding(path, "Cara", range(6))
    path.write_bytes(older)
    assert_refused(path, left, APART)


def test_a_damaged_study_is_called_damaged_whatever_its_log(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    before, left = left_open(path, ["Cara", "Dan"])
    broken = bytearray(before)
    broken[-3000:-2500] = b"\xff" * 500
    path.write_bytes(broken)
    assert_refused(path, left, "is damaged, with s.coder-wal beside it and without")


def test_a_study_whose_index_says_otherwise_than_its_table_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    with Study.open(path) as study:
        uid = study.db.value("SELECT uid FROM transcript").encode()
    before, left = left_open(path, ["Cara", "Dan"])
    assert before.count(uid) == 2
    path.write_bytes(before.replace(uid, b"0" * len(uid), 1))
    assert_refused(path, left, "is damaged, with s.coder-wal beside it and without")


@pytest.mark.parametrize("page", range(3))
def test_a_file_half_written_when_the_power_went_is_healed_by_its_own_log(tmp_path: Path, page: int) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    before, left = left_open(path, ["Cara", "Dan"])
    last = [left[place : place + 4] for place in range(HEADER, len(left), FRAME)][-3:]
    at = (int.from_bytes(last[page], "big") - 1) * 4096
    path.write_bytes(before[: at + 1000] + b"\xff" * 3096 + before[at + 4096 :])
    log_of(path).write_bytes(left)
    with Study.open(path) as study:
        assert study.people.coders() == ["Ann", "Ben", "Cara", "Dan"]


def test_a_frame_of_page_0_ends_the_log(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    _, left = left_open(path, ["Cara"])
    log_of(path).write_bytes(left[:HEADER] + bytes(4) + left[HEADER + 4 :])
    with Study.open(path) as study:
        assert study.people.coders() == ["Ann", "Ben", "Cara"]


def test_a_folder_with_the_name_of_the_log_is_named(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    log_of(path).mkdir()
    with pytest.raises(StudyError, match=r"s.coder-wal is a folder"):
        Study.open(path)


def test_a_file_that_holds_the_last_commit_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p01").close()
    before, left = left_open(path, ["Cara", "Dan"])
    log = tmp_path / "left"
    log.write_bytes(left)
    assert judged(path, log, never) == "fits"
    path.write_bytes(before)
    with pytest.raises(pytest.fail.Exception):
        judged(path, log, never)


def test_frames_of_an_earlier_round_of_the_log_count_nothing(tmp_path: Path) -> None:
    path, log = tmp_path / "s.coder", tmp_path / "left"
    small_study(path, "p01").close()
    _, left = left_open(path, ["Cara", "Dan"])
    frame = bytearray(left[-FRAME:])
    frame[8:16], frame[-1] = b"as then!", frame[-1] ^ 1
    log.write_bytes(left + frame)
    assert judged(path, log, never) == "fits"


def test_a_log_in_which_somebody_writes_meanwhile_is_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, log = tmp_path / "s.coder", tmp_path / "left"
    small_study(path, "p01").close()
    before, left = left_open(path, ["Cara"])
    path.write_bytes(before)
    log.write_bytes(left)
    copyfile = shutil.copyfile

    def copied_while_written(source: Path, target: Path) -> None:
        copyfile(source, target)
        os.utime(log, ns=(time.time_ns(), log.stat().st_mtime_ns + 1))

    monkeypatch.setattr("coder.store.left_log.shutil.copyfile", copied_while_written)
    assert judged(path, log, never) == "fits"


def test_the_copy_is_where_delete_finds_it_and_encrypted_as_the_study(
    tmp_path: Path, quick_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3")
    monkeypatch.setattr(PASSPHRASES, "_known", {})
    path, log = tmp_path / "s.coder", tmp_path / "left"
    Study.create(path, CODEBOOK, passphrase="seven wet days").close()
    before, left = left_open(path, ["Ann", "Ben"])
    path.write_bytes(before)
    log.write_bytes(left)

    def looked_at(copy: Path) -> Connection:
        assert copy.parent.name.startswith(UNFINISHED) and copy.parent in find(path).own
        assert is_encrypted(copy) and copy.parent.stat().st_mode & 0o077 == 0
        return connected(copy, "seven wet days", path)

    assert judged(path, log, looked_at) == "fits"
    log.rename(log_of(path))
    with pytest.raises(PassphraseError, match=r"does not open \S*/s.coder;"):
        Study.open(path, passphrase="seven dry days")
    with Study.open(path, passphrase="seven wet days") as study:
        assert study.people.coders() == ["Ann", "Ben"]
    with Study.open(path) as study:
        study.people.add_coder("Eve")
    other = path.with_name("o.coder")
    Study.create(other, CODEBOOK, passphrase="seven wet days").close()
    assert_refused(path, left_open(other, ["Ann", "Ben"])[1], APART)
