"""Why a suggestion was made: near excerpts of other texts, the words that count, all in one glance."""

import numpy as np
import pytest

from coder.codebook import Code, Codebook
from coder.learning import Batch, Model, blank_model, train_model
from coder.learning.explanation import GLANCE, MOST, content_words, without
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import WORDS, excerpts


@pytest.fixture
def model(codebook: Codebook, encoder: WordEncoder) -> Model:
    return train_model(excerpts(codebook), codebook, base=blank_model(codebook, encoder), name="mine")


def words_in(sentence: str) -> list[str]:
    return sentence.partition("; words: ")[2].split(", ")


def test_the_words_that_count_are_those_without_which_the_score_falls(
    model: Model, codebook: Codebook
) -> None:
    said = model.predict(
        Batch.of_texts(["my sister saw the orange diary", "the diary and the rota were purple and green"])
    )
    assert words_in(said.evidence(0, "people")) == ["sister"]
    assert "diary" in words_in(said.evidence(0, "time")) and "sister" not in words_in(
        said.evidence(0, "time")
    )
    assert {"diary", "rota"} <= set(words_in(said.evidence(1, "time")))


def test_falls_are_close_to_those_of_really_leaving_words_out(model: Model, codebook: Codebook) -> None:
    texts = [
        f"{text} and some other long talk about nothing" for text in excerpts(codebook, 30, seed=5).texts
    ]
    said = model.predict(Batch.of_texts(texts, topics=model.topics(texts, [""] * len(texts))))
    real, told = [], []
    for row, text in enumerate(texts):
        found = said.explain.left_out.falls(row)
        again = model.predict(
            Batch.of_texts(
                [without(text, word) for word in found], topics=model.topics(texts, [""] * len(texts))
            )
        )
        whole, cut = (model.parts.themes.logits(part.signals) for part in (said, again))
        real += (whole[row] - cut).ravel().tolist()
        told += np.array(list(found.values())).ravel().tolist()
    assert np.corrcoef(real, told)[0, 1] > 0.9


def test_a_model_built_on_another_one_counts_what_that_one_says(model: Model, codebook: Codebook) -> None:
    """What the base has learned from words reaches the falls of the model above it."""
    few = excerpts(codebook, 12, seed=9)
    above = train_model(few, codebook, base=model, name="above")
    said = above.predict(Batch.of_texts(["purple neighbour and green lamps"]))
    assert words_in(said.evidence(0, "people"))[0] == "neighbour"


def test_two_near_excerpts_are_shown_and_never_the_text_itself_or_a_copy(
    model: Model, codebook: Codebook
) -> None:
    known = excerpts(codebook)
    said = model.predict(Batch.of_texts([text.upper() for text in known.texts], studies=known.studies))
    pairs = 0
    for row, text in enumerate(known.texts):
        if not known.labels[row, 0]:
            continue
        sentence = said.evidence(row, "time")
        source = sentence.partition("; words")[0]
        assert text not in source
        if " and " in source:
            first, second = source.removeprefix("like ").split(" and ")
            assert first != second and {first.strip("“”"), second.strip("“”")} <= set(known.texts)
            assert all(any(word in side for word in WORDS["time"].split()) for side in (first, second))
            pairs += 1
    assert pairs > 10


def test_every_sentence_is_one_glance_long(codebook: Codebook, encoder: WordEncoder) -> None:
    long = excerpts(codebook, 60)
    padded = type(long)(
        [f"{text} {'endless talk ' * 40}" for text in long.texts],
        long.labels,
        long.polarity,
        groups=long.groups,
    )
    model = train_model(padded, codebook, base=blank_model(codebook, encoder))
    many = " ".join(f"incomprehensibilities{row}" for row in range(200))
    said = model.predict(Batch.of_texts([f"{long.texts[0]} {many}", long.texts[1], ""]))
    sentences = [said.evidence(row, code) for row in range(3) for code in codebook.ids]
    assert max(map(len, sentences)) <= GLANCE
    assert len(said.explain.left_out.falls(0)) == MOST


def test_without_excerpts_the_codebook_speaks_and_words_alone_may_be_missing(encoder: WordEncoder) -> None:
    book = Codebook("b", (Code("x", "Money and costs"), Code("y", "Weather and rain")))
    said = blank_model(book, encoder).predict(Batch.of_texts(["the costs were high", "so it is"]))
    assert said.evidence(0, "x") == "codebook: “Money and costs”; words: costs"
    assert said.evidence(1, "x") == "codebook: “Money and costs”"


def test_evidence_does_not_depend_on_which_texts_were_asked_about_first(
    model: Model, codebook: Codebook
) -> None:
    texts = list(excerpts(codebook, 40, seed=3).texts)
    one, other = model.predict(Batch.of_texts(texts)), model.predict(Batch.of_texts(texts))
    forward = [one.evidence(row, "time") for row in range(40)]
    assert forward == [other.evidence(row, "time") for row in reversed(range(40))][::-1]


def test_words_are_left_out_however_they_are_written() -> None:
    assert without("Can’t wait. I CAN'T, you can", "can't") == " wait. I , you can"
    assert content_words("Well, I don't have the TIME, the time!") == ["time"]
