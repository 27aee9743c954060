"""`coder turns` shows how a transcript was read, for people and as JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import InputError

TEXT = """Date: 3 May

Anna: What helps?

Bob: A list – on the fridge.
"""


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    path = tmp_path / "p1.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_json_is_the_documented_one(transcript: Path) -> None:
    result = CliRunner().invoke(app, ["turns", str(transcript), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "file": str(transcript),
        "format": "txt",
        "encoding": "utf-8",
        "turns": [
            {"speaker": "Anna", "role": "interviewer", "text": "What helps?", "start": None},
            {"speaker": "Bob", "role": "participant", "text": "A list – on the fridge.", "start": None},
        ],
        "notes": [
            "1 header line not taken as speech: 'Date: 3 May'.",
            "Anna taken for the interviewer by the questions asked; name others to overrule.",
        ],
    }


def test_people_get_a_table_of_speakers_with_roles_and_shares(transcript: Path) -> None:
    printed = CliRunner().invoke(app, ["turns", str(transcript)]).stdout
    assert "p1.txt: 2 turns (txt, utf-8)" in printed
    assert "Anna     interviewer" in printed and "What helps?" in printed and "75 %" in printed
    assert "Note: 1 header line not taken as speech: 'Date: 3 May'." in printed


def test_the_interviewer_can_be_named(transcript: Path) -> None:
    result = CliRunner().invoke(app, ["turns", str(transcript), "--json", "--interviewer", "bob"])
    roles = {turn["speaker"]: turn["role"] for turn in json.loads(result.stdout)["turns"]}
    assert roles == {"Anna": "participant", "Bob": "interviewer"}


def test_an_unknown_label_is_refused_and_the_known_ones_named(transcript: Path) -> None:
    result = CliRunner().invoke(app, ["turns", str(transcript), "--interviewer", "Clare"])
    assert isinstance(result.exception, InputError)
    assert "Clare" in str(result.exception) and "Anna, Bob" in str(result.exception)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "interviews"
    place.mkdir()
    (place / "a_fine.txt").write_text("INT: Why?\nP1: So it goes.\nINT: And?\nP1: No more of it.\n")
    (place / "b_unnamed.txt").write_text("Q: Why?\n\nSo it goes.\n\nQ: And?\n\nNo more of it.\n")
    (place / "c_alone.txt").write_text("Interviewer: Why?\nInterviewer: And?\n")
    (place / "d_broken.docx").write_text("not a document")
    (place / "talk.mp3").write_bytes(b"ID3")
    return place


def test_a_folder_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.docx").write_text("not a document")
    assert CliRunner().invoke(app, ["turns", str(tmp_path)]).exit_code == 1


def test_a_folder_gets_a_line_per_file_doubtful_ones_first(folder: Path) -> None:
    result = CliRunner().invoke(app, ["turns", str(folder)])
    assert result.exit_code == 3
    places = [result.stdout.index(name) for name in ("c_alone.txt", "b_unnamed.txt", "a_fine.txt")]
    assert places == sorted(places)
    assert "3 transcripts read, 2 to look at." in result.stdout
    assert "d_broken.docx: this is not a Word document" in result.stdout
    assert "1 file of other kinds not read: talk.mp3." in result.stdout


def test_a_narrow_terminal_gets_lines_of_its_width(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.cli.turns._width", lambda: 60)
    printed = CliRunner().invoke(app, ["turns", str(folder)]).stdout
    listing = printed[printed.index("c_alone.txt") : printed.index("1 file of other kinds")].strip()
    assert max(map(len, listing.split("\n"))) <= 60
    assert "  4 turns; interviewer: INT; participants: P1, 7 words" in listing
    assert "Look at: Only the interviewer has a label: 2 paragraphs" in " ".join(listing.split())


def test_a_folder_as_json(folder: Path) -> None:
    document = json.loads(CliRunner().invoke(app, ["turns", str(folder), "--json"]).stdout)
    first, second, third = document["files"]
    assert first["participant_words"] == 0 and "no participant" in first["doubts"][0]
    assert second["speakers"] == [
        {"speaker": "Q", "role": "interviewer", "turns": 2, "words": 2},
        {"speaker": None, "role": "participant", "turns": 2, "words": 7},
    ]
    assert third["doubts"] == [] and third["turns"] == 4
    assert [Path(item["file"]).name for item in document["refused"]] == ["d_broken.docx"]
    assert [Path(name).name for name in document["not_read"]] == ["talk.mp3"]


def test_an_interviewer_is_named_for_one_file(folder: Path) -> None:
    result = CliRunner().invoke(app, ["turns", str(folder), "--interviewer", "Q"])
    assert result.exit_code != 0 and isinstance(result.exception, InputError)
