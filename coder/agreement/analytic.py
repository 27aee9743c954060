"""Published standard errors for independent units, where resampling is not needed.

They hold for one simple random sample of units. Sentences of one transcript are not independent: with
transcripts known, the intervals come from resampling transcripts instead.
"""

import numpy as np

from coder.agreement import nominal
from coder.agreement.tables import Arrays, Rows, counts_of
from coder.arrays import Floats
from coder.statistics import Estimate, normal_quantile, t_quantile

PERFECT = "no disagreement at all: the formula gives no spread, which is not certainty"
NO_SPREAD = "the formula gives no spread here, which is not certainty: no interval"
ONE_UNIT = "one unit gives no interval"


def cohen(table: Floats, weights: Floats | None = None) -> Estimate:
    """Return Cohen's (weighted) kappa with the Fleiss, Cohen & Everitt (1969) large-sample interval.

    `table` counts units by first coder's category (rows) and second's (columns). The interval is
    kappa +- 1.96 SE and not clipped.
    """
    size = float(table.sum())
    if size == 0:
        return Estimate(None)
    credit = np.eye(len(table)) if weights is None else weights
    share = table / size
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float((credit * share).sum()), float(rows @ credit @ columns)
    if 1 - expected < nominal.TINY:
        return Estimate(None)
    kappa = (observed - expected) / (1 - expected)
    mean_credit = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    inner = float((share * (credit - mean_credit * (1 - kappa)) ** 2).sum())
    variance = (inner - (kappa - expected * (1 - kappa)) ** 2) / (size * (1 - expected) ** 2)
    se = float(np.sqrt(max(variance, 0.0)))
    if size < 2:
        return Estimate(kappa, note=ONE_UNIT)
    if observed < 1 and se < 1e-6:  # rounding leaves no more than that of none
        return Estimate(kappa, note=NO_SPREAD)
    half = normal_quantile(0.975) * se
    return Estimate(kappa, kappa - half, kappa + half, se, note=PERFECT if observed == 1 else None)


class Linearised:
    """Gwet's (2008; 2014, ch. 5-6) linearised variances: one influence value per row, t with n - 1 df.

    `rows` are all in one group; `tables` are their sums with one draw.
    """

    def __init__(self, rows: Rows, tables: Arrays, categories: int) -> None:
        counts = counts_of(rows.codes, categories)
        ratings = counts.sum(axis=1)
        kept = ratings >= 1
        self.tables = tables
        self.codes = rows.codes[kept]
        self.weight = rows.weight[kept]
        self.counts, self.ratings = counts[kept], ratings[kept]
        self.paired = self.ratings >= 2
        self.share = self.counts / self.ratings[:, None]
        self.mean_share = nominal.prevalence(tables)[0]
        self.units = float(self.weight.sum())
        self.pairs = float(self.weight[self.paired].sum())

    def _observed(self, weights: Floats | None = None) -> Floats:
        credit = self.counts if weights is None else self.counts @ weights
        inner = (self.counts * (credit - 1)).sum(axis=1)
        possible = np.where(self.paired, self.ratings * (self.ratings - 1), 1.0)
        observed: Floats = inner / possible * self.paired
        return observed

    def _estimate(self, value: float, influence: Floats, low: float = -np.inf) -> Estimate:
        if self.units < 2:
            return Estimate(value, note=ONE_UNIT)
        spread = float((self.weight * (influence - value) ** 2).sum())
        se = float(np.sqrt(spread / (self.units * (self.units - 1))))
        half = t_quantile(0.975, round(self.units) - 1) * se
        note = PERFECT if value == 1 else None
        return Estimate(value, max(low, value - half), min(1.0, value + half), se, note=note)

    def _corrected(
        self, value: float, expected: float, slope: Floats, weights: Floats | None = None
    ) -> Estimate:
        """Return the estimate of a coefficient whose chance term moves by `slope` with each unit."""
        observed = self.units / self.pairs * (self._observed(weights) - expected * self.paired)
        return self._estimate(value, (observed - (1 - value) * slope) / (1 - expected))

    def percent_agreement(self) -> Estimate:
        """Percent agreement; the interval is clipped to 0..1."""
        value = float(nominal.percent_agreement(self.tables)[0])
        return self._estimate(value, self.units / self.pairs * self._observed(), low=0.0)

    def fleiss(self) -> Estimate:
        """Fleiss' kappa, and Scott's pi."""
        value = float(nominal.fleiss(self.tables)[0])
        expected = float((self.mean_share**2).sum())
        return self._corrected(value, expected, 2 * (self.share @ self.mean_share - expected))

    def gwet_ac1(self) -> Estimate:
        """Gwet's AC1."""
        value = float(nominal.gwet_ac1(self.tables)[0])
        return self._gwet(value, 1 / (len(self.mean_share) - 1), None)

    def gwet_ac2(self, weights: Floats) -> Estimate:
        """Gwet's AC2 with the given partial credit."""
        value = float(nominal.gwet_ac2(self.tables, weights)[0])
        size = len(self.mean_share)
        return self._gwet(value, float(weights.sum()) / (size * (size - 1)), weights)

    def _gwet(self, value: float, scale: float, weights: Floats | None) -> Estimate:
        rest = 1 - self.mean_share
        expected = scale * float((self.mean_share * rest).sum())
        return self._corrected(value, expected, 2 * (scale * (self.share @ rest) - expected), weights)

    def brennan_prediger(self) -> Estimate:
        """Brennan & Prediger's coefficient, and PABAK."""
        value = float(nominal.brennan_prediger(self.tables)[0])
        return self._corrected(value, 1 / len(self.mean_share), np.zeros(len(self.weight)))

    def conger(self) -> Estimate:
        """Conger's kappa: each coder's margins move with each unit that the coder rated."""
        value = float(nominal.conger(self.tables)[0])
        margins = self.tables["coder"][0]
        totals = margins.sum(axis=1)
        active = np.flatnonzero(totals)
        share = margins[active] / totals[active][:, None]
        pairs = len(active) * (len(active) - 1)
        summed = share.sum(axis=0)
        expected = float((summed**2).sum() - (share**2).sum()) / pairs
        slope = np.zeros(len(self.weight))
        for row, coder in zip(share, active, strict=True):
            rest = summed - row
            rated = self.codes[:, coder] >= 0
            moved = rest[self.codes[rated, coder]] - float(rest @ row)
            slope[rated] += 2 / pairs * self.units / totals[coder] * moved
        return self._corrected(value, expected, slope)
