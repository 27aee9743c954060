"""The commands of a study: the whole loop, exit codes, one JSON document, sentences instead of traces."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from coder.cli.main import app
from coder.codebook import to_yaml
from coder.errors import CoderError, OutputError, StudyError
from coder.workflow.study.decide import decide
from coder.workflow.study.open import Decision, open_study
from tests.small_model import installed
from tests.study_making import CODEBOOK, TALK, cut

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    installed(monkeypatch)
    monkeypatch.setattr("coder.segmentation.segment", cut)
    monkeypatch.chdir(tmp_path)
    Path("weather.yaml").write_text(to_yaml(CODEBOOK))
    Path("talks").mkdir()
    for place in range(6):
        text = (
            TALK.replace("I:", "Interviewer:").replace("P:", "Participant:") + f"Participant: Day {place}.\n"
        )
        Path("talks", f"t{place}.txt").write_text(text)

    def work(*arguments: str) -> Result:
        result = CliRunner().invoke(app, [str(item) for item in arguments])
        if isinstance(result.exception, CoderError):
            raise result.exception
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    yield work


def begun(run: Run) -> None:
    run("init", "s.coder", "--codebook", "weather.yaml")
    run("import", "s.coder", "talks")


def test_init_says_which_codes_were_put_under_the_theme_above(run: Run) -> None:
    Path("book.csv").write_text("Theme,Code\nStaff,Training\n,Other\n")
    said = run("init", "s.coder", "--codebook", "book.csv").stderr
    assert (
        said == "book.csv: 1 empty cell of the column 'Theme' taken as the cell above: 'Other under Staff'.\n"
    )


def code_by_words(names: range) -> None:
    with open_study("s.coder") as study:
        study.people.add_coder("Ann")
        for place in names:
            for unit in study.texts.utterances(study.texts.find(f"t{place}"), codable_only=True):
                codes = [code for code in study.codebooks.current().ids if code in unit.text.lower()]
                decide(
                    study,
                    "Ann",
                    [Decision(unit.id, "add", code) for code in codes] or [Decision(unit.id, "nothing")],
                    mode="blind",
                )


def document(result: Result) -> Any:
    return json.loads(result.stdout)


def test_the_whole_loop(run: Run) -> None:
    begun(run)
    assert "coder suggest" in run("status", "s.coder").stdout
    assert document(run("suggest", "s.coder", "--json"))["looked_at"] == 36
    assert "coder review" in run("status", "s.coder").stdout
    code_by_words(range(5))
    assert "coder retrain" in run("status", "s.coder").stdout
    report = document(run("retrain", "s.coder", "--json"))
    assert report["accepted"] and report["trial"]["overall"]["new"] == 1.0
    held = document(run("status", "s.coder", "--json"))
    assert held["decided"] == 30 and held["unsuggested"] == 0
    assert [item["label"] for item in held["models"] if item["active"]] == [report["model"]]
    shown = run("retrain", "s.coder", "--list").stdout
    assert report["model"] in shown and "first suggestions" in shown
    assert "starter" in run("retrain", "s.coder", "--rollback").stdout


def test_retraining_shows_gains_per_code_and_renews_the_suggestions(run: Run) -> None:
    begun(run)
    run("suggest", "s.coder")
    code_by_words(range(5))
    result = run("retrain", "s.coder")
    for words in ("is in use now", "held-out transcript", "wind", "gain", "Codes gained"):
        assert words in result.stdout
    assert "looked at 6 utterances" in result.stderr
    refused = run("retrain", "s.coder")
    assert refused.exit_code == 0 and "was not taken" in refused.stdout


def test_importing_tells_what_came_in_and_refuses_file_by_file(run: Run) -> None:
    run("init", "s.coder", "--codebook", "weather.yaml")
    Path("bad.docx").write_bytes(b"not a zip")
    result = run("import", "s.coder", "talks/t0.txt", "bad.docx")
    assert result.exit_code == 3
    assert "interviewer: Interviewer; speakers: Participant" in result.stdout
    assert "bad.docx" in result.stderr
    assert "left alone" in run("import", "s.coder", "talks/t0.txt").stdout
    assert run("import", "s.coder", "bad.docx").exit_code == 1


def test_tables_about_transcripts_in_a_folder_are_not_taken_for_transcripts(run: Run) -> None:
    Path("talks/people.csv").write_text("participant,transcript,town\nParticipant,t0,north\n")
    Path("talks/codes.csv").write_text("transcript,text,coder,code\nt0,It rained all day.,Ann,rain\n")
    Path("talks/other codes.csv").write_text("text,code\nIt rained all day.,rain\n")
    run("init", "s.coder", "--codebook", "weather.yaml")
    held = document(
        run(
            "import",
            "s.coder",
            "talks",
            "--attributes",
            "talks/people.csv",
            "--codings",
            "talks/codes.csv",
            "--json",
        )
    )
    assert [item["name"] for item in held["added"]] == [f"t{place}" for place in range(6)]
    assert held["left_out"] == ["talks/other codes.csv"]
    assert held["codings"]["coded"] == {"Ann": 1}
    assert held["attributes"]["linked"] == 1


def test_undo_history_and_merge(run: Run) -> None:
    begun(run)
    code_by_words(range(1))
    shutil.copy("s.coder", "b.coder")
    assert "Undone: 1" in run("undo", "s.coder", "--coder", "Ann").stdout
    assert "Redone: 1" in run("undo", "s.coder", "--coder", "Ann", "--redo").stdout
    acts = document(run("history", "s.coder", "--coder", "Ann", "--json"))
    assert [item["kind"] for item in acts[:3]] == ["redo", "undo", "decide"]
    assert acts[2]["act"][:12] in run("history", "s.coder").stdout
    assert "Undone: 1" in run("undo", "s.coder", "--coder", "Ann", "--act", acts[3]["act"][:8]).stdout
    assert "6 transcripts" in run("merge", "s.coder", "b.coder", "-o", "m.coder").stdout
    with pytest.raises(OutputError, match="--force"):
        run("merge", "s.coder", "b.coder", "-o", "m.coder")
    assert (
        document(run("merge", "s.coder", "b.coder", "-o", "m.coder", "--force", "--json"))["conflicts"] == []
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("status", "none.coder"), "coder init none.coder"),
        (("init", "s.coder"), "exists already"),
        (("init", "pilot"), "Call it pilot.coder"),
        (("merge", "s.coder", "s.coder", "-o", "both"), "Call it both.coder"),
        (("import", "s.coder"), "Say what to import"),
        (("import", "s.coder", "--codings", "codes.csv"), "--coder"),
        (("retrain", "s.coder"), "too little to learn from"),
        (("retrain", "s.coder", "--rollback"), "no earlier model"),
        (("undo", "s.coder", "--coder", "Zoe"), "no coder 'Zoe'"),
        (("merge", "s.coder", "-o", "m.coder"), "at least two"),
        (("status", "weather.yaml"), "not a study"),
    ],
)
def test_wrong_requests_end_in_a_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    begun(run)
    Path("codes.csv").write_text("text,code\nIt rained all day.,rain\n")
    with pytest.raises(StudyError, match=said):
        run(*arguments)
