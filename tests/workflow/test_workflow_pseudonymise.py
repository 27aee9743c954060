"""Pseudonymising files: list, review, apply; the new files read as the old ones do and name nobody."""

import os
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import OutputError, TableError
from coder.reading import read_transcript
from coder.workflow import pseudonymise as work

TALK = """Interview with Jane Smith, Leicester

Interviewer: Thanks, Jane. Who helped you?

Jane Smith: My husband Will, and Dr Patel at Highfield Surgery in Leicester.

Interviewer: Will you go on?

Jane Smith: Yes. My e-mail is jane@example.org.
"""


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "jane_smith.txt"
    path.parent.mkdir()
    path.write_text(TALK, encoding="utf-8")
    return path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["pseudonymise", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def test_unreviewed_everything_that_is_found_is_replaced(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "safe"
    said = run(talk.parent, "-o", out, "--yes")
    assert "must read each new text" in said
    (new,) = out.iterdir()
    words = new.read_text(encoding="utf-8")
    for name in ("Jane", "Smith", "Patel", "Highfield", "Leicester", "example.org"):
        assert name not in words and name.lower() not in new.name
    assert "Will you go on?" in words and "husband [Name" in words
    old, read = read_transcript(talk), read_transcript(new)
    assert [turn.role for turn in read.turns] == [turn.role for turn in old.turns]
    mapping = pd.read_csv(tmp_path / "safe-mapping.csv")
    assert mapping.loc[mapping["item"] == "Jane Smith", "pseudonym"].tolist() == ["[Name 1]"]
    if os.name == "posix":
        for path in (new, tmp_path / "safe-mapping.csv"):
            assert path.stat().st_mode & 0o077 == 0


def test_the_reviewed_list_decides(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "safe"
    run(talk, "-o", out)
    listed = pd.read_csv(tmp_path / "safe-found.csv")
    assert not out.exists()
    assert listed.loc[listed["item"] == "Patel", "context"].str.contains("«Patel»").all()
    listed.loc[listed["item"] == "Leicester", "action"] = "keep"
    listed.loc[listed["item"] == "Patel", "replacement"] = "[the GP]"
    listed.loc[len(listed)] = {"item": "helped", "action": "replace", "replacement": "[verb]"}
    listed.to_csv(tmp_path / "edited.csv", index=False)
    run(talk, "-o", out, "--apply", tmp_path / "edited.csv")
    words = next(out.iterdir()).read_text(encoding="utf-8")
    assert "Leicester" in words and "[the GP]" in words and "[verb]" in words


def test_a_later_run_keeps_the_pseudonyms_of_the_study(talk: Path, tmp_path: Path) -> None:
    run(talk, "-o", tmp_path / "safe", "--yes")
    second = tmp_path / "second.txt"
    second.write_text("Interviewer: Hello?\n\nP2: I met Dr Khan and then Dr Patel.\n", encoding="utf-8")
    before = work.read_mapping(tmp_path / "safe-mapping.csv")
    run(second, "-o", tmp_path / "safe", "--yes")
    after = work.read_mapping(tmp_path / "safe-mapping.csv")
    assert before.items() <= after.items()
    assert f"Dr {before['Patel']}" in (tmp_path / "safe" / "second.txt").read_text(encoding="utf-8")
    assert after["Khan"] not in before.values()


def test_nothing_that_is_there_is_replaced(talk: Path, tmp_path: Path) -> None:
    run(talk, "-o", tmp_path / "safe", "--yes")
    readings, items = work.find([talk], work.read_mapping(tmp_path / "safe-mapping.csv"))
    with pytest.raises(OutputError, match="--force"):
        work.write_transcripts(readings, items, tmp_path / "safe")


def test_a_broken_list_is_refused_with_its_rows(talk: Path, tmp_path: Path) -> None:
    _, items = work.find([talk])
    broken = tmp_path / "l.csv"
    broken.write_text("item,action,replacement\nJane,remove,x\nPatel,replace,\n", encoding="utf-8")
    with pytest.raises(TableError) as error:
        work.read_list(broken, items)
    assert [line.split(":")[0] for line in error.value.problems] == ["l.csv, row 2", "l.csv, row 3"]


def test_answers_to_a_survey_stay_answers_with_their_questions(tmp_path: Path) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text(
        "participant,question,text\nJane Smith,What was good?,Dr Patel was kind to me.\n"
        "P2,What could be better?,Parking\nJane Smith,What could be better?,The food\n",
        encoding="utf-8",
    )
    run(survey, "-o", tmp_path / "safe", "--yes")
    [new] = (tmp_path / "safe").iterdir()
    assert new.suffix == ".csv" and "Patel" not in new.read_text(encoding="utf-8")
    old, read = read_transcript(survey), read_transcript(new)
    assert old.written and read.written
    assert [turn.question for turn in read.turns] == [turn.question for turn in old.turns]
    assert [read.words_of(turn) for turn in read.turns][1:] == ["Parking", "The food"]
    assert len({turn.speaker for turn in read.turns}) == 2
