"""What the encoder cannot read is said, in every command that codes, and never guessed."""

from pathlib import Path

import pandas as pd
import pytest

from coder.coded_tables.excerpts import excerpts_of
from coder.learning import load_model
from coder.workflow.modelling.evaluate import evaluate
from coder.workflow.modelling.train import TrainingOptions, train_on
from coder.workflow.precoding.pipeline import PrecodingRequest, closing_words, run

TALK = """Interviewer: Why not?
P1: Je n'ai pas le temps, avec le travail et les enfants, et le centre est très loin de chez moi.
P1: I never have the time for it, with the work and the kids.
"""


@pytest.mark.slow
def test_precode_names_the_language_in_the_row_and_in_its_closing_words(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    request = PrecodingRequest(paths=[tmp_path / "talk.txt"], out=tmp_path / "out.csv")
    summary = run(request)
    rows = pd.read_csv(tmp_path / "out.csv")
    assert list(rows["code"].isna()) == [True, False]
    assert rows["evidence"][0].endswith("French") and rows["code"][1] == "physical_opportunity"
    assert "1 of 2 participants' utterances seem to be in French" in closing_words(request, summary)


@pytest.mark.slow
def test_evaluate_and_train_say_how_many_excerpts_are_not_read() -> None:
    texts = ["Ich habe dafür einfach keine Zeit und das ist schade.", "I never have the time for it."]
    frame = pd.DataFrame({"text": texts * 30, "code": "physical_opportunity"})
    report = evaluate("starter", frame)
    (said,) = [line for line in report["notes"] if "30 of 60 excerpts seem to be in German" in line]
    assert "left out of forced choice and polarity" in said
    assert (report["n"], report["themes"]["n_single"], report["codable"]["n"]) == (60, 30, 60)
    excerpts, _ = excerpts_of(frame)
    trained = train_on(excerpts, TrainingOptions(codebook=load_model("starter").codebook, measure=False))
    assert any("learns little" in line for line in trained.notes)
    assert trained.model.card.data.languages == {"German": 30}
