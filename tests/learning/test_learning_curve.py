"""The learning curve: averaged over held-out parts, with a range, or the reason why there is none."""

import numpy as np
import pytest

from coder.codebook import Codebook
from coder.learning import Model, TrainingSet, blank_model, train_model
from coder.learning.evaluation.learning_curve import _gain, learning_curve, too_few
from coder.learning.training.cross_validation import cross_validated
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts
from tests.present import present


def test_a_curve_has_growing_sizes_on_the_same_excerpts_and_a_range(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    data = excerpts(codebook, 180)
    names = [f"g{row // 9}" for row in range(180)]
    base = blank_model(codebook, encoder)

    def trainer(part: TrainingSet) -> Model:
        return train_model(part, codebook, base=base)

    whole = cross_validated(data, codebook, names, trainer)
    found = learning_curve(data, names, trainer, whole)
    sizes = [point.excerpts for point in found.points]
    assert sizes == sorted(sizes) and sizes[-1] == 144 and found.parts == 3 and found.tested_on == 108
    kappas = [present(point.theme_kappa.value) for point in found.points]
    assert kappas[0] < kappas[-1]
    tested = np.isin(whole.folds.of, [0, 1, 2])
    right = whole.guess.forced.argmax(axis=1) == data.labels.argmax(axis=1)
    coded = (data.labels == 1).any(axis=1)
    assert kappas[-1] == pytest.approx((right[tested & coded].mean() - 1 / 3) / (2 / 3), abs=0.02)
    assert found.more == 180 and present(found.gain_low) <= present(found.gain_high)


@pytest.mark.parametrize(("noise", "told"), [(0.01, True), (0.3, False)])
def test_a_gain_too_noisy_to_tell_is_not_told(noise: float, told: bool) -> None:
    kappas = np.array([0.5, 0.55, 0.6])
    drawn = kappas + np.random.default_rng(0).normal(size=(500, 3)) * noise
    found = _gain(np.array([100, 200, 400]), kappas, drawn, 500)
    assert (found.gain is not None) == told == (found.why is None)
    if told:  # 0.05 for each doubling, from all 500 on
        assert found.gain == pytest.approx(0.05 * np.log2(1 + 200 / 500), abs=0.001)
        assert present(found.gain_low) < present(found.gain) < present(found.gain_high)
    else:
        assert "Too noisy to tell" in (found.why or "")


def test_no_more_than_a_doubling_is_forecast_and_no_loss() -> None:
    falling = np.array([0.6, 0.58, 0.55])
    found = _gain(np.array([30, 60, 120]), falling, falling + np.zeros((50, 3)), 150)
    assert found.more == 150 and found.gain == 0.0


def test_few_excerpts_or_groups_have_no_curve_and_a_reason(codebook: Codebook) -> None:
    data = excerpts(codebook, 180)
    assert too_few(data, data.groups) is None
    assert "120 coded excerpts" in (too_few(data.rows(np.arange(100)), data.groups[:100]) or "")
    assert "in 1." in (too_few(data, ["one"] * 180) or "")
