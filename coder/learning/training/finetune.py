"""Fine-tuning the small encoder on a study's own coded excerpts: slower, used only where held-out groups say so.

The large encoder is not tuned: its layers tuned on a study's excerpts added nothing to the other views where this was
measured (docs/learning.md, "A codebook of your own with labels").
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.encoding import Encoder, get_encoder
from coder.encoding.adapter import read_adapter, write_adapter
from coder.encoding.weights import base_weights
from coder.errors import ModelError
from coder.learning.dataset import NOTHING_LEFT, TrainingSet, fingerprints, folds_of
from coder.learning.estimators.ensemble import LinearHead
from coder.learning.features.codebook_similarity import codebook_phrases
from coder.learning.model import Model, blank_model
from coder.learning.training.encoder_tuning import Lesson, Tuned, Weights, Wording, averaged, tune
from coder.learning.training.train import USUAL_RECIPES, Taught, train_model

RUNS = 3
EPOCHS = (8, 3)  # for few and for many excerpts
READINGS = 2400  # texts read in all, between these bounds
Report = Callable[[str], None]
FEWEST = 50  # coded excerpts; with fewer, tuning learns the accidents of the sample


class RememberedEncoder:
    """An encoder that gives remembered vectors for some texts, by fingerprint, and its own for all others.

    Heads fitted to a tuned encoder's vectors of its own training texts would trust them too much: these texts lie
    where they ought to. Remembered vectors come from a run of the same tuning without the text's study.
    """

    def __init__(self, encoder: Encoder, remembered: Mapping[int, NDArray[np.float32]]) -> None:
        self._encoder = encoder
        self._remembered = remembered
        self.id = encoder.id
        self.dimension = encoder.dimension

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return one row per text, (n, d)."""
        keys = [int(key) for key in fingerprints(texts)] if texts else []
        fresh = [row for row, key in enumerate(keys) if key not in self._remembered]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            if key in self._remembered:
                vectors[row] = self._remembered[key]
        if fresh:
            vectors[fresh] = self._encoder.encode([texts[row] for row in fresh], progress=progress)
        return vectors


@dataclass(frozen=True)
class FineTuned:
    """A model on a tuned encoder, the folder of its adapter, and whether it beat the untuned one held out."""

    model: Model
    adapter: Path
    better: bool
    comparison: str


def fine_tuned_model(
    data: TrainingSet,
    codebook: Codebook,
    plain: Model,
    *,
    start: Path | None,
    folder: Path,
    progress: Report | None = None,
) -> FineTuned:
    """Tune the encoder on `data` and train a model on it; `plain` is the model trained without tuning.

    RUNS runs, each without a part of the groups, are averaged into one adapter, written to `folder`. Heads and
    thresholds are learned from what each run says of the groups it did not see. `start` is the folder of the
    adapter to start from (None: the official weights). Raises ModelError with fewer than FEWEST coded excerpts, or
    if nothing is left to learn from without a part of the groups.
    """
    data = data.rows(np.flatnonzero(np.asarray(data.codable, dtype=bool)))
    coded = (data.labels == 1).any(axis=1)
    if coded.sum() < FEWEST or len(set(data.groups)) < RUNS:
        raise ModelError(
            f"Fine-tuning needs {FEWEST} coded excerpts in {RUNS} groups or more; train without it."
        )
    main = np.where(coded, data.labels.argmax(axis=1) + 1, 0).astype(np.intp)
    folds = folds_of(list(data.texts), list(data.groups), main, RUNS)
    if any(not coded[inside].any() for inside, _ in folds.parts()):
        raise ModelError(f"The encoder cannot be tuned: {NOTHING_LEFT}. Train without --fine-tune.")
    epochs = int(np.clip(round(READINGS / int(coded.sum())), EPOCHS[1], EPOCHS[0]))
    base = base_weights()
    weights = read_adapter(start).merged(base) if start else base
    runs: list[Tuned] = []
    vectors, sides = np.zeros((len(data), 384), np.float32), np.zeros((len(data), 3))
    for inside, unseen in folds.parts():
        part = data.rows(inside)
        runs.append(tune(lessons_of(part, codebook), weights, epochs=epochs, progress=progress))
        vectors[unseen] = _encoded(runs[-1].weights, base, [data.texts[int(row)] for row in unseen])
        sides[unseen] = vectors[unseen] @ runs[-1].polarity + runs[-1].intercept
    whole = averaged(runs)
    write_adapter(whole.weights, base, folder)
    encoder = get_encoder(adapter=folder)
    model = _trained(data, codebook, plain, encoder, vectors, Taught(_layer(whole), sides))
    better, comparison = compared(plain, model)
    return FineTuned(model, folder, better, comparison)


def _trained(
    data: TrainingSet,
    codebook: Codebook,
    plain: Model,
    encoder: Encoder,
    vectors: NDArray[np.float32],
    taught: Taught,
) -> Model:
    """Train on held-out vectors, then put the tuned encoder in their place."""
    keys = fingerprints(data.texts).tolist()
    honest = RememberedEncoder(encoder, dict(zip(keys, vectors, strict=True)))
    base = plain.base if plain.base is not None else blank_model(codebook, honest)
    rare = plain.card.training.thresholds == "macro-f1"
    recipes = replace(USUAL_RECIPES, taught=taught, thresholds="macro-f1" if rare else "usual")
    model = train_model(data, codebook, base=base, recipes=recipes, name=plain.name, encoder=honest)
    return Model(model.name, codebook, encoder, model.parts, model.card, model.base)


def lessons_of(data: TrainingSet, codebook: Codebook) -> list[Lesson]:
    """Return one lesson per study of a training set, the codebook as it is worded."""
    phrases = codebook_phrases(codebook)
    wording = Wording([p.text for p in phrases], [p.code for p in phrases], [None] * len(phrases))
    lessons = []
    for study in dict.fromkeys(data.studies):
        part = data.rows(np.array([row for row, name in enumerate(data.studies) if name == study]))
        lessons.append(Lesson(part.texts, part.labels, part.polarity_places(), [wording]))
    return lessons


def _encoded(tuned: Weights, base: Weights, texts: list[str]) -> NDArray[np.float32]:
    with TemporaryDirectory() as folder:
        write_adapter(tuned, base, Path(folder))
        return get_encoder(adapter=Path(folder)).encode(texts)


def _layer(tuned: Tuned) -> LinearHead:
    return LinearHead({"plain": tuned.polarity}, tuned.intercept)


def compared(plain: Model, tuned: Model) -> tuple[bool, str]:
    """Return whether tuning raised held-out kappa, of themes and polarity together, and a sentence with both."""
    figures = [
        [(axis.kappa if axis else None) or 0.0 for axis in (held_out.themes, held_out.polarity)]
        for held_out in (plain.card.held_out, tuned.card.held_out)
    ]
    better = sum(figures[1]) > sum(figures[0])
    changes = ", ".join(
        f"{axis} kappa {before:.3f} without fine-tuning and {after:.3f} with it"
        for axis, before, after in zip(("theme", "polarity"), *figures, strict=True)
    )
    return better, f"Held out: {changes}. It {'is' if better else 'is not'} used."
