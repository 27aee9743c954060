"""The home page: studies of a folder, a new study from files, every study on a page of its own."""

import sqlite3
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from coder.errors import InputError
from coder.review.auth import Sessions
from coder.review.home import Place, make_home
from coder.store import Study
from tests.exchange.test_exchange_sqlite_projects import TEXT, packed, qualcoder
from tests.reading.office_making import workbook
from tests.refi_making import qde, qdpx, selection, source
from tests.review.conftest import TALK, fill

HOST = "127.0.0.1:8765"


class Browser:
    """A test client that has entered the home page, and the review pages it was led to."""

    def __init__(self, folder: Path) -> None:
        self.served: list[ASGIApp] = []

        def find_place() -> Place:
            port = 9000 + len(self.served)
            return Place(port, (f"127.0.0.1:{port}",), self.served.append)

        self.app, token = make_home(folder, find_place, port=8765, hosts=(HOST,))
        self.client = TestClient(self.app, base_url=f"http://{HOST}")
        self.client.get("/", params={"token": token})
        sessions: Sessions = self.app._sessions  # type: ignore[attr-defined]
        self.headers = {"origin": f"http://{HOST}", "x-csrf-token": next(iter(sessions)).csrf}

    def page(self) -> str:
        return self.client.get("/", headers={"accept": "text/html"}).text

    def post(self, path: str, status: int = 200, **content: object) -> dict[str, object]:
        answer = self.client.post(path, json=content, headers=self.headers)
        assert answer.status_code == status, answer.text
        held: dict[str, object] = answer.json()
        return held

    def done(self, job: object) -> dict[str, object]:
        for _ in range(600):
            found: dict[str, object] = self.client.get(f"/jobs/{job}").json()
            if not found["running"]:
                return found
            time.sleep(0.1)
        raise AssertionError("the job does not end")


def begin(
    browser: Browser, files: list[tuple[str, tuple[str, bytes]]], status: int = 200, **fields: str
) -> dict:  # type: ignore[type-arg]
    sent = files or [("transcripts", ("", b""))]
    answer = browser.client.post("/begin", data=fields, files=sent, headers=browser.headers)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def test_studies_of_the_folder_are_shown_and_opened_on_pages_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path / "pilot.coder", {"C01": TALK})
    (tmp_path / "notes.coder").write_text("no study")
    browser = Browser(tmp_path)
    html = browser.page()
    assert "1 transcript, 0 of 7 utterances decided" in html and "not a study file" in html
    opened = browser.post("/open", study="pilot", coder="Ann")
    assert str(opened["go"]).startswith("http://127.0.0.1:9000/?token=")
    assert browser.post("/open", study="pilot", coder="Ann") == opened  # the page that is open already
    other = browser.post("/open", study="pilot", coder="Ben")
    assert str(other["go"]).startswith("http://127.0.0.1:9001/")
    for _ in range(100):
        if len(browser.served) == 2:
            break
        time.sleep(0.02)
    assert len(browser.served) == 2
    assert "bears a name" in str(browser.post("/open", 400, study="pilot", coder=" ")["error"])
    assert "no study" in str(browser.post("/open", 400, study="../pilot", coder="Ann")["error"])


def test_a_study_is_begun_with_codebook_transcripts_and_participants(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    assert "No study yet" in browser.page()
    talk = "INTERVIEWER: How is it?\nP1: There is never enough time for all of that.\n"
    job = begin(
        browser,
        [("transcripts", ("one.txt", (talk * 3).encode())), ("transcripts", ("broken.docx", b"PK\x03\x04oops")),
         ("participants", ("people.csv", b"participant,site\nP1,north\n"))],
        name="Midwives 2026", codebook="coproduction",
    )["job"]  # fmt: skip
    found = browser.done(job)
    assert found["study"] == "Midwives 2026" and found["read"] == 1 and not found["problem"]
    assert [line.split(":")[0] for line in found["problems"]] == ["broken.docx"]  # type: ignore[attr-defined]
    with Study.open(tmp_path / "Midwives 2026.coder") as study:
        assert study.codebooks.current().name == "Coproduction and health"
        assert [item.name for item in study.texts.all()] == ["one"]
        assert study.people.all_attributes("participant") == {"P1": {"site": ("north",)}}
    assert "Midwives 2026" in browser.page()
    assert "already" in str(begin(browser, [], 400, name="Midwives 2026", codebook="comb")["error"])
    for name in ("", "a/b", "..", "x" * 90):
        assert "name" in str(begin(browser, [], 400, name=name, codebook="comb")["error"])
    assert "codebooks in the list" in str(begin(browser, [], 400, name="x", codebook="/etc/passwd")["error"])


def test_a_study_is_begun_from_a_project_of_another_tool(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    talk = "I: How was it?\nP: It rained all day, and nobody came.\nI: And then?\nP: We went home.\n"
    start = talk.index("nobody came")
    xml = qde(sources=source(selection(start, start + 11, "nobody came"), name="a talk"))
    sent = qdpx(tmp_path / "p.qdpx", xml, {"sources/d1.txt": talk.encode()}).read_bytes()
    files = [("transcripts", ("p.qdpx", sent)), ("transcripts", ("broken.qdpx", b"PK\x03\x04oops"))]
    found = browser.done(begin(browser, files, name="from NVivo", codebook="comb", coder="Zoe")["job"])
    assert found["read"] == 1 and not found["problem"]
    assert any(line.startswith("broken.qdpx: ") for line in found["problems"])  # type: ignore[attr-defined]
    with Study.open(tmp_path / "from NVivo.coder") as study:
        assert [item.name for item in study.texts.all()] == ["a talk"]
        held = {(item.coder, code) for item in study.confirmed() for code, _ in item.codes}
    assert held == {("Anna", "social_opportunity")}


def test_a_study_is_begun_from_a_packed_project_of_qualcoder(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    data = (qualcoder(folder / "mine.qda") / "data.qda").read_bytes()
    project = packed(folder / "mine.zip", {"mine.qda/data.qda": data}).read_bytes()
    talks = packed(folder / "talks.zip", {"i1.txt": b"I: Why?"}).read_bytes()
    files = [("transcripts", ("mine.zip", project)), ("transcripts", ("talks.zip", talks))]
    found = browser.done(begin(browser, files, name="from QualCoder", codebook="comb")["job"])
    assert found["read"] == 1 and not found["problem"]
    assert any(line.startswith("talks.zip: ") for line in found["problems"])  # type: ignore[attr-defined]
    with Study.open(tmp_path / "from QualCoder.coder") as study:
        (info,) = study.texts.all()
        assert (
            study.texts.transcript(info.id).text == TEXT and study.texts.transcript(info.id).format == "qda"
        )


def test_a_study_begins_with_an_excel_codebook_and_says_what_was_taken_otherwise(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    rows = [["Theme", "Code"], ["Work", "Time"], ["", "Staff"]]
    table = workbook({"codes": rows})
    found = browser.done(
        begin(browser, [("codebook_file", ("book.xlsx", table))], name="x", codebook="comb")["job"]
    )
    assert found["problems"] == [
        "book.xlsx: 1 empty cell of the column 'Theme' taken as the cell above: 'Staff under Work'."
    ]
    with Study.open(tmp_path / "x.coder") as study:
        assert [(code.label, code.parent) for code in study.codebooks.current().codes] == [
            ("Time", "Work"), ("Staff", "Work"),
        ]  # fmt: skip


def test_a_broken_codebook_makes_no_study(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    job = begin(browser, [("codebook_file", ("book.yaml", b"codes: [1, 2"))], name="x", codebook="comb")[
        "job"
    ]
    assert browser.done(job)["problem"]
    assert not list(tmp_path.glob("*.coder"))


def test_a_study_of_an_older_version_is_named_and_left_as_it_is_until_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "old.coder"
    fill(path, {"C01": TALK})
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    before = path.read_bytes()
    assert "Made by an older version" in Browser(tmp_path).page()
    assert path.read_bytes() == before and not list(tmp_path.glob("*.backup"))


def test_strangers_are_kept_out_and_a_file_is_no_folder(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    assert TestClient(browser.app, base_url=f"http://{HOST}").get("/").status_code == 401
    answer = browser.client.post(
        "/open", json={}, headers={**browser.headers, "origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    with pytest.raises(InputError, match="not a folder"):
        make_home(tmp_path / "none", lambda: Place(1, ("",), print), port=1, hosts=("",))


@pytest.fixture
def a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sqlcipher3")
    monkeypatch.setattr("coder.passphrases.PASSPHRASES._known", {})
    monkeypatch.setattr("coder.encoding.caching.FileStore.in_memory", False)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("CODER_PASSPHRASE", raising=False)


@pytest.mark.usefixtures("a_process_of_its_own")
def test_an_encrypted_study_is_begun_and_opened_with_its_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_keys: None
) -> None:
    browser = Browser(tmp_path)
    files = [
        (
            "transcripts",
            ("C01.txt", b"Interviewer: How was it?\n\nMary: It rained all day, and I stayed in.\n"),
        )
    ]
    refused = begin(
        browser, files, status=400, name="pilot", passphrase="correct horse", again="corect horse"
    )
    assert "not the same" in str(refused["error"])
    refused = begin(browser, files, status=400, name="pilot", passphrase="short", again="short")
    assert "at least 8" in str(refused["error"]) and not list(tmp_path.iterdir())
    made = begin(browser, files, name="pilot", passphrase="correct horse", again="correct horse")
    assert browser.done(made["job"])["read"] == 1
    assert not (tmp_path / "pilot.coder").read_bytes().startswith(b"SQLite")
    assert "1 transcript" in browser.page()  # its passphrase is known as long as the program runs
    monkeypatch.setattr("coder.passphrases.PASSPHRASES._known", {})
    browser = Browser(tmp_path)
    assert "Encrypted." in browser.page() and "1 transcript" not in browser.page()
    assert "type its passphrase" in str(browser.post("/open", 400, study="pilot", coder="Ann")["error"])
    wrong = browser.post("/open", 400, study="pilot", coder="Ann", passphrase="wrong horse")
    assert "does not open" in str(wrong["error"])
    opened = browser.post("/open", study="pilot", coder="Ann", passphrase="correct horse")
    assert str(opened["go"]).startswith("http://127.0.0.1:")
    assert "1 transcript" in browser.page()
