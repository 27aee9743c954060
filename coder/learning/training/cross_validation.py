"""Held-out performance of a way of training: whole groups are held out, the model is trained anew without them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.learning.dataset import FOLDS, NOTHING_LEFT, Folds, TrainingSet, folds_of, repeats
from coder.learning.estimators.ensemble import ENOUGH
from coder.learning.evaluation.performance import EvaluationReport, Split
from coder.learning.evaluation.report import Guess, Truth, by_attribute, performance
from coder.learning.model import Model
from coder.learning.persistence.card import CodeVerdict
from coder.learning.training.model_card import verdicts_of
from coder.statistics import RESAMPLES

Trainer = Callable[[TrainingSet], Model]
LARGE, LARGE_FOLDS = 4000, 3  # rows from which fewer folds do: each trains on thousands of rows


@dataclass(frozen=True)
class CrossValidated:
    """The report of held-out groups with the verdicts per code, and what both come from."""

    report: EvaluationReport
    verdicts: list[CodeVerdict]
    folds: Folds
    guess: Guess


def split(data: TrainingSet, names: Sequence[str]) -> tuple[Folds, int]:
    """Return folds that hold out whole groups, and how many rows repeat another group's text."""
    count = FOLDS if len(data) < LARGE else LARGE_FOLDS
    strata = np.where((data.labels == 1).any(axis=1), (data.labels == 1).argmax(axis=1) + 1, 0)
    copies = repeats(data.texts, names)
    return folds_of(data.texts, names, strata.astype(np.intp), count, copies), copies.long + copies.short


def untestable(data: TrainingSet, names: Sequence[str]) -> str | None:
    """Return why held-out groups cannot be measured, where too little would be left to learn from; else None."""
    coded = (data.labels == 1).any(axis=1)
    if not ((data.labels == 1).any(axis=0) & (data.labels == 0).any(axis=0)).any():
        return "all excerpts have the same codes, so there is nothing to tell apart"
    for inside, _ in split(data, names)[0].parts():
        if not len(inside):
            return NOTHING_LEFT
        left = int(coded[inside].sum())
        if left < ENOUGH:
            return (
                f"without a held-out part, {left} coded excerpts are left to learn from; {ENOUGH} are needed"
            )
    return None


def held_out(data: TrainingSet, folds: Folds, trainer: Trainer) -> Guess:
    """Return predictions of every row by a model that never saw its fold; rows of no fold get none."""
    guess = Guess.blank(*data.labels.shape)
    for inside, outside in folds.parts():
        guess.fill(outside, guess_of(data, inside, outside, trainer))
    return guess


def guess_of(data: TrainingSet, train: NDArray[np.intp], test: NDArray[np.intp], trainer: Trainer) -> Guess:
    """Return what a model trained on some rows says of others."""
    return Guess.by(trainer(data.rows(train)), data.rows(test))


def cross_validated(
    data: TrainingSet,
    codebook: Codebook,
    names: Sequence[str],
    trainer: Trainer,
    *,
    studies: Sequence[str] | None = None,
    column: tuple[str, Sequence[str | None]] | None = None,
) -> CrossValidated:
    """Return the evaluation report of held-out groups with its verdicts; `names` is the group of each row.

    `studies` (n,) adds the figures of each study, `column` (its name and values) those of each value, with intervals
    over the set's own groups. See `untestable` for when there is nothing to be had.
    """
    places, repeated = split(data, names)
    guess = held_out(data, places, trainer)
    truth = Truth(data.labels, data.polarity, list(names))
    report = performance(truth, guess, codebook, "held out")
    own_groups = Truth(data.labels, data.polarity, data.groups)
    everything = np.ones(data.labels.shape, dtype=bool)
    grouped = replace(data, groups=names)
    verdicts = verdicts_of(grouped, codebook, guess.selected, everything, resamples=RESAMPLES)
    report = replace(
        report,
        folds=places.count,
        repeated_texts=repeated,
        studies=None if studies is None else by_attribute(own_groups, guess, studies, whole=True),
        by=None if column is None else Split(column[0], by_attribute(own_groups, guess, column[1])),
    )
    return CrossValidated(report, verdicts, places, guess)
