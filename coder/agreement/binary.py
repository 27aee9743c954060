"""What belongs beside every kappa of one code: prevalence, bias, agreement on "yes" and on "no"."""

from collections.abc import Mapping

import numpy as np

from coder.agreement import nominal
from coder.agreement.ratings import Floats
from coder.agreement.tables import Rows, by_group, combined, rating_tables
from coder.statistics import Estimate, Statistic, Values

INDICES = ("prevalence", "positive_agreement", "negative_agreement", "prevalence_index", "bias_index")


def binary_values(rows: Rows) -> Statistic:
    """Return the indices of one code (0 = not given, 1 = given) as a function of group weights.

    `prevalence`: the share of ratings that gave the code. `positive_agreement` 2a / (2a + b + c) and
    `negative_agreement` 2d / (2d + b + c) (Cicchetti & Feinstein 1990), for more coders over all pairs of
    ratings of a unit. `prevalence_index` (a - d) / n and `bias_index` (b - c) / n (Byrt et al. 1993).
    """
    tables = rating_tables(rows, 2)
    per_value = positive_tables(rows)
    active = np.flatnonzero((rows.codes >= 0).any(axis=0))

    def statistic(weights: Floats) -> Values:
        sums = combined(tables, weights)
        agreeing = combined(per_value, weights)["agreeing"]
        specific = nominal.ratio(agreeing, sums["values"])
        share = nominal.ratio(sums["values"], sums["values"].sum(axis=-1, keepdims=True))
        bias = np.full(len(weights), np.nan)
        if len(active) == 2:
            rates = nominal.ratio(sums["coder"][..., 1], sums["coder"].sum(axis=-1))
            bias = rates[:, active[0]] - rates[:, active[1]]
        return {
            "prevalence": nominal.prevalence(sums)[:, 1],
            "positive_agreement": specific[:, 1],
            "negative_agreement": specific[:, 0],
            "prevalence_index": share[:, 1] - share[:, 0],
            "bias_index": bias,
        }

    return statistic


def positive_tables(rows: Rows) -> dict[str, Floats]:
    """Return `agreeing` (groups x 2): for "no" and "yes", the ratings matched by the other coders."""
    given = (rows.codes == 1).sum(axis=1)
    ratings = (rows.codes >= 0).sum(axis=1)
    refused = ratings - given
    others = np.maximum(ratings - 1, 1)
    matched = [refused * (refused - 1) / others, given * (given - 1) / others]
    return {"agreeing": by_group(np.stack(matched, axis=1), rows)}


def with_indices(found: Mapping[str, Estimate], rows: Rows) -> dict[str, Estimate]:
    """Return the indices, with reasons where they have no value."""
    active = int((rows.codes >= 0).any(axis=0).sum())
    result = {}
    for name in INDICES:
        estimate = found[name]
        if estimate.value is None:
            estimate = Estimate(None, reason=_reason(name, active))
        result[name] = estimate
    return result


def _reason(name: str, active: int) -> str:
    if active == 0:
        return "every rating is missing"
    if active == 1:
        return "only one coder rated anything"
    if name == "bias_index" and active > 2:
        return f"defined for two coders, and {active} rated"
    if name == "positive_agreement":
        return "no unit rated by two coders has this code"
    if name == "negative_agreement":
        return "no unit rated by two coders lacks this code"
    return "no unit was rated by two coders"
