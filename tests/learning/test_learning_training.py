import json
from pathlib import Path

import numpy as np
import pytest

from coder.codebook import Code, Codebook
from coder.errors import InputError, ModelError, TableError
from coder.learning import Batch, Model, TrainingSet, blank_model, label_matrix, save_model, train_model
from coder.learning.model import with_codebook
from coder.learning.persistence.model_files import read_model
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts
from tests.present import present


@pytest.fixture
def model(codebook: Codebook, encoder: WordEncoder) -> Model:
    return train_model(excerpts(codebook), codebook, base=blank_model(codebook, encoder), name="mine")


def test_excerpts_teach_words_that_the_codebook_lacks(model: Model, codebook: Codebook) -> None:
    fresh = excerpts(codebook, 60, seed=7)
    said = model.predict(Batch.of_texts(list(fresh.texts), studies=list(fresh.groups)))
    coded = (fresh.labels == 1).any(axis=1)
    right = said.forced[coded].argmax(axis=1) == fresh.labels[coded].argmax(axis=1)
    assert right.mean() > 0.9
    sides = np.array([{"barrier": 0, "facilitator": 1}.get(value or "", -1) for value in fresh.polarity])
    assert (said.polarity[coded].argmax(axis=1) == sides[coded]).mean() > 0.8


def test_a_text_is_coded_the_same_in_any_order_and_an_empty_one_never(
    model: Model, codebook: Codebook
) -> None:
    texts = [*excerpts(codebook, 20, seed=3).texts, "", "  "]
    said, turned = model.predict(Batch.of_texts(texts)), model.predict(Batch.of_texts(texts[::-1]))
    assert np.allclose(said.scores, turned.scores[::-1], atol=1e-12)
    assert not said.selected[-2:].any() and (said.scores[-2:] == 0).all()


def test_empty_texts_do_not_shift_the_topic_of_the_others(model: Model, codebook: Codebook) -> None:
    texts = list(excerpts(codebook, 6, seed=3).texts)
    alone, among = model.predict(Batch.of_texts(texts)), model.predict(Batch.of_texts([*texts, *[""] * 40]))
    assert np.allclose(alone.scores, among.scores[:6])


def test_excerpts_that_are_all_coded_teach_nothing_about_what_is_codable(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    """The base was taught that small talk is empty; a model built on it from coded excerpts alone knows it still."""
    taught = excerpts(codebook)
    talk = [f"weather tea biscuits n{row}" for row in range(30)]
    both = TrainingSet(
        [*taught.texts, *talk],
        np.vstack([taught.labels, np.zeros((30, 3), np.int8)]),
        groups=[*taught.groups, *(f"g{row % 5}" for row in range(30))],
    )
    base = train_model(both, codebook, base=blank_model(codebook, encoder), name="base")
    all_coded = taught.rows(np.flatnonzero((taught.labels == 1).any(axis=1)))
    again = train_model(all_coded, codebook, base=base)
    assert again.parts.codable.coefficients is base.parts.codable.coefficients  # the level alone may rise
    fresh = excerpts(codebook, 36, seed=7)
    coded = (fresh.labels == 1).any(axis=1)
    said = again.predict(Batch.of_texts([*fresh.texts, *talk]))
    assert said.selected[:36][coded].any(axis=1).mean() > 0.8
    assert said.selected[36:].any(axis=1).mean() < 0.2


def test_a_model_builds_on_one_that_builds_on_one_and_says_the_same_from_disk(
    codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    model = blank_model(codebook, encoder)
    for generation in range(3):
        model = train_model(excerpts(codebook, seed=generation), codebook, base=model, name=f"m{generation}")
    save_model(model, tmp_path)
    again = read_model(tmp_path, encoder, model.base)
    texts = list(excerpts(codebook, 12, seed=9).texts)
    assert np.allclose(
        model.predict(Batch.of_texts(texts)).scores, again.predict(Batch.of_texts(texts)).scores, atol=1e-6
    )


def test_predicting_nothing_gives_empty_arrays(model: Model) -> None:
    said = model.predict(Batch.of_texts([]))
    assert said.scores.shape == (0, 3) and said.polarity.shape == (0, 3)


def test_a_saved_model_says_the_same(
    model: Model, codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    save_model(model, tmp_path / "m")
    again = read_model(tmp_path / "m", encoder, None)
    texts = list(excerpts(codebook, 20, seed=3).texts)
    assert np.allclose(
        model.predict(Batch.of_texts(texts)).scores, again.predict(Batch.of_texts(texts)).scores, atol=1e-6
    )
    assert present(present(again.card.held_out.themes).kappa) > 0.8


def test_a_changed_file_or_another_encoder_is_refused(
    model: Model, encoder: WordEncoder, tmp_path: Path
) -> None:
    save_model(model, tmp_path)
    with pytest.raises(ModelError, match="trained with encoder"):
        read_model(tmp_path, type(encoder)("other"), None)
    content = bytearray((tmp_path / "model.npz").read_bytes())
    content[200] ^= 1
    (tmp_path / "model.npz").write_bytes(content)
    with pytest.raises(ModelError, match="changed or damaged"):
        read_model(tmp_path, encoder, None)


def test_a_card_whose_codebook_was_edited_is_refused(
    model: Model, encoder: WordEncoder, tmp_path: Path
) -> None:
    save_model(model, tmp_path)
    card = json.loads((tmp_path / "card.json").read_text())
    card["codebook"]["codes"][0]["definition"] = "Something else."
    (tmp_path / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="codebook"):
        read_model(tmp_path, encoder, None)


def test_the_codebook_in_hand_brings_new_codes_and_overrules_changed_ones(
    model: Model, codebook: Codebook, encoder: WordEncoder
) -> None:
    hand = Codebook(
        "hand", (codebook.by_id["time"], Code("body", "Body", "busy hours, no minutes"), Code("new", "Food"))
    )
    fitted = with_codebook(model, hand)
    said = fitted.predict(Batch.of_texts(["clock diary rota", "food"]))
    assert said.codes == ("time", "body", "new")
    assert said.forced[0].argmax() == 0  # learned from excerpts, the text is the same
    assert said.forced[1].argmax() == 2  # only the codebook knows it
    knee = fitted.predict(Batch.of_texts(["knee cough fever hip"])).forced[0]
    assert (
        knee[1] < model.predict(Batch.of_texts(["knee cough fever hip"])).forced[0][2]
    )  # "body" means something else here


def test_a_mistyped_code_is_refused_with_the_likely_one(codebook: Codebook) -> None:
    with pytest.raises(TableError, match="did you mean 'people'"):
        label_matrix([["time"], ["poeple"]], codebook)


def test_lengths_that_do_not_fit_are_refused(codebook: Codebook) -> None:
    with pytest.raises(InputError, match="2 texts but 1 groups"):
        TrainingSet(["a", "b"], label_matrix([[], []], codebook), groups=["g"])


@pytest.mark.parametrize("n", [0, 1, 4])
def test_hardly_any_excerpts_leave_the_codebook_speaking(
    codebook: Codebook, encoder: WordEncoder, n: int
) -> None:
    data = excerpts(codebook, 90)
    few = data.rows(np.arange(1, n + 1))
    model = train_model(few, codebook, base=blank_model(codebook, encoder))
    assert model.predict(Batch.of_texts(["busy hours no minutes"])).forced[0].argmax() == 0


def test_one_group_one_polarity_and_an_unused_code_do_no_harm(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    data = excerpts(codebook, 60)
    kept = np.flatnonzero((data.labels[:, 2] != 1) & (data.labels == 1).any(axis=1))
    cut = data.rows(kept)
    same = TrainingSet(cut.texts, cut.labels, ["barrier"] * len(cut), groups=["one"] * len(cut))
    model = train_model(same, codebook, base=blank_model(codebook, encoder))
    said = model.predict(Batch.of_texts(["clock rota"]))
    assert np.isfinite(said.scores).all() and said.forced[0].argmax() == 0
    verdict = next(item for item in model.card.codes if item.code == "body")
    assert verdict.positives == 0 and "never used" in verdict.why and "10 excerpts" in verdict.mend
    assert any("Every polarity given is barrier" in remark for remark in model.card.remarks)
    assert model.card.held_out.polarity is None


def test_evidence_names_a_coded_excerpt_of_another_text_or_a_phrase(model: Model, codebook: Codebook) -> None:
    said = model.predict(Batch.of_texts(["my sister and the neighbour crowd", "busy hours no minutes"]))
    assert "like “" in said.evidence(0, "people") or "codebook" in said.evidence(0, "people")
    assert len(said.evidence(1, "time")) < 160
