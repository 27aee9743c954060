"""`coder train` on files: the model, its card as text and its drawn figures lie in the folder it was told."""

import shutil
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from coder.encoding.weights import model_folder
from coder.errors import InputError, ModelError, OutputError
from coder.learning import Batch, load_model
from coder.learning.persistence.model_files import SHIPPED, SMALL, STARTER
from coder.workflow.modelling.train import TrainingOptions, train_files

COMMENTS = Path(__file__).parent.parent.parent / "data/sample/held-out/patient-comments-new.csv"


@pytest.mark.slow
def test_a_trained_model_lies_beside_its_card_and_its_plot(tmp_path: Path) -> None:
    out = tmp_path / "model"
    trained = train_files([COMMENTS], out, TrainingOptions(base=None, by="polarity"))
    report = trained.to_dict()
    assert report["by_group"]["n"] == 120
    split = report["by_group"]["by"]
    assert split["column"] == "polarity" and split["values"]["barrier"]["error_rate"] is not None
    assert [found["code"] for found in report["verdicts"]] == list(trained.model.codebook.ids)
    assert set(report["by_group"]["baselines"]) == {"majority", "tfidf_svm", "frozen_lr"}
    card = (out / "card.md").read_text(encoding="utf-8")
    assert "## Verdict per code" in card and "#### By polarity" in card
    assert (out / "performance-by-group.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")
    with pytest.raises(OutputError, match="--force"):
        train_files([COMMENTS], out, TrainingOptions(base=None))


def test_a_folder_that_holds_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="not a model"):
        train_files([COMMENTS], tmp_path / "mine", TrainingOptions(), force=True)
    assert (tmp_path / "mine" / "thesis.docx").read_text(encoding="utf-8") == "years of work"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_model_remembers_the_encoder_a_person_named_and_misses_it_when_it_changed(tmp_path: Path) -> None:
    own = tmp_path / "my-encoder"
    shutil.copytree(model_folder(), own)
    options = TrainingOptions(base=None, measure=False, encoder=str(own))
    trained = train_files([COMMENTS], tmp_path / "model", options)
    assert trained.model.encoder.id.startswith("my-encoder:")
    loaded = load_model(tmp_path / "model")
    text = ["The nurse was kind and listened"]
    assert (
        loaded.predict(Batch.of_texts(text)).scores == trained.model.predict(Batch.of_texts(text)).scores
    ).all()
    weights = load_file(own / "model.safetensors")
    weights["embeddings.LayerNorm.bias"] += 1
    save_file(weights, own / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="another one now"):
        load_model(tmp_path / "model")


def test_a_base_on_the_large_encoder_is_not_tuned_and_one_on_the_small_is(tmp_path: Path) -> None:
    large = str(SHIPPED / STARTER)
    with pytest.raises(InputError, match="Train without --fine-tune, or add --base starter-small"):
        train_files([COMMENTS], tmp_path / "model", TrainingOptions(base=large, fine_tune=True))
    assert not (tmp_path / "model").exists()
    for base in (SMALL, None):
        TrainingOptions(base=base, fine_tune=True).check()
    TrainingOptions(base=large).check()
    with pytest.raises(ModelError, match="no model 'nowhere'"):
        TrainingOptions(base="nowhere", fine_tune=True).check()


def test_a_named_encoder_is_not_tuned(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not both"):
        train_files([COMMENTS], tmp_path / "model", TrainingOptions(encoder="mine", fine_tune=True))
