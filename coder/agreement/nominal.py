"""Coefficients for one category per unit and coder, as functions of the tables.

Every function takes tables with any number of draws first and returns one value per draw, NaN where the
coefficient is undefined. Missing ratings: a unit needs two ratings to be compared; margins follow each
coefficient's own author (docs/agreement.md lists them).
"""

import numpy as np

from coder.agreement.tables import Arrays
from coder.arrays import Floats

TINY = 1e-12


def ratio(above: Floats, below: Floats) -> Floats:
    """Divide, NaN where the divisor is zero (or nearly: sums of weights leave rounding behind)."""
    safe = np.abs(below) > TINY
    return np.where(safe, above / np.where(safe, below, 1.0), np.nan)


def chance_corrected(observed: Floats, expected: Floats) -> Floats:
    """Return (observed - expected) / (1 - expected)."""
    return ratio(observed - expected, 1 - expected)


def percent_agreement(tables: Arrays) -> Floats:
    """Mean over units with two or more ratings of the share of agreeing pairs (Fleiss 1971, eq. 2-3)."""
    return ratio(tables["agree"], tables["paired"])


def prevalence(tables: Arrays) -> Floats:
    """Return each category's share (draws x categories): the mean over all rated units (Gwet 2014, ch. 5)."""
    return ratio(tables["share"], tables["rated"][..., None])


def fleiss(tables: Arrays) -> Floats:
    """Fleiss (1971); with two coders Scott's pi (1955). Missing ratings as in Gwet (2014, ch. 2)."""
    return chance_corrected(percent_agreement(tables), (prevalence(tables) ** 2).sum(axis=-1))


def gwet_ac1(tables: Arrays) -> Floats:
    """Gwet (2008); the number of categories is that of the declared list, used or not."""
    share = prevalence(tables)
    if share.shape[-1] < 2:
        return np.full(share.shape[:-1], np.nan)
    expected = (share * (1 - share)).sum(axis=-1) / (share.shape[-1] - 1)
    return chance_corrected(percent_agreement(tables), expected)


def brennan_prediger(tables: Arrays) -> Floats:
    """Brennan & Prediger (1981): chance is 1 / number of declared categories; PABAK (Byrt 1993) for two."""
    categories = tables["share"].shape[-1]
    if categories < 2:
        return np.full(tables["agree"].shape, np.nan)
    observed = percent_agreement(tables)
    return chance_corrected(observed, np.full_like(observed, 1 / categories))


def conger(tables: Arrays) -> Floats:
    """Conger (1980), generalised to missing ratings by Gwet (2014, ch. 2): chance from coders' own margins."""
    totals = tables["coder"].sum(axis=-1)
    active = totals > 0
    share = tables["coder"] / np.where(active, totals, 1.0)[..., None]
    coders = active.sum(axis=-1)
    summed = share.sum(axis=-2)
    among = (summed**2).sum(axis=-1) - (share**2).sum(axis=(-2, -1))
    expected = ratio(among, (coders * (coders - 1)).astype(np.float64))
    return chance_corrected(percent_agreement(tables), expected)


def alpha(values: Floats, disagree: Floats, expected: Floats) -> Floats:
    """Krippendorff (2019, ch. 12): 1 - (n - 1) x observed / expected, both summed over pairs of values."""
    return 1 - ratio((values.sum(axis=-1) - 1) * disagree, expected)


def nominal_alpha(tables: Arrays) -> Floats:
    """Krippendorff's alpha where two categories are equal or not."""
    values = tables["values"]
    expected = values.sum(axis=-1) ** 2 - (values**2).sum(axis=-1)
    return alpha(values, tables["disagree"], expected)


def ordinal_alpha(values: Floats, coincidence: Floats) -> Floats:
    """Krippendorff's alpha for ranks: the distance of two categories is that of their mean ranks, squared.

    The mean rank of a category is the number of values below it plus half its own, which equals
    Krippendorff's sum over the categories between (2019, ch. 12).
    """
    ranks = np.cumsum(values, axis=-1) - values / 2
    distance = (ranks[..., :, None] - ranks[..., None, :]) ** 2
    observed = (coincidence * distance).sum(axis=(-2, -1))
    expected = np.einsum("...k,...kl,...l->...", values, distance, values)
    return alpha(values, observed, expected)


def pair_chance(tables: Arrays) -> Floats:
    """Return Cohen's chance agreement of each pair of coders (draws x pairs)."""
    both = tables["both"]
    return ratio((tables["first"] * tables["second"]).sum(axis=-1), both**2)


def pair_kappas(tables: Arrays) -> Floats:
    """Return Cohen's kappa (1960) of each pair of coders on the units both rated (draws x pairs)."""
    return chance_corrected(ratio(tables["same"], tables["both"]), pair_chance(tables))


def weighted_pair_kappas(tables: Arrays, name: str, weights: Floats) -> Floats:
    """Return Cohen's weighted kappa (1968) of each pair of coders (draws x pairs)."""
    both = tables["both"]
    credit = ((tables["first"] @ weights) * tables["second"]).sum(axis=-1)
    return chance_corrected(ratio(tables[f"same_{name}"], both), ratio(credit, both**2))


def mean_of_pairs(kappas: Floats) -> Floats:
    """Return Light's (1971) mean over pairs; pairs without a value are left out, NaN if none has one."""
    defined = ~np.isnan(kappas)
    return ratio(np.where(defined, kappas, 0.0).sum(axis=-1), defined.sum(axis=-1).astype(np.float64))


def gwet_ac2(tables: Arrays, weights: Floats) -> Floats:
    """Gwet (2014, ch. 3): AC1 with partial credit."""
    share = prevalence(tables)
    categories = share.shape[-1]
    if categories < 2:
        return np.full(share.shape[:-1], np.nan)
    spread = (share * (1 - share)).sum(axis=-1)
    expected = weights.sum() / (categories * (categories - 1)) * spread
    return chance_corrected(ratio(tables["weighted_agree"], tables["paired"]), expected)


def scale_weights(points: Floats, power: int) -> Floats:
    """Return agreement weights 1 - (|difference| / range) ** power: linear for 1, quadratic for 2."""
    reach = float(points.max() - points.min()) if len(points) else 0.0
    if reach == 0:
        return np.ones((len(points), len(points)))
    weights: Floats = 1 - (np.abs(points[:, None] - points[None, :]) / reach) ** power
    return weights
