"""Codes that excerpts cannot teach, for lack of rows with them or without them, keep what is known of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.codebook import Code, Codebook
from coder.learning import Batch, TrainingSet, blank_model, save_model, train_model
from coder.learning.estimators.ensemble import keeping, log_softmax, taught
from coder.learning.persistence.card import HeldOut
from coder.learning.persistence.model_files import read_model
from coder.learning.training.recipes import firmness
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import WORDS, excerpts

READ = "pain and tired legs"  # what the codebook says of the code "body"


def shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(log_softmax(np.asarray(logits)))


@pytest.fixture
def unused(codebook: Codebook) -> TrainingSet:
    """Excerpts of which none has the code `body`."""
    data = excerpts(codebook, 240)
    return data.rows(np.flatnonzero(data.labels[:, 2] != 1))


def test_kept_classes_have_the_odds_of_the_first_view_and_the_others_share_the_rest() -> None:
    rng = np.random.default_rng(0)
    learned, first = rng.normal(size=(50, 4)) * 3, rng.normal(size=(50, 4))
    assert np.allclose(keeping(learned, first, np.zeros(4)), learned)
    assert np.allclose(keeping(learned, first, np.ones(4)), first)
    mixed = shares(keeping(learned, first, np.array([0, 0, 0, 1.0])))
    assert np.allclose(mixed[:, 3], shares(first)[:, 3])
    assert np.allclose(mixed[:, 0] / mixed[:, 1], shares(learned)[:, 0] / shares(learned)[:, 1])
    assert np.allclose(mixed.sum(axis=1), 1)


def test_classes_are_taught_the_more_rows_have_and_lack_them() -> None:
    has = np.zeros((40, 5), dtype=bool)
    for place, count in enumerate((0, 2, 10, 37, 40)):
        has[:count, place] = True
    found = taught(has, ~has)
    assert found[0] == 0 < found[1] < found[3] < found[2] == 1 and found[4] == 0


def test_a_view_that_is_right_but_shy_is_made_firm() -> None:
    truth = np.eye(3)[np.arange(60) % 3]
    assert firmness(0.3 * truth, truth) > 2 > firmness(0.3 * truth[:, :1], truth[:, :1]) == 1


def test_an_unused_code_is_read_as_before_and_the_others_are_learned(
    unused: TrainingSet, codebook: Codebook, encoder: WordEncoder
) -> None:
    base = blank_model(codebook, encoder)
    model = train_model(unused, codebook, base=base)
    before, after = base.predict(Batch.of_texts([READ])), model.predict(Batch.of_texts([READ]))
    assert after.forced[0].argmax() == 2 == before.forced[0].argmax()
    assert model.parts.calibration.offsets[2] == 0
    assert model.parts.themes.kept is not None and model.parts.themes.kept[2] == 1
    fresh = excerpts(codebook, 60, seed=7)
    rows = np.flatnonzero((fresh.labels[:, :2] == 1).any(axis=1))
    said = model.predict(Batch.of_texts([fresh.texts[int(row)] for row in rows]))
    assert (said.forced[:, :2].argmax(axis=1) == fresh.labels[rows].argmax(axis=1)).mean() > 0.9


def test_a_model_with_kept_codes_says_the_same_from_disk(
    unused: TrainingSet, codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    model = train_model(unused, codebook, base=blank_model(codebook, encoder))
    save_model(model, tmp_path)
    again = read_model(tmp_path, encoder, None)
    assert again.parts.themes.firm == model.parts.themes.firm
    texts = [READ, "clock diary", "sister mate"]
    assert np.allclose(
        model.predict(Batch.of_texts(texts)).scores, again.predict(Batch.of_texts(texts)).scores, atol=1e-6
    )


def test_excerpts_that_all_have_one_code_teach_nothing(codebook: Codebook, encoder: WordEncoder) -> None:
    texts = [f"{' '.join(np.roll(WORDS['time'].split(), row)[:2])} n{row}" for row in range(60)]
    labels = np.tile(np.array([[1, 0, 0]], dtype=np.int8), (60, 1))
    base = blank_model(codebook, encoder)
    model = train_model(TrainingSet(texts, labels), codebook, base=base)
    probe = [READ, "friends and family", "hours or minutes"]
    before, after = base.predict(Batch.of_texts(probe)), model.predict(Batch.of_texts(probe))
    assert (after.forced.argmax(axis=1) == before.forced.argmax(axis=1)).all()
    assert (after.selected == before.selected).all() and after.selected[2, 0]
    assert model.card.held_out.themes is None and "without it" in (model.card.held_out.why_not or "")
    assert "excerpts WITHOUT it are missing" in model.card.codes[0].why


def test_few_excerpts_leave_the_base_nearly_as_it_was(codebook: Codebook, encoder: WordEncoder) -> None:
    """The calibration of few rows is drawn toward the base's, not toward one that knows nothing."""
    base = train_model(excerpts(codebook, 240), codebook, base=blank_model(codebook, encoder))
    few = train_model(excerpts(codebook, 14, seed=3), codebook, base=base)
    assert np.abs(few.parts.calibration.coefficients - base.parts.calibration.coefficients).max() < 1.0
    one = train_model(excerpts(codebook, 2, seed=3), codebook, base=base)
    assert few.card.remarks and "too few to learn codes from" in one.card.remarks[0]
    assert one.card.held_out == HeldOut(why_not="only 1 coded excerpt")


def test_a_code_with_few_excerpts_stays_suggested_where_the_model_built_on_suggests_it(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    bare = replace(codebook, codes=tuple(Code(code.id, code.label) for code in codebook.codes))
    base = train_model(excerpts(codebook, 240), codebook, base=blank_model(codebook, encoder), name="before")
    data = excerpts(bare, 120, seed=3)
    body = np.flatnonzero(data.labels[:, 2] == 1)
    few = data.rows(np.setdiff1d(np.arange(len(data)), body[3:]))
    told = train_model(few, bare, base=base).card.codes[2]
    assert told.usable and told.kappa is None
    assert told.why.endswith("no definition: suggested as before suggests it, not tested")
    alone = train_model(few, bare, base=blank_model(bare, encoder)).card.codes[2]
    assert not alone.usable and alone.why.startswith("only 3 coded excerpts")
