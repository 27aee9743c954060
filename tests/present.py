"""Values that may be None, where a test knows that they are there."""

from typing import TypeVar

from coder.statistics import Estimate

Value = TypeVar("Value")


def present(value: Value | None) -> Value:
    assert value is not None
    return value


def bounds(estimate: Estimate) -> tuple[float, float, float]:
    """Return the low end, the value and the high end."""
    return present(estimate.low), present(estimate.value), present(estimate.high)


def width(estimate: Estimate) -> float:
    low, _, high = bounds(estimate)
    return high - low
