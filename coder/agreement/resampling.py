"""Intervals by resampling: everything is a function of how often each group of units is counted.

A group is a transcript, or a unit where no transcripts are known. A `Statistic` gets weights (draws x groups)
and returns one value per draw, so the estimate, the bootstrap, the jackknife and the values per transcript
are the same function with other weights. Per-group tables are resampled, never rows: 1,000,000 units cost
no more than 100.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.agreement.estimate import Estimate
from coder.agreement.student import t_quantile
from coder.errors import InputError

Floats = NDArray[np.float64]
Values = dict[str, Floats]
Statistic = Callable[[Floats], Values]

FEW_CLUSTERS = 10  # below: a percentile bootstrap over so few groups is not trusted
MOST_GROUPS = 1000  # more groups are resampled in this many random bundles; costs 2 % of the SE's precision
MOST_UNDEFINED = 0.2  # of the resamples; beyond, what is left would flatter the coefficient
MOST_DRAWS = 500  # at once: what a statistic holds grows with it
CELLS = 2_000_000  # weights held at once


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
        if self.clustered and self.jackknifed:
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
    for weights in _bootstrap_weights(plan, resamples):
        for name, values in statistic(weights).items():
            collected.setdefault(name, []).append(values)
    return {name: np.concatenate(parts) for name, parts in collected.items()}


def _bootstrap_weights(plan: Plan, resamples: int) -> Iterator[Floats]:
    random = np.random.default_rng([plan.seed, 0])
    step = min(MOST_DRAWS, max(1, CELLS // max(1, plan.groups)))
    for start in range(0, resamples, step):
        draws = min(step, resamples - start)
        chosen = random.integers(0, plan.groups, size=(draws, plan.groups))
        chosen += np.arange(draws)[:, None] * plan.groups
        counts = np.bincount(chosen.ravel(), minlength=draws * plan.groups)
        yield counts.reshape(draws, plan.groups).astype(np.float64)


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
        found = {name: _jackknife(points[name], spread[name], plan) for name in points}
    else:
        draws = drawn(statistic, plan, resamples)
        found = {name: _percentile(points[name], draws[name], plan) for name in points}
    return found


def _bare(value: float, note: str | None = None) -> Estimate:
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
    low, high = np.percentile(defined, [2.5, 97.5])
    found = Estimate(value, float(low), float(high), float(defined.std(ddof=1)), note=plan.note)
    if missing > 0.05:
        found = found.noted(f"undefined in {missing:.0%} of resamples, which are left out")
    if low == high:
        found = found.noted("no spread among resamples, which is not certainty")
    return found


def _jackknife(value: float, spread: Floats, plan: Plan) -> Estimate:
    if np.isnan(value):
        return Estimate(None)
    if np.isnan(spread).any():
        return Estimate(value, note="no interval: undefined without one of the transcripts")
    count = len(spread)
    se = float(np.sqrt((count - 1) / count * ((spread - spread.mean()) ** 2).sum()))
    half = t_quantile(0.975, count - 1) * se
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), se, note=plan.note)


def merged(parts: Mapping[str, Values]) -> Values:
    """Join values of several statistics; each name gets its part's prefix and a slash."""
    return {f"{prefix}/{name}": values for prefix, part in parts.items() for name, values in part.items()}
