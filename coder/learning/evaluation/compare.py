"""Two models on the same held-out rows: the difference of each figure with a paired interval.

Both models are resampled together, so what makes a transcript easy or hard for both cancels out.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.learning.evaluation import metrics
from coder.learning.evaluation.metrics import Floats, Section
from coder.learning.evaluation.report import Guess, Truth
from coder.statistics import ClusterBootstrap

Ints = NDArray[np.intp]


def differences(
    truth: Truth,
    first: Guess,
    second: Guess,
    codes: tuple[str, ...],
    *,
    alone: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Return second minus first for theme kappa, polarity kappa, and each code's F1 and kappa, with intervals.

    `alone` (n,) says which rows carry one code and no other (default: counted in the labels); themes are compared on
    these. Rows that either model cannot read are left out of themes and polarity. Each entry has `first`, `second`,
    `difference` and, from three groups on, `ci_low` and `ci_high`.
    """
    labels = truth.labels == 1
    boot = ClusterBootstrap.over(truth.groups, seed=seed)
    asked = first.asked(second.asked(labels))
    single = np.flatnonzero((asked.sum(axis=1) == 1) & (True if alone is None else alone))
    themes = labels[single].argmax(axis=1)
    said = first.asked_polarity(second.asked_polarity(truth.polarity))
    places = np.array([{"barrier": 0, "facilitator": 1}.get(value or "", -1) for value in said])
    clear = np.flatnonzero(places >= 0)

    def theme_table(guess: Guess) -> tuple[Floats, Floats]:
        return metrics.square_tables(
            boot, single, themes, guess.forced[single].argmax(axis=1), labels.shape[1]
        )

    def polarity_table(guess: Guess) -> tuple[Floats, Floats]:
        return metrics.square_tables(boot, clear, places[clear], guess.polarity[clear, :2].argmax(axis=1), 2)

    tables = [metrics.code_tables(labels, guess.selected, boot) for guess in (first, second)]
    per_code = {}
    for place, code in enumerate(codes):
        mine = [(whole[place], resampled[:, place]) for whole, resampled in tables]
        per_code[code] = {
            "support": int(labels[:, place].sum()),
            **{name: _difference(mine[0], mine[1], metrics.BINARY[name]) for name in ("f1", "kappa")},
        }
    return {
        "n": len(labels),
        "n_groups": len(set(truth.groups)),
        "theme_kappa": _difference(theme_table(first), theme_table(second), metrics.kappa),
        "polarity_kappa": _difference(polarity_table(first), polarity_table(second), metrics.kappa),
        "codes": per_code,
    }


def _difference(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], figure: Callable[[Floats], Floats]
) -> Section:
    section = Section()
    section["first"], section["second"] = (
        round(float(value), 6) if np.isfinite(value := figure(side[0])) else None for side in (first, second)
    )
    found = Section()
    found.add("difference", float(figure(second[0]) - figure(first[0])), figure(second[1]) - figure(first[1]))
    section["difference"] = found["difference"]
    if "ci_low" in found:
        section["ci_low"], section["ci_high"] = found["ci_low"]["difference"], found["ci_high"]["difference"]
    return section
