"""The learning curve: how much better a model gets with more excerpts, and what more of them would bring."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.learning.dataset import TrainingSet
from coder.learning.evaluation.metrics import kappa, polarity_choice, square_tables
from coder.learning.evaluation.performance import CurvePoint, Gain, LearningCurve
from coder.learning.evaluation.report import Guess, Truth
from coder.learning.training.cross_validation import CrossValidated, Trainer, guess_of
from coder.statistics import ClusterBootstrap, Estimate, percentile_interval

FROM_EXCERPTS, FROM_GROUPS = 120, 4  # coded excerpts and groups below which a curve says nothing
PARTS = 3  # held-out parts over which it is averaged
SHARES = (0.25, 0.5)  # of the groups to learn from; the whole is known from cross-validation
MORE = 200  # excerpts for which the gain is forecast, or as many as there are
UNSURE = 0.1  # a range of the gain as wide as this says nothing


def too_few(data: TrainingSet, names: Sequence[str]) -> str | None:
    """Return why no learning curve can be drawn, or None."""
    coded, groups = int((data.labels == 1).any(axis=1).sum()), len(set(names))
    if coded >= FROM_EXCERPTS and groups >= FROM_GROUPS:
        return None
    return (
        f"No learning curve: it needs {FROM_EXCERPTS} coded excerpts in {FROM_GROUPS} groups or more, and there are"
        f" {coded} in {groups}."
    )


def learning_curve(
    data: TrainingSet, names: Sequence[str], trainer: Trainer, whole: CrossValidated
) -> LearningCurve:
    """Return theme and polarity kappa for growing shares of the groups, and the gain to be had from more excerpts.

    All sizes are tested on the same PARTS held-out parts of `whole` (cross-validated on `names`), their rows taken
    together; groups are added in a seeded random order. `gain` is what `more` excerpts beyond all that there are
    would add to theme kappa, by a line in log2 of the size, in which kappa grows about linearly over the sizes met in
    practice; `gain_low` and `gain_high` are its 95 % interval from resampling the test groups. It is None, with
    `why`, where that is too wide to tell anything.
    """
    parts = sorted(whole.folds.parts(), key=lambda part: -len(part[1]))[:PARTS]
    rng = np.random.default_rng(0)
    sizes, guesses = [], []
    for share in SHARES:
        guess, learned = Guess.blank(*data.labels.shape), []
        for inside, outside in parts:
            order = rng.permutation(sorted({names[row] for row in inside.tolist()}))
            chosen = set(order[: max(1, round(share * len(order)))].tolist())
            train = np.array([row for row in inside.tolist() if names[row] in chosen], dtype=np.intp)
            guess.fill(outside, guess_of(data, train, outside, trainer))
            learned.append(len(train))
        sizes.append(round(float(np.mean(learned))))
        guesses.append(guess)
    sizes.append(round(float(np.mean([len(inside) for inside, _ in parts]))))
    tested = np.sort(np.concatenate([outside for _, outside in parts]))
    truth = Truth(
        data.labels[tested], [data.polarity[at] for at in tested], [str(names[at]) for at in tested]
    )
    boot = ClusterBootstrap.over(truth.groups)
    points, kappas, resampled = [], [], []
    for size, guess in zip(sizes, [*guesses, whole.guess], strict=True):
        tested_guess = guess.rows(tested)
        value, drawn = _theme_kappa(truth, tested_guess, boot)
        polarity = polarity_choice(
            tested_guess.asked_polarity(truth.polarity), tested_guess.polarity, boot
        ).kappa.value
        points.append(CurvePoint(size, Estimate(value), Estimate(polarity)))
        kappas.append(np.nan if value is None else value)
        resampled.append(drawn)
    gain = _gain(np.array(sizes), np.array(kappas), np.stack(resampled, axis=1), len(data))
    return LearningCurve(points=tuple(points), parts=len(parts), tested_on=len(tested), **asdict(gain))


def _theme_kappa(truth: Truth, guess: Guess, boot: ClusterBootstrap) -> tuple[float | None, Floats]:
    """Return theme kappa in forced choice, and of each resample."""
    known = (truth.labels >= 0).all(axis=1, keepdims=True)
    labels = guess.asked((truth.labels == 1) & known)
    rows = np.flatnonzero(labels.sum(axis=1) == 1)
    best = guess.forced[rows].argmax(axis=1)
    table, drawn = square_tables(boot, rows, labels[rows].argmax(axis=1), best, labels.shape[1])
    value = float(kappa(table))
    return (round(value, 6) if np.isfinite(value) else None), kappa(drawn)


def _gain(sizes: NDArray[np.intp], kappas: Floats, resampled: Floats, n: int) -> Gain:
    """Return what `more` excerpts beyond n would add, with its interval, or why that cannot be told.

    `kappas` (sizes,) and `resampled` (resamples, sizes). No more than a doubling is forecast.
    """
    more = min(MORE, n)
    across = np.log2(sizes) - np.log2(sizes).mean()
    ahead = float(np.log2(1 + more / n) / max(across @ across, 1e-9))
    drawn = resampled @ across * ahead
    drawn = drawn[np.isfinite(drawn)]
    value = float(kappas @ across) * ahead
    if not len(drawn) or not np.isfinite(value):
        why = "There are too few groups to tell what more excerpts would bring."
        return Gain(more=more, gain=None, why=why)
    low, high = (round(max(bound, 0.0), 3) for bound in percentile_interval(drawn))
    if high - low < UNSURE:
        return Gain(more=more, gain=round(max(value, 0.0), 3), gain_low=low, gain_high=high)
    why = f"Too noisy to tell what more excerpts would bring: {more} more may add anything from {low} to {high}."
    return Gain(more=more, gain=None, gain_low=low, gain_high=high, why=why)
