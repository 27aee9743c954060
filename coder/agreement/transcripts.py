"""Agreement per transcript, and the three totals that people otherwise work out by hand."""

from typing import Any

import numpy as np

from coder.agreement.codings import Codings
from coder.agreement.setratings import SetRatings
from coder.agreement.sets import SetStatistic
from coder.statistics import Plan

OVERALL = ("percent_agreement", "masi_alpha", "pooled_kappa", "macro_gwet_ac1")
PER_CODE = ("percent_agreement", "light_kappa", "gwet_ac1", "krippendorff_alpha")
MOST = 2000  # transcripts listed one by one


def per_transcript(codings: Codings, sets: SetRatings) -> dict[str, Any]:
    """Return values per transcript and their totals; empty without transcripts (or with thousands).

    `transcripts`: name -> n_units, NAMEs, and per code NAMEs (light_kappa is Cohen's kappa for two coders).
    `totals`: NAME -> `unweighted` (every transcript counts the same), `size_weighted` (by units compared),
    both over the transcripts where it is defined, and `pooled` (all units in one table).
    """
    count = len(codings.transcripts)
    if not 0 < count <= MOST:
        return {}
    plan = Plan(codings.transcript_of, count, True, count, 0)
    statistic = SetStatistic(sets, plan, codings.weights)
    single, pooled = statistic(np.eye(count)), statistic(np.ones((1, count)))
    both = (sets.ids >= 0).sum(axis=1) >= 2
    counted = None if codings.weights is None else codings.weights[both]
    sizes = np.bincount(codings.transcript_of[both], weights=counted, minlength=count)
    used = [place for place, used in enumerate(statistic.used) if used]
    listed = {
        name: {"n_units": int(sizes[row])}
        | {key: _plain(single[key][row]) for key in OVERALL}
        | {
            "codes": {
                str(sets.codes[place]): {key: _plain(single[f"{place}/{key}"][row]) for key in PER_CODE}
                for place in used
            }
        }
        for row, name in enumerate(codings.transcripts)
    }
    totals: dict[str, Any] = {key: _totals(single[key], pooled[key], sizes) for key in OVERALL}
    totals["codes"] = {
        str(sets.codes[place]): {
            key: _totals(single[f"{place}/{key}"], pooled[f"{place}/{key}"], sizes) for key in PER_CODE
        }
        for place in used
    }
    return {"transcripts": listed, "totals": totals}


def _plain(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _totals(single: Any, pooled: Any, sizes: Any) -> dict[str, Any]:
    defined = ~np.isnan(single)
    if not defined.any():
        return {"unweighted": None, "size_weighted": None, "pooled": _plain(pooled[0]), "n_transcripts": 0}
    return {
        "unweighted": float(single[defined].mean()),
        "size_weighted": float(np.average(single[defined], weights=sizes[defined])),
        "pooled": _plain(pooled[0]),
        "n_transcripts": int(defined.sum()),
    }
