"""Held-out performance of a way of training: whole groups are held out, the model is trained anew without them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.learning.attributes import by_attribute
from coder.learning.data import TrainingSet
from coder.learning.evaluation import Guess, Truth, performance
from coder.learning.folds import group_folds, joined_groups
from coder.learning.model import Model

Trainer = Callable[[TrainingSet], Model]
FOLDS = 5


def split(data: TrainingSet, names: Sequence[str], folds: int = FOLDS) -> tuple[NDArray[np.intp], int]:
    """Return the fold of each row, whole groups held out, and how many rows repeat another group's text."""
    groups, repeated = joined_groups(data.texts, names)
    strata = np.where((data.labels == 1).any(axis=1), (data.labels == 1).argmax(axis=1) + 1, 0)
    return group_folds(groups, strata.astype(np.intp), folds), repeated


def held_out(
    data: TrainingSet,
    folds: NDArray[np.intp],
    trainer: Trainer,
    progress: Callable[[int], None] | None = None,
) -> Guess:
    """Return predictions of every row by a model that never saw its fold."""
    n, k = data.labels.shape
    guess = Guess(np.zeros((n, k)), np.zeros((n, k)), np.zeros((n, k), dtype=bool), np.zeros((n, 3)))
    for fold in np.unique(folds):
        test, train = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        model = trainer(data.rows(train))
        part = data.rows(test)
        said = model.predict(part.texts, part.questions, part.studies)
        for name in ("scores", "forced", "selected", "polarity"):
            getattr(guess, name)[test] = getattr(said, name)
        if progress:
            progress(1)
    return guess


def cross_validated(
    data: TrainingSet,
    codebook: Codebook,
    names: Sequence[str],
    trainer: Trainer,
    *,
    folds: int = FOLDS,
    splits: Mapping[str, Sequence[str | None] | None] | None = None,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Return the evaluation report of held-out groups; `names` is the group of each row.

    `splits` names further columns (n,), None for none: the report has the figures for each of their values under
    that name, with intervals over the set's own groups.
    """
    places, repeated = split(data, names, folds)
    guess = held_out(data, places, trainer, progress)
    truth = Truth(data.labels, data.polarity, list(names))
    report = performance(truth, guess, codebook, "held out", seed=seed)
    own = Truth(data.labels, data.polarity, data.groups)
    given = {key: values for key, values in (splits or {}).items() if values is not None}
    parts = {
        key: by_attribute(own, guess, values, whole=key == "studies", seed=seed)
        for key, values in given.items()
    }
    return {**report, "folds": int(places.max(initial=0)) + 1, "repeated_texts": repeated, **parts}


def learning_curve(
    data: TrainingSet,
    names: Sequence[str],
    trainer: Trainer,
    *,
    shares: Sequence[float] = (0.25, 0.5),
    seed: int = 0,
) -> list[dict[str, float]]:
    """Return theme and polarity kappa on one held-out fold for growing shares of the other groups.

    All sizes are tested on the same fold; groups are added in a seeded random order.
    """
    folds, _ = split(data, names)
    test, pool = np.flatnonzero(folds == 0), np.flatnonzero(folds != 0)
    rng = np.random.default_rng(seed)
    order = rng.permutation(sorted({names[row] for row in pool.tolist()}))
    part = data.rows(test)
    truth = Truth(part.labels, part.polarity, list(part.groups))
    points = []
    for share in (*shares, 1.0):
        chosen = set(order[: max(1, round(share * len(order)))].tolist())
        train = np.array([row for row in pool.tolist() if names[row] in chosen])
        model = trainer(data.rows(train))
        said = model.predict(part.texts, part.questions, part.studies)
        guess = Guess(said.scores, said.forced, said.selected, said.polarity)
        report = performance(truth, guess, model.codebook, "curve")
        points.append(
            {
                "excerpts": len(train),
                "theme_kappa": report["themes"]["kappa"],
                "polarity_kappa": report["polarity"]["kappa"],
            }
        )
    return points


def gain_forecast(points: Sequence[dict[str, float]], more: int) -> float | None:
    """Return how much theme kappa `more` excerpts would add, by a line in log2 of the size; None if unclear.

    Kappa grows about linearly in the logarithm of the number of labels over the sizes met in practice; two points
    and up to one doubling ahead are what the line is trusted for.
    """
    known = [
        (point["excerpts"], point["theme_kappa"]) for point in points if point["theme_kappa"] is not None
    ]
    if len(known) < 2 or more > known[-1][0]:
        return None
    sizes, values = np.log2([size for size, _ in known]), np.array([value for _, value in known])
    slope = float(np.polyfit(sizes, values, 1)[0])
    return round(max(slope, 0.0) * float(np.log2(1 + more / known[-1][0])), 3)
