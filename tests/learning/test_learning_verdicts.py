"""Verdicts: what was tested must be clearly better than chance; what was not is said in true words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.codebook import Code, Codebook
from coder.learning import TrainingSet, label_matrix
from coder.learning.persistence.card import CodeVerdict
from coder.learning.training.model_card import beside_people, verdicts_of
from tests.present import present

BOOK = Codebook("b", (Code("x", "X", "Means x."), Code("y", "Y"), Code("z", "Z", "Means z.")))


def judged(
    codes: Sequence[Sequence[str]],
    chosen: NDArray[Any],
    groups: Sequence[str] = (),
    *,
    whole: bool = True,
    resamples: int = 500,
) -> list[CodeVerdict]:
    data = TrainingSet([f"t{row}" for row in range(len(codes))], label_matrix(codes, BOOK), groups=groups)
    everything = np.ones((len(codes), 3), dtype=bool)
    return verdicts_of(
        data, BOOK, np.asarray(chosen, dtype=bool), everything, whole=whole, resamples=resamples
    )


def right_but(wrong: float, codes: Sequence[Sequence[str]], seed: int = 0) -> NDArray[np.bool_]:
    """Return choices as the codes are, but for a share of wrong ones."""
    chosen: NDArray[np.bool_] = label_matrix(codes, BOOK) == 1
    chosen[np.random.default_rng(seed).random(chosen.shape) < wrong] ^= True
    return chosen


def test_a_code_that_fails_says_what_would_mend_it() -> None:
    codes = [["x"]] * 20 + [["y"]] * 4 + [["z"]] * 20
    chosen = np.zeros((44, 3), dtype=bool)
    chosen[24:, 2] = True
    chosen[::2, 0] = True
    found = judged(codes, chosen)
    assert [verdict.usable for verdict in found] == [False, False, True]
    assert "sharpen" in found[0].mend and "write a definition" in found[1].mend
    assert found[2].why == "held-out kappa 1.00 [1.00, 1.00]" and found[2].mend == ""


def test_the_words_are_true_for_codes_that_could_not_be_tested() -> None:
    unused, undefined, always = judged([["z"]] * 30, np.ones((30, 3)))
    assert unused.why == "never used in your coding: the codebook's text speaks for it, not tested"
    assert unused.usable and unused.kappa is None
    assert undefined.why == "never used in your coding and no definition" and not undefined.usable
    assert "excerpts WITHOUT it are missing" in always.why and always.usable and always.kappa is None
    few = judged([["x"]] * 7 + [["z"]] * 30, np.ones((37, 3)))[0]
    assert (
        few.why.startswith("only 7 coded excerpts:") and few.mend == "code 3 more excerpts with it to test it"
    )
    for verdict in (unused, undefined, always, few):
        assert not set(verdict.why.split(". ")) & set(verdict.mend.split(". "))


def test_a_kappa_that_may_be_chance_is_not_enough() -> None:
    """All hits lie in one group of many: without that group nothing is left of the agreement."""
    codes = [["x"]] * 12 + [["z"]] * 60
    groups = [f"g{row // 6}" for row in range(72)]
    chosen = np.zeros((72, 3), dtype=bool)
    chosen[:6, 0] = True
    chosen[6:12, 2] = chosen[12:, 2] = True
    lucky = judged(codes, chosen, groups)[0]
    assert lucky.kappa is not None and lucky.kappa > 0.5 and lucky.ci_low == 0.0
    assert not lucky.usable and "not clearly better than chance" in lucky.why
    steady = judged(codes, right_but(0.05, codes), groups)[0]
    assert steady.usable and steady.ci_low is not None and steady.ci_low > 0


def test_rows_are_resampled_in_one_group_and_it_is_not_called_held_out() -> None:
    codes = [["x"], ["z"]] * 40
    found = judged(codes, right_but(0.2, codes), ["one"] * 80, whole=False)[0]
    assert present(found.ci_low) < present(found.kappa) < present(found.ci_high)
    assert found.why.startswith("kappa on parts of the one group there is 0.")


def test_the_ceiling_that_coders_set_is_named() -> None:
    codes = [["x"], ["z"]] * 40
    found = beside_people(judged(codes, right_but(0.1, codes)), {"x": 0.724, "y": 0.5})
    assert found[0].coders == 0.724 and found[0].why.endswith("; coders reach 0.72")
    assert found[1].coders is None and "coders" not in found[1].why
    assert found[2].coders is None


@pytest.mark.parametrize("resamples", [50, 500])
def test_verdicts_are_the_same_each_time(resamples: int) -> None:
    codes = [["x"], ["z"]] * 40
    twice = [judged(codes, right_but(0.1, codes), resamples=resamples) for _ in range(2)]
    assert twice[0] == twice[1]
