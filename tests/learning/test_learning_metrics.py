"""Metrics against scikit-learn and against cases worked by hand."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score, f1_score

from coder.codebook import Code, Codebook
from coder.learning.evaluation import metrics
from coder.learning.evaluation.performance import EvaluationReport, MixedPolarity, RiskPoint
from coder.learning.evaluation.report import Guess, Truth, by_attribute, performance
from coder.statistics import ClusterBootstrap
from tests.present import bounds, width

K = 4


def single_labels(truth: NDArray[np.integer]) -> NDArray[np.bool_]:
    labels: NDArray[np.bool_] = np.eye(K, dtype=bool)[truth]
    return labels


@pytest.fixture
def case() -> tuple[np.ndarray, np.ndarray, list[str]]:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, K, 300)
    forced = rng.random((300, K)) + 0.6 * np.eye(K)[truth]
    return truth, forced, [f"g{row % 12}" for row in range(300)]


def test_forced_choice_agrees_with_scikit_learn(case: tuple[np.ndarray, np.ndarray, list[str]]) -> None:
    truth, forced, groups = case
    section, table = metrics.forced_choice(single_labels(truth), forced, ClusterBootstrap.over(groups))
    guess = forced.argmax(1)
    assert section.n_single == 300
    assert section.kappa.value == pytest.approx(cohen_kappa_score(truth, guess), abs=1e-6)
    assert section.accuracy.value == pytest.approx((truth == guess).mean(), abs=1e-6)
    assert section.forced_macro_f1.value == pytest.approx(f1_score(truth, guess, average="macro"), abs=1e-6)
    low, kappa, high = bounds(section.kappa)
    assert low < kappa < high
    assert table.sum() == 300


def test_top2_counts_the_second_best_code() -> None:
    forced = np.array([[0.5, 0.4, 0.1, 0], [0.5, 0.1, 0.4, 0], [0.1, 0.2, 0.3, 0.4]])
    section, _ = metrics.forced_choice(
        single_labels(np.array([1, 1, 3])), forced, ClusterBootstrap.over("abc")
    )
    assert section.top2_accuracy.value == pytest.approx(2 / 3, abs=1e-6)
    assert section.accuracy.value == pytest.approx(1 / 3, abs=1e-6)


def test_rows_with_two_codes_are_not_forced_choice() -> None:
    labels = np.array([[True, True, False, False], [False, False, True, False]])
    section, _ = metrics.forced_choice(labels, np.ones((2, K)), ClusterBootstrap.over("ab"))
    assert section.n_single == 1


def test_multi_label_figures_agree_with_scikit_learn(case: tuple[np.ndarray, np.ndarray, list[str]]) -> None:
    truth, forced, groups = case
    labels, selected = single_labels(truth), forced > 0.9
    boot = ClusterBootstrap.over(groups)
    tables, resampled = metrics.code_tables(labels, selected, boot)
    macro, micro = metrics.macro_f1(tables, resampled), metrics.micro_f1(tables, resampled)
    assert macro.value == pytest.approx(f1_score(labels, selected, average="macro"), abs=1e-6)
    assert micro.value == pytest.approx(f1_score(labels, selected, average="micro"), abs=1e-6)
    codes = metrics.per_code(tables, resampled, ["a", "b", "c", "d"])
    for index, code in enumerate("abcd"):
        expected = cohen_kappa_score(labels[:, index], selected[:, index])
        assert codes[code].kappa.value == pytest.approx(expected, abs=1e-6)
        assert codes[code].pabak.value == pytest.approx(
            2 * (labels[:, index] == selected[:, index]).mean() - 1, abs=1e-6
        )


def test_a_code_nobody_used_is_left_out_of_the_macro_average() -> None:
    labels = np.zeros((6, 2), dtype=bool)
    labels[:3, 0] = True
    boot = ClusterBootstrap.over("abcdef")
    tables, resampled = metrics.code_tables(labels, labels, boot)
    assert metrics.macro_f1(tables, resampled).value == 1.0
    assert metrics.per_code(tables, resampled, ["used", "never"])["never"].f1.value is None


def test_intervals_respect_groups_and_are_left_out_under_three() -> None:
    truth = np.tile([0, 1], 200)
    forced = np.eye(K)[np.where(np.arange(400) // 40 % 3 == 0, 1 - truth, truth)]
    labels = single_labels(truth)
    rows, _ = metrics.forced_choice(labels, forced, ClusterBootstrap.over([str(row) for row in range(400)]))
    clusters, _ = metrics.forced_choice(
        labels, forced, ClusterBootstrap.over([str(row // 40) for row in range(400)])
    )

    assert width(clusters.accuracy) > 2 * width(rows.accuracy)
    two, _ = metrics.forced_choice(
        labels, forced, ClusterBootstrap.over([str(row % 2) for row in range(400)])
    )
    assert two.accuracy.low is None


def test_polarity_is_forced_between_barrier_and_facilitator() -> None:
    probabilities = np.array([[0.3, 0.2, 0.5], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7], [0.9, 0.1, 0.0]])
    truth = ["barrier", "facilitator", "mixed", None]
    section = metrics.polarity_choice(truth, probabilities, ClusterBootstrap.over("abcd"))
    assert section.n == 2
    assert section.accuracy.value == 1.0
    assert section.mixed == MixedPolarity(1, 1.0)


def test_calibration_error_of_known_cases() -> None:
    sure = np.full(100, 0.9)
    assert metrics.calibration_error(sure, np.arange(100) % 10 > 0, bins=1) == pytest.approx(0)
    assert metrics.calibration_error(sure, np.zeros(100, dtype=bool)) == pytest.approx(0.9)
    assert np.isnan(metrics.calibration_error(np.zeros(0), np.zeros(0, dtype=bool)))


def test_the_calibration_curve_has_bins_of_equal_size_whose_gaps_are_the_error() -> None:
    stated = np.linspace(0.05, 0.95, 50)
    correct = np.arange(50) >= 25
    curve = metrics.calibration_curve(stated, correct, bins=5)
    assert [part.n for part in curve] == [10] * 5
    assert [part.right for part in curve] == [0, 0, 0.5, 1, 1]
    assert [part.confidence for part in curve] == sorted(part.confidence for part in curve)
    error = sum(abs(part.confidence - part.right) * part.n for part in curve) / 50
    assert error == pytest.approx(metrics.calibration_error(stated, correct, bins=5), abs=1e-4)
    assert metrics.calibration_curve(np.zeros(0), np.zeros(0, dtype=bool)) == ()


def test_risk_falls_when_the_unsure_are_left_out() -> None:
    confidence = np.linspace(1, 0, 100)
    curve = metrics.risk_coverage(confidence, np.arange(100) < 60)
    assert curve[0].risk == 0
    assert curve[-1] == RiskPoint(1.0, 0.4)


def book() -> Codebook:
    parents = ["X", "X", "Y", None]
    return Codebook(
        "t", tuple(Code(name, name, parent=parent) for name, parent in zip("abcd", parents, strict=True))
    )


def test_report_has_the_contract_and_leaves_unknown_labels_out(
    case: tuple[np.ndarray, np.ndarray, list[str]],
) -> None:
    truth, forced, groups = case
    labels = single_labels(truth).astype(np.int8)
    labels[0] = -1
    polarity = ["barrier", "facilitator"] * 150
    guess = Guess(forced / 2, forced, forced > 0.9, np.tile([0.6, 0.3, 0.1], (300, 1)))
    report = performance(Truth(labels, polarity, groups), guess, book(), "m")
    assert (report.n, report.n_groups, report.model) == (300, 12, "m")
    assert report.themes.n_single == 299
    assert report.polarity.kappa.value == 0
    assert set(report.to_dict()["codes"]["a"]) >= {
        "support", "precision", "recall", "f1", "kappa", "gwet_ac1", "pabak", "prevalence",
    }  # fmt: skip
    component = np.array([0, 0, 1, 2])
    expected = cohen_kappa_score(component[truth[1:]], component[forced[1:].argmax(1)])
    assert report.components and report.components.kappa.value == pytest.approx(expected, abs=1e-6)
    assert report.confusable[0].codes[0] in "abcd"
    document = report.to_dict()
    themes = {"n_single", "accuracy", "kappa", "top2_accuracy", "forced_macro_f1", "macro_f1", "micro_f1"}
    assert set(document["themes"]) >= themes and set(document["themes"]["ci_low"]) >= themes - {"n_single"}
    assert EvaluationReport.from_dict(json.loads(json.dumps(document))) == report


def test_rows_that_cannot_be_read_are_missed_but_not_asked_in_forced_choice() -> None:
    labels = np.eye(K, dtype=np.int8)[[0, 1, 2, 3, 3, 3]]
    scores = 0.1 + 0.8 * np.eye(K)[[0, 1, 2, 3, 0, 0]]
    read = np.array([True] * 4 + [False] * 2)
    selected = (scores > 0.5) & read[:, None]
    polarity = np.tile([0.9, 0.1, 0.0], (6, 1))
    truth = Truth(labels, ["barrier"] * 4 + ["facilitator"] * 2, list("abcdef"))
    book = Codebook("b", tuple(Code(name, name.upper(), parent="p") for name in "wxyz"))
    report = performance(truth, Guess(scores, scores, selected, polarity, read), book, "m")
    assert (report.n, report.themes.n_single, report.themes.accuracy.value) == (6, 4, 1.0)
    assert (report.polarity.n, report.polarity.accuracy.value) == (4, 1.0)
    assert report.components and report.components.n == 4
    assert report.codes["z"].recall.value == pytest.approx(1 / 3, abs=1e-6)
    assert report.calibration.risk_coverage[-1] == RiskPoint(1.0, 0.0)
    by = by_attribute(truth, Guess(scores, scores, selected, polarity, read), ["here"] * 6)["here"]
    assert (by.n_coded, by.error_rate.value, by.accuracy.value) == (4, 0.0, 1.0)
    nothing = performance(
        truth, Guess(scores, scores, selected, polarity, np.zeros(6, dtype=bool)), book, "m"
    )
    assert nothing.themes.kappa.value is None and nothing.polarity.kappa.value is None


def test_without_the_base_rate_no_code_is_favoured_for_being_common() -> None:
    forced = np.array([[0.6, 0.4], [0.7, 0.3], [0.8, 0.2]])
    even = metrics.without_base_rate(forced)
    assert even.argmax(axis=1).tolist() == [1, 0, 0] and forced.argmax(axis=1).tolist() == [0, 0, 0]
    labels = np.eye(2, dtype=np.int8)[[1, 0, 0]]
    book = Codebook("b", (Code("x", "X"), Code("y", "Y")))
    guess = Guess(forced, forced, forced > 0.65, np.tile([0.9, 0.1, 0.0], (3, 1)))
    themes = performance(Truth(labels, [None] * 3, list("abc")), guess, book, "m").themes
    assert themes.without_base_rate
    assert (themes.accuracy.value, themes.without_base_rate.accuracy.value) == (0.666667, 1.0)


def test_precision_among_the_surest_quarter_needs_enough_suggestions() -> None:
    probability = np.linspace(0.2, 0.9, 80)
    correct = np.arange(80) >= 65
    assert metrics.surest_precision(probability, correct) == 0.75
    assert metrics.surest_precision(probability[:36], correct[:36]) is None
