"""The value every coefficient comes back as: a number with its interval, or None with the reason."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

NAMES: tuple[str, ...] = (
    "percent_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "conger_kappa",
    "light_kappa",
    "gwet_ac1",
    "brennan_prediger",
    "pabak",
    "krippendorff_alpha",
)
ORDINAL_NAMES: tuple[str, ...] = (
    "weighted_kappa_linear",
    "weighted_kappa_quadratic",
    "gwet_ac2_quadratic",
)


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


class CodeEstimates(dict[str, Any]):
    """NAME -> Estimate for all codes together, and under "per_code" code -> NAME -> Estimate.

    `result["per_code"]["knowledge"]`, `result.per_code["knowledge"]` and `result["knowledge"]` are the same.
    """

    @property
    def per_code(self) -> Mapping[Hashable, Mapping[str, Estimate]]:
        """Each code's coefficients: the code given or not."""
        found: Mapping[Hashable, Mapping[str, Estimate]] = self["per_code"]
        return found

    @property
    def overall(self) -> dict[str, Estimate]:
        """The coefficients of all codes together."""
        return {name: value for name, value in self.items() if name != "per_code"}

    def __missing__(self, code: Any) -> Mapping[str, Estimate]:
        if code == "per_code" or code not in self["per_code"]:
            raise KeyError(code)
        return self.per_code[code]
