"""Two models on the same rows: the difference, its paired interval, and the text people read."""

from dataclasses import replace

import numpy as np
import pytest

from coder.learning.evaluation.report import Guess, Truth, differences
from coder.reporting.cards import comparison_text
from tests.present import present

K = 3


def guess(truth: np.ndarray, right: float, seed: int) -> Guess:
    rng = np.random.default_rng(seed)
    chosen = np.where(rng.random(len(truth)) < right, truth, rng.integers(0, K, len(truth)))
    forced = np.eye(K)[chosen]
    return Guess(forced, forced, forced > 0.5, np.tile([0.6, 0.4, 0.0], (len(truth), 1)))


def test_a_better_model_wins_with_an_interval_above_zero() -> None:
    truth = np.tile(np.arange(K), 100)
    labels = np.eye(K, dtype=np.int8)[truth]
    groups = [f"g{row // 20}" for row in range(300)]
    people = Truth(labels, ["barrier", "facilitator"] * 150, groups)
    report = differences(people, guess(truth, 0.4, 1), guess(truth, 0.9, 2), ("a", "b", "c"))
    kappa = report.theme_kappa
    assert kappa.difference == pytest.approx(present(kappa.second) - present(kappa.first), abs=1e-6)
    assert present(kappa.ci_low) > 0.2
    assert report.codes["a"].support == 100
    assert report.polarity_kappa.difference == 0
    text = comparison_text(replace(report, first="old", second="new"))
    assert "which code: kappa" in text and "a: F1" in text and "+0." in text


def test_the_same_model_twice_differs_by_nothing() -> None:
    truth = np.tile(np.arange(K), 20)
    people = Truth(np.eye(K, dtype=np.int8)[truth], [None] * 60, ["one"] * 60)
    same = guess(truth, 0.5, 1)
    report = differences(people, same, same, ("a", "b", "c"))
    assert report.theme_kappa.difference == 0
    assert report.theme_kappa.ci_low is None
    assert report.polarity_kappa.difference is None
    assert "–" in comparison_text(replace(report, first="one", second="two"))


def test_a_code_with_few_examples_has_no_interval_and_is_said_to_have_too_few() -> None:
    truth = np.array([0, 0, *[1] * 9, *[2] * 10] * 1)
    people = Truth(np.eye(K, dtype=np.int8)[truth], [None] * 21, [f"g{row}" for row in range(21)])
    report = differences(people, guess(truth, 0.1, 1), guess(truth, 0.99, 2), ("a", "b", "c"))
    few, nine, ten = (report.codes[code] for code in "abc")
    assert few.too_few and nine.too_few and not ten.too_few
    for change in (few.f1, few.kappa, nine.f1, nine.kappa):
        assert change.difference is not None and change.ci_low is None and change.ci_high is None
    assert ten.f1.ci_low is not None
    lines = comparison_text(replace(report, first="old", second="new")).splitlines()
    assert [line.split(":")[0].strip() for line in lines if "too few to tell" in line] == ["a", "b"]
