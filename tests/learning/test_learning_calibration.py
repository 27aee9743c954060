"""Probabilities and thresholds: fitted by a solver that ends, and to what the rows can teach."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from coder.codebook import Codebook
from coder.learning import Batch, Model, blank_model, train_model
from coder.learning.estimators.calibration import (
    OFFSET_PENALTY,
    PENALTY,
    USUAL,
    expected_f1_threshold,
    fit_logistic,
    fit_offset,
    fit_probabilities,
    probability_features,
)
from coder.learning.evaluation.report import Guess
from coder.learning.persistence.card import ModelCard, TrainingData
from coder.learning.training.train import USUAL_RECIPES
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts
from tests.present import present


def loss(
    design: NDArray[np.float64],
    truth: NDArray[np.float64],
    found: NDArray[np.float64],
    prior: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> float:
    logits = design @ found
    return float((np.logaddexp(0, logits) - truth * logits).sum() + 0.5 * penalty @ (found - prior) ** 2)


def all_coded(
    n: int = 400, k: int = 6, odds: float = 6.8, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logits of texts that all carry one of k codes, and the odds that they carry any: large, and all the same."""
    rng = np.random.default_rng(seed)
    truth = np.eye(k)[rng.integers(k, size=n)]
    logits = 2.0 * truth + rng.normal(size=(n, k))
    return probability_features(logits, np.full(n, 1 / (1 + np.exp(-odds)))), truth


@pytest.mark.parametrize("odds", [0.0, 2.7, 6.8, 9.0])
@pytest.mark.parametrize("n", [12, 350, 2000])
def test_the_logistic_fit_reaches_the_least_loss_where_all_rows_have_large_odds(n: int, odds: float) -> None:
    features, truth = all_coded(n, odds=odds)
    flat, right = features.reshape(-1, 4)[:, :3], truth.ravel()
    found = fit_logistic(flat, right, np.ones(len(flat)), USUAL, PENALTY)
    design = np.hstack([flat, np.ones((len(flat), 1))])
    best = minimize(lambda at: loss(design, right, at, USUAL, PENALTY), USUAL, method="L-BFGS-B", tol=1e-12)
    assert loss(design, right, found, USUAL, PENALTY) <= best.fun + 1e-4
    assert np.allclose(found, best.x, atol=0.02)


def test_a_fit_that_starts_far_away_is_never_worse_than_its_prior() -> None:
    prior, penalty = np.array([40.0, -90.0]), np.array([1e-3, 1e-3])
    features, truth = np.linspace(-30, 30, 200)[:, None], (np.arange(200) % 2).astype(np.float64)
    design = np.hstack([features, np.ones((200, 1))])
    found = fit_logistic(features, truth, np.ones(200), prior, penalty)
    assert loss(design, truth, found, prior, penalty) < 0.1 * loss(design, truth, prior, prior, penalty)


@pytest.mark.parametrize("far", [-60.0, -8.0, 0.0, 25.0])
def test_an_offset_makes_chances_as_frequent_as_what_they_speak_of(far: float) -> None:
    truth = (np.arange(4000) < 1200).astype(float)
    base = far + np.random.default_rng(0).normal(size=4000)
    offset = fit_offset(base, truth)
    slope = (1 / (1 + np.exp(-(base + offset))) - truth).sum() + OFFSET_PENALTY * offset
    assert abs(slope) < 0.01


def test_odds_that_are_the_same_for_all_rows_do_not_matter() -> None:
    chances = []
    for odds in (0.0, 3.0, 6.8):
        features, truth = all_coded(odds=odds)
        coefficients, offsets = fit_probabilities(features, truth, truth >= 0, np.ones(6))
        chances.append(features @ coefficients + offsets)
    assert np.allclose(chances[0], chances[1], atol=1e-3) and np.allclose(chances[0], chances[2], atol=1e-3)


@pytest.mark.parametrize("n", [40, 350, 1000])
def test_excerpts_that_are_all_coded_give_codes_that_can_be_used(
    codebook: Codebook, encoder: WordEncoder, n: int
) -> None:
    data = excerpts(codebook, n * 9 // 8 + 2)
    data = data.rows(np.flatnonzero((data.labels == 1).any(axis=1))[:n])
    model = train_model(data, codebook, base=blank_model(codebook, encoder))
    calibration = model.parts.calibration
    assert calibration.usable.all() and calibration.thresholds.max() < 0.9
    assert all(present(verdict.kappa) > 0.5 for verdict in model.card.codes)
    fresh = excerpts(codebook, 45, seed=5)
    coded = (fresh.labels == 1).any(axis=1)
    said = model.predict(Batch.of_texts(list(fresh.texts), studies=list(fresh.groups)))
    assert (said.selected & (fresh.labels == 1))[coded].any(axis=1).mean() > 0.8


def test_the_threshold_of_best_expected_f1_is_the_one_that_a_search_finds() -> None:
    chances = np.random.default_rng(2).beta(0.5, 3, 300)
    found = expected_f1_threshold(chances)
    values = [
        2 * chances[chances >= at].sum() / ((chances >= at).sum() + chances.sum())
        for at in np.unique(chances)
    ]
    assert found == pytest.approx(np.unique(chances)[int(np.argmax(values))])
    assert expected_f1_threshold(np.zeros(0)) == 0.5


def test_thresholds_for_macro_f1_are_set_anew_and_told_in_the_card(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    data = excerpts(codebook, 240)
    rare = np.flatnonzero(data.labels[:, 2] == 1)[14:]
    data = data.rows(np.setdiff1d(np.arange(240), rare))
    base, other = blank_model(codebook, encoder), replace(USUAL_RECIPES, thresholds="macro-f1")
    usual = train_model(data, codebook, base=base)
    macro = train_model(data, codebook, base=base, recipes=other)
    assert macro.card.training.thresholds == "macro-f1"
    assert usual.card.training.thresholds == "usual"
    assert (macro.parts.calibration.thresholds != usual.parts.calibration.thresholds).all()
    assert (macro.parts.calibration.coefficients == usual.parts.calibration.coefficients).all()


def test_where_every_row_is_coded_such_rows_get_suggestions_whatever_the_base_thinks_of_them(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    blank = blank_model(codebook, encoder)
    mute = replace(blank.parts.codable, intercept=np.array([-8.0], dtype=np.float32))
    firm = replace(blank.parts.calibration, coefficients=np.array([0.25, 1.0, 2.0, 0.0]))
    base = Model(
        "mute",
        codebook,
        encoder,
        replace(blank.parts, codable=mute, calibration=firm),
        ModelCard(data=TrainingData(9)),
    )
    data = excerpts(codebook, 60)
    data = data.rows(np.flatnonzero((data.labels == 1).any(axis=1)))
    fresh = excerpts(codebook, 60, seed=5)
    coded = np.flatnonzero((fresh.labels == 1).any(axis=1))
    assert not Guess.by(base, fresh).selected.any()
    found = Guess.by(train_model(data, codebook, base=base), fresh)
    assert found.selected[coded].any(axis=1).mean() > 0.8
