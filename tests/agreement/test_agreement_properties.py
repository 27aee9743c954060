"""Properties that hold for every table, and an independent implementation of Krippendorff's alpha."""

from collections.abc import Sequence

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from coder.agreement import NAMES, coefficients, set_coefficients
from coder.agreement.coefficients import Level

CATEGORIES = ["a", "b", "c"]
tables = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.sampled_from([*CATEGORIES, None]), min_size=coders, max_size=coders),
        min_size=2,
        max_size=14,
    )
)


Table = list[list[str | None]]


def values(ratings: Table) -> dict[str, float | None]:
    found = coefficients(ratings, categories=CATEGORIES, resamples=0)
    return {name: estimate.value for name, estimate in found.items()}


def same(one: dict[str, float | None], two: dict[str, float | None], names: Sequence[str] = NAMES) -> None:
    for name in names:
        assert (one[name] is None) == (two[name] is None), name
        assert one[name] is None or one[name] == pytest.approx(two[name], abs=1e-9), name


@settings(max_examples=60, deadline=None)
@given(tables)
def test_coder_order_and_category_names_do_not_matter(ratings: Table) -> None:
    same(values(ratings), values([row[::-1] for row in ratings]))
    other = {"a": "c", "b": "a", "c": "b", None: None}
    same(values(ratings), values([[other[rating] for rating in row] for row in ratings]))


@settings(max_examples=60, deadline=None)
@given(tables)
def test_counting_every_unit_three_times_changes_only_alpha(ratings: Table) -> None:
    names = [name for name in NAMES if name != "krippendorff_alpha"]
    same(values(ratings), values(ratings * 3), names)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_units_rated_once_leave_alpha_alone(ratings: Table) -> None:
    alone = ["a"] + [None] * (len(ratings[0]) - 1)
    same(values(ratings), values([*ratings, alone]), ["krippendorff_alpha", "percent_agreement"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(CATEGORIES), min_size=2, max_size=2), min_size=2, max_size=14))
def test_two_coders_make_equals_of_conger_cohen_and_light_and_of_fleiss_and_scott(ratings: Table) -> None:
    found = values(ratings)
    for one, two in (
        ("conger_kappa", "cohen_kappa"),
        ("light_kappa", "cohen_kappa"),
        ("fleiss_kappa", "scott_pi"),
    ):
        same({"x": found[one]}, {"x": found[two]}, ["x"])


@settings(max_examples=60, deadline=None)
@given(tables)
def test_sets_of_one_code_give_one_alpha(ratings: Table) -> None:
    sets = [[None if rating is None else {rating} for rating in row] for row in ratings]
    found = set_coefficients(sets, codes=CATEGORIES, resamples=0)
    plain = values(ratings)["krippendorff_alpha"]
    for name in ("masi_alpha", "jaccard_alpha", "nominal_set_alpha"):
        assert (found[name].value is None) == (plain is None)
        assert plain is None or found[name].value == pytest.approx(plain, abs=1e-9)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("seed", range(6))
def test_alpha_equals_the_krippendorff_package(level: Level, seed: int) -> None:
    random = np.random.default_rng(seed)
    truth = random.integers(1, 6, 30)
    ratings = np.where(random.random((30, 4)) < 0.6, truth[:, None], random.integers(1, 6, (30, 4))).astype(
        float
    )
    ratings[random.random(ratings.shape) < 0.2] = np.nan
    wanted = krippendorff.alpha(ratings.T, level_of_measurement=level, value_domain=[1, 2, 3, 4, 5])
    found = coefficients(ratings, categories=[1, 2, 3, 4, 5], level=level, resamples=0)
    assert found["krippendorff_alpha"].value == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_cohen_equals_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    ratings = random.integers(0, 4, (40, 2))
    found = coefficients(ratings, categories=range(4), level="ordinal", resamples=0)
    for name, weights in (
        ("cohen_kappa", None), ("weighted_kappa_linear", "linear"), ("weighted_kappa_quadratic", "quadratic"),
    ):  # fmt: skip
        wanted = cohen_kappa_score(*ratings.T, labels=range(4), weights=weights)
        assert found[name].value == pytest.approx(wanted, abs=1e-9)


def test_lists_arrays_masks_and_indicators_are_the_same_sets() -> None:
    random = np.random.default_rng(3)
    given_codes = random.random((60, 3, 4)) < 0.3
    names = ["a", "b", "c", "d"]
    lists = [[[n for n, x in zip(names, cell, strict=True) if x] for cell in row] for row in given_codes]
    masks = (given_codes * 2 ** np.arange(4)).sum(axis=2)
    wanted = set_coefficients(lists, codes=names)
    for other in (masks, given_codes, np.array(given_codes, dtype=np.int8)):
        found = set_coefficients(other, codes=names)
        for name, estimate in wanted.overall.items():
            assert found[name].value == pytest.approx(estimate.value, abs=1e-12), name
            assert found[name].low == pytest.approx(estimate.low, abs=1e-12), name


def test_more_codes_than_a_machine_word_holds() -> None:
    random = np.random.default_rng(4)
    given_codes = random.random((50, 2, 80)) < 0.05
    lists = [[set(np.flatnonzero(cell).tolist()) for cell in row] for row in given_codes]
    wanted = set_coefficients(lists, codes=range(80), resamples=0)
    found = set_coefficients(given_codes, resamples=0)
    assert found["masi_alpha"].value == pytest.approx(wanted["masi_alpha"].value)
    assert found["pooled_kappa"].value == pytest.approx(wanted["pooled_kappa"].value)


def test_a_crowd_of_coders_gives_the_mean_of_all_its_pairs() -> None:
    random = np.random.default_rng(8)
    ratings = random.integers(1, 4, (60, 30)).astype(float)
    ratings[random.random(ratings.shape) < 0.8] = np.nan
    found = coefficients(ratings, categories=[1, 2, 3], level="ordinal", resamples=0)
    pairs = [
        coefficients(ratings[:, [one, two]], categories=[1, 2, 3], level="ordinal", resamples=0)
        for one in range(30)
        for two in range(one + 1, 30)
    ]
    for crowd, pair in (
        ("light_kappa", "cohen_kappa"),
        *[(f"weighted_kappa_{k}",) * 2 for k in ("linear", "quadratic")],
    ):
        values_of_pairs = [result[pair].value for result in pairs]
        known = [value for value in values_of_pairs if value is not None]
        assert found[crowd].value == pytest.approx(np.mean(known)), crowd
