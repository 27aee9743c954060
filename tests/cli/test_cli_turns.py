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
