"""The first minutes: `coder` alone, `coder demo`, `coder doctor`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import OutputError
from coder.store import Study
from coder.workflow import demo as work


def test_coder_alone_says_how_to_begin_in_ten_lines() -> None:
    said = CliRunner().invoke(app, [])
    assert said.exit_code == 0
    assert "coder demo" in said.output and len(said.output.splitlines()) <= 10


@pytest.mark.slow
def test_the_demo_makes_a_study_with_suggestions_and_spares_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("sample.coder-unfinished", "sample.coder-unfinished-wal"):
        (tmp_path / name).write_bytes(b"of a run that was killed")
    made = CliRunner().invoke(app, ["demo", "--no-page"])
    assert made.exit_code == 0, made.output
    with Study.open(tmp_path / "sample.coder", readonly=True) as study:
        assert len(study.figures().coders) == 1
        assert study.figures().utterances > 500
    assert (tmp_path / "sample" / "transcripts" / "c01_gp.txt").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample", "sample.coder"]
    before = (tmp_path / "sample.coder").read_bytes()
    (tmp_path / "sample" / "participants.csv").write_text("mine", encoding="utf-8")
    again = CliRunner().invoke(app, ["demo", "--no-page"])
    assert "left as it is" in again.output
    assert (tmp_path / "sample.coder").read_bytes() == before
    assert (tmp_path / "sample" / "participants.csv").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        work.make_demo(tmp_path / "file", print)


def test_doctor_looks_at_the_installation_and_has_a_line_for_bug_reports() -> None:
    said = CliRunner().invoke(app, ["doctor"])
    last = said.output.strip().splitlines()[-1]
    assert last.startswith("For a bug report: coder: ") and "free disk" in last
    assert str(Path.home()) not in last
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).output)
    assert {"coder", "Python", "models", "cache"} <= {item["subject"] for item in told["findings"]}


def test_doctor_names_a_missing_encoder_and_how_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from coder.workflow import doctor

    monkeypatch.setattr(doctor, "_version", lambda name: None)
    report = doctor.examine()
    assert not report.good
    advice = [item.advice for item in report.findings if "encoder" in item.subject]
    assert all("--no-deps" in line for line in advice[:2])


def test_a_command_that_is_stopped_says_what_is_left_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*given: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "make_demo", stopped)
    said = CliRunner().invoke(app, ["demo", str(tmp_path)])
    assert said.exit_code == 130
    assert said.stderr.strip().endswith("coder: stopped. The same command begins the sample study anew.")


def test_a_compiled_module_that_is_stopped_as_it_loads_is_a_stop_and_another_error_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*given: object) -> Path:
        raise ImportError("initialization failed") from KeyboardInterrupt()

    def broken(*given: object) -> Path:
        raise ImportError("no such module")

    monkeypatch.setattr(work, "make_demo", stopped)
    assert CliRunner().invoke(app, ["demo", str(tmp_path)]).exit_code == 130
    monkeypatch.setattr(work, "make_demo", broken)
    assert isinstance(CliRunner().invoke(app, ["demo", str(tmp_path)]).exception, ImportError)
