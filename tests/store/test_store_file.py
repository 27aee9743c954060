"""The study file: what is refused with which words, migrations with a backup, two writers, a full disk."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from coder.errors import StudyError
from coder.store import Study, database
from coder.store.values import Decision
from tests.study_making import CODEBOOK, small_study


def first_units(study: Study) -> list[int]:
    return [item.id for item in study.texts.utterances(1, codable_only=True)]


@contextlib.contextmanager
def begun_at_step(path: Path, step: int) -> Iterator[sqlite3.Connection]:
    """Make a study file as programs of an earlier format did; rows may be added inside."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    for made in database.STEPS[:step]:
        made(connection)
    connection.execute("INSERT INTO study VALUES (1, 'u', 'old', '2020', '2020-01-01T00:00:00.000000Z')")
    yield connection
    connection.execute(f"PRAGMA user_version = {step}")
    connection.close()


def test_a_study_is_never_begun_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    path.write_text("mine")
    with pytest.raises(StudyError, match="exists already"):
        Study.create(path, CODEBOOK)
    assert path.read_text() == "mine"
    with pytest.raises(StudyError, match="folder"):
        Study.create(tmp_path / "no" / "s.coder", CODEBOOK)
    assert [item.name for item in tmp_path.iterdir()] == ["s.coder"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a study"),
        (b"hello, this is text" * 100, "not a study"),
        (b"SQLite format 3\0" + b"x" * 200, "s.coder"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "s.coder"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=said):
        Study.open(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.coder"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE study (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StudyError, match="not a study file"):
        Study.open(path)
    assert path.read_bytes() == before


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="coder init"):
        Study.open(tmp_path / "none.coder")


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StudyError, match="newer version"):
        Study.open(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content))
    with pytest.raises(StudyError, match="damaged"), Study.open(path) as study:
        study.texts.all()


def test_a_file_whose_format_no_program_knows_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()
    content = bytearray(path.read_bytes())
    content[44:48] = (9).to_bytes(4, "big")  # the number of the schema's format, 4 at most
    path.write_bytes(bytes(content))
    with pytest.raises(StudyError, match="damaged"):
        Study.open(path)


def test_a_read_only_file_can_be_read_but_not_written(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()
    path.chmod(0o444)
    with pytest.raises(StudyError, match="read-only"):
        Study.open(path)
    with Study.open(path, readonly=True) as study:
        assert [item.name for item in study.texts.all()] == ["p1"]
        assert study.figures().utterances == 6
        with pytest.raises(StudyError, match="read-only"):
            study.people.add_coder("Cleo")


def test_an_older_file_is_backed_up_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "p1") as study:
        study.acts.decide("Ann", [Decision(first_units(study)[0], "add", "rain")], mode="blind")
    calls = []

    def step(connection: sqlite3.Connection) -> None:
        calls.append(1)
        connection.execute("CREATE TABLE extra (x)")

    steps = (*database.STEPS, step)
    database.connect(path, steps=steps).close()
    database.connect(path, steps=steps).close()
    assert calls == [1]
    backup = tmp_path / f"s.coder.before-{len(steps)}.backup"
    with Study.open(backup) as study:
        assert len(study.acts.history()) == 1
    with pytest.raises(StudyError, match="newer version"):
        Study.open(path)


def test_a_failing_migration_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE extra (x)")
        connection.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        database.connect(path, steps=(*database.STEPS, half))
    with Study.open(path) as study:
        assert study.db.value("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'") == 0
        assert [item.name for item in study.texts.all()] == ["p1"]


def test_a_file_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.coder"
    with begun_at_step(path, 1):
        pass
    with Study.open(path) as study:
        assert study.name == "old"
        assert study.figures().transcripts == 0
    assert (tmp_path / f"old.coder.before-{len(database.STEPS)}.backup").is_file()


def test_a_study_from_before_questions_and_doubts_keeps_its_transcripts(tmp_path: Path) -> None:
    path = tmp_path / "old.coder"
    with begun_at_step(path, 6) as connection:
        connection.execute(
            "INSERT INTO transcript VALUES (1, 't', 'talk', 'Wet.', 'h', 'h', 'talk.txt', 'txt', NULL,"
            " '[\"A note.\"]', NULL, 1, '2020-01-01T00:00:00.000000Z')"
        )
        connection.execute("INSERT INTO turn VALUES (1, 0, 'P1', 'participant', 'participant', 0, 4, 1.5)")
    with Study.open(path) as study:
        read = study.texts.transcript(1)
        assert [(turn.speaker, turn.time, turn.question) for turn in read.turns] == [("P1", 1.5, None)]
        assert read.notes == ("A note.",) and read.doubts == ()
        assert not read.written  # not known: it counts as talk


def test_a_study_from_before_names_were_undone_keeps_names_and_removals(tmp_path: Path) -> None:
    path = tmp_path / "old.coder"
    with begun_at_step(path, 12) as connection:
        connection.execute("INSERT INTO coder (id, name) VALUES (2, 'Ann')")
        for key, name in ((1, "Ward"), (2, "gone"), (3, "back")):
            connection.execute(
                "INSERT INTO transcript (id, uid, name, text, text_hash, source_hash, source, format, notes, current,"
                " time) VALUES (?, ?, ?, 'Wet.', ?, ?, 'p.txt', 'txt', '[]', ?, '2020-01-01T00:00:00.000000Z')",
                (key, f"t{key}", name, f"h{key}", f"s{key}", key != 2),
            )
        changes = ((1, "Clinic", 0), (1, "Ward", 0), (2, "gone", 1), (3, "back", 1), (3, "back", 0))
        for number, (key, name, removed) in enumerate(changes):
            row = (f"c{number}" * 8, key, name, removed, f"2020-01-02T00:00:0{number}.000000Z")
            connection.execute("INSERT INTO transcript_change VALUES (?, ?, ?, ?, 2, ?)", row)
    with Study.open(path) as study:
        assert sorted(item.name for item in study.texts.all()) == ["Ward", "back"]
        assert [name for _, name, _ in study.transcript_changes.removed()] == ["gone"]
        changes_back = []
        while (last := study.transcript_changes.undoable("Ann")) is not None:
            changes_back.append((last["kind"], last["before"], last["name"]))
            study.transcript_changes.reverse(last, coder="Ann")
        # Before its first rename a transcript had another name, which older studies did not keep.
        assert [change[0] for change in changes_back] == ["restore", "remove", "remove", "rename"]
        assert changes_back[-1] == ("rename", "Clinic", "Ward")
        assert sorted(item.name for item in study.texts.all()) == ["Clinic", "back", "gone"]


def test_every_step_has_a_number_of_its_own() -> None:
    numbers = [int(path.name[:3]) for path in sorted(database.SCHEMA.glob("[0-9]*.sql"))]
    assert numbers == list(range(1, len(database.STEPS) + 1))


def test_a_study_from_before_owners_keeps_its_codings(tmp_path: Path) -> None:
    path = tmp_path / "old.coder"
    with small_study(path, "p1") as study:
        unit = first_units(study)[0]
        study.acts.decide("Ann", [Decision(unit, "add", "rain")], mode="blind")
        study.acts.decide("Ann", [Decision(unit, "add", "sun")], mode="adjudication", kind="adjudicate")
        stands = study.confirmed()
    script = (database.SCHEMA / "003_codings.sql").read_text(encoding="utf-8")
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP VIEW coding")
        raw.execute("ALTER TABLE transcript DROP COLUMN written")
        for table in ("act", "unit", "standing", "answer"):
            raw.execute(f"ALTER TABLE {table} RENAME COLUMN owner TO voice")
        raw.execute(script[script.index("CREATE VIEW coding") :].split(";")[0])
        for table in ("good_quote", "speaker_role"):
            raw.execute(f"DROP INDEX {table}_reverses")
            raw.execute(f"ALTER TABLE {table} DROP COLUMN reverses")
        raw.execute("DROP INDEX setting_reverses")
        raw.execute("ALTER TABLE setting DROP COLUMN reverses")
        raw.execute("DROP TABLE transcript_change")
        before = (database.SCHEMA / "005_quotes_and_names.sql").read_text(encoding="utf-8")
        raw.executescript(before[before.index("CREATE TABLE transcript_change") :])
        raw.execute("PRAGMA user_version = 8")
    with Study.open(path) as study:
        assert study.confirmed() == stands
        assert {(act.coder, act.owner) for act in study.acts.history(utterance=unit)} == {
            ("Ann", "Ann"),
            ("Ann", "adjudicated"),
        }
        study.acts.undo("Ann")
        assert [item.coder for item in study.confirmed()] == ["Ann"]
    assert (tmp_path / f"old.coder.before-{len(database.STEPS)}.backup").is_file()


def test_two_writers_at_once_both_get_through(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    small_study(path, "p1").close()
    errors: list[Exception] = []

    def work(coder: str) -> None:
        try:
            with Study.open(path) as study:
                units = first_units(study)
                for turn in range(40):
                    study.acts.decide(coder, [Decision(units[turn % 6], "add", "rain")], mode="blind")
        except StudyError as error:
            errors.append(error)

    threads = [Thread(target=work, args=(coder,)) for coder in ("Ann", "Ben", "Ann")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Study.open(path) as study:
        assert study.db.value("SELECT count(*) FROM act") == 120
        times = [row["time"] for row in study.db.rows("SELECT time FROM act ORDER BY id")]
        assert times == sorted(set(times))


def test_a_writer_that_waits_too_long_is_told_who_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path) as study, Study.open(path) as other, study.db.write():
        other.db.connection.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StudyError, match="busy"):
            other.people.add_coder("Cleo")


def test_a_full_disk_is_said_and_what_was_saved_stays(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "p1") as study:
        units = first_units(study)
        study.acts.decide("Ann", [Decision(units[0], "add", "rain")], mode="blind")
        pages = study.db.value("PRAGMA page_count")
        study.db.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StudyError, match="disk is full"):
            for _ in range(200):
                study.acts.decide("Ann", [Decision(units[1], "add", "sun", memo="x" * 5000)], mode="blind")
        saved = study.db.value("SELECT count(*) FROM act")
        assert not study.db.connection.in_transaction
    with Study.open(path) as study:
        assert study.db.value("SELECT count(*) FROM act") == saved
        assert study.acts.states("Ann", units)[units[0]].state == "coded"
        assert study.db.value("PRAGMA integrity_check") == "ok"


def test_nothing_people_did_can_be_changed_or_deleted(study: Study) -> None:
    unit = first_units(study)[0]
    study.acts.decide("Ann", [Decision(unit, "add", "rain")], mode="blind")
    study.memos.write("Ann", "a note", utterance=unit)
    for statement in (
        "UPDATE decision SET code = 'sun'",
        "DELETE FROM decision",
        "UPDATE act SET time = ''",
        "DELETE FROM act",
        "DELETE FROM memo",
        "UPDATE transcript SET text = 'x'",
        "DELETE FROM transcript",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            study.db.connection.execute(statement)


def test_a_study_can_be_read_with_any_sqlite_tool(study: Study) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0]
    study.acts.decide("Ann", [Decision(unit.id, "add", "rain", "barrier")], mode="blind")
    script = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1])"
        ".execute('SELECT transcript, text, coder, code, polarity, blind FROM coding').fetchall())"
    )
    printed = subprocess.run([sys.executable, "-c", script, str(study.path)], capture_output=True, text=True)
    assert printed.stdout.strip() == str([("p1", unit.text, "Ann", "rain", "barrier", 1)])


def test_a_read_only_file_shows_what_its_log_holds(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "p1") as study:
        unit = first_units(study)[0]
        study.acts.decide("Ann", [Decision(unit, "add", "rain")], mode="blind")
        assert (tmp_path / "s.coder-wal").stat().st_size > 0
        path.chmod(0o444)
        with Study.open(path, readonly=True) as reader:
            assert reader.acts.states("Ann", [unit])[unit].state == "coded"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses to replace an open file")
def test_a_study_that_was_replaced_while_open_takes_nothing_more(tmp_path: Path) -> None:
    study = small_study(tmp_path / "s.coder", "p01")
    shutil.copy(tmp_path / "s.coder", tmp_path / "synced.tmp")
    study.people.add_coder("Cara")
    (tmp_path / "synced.tmp").replace(tmp_path / "s.coder")
    with pytest.raises(StudyError, match="replaced by another file while it was open"):
        study.people.add_coder("Dan")
    study.close()
