"""An encoder's branch: what it reads, what its layers say, and how much for other codebooks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.codebook import Code, Codebook
from coder.encoding.encoder import Progress
from coder.learning import blank_model, train_model
from coder.learning.dataset import Batch
from coder.learning.estimators.ensemble import TAUGHT, LinearHead, Member, Stack
from coder.learning.features.blocks import AFTER, BRANCH, BRANCH_ASKED, read_vectors
from coder.learning.model import Model, codable_blocks, with_codebook
from coder.learning.training.train import Recipes, Taught
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts


class BranchedEncoder(WordEncoder):
    """Words, and beside them the same vectors the other way round."""

    width = 128

    def whole(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        rows = self.encode(texts, progress=progress)
        return np.hstack([rows, rows[:, ::-1]])


@pytest.fixture
def branched() -> BranchedEncoder:
    return BranchedEncoder()


def heads(encoder: BranchedEncoder, codes: int) -> Taught:
    """Layers that hear one word each: "kind" is a facilitator, "minutes" the first code."""
    words = encoder.encode(["kind", "minutes"])[:, ::-1]
    sides = np.zeros((64, 3), np.float32)
    sides[:, 1] = 20 * words[0]
    theme = np.zeros((64, codes), np.float32)
    theme[:, 0] = 20 * words[1]
    side_head = LinearHead({BRANCH: sides}, np.zeros(3, np.float32))
    return Taught(side_head, np.zeros((0, 3)), LinearHead({BRANCH: theme}, np.zeros(codes, np.float32)), 2.0)


def taught_model(encoder: BranchedEncoder, codebook: Codebook) -> Model:
    data = excerpts(codebook, 30)
    blank = blank_model(codebook, encoder)
    layers = replace(heads(encoder, len(codebook.codes)), held_out=np.zeros((len(data), 3)))
    recipes = Recipes((), (), words=False, questions=False, taught=layers)
    return train_model(data, codebook, base=blank, recipes=recipes)


def test_talk_is_read_after_what_was_said_before_more_than_alone(
    branched: BranchedEncoder, codebook: Codebook
) -> None:
    model = blank_model(codebook, branched, in_context=True)
    signals = model.signals(Batch(["money", "money"], ["Why?", None], [1, 2], ["p1", ""], ["", ""]))
    alone, after = branched.encode(["money", "Why? money"])
    np.testing.assert_allclose(signals.plain, [(alone + after) / 2, alone], atol=1e-6)
    mixed = (1 - AFTER) * alone + AFTER * after
    np.testing.assert_allclose(signals[BRANCH], [mixed[::-1], alone[::-1]], atol=1e-6)
    assert (signals[BRANCH_ASKED] == signals[BRANCH]).all()


def test_progress_counts_each_reading_of_a_text(branched: BranchedEncoder) -> None:
    steps: list[tuple[int, int]] = []
    talk = Batch(["money", "money"], ["Why?", None], [1, 2], ["p1", ""], ["", ""])
    for in_context in (False, True):
        read_vectors(
            talk, branched, in_context=in_context, progress=lambda done, of: steps.append((done, of))
        )
    assert steps == [(2, 2), (3, 3)]


def test_written_answers_are_read_alone_and_after_their_question(
    branched: BranchedEncoder, codebook: Codebook
) -> None:
    batch = replace(Batch.of_texts(["money", "time"], ["Why?", None]), spoken=[False, False])
    signals = blank_model(codebook, branched, in_context=True).signals(batch)
    alone, after, other = branched.encode(["money", "Why? money", "time"])
    np.testing.assert_allclose(signals[BRANCH], [alone[::-1], other[::-1]], atol=1e-6)
    np.testing.assert_allclose(signals[BRANCH_ASKED], [after[::-1], other[::-1]], atol=1e-6)
    np.testing.assert_allclose(signals["asked"], [after, other], atol=1e-6)


def test_an_encoder_without_a_branch_has_an_empty_one(encoder: WordEncoder, codebook: Codebook) -> None:
    signals = blank_model(codebook, encoder).signals(Batch.of_texts(["money"]))
    assert signals[BRANCH].shape == signals[BRANCH_ASKED].shape == (1, 0)
    assert set(codable_blocks(signals)) == {"plain", "centred"}


def test_its_layers_have_a_say_beside_the_codebook(branched: BranchedEncoder, codebook: Codebook) -> None:
    model = taught_model(branched, codebook)
    assert [member.name for member in model.parts.themes.members] == ["reading", TAUGHT]
    assert model.parts.themes.weights.tolist() == [1, 2]
    assert set(model.parts.codable.coefficients) == {"plain", "centred", BRANCH}
    said = model.predict(Batch.of_texts(["so few minutes there", "people are kind"]))
    assert said.forced[0].argmax() == 0
    assert said.polarity[1].argmax() == 1
    reworded = model.reworded_logits(said.signals, [0], ["so few there"], branched.encode(["so few there"]))
    assert np.isfinite(reworded).all()


def test_another_codebook_is_read_by_its_own_text_instead(
    branched: BranchedEncoder, codebook: Codebook
) -> None:
    model = taught_model(branched, codebook)
    other = Codebook("other", (Code("x", "Gardens", "Plants and soil."), Code("y", "Music", "Songs.")))
    assert with_codebook(model, codebook).parts.themes.weights.tolist() == [1, 2]
    stack: Stack = with_codebook(model, other).parts.themes
    assert isinstance(stack.members[1], Member)
    assert stack.members[1].name == TAUGHT
    assert stack.weights[1] == 0
    assert stack.weights[0] >= 3
