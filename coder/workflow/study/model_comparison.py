"""A new model against the one in use, on transcripts that neither learned from."""

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from coder.phrasing import counted
from coder.store import Study
from coder.workflow.study.held_out import HeldOut
from coder.workflow.study.training_data import Lesson, training_set

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coder.learning.dataset import TrainingSet
    from coder.learning.evaluation.performance import Change
    from coder.learning.model import Model

FEW_TRANSCRIPTS = 5  # with fewer, intervals resample turns and say so


@dataclass(frozen=True, slots=True)
class Gain:
    """A figure of the model in use and of the new one, their difference and its paired 95 % interval.

    `too_few` says that there is no interval because a code has too few examples to tell.
    """

    old: float | None
    new: float | None
    difference: float | None
    low: float | None
    high: float | None
    support: int = 0
    too_few: bool = False

    @property
    def clearly_worse(self) -> bool:
        """Whether the whole interval lies below zero."""
        return self.high is not None and self.high < 0


@dataclass(frozen=True, slots=True)
class Trial:
    """What the comparison found. `overall` is the mean F1 of the codes, weighted by how often people gave them.

    `tried_on` says on what it was tried; `resampled` what the intervals resample: 'transcripts', or where these are
    few 'respondents' of a survey, or 'turns'.
    """

    n: int
    transcripts: int
    resampled: str
    overall: Gain
    theme_kappa: Gain
    polarity_kappa: Gain
    codes: dict[str, Gain]
    tried_on: str = "held-out transcripts"

    @property
    def worse_codes(self) -> list[str]:
        """Codes at which the new model is clearly worse."""
        return [code for code, gain in self.codes.items() if gain.clearly_worse]

    @property
    def better(self) -> bool:
        """Whether the new model may replace the one in use: better overall, clearly worse nowhere."""
        gain = self.overall.difference
        spoilt = self.worse_codes or self.theme_kappa.clearly_worse or self.polarity_kappa.clearly_worse
        return gain is not None and gain > 1e-9 and not spoilt

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, as they are kept in the study."""
        return asdict(self)


def compare(study: Study, old: "Model", new: "Model", tests: Sequence[Lesson], kept: HeldOut) -> Trial:
    """Try both models on held-out lessons (those whose every code was looked at); `kept` is what is held out.

    Each says what it would suggest in the study: it is given the whole transcripts.
    """
    import numpy as np

    from coder.learning.evaluation.report import Guess, Truth, differences

    codebook = study.codebooks.current()
    data = training_set(study, [item for item in tests if item.known], codebook)
    known = np.flatnonzero((data.labels >= 0).all(axis=1))
    guesses = [Guess.by(model, data, codebook.ids).rows(known) for model in (old, new)]
    data = data.rows(known)
    resampled, groups = _resampled(data, tests)
    people = len({(item.utterance.transcript, item.utterance.speaker) for item in tests if item.known})
    transcripts = len(set(data.groups))
    changes = differences(Truth(data.labels, data.polarity, groups), guesses[0], guesses[1], codebook.ids)
    return Trial(
        n=len(known),
        transcripts=transcripts,
        resampled=resampled,
        overall=mean_f1(data.labels == 1, guesses[0].selected, guesses[1].selected, groups),
        theme_kappa=_gain(changes.theme_kappa),
        polarity_kappa=_gain(changes.polarity_kappa),
        codes={
            code: replace(_gain(change.f1, change.support), too_few=change.too_few)
            for code, change in changes.codes.items()
            if change.support
        },
        tried_on=counted(people, "held-out respondent")
        if kept.respondents
        else counted(transcripts, "held-out transcript"),
    )


def _resampled(data: "TrainingSet", tests: Sequence[Lesson]) -> tuple[str, list[str]]:
    """Return what the intervals resample, and each row's group: transcripts, few as they are respondents or turns."""
    if len(set(data.groups)) >= FEW_TRANSCRIPTS:
        return "transcripts", list(data.groups)
    if all(item.utterance.written for item in tests):
        units = [item.utterance for item in tests]
        who: dict[Hashable, str] = {
            (unit.transcript, unit.turn): f"{unit.transcript} {unit.speaker}" for unit in units
        }
        groups = [who[turn] for turn in data.turns]
        if len(set(groups)) >= FEW_TRANSCRIPTS:
            return "respondents", groups
    return "turns", [str(turn) for turn in data.turns]


def _gain(change: "Change", support: int = 0) -> Gain:
    return Gain(change.first, change.second, change.difference, change.ci_low, change.ci_high, support)


def mean_f1(
    labels: "NDArray[np.bool_]", old: "NDArray[np.bool_]", new: "NDArray[np.bool_]", groups: Sequence[str]
) -> Gain:
    """Return the mean F1 of the codes of two selections (n, k), weighted by their counts in `labels` (n, k).

    The weights keep a code that occurs a handful of times from deciding. A code that is never selected has F1 0.
    Both selections are resampled together by group.
    """
    import numpy as np

    from coder.learning.evaluation.metrics import code_tables
    from coder.statistics import FEWEST_TO_TELL, ClusterBootstrap, percentile_interval

    occurring = labels.any(axis=0)
    if not occurring.any():
        return Gain(None, None, None, None, None)
    boot = ClusterBootstrap.over(groups)
    share = labels.sum(axis=0)[occurring] / labels.sum()

    def figures(selected: "NDArray[np.bool_]") -> tuple[float, "NDArray[np.float64]"]:
        whole, resampled = code_tables(labels[:, occurring], selected[:, occurring], boot)
        return float(_f1(whole) @ share), _f1(resampled) @ share

    def _f1(tables: "NDArray[np.float64]") -> "NDArray[np.float64]":
        hits = tables[..., 1, 1]
        either = 2 * hits + tables[..., 0, 1] + tables[..., 1, 0]
        value: NDArray[np.float64] = 2 * hits / np.maximum(either, 1e-12)
        return value

    (first, first_draws), (second, second_draws) = figures(old), figures(new)
    draws, coded = second_draws - first_draws, int(labels.any(axis=1).sum())
    too_few = coded < FEWEST_TO_TELL
    low, high = percentile_interval(draws) if len(draws) and not too_few else (None, None)
    return Gain(first, second, second - first, low, high, coded, too_few)
