import numpy as np
import pytest
from scipy.sparse import csr_matrix

from coder.codebook import Code, Codebook
from coder.learning import Batch, load_model
from coder.learning.estimators.calibration import best_threshold, fit_logistic
from coder.learning.estimators.ensemble import fit_linear, fit_weights
from coder.learning.features.blocks import GramBlock
from coder.learning.features.wording import CUES, NGrams, cue_row
from coder.learning.training.recipes import Design, Recipe, length_balance


def test_logistic_regression_meets_the_observed_frequency() -> None:
    found = fit_logistic(
        np.zeros((100, 1)), np.repeat([1.0, 0.0], [30, 70]), np.ones(100), np.zeros(2), np.full(2, 1e-6)
    )
    assert 1 / (1 + np.exp(-found[1])) == pytest.approx(0.3, abs=1e-4)


def test_a_threshold_parts_right_from_wrong_and_leans_on_the_usual_one_when_positives_are_few() -> None:
    chances = np.array([0.8] * 200 + [0.2] * 200)
    truth = np.array([1.0] * 200 + [0.0] * 200)
    assert 0.2 < best_threshold(chances, truth, 0.35) < 0.8
    assert best_threshold(chances, truth * 0, 0.35) == 0.35


def test_length_tells_nothing_once_rows_are_weighed() -> None:
    texts = ["word " * (3 if row < 50 else 30) for row in range(100)]
    coded = np.array([row % 50 < (10 if row < 50 else 40) for row in range(100)])
    weights = length_balance(texts, coded)
    short, long = np.arange(100) < 50, np.arange(100) >= 50
    shares = [weights[part & coded].sum() / weights[part].sum() for part in (short, long)]
    assert shares[0] == pytest.approx(shares[1], abs=0.02)


@pytest.mark.parametrize(
    ("text", "lean"),
    [
        ("It is easy and I enjoy it", 1),
        ("It is not easy and I never enjoy it", -1),
        ("Cost is no problem", 1),
        ("I am scared of the pain", -1),
    ],
)
def test_a_negation_turns_a_good_word_round(text: str, lean: int) -> None:
    row = cue_row(text)
    if "no problem" in text:
        assert row[list(CUES).index("not a problem")] > 0
    else:
        assert row[-1] == lean


def test_few_rows_in_their_own_space_give_the_same_head_as_all_features() -> None:
    rng = np.random.default_rng(0)
    block = rng.normal(size=(40, 300))
    targets = np.eye(3)[rng.integers(3, size=40)]
    recipe = Recipe("r", {"plain": 0.5}, 2.0)
    small = Design(recipe, {"plain": block})
    head = small.head(*small.fitted(np.arange(40), targets, np.ones(40)))
    table, _ = fit_linear(block * 0.5, targets, np.ones(40), strength=2.0)
    assert small.matrix.shape == (40, 40)
    assert np.allclose(head.coefficients["plain"], table * 0.5, atol=0.02)


def test_ngrams_multiply_like_their_matrix() -> None:
    texts = ["no time at all", "no time for it", "time will tell at all"]
    ngrams = NGrams.fitted(texts)
    table = np.random.default_rng(0).normal(size=(len(ngrams.idf), 2)).astype(np.float32)
    matrix = ngrams.matrix(texts)
    assert isinstance(matrix, csr_matrix)
    assert np.allclose(GramBlock(ngrams, texts).product(table), matrix @ table, atol=1e-5)


def test_weights_go_to_the_view_that_is_right_on_held_out_rows() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=300)
    right, noise = np.eye(3)[truth] * 3 + rng.normal(size=(300, 3)), rng.normal(size=(300, 3))
    weights, _ = fit_weights([noise, right], np.eye(3)[truth], np.ones(300), np.array([1.0, 0.0]))
    assert weights[1] > 0.5 > weights[0]


@pytest.mark.slow
def test_the_starter_reads_comb_and_a_codebook_it_never_saw() -> None:
    said = load_model("starter").predict(
        Batch.of_texts(["I never have the time for it.", "It scares me to death.", ""])
    )
    assert [said.codes[place] for place in said.forced[:2].argmax(axis=1)] == [
        "physical_opportunity",
        "automatic_motivation",
    ]
    assert not said.selected[2].any() and "codebook" in said.evidence(0, "physical_opportunity")
    other = Codebook(
        "x", (Code("noise", "Noise", "Loud wards, noise at night."), Code("food", "Food", "Meals, drinks."))
    )
    turned = load_model("starter", codebook=other).predict(
        Batch.of_texts(["I could not sleep for the shouting", "Cold soup again"])
    )
    assert turned.forced.argmax(axis=1).tolist() == [0, 1]
