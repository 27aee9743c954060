"""`coder train`, `evaluate` and `models` as they are typed: what is refused, and before which work."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import OutputError


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("there.svg", "--force"),
        ("new.docx", ".svg, .png, .pdf"),
        ("no/such.png", "does not exist"),
        ("sub.png", "folder"),
    ],
)
def test_a_plot_that_cannot_be_written_is_refused_before_any_work(
    name: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "there.svg").write_text("mine", encoding="utf-8")
    (tmp_path / "sub.png").mkdir()
    # neither the model nor the table exists: had the work begun, the complaint would be about them
    done = CliRunner().invoke(app, ["evaluate", "no-model", "no-table.csv", "--plot", str(tmp_path / name)])
    assert isinstance(done.exception, OutputError)
    assert said in str(done.exception)
    assert (tmp_path / "there.svg").read_text(encoding="utf-8") == "mine"


def test_a_broken_model_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, card in (("x", "{"), ("y", "{}"), ("z", '{"format": 1}')):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "card.json").write_text(card, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["models", "list"])
    assert done.exit_code == 0
    assert "starter" in done.stdout and done.stdout.count("Cannot be used:") == 3


def test_help_names_the_codebook_that_is_used_without_one() -> None:
    train, evaluate = (
        " ".join(CliRunner().invoke(app, [name, "--help"]).stdout.split()) for name in ("train", "evaluate")
    )
    assert "Default: COM-B" in train
    assert "Default: the model's own" in evaluate and "COM-B" not in evaluate
