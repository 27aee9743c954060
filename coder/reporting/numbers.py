"""The one way to write counts, figures, shares, intervals and shortened texts for people."""

from coder.phrasing import counted as counted
from coder.phrasing import shortened as shortened
from coder.statistics import Estimate

MISSING = "–"  # a figure that is not defined
Bounds = tuple[float | None, float | None]


def number(value: float | None, sign: str = "", digits: int = 2) -> str:
    """Return a figure with two decimals (never -0.00), or a dash where it is not defined."""
    return MISSING if value is None else f"{round(value, digits) + 0.0:{sign}.{digits}f}"


def percent(value: float | None, digits: int = 0) -> str:
    """Return a share in per cent, or a dash where it is not defined; "<1 %" for what would round to nothing."""
    if value is None:
        return MISSING
    if not digits:
        return "<1 %" if 0 < value < 0.005 else f"{points(value)} %"
    return f"{100 * value:.{digits}f} %"


def count_and_share(count: int, total: int) -> str:
    """Return a count with its share of a total in brackets, as tables of papers have it: 12 (30 %)."""
    return f"{count:,} ({percent(count / total)})" if total else f"{count:,}"


def points(value: float, sign: str = "") -> str:
    """Return a share in hundredths without decimals, and never -0."""
    return f"{round(100 * value) + 0:{sign}d}"


def interval(bounds: Bounds | None, sign: str = "") -> str:
    """Return an interval as [low, high], or nothing where it is not known."""
    if bounds is None or None in bounds:
        return ""
    return f"[{number(bounds[0], sign)}, {number(bounds[1], sign)}]"


def percent_interval(bounds: Bounds | None) -> str:
    """Return an interval of shares in per cent as [low, high], or nothing where it is not known."""
    if bounds is None or bounds[0] is None or bounds[1] is None:
        return ""
    return f"[{points(bounds[0])}, {points(bounds[1])}]"


def ranged(value: float | None, bounds: Bounds | None, sign: str = "") -> str:
    """Return a figure with its interval, without where that is not known, or a dash where it is not defined."""
    if value is None:
        return MISSING
    return f"{number(value, sign)} {interval(bounds, sign)}".rstrip()


def estimate(found: Estimate) -> str:
    """Return an estimate with its interval, or a dash where it is not defined."""
    return ranged(found.value, (found.low, found.high))


def bounds(found: Estimate) -> tuple[float, float] | None:
    """Return the 95 % interval of an estimate, None where there is none."""
    return None if found.low is None or found.high is None else (found.low, found.high)


def share(found: Estimate) -> str:
    """Return a share in per cent with its 95 % interval, or a dash where it is not defined."""
    return f"{percent(found.value)} {percent_interval((found.low, found.high))}".rstrip()


def change(found: Estimate) -> str:
    """Return a difference of shares in percentage points with its 95 % interval, or a dash."""
    value, interval = found.value, bounds(found)
    if value is None or interval is None:
        return MISSING if value is None else points(value, "+")
    return f"{points(value, '+')} [{points(interval[0], '+')}, {points(interval[1], '+')}]"
