"""What cannot be computed is None with the reason: never NaN, 0, 1 or a crash."""

import math
from typing import Any

import numpy as np
import pytest

from coder.agreement import NAMES, ORDINAL_NAMES, coefficients, set_coefficients, unit_coefficients
from coder.agreement.coefficients import Level
from coder.errors import InputError

N = None
EMPTY = {
    "no units": ([], "no ratings"),
    "no coders": ([[], []], "no ratings"),
    "single coder": ([[1], [2]], "only one coder"),
    "all missing": ([[N, N], [N, N]], "every rating is missing"),
    "no overlap": ([[1, N], [N, 2], [1, N]], "no unit was rated by two coders"),
    "one of two coders silent": ([[1, N], [2, N]], "only one coder"),
}


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_compare_leaves_every_coefficient_undefined(name: str, level: Level) -> None:
    ratings, reason = EMPTY[name]
    result = coefficients(ratings, level=level)
    assert set(result) >= set(NAMES)
    for estimate in result.values():
        assert estimate.value is estimate.low is estimate.high is estimate.se is None
        assert reason in str(estimate.reason)


@pytest.mark.parametrize("clusters", [None, [0, 0, 1, 1], [0, 1, 2, 3]])
def test_one_category_only_is_undefined_where_chance_is_complete(clusters: list[int] | None) -> None:
    result = coefficients([["x", "x"]] * 4, categories=["x", "y"], clusters=clusters)
    for name in ("cohen_kappa", "scott_pi", "fleiss_kappa", "conger_kappa", "krippendorff_alpha"):
        assert result[name].value is None
        assert result[name].reason == "only one category was ever used"
    assert result["percent_agreement"].value == 1.0
    assert result["gwet_ac1"].value == result["brennan_prediger"].value == 1.0


def test_one_category_undeclared_leaves_nothing_but_percent_agreement() -> None:
    result = coefficients([["x", "x"], ["x", "x"]])
    assert [name for name, estimate in result.items() if estimate.value is not None] == ["percent_agreement"]


def test_one_unit_has_a_value_but_no_interval() -> None:
    result = coefficients([[1, 2]])
    assert result["cohen_kappa"].value == 0.0
    assert result["gwet_ac1"].low is None and "interval" in str(result["gwet_ac1"].note)


def test_kappas_of_two_coders_are_undefined_for_three() -> None:
    result = coefficients([[1, 1, 2], [2, 2, 2], [1, 2, 1]])
    assert "3 rated" in str(result["cohen_kappa"].reason) and "3 rated" in str(result["scott_pi"].reason)
    assert result["light_kappa"].value is not None


def test_coders_who_never_meet_are_left_out_of_the_mean_of_pairs_and_said_so() -> None:
    ratings = [[1, 1, N], [2, 2, N], [1, 2, N], [N, 1, 1], [N, 2, 2], [N, 2, 1]]
    light = coefficients(ratings)["light_kappa"]
    assert light.value is not None
    assert "2 of 3 pairs" in str(light.note)


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([], "no ratings"),
        ([[{"a"}]], "only one coder"),
        ([[N, N]], "every rating is missing"),
        ([[{"a"}, N], [N, {"b"}]], "no unit was rated by two coders"),
    ],
)
def test_sets_without_anything_to_compare(ratings: list[list[set[str] | None]], reason: str) -> None:
    result = set_coefficients(ratings, codes=["a", "b"])
    for name, estimate in result.overall.items():
        assert estimate.value is None and reason in str(estimate.reason), name
    assert reason in str(result["a"]["cohen_kappa"].reason)


def test_all_sets_empty_agree_without_saying_anything() -> None:
    result = set_coefficients([[set(), set()], [set(), set()]], codes=["a"])
    assert result["percent_agreement"].value == 1.0
    assert result["masi_alpha"].reason == "no code was ever used"
    assert result["macro_gwet_ac1"].reason == "no code was ever used"


def test_a_code_nobody_used_stays_out_of_the_macro_mean_and_is_marked() -> None:
    ratings = [[{"a"}, {"a"}], [{"a"}, set()], [set(), set()], [set(), set()]]
    with_unused = set_coefficients(ratings, codes=["a", "never"])
    assert with_unused["macro_gwet_ac1"].value == with_unused["a"]["gwet_ac1"].value
    assert with_unused["never"]["gwet_ac1"].value == 1.0
    assert "nobody used" in str(with_unused["never"]["gwet_ac1"].note)
    assert with_unused["never"]["cohen_kappa"].value is None


@pytest.mark.parametrize(
    ("units", "length", "reason"),
    [
        ([], 10, "no coders"),
        ([[(0, 5, "a")]], 10, "only one coder"),
        ([[], []], 10, "nobody marked anything"),
        ([[], []], 0, "nobody marked anything"),
        ([[(0, 10, "a")], [(0, 10, "a")]], 10, "one and the same value"),
    ],
)
def test_marks_without_anything_to_compare(
    units: list[list[tuple[int, int, str]]], length: int, reason: str
) -> None:
    assert reason in str(unit_coefficients(units, length)["alpha_u"].reason)


def test_nan_is_missing_and_never_a_category() -> None:
    given = [[1.0, 1.0], [2.0, math.nan], [np.nan, 2.0], [2.0, 2.0], [1.0, 2.0]]
    none = [[1, 1], [2, N], [N, 2], [2, 2], [1, 2]]
    assert coefficients(given) == coefficients(none)
    assert coefficients(np.array(given)) == coefficients(none)
    masked = np.ma.masked_invalid(np.array(given))
    assert coefficients(masked) == coefficients(none)


def test_pandas_frames_with_na_are_read() -> None:
    import pandas as pd

    frame = pd.DataFrame({"R1": pd.array([1, 2, None, 2], dtype="Int64"), "R2": [1.0, 2.0, 1.0, 1.0]})
    assert (
        coefficients(frame)["cohen_kappa"].value
        == coefficients([[1, 1], [2, 2], [N, 1], [2, 1]])["cohen_kappa"].value
    )


@pytest.mark.parametrize(
    ("ratings", "options", "words"),
    [
        ([[1, 2], [1]], {}, "Row 2 of the ratings has 1 entries"),
        ([[1, 2], ["wrong", 1]], {"categories": [1, 2]}, "'wrong' (first in row 2)"),
        ([[1, [2]]], {}, "set_coefficients"),
        ([["low", "high"]], {"level": "ordinal"}, "from lowest to highest"),
        ([[1, 2]], {"level": "ranked"}, "no level 'ranked'"),
        ([[1, 2]], {"clusters": ["t1", "t2"]}, "2 cluster labels for 1 units"),
        ("text", {}, "table"),
    ],
)
def test_input_that_is_no_table_of_ratings_is_refused_with_its_place(
    ratings: object, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as error:
        coefficients(ratings, **options)
    assert words in str(error.value)


def test_codes_outside_the_codebook_are_refused_with_their_row() -> None:
    with pytest.raises(InputError, match=r"'z' \(first in row 2\)"):
        set_coefficients([[{"a"}, {"a"}], [{"a"}, {"z"}]], codes=["a"])


@pytest.mark.parametrize("unit", [(5, 5, "a"), (-1, 3, "a"), (4, 11, "a")])
def test_units_outside_the_text_are_refused(unit: tuple[int, int, str]) -> None:
    with pytest.raises(InputError, match="coder 2"):
        unit_coefficients([[(0, 5, "a")], [unit]], 10)


def test_ordinal_names_exist_only_at_the_ordinal_level() -> None:
    assert set(ORDINAL_NAMES) <= set(coefficients([[1, 2], [2, 2]], level="ordinal"))
    assert not set(ORDINAL_NAMES) & set(coefficients([[1, 2], [2, 2]]))


@pytest.mark.parametrize("units", [1, 8])
def test_a_formula_without_spread_gives_no_interval_of_no_width(units: int) -> None:
    kappa = coefficients([["a", "b"]] * units, categories=["a", "b"])["cohen_kappa"]
    assert kappa.value == 0
    assert (kappa.low, kappa.high) == (None, None)
    assert "interval" in (kappa.note or "")
