"""The names of the coefficients, and the estimates of several codes together."""

from collections.abc import Hashable, Mapping
from typing import Any

from coder.statistics import Estimate

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
