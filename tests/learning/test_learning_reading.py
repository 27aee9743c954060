from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Code, Codebook
from coder.learning.features.blocks import topic_means
from coder.learning.features.codebook_similarity import PhraseBank, codebook_phrases, unit_rows
from tests.learning.conftest import WordEncoder


def test_an_exclude_rule_that_names_another_code_speaks_for_that_code(codebook: Codebook) -> None:
    phrases = codebook_phrases(codebook)
    moved = [phrase for phrase in phrases if "nurse or doctor" in phrase.text]
    assert [(phrase.code, phrase.text) for phrase in moved] == [(1, "a nurse or doctor who is friendly")]


def test_a_code_without_any_text_speaks_by_its_label() -> None:
    phrases = codebook_phrases(Codebook("bare", (Code("x", "Waiting"), Code("y", "Food"))))
    assert [(phrase.text, phrase.code) for phrase in phrases] == [("Waiting", 0), ("Food", 1)]


def centred(vectors: NDArray[np.floating], studies: Sequence[str]) -> NDArray[np.float32]:
    known = np.zeros(vectors.shape[1])
    return unit_rows(vectors - topic_means(vectors, [""] * len(vectors), studies, known))


def test_the_closest_phrase_decides_between_codes(codebook: Codebook, encoder: WordEncoder) -> None:
    phrases = codebook_phrases(codebook)
    bank = PhraseBank.of(phrases, encoder.encode([phrase.text for phrase in phrases]), 3)
    texts = ["busy hours", "family and friends", "tired legs and pain"]
    scores = bank.scores(bank.closeness(centred(encoder.encode(texts), [""] * 3)))
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_single_text_is_centred_by_the_known_mean_and_many_by_their_own() -> None:
    known = np.array([1.0, 0.0])
    single = topic_means(np.array([[0.0, 1.0]]), [""], [""], known)
    many = topic_means(np.tile([0.0, 1.0], (800, 1)), [""] * 800, [""] * 800, known)
    assert np.allclose(single[0], [8 / 9, 1 / 9])
    assert np.allclose(many[0], [0.0, 1.0], atol=0.011)


def test_centring_is_by_study_and_blind_to_order() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(30, 5))
    studies = [f"s{row % 3}" for row in range(30)]
    order = rng.permutation(30)
    straight = centred(vectors, studies)
    shuffled = centred(vectors[order], [studies[row] for row in order])
    assert (straight[order] == shuffled).all()
    alone = centred(vectors[::3], ["s0"] * 10)
    assert (straight[::3] == alone).all()
