"""Nearest excerpts: shares among the nearest, no copies of the text itself, codes carried to another codebook."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.codebook import Code, Codebook
from coder.errors import ModelError
from coder.learning import Batch, Model, TrainingSet, blank_model, label_matrix, save_model, train_model
from coder.learning.dataset import copy_prints
from coder.learning.estimators.ensemble import (
    LEAST_SHARE,
    MOST_EXCERPTS,
    NEAREST_COUNT,
    NEAREST_TEMPERATURE,
    Member,
    NearestExcerpts,
    Stack,
)
from coder.learning.model import with_codebook
from coder.learning.persistence.card import TrainingData
from coder.learning.persistence.model_files import packed, read_model, unpacked
from coder.learning.training.recipes import Comparing, Comparison
from coder.learning.training.train import NEAREST
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts


def compared(
    vectors: NDArray[Any], votes: NDArray[Any], prints: NDArray[Any] | None = None
) -> NearestExcerpts:
    blocks = {
        "centred": vectors.astype(np.float32),
        "prints": np.zeros(len(vectors), dtype=np.uint64) if prints is None else prints,
    }
    return NearestExcerpts.of("centred", blocks, np.arange(len(vectors)), votes)


def asked(
    vectors: NDArray[Any], prints: NDArray[Any] | None = None, origin: NDArray[Any] | None = None
) -> dict[str, NDArray[Any]]:
    return {
        "centred": np.asarray(vectors, dtype=np.float32),
        "prints": np.zeros(len(vectors), dtype=np.uint64) if prints is None else prints,
        "origin": np.arange(len(vectors)) if origin is None else origin,
    }


@pytest.fixture
def reading(codebook: Codebook, encoder: WordEncoder) -> Model:
    data = excerpts(codebook, n=120, seed=4)
    model = blank_model(codebook, encoder)
    coded = np.flatnonzero((data.labels == 1).any(axis=1))
    near = NearestExcerpts.of(
        "centred", model.signals(data.batch), coded, (data.labels[coded] == 1).astype(np.float64)
    )
    members = (Member("reading"), Member(NEAREST, near))
    stack = Stack(members, np.array([1, 2], dtype=np.float32), np.zeros(3, dtype=np.float32))
    model.parts = replace(model.parts, themes=stack)
    return model


def test_shares_are_those_of_the_nearest_weighted_by_their_cosine() -> None:
    near = compared(np.array([[1.0, 0.0], [0.0, 1.0]]), np.eye(2))
    found = near.logits(asked(np.array([[0.8, 0.6]])))
    near_weight, far_weight = np.exp(0.8 / NEAREST_TEMPERATURE), np.exp(0.6 / NEAREST_TEMPERATURE)
    share = near_weight / (near_weight + far_weight)
    wanted = np.log(np.array([share, 1 - share]) + LEAST_SHARE)
    assert found[0].tolist() == pytest.approx((wanted - wanted.mean()).tolist(), abs=1e-3)


def test_only_the_nearest_count_however_many_others_there_are() -> None:
    rng = np.random.default_rng(0)
    one = np.array([[1.0, 0.0]]).repeat(NEAREST_COUNT, axis=0)
    far = rng.normal(size=(2000, 2)) * 0.01 + np.array([0.0, 1.0])
    far /= np.linalg.norm(far, axis=1, keepdims=True)
    votes = np.vstack([np.eye(2)[[0] * NEAREST_COUNT], np.eye(2)[[1] * 2000]])
    near = compared(np.vstack([one, far]), votes)
    found = near.logits(asked(np.array([[1.0, 0.0], [0.0, 1.0]])))
    assert found[0].tolist() == pytest.approx(
        [np.log((1 + LEAST_SHARE) / LEAST_SHARE) / 2, -np.log((1 + LEAST_SHARE) / LEAST_SHARE) / 2]
    )
    assert found[1].argmax() == 1


def test_a_text_never_counts_a_copy_of_itself_unless_it_is_short() -> None:
    texts = ["I never have the time to do it", "yes", "there is a bench half way up the hill"]
    prints = copy_prints(texts)
    assert prints[1] == 0 and prints[0] == copy_prints(["i never  have the TIME to do it"])[0]
    near = compared(np.array([[1.0, 0.0], [1.0, 0.0], [0.6, 0.8]]), np.eye(3), prints)
    found = near.logits(asked(np.array([[1.0, 0.0]]).repeat(2, axis=0), prints[:2]))
    assert found[0, 0] == found[0].min()  # its own coding proves nothing
    assert found[1, 1] == pytest.approx(found[1].max())
    alone = compared(np.array([[1.0, 0.0]]), np.eye(1, 3), prints[:1])
    assert alone.logits(asked(np.array([[1.0, 0.0]]), prints[:1])).tolist() == [[0.0, 0.0, 0.0]]


def test_wordings_of_a_text_are_compared_as_if_they_stood_alone() -> None:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(900, 6))
    near = compared(
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.eye(3)[rng.integers(0, 3, 900)]
    )
    texts = rng.normal(size=(4, 6)).repeat(3, axis=0) + 0.05 * rng.normal(size=(12, 6))
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    together = near.logits(asked(texts, origin=np.array([7, 7, 7, 2, 2, 2, 5, 5, 5, 9, 9, 9])))
    assert together == pytest.approx(near.logits(asked(texts)), abs=1e-5)


def test_no_excerpts_and_no_texts_say_nothing() -> None:
    none = compared(np.zeros((0, 2)), np.zeros((0, 3)))
    assert none.logits(asked(np.array([[1.0, 0.0]]))).tolist() == [[0.0, 0.0, 0.0]]
    near = compared(np.array([[1.0, 0.0]]), np.eye(1, 3))
    assert near.logits(asked(np.zeros((0, 2)))).shape == (0, 3)


def test_no_more_are_kept_than_a_model_may_have() -> None:
    many = compared(np.ones((MOST_EXCERPTS + 7, 1)), np.arange(MOST_EXCERPTS + 7)[:, None].astype(float))
    assert len(many) == MOST_EXCERPTS
    assert (many.votes[0, 0], many.votes[-1, 0]) == (0, MOST_EXCERPTS + 6)


def test_what_is_held_out_is_never_compared_with_itself() -> None:
    rng = np.random.default_rng(1)
    blocks = asked(rng.normal(size=(8, 4)))
    view = Comparing(Comparison("near", "centred"), blocks)
    targets, inside, outside = np.eye(2)[[0, 1] * 4], np.arange(4), np.arange(4, 8)
    before = view.held_out(inside, outside, targets, np.ones(8))
    targets[outside] = targets[outside][:, ::-1]
    assert view.held_out(inside, outside, targets, np.ones(8)).tolist() == before.tolist()


def test_excerpts_beside_the_codebook_tell_words_that_it_lacks(
    reading: Model, codebook: Codebook, encoder: WordEncoder
) -> None:
    texts = Batch.of_texts(["clock diary rota shift", "sister mate crowd", "cough fever hip"])
    assert reading.predict(texts).forced.argmax(axis=1).tolist() == [0, 1, 2]
    alone = blank_model(codebook, encoder).predict(texts)
    assert (reading.predict(texts).forced.max(axis=1) > alone.forced.max(axis=1)).all()


def test_another_codebook_keeps_what_its_codes_still_mean(reading: Model, codebook: Codebook) -> None:
    hand = Codebook("hand", (Code("new", "Food"), *reversed(codebook.codes)))
    fitted = with_codebook(reading, hand)
    texts = Batch.of_texts(["clock diary rota shift", "sister mate crowd", "cough fever hip"])
    assert fitted.predict(texts).forced.argmax(axis=1).tolist() == [3, 2, 1]
    near = fitted.parts.themes.members[1].head
    assert (
        isinstance(near, NearestExcerpts) and not near.carried[:, 0].any()
    )  # nothing is known of a new code
    again = with_codebook(fitted, codebook)
    first, last = (model.parts.themes.members[1].logits(model.signals(texts)) for model in (reading, again))
    assert last == pytest.approx(first, abs=1e-4)


def test_a_codebook_without_any_of_the_codes_and_the_codebook_alone_drop_them(reading: Model) -> None:
    other = Codebook("other", (Code("a", "Weather"), Code("b", "Food")))
    for fitted in (with_codebook(reading, other), with_codebook(reading, reading.codebook, learned=False)):
        assert [member.name for member in fitted.parts.themes.members] == ["reading"]


def test_a_model_says_the_same_from_disk_and_to_a_model_built_on_it(
    reading: Model, codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    save_model(reading, tmp_path / "m")
    again = read_model(tmp_path / "m", encoder)
    texts = Batch.of_texts(["clock diary rota shift helped", "sister mate crowd", "a window"])
    assert again.predict(texts).scores.tolist() == reading.predict(texts).scores.tolist()
    base = Model("base", codebook, encoder, reading.parts, replace(reading.card, data=TrainingData(n=107)))
    built = train_model(excerpts(codebook, n=30, seed=7), codebook, base=base)
    own = reading.parts.themes.logits(reading.signals(texts))
    assert built.signals(texts)["base codes"] == pytest.approx(own, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("vectors", lambda array: array[:, :-1]),
        ("vectors", lambda array: array * 3000),
        ("votes", lambda array: -array),
        ("votes", lambda array: array[1:]),
        ("prints", lambda array: array[1:]),
        ("carried", lambda array: array[:, :-1]),
    ],
)
def test_arrays_that_cannot_be_are_refused(reading: Model, name: str, broken: Callable[[Any], Any]) -> None:
    arrays, shape = packed(reading.parts)
    found = unpacked(arrays, shape, 64, 3).themes.members[1]
    assert isinstance(found.head, NearestExcerpts)
    arrays[f"themes.1.{name}"] = broken(arrays[f"themes.1.{name}"])
    with pytest.raises(ValueError, match=r"does not fit|impossible"):
        unpacked(arrays, shape, 64, 3)


def test_a_card_that_compares_by_something_unknown_is_refused(
    reading: Model, encoder: WordEncoder, tmp_path: Path
) -> None:
    save_model(reading, tmp_path / "m")
    card = tmp_path / "m" / "card.json"
    card.write_text(card.read_text().replace('"nearest": "centred"', '"nearest": "closeness"'))
    with pytest.raises(ModelError, match="cannot be compared by closeness"):
        read_model(tmp_path / "m", encoder)


def test_training_weighs_the_comparison_like_any_other_view(codebook: Codebook, encoder: WordEncoder) -> None:
    """A code that is said in two ways, each near to another code's, is told by its nearest excerpts."""
    rng = np.random.default_rng(8)
    pairs = [("clock", "knee"), ("diary", "hip"), ("clock", "hip"), ("diary", "knee")]
    codes = ["time", "time", "body", "body"]
    rows = [row % 4 for row in range(160)]
    texts = [f"{' '.join(pairs[row])} filler{rng.integers(40)} n{at}" for at, row in enumerate(rows)]
    data = TrainingSet(
        texts,
        label_matrix([[codes[row]] for row in rows], codebook),
        groups=[f"g{at % 8}" for at in range(160)],
    )
    model = train_model(data, codebook, base=blank_model(codebook, encoder))
    assert model.card.weights.themes[NEAREST] > 0.2
    said = model.predict(Batch.of_texts([" ".join(pair) for pair in pairs]))
    assert [codebook.ids[place] for place in said.forced.argmax(axis=1)] == codes


def test_the_card_says_if_not_all_excerpts_are_compared_with(
    codebook: Codebook, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coder.learning.training.model_card.MOST_EXCERPTS", 50)
    model = train_model(excerpts(codebook, n=90), codebook, base=blank_model(codebook, encoder))
    assert "Of 80 coded excerpts, 50 evenly chosen ones serve to compare texts with." in model.card.remarks
