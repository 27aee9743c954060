"""`coder train` on files: the model, its card as text and its drawn figures lie in the folder it was told."""

from pathlib import Path

import pytest

from coder.errors import OutputError
from coder.workflow.train import train_files

COMMENTS = Path(__file__).parent.parent.parent / "data/sample/held-out/patient-comments-new.csv"


@pytest.mark.slow
def test_a_trained_model_lies_beside_its_card_and_its_plot(tmp_path: Path) -> None:
    out = tmp_path / "model"
    trained = train_files([COMMENTS], out, base=None)
    assert trained.report["by_group"]["n"] == 120
    assert set(trained.report["by_group"]["baselines"]) == {"majority", "tfidf_svm", "frozen_lr"}
    assert "## Verdict per code" in (out / "card.md").read_text(encoding="utf-8")
    assert (out / "performance.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")
    with pytest.raises(OutputError, match="--force"):
        train_files([COMMENTS], out, base=None)


def test_a_folder_that_holds_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="not a model"):
        train_files([COMMENTS], tmp_path / "mine", force=True)
    assert (tmp_path / "mine" / "thesis.docx").read_text(encoding="utf-8") == "years of work"
