"""The closing words of a pre-coding run name the codes that the model does not suggest, and why."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from coder.codebook import Code, Codebook
from coder.learning.persistence.card import CodeVerdict, HeldOut, ModelCard, TrainingData
from coder.learning.persistence.model_files import load_model
from coder.store import Study
from coder.workflow.precoding.parts import PartRecord
from coder.workflow.precoding.pipeline import PrecodingRequest, Summary, closing_words
from coder.workflow.study.model_versions import active_version, open_version, untested_codes

BOOK = Codebook("b", (Code("time", "Time"), Code("people", "People"), Code("body", "The body")))


@pytest.fixture
def model() -> Any:
    why = "held-out kappa 0.05, hardly better than chance"
    verdict = CodeVerdict("body", 20, 0.05, 0.1, False, why, "code 30 more excerpts")
    card = ModelCard(data=TrainingData(120), codes=(verdict,))
    calibration = SimpleNamespace(usable=np.array([True, True, False]))
    return SimpleNamespace(
        name="mine", codebook=BOOK, card=card, parts=SimpleNamespace(calibration=calibration)
    )


def test_a_code_that_failed_is_named_and_not_counted_as_absent(model: Any) -> None:
    summary = Summary.of(model)
    summary.utterances, summary.coded, summary.codes = 10, 3, Counter({("time", ""): 3})
    text = closing_words(PrecodingRequest(paths=[Path("talk.txt")]), summary)
    assert "does not suggest 1 code" in text
    said = " ".join(text[text.index("The body:") :].split())
    assert said.startswith(
        "The body: held-out kappa 0.05, hardly better than chance. To mend it: code 30 more excerpts."
    )
    assert "Not once: People\n" in text
    assert text.count("The body") == 1


def test_nothing_is_said_where_every_code_may_be_suggested(model: Any) -> None:
    model.parts.calibration.usable[:] = True
    assert "does not suggest" not in closing_words(PrecodingRequest(paths=[]), Summary.of(model))


def test_a_card_without_verdicts_is_no_obstacle(model: Any) -> None:
    model.card = ModelCard(data=TrainingData(120))
    assert Summary.of(model).failed["body"].why == "it failed when the model was trained"


def test_what_the_model_was_never_tested_with_is_said_and_no_figure_of_other_codes_is_shown(
    model: Any,
) -> None:
    other = CodeVerdict("elsewhere", 90, 0.7, 0.7, True, "", "")
    model.card = replace(model.card, codes=(other,), held_out=HeldOut(surest_quarter=0.96))
    model.parts.calibration.usable[:] = True
    request = PrecodingRequest(paths=[], codebook="My codes.xlsx")
    summary = Summary.of(model)
    assert "Not measured" not in closing_words(request, summary)  # nothing is suggested in this run
    summary.codes = Counter({("time", "barrier"): 1, ("body", ""): 2})
    said = closing_words(request, summary)
    assert "96 %" not in said
    assert "Not measured: how often suggestions of these codes are right." in said
    assert 'coder evaluate MODEL EXCERPTS --codebook "My codes.xlsx"' in said
    model.card = replace(
        model.card, codes=(other, replace(other, code="time"), replace(other, code="people"))
    )
    summary = Summary.of(model)
    summary.codes = Counter({("time", "barrier"): 1, ("body", ""): 2})
    said = closing_words(request, summary)
    assert "96 % were right in held-out parts of what it learned from; expect fewer on another study." in said
    assert "Not measured: how often suggestions of 'The body' are right." in said
    del summary.codes["body", ""]
    assert "Not measured" not in closing_words(request, summary)


def test_the_codebooks_text_alone_was_never_tested(tmp_path: Path) -> None:
    none = load_model("none")
    summary = Summary.of(none)
    assert summary.untested == tuple(summary.labels) and summary.surest_quarter is None and not summary.failed
    with Study.create(tmp_path / "s.coder", none.codebook) as study:
        active_version(study, "none")
        assert untested_codes(study) == set(summary.labels)


def test_a_study_keeps_to_the_model_that_starter_stood_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODER_STARTER", "starter-small")
    with Study.create(tmp_path / "s.coder", load_model("none").codebook) as study:
        version = active_version(study)
        monkeypatch.delenv("CODER_STARTER")
        assert version.label == "starter-small"
        assert open_version(study, active_version(study)).name == "starter-small"


def test_each_transcript_says_how_many_of_its_utterances_got_a_suggestion(model: Any) -> None:
    model.card = replace(model.card, held_out=HeldOut(surest_quarter=0.84))
    summary = Summary.of(model)
    for name, coded in (("a.txt", 8), ("b.txt", 3)):
        summary.add(PartRecord(0, f"x/{name}", units=12, codable=10, coded=coded))
    said = closing_words(PrecodingRequest(paths=[]), summary)
    assert "  a.txt: 8 of 10\n  b.txt: 3 of 10\n" in said
    assert "highest confidence first" in said and "84 % were right" in said
    survey = Summary.of(model)
    survey.add(PartRecord(0, "x/survey.csv", written=True, units=12, codable=10, coded=9))
    assert "highest confidence" not in closing_words(PrecodingRequest(paths=[]), survey)
