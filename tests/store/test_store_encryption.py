"""A study under a passphrase: nothing of it can be read without, and everything works as with a plain one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coder.encoding.caching import FileStore
from coder.errors import InputError, PassphraseError, StudyError
from coder.passphrases import PASSPHRASES
from coder.store import Study, database
from coder.store.encryption import is_encrypted, is_locked
from coder.store.values import Decision
from coder.workflow.study import encryption
from coder.workflow.study.merge import merge_studies
from coder.workflow.study.open import open_study
from tests.store.test_store_kill import acts_are_there, check_whole, killed, transcripts_are_there
from tests.study_making import CODEBOOK, TALK, add_talk, small_study, ticking

pytest.importorskip("sqlcipher3")

SECRET = "four quite unrelated wörds"
WORDS = [word.encode() for word in ("weather", "rained", "roof", "Ann", "rain", "p1", "Interviewer")]


@pytest.fixture(autouse=True)
def a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let no test leave passphrases or the rule against traces behind for the others."""
    if "real_keys" not in request.fixturenames:
        request.getfixturevalue("quick_keys")
    monkeypatch.setattr(PASSPHRASES, "_known", {})
    monkeypatch.setattr(FileStore, "in_memory", False)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("CODER_PASSPHRASE", raising=False)


@pytest.fixture
def real_keys() -> None:
    """Derive keys as the program does, for studies that another process opens too."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    path = tmp_path / "work" / "s.coder"
    with Study.create(path, CODEBOOK, clock=ticking(), passphrase=SECRET) as study:
        study.people.add_coder("Ann")
        add_talk(study, "p1")
        decide(study)
    return path


def decide(study: Study) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0].id
    study.acts.decide("Ann", [Decision(unit, "add", "rain", memo="weather rained roof")], mode="blind")


def assert_unreadable(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        found = [word for word in WORDS if len(word) > 3 and word in content]
        assert not found, f"{path.name} holds {found}"


def as_if_started_anew() -> None:
    PASSPHRASES._known.clear()


def test_no_word_of_it_stands_in_any_file_open_or_closed(path: Path) -> None:
    with Study.open(path) as study:
        decide(study)
        assert (path.parent / "s.coder-wal").exists()
        assert_unreadable(path.parent)
    assert is_encrypted(path)
    assert_unreadable(path.parent)


@pytest.mark.parametrize("given", ["another passphrase", SECRET.upper(), SECRET + " "])
def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(given: str, path: Path) -> None:
    as_if_started_anew()
    before = path.read_bytes()
    with pytest.raises(PassphraseError, match="does not open"):
        Study.open(path, passphrase=given)
    assert path.read_bytes() == before and [item.name for item in path.parent.iterdir()] == ["s.coder"]
    with Study.open(path, passphrase=SECRET) as study:
        assert study.encrypted and len(study.acts.history()) == 1


def test_without_a_passphrase_it_is_asked_for_or_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_started_anew()
    with pytest.raises(PassphraseError, match="needs its passphrase"):
        Study.open(path)
    monkeypatch.setattr(PASSPHRASES, "ask", lambda asked: SECRET if asked == path else "")
    Study.open(path).close()
    as_if_started_anew()
    monkeypatch.setattr(PASSPHRASES, "ask", None)
    monkeypatch.setenv("CODER_PASSPHRASE", SECRET)
    Study.open(path).close()


def test_the_same_letters_open_it_however_a_keyboard_spells_them(path: Path) -> None:
    as_if_started_anew()
    Study.open(path, passphrase=SECRET.replace("ö", "o\u0308")).close()


@pytest.mark.parametrize("bad", ["short", "has a\nline end", ""])
def test_a_passphrase_that_is_too_short_or_cannot_be_typed_is_refused(bad: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="passphrase"):
        Study.create(tmp_path / "n.coder", CODEBOOK, passphrase=bad)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ['it\'s "quoted"; --', "x'" + "ab" * 32 + "'", "密码密码密码密码"])
def test_signs_in_a_passphrase_mean_nothing_else(secret: str, tmp_path: Path) -> None:
    small_study(tmp_path / "s.coder", "p1").close()
    database.change_passphrase(tmp_path / "s.coder", secret)
    as_if_started_anew()
    with Study.open(tmp_path / "s.coder", passphrase=secret) as study:
        assert study.texts.text(1).startswith("I: What")


def test_encrypting_changing_and_decrypting_keep_every_row(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "p1", "p2") as study:
        decide(study)
        database.back_up(study.db.connection, path, "before-9", None)
    (tmp_path / "s.coder.csv").write_bytes(b"weather")
    rows = dump(path)
    assert [item.name for item in encryption.encrypt(path, SECRET).paths] == [
        "s.coder",
        "s.coder.before-9.backup",
    ]
    (tmp_path / "s.coder.csv").unlink()
    assert_unreadable(tmp_path)
    assert dump(path) == rows and dump(tmp_path / "s.coder.before-9.backup") == rows
    encryption.change(path, "another passphrase")
    assert dump(path) == rows
    as_if_started_anew()
    with pytest.raises(PassphraseError):
        Study.open(path, passphrase=SECRET)
    PASSPHRASES.remember(path, "another passphrase")
    encryption.decrypt(path)
    assert not is_encrypted(path) and dump(path) == rows
    assert sorted(item.name for item in tmp_path.iterdir()) == ["s.coder", "s.coder.before-9.backup"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with Study.open(path, readonly=True) as study:
        names = [row["name"] for row in study.db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: [tuple(row) for row in study.db.rows(f'SELECT * FROM "{name}"')] for name in names}


def test_the_replaced_plain_file_is_overwritten(tmp_path: Path) -> None:
    small_study(tmp_path / "s.coder", "p1").close()
    os.link(tmp_path / "s.coder", tmp_path / "old")  # another name of the file that is replaced
    encryption.encrypt(tmp_path / "s.coder", SECRET)
    assert b"weather" not in (tmp_path / "old").read_bytes()


def test_what_is_so_already_is_said(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="encrypted already"):
        encryption.encrypt(path, SECRET)
    small_study(tmp_path / "plain.coder", "p1").close()
    for work in (encryption.decrypt, lambda study: encryption.change(study, SECRET)):
        with pytest.raises(StudyError, match="is not encrypted"):
            work(tmp_path / "plain.coder")


def test_a_study_that_is_open_elsewhere_is_not_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()
    code = (
        "import sys; from coder.store import Study; study = Study.open(sys.argv[1]); study.texts.all();"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline()
        with pytest.raises(StudyError, match="open in another program"):
            encryption.encrypt(path, SECRET)
        other.communicate("")
    assert not is_encrypted(path)
    encryption.encrypt(path, SECRET)


def test_a_program_that_waited_finds_nothing_in_the_replaced_file(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()
    code = (
        "import sys; held = open(sys.argv[1], 'rb'); print('open', flush=True); sys.stdin.readline();"
        "print(len(held.read()))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline()
        encryption.encrypt(path, SECRET)
        told, _ = other.communicate("go\n")
    assert told.strip() == "0"


def test_a_backup_before_a_migration_is_encrypted_too(path: Path) -> None:
    database.connect(path, steps=(*database.STEPS, lambda connection: None)).close()
    (backup,) = path.parent.glob("*.backup")
    assert is_encrypted(backup)
    assert_unreadable(path.parent)
    as_if_started_anew()
    with Study.open(backup, passphrase=SECRET) as study:
        assert len(study.acts.history()) == 1


@pytest.mark.parametrize("plain_first", [True, False])
def test_merging_an_encrypted_copy_makes_an_encrypted_study(plain_first: bool, path: Path) -> None:
    plain = path.with_name("plain.coder")
    shutil.copy(path, plain)
    with Study.open(plain, passphrase=SECRET) as study:
        decide(study)
    encryption.decrypt(plain)
    out = path.with_name("out.coder")
    merge_studies([plain, path] if plain_first else [path, plain], out)
    assert is_encrypted(out) and not is_encrypted(plain)
    with Study.open(out, passphrase=SECRET) as study:
        assert len(study.acts.history()) == 2
    assert not list(path.parent.glob(".coder-merge-*"))


def test_copies_with_different_passphrases_are_merged(path: Path) -> None:
    other = path.with_name("other.coder")
    shutil.copy(path, other)
    PASSPHRASES.remember(other, SECRET)
    database.change_passphrase(other, "another passphrase")
    merge_studies([other, path], path.with_name("out.coder"))
    with Study.open(path.with_name("out.coder"), passphrase="another passphrase") as study:
        assert len(study.acts.history()) == 1


def test_damage_and_foreign_files_are_refused_in_one_sentence(path: Path, tmp_path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 + 100] ^= 1
    damaged = tmp_path / "damaged.coder"
    damaged.write_bytes(content)
    with pytest.raises(StudyError, match="damaged"):
        Study.open(damaged, passphrase=SECRET)
    foreign = tmp_path / "foreign.coder"
    foreign.write_bytes(os.urandom(8192))
    with pytest.raises(PassphraseError, match="no study"):
        Study.open(foreign, passphrase=SECRET)


def test_plain_and_other_files_do_not_look_encrypted(tmp_path: Path) -> None:
    small_study(tmp_path / "s.coder", "p1").close()
    (tmp_path / "text").write_text(TALK * 200)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "page").write_bytes(b"a" * 4096)
    assert not any(is_encrypted(item) for item in [*tmp_path.iterdir(), tmp_path / "missing"])


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_an_encrypted_study_in_use_is_seen_without_its_passphrase(real_keys: None, path: Path) -> None:
    assert not is_locked(path)
    code = (
        "import sys; from coder.store import Study; study = Study.open(sys.argv[1], passphrase=sys.argv[2]);"
        "study.texts.all(); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path), SECRET],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None and other.stdout.readline()
        assert is_locked(path)
        other.communicate("")


def test_vectors_of_an_encrypted_study_are_kept_in_memory_alone(path: Path, tmp_path: Path) -> None:
    import numpy as np

    store = FileStore(tmp_path / "vectors-1.sqlite", 2)
    store.put([b"before"], np.ones((1, 2), dtype=np.float32))
    size = (tmp_path / "vectors-1.sqlite").stat().st_size
    open_study(path, passphrase=SECRET).close()
    store.put([b"after"], np.ones((1, 2), dtype=np.float32))
    assert set(store.get([b"before", b"after"])) == {b"before", b"after"}
    FileStore._memories.clear()
    assert set(store.get([b"before", b"after"])) == {b"before"}
    assert (tmp_path / "vectors-1.sqlite").stat().st_size == size


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "check"), [("deciding", acts_are_there), ("importing", transcripts_are_there)]
)
def test_killed_at_any_moment_it_is_whole_and_unreadable(
    kind: str,
    check: Callable[[Study, list[str]], None],
    real_keys: None,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CODER_PASSPHRASE", SECRET)
    path.unlink()
    with Study.create(path, CODEBOOK, clock=ticking(), passphrase=SECRET) as study:
        study.people.add_coder("Ann")
        add_talk(study, "p1")
    told: list[str] = []
    for number in range(10):
        told += killed(kind, path, 0.02 * number)
        assert_unreadable(path.parent)
        with Study.open(path) as study:
            check(study, told)
    with Study.open(path) as study:
        check_whole(study)
    assert len(told) > 10
