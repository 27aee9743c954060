"""Quantiles of the normal and of Student's t distribution, without scipy."""

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist

EXACT_UP_TO = 1000  # degrees of freedom; beyond, the expansion below is right to 1e-12


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile."""
    return NormalDist().inv_cdf(probability)


def _t_probability(t: float, df: int) -> float:
    """Return P(|T| <= t) for whole degrees of freedom (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4)."""
    theta = atan(t / sqrt(df))
    cosine = cos(theta)
    if df == 1:
        return 2 * theta / pi
    term = total = cosine if df % 2 else 1.0
    for step in range(2 + df % 2, df - 1, 2):
        term *= cosine**2 * (step - 1) / step
        total += term
    inner = sin(theta) * total
    return (theta + inner) * 2 / pi if df % 2 else inner


@lru_cache(maxsize=256)
def t_quantile(probability: float, df: int) -> float:
    """Give the upper quantile of Student's t: 2.262 for .975 and 9 degrees of freedom.

    Up to 1,000 degrees of freedom by bisection of the exact distribution; above by the Cornish-Fisher
    expansion (Abramowitz & Stegun 1964, 26.7.5). `probability` lies between .5 and 1.
    """
    if df > EXACT_UP_TO:
        z = normal_quantile(probability)
        first = (z**3 + z) / 4
        second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
        third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
        return z + first / df + second / df**2 + third / df**3
    wanted, low, high = 2 * probability - 1, 0.0, 1.0
    while _t_probability(high, df) < wanted:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _t_probability(middle, df) < wanted else (low, middle)
    return (low + high) / 2
