"""Agreement in steps: is there anything to code; then which code; then barrier or facilitator."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from coder.agreement.codings import Codings
from coder.agreement.coefficients import Scale, estimated
from coder.agreement.ratings import Floats
from coder.agreement.setratings import SetRatings
from coder.agreement.sets import sets_estimated
from coder.statistics import Estimate, plan_for


@dataclass(frozen=True, slots=True)
class Stage:
    """One question put to the coders: how many units (or codes) it could be compared on, and how well."""

    question: str
    n: int
    coefficients: dict[str, Estimate]


def stages(codings: Codings, sets: SetRatings, resamples: int, seed: int) -> dict[str, Stage]:
    """Return the steps: `codable`, `which_code` among units that both coded, and polarity where it is used.

    `polarity` compares the polarity of a code that both coders gave; `code_and_polarity` counts the same code
    with the opposite polarity as another code.
    """
    found = {
        "codable": _codable(codings, sets, resamples, seed),
        "which_code": _which(codings, sets, resamples, seed),
    }
    if codings.polarities:
        found["polarity"] = polarity_stage(codings, resamples, seed)
        joint = codings.with_polarity().sets()
        overall = sets_estimated(joint, codings.clusters, resamples, seed, codings.weights).overall
        found["code_and_polarity"] = Stage(
            "the same code with the same polarity?", compared(joint, codings.weights), overall
        )
    return found


def compared(sets: SetRatings, weight: Floats | None = None) -> int:
    """Return how many units (by weight: characters) at least two coders rated."""
    both = (sets.ids >= 0).sum(axis=1) >= 2
    return int(both.sum()) if weight is None else int(weight[both].sum())


def _codable(codings: Codings, sets: SetRatings, resamples: int, seed: int) -> Stage:
    filled = np.append(sets.members.any(axis=1).astype(np.int64), -1)
    plan = plan_for(len(sets.ids), codings.clusters, seed)
    found = estimated(filled[sets.ids], Scale("nominal", 2), plan, resamples, codings.weights)
    return Stage("is there anything to code?", compared(sets, codings.weights), found)


def _which(codings: Codings, sets: SetRatings, resamples: int, seed: int) -> Stage:
    filled = np.append(sets.members.any(axis=1), False)
    only = SetRatings(np.where(filled[sets.ids], sets.ids, -1), sets.members, sets.codes)
    found = sets_estimated(only, codings.clusters, resamples, seed, codings.weights)
    return Stage("which code, where both coded?", compared(only, codings.weights), found.overall)


def polarity_stage(codings: Codings, resamples: int, seed: int) -> Stage:
    """Return agreement on polarity among codes that at least two coders gave to a unit."""
    ratings, units = codings.polarity_ratings()
    clusters: Any = None if codings.clusters is None else codings.clusters[units]
    weight = None if codings.weights is None else codings.weights[units]
    plan = plan_for(len(ratings), clusters, seed)
    found = estimated(ratings, Scale("nominal", max(2, len(codings.polarities))), plan, resamples, weight)
    both = (ratings >= 0).sum(axis=1) >= 2
    n = int(both.sum()) if weight is None else int(weight[both].sum())
    return Stage("which polarity, where both gave the same code?", n, found)
