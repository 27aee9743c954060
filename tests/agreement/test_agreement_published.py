"""Coefficients against numbers in print. Each test names its source."""

from collections.abc import Mapping

import numpy as np
import pytest

from coder.agreement import coefficients, set_coefficients, unit_coefficients
from coder.agreement.coefficients import CodeEstimates, Level
from coder.statistics import Estimate

N = None
# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", data C: four observers, twelve units.
KRIPPENDORFF_C = [
    [1, 1, N, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [N, 5, 5, 5], [N, N, 1, 1], [N, N, 3, N],
]  # fmt: skip
# Fleiss (1971): 30 patients by six psychiatrists; counts per diagnosis.
FLEISS_1971 = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
    [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
    [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
    [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip


def from_table(table: list[list[int]]) -> list[list[int]]:
    """Return ratings of two coders with this contingency table (first coder's categories in rows)."""
    return [
        [row, column]
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def value(result: Mapping[str, Estimate] | CodeEstimates, name: str) -> float:
    estimate = result[name]
    assert estimate.value is not None, estimate.reason
    return estimate.value


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorff_2011_data_c(level: Level, alpha: float) -> None:
    assert value(coefficients(KRIPPENDORFF_C, level=level), "krippendorff_alpha") == pytest.approx(
        alpha, abs=5e-4
    )


def test_gwet_2014_coefficients_and_standard_errors_with_missing_ratings() -> None:
    # Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.: the same twelve units.
    result = coefficients(KRIPPENDORFF_C, categories=[1, 2, 3, 4, 5])
    printed = {
        "percent_agreement": (0.8182, 0.12561),
        "gwet_ac1": (0.77544, 0.14295),
        "fleiss_kappa": (0.76117, 0.15302),
        "conger_kappa": (0.76282, 0.14917),
        "brennan_prediger": (0.77273, 0.14472),
    }
    for name, (coefficient, error) in printed.items():
        assert value(result, name) == pytest.approx(coefficient, abs=6e-5), name
        assert result[name].se == pytest.approx(error, abs=6e-6), name
    assert result["gwet_ac1"].low == pytest.approx(0.46081, abs=1e-5)
    assert result["gwet_ac1"].high == 1.0


def test_krippendorff_2011_data_a_and_b() -> None:
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    binary = coefficients(list(zip(meg, owen, strict=True)))
    assert value(binary, "krippendorff_alpha") == pytest.approx(0.095, abs=5e-4)
    letters = coefficients(list(zip("aabbdcccedda", "babbbccceddd", strict=True)))
    assert value(letters, "krippendorff_alpha") == pytest.approx(0.692, abs=5e-4)


def test_fleiss_1971() -> None:
    ratings = [[k for k, count in enumerate(unit) for _ in range(count)] for unit in FLEISS_1971]
    result = coefficients(ratings)
    assert value(result, "fleiss_kappa") == pytest.approx(0.430, abs=5e-4)
    assert value(result, "krippendorff_alpha") == pytest.approx(0.4334, abs=5e-5)
    assert value(result, "percent_agreement") == pytest.approx(0.5556, abs=5e-5)


def test_cohen_1960_and_its_standard_error() -> None:
    # Fleiss, Cohen & Everitt (1969): diagnoses of two psychiatrists, kappa .429, weighted kappa .348.
    table = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    result = coefficients(from_table(table))
    assert value(result, "cohen_kappa") == pytest.approx(0.4286, abs=5e-5)
    assert result["cohen_kappa"].se == pytest.approx(0.054, abs=5e-4)


@pytest.mark.parametrize(
    ("table", "kappa", "pabak"),
    [([[40, 9], [6, 45]], 0.70, 0.70), ([[80, 10], [5, 5]], 0.32, 0.70)],
)
def test_feinstein_and_cicchetti_1990_same_agreement_two_kappas(
    table: list[list[int]], kappa: float, pabak: float
) -> None:
    result = coefficients(from_table(table))
    assert value(result, "percent_agreement") == pytest.approx(0.85)
    assert value(result, "cohen_kappa") == pytest.approx(kappa, abs=5e-3)
    assert value(result, "pabak") == pytest.approx(pabak)


def test_byrt_1993_indices_beside_the_paradox() -> None:
    marks = [[{"x"} if rating == 0 else set() for rating in row] for row in from_table([[80, 10], [5, 5]])]
    code = set_coefficients(marks)["x"]
    assert value(code, "positive_agreement") == pytest.approx(160 / 175)
    assert value(code, "negative_agreement") == pytest.approx(10 / 25)
    assert value(code, "prevalence_index") == pytest.approx(0.75)
    assert value(code, "bias_index") == pytest.approx(0.05)


def test_cohen_1968_weighted_kappa_against_the_definition() -> None:
    table = np.array([[5, 3, 1], [2, 6, 4], [0, 3, 8]])
    size, place = table.sum(), np.arange(3)
    distance = np.abs(place[:, None] - place)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / size
    result = coefficients(from_table(table.tolist()), categories=[0, 1, 2], level="ordinal")
    for name, power in (("weighted_kappa_linear", 1), ("weighted_kappa_quadratic", 2)):
        kappa = 1 - (table * distance**power).sum() / (expected * distance**power).sum()
        assert value(result, name) == pytest.approx(kappa, abs=1e-12)


def test_passonneau_2006_masi_distances() -> None:
    from coder.agreement.code_sets import between

    sets = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=bool)
    wanted = [0, 1 - 2 / 3 * 2 / 3, 1 - 1 / 3 * 1 / 3, 1, 1]
    first, last = between(sets[[0] * 5], sets), between(sets[[4] * 5], sets)
    assert first["masi"] == pytest.approx(wanted)
    assert last["masi"] == pytest.approx([1, 1, 1, 1, 0])
    assert first["jaccard"] == pytest.approx([0, 1 / 3, 2 / 3, 1, 1])


def test_de_vries_2008_pooled_kappa_is_not_the_mean_of_kappas() -> None:
    # de Vries et al. (2008): pooled kappa = (mean Po - mean Pe) / (1 - mean Pe).
    tables = {"a": [[40, 2], [3, 5]], "b": [[10, 5], [5, 30]], "c": [[45, 2], [2, 1]]}
    columns = {code: from_table(table) for code, table in tables.items()}
    marks = [
        [{code for code in tables if columns[code][unit][coder] == 1} for coder in (0, 1)]
        for unit in range(50)
    ]
    shares = {code: np.array(table) / 50 for code, table in tables.items()}
    observed = np.mean([np.trace(share) for share in shares.values()])
    expected = np.mean([share.sum(axis=1) @ share.sum(axis=0) for share in shares.values()])
    result = set_coefficients(marks)
    assert value(result, "pooled_kappa") == pytest.approx((observed - expected) / (1 - expected))
    kappas = [value(result[code], "cohen_kappa") for code in tables]
    assert value(result, "macro_cohen_kappa") == pytest.approx(np.mean(kappas))
    assert value(result, "pooled_kappa") != pytest.approx(np.mean(kappas), abs=0.01)


def krippendorff_2004_units() -> list[list[tuple[int, int, str]]]:
    # Krippendorff (2004), Quality & Quantity 38, p. 793: continuum 150..450, here from 0.
    one = [(225, 70, "c"), (370, 30, "c"), (180, 60, "k"), (300, 50, "k")]
    two = [(220, 80, "c"), (355, 20, "c"), (400, 20, "c"), (180, 60, "k"), (300, 50, "k")]
    return [[(a - 150, a - 150 + size, code) for a, size, code in coder] for coder in (one, two)]


def test_krippendorff_2004_unitizing_alpha() -> None:
    result = unit_coefficients(krippendorff_2004_units(), 300)
    assert value(result["c"], "alpha_u_2004") == pytest.approx(0.7286, abs=1e-4)
    assert value(result["k"], "alpha_u_2004") == pytest.approx(1.0)
    assert value(result, "alpha_u_2004") == pytest.approx(0.8591, abs=5e-4)
    assert result["alpha_u"].value is None and "overlap" in str(result["alpha_u"].reason)


def test_krippendorff_2016_unitizing_alpha_against_a_written_out_case() -> None:
    # Ten characters; first coder marks 0-4, second 0-5. Coincidences: o_uu 8, o_gg 10, o_ug 2 (of 20).
    # Chance: units 9^2 - (16 + 25), gaps 11^2 - 11, of 20^2 - 41 - 11.
    result = unit_coefficients({"A": [(0, 4, "x")], "B": [(0, 5, "x")]}, 10)
    possible = 400 - 41 - 11
    same = (81 - 41) + (121 - 11)
    assert value(result, "alpha_u") == pytest.approx(1 - (2 / 20) / (1 - same / possible))


def test_nvivo_character_kappa() -> None:
    # 10,000 characters, two coders mark 300 each, 200 shared: the usual NVivo figure.
    result = unit_coefficients([[(0, 300, "x")], [(100, 400, "x")]], 10_000)
    observed, expected = 0.98, 0.03**2 + 0.97**2
    assert value(result["x"], "char_percent_agreement") == pytest.approx(observed)
    assert value(result["x"], "char_cohen_kappa") == pytest.approx((observed - expected) / (1 - expected))
