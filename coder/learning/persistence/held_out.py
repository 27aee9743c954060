"""The figures of a model on excerpts that it had not learned from, as its card has them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.domain import POLARITIES
from coder.learning.dataset import TrainingSet
from coder.learning.estimators.calibration_fit import Settled
from coder.learning.estimators.ensemble import ENOUGH
from coder.learning.estimators.linear import log_softmax
from coder.learning.evaluation.metrics import calibration_error, kappa_of, risk_coverage, surest_precision
from coder.learning.parts import Parts
from coder.learning.training.code_verdicts import Verdict
from coder.learning.training.folds import NOTHING_LEFT, Folds

Floats = NDArray[np.float64]
ANEW = "held-out groups, by models trained anew without them"
WHOLE, PARTS = "groups held out while training", "parts of one group, learned from its other parts"


@dataclass(frozen=True)
class Learned:
    """What training found on held-out rows: logits, chances and choices, and which rows can be read, (n,)."""

    verdicts: list[Verdict]
    themes: Floats
    polarity: Floats | None
    settled: Settled
    read: NDArray[np.bool_]
    languages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ThemeFigures:
    """Forced choice of the code on n excerpts with one code; `coverage` is the risk-coverage curve."""

    n: int
    kappa: float | None
    top2: float
    coverage: list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class PolarityFigures:
    """Forced choice between the polarities in `order` on n excerpts that people gave one of them."""

    n: int
    kappa: float | None
    order: tuple[str, ...] = tuple(POLARITIES[:2])


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was measured, on what, or why nothing was.

    `calibration_error` is that of suggestions; `surest_quarter` the share of right ones among the surest quarter of
    suggestions, None with too few.
    """

    measured_on: str | None = None
    why_not: str | None = None
    themes: ThemeFigures | None = None
    polarity: PolarityFigures | None = None
    calibration_error: float | None = None
    surest_quarter: float | None = None

    @classmethod
    def of_report(cls, report: Mapping[str, Any]) -> "HeldOut":
        """Return the main figures of an evaluation report of models trained anew without the held-out groups."""
        themes, polarity, calibration = report["themes"], report["polarity"], report["calibration"]
        curve = calibration["risk_coverage"]
        return cls(
            measured_on=ANEW,
            themes=ThemeFigures(themes["n_single"], themes["kappa"], themes["top2_accuracy"], curve)
            if themes["n_single"]
            else None,
            polarity=PolarityFigures(polarity["n"], polarity["kappa"]) if polarity["n"] else None,
            calibration_error=calibration["ece_suggested"],
            surest_quarter=calibration["surest_quarter"],
        )

    @classmethod
    def of_training(cls, data: TrainingSet, folds: Folds, parts: Parts, learned: Learned) -> "HeldOut":
        """Return the figures of the rows that each part of training had not learned from."""
        coded = int((data.labels == 1).any(axis=1).sum())
        if coded < ENOUGH:
            return cls(why_not=f"only {coded} coded excerpt{'' if coded == 1 else 's'}")
        if not learned.settled.tested.any():
            return cls(why_not=NOTHING_LEFT)
        if all(verdict.kappa is None for verdict in learned.verdicts):
            return cls(why_not=f"no code has {ENOUGH} excerpts with it and {ENOUGH} without it")
        found = figures(data, parts, learned)
        return found if found == cls() else replace(found, measured_on=WHOLE if folds.whole else PARTS)

    def to_dict(self) -> dict[str, Any]:
        """Return what is known, as the card has it."""
        return {
            name: {**value, "order": list(value["order"])} if name == "polarity" else value
            for name, value in asdict(self).items()
            if value is not None
        }


def figures(data: TrainingSet, parts: Parts, learned: Learned) -> HeldOut:
    """Return the figures of held-out rows; those that cannot be read are left out: the model does not guess there."""
    judged = learned.settled.tested & learned.read
    suggested = learned.settled.selected & judged[:, None] & (data.labels >= 0) & parts.calibration.usable
    found = HeldOut(themes=_themes(data, parts, learned, judged), polarity=_polarity(data, learned, judged))
    if not suggested.any():
        return found
    chances, right = learned.settled.chances[suggested], data.labels[suggested] == 1
    error = round(calibration_error(chances, right), 4)
    return replace(found, calibration_error=error, surest_quarter=surest_precision(chances, right))


def _themes(
    data: TrainingSet, parts: Parts, learned: Learned, judged: NDArray[np.bool_]
) -> ThemeFigures | None:
    known = (data.labels >= 0).all(axis=1)
    single = np.flatnonzero(judged & known & ((data.labels == 1).sum(axis=1) == 1))
    if not len(single):
        return None
    logits = learned.themes[single]
    truth, ranked = data.labels[single].argmax(axis=1), np.argsort(-logits, axis=1, kind="stable")
    sure = np.exp(log_softmax(logits / parts.calibration.temperature)).max(axis=1)
    return ThemeFigures(
        n=len(single),
        kappa=kappa_of(truth, ranked[:, 0]),
        top2=float((ranked[:, :2] == truth[:, None]).any(axis=1).mean()),
        coverage=risk_coverage(sure, ranked[:, 0] == truth, steps=10),
    )


def _polarity(data: TrainingSet, learned: Learned, judged: NDArray[np.bool_]) -> PolarityFigures | None:
    places = data.polarity_places()
    two = np.flatnonzero(judged & (places >= 0) & (places < 2))
    if learned.polarity is None or not len(two):
        return None
    return PolarityFigures(len(two), kappa_of(places[two], learned.polarity[two, :2].argmax(axis=1)))
