import random
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from coder.codebook import Code, Codebook
from coder.encoding import get_encoder
from coder.encoding.adapter import write_adapter
from coder.encoding.weights import base_weights
from coder.errors import ModelError
from coder.learning import TrainingSet, blank_model, label_matrix, train_model
from coder.learning.dataset import fingerprints
from coder.learning.estimators.calibration import Thresholds
from coder.learning.estimators.ensemble import LinearHead
from coder.learning.evaluation.metrics import kappa_of
from coder.learning.training import finetune
from coder.learning.training.encoder_tuning import (
    BATCH,
    Tuned,
    Wording,
    averaged,
    some_phrases,
    steps_of,
    tune,
)
from coder.learning.training.finetune import RememberedEncoder, fine_tuned_model, lessons_of
from coder.learning.training.train import USUAL_RECIPES, Taught
from tests.learning.conftest import WordEncoder
from tests.present import present


def small_set(codebook: Codebook, n: int = 12) -> TrainingSet:
    texts = [f"{('busy hours', 'my friends', 'tired legs')[row % 3]} number {row}" for row in range(n)]
    labels = label_matrix([[codebook.ids[row % 3]] for row in range(n)], codebook)
    return TrainingSet(
        texts, labels, ["barrier", "facilitator"] * (n // 2), groups=[f"g{row % 4}" for row in range(n)]
    )


def test_remembered_vectors_stand_in_for_texts_the_encoder_was_tuned_on(encoder: WordEncoder) -> None:
    other = np.full(64, 1 / 8, dtype=np.float32)
    honest = RememberedEncoder(encoder, {int(fingerprints(["seen before"])[0]): other})
    rows = honest.encode(["fresh", "Seen  before"])
    assert (rows[1] == other).all() and (rows[0] == encoder.encode(["fresh"])[0]).all()


def test_each_study_is_a_lesson_with_the_codebook_as_worded(codebook: Codebook) -> None:
    lessons = lessons_of(small_set(codebook), codebook)
    assert len(lessons) == 1 and lessons[0].labels.shape == (12, 3)
    assert "Time" in lessons[0].wordings[0].texts


def test_a_step_has_rows_of_one_lesson_and_each_row_is_in_one_step() -> None:
    sizes = [5, 2 * BATCH, 100]
    steps = steps_of(sizes, random.Random(0))
    assert sorted((lesson, row) for lesson, rows in steps for row in rows) == [
        (lesson, row) for lesson, size in enumerate(sizes) for row in range(size)
    ]
    assert sorted(len(rows) for lesson, rows in steps if lesson == 2) == [25, 25, 25, 25]
    assert [lesson for lesson, _ in steps] != sorted(lesson for lesson, _ in steps)
    assert steps == steps_of(sizes, random.Random(0)) != steps_of(sizes, random.Random(1))


def test_a_step_takes_some_phrases_of_a_code_and_none_of_another() -> None:
    wording = Wording(["a", "b", "c", "d", "e"], [0, 1, 0, 0, 0], [None] * 5)
    taken = [some_phrases(wording, 0, 3, random.Random(seed)) for seed in range(20)]
    assert {len(phrases) for phrases in taken} == {2, 3}
    assert {phrase for phrases in taken for phrase in phrases} == {0, 2, 3, 4}
    assert some_phrases(wording, 1, 3, random.Random(0)) == [1]


def test_runs_are_averaged() -> None:
    runs = [
        Tuned({"w": np.full((2, 2), value)}, np.full((3, 3), value), np.full(3, value))
        for value in (1.0, 3.0)
    ]
    mean = averaged(runs)
    assert (mean.weights["w"] == 2).all() and (mean.intercept == 2).all()


def test_fine_tuning_on_a_handful_is_refused(
    codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    plain = blank_model(codebook, encoder)
    with pytest.raises(ModelError, match="50 coded excerpts"):
        fine_tuned_model(small_set(codebook), codebook, plain, start=None, folder=tmp_path)
    labels = small_set(codebook, 60).labels
    copies = TrainingSet(
        ["the very same six words here"] * 60, labels, groups=[f"g{n % 4}" for n in range(60)]
    )
    with pytest.raises(ModelError, match="nothing is left to learn from"):
        fine_tuned_model(copies, codebook, plain, start=None, folder=tmp_path)


def test_a_tuned_model_sets_its_thresholds_as_the_one_without_tuning(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    data, k = small_set(codebook, 60), len(codebook.codes)
    head = LinearHead({"plain": np.zeros((64, 3), np.float32)}, np.zeros(3, np.float32))
    taught = Taught(head, np.zeros((60, 3)))
    for thresholds in get_args(Thresholds):
        recipes = replace(USUAL_RECIPES, thresholds=thresholds)
        plain = train_model(data, codebook, base=blank_model(codebook, encoder), recipes=recipes)
        tuned = finetune._trained(data, codebook, plain, encoder, encoder.encode(data.texts), taught)
        assert tuned.card.training.thresholds == thresholds and len(tuned.parts.calibration.thresholds) == k


@pytest.mark.slow
def test_tuning_brings_texts_nearer_to_their_code_and_repeats_exactly(
    codebook: Codebook, tmp_path: Path
) -> None:
    base = base_weights()
    book = Codebook("nonsense", (Code("a", "Apples"), Code("b", "Bridges"), Code("c", "Clouds")))
    data = small_set(book, 24)
    lessons = lessons_of(data, book)
    tuned = tune(lessons, base, epochs=6, seed=1, threads=1)
    again = tune(lessons, base, epochs=6, seed=1, threads=1)
    name = next(iter(tuned.weights))
    assert np.allclose(tuned.weights[name], again.weights[name], atol=1e-6)
    assert tuned.losses[-1] < tuned.losses[0]
    write_adapter(tuned.weights, base, tmp_path)
    vectors = get_encoder(adapter=tmp_path).encode(["busy hours number 99", "Apples", "Bridges", "Clouds"])
    plain = get_encoder().encode(["busy hours number 99", "Apples", "Bridges", "Clouds"])
    gain = vectors[1:] @ vectors[0] - plain[1:] @ plain[0]
    assert gain[0] == gain.max()


@pytest.mark.slow
def test_what_is_called_held_out_after_tuning_is_no_memory_of_the_excerpts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A third of the codes are drawn by lot: nobody can know those of another group, only remember them."""
    dice = np.random.default_rng(4)
    book = Codebook("lots", (Code("a", "Apples"), Code("b", "Bridges"), Code("c", "Clouds")))
    said = ("busy hours at work", "my friends come along", "tired legs and pain")
    true = dice.integers(0, 3, 120)
    coded = np.where(dice.random(120) < 0.4, dice.integers(0, 3, 120), true)
    words = ["tea", "bus", "rain", "door", "lamp", "salt", "road", "bird", "coat", "hill", "milk", "desk"]
    texts = [f"{said[at]} {' '.join(dice.choice(words, 4))} {row}" for row, at in enumerate(true)]
    labels = label_matrix([[book.ids[at]] for at in coded], book)
    data = TrainingSet(texts, labels, groups=[f"g{row // 8}" for row in range(120)])
    plain = train_model(data, book, base=blank_model(book, get_encoder()))
    monkeypatch.setattr(finetune, "EPOCHS", (2, 2))
    found = fine_tuned_model(data, book, plain, start=None, folder=tmp_path)
    assert present(present(found.model.card.held_out.themes).kappa) < present(kappa_of(true, coded)) + 0.05
