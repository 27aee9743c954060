"""Estimates and where their intervals come from: the cluster bootstrap, the jackknife, Student's t.

Everything resampled is a function of how often each group of units is counted. A group is a transcript (a study,
a participant), or a unit where no groups are known. A `Statistic` gets weights (draws x groups) and returns one
value per draw, so the estimate, the bootstrap and the jackknife are the same function with other weights. Tables
per group are resampled, never rows: 1,000,000 units cost no more than 100.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.errors import InputError

Values = dict[str, Floats]
Statistic = Callable[[Floats], Values]

FEW_CLUSTERS = 10  # below: a percentile bootstrap over so few groups is not trusted
MOST_GROUPS = 1000  # more groups are resampled in this many random bundles; costs 2 % of the SE's precision
MOST_UNDEFINED = 0.2  # of the resamples; beyond, what is left would flatter the coefficient
MOST_DRAWS = 500  # at once: what a statistic holds grows with it
MIN_GROUPS = 3  # fewer groups give a percentile interval that means nothing
FEWEST_TO_TELL = (
    10  # examples; of fewer, the interval of two models' difference is far too narrow, or has no width
)
RESAMPLES = 2000
CELLS = 2_000_000  # weights held at once


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient: `value` with its 95 % interval and standard error, or None with the `reason`.

    `note` remarks on a value that exists: where its interval comes from, or why it has none.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    reason: str | None = None
    note: str | None = None

    def __float__(self) -> float:
        if self.value is None:
            raise TypeError(f"this coefficient is undefined: {self.reason}")
        return self.value

    def __str__(self) -> str:
        if self.value is None:
            return f"undefined ({self.reason})"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def noted(self, note: str) -> "Estimate":
        """Return the estimate with one more remark."""
        return replace(self, note=f"{self.note}; {note}" if self.note else note)

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of the JSON report: value, ci_low, ci_high, se, reason, and a note if any."""
        plain = {
            "value": self.value,
            "ci_low": self.low,
            "ci_high": self.high,
            "se": self.se,
            "reason": self.reason,
        }
        return plain | ({"note": self.note} if self.note else {})


def t_quantile(probability: float, df: int) -> float:
    """Return the quantile of Student's t: 2.262 for .975 and 9 degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(df, probability))


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile: 1.960 for .975."""
    from scipy.special import ndtri

    return float(ndtri(probability))


def percentile_interval(draws: Floats) -> tuple[float, float]:
    """Return the 2.5 and 97.5 percentiles of resampled values, which must all be numbers and at least one."""
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is resampled: `group` gives each unit's group; `clustered` whether groups are transcripts.

    `n_clusters` counts the transcripts the caller named (0: none named).
    """

    group: NDArray[np.int64]
    groups: int
    clustered: bool
    n_clusters: int
    seed: int

    @property
    def jackknifed(self) -> bool:
        """Whether there are too few transcripts for a bootstrap."""
        return self.clustered and self.groups < FEW_CLUSTERS

    @property
    def note(self) -> str | None:
        """The remark that belongs to every interval of this plan."""
        if self.jackknifed:
            return (
                f"jackknife over only {self.groups} transcripts: the interval is itself uncertain"
                f" (fewer than {FEW_CLUSTERS})"
            )
        if self.n_clusters == 1:
            return "one transcript: its units are treated as independent, so the interval is too narrow"
        if not self.clustered and self.groups < FEW_CLUSTERS:
            return f"resampled from only {self.groups} units: the interval is a rough guide"
        return None


def plan_for(units: int, clusters: Sequence[Any] | NDArray[Any] | None, seed: int) -> Plan:
    """Return what to resample for this many units, given each unit's cluster (or None: units themselves).

    Raises InputError if clusters do not match the units.
    """
    if clusters is None:
        return Plan(*_bundled(np.arange(units), units, seed), False, 0, seed)
    labels, count = cluster_positions(clusters, units)
    if count < 2:
        return Plan(*_bundled(np.arange(units), units, seed), False, count, seed)
    return Plan(*_bundled(labels, count, seed), True, count, seed)


def cluster_positions(clusters: Sequence[Any] | NDArray[Any], units: int) -> tuple[NDArray[np.int64], int]:
    """Return each unit's cluster as a whole number, in order of first appearance, and how many there are."""
    if hasattr(clusters, "to_numpy"):
        clusters = clusters.to_numpy()
    if len(clusters) != units:
        raise InputError(f"There are {len(clusters)} cluster labels for {units} units; give one per unit.")
    if isinstance(clusters, np.ndarray) and clusters.dtype.kind in "iub":
        distinct, positions = np.unique(clusters, return_inverse=True)
        return positions.reshape(-1).astype(np.int64), len(distinct)
    index: dict[Any, int] = {}
    positions = np.fromiter((index.setdefault(label, len(index)) for label in clusters), dtype=np.int64)
    return positions, len(index)


def _bundled(group: NDArray[np.int64], groups: int, seed: int) -> tuple[NDArray[np.int64], int]:
    if groups <= MOST_GROUPS:
        return group.astype(np.int64), groups
    bundle = np.arange(groups) % MOST_GROUPS
    np.random.default_rng([seed, 1]).shuffle(bundle)
    return bundle[group], MOST_GROUPS


def point(statistic: Statistic, groups: int) -> dict[str, float]:
    """Return the statistic on all the data; NaN where it is undefined."""
    return {name: float(value[0]) for name, value in statistic(np.ones((1, groups))).items()}


def drawn(statistic: Statistic, plan: Plan, resamples: int) -> Values:
    """Return the statistic in each bootstrap resample of the plan's groups (with replacement, seeded)."""
    collected: dict[str, list[Floats]] = {}
    for weights in resampled_counts(plan.groups, resamples, plan.seed):
        for name, values in statistic(weights).items():
            collected.setdefault(name, []).append(values)
    return {name: np.concatenate(parts) for name, parts in collected.items()}


def resampled_counts(groups: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each resample draws each group (draws, groups), some hundred draws at a time.

    The cluster bootstrap: groups are drawn with replacement, never their rows (Field and Welsh 2007,
    doi 10.1111/j.1467-9868.2007.00593.x). The same seed gives the same draws.
    """
    random = np.random.default_rng([seed, 0])
    step = min(MOST_DRAWS, max(1, CELLS // max(1, groups)))
    for start in range(0, resamples, step):
        draws = min(step, resamples - start)
        chosen = random.integers(0, groups, size=(draws, groups))
        chosen += np.arange(draws)[:, None] * groups
        counts = np.bincount(chosen.ravel(), minlength=draws * groups)
        yield counts.reshape(draws, groups).astype(np.float64)


def left_out(statistic: Statistic, groups: int) -> Values:
    """Return the statistic without each group in turn."""
    return statistic(1.0 - np.eye(groups))


def estimates(statistic: Statistic, plan: Plan, resamples: int) -> dict[str, Estimate]:
    """Return the statistic with 95 % intervals; undefined values are None, their reason is the caller's.

    Ten or more transcripts, or units: percentile bootstrap (Efron & Tibshirani 1993, chapter 13). Two to
    nine transcripts: delete-one jackknife with Student's t (Tukey 1958).
    """
    points = point(statistic, plan.groups)
    if resamples < 1 or plan.groups < 2:
        note = "too few units for an interval" if plan.groups < 2 else None
        return {name: _bare(value, note) for name, value in points.items()}
    if plan.jackknifed:
        spread = left_out(statistic, plan.groups)
        with_intervals = {name: _jackknife(points[name], spread[name], plan) for name in points}
    else:
        draws = drawn(statistic, plan, resamples)
        with_intervals = {name: _percentile(points[name], draws[name], plan) for name in points}
    return with_intervals


def _bare(value: float, note: str | None) -> Estimate:
    return Estimate(None) if np.isnan(value) else Estimate(value, note=note)


def _percentile(value: float, draws: Floats, plan: Plan) -> Estimate:
    if np.isnan(value):
        return Estimate(None)
    defined = draws[~np.isnan(draws)]
    if not len(defined):
        return Estimate(
            value, note="no interval: it is too costly to resample, or undefined in every resample"
        )
    missing = 1 - len(defined) / len(draws)
    if missing > MOST_UNDEFINED:
        return Estimate(value, note=f"no interval: undefined in {missing:.0%} of resamples, too few data")
    low, high = percentile_interval(defined)
    estimate = Estimate(value, low, high, float(defined.std(ddof=1)), note=plan.note)
    if missing > 0.05:
        estimate = estimate.noted(f"undefined in {missing:.0%} of resamples, which are left out")
    if low == high:
        estimate = estimate.noted("no spread among resamples, which is not certainty")
    return estimate


def _jackknife(value: float, spread: Floats, plan: Plan) -> Estimate:
    if np.isnan(value):
        return Estimate(None)
    if np.isnan(spread).any():
        return Estimate(value, note="no interval: undefined without one of the transcripts")
    count = len(spread)
    se = float(np.sqrt((count - 1) / count * ((spread - spread.mean()) ** 2).sum()))
    half = t_quantile(0.975, count - 1) * se
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), se, note=plan.note)


@dataclass(frozen=True)
class ClusterBootstrap:
    """Tables of counts under resampling: the group of each row (n,), how often each resample draws each group.

    `weights` is (resamples, groups), without any resample where there are under MIN_GROUPS groups.
    """

    member: NDArray[np.intp]
    weights: Floats

    @classmethod
    def over(cls, groups: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0) -> "ClusterBootstrap":
        """Draw resamples of the groups that the rows (n,) belong to."""
        names, member = np.unique(np.asarray(list(groups), dtype=str), return_inverse=True)
        blocks = list(resampled_counts(len(names), resamples if len(names) >= MIN_GROUPS else 0, seed))
        weights = np.concatenate(blocks) if blocks else np.zeros((0, len(names)))
        return cls(member.astype(np.intp), weights)

    def tables(self, rows: NDArray[np.intp], index: NDArray[np.intp], size: int) -> tuple[Floats, Floats]:
        """Count `index` (flat cell per row of `rows`) overall (size,) and per resample (resamples, size)."""
        groups = self.weights.shape[1]
        flat = self.member[rows] * size + index
        per_group = np.bincount(flat, minlength=groups * size).reshape(groups, size).astype(np.float64)
        return per_group.sum(0), self.weights @ per_group
