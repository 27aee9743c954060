"""People beside a model: how well people agree with each other and with the model on the same units."""

from collections.abc import Mapping, Sequence

import numpy as np

from coder.agreement import nominal
from coder.agreement.code_sets import SetRatings
from coder.agreement.codings import Codings
from coder.agreement.report import ModelAgreement, Options
from coder.agreement.sets import SetStatistic
from coder.agreement.tables import Arrays, Rows, binned, combined
from coder.arrays import Floats
from coder.statistics import Estimate, Plan, Statistic, Values, estimates, plan_for

OVERALL = ("percent_agreement", "masi_alpha", "pooled_kappa", "macro_cohen_kappa", "macro_gwet_ac1")
PER_CODE = ("percent_agreement", "cohen_kappa", "gwet_ac1", "krippendorff_alpha")
NOBODY = "no unit was rated by two people and the model"
UNDEFINED = "has no value for some side of the comparison"


def compare_with_model(codings: Codings, options: Options) -> ModelAgreement:
    """Compare human-human with human-model agreement; `options.model_coder` is the model among the coders.

    Only units that the model and at least two people rated count. The interval of the difference comes from
    the same resamples for both sides (paired bootstrap), so it is far narrower than the two intervals suggest.
    """
    name = str(options.model_coder)
    sets, weight, model = codings.sets(), codings.weights, codings.coders.index(name)
    people = [column for column in range(sets.ids.shape[1]) if column != model]
    shared = (sets.ids[:, model] >= 0) & ((sets.ids[:, people] >= 0).sum(axis=1) >= 2)
    ids = np.where(shared[:, None], sets.ids, -1)
    same = SetRatings(ids, sets.members, sets.codes)
    plan = plan_for(len(ids), codings.clusters, options.seed)
    human = [
        SetStatistic(_two(same, a, b), plan, weight) for i, a in enumerate(people) for b in people[i + 1 :]
    ]
    machine = [SetStatistic(_two(same, a, model), plan, weight) for a in people]
    counted = np.ones(len(ids)) if weight is None else weight
    consensus = _consensus(same, people, model, plan, counted)
    resamples = options.resamples if shared.any() and (weight is None or plan.clustered) else 0

    def statistic(weights: Floats) -> Values:
        one, two = _mean(human, weights), _mean(machine, weights)
        values = {f"human_human|{name}": value for name, value in one.items()}
        values |= {f"human_model|{name}": value for name, value in two.items()}
        values |= {f"difference|{name}": two[name] - one[name] for name in one}
        return values | consensus(weights)

    all_estimates = estimates(statistic, plan, resamples)
    return _arranged(name, all_estimates, same, int(counted[shared].sum()))


def _two(sets: SetRatings, one: int, two: int) -> SetRatings:
    return SetRatings(sets.ids[:, [one, two]], sets.members, sets.codes)


def _mean(parts: Sequence[SetStatistic], weights: Floats) -> Values:
    """Return the mean over pairs of coders of each coefficient, pairs without a value left out."""
    of_pairs = [part(weights) for part in parts]
    if not of_pairs:
        return {}
    names = [*OVERALL, *(f"{p}/{name}" for p in range(len(parts[0].sets.codes)) for name in PER_CODE)]
    return {
        name: nominal.mean_of_pairs(np.stack([values[name] for values in of_pairs], axis=-1))
        for name in names
    }


def _consensus(sets: SetRatings, people: Sequence[int], model: int, plan: Plan, weight: Floats) -> Statistic:
    """Return the model's recall and precision per code against the code most people gave."""
    tables: Arrays = {}
    rated = sets.ids[:, model] >= 0
    for column in range(len(sets.codes)):
        given = sets.binary(column)
        votes, voters = (given[:, people] == 1).sum(axis=1), (given[:, people] >= 0).sum(axis=1)
        truth, guess = votes * 2 > voters, given[:, model] == 1
        rows = Rows(given, weight, plan.group, plan.groups)
        cell = truth.astype(np.int64) * 2 + guess
        tables[str(column)] = binned(rows, cell, rated, 4)

    def statistic(weights: Floats) -> Values:
        values: Values = {}
        for column, table in combined(tables, weights).items():
            values[f"consensus|{column}/recall"] = nominal.ratio(table[:, 3], table[:, 2] + table[:, 3])
            values[f"consensus|{column}/precision"] = nominal.ratio(table[:, 3], table[:, 1] + table[:, 3])
        return values

    return statistic


def _arranged(
    coder: str, all_estimates: Mapping[str, Estimate], sets: SetRatings, units: int
) -> ModelAgreement:
    def named(side: str, name: str) -> Estimate:
        estimate = all_estimates.get(f"{side}|{name}", Estimate(None))
        if estimate.value is None:
            return Estimate(None, reason=UNDEFINED if units else NOBODY)
        return estimate

    sides = ("human_human", "human_model", "difference")
    overall = {name: {side: named(side, name) for side in sides} for name in OVERALL}
    codes = {
        str(code): {name: {side: named(side, f"{column}/{name}") for side in sides} for name in PER_CODE}
        for column, code in enumerate(sets.codes)
    }
    consensus = {
        str(code): {name: named("consensus", f"{column}/{name}") for name in ("recall", "precision")}
        for column, code in enumerate(sets.codes)
    }
    return ModelAgreement(coder, units, overall, codes, consensus)
