"""Held-out splits: groups whole, copies never learned from where they are tested, one group parted in its order."""

import numpy as np
import pytest

from coder.codebook import Codebook
from coder.learning import TrainingSet, blank_model, train_model
from coder.learning.dataset import folds_of, group_folds, repeats
from coder.learning.training.cross_validation import cross_validated, split, untestable
from coder.learning.training.model_card import PARTS, WHOLE
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts
from tests.present import present

BOILERPLATE = "i have nothing further to add to what i said before"


def with_boilerplate(codebook: Codebook, n: int = 90) -> TrainingSet:
    """Excerpts of five groups, each of which ends with one and the same sentence."""
    data = excerpts(codebook, n)
    groups = sorted(set(data.groups))
    labels = np.vstack([data.labels, np.tile(data.labels[1], (len(groups), 1))])
    polarity = [*data.polarity, *[None] * len(groups)]
    return TrainingSet(
        [*data.texts, *[BOILERPLATE] * len(groups)], labels, polarity, groups=[*data.groups, *groups]
    )


def test_groups_stay_whole_and_folds_are_alike() -> None:
    folds = group_folds(np.arange(30) // 3, np.arange(30) % 2, 5)
    assert all(len(set(folds[start : start + 3])) == 1 for start in range(0, 30, 3))
    assert np.bincount(folds).tolist() == [6] * 5


def test_groups_without_a_label_in_common_do_not_all_fall_into_one_fold() -> None:
    folds = group_folds(np.array([0, 0, 1, 1, 2, 2]), np.array([1, 4, 2, 3, 5, 5]), 5)
    assert np.bincount(folds).tolist() == [2, 2, 2]


def test_copies_are_counted_and_only_long_ones_are_twins() -> None:
    texts = [
        "This very sentence was said twice over",
        "other",
        "this very  sentence was said twice over",
        "No",
        "no",
    ]
    found = repeats(texts, ["a", "a", "b", "c", "d"])
    assert (found.long, found.short) == (1, 1)
    assert found.twins[0] == found.twins[2] >= 0 and (found.twins[[1, 3, 4]] == -1).all()
    assert repeats(texts, ["a"] * 5).long == 0


def test_a_sentence_that_all_groups_share_leaves_the_groups_apart(codebook: Codebook) -> None:
    data = with_boilerplate(codebook)
    folds = split(data, data.groups)[0]
    assert folds.count == 5 and folds.whole
    for inside, outside in folds.parts():
        assert {data.groups[row] for row in inside}.isdisjoint({data.groups[row] for row in outside})
        assert BOILERPLATE in {data.texts[row] for row in outside}
        assert BOILERPLATE not in {data.texts[row] for row in inside}
        assert len(inside) == 72


def test_a_model_is_learned_and_measured_where_all_groups_share_a_sentence(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    data = with_boilerplate(codebook)
    base = blank_model(codebook, encoder)
    model = train_model(data, codebook, base=base)
    assert present(present(model.card.held_out.themes).kappa) > 0.7
    assert model.card.data.repeated_across_groups == 4
    found = cross_validated(data, codebook, data.groups, lambda part: train_model(part, codebook, base=base))
    assert present(found.report.themes.kappa.value) > 0.7 and found.report.repeated_texts == 4


def test_a_single_group_is_parted_in_its_order_and_learned_from(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    data = excerpts(codebook, 90)
    one = TrainingSet(data.texts, data.labels, data.polarity, groups=["interview"] * 90)
    folds = split(one, one.groups)[0]
    assert not folds.whole and np.array_equal(folds.of, np.arange(90) // 18)
    model = train_model(one, codebook, base=blank_model(codebook, encoder))
    weights = model.card.weights.themes
    assert max(weights, key=lambda view: weights[view]) != "reading"
    assert model.card.held_out.measured_on == PARTS
    assert present(present(model.card.held_out.themes).kappa) > 0.7
    said = " ".join([model.card.limits, *(verdict.why for verdict in model.card.codes)])
    assert "parts of" in said and "held-out kappa" not in said and "groups held out" not in said
    several = train_model(data, codebook, base=blank_model(codebook, encoder))
    assert several.card.held_out.measured_on == WHOLE
    assert "held-out kappa" in several.card.codes[0].why


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_handful_of_rows_has_no_more_folds_than_rows(n: int) -> None:
    folds = folds_of(["text"] * n, ["one"] * n, np.zeros(n, dtype=np.intp))
    assert folds.count == n
    assert all(len(outside) for _, outside in folds.parts())


def test_what_leaves_nothing_to_learn_from_is_said_and_does_no_harm(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    labels = excerpts(codebook, 40).labels
    same = TrainingSet([BOILERPLATE] * 40, labels, groups=[f"g{row % 5}" for row in range(40)])
    assert "nothing is left" in (untestable(same, same.groups) or "")
    model = train_model(same, codebook, base=blank_model(codebook, encoder))
    assert "nothing is left" in (model.card.held_out.why_not or "") and model.card.held_out.themes is None
    few = excerpts(codebook, 12)
    assert "are left to learn from" in (untestable(few, few.groups) or "")
    assert untestable(excerpts(codebook, 60), excerpts(codebook, 60).groups) is None


def test_rows_of_one_code_alone_cannot_be_tested() -> None:
    labels = np.tile(np.array([[1, 0]], dtype=np.int8), (60, 1))
    data = TrainingSet([f"word{row} other{row % 7}" for row in range(60)], labels)
    assert "the same codes" in (untestable(data, data.groups) or "")
