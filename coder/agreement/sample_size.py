"""How many units a second coder must code for an interval of a wanted width."""

from dataclasses import replace
from math import ceil

from coder.agreement.report import SampleSize
from coder.errors import InputError
from coder.statistics import Estimate, normal_quantile


def required_units(kappa: float, prevalence: float, half_width: float = 0.1, confidence: float = 0.95) -> int:
    """Return the independent units two coders must code for a kappa known to +- half_width.

    Large-sample variance of kappa for one yes/no code by Donner & Eliasziw (1992). Sentences of one transcript
    are not independent: multiply by `design_effect`.

    >>> required_units(0.7, 0.1)
    569
    """
    if not (-1 < kappa < 1 and 0 < prevalence < 1 and half_width > 0 and 0 < confidence < 1):
        raise InputError(
            "Planning needs a kappa between -1 and 1, a prevalence and confidence between 0 and 1,"
            " and a half-width above 0."
        )
    z = normal_quantile(0.5 + confidence / 2)
    spread = (1 - kappa) * (
        (1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / (2 * prevalence * (1 - prevalence))
    )
    return round((z / half_width) ** 2 * spread)


def design_effect(units_per_transcript: float, icc: float) -> float:
    """Return by how much clustering inflates a variance: 1 + (m - 1) x ICC (Kish 1965)."""
    return 1 + (units_per_transcript - 1) * icc


def more_units(
    estimate: Estimate, independent: Estimate, units: int, transcripts: int, half_width: float
) -> SampleSize:
    """Return what the data at hand say about the units needed for an interval of +- half_width.

    `independent` is the same coefficient with the standard error for independent units: the ratio of the two
    variances is the design effect of transcripts. Widths shrink with the square root of transcripts.
    """
    plan = SampleSize(half_width)
    if estimate.low is None or estimate.high is None or not estimate.se or units == 0:
        return plan
    achieved = (estimate.high - estimate.low) / 2
    if achieved == 0:
        return plan
    needed = ceil(units * (achieved / half_width) ** 2)
    plan = replace(plan, half_width=achieved, units_needed=needed, more_units=max(0, needed - units))
    if not independent.se or transcripts <= 1:
        return plan
    return replace(
        plan,
        design_effect=(estimate.se / independent.se) ** 2,
        more_transcripts=max(0, ceil(needed * transcripts / units) - transcripts),
    )
