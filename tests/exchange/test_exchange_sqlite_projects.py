"""QualCoder's and Taguette's project files: places in their own ways of counting, coders, and hostile databases."""

import sqlite3
import zipfile
from pathlib import Path

import pytest

from coder.errors import FormatError, UnsafeFileError
from coder.exchange.read import read_codings
from coder.exchange.sqlite_projects import holds_packed_project
from coder.workflow.study.import_project import is_project

TEXT = "I: Why?\nP: No time 🙂 – the bus is late."


def qualcoder(folder: Path, *, circle: bool = False) -> Path:
    folder.mkdir()
    with sqlite3.connect(folder / "data.qda") as db:
        db.executescript(
            "CREATE TABLE source(id, name, fulltext, mediapath);"
            "CREATE TABLE code_cat(catid, name, supercatid);"
            "CREATE TABLE code_name(cid, name, memo, catid, owner, color);"
            "CREATE TABLE code_text(ctid, cid, fid, seltext, pos0, pos1, owner, memo);"
            "CREATE TABLE code_image(imid);"
            "INSERT INTO code_image VALUES (1);"
            "INSERT INTO code_cat VALUES (1, 'COM-B', NULL), (2, 'Opportunity', 1);"
            "INSERT INTO code_name VALUES (1, 'Bus', 'about buses', 2, 'anna', '');"
            "INSERT INTO code_name VALUES (2, 'Time', '', NULL, 'anna', '');"
        )
        if circle:
            db.execute("UPDATE code_cat SET supercatid = 2 WHERE catid = 1")
        db.execute("INSERT INTO source VALUES (1, 'i1.txt', ?, NULL)", (TEXT,))
        start = TEXT.index("the bus")
        db.execute(
            "INSERT INTO code_text VALUES (1, 1, 1, 'the bus is late', ?, ?, 'anna', 'hm')",
            (start, start + 15),
        )
        db.execute("INSERT INTO code_text VALUES (2, 2, 1, 'No time', 900, 907, 'ben', '')")
    return folder


def test_qualcoder_gives_path_coder_and_verified_place(tmp_path: Path) -> None:
    found = read_codings(qualcoder(tmp_path / "mine.qda"))
    bus, time = found.codings if found.codings[0].code.endswith("Bus") else reversed(found.codings)
    assert (bus.code, bus.coder, bus.memo) == ("COM-B > Opportunity > Bus", "anna", "hm")
    assert TEXT[bus.start : bus.end] == "the bus is late"
    assert (time.coder, time.start, time.text) == ("ben", None, "No time")
    assert any("at 1 places the text is the coded one" in note for note in found.notes)
    assert any("1 coding of pictures" in note for note in found.notes)
    assert found.codes["COM-B > Opportunity > Bus"] == "about buses"
    assert read_codings(tmp_path / "mine.qda" / "data.qda").codings == found.codings


def packed(path: Path, members: dict[str, bytes], link: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        if link:
            info = zipfile.ZipInfo("mine.qda/data.qda")
            info.create_system, info.external_attr = 3, 0o120777 << 16
            archive.writestr(info, link)
    return path


def test_the_folder_of_a_qualcoder_project_is_read_packed(tmp_path: Path) -> None:
    folder = qualcoder(tmp_path / "mine.qda")
    data = (folder / "data.qda").read_bytes()
    members = {
        "mine.qda/documents/i1.txt": b"x",
        "mine.qda/data.qda": data,
        "__MACOSX/mine.qda/data.qda": b"y",
    }
    path = packed(tmp_path / "mine.zip", members)
    found = read_codings(path)
    assert found.file == "mine.zip" and found.codings == read_codings(folder).codings
    assert [document.text for document in found.documents] == [TEXT] and holds_packed_project(path)


def test_an_archive_that_is_no_project_or_not_safe_is_refused(tmp_path: Path) -> None:
    data = (qualcoder(tmp_path / "mine.qda") / "data.qda").read_bytes()
    talks = packed(tmp_path / "talks.zip", {"i1.txt": b"I: Why?", "data.qda.txt": b""})
    assert not holds_packed_project(talks) and not holds_packed_project(tmp_path / "none.zip")
    with pytest.raises(FormatError, match="holds no project of QualCoder"):
        read_codings(talks)
    with pytest.raises(FormatError, match="holds 2 projects"):
        read_codings(packed(tmp_path / "two.zip", {"a.qda/data.qda": data, "b.qda/data.qda": data}))
    with pytest.raises(UnsafeFileError, match="outside"):
        read_codings(packed(tmp_path / "out.zip", {"../data.qda": data}))
    with pytest.raises(FormatError, match="no SQLite database"):  # what the link names is never opened
        read_codings(packed(tmp_path / "link.zip", {}, link=str(tmp_path / "mine.qda" / "data.qda")))
    with pytest.raises(UnsafeFileError, match="zip bomb"):
        read_codings(packed(tmp_path / "bomb.zip", {"a.qda/data.qda": bytes(20_000_000)}))
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04oops")
    with pytest.raises(FormatError, match="damaged"):
        read_codings(broken)


def test_a_circle_of_categories_ends(tmp_path: Path) -> None:
    assert len(read_codings(qualcoder(tmp_path / "mine.qda", circle=True)).codings) == 2


def test_taguette_counts_bytes_and_names_who_highlighted(tmp_path: Path) -> None:
    path = tmp_path / "project.sqlite3"
    data = TEXT.encode()
    start = data.index(b"the bus")
    with sqlite3.connect(path) as db:
        db.executescript(
            "CREATE TABLE documents(id, name, contents);"
            "CREATE TABLE highlights(id INTEGER, document_id, start_offset INTEGER, end_offset INTEGER, snippet);"
            "CREATE TABLE tags(id, path, description); CREATE TABLE highlight_tags(highlight_id, tag_id);"
            "CREATE TABLE commands(user_login, payload);"
            "INSERT INTO tags VALUES (1, 'Bus.Late', 'd'); INSERT INTO highlight_tags VALUES (7, 1);"
        )
        db.execute("INSERT INTO documents VALUES (1, 'i1', ?)", (TEXT.replace("\n", "<br>\n"),))
        db.execute(
            "INSERT INTO highlights VALUES (7, 1, ?, ?, 'the <b>bus</b> is late')", (start, start + 15)
        )
        db.execute("INSERT INTO highlights VALUES (8, 1, 0, 3, 'I: ')")
        db.execute('INSERT INTO commands VALUES (\'anna\', \'{"type": "highlight_add", "highlight_id": 7}\')')
    (coding,) = read_codings(path).codings
    assert (coding.code, coding.coder, coding.text) == ("Bus.Late", "anna", "the bus is late")
    assert TEXT[coding.start : coding.end] == "the bus is late"


def test_paragraphs_of_taguette_are_lines_though_they_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "project.sqlite3"
    with sqlite3.connect(path) as db:
        db.executescript(
            "CREATE TABLE documents(id, name, contents); CREATE TABLE tags(id, path);"
            "CREATE TABLE highlights(id INTEGER, document_id, start_offset INTEGER, end_offset INTEGER, snippet);"
            "CREATE TABLE highlight_tags(highlight_id, tag_id);"
            "INSERT INTO documents VALUES (1, 'i1', '<p>Déjà vu.</p><p>The <b>bus</b> is late.</p>');"
            "INSERT INTO tags VALUES (1, 'Bus'); INSERT INTO highlight_tags VALUES (7, 1);"
            "INSERT INTO highlights VALUES (7, 1, 7, 17, '<p>vu.</p><p>The <b>bus</b></p>');"
        )
    found = read_codings(path)
    (coding,) = found.codings
    assert coding.text == "vu.\nThe bus"
    assert found.documents[0].text[coding.start : coding.end] == "vu.\nThe bus"


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 200])
def test_what_is_no_project_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.qda").write_bytes(content)
    with pytest.raises(FormatError):
        read_codings(tmp_path / "data.qda")


def test_another_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.sqlite3") as db:
        db.execute("CREATE TABLE t(a)")
    with pytest.raises(FormatError, match="no project of QualCoder"):
        read_codings(tmp_path / "x.sqlite3")


def test_an_endless_query_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = qualcoder(tmp_path / "mine.qda")
    with sqlite3.connect(folder / "data.qda") as db:
        db.execute("DROP TABLE code_text")
        db.execute(
            "CREATE VIEW code_text AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
            " SELECT 1 AS cid, 1 AS fid, 'x' AS seltext, 0 AS pos0, 1 AS pos1, 'a' AS owner, '' AS memo FROM n"
        )
        db.execute("CREATE TABLE code_text_2(a)")
    with pytest.raises(FormatError, match="no project of QualCoder"):  # a view is not the project's table
        read_codings(folder)


def test_an_archive_too_large_to_look_into_is_refused_as_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "mine.zip"
    with large.open("wb") as file:
        file.truncate(500_000_001)  # sparse
    assert is_project(large)
    with pytest.raises(UnsafeFileError, match=r"500 MB\. Pack the project without its pictures"):
        read_codings(large)
    data = (qualcoder(tmp_path / "mine.qda") / "data.qda").read_bytes()
    path = packed(tmp_path / "film.zip", {"mine.qda/data.qda": data})
    monkeypatch.setattr("coder.reading.safety.containers.MAX_MEMBER_BYTES", 100)
    assert is_project(path)
    with pytest.raises(UnsafeFileError, match=r"give its file data\.qda alone, which may be larger"):
        read_codings(path)
