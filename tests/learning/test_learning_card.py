"""The model card: facts of the material and the training, figures that say what they are of, limits from both."""

import json
from dataclasses import replace

import numpy as np
import pytest

from coder.codebook import Codebook
from coder.learning import Model, TrainingSet, blank_model, train_model
from coder.learning.evaluation.performance import HeldOutReports
from coder.learning.persistence.card import ModelCard, TrainingSettings
from coder.learning.training.cross_validation import cross_validated
from coder.learning.training.model_card import ANEW, judged_anew
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts
from tests.present import present


@pytest.fixture
def data(codebook: Codebook) -> TrainingSet:
    return excerpts(codebook, 180)


@pytest.fixture
def model(data: TrainingSet, codebook: Codebook, encoder: WordEncoder) -> Model:
    return train_model(data, codebook, base=blank_model(codebook, encoder), name="mine")


def test_a_card_has_thresholds_settings_and_excerpts_per_study(model: Model, data: TrainingSet) -> None:
    card = model.card
    thresholds = [verdict.threshold for verdict in card.codes]
    assert thresholds == pytest.approx(model.parts.calibration.thresholds.tolist(), abs=1e-4)
    assert card.data.per_study == {f"g{place}": 36 for place in range(5)}
    assert card.training == TrainingSettings("blank", model.encoder.id, thresholds="usual")
    assert not card.data.languages
    assert [verdict.code for verdict in card.codes] == ["time", "people", "body"]
    assert ModelCard.from_dict(json.loads(json.dumps(card.to_dict()))) == card


def test_verdicts_of_training_are_of_thresholds_that_did_not_see_the_row(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    """Codes without any relation to the texts: thresholds fitted to the rows they are judged on would look good."""
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{word}" for word in rng.integers(40, size=5)) + f" n{row}" for row in range(120)]
    labels = np.eye(3, dtype=np.int8)[rng.integers(3, size=120)]
    model = train_model(TrainingSet(texts, labels), codebook, base=blank_model(codebook, encoder))
    assert max(present(verdict.kappa) for verdict in model.card.codes) < 0.2
    assert not model.parts.calibration.usable.any()
    assert all("hardly better than chance" in verdict.why for verdict in model.card.codes)


def test_what_was_measured_takes_the_place_of_what_training_found(
    model: Model, data: TrainingSet, codebook: Codebook, encoder: WordEncoder
) -> None:
    base = blank_model(codebook, encoder)
    found = cross_validated(data, codebook, data.groups, lambda part: train_model(part, codebook, base=base))
    model.card = replace(model.card, measured=HeldOutReports(by_group=found.report))
    judged_anew(model, found.verdicts, found.report)
    card = model.card
    for verdict in card.codes:
        table = found.report.codes[verdict.code]
        assert verdict.kappa == pytest.approx(table.kappa.value, abs=1e-6)
        assert verdict.ci_low == pytest.approx(table.kappa.low, abs=1e-6)
        assert verdict.f1 == pytest.approx(table.f1.value, abs=1e-6)
    assert card.held_out.measured_on == ANEW
    assert present(card.held_out.themes).kappa == found.report.themes.kappa.value
    assert card.held_out.calibration_error == found.report.calibration.ece_suggested
    assert card.held_out.calibration == found.report.calibration.curve and card.held_out.calibration
    assert "held-out groups" in card.limits
    assert card.codes[0].threshold is not None


def test_limits_say_what_is_read_and_what_was_tested(
    model: Model, codebook: Codebook, encoder: WordEncoder
) -> None:
    assert "It was tested on groups held out while training" in model.card.limits
    assert "in which languages that is was not tested" in model.card.limits
    encoder.id = "all-MiniLM-L6-v2:test/test/float32"
    few = train_model(excerpts(codebook, 5), codebook, base=blank_model(codebook, encoder))
    assert "It reads English." in few.card.limits
    assert "It was not tested (only 4 coded excerpts)" in few.card.limits


def test_excerpts_that_are_all_coded_or_hardly_ever_empty_are_remarked(
    data: TrainingSet, codebook: Codebook, encoder: WordEncoder
) -> None:
    base = blank_model(codebook, encoder)
    coded = data.rows(np.flatnonzero((data.labels == 1).any(axis=1)))
    said = train_model(coded, codebook, base=base).card.remarks
    assert said == ("No row was left empty, so what is not codable was not learned or tested.",)
    three = data.rows(np.flatnonzero((data.labels == 1).any(axis=1) | (np.arange(180) < 25)))
    said = train_model(three, codebook, base=base).card.remarks
    assert said == ("Only 3 rows were left empty (15 are needed), so what is not codable was not learned.",)
    assert train_model(data, codebook, base=base).card.remarks == ()
