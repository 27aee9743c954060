"""`set_coefficients`: agreement where a unit may carry several codes, overall and per code."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.agreement import nominal
from coder.agreement.code_sets import METRICS, SetRatings, between, crossed, numbered, read_sets
from coder.agreement.coefficients import BINARY, NAMES, CodeEstimates, finished, statistic_of
from coder.agreement.tables import (
    Arrays,
    Rows,
    binned,
    by_group,
    collapse,
    combined,
    pair_list,
    pair_tables,
    rating_tables,
)
from coder.arrays import Floats, Ints
from coder.statistics import Estimate, Plan, Statistic, Values, estimates, plan_for

ALPHAS = ("masi_alpha", "jaccard_alpha", "nominal_set_alpha")
OVERALL = (*ALPHAS, "percent_agreement", "pooled_kappa")
MOST_WORK = 2 * 10**11  # groups x sets x sets; beyond, MASI and Jaccard would take minutes
INDICES = ("prevalence", "positive_agreement", "negative_agreement", "prevalence_index", "bias_index")
UNUSED = "nobody used this code: the figure says nothing about agreement on it"


def set_coefficients(
    ratings: Any,
    *,
    codes: Sequence[Any] | None = None,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> CodeEstimates:
    """Return agreement on sets of codes: alphas, pooled kappa, macro means, and every code by itself.

    `ratings`: rows = units, columns = coders; a cell is a set (list, tuple) of codes, empty = looked at and
    nothing to code, None = not rated. Arrays of bit masks (units x coders) or 0/1 (units x coders x codes)
    are read too. `codes`: the codebook; codes outside it are an error. `clusters`, `resamples`, `seed` as in
    `coefficients`.

    `masi_alpha`, `jaccard_alpha`, `nominal_set_alpha`: Krippendorff's alpha with the distance of sets.
    `percent_agreement`: identical sets. `pooled_kappa`: de Vries et al. (2008). `macro_NAME`: the mean of a
    coefficient over the codes that somebody used.

    >>> result = set_coefficients([[{"a"}, {"a", "b"}], [{"b"}, {"b"}], [set(), {"a"}]], resamples=0)
    >>> round(result["masi_alpha"].value, 3)
    0.286
    """
    return sets_estimated(read_sets(ratings, codes), clusters, resamples, seed)


def sets_estimated(
    sets: SetRatings, clusters: Any, resamples: int, seed: int, weight: Floats | None = None
) -> CodeEstimates:
    """Return the coefficients of numbered sets; `weight` counts each unit that much (None: once).

    Weighted units (characters) are never independent: without transcripts they get no intervals.
    """
    plan = plan_for(len(sets.ids), clusters, seed)
    parts = SetStatistic(sets, plan, weight)
    resamples = resamples if weight is None or plan.clustered else 0
    all_estimates = estimates(parts, plan, resamples)
    result = CodeEstimates()
    for name in [*OVERALL, *(f"macro_{name}" for name in NAMES)]:
        estimate = all_estimates[name]
        if estimate.value is None:
            estimate = Estimate(None, reason=parts.reason(name))
        result[name] = estimate
    result["per_code"] = {
        code: _code_estimates(all_estimates, parts, column, plan, resamples)
        for column, code in enumerate(sets.codes)
    }
    return result


def _code_estimates(
    all_estimates: Mapping[str, Estimate], parts: "SetStatistic", column: int, plan: Plan, resamples: int
) -> dict[str, Estimate]:
    prefix = f"{column}/"
    of_code = {name[len(prefix) :]: value for name, value in all_estimates.items() if name.startswith(prefix)}
    rows = parts.rows[column]
    chosen = {name: of_code[name] for name in NAMES}
    complete = finished(chosen, rows, BINARY, plan, resamples)
    complete |= with_indices(of_code, rows)
    if not parts.used[column]:
        complete = {
            name: value.noted(UNUSED) if value.value is not None else value
            for name, value in complete.items()
        }
    return complete


class SetStatistic:
    """All set coefficients as one function of group weights, so that they share their resamples."""

    def __init__(self, sets: SetRatings, plan: Plan, weight: Floats | None = None) -> None:
        self.sets = sets
        self.used = sets.used()
        whole = collapse(sets.ids, plan.group, plan.groups, weight)
        self.rows = [self._binary(whole, column) for column in range(len(sets.codes))]
        self.codes: list[Statistic] = [statistic_of(rows, BINARY) for rows in self.rows]
        self.indices = [binary_values(rows) for rows in self.rows]
        self.tables = set_tables(whole, sets)
        self.work = whole.groups * len(sets.members) ** 2
        self.expected = crossed(self.tables["values"], sets.members) if self.work <= MOST_WORK else {}
        self.pairs = [pair_tables(rows, 2) for rows in self.rows]
        self.coders = whole.coders
        self.rated = int((sets.ids >= 0).any(axis=0).sum())
        self.paired = bool(self.tables["paired"].sum() > 0)

    def _binary(self, whole: Rows, column: int) -> Rows:
        given = np.append(self.sets.members[:, column].astype(np.int64), -1)
        return collapse(given[whole.codes], whole.group, whole.groups, whole.weight)

    def __call__(self, weights: Floats) -> Values:
        """Return every overall, macro and per-code value for each draw."""
        sums = combined(self.tables, weights)
        values_by_name: Values = {}
        for metric in METRICS:
            name = f"{metric}_alpha"
            if metric in self.expected:
                expected = ((weights @ self.expected[metric]) * weights).sum(axis=1)
                values_by_name[name] = nominal.alpha(sums["values"], sums[name], expected)
            else:
                values_by_name[name] = np.full(len(weights), np.nan)
        values_by_name["nominal_set_alpha"] = nominal.nominal_alpha(
            {"values": sums["values"], "disagree": sums["nominal_set_alpha"]}
        )
        values_by_name["percent_agreement"] = nominal.percent_agreement(sums)
        per_code = [
            statistic(weights) | indices(weights)
            for statistic, indices in zip(self.codes, self.indices, strict=True)
        ]
        values_by_name["pooled_kappa"] = self._pooled(weights)
        for name in NAMES:
            values_by_name[f"macro_{name}"] = _macro(per_code, name, len(weights))
        for column, values in enumerate(per_code):
            values_by_name |= {f"{column}/{name}": value for name, value in values.items()}
        return values_by_name

    def _pooled(self, weights: Floats) -> Floats:
        """Return (mean Po - mean Pe) / (1 - mean Pe) over codes and pairs of coders (de Vries et al. 2008)."""
        gain, room = np.zeros(len(weights)), np.zeros(len(weights))
        for tables in self.pairs:
            sums = combined(tables, weights)
            observed = nominal.ratio(sums["same"], sums["both"])
            expected = nominal.pair_chance(sums)
            gain += np.nansum(observed - expected, axis=-1)
            room += np.nansum(1 - expected, axis=-1)
        return nominal.ratio(gain, room)

    def reason(self, name: str) -> str:
        """Say why an overall coefficient has no value."""
        if not self.coders or not len(self.sets.ids):
            return "there are no ratings"
        if self.rated == 0:
            return "every rating is missing"
        if self.rated == 1:
            return "only one coder rated anything"
        if not self.paired:
            return "no unit was rated by two coders"
        if not self.used.any():
            return "no code was ever used"
        if name in ALPHAS:
            if self.work > MOST_WORK:
                return f"{len(self.sets.members):,} different sets of codes occur, too many to compare"
            return "only one set of codes was ever used"
        if name in ("macro_cohen_kappa", "macro_scott_pi") and self.rated > 2:
            return f"defined for two coders, and {self.rated} rated; see macro_light_kappa"
        return "no code that was used has a value"


def _macro(per_code: list[Values], name: str, draws: int) -> Floats:
    """Return the mean over codes used in the draw and defined there; NaN where there is none."""
    total, count = np.zeros(draws), np.zeros(draws)
    for values in per_code:
        defined = (values["prevalence"] > 0) & ~np.isnan(values[name])
        total += np.where(defined, values[name], 0.0)
        count += defined
    return nominal.ratio(total, count)


def set_tables(rows: Rows, sets: SetRatings) -> Arrays:
    """Return per group: `values` (x sets) of paired units, and each alpha's summed distances between coders.

    A unit's distances over all pairs of coders count 2 / (ratings - 1): Krippendorff's coincidences.
    """
    ratings = (rows.codes >= 0).sum(axis=1)
    paired = ratings >= 2
    values = np.zeros((rows.groups, len(sets.members)))
    for column in rows.codes.T:
        values += binned(rows, column, (column >= 0) & paired, len(sets.members))
    tables: Arrays = {
        "values": values,
        "paired": by_group(paired.astype(np.float64), rows),
        "agree": np.zeros(rows.groups),
    }
    tables |= {name: np.zeros(rows.groups) for name in ALPHAS}
    for one, two in pair_list(rows.coders):
        both = np.flatnonzero((rows.codes[:, one] >= 0) & (rows.codes[:, two] >= 0))
        shared = Rows(rows.codes[both], rows.weight[both], rows.group[both], rows.groups)
        a, b, count = shared.codes[:, one], shared.codes[:, two], ratings[both]
        tables["agree"] += by_group((a == b) * 2 / (count * (count - 1)), shared)
        for name, distance in _apart(a, b, sets).items():
            tables[name] += by_group(distance * 2 / (count - 1), shared)
    return tables


def _apart(a: Ints, b: Ints, sets: SetRatings) -> dict[str, Floats]:
    """Return each alpha's distance between the sets of two coders, worked out once per pair of sets."""
    size = len(sets.members)
    keys, inverse = numbered(a * size + b, 2 * size.bit_length())
    distances = between(sets.members[keys // size], sets.members[keys % size]) if size else {}
    by_alpha = {f"{name}_alpha": values[inverse] for name, values in distances.items()}
    return by_alpha | {"nominal_set_alpha": (a != b).astype(np.float64)}


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


def with_indices(all_estimates: Mapping[str, Estimate], rows: Rows) -> dict[str, Estimate]:
    """Return the indices, with reasons where they have no value."""
    active = int((rows.codes >= 0).any(axis=0).sum())
    result = {}
    for name in INDICES:
        estimate = all_estimates[name]
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
