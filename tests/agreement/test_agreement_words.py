"""Planning and interpretation: numbers in print, and words only with intervals."""

import numpy as np
import pytest

from coder.agreement import set_coefficients
from coder.agreement.interpretation import in_words, krippendorff, landis_koch, paradoxes
from coder.agreement.sample_size import design_effect, more_units, required_units
from coder.errors import InputError
from coder.statistics import Estimate

PUBLISHED = {  # Donner & Eliasziw's variance, 95 % half-width .10
    (0.6, 0.05): 1346, (0.6, 0.1): 705, (0.6, 0.3): 295, (0.6, 0.5): 246,
    (0.7, 0.05): 1090, (0.7, 0.1): 569, (0.7, 0.3): 236, (0.7, 0.5): 196,
    (0.8, 0.05): 767, (0.8, 0.1): 401, (0.8, 0.3): 166, (0.8, 0.5): 138,
}  # fmt: skip


@pytest.mark.parametrize(("kappa", "prevalence"), PUBLISHED)
def test_units_needed_for_a_kappa_of_given_precision(kappa: float, prevalence: float) -> None:
    assert required_units(kappa, prevalence) == PUBLISHED[kappa, prevalence]


def test_design_effect_and_impossible_plans() -> None:
    assert design_effect(25, 0.05) == pytest.approx(2.2)
    with pytest.raises(InputError):
        required_units(0.7, 0)


def test_more_units_from_the_width_reached() -> None:
    plan = more_units(Estimate(0.7, 0.5, 0.9, 0.1), Estimate(0.7, se=0.05), 200, 10, 0.1)
    assert plan.half_width == pytest.approx(0.2)
    assert plan.design_effect == pytest.approx(4)
    assert (plan.units_needed, plan.more_units, plan.more_transcripts) == (800, 600, 30)
    assert more_units(Estimate(None), Estimate(None), 200, 10, 0.1).units_needed is None


def test_bands_need_an_interval_and_an_author() -> None:
    assert in_words("Kappa", Estimate(0.7), "Landis & Koch (1977)") is None
    sentence = in_words("Kappa", Estimate(0.7, 0.35, 0.85), "Landis & Koch (1977)")
    assert sentence is not None and "from 'fair' to 'almost perfect'" in sentence and "1977" in sentence
    assert krippendorff(0.7) == "good enough for tentative conclusions only"
    assert landis_koch(0.61) == "substantial"


def paradox_of(table: list[list[int]]) -> str | None:
    marks = [
        [{"x"} if given else set() for given in (one, two)]
        for one, row in enumerate(table)
        for two, count in enumerate(row)
        for _ in range(count)
    ]
    return paradoxes({"x": set_coefficients(marks, codes=["x"], resamples=0)["x"]})


def test_the_paradox_is_explained_where_it_occurs_and_only_there() -> None:
    sentence = paradox_of([[90, 4], [4, 2]])
    assert sentence is not None and "rare" in sentence and "Feinstein & Cicchetti 1990" in sentence
    assert paradox_of([[45, 5], [5, 45]]) is None
    assert paradox_of([[50, 20], [20, 10]]) is None


def test_confusion_counts_meetings_of_codes() -> None:
    from coder.agreement.code_sets import read_sets
    from coder.agreement.confusion import confusion_matrices

    sets = read_sets([[{"a"}, {"a"}], [{"a"}, {"b"}], [{"a", "b"}, {"a"}], [set(), {"b"}], [set(), set()]])
    (matrix,) = confusion_matrices(sets, ["R1", "R2"])
    assert matrix.labels == ("a", "b", "(nothing to code)")
    assert matrix.counts == ((2, 1, 0), (0, 0, 1), (0, 1, 1))
    assert np.sum(matrix.counts) == 6
