"""The shipped model with the large encoder: small enough for git, and it hears relation and question."""

from pathlib import Path

import pytest

from coder.learning import load_model
from coder.learning.dataset import Batch

MODELS = Path(__file__).parent.parent.parent / "models"


def test_the_adapters_fit_into_git() -> None:
    assert (MODELS / "starter/encoder/adapter.safetensors").stat().st_size < 25_000_000


@pytest.mark.slow
def test_the_starter_hears_the_relation_and_the_question() -> None:
    model = load_model(MODELS / "starter")
    assert model.encoder.id.startswith("all-mpnet-base-v2:")
    said = model.predict(
        Batch.of_texts(
            [
                "I get too breathless to climb the stairs.",
                "Money is really the only thing, we cannot pay for another nurse.",
                "My wife keeps telling me to go, and so does my doctor.",
                "I never learned how to do it properly.",
                "Right, thank you, and good morning to you.",
                "",
                "time",
                "time",
            ],
            [None, None, None, None, None, None, "What hindered you?", "What helped you?"],
        )
    )
    best = [model.codebook.ids[column] for column in said.scores.argmax(axis=1)]
    assert best[:4] == [
        "physical_capability", "physical_opportunity", "social_opportunity", "psychological_capability",
    ]  # fmt: skip
    assert said.codable[4] < said.codable[:4].min()
    assert not said.selected[[4, 5]].any()
    assert said.polarity[6:].argmax(axis=1).tolist() == [0, 1]
    assert said.evidence(0, best[0])
