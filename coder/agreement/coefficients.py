"""`coefficients`: every coefficient for one category per unit and coder, with intervals and reasons."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coder.agreement import analytic, nominal
from coder.agreement.ratings import Ratings, read_ratings
from coder.agreement.tables import (
    MOST_PAIR_CELLS,
    MOST_PAIR_NUMBERS,
    Arrays,
    Rows,
    by_group,
    coincidences,
    collapse,
    combined,
    pair_list,
    pair_tables,
    pooled,
    rating_tables,
    tally,
    weighted_tables,
)
from coder.arrays import Floats, Ints
from coder.errors import InputError
from coder.statistics import Estimate, Plan, Statistic, Values, estimates, plan_for

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
Level = Literal["nominal", "ordinal", "interval"]
LEVELS = ("nominal", "ordinal", "interval")
TWO_CODERS_ONLY = ("cohen_kappa", "scott_pi")
SCALES = {"linear": 1, "quadratic": 2}


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


@dataclass(frozen=True, slots=True)
class Scale:
    """How categories compare: `level`, their number, and for ordered levels their places on a line."""

    level: Level
    categories: int
    points: Floats | None = None

    @property
    def weights(self) -> dict[str, Floats]:
        """The agreement weights of the weighted coefficients; none unless ordinal."""
        if self.level != "ordinal" or self.points is None:
            return {}
        return {name: nominal.scale_weights(self.points, power) for name, power in SCALES.items()}


BINARY = Scale("nominal", 2)


def coefficients(
    ratings: Any,
    *,
    categories: Sequence[Any] | None = None,
    level: Level = "nominal",
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> Mapping[str, Estimate]:
    """Return every agreement coefficient by name, each with a 95 % interval, or None with the reason.

    `ratings`: rows = units, columns = coders, None or NaN = not rated; lists, numpy arrays and pandas frames.
    `categories`: the declared categories, for ordered levels in order; they count for AC1 and
    Brennan-Prediger even where nobody used them. `clusters`: each unit's transcript; intervals then come from
    resampling transcripts (ten or more), or a jackknife over them. Without clusters units count as
    independent: published standard errors, else a bootstrap over units. `seed` fixes the resamples.

    >>> print(coefficients([[1, 1], [2, 2], [1, 2], [1, 1]], resamples=0)["cohen_kappa"].value)
    0.5

    Raises InputError for ratings that are no table, values outside `categories`, or an ordered level
    without an order.
    """
    if level not in LEVELS:
        raise InputError(f"There is no level '{level}'; use nominal, ordinal or interval.")
    table = read_ratings(ratings, categories)
    scale = Scale(level, len(table.categories), _points(table, level))
    plan = plan_for(len(table.codes), clusters, seed)
    return estimated(table.codes, scale, plan, resamples)


def _points(table: Ratings, level: Level) -> Floats | None:
    if level != "nominal" and table.points is None:
        raise InputError(
            f"The {level} level needs an order: give `categories` from lowest to highest, or rate in numbers."
        )
    return table.points


def estimated(
    codes: Ints, scale: Scale, plan: Plan, resamples: int, weight: Floats | None = None
) -> dict[str, Estimate]:
    """Return the coefficients of positions (units x coders, -1 = not rated).

    `weight` counts each unit that much (None: once); weighted units get intervals only over transcripts.
    """
    rows = collapse(codes, plan.group, plan.groups, weight)
    resamples = resamples if weight is None or plan.clustered else 0
    statistic = statistic_of(rows, scale)
    return finished(estimates(statistic, plan, resamples), rows, scale, plan, resamples)


def finished(
    estimates: Mapping[str, Estimate], rows: Rows, scale: Scale, plan: Plan, resamples: int
) -> dict[str, Estimate]:
    """Put published standard errors where units are independent, and reasons where values are missing."""
    whole = pooled(rows)
    tables = rating_tables(whole, scale.categories)
    if scale.level == "ordinal":
        tables |= weighted_tables(whole, scale.weights["quadratic"])
    complete = dict(estimates)
    if not plan.clustered and resamples > 0:
        complete |= published(whole, tables, scale, estimates)
    for name in complete:
        if complete[name].value is None:
            complete[name] = Estimate(None, reason=reason_for(name, tables, rows.coders))
    return _remarked(complete, whole, scale)


def active_coders(rows: Rows) -> list[int]:
    """Return the columns of coders who rated anything."""
    return [coder for coder in range(rows.coders) if (rows.codes[:, coder] >= 0).any()]


def statistic_of(rows: Rows, scale: Scale) -> Statistic:
    """Return the coefficients as a function of how often each group is counted."""
    active = active_coders(rows)
    rows = replace(rows, codes=rows.codes[:, active])
    tables = rating_tables(rows, scale.categories)
    if scale.level == "ordinal":
        tables["coincidence"] = coincidences(rows, scale.categories)
        tables |= weighted_tables(rows, scale.weights["quadratic"])
    if scale.level == "interval":
        tables |= _interval_tables(rows, scale)
    pairs = _pair_statistic(rows, scale)

    def statistic(weights: Floats) -> Values:
        sums = combined(tables, weights)
        values = {
            "percent_agreement": nominal.percent_agreement(sums),
            "fleiss_kappa": nominal.fleiss(sums),
            "conger_kappa": nominal.conger(sums),
            "gwet_ac1": nominal.gwet_ac1(sums),
            "brennan_prediger": nominal.brennan_prediger(sums),
            "krippendorff_alpha": _alpha(sums, scale),
        }
        values["pabak"] = values["brennan_prediger"]
        values |= pairs(weights)
        unknown = np.full(len(weights), np.nan)
        two = len(active) == 2
        values["scott_pi"] = values["fleiss_kappa"] if two else unknown
        values["cohen_kappa"] = values["light_kappa"] if two else unknown
        if scale.level == "ordinal":
            values["gwet_ac2_quadratic"] = nominal.gwet_ac2(sums, scale.weights["quadratic"])
        names = NAMES + (ORDINAL_NAMES if scale.level == "ordinal" else ())
        return {name: values[name] for name in names}

    return statistic


def _alpha(sums: Arrays, scale: Scale) -> Floats:
    if scale.level == "ordinal":
        return nominal.ordinal_alpha(sums["values"], sums["coincidence"])
    if scale.level == "interval" and scale.points is not None:
        values = sums["values"]
        size, mean, square = values.sum(axis=-1), values @ scale.points, values @ scale.points**2
        return nominal.alpha(values, sums["apart"], 2 * (size * square - mean**2))
    return nominal.nominal_alpha(sums)


def _interval_tables(rows: Rows, scale: Scale) -> Arrays:
    """Return `apart` (groups,): each unit's summed squared differences over its ratings less one."""
    assert scale.points is not None
    rated = rows.codes >= 0
    ratings = rated.sum(axis=1)
    values = np.where(rated, scale.points[np.where(rated, rows.codes, 0)], 0.0)
    apart = 2 * (ratings * (values**2).sum(axis=1) - values.sum(axis=1) ** 2)
    per_unit = np.where(ratings >= 2, apart / np.maximum(ratings - 1, 1), 0.0)
    return {"apart": by_group(per_unit, rows)}


def _pair_statistic(rows: Rows, scale: Scale) -> Statistic:
    """Return the means over pairs of coders; without resampling where there are too many pairs."""
    weights = scale.weights
    numbers = len(pair_list(rows.coders)) * (2 * scale.categories + 4)
    if numbers > MOST_PAIR_NUMBERS or rows.groups * numbers > MOST_PAIR_CELLS:
        whole = pair_tables(pooled(rows), scale.categories, weights)
        fixed = _means_of_pairs(combined(whole, np.ones((1, 1))), weights)
        # Only the data themselves have a value: every other weighting is unknown, and so is the interval.
        return lambda counted: {
            name: np.where((counted == 1).all(axis=1), value[0], np.nan) for name, value in fixed.items()
        }
    tables = pair_tables(rows, scale.categories, weights)
    return lambda counted: _means_of_pairs(combined(tables, counted), weights)


def _means_of_pairs(sums: Arrays, weights: Mapping[str, Floats]) -> Values:
    values = {"light_kappa": nominal.mean_of_pairs(nominal.pair_kappas(sums))}
    for name, weighting in weights.items():
        kappas = nominal.weighted_pair_kappas(sums, name, weighting)
        values[f"weighted_kappa_{name}"] = nominal.mean_of_pairs(kappas)
    return values


def published(
    whole: Rows, tables: Arrays, scale: Scale, estimates: Mapping[str, Estimate]
) -> dict[str, Estimate]:
    """Return the defined coefficients that have a published standard error for independent units."""
    formulas = analytic.Linearised(whole, tables, scale.categories)
    makers = {
        "percent_agreement": formulas.percent_agreement,
        "scott_pi": formulas.fleiss,
        "fleiss_kappa": formulas.fleiss,
        "conger_kappa": formulas.conger,
        "gwet_ac1": formulas.gwet_ac1,
        "brennan_prediger": formulas.brennan_prediger,
        "pabak": formulas.brennan_prediger,
    }
    known = {name: make() for name, make in makers.items() if _defined(estimates, name)}
    active = active_coders(whole)
    if len(active) == 2:
        table = contingency(whole, active[0], active[1], scale.categories)
        known |= {name: analytic.cohen(table) for name in ("cohen_kappa", "light_kappa")}
        for name, weights in scale.weights.items():
            known[f"weighted_kappa_{name}"] = analytic.cohen(table, weights)
    if _defined(estimates, "gwet_ac2_quadratic"):
        known["gwet_ac2_quadratic"] = formulas.gwet_ac2(scale.weights["quadratic"])
    return {name: estimate for name, estimate in known.items() if _defined(estimates, name)}


def _defined(estimates: Mapping[str, Estimate], name: str) -> bool:
    return name in estimates and estimates[name].value is not None


def contingency(rows: Rows, one: int, two: int, categories: int) -> Floats:
    """Return how often coder `one` (rows) and coder `two` (columns) chose each pair of categories."""
    a, b = rows.codes[:, one], rows.codes[:, two]
    both = (a >= 0) & (b >= 0)
    key = a[both] * categories + b[both]
    return tally(key, rows.weight[both], categories**2).reshape(categories, categories)


def reason_for(name: str, tables: Arrays, columns: int) -> str:
    """Say why a coefficient has no value; `tables` are sums over all units (one group)."""
    ratings = tables["coder"][0].sum(axis=-1)
    active = int((ratings > 0).sum())
    if columns == 0 or not len(ratings):
        return "there are no ratings"
    if active == 0:
        return "every rating is missing"
    if active == 1:
        return "only one coder rated anything"
    if tables["paired"][0] == 0:
        return "no unit was rated by two coders"
    if name in TWO_CODERS_ONLY and active > 2:
        return f"defined for two coders, and {active} rated; see light_kappa and fleiss_kappa"
    used = int((tables["values"][0] > 0).sum())
    if used < 2:
        return "only one category was ever used"
    return "chance agreement is complete, so nothing is left to compare with it"


def _remarked(estimates: dict[str, Estimate], whole: Rows, scale: Scale) -> dict[str, Estimate]:
    """Add to means over pairs how many pairs they are of, where some have no value."""
    pairs = pair_list(len(active_coders(whole)))
    if len(pairs) < 2:
        return estimates
    rows = replace(whole, codes=whole.codes[:, active_coders(whole)])
    kappas = nominal.pair_kappas(combined(pair_tables(rows, scale.categories), np.ones((1, 1))))[0]
    missing = int(np.isnan(kappas).sum())
    if missing and estimates["light_kappa"].value is not None:
        note = f"mean of {len(pairs) - missing} of {len(pairs)} pairs of coders; the others have no kappa"
        estimates["light_kappa"] = estimates["light_kappa"].noted(note)
    return estimates
