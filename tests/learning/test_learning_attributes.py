"""Figures by an attribute: error rates, their difference to the rest, and values too thin to speak of."""

import numpy as np
import pytest

from coder.learning.evaluation.report import FEW_GROUPS, Guess, Truth, by_attribute
from tests.present import bounds, width

K = 3


def case(wrong: np.ndarray, groups: list[str]) -> tuple[Truth, Guess]:
    """Rows of one code each, whose best-scored code is another one where `wrong`."""
    truth = np.arange(len(wrong)) % K
    best = np.where(wrong, (truth + 1) % K, truth)
    scores = 0.1 + 0.8 * np.eye(K)[best]
    polarity = np.tile([0.6, 0.3, 0.1], (len(wrong), 1))
    labels = np.eye(K, dtype=np.int8)[truth]
    return Truth(labels, [None] * len(wrong), groups), Guess(scores, scores, scores > 0.5, polarity)


def test_error_rates_and_their_difference_are_those_counted_by_hand() -> None:
    wrong = np.zeros(200, dtype=bool)
    wrong[:100:4] = True  # a quarter of the nurses' rows, a tenth of the patients'
    wrong[100::10] = True
    groups = [f"g{row // 10}" for row in range(200)]
    found = by_attribute(*case(wrong, groups), ["nurse"] * 100 + ["patient"] * 100)
    nurse, patient = found["nurse"], found["patient"]
    assert (nurse.n, nurse.n_groups, nurse.n_coded) == (100, 10, 100)
    assert nurse.error_rate.value == 0.25 and patient.error_rate.value == 0.1
    assert nurse.accuracy.value == 0.75
    assert nurse.difference.value == pytest.approx(0.15) == -(patient.difference.value or 0)
    low, _, high = bounds(nurse.difference)
    assert low < 0.15 < high
    assert nurse.difference.low == pytest.approx(-(patient.difference.high or 0))
    assert not nurse.too_few


def test_intervals_resample_groups_whole() -> None:
    wrong = np.arange(200) // 20 % 2 == 0  # whole groups all wrong or all right
    values = ["a" if row % 4 < 2 else "b" for row in range(200)]
    by_group = by_attribute(*case(wrong, [str(row // 20) for row in range(200)]), values)["a"]
    by_row = by_attribute(*case(wrong, [str(row) for row in range(200)]), values)["a"]
    assert width(by_group.error_rate) > 1.5 * width(by_row.error_rate)


def test_a_value_of_few_groups_is_marked_and_has_no_interval_below_three() -> None:
    wrong = np.zeros(120, dtype=bool)
    groups = [f"g{row // 60}" for row in range(60)] + [f"h{row // 6}" for row in range(60)]
    groups[30:60] = ["g1"] * 30
    found = by_attribute(*case(wrong, groups), ["few"] * 60 + ["many"] * 60)
    assert found["few"].n_groups == 2 < FEW_GROUPS
    assert found["few"].too_few and not found["many"].too_few
    assert found["few"].error_rate.value == 0
    assert found["few"].error_rate.low is None
    assert (
        found["many"].difference.low is None and found["many"].error_rate.low is not None
    )  # the rest are two groups


def test_rows_without_a_code_count_but_have_no_best_code_to_be_wrong() -> None:
    truth, guess = case(np.zeros(40, dtype=bool), [str(row) for row in range(40)])
    truth.labels[:10] = 0
    truth.labels[10] = -1
    found = by_attribute(truth, guess, [None] * 40)["(empty)"]
    assert (found.n, found.n_coded, found.error_rate.value) == (40, 29, 0)
    assert found.difference.value is None  # there is no rest
    assert found.polarity_kappa.value is None


def test_a_study_that_is_one_group_has_intervals_over_its_rows() -> None:
    wrong = np.arange(120) % 4 == 0
    studies = [f"s{row // 40}" for row in range(120)]
    plain, whole = (by_attribute(*case(wrong, studies), studies, whole=flag)["s0"] for flag in (False, True))
    assert plain.too_few and plain.theme_kappa.low is None and not plain.by_rows
    assert not whole.too_few and whole.by_rows and whole.n_groups == 1
    low, kappa, high = bounds(whole.theme_kappa)
    assert low < kappa < high
    people = [f"p{row // 10}" for row in range(120)]
    assert not by_attribute(*case(wrong, people), studies, whole=True)["s0"].by_rows
