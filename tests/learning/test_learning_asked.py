"""A text is also read as the answer to its question, which decides what a bare noun means."""

import numpy as np
import pytest
from small_model import LetterEncoder

from coder.codebook import load_codebook
from coder.encoding import answer
from coder.errors import ModelError
from coder.learning import blank_model, load_model
from coder.learning.dataset import Batch


def test_the_end_of_a_long_question_is_set_apart_as_the_encoder_was_taught() -> None:
    long = " ".join(f"w{number}" for number in range(40))
    asked = answer("all-mpnet-base-v2:78c0/openvino", long, "money")
    assert asked == " ".join(f"w{number}" for number in range(12, 40)) + "</s></s>money"
    assert answer("all-MiniLM-L6-v2:53aa/openvino", "Why?", "money") == "Why?[SEP]money"
    assert answer("letters", "Why?", "money") == "Why? money"


def test_only_texts_with_a_question_are_read_as_answers() -> None:
    encoder = LetterEncoder()
    model = blank_model(load_codebook("comb"), encoder)
    texts = ["money", "money", "time"]
    signals = model.signals(Batch.of_texts(texts, ["What helped?", None, ""]))
    assert (signals["asked"][1:] == signals["plain"][1:]).all()
    assert np.allclose(signals["asked"][0], encoder.encode(["What helped? money"])[0])
    assert not np.allclose(signals["asked"][0], signals["plain"][0])


def test_in_talk_only_short_answers_are_read_so() -> None:
    model = blank_model(load_codebook("comb"), LetterEncoder())
    long = "well we went there and then it was closed so we went home again"
    batch = Batch(["money", long, long], ["What helped?"] * 3, range(3), ["p1", "p1", ""], [""] * 3)
    signals = model.signals(batch)
    changed = (signals["asked"] != signals["plain"]).any(axis=1)
    assert changed.tolist() == [True, False, True]


def test_the_starter_is_the_model_that_a_variable_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODER_STARTER", "starter-small")
    assert load_model("starter").name == "starter-small"
    monkeypatch.setenv("CODER_STARTER", "nowhere")
    with pytest.raises(ModelError, match="no model 'nowhere'"):
        load_model("starter")
