"""Performance of a model against human codes, with intervals that respect who said what.

All figures come from small tables counted per group (study, transcript or participant): the cluster bootstrap
resamples groups, never rows, by weighting these tables (Field and Welsh 2007, doi 10.1111/j.1467-9868.2007.00593.x).
Kappa: Cohen 1960; AC1: Gwet 2008; PABAK: Byrt, Bishop, Carlin 1993.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Bools, Floats
from coder.learning.evaluation.performance import (
    CalibrationCurve,
    Codable,
    CodePerformance,
    ComponentChoice,
    ConfidenceBin,
    ForcedChoice,
    MixedPolarity,
    PolarityChoice,
    RiskCurve,
    RiskPoint,
)
from coder.statistics import ClusterBootstrap, Estimate, percentile_interval

SUREST = 10  # suggestions of which a share is told


def kappa(table: Floats) -> Floats:
    """Return Cohen's kappa of (..., k, k) tables; nan where chance agreement is complete."""
    total = table.sum((-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = np.trace(table, axis1=-2, axis2=-1) / total
        chance = (table.sum(-1) * table.sum(-2)).sum(-1) / total**2
        value: Floats = np.where(chance < 1 - 1e-12, (observed - chance) / (1 - chance), np.nan)
    return value


def kappa_of(truth: NDArray[np.integer], guess: NDArray[np.integer]) -> float | None:
    """Return Cohen's kappa of two columns of class numbers; None where chance agreement is complete."""
    k = int(max(truth.max(initial=0), guess.max(initial=0))) + 1
    table = np.zeros((k, k))
    np.add.at(table, (truth, guess), 1)
    value = float(kappa(table))
    return value if np.isfinite(value) else None


def macro_f1_of(table: Floats) -> Floats:
    """Return the mean F1 over the codes that occur in truth or prediction, of (..., k, k) tables."""
    hits = np.diagonal(table, axis1=-2, axis2=-1)
    either = table.sum(-1) + table.sum(-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.where(either > 0, 2 * hits / either, np.nan)
        used = np.isfinite(f1)
        value: Floats = np.where(used, f1, 0).sum(-1) / used.sum(-1)
    return value


def accuracy(table: Floats) -> Floats:
    """Return the share on the diagonal of (..., k, k) tables."""
    with np.errstate(invalid="ignore", divide="ignore"):
        value: Floats = np.trace(table, axis1=-2, axis2=-1) / table.sum((-2, -1))
    return value


def estimated(value: float, resampled: Floats) -> Estimate:
    """Return an estimate with the 2.5 and 97.5 percentiles of its resamples; not-a-number becomes None."""
    whole, finite = _number(value), resampled[np.isfinite(resampled)]
    if whole is None or not len(finite):
        return Estimate(whole)
    low, high = percentile_interval(finite)
    return Estimate(whole, _number(low), _number(high))


def _number(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def square_tables(
    boot: ClusterBootstrap, rows: NDArray[np.intp], truth: NDArray[np.intp], guess: NDArray[np.intp], k: int
) -> tuple[Floats, Floats]:
    """Count pairs of classes over `rows`: (k, k) and per resample (resamples, k, k), truth by row."""
    whole, resampled = boot.tables(rows, truth * k + guess, k * k)
    return whole.reshape(k, k), resampled.reshape(-1, k, k)


def forced_choice(labels: Bools, forced: Floats, boot: ClusterBootstrap) -> tuple[ForcedChoice, Floats]:
    """Compare the best-scored code with the one true code, on rows that have exactly one.

    `labels` and `forced` are (n, k). Returns the figures and the confusion table (k, k), truth by row.
    """
    k = labels.shape[1]
    rows = np.flatnonzero(labels.sum(1) == 1)
    truth = labels[rows].argmax(1)
    order = np.argsort(-forced[rows], axis=1, kind="stable")
    table, resampled = square_tables(boot, rows, truth, order[:, 0], k)
    within = (order[:, :2] == truth[:, None]).any(1).astype(np.intp)
    hits, hits_resampled = boot.tables(rows, within, 2)
    figures = ForcedChoice(
        n_single=len(rows),
        accuracy=estimated(float(accuracy(table)), accuracy(resampled)),
        kappa=estimated(float(kappa(table)), kappa(resampled)),
        forced_macro_f1=estimated(float(macro_f1_of(table)), macro_f1_of(resampled)),
        top2_accuracy=estimated(float(share_of(hits)), share_of(hits_resampled)),
    )
    return figures, table


def share_of(counts: Floats) -> Floats:
    """Return the share of the second of two counts, (..., 2); nan without any."""
    return _ratio(counts[..., 1], counts.sum(-1))


def component_choice(
    labels: Bools, forced: Floats, parents: Sequence[str | None], boot: ClusterBootstrap
) -> ComponentChoice:
    """Compare components (parents of the codes) in forced choice; codes without a parent stand for themselves."""
    names = [parent or f"#{index}" for index, parent in enumerate(parents)]
    kinds = {name: index for index, name in enumerate(dict.fromkeys(names))}
    of_code = np.array([kinds[name] for name in names], dtype=np.intp)
    rows = np.flatnonzero(labels.sum(1) == 1)
    truth = of_code[labels[rows].argmax(1)]
    guess = of_code[forced[rows].argmax(1)]
    table, resampled = square_tables(boot, rows, truth, guess, len(kinds))
    return ComponentChoice(
        n=len(rows),
        kappa=estimated(float(kappa(table)), kappa(resampled)),
        accuracy=estimated(float(accuracy(table)), accuracy(resampled)),
    )


def _f1(table: Floats) -> Floats:
    """F1 of (..., 2, 2) tables, truth by row, code present = 1."""
    hits, both = table[..., 1, 1], table[..., 1, :].sum(-1) + table[..., :, 1].sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value: Floats = np.where(both > 0, 2 * hits / both, np.nan)
    return value


def _ratio(hits: Floats, of: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        value: Floats = np.where(of > 0, hits / of, np.nan)
    return value


def _ac1(table: Floats) -> Floats:
    total = table.sum((-2, -1))
    share = _ratio(table[..., 1, :].sum(-1) + table[..., :, 1].sum(-1), 2 * total)
    chance = 2 * share * (1 - share)
    value: Floats = _ratio(accuracy(table) - chance, np.subtract(1.0, chance))
    return value


BINARY: dict[str, Callable[[Floats], Floats]] = {
    "precision": lambda table: _ratio(table[..., 1, 1], table[..., :, 1].sum(-1)),
    "recall": lambda table: _ratio(table[..., 1, 1], table[..., 1, :].sum(-1)),
    "f1": _f1,
    "kappa": kappa,
    "gwet_ac1": _ac1,
    "pabak": lambda table: 2 * accuracy(table) - 1,
}


def code_tables(labels: Bools, selected: Bools, boot: ClusterBootstrap) -> tuple[Floats, Floats]:
    """Return the 2 x 2 tables of every code: (k, 2, 2) and resampled (resamples, k, 2, 2), truth by row."""
    rows = np.arange(len(labels), dtype=np.intp)
    both = [
        square_tables(boot, rows, labels[:, code].astype(np.intp), selected[:, code].astype(np.intp), 2)
        for code in range(labels.shape[1])
    ]
    return np.stack([whole for whole, _ in both]), np.stack([resampled for _, resampled in both], axis=1)


def per_code(tables: Floats, resampled: Floats, names: Sequence[str]) -> dict[str, CodePerformance]:
    """Return each code's figures at the operating thresholds; what is undefined is None."""
    codes = {}
    for index, name in enumerate(names):
        table = tables[index]
        codes[name] = CodePerformance(
            support=int(table[1].sum()),
            prevalence=_number(table[1].sum() / max(table.sum(), 1)),
            **{
                measure: estimated(float(function(table)), function(resampled[:, index]))
                for measure, function in BINARY.items()
            },
        )
    return codes


def macro_f1(tables: Floats, resampled: Floats) -> Estimate:
    """Return the mean F1 of the codes that anybody used, from (k, 2, 2) tables."""

    def macro(stack: Floats) -> Floats:
        values = _f1(stack)
        used = np.isfinite(values)
        return _ratio(np.where(used, values, 0).sum(-1), used.sum(-1))

    return estimated(float(macro(tables)), macro(resampled))


def micro_f1(tables: Floats, resampled: Floats) -> Estimate:
    """Return the F1 of all suggestions together, from (k, 2, 2) tables."""
    return estimated(float(_f1(tables.sum(0))), _f1(resampled.sum(1)))


def codable_choice(labels: Bools, selected: Bools, boot: ClusterBootstrap) -> Codable:
    """Compare whether anything is coded at all: by people (any code) and by the model (any suggestion)."""
    rows = np.arange(len(labels), dtype=np.intp)
    truth, guess = (np.asarray(side.any(axis=1), dtype=np.intp) for side in (labels, selected))
    table, resampled = square_tables(boot, rows, truth, guess, 2)
    figures = {
        measure: estimated(float(BINARY[measure](table)), BINARY[measure](resampled))
        for measure in ("recall", "precision", "f1", "kappa")
    }
    return Codable(n=len(labels), support=int(table[1].sum()), **figures)


def polarity_choice(
    truth: Sequence[str | None], probabilities: Floats, boot: ClusterBootstrap
) -> PolarityChoice:
    """Compare barrier and facilitator in forced choice where people said one of the two; `mixed` apart.

    `probabilities` is (n, 3) in the order barrier, facilitator, mixed. Kappa is None where people said only one.
    """
    which = np.array([{"barrier": 0, "facilitator": 1, "mixed": 2}.get(value or "", -1) for value in truth])
    rows = np.flatnonzero((which == 0) | (which == 1))
    guess = probabilities[rows, :2].argmax(1)
    table, resampled = square_tables(boot, rows, which[rows], guess, 2)
    both = len(set(which[rows].tolist())) == 2  # else there is nothing to tell apart
    mixed = np.flatnonzero(which == 2)
    seen_mixed = probabilities[mixed].argmax(1) == 2 if len(mixed) else np.zeros(0, dtype=bool)
    return PolarityChoice(
        n=len(rows),
        kappa=estimated(float(kappa(table)) if both else np.nan, kappa(resampled)),
        macro_f1=estimated(float(macro_f1_of(table)), macro_f1_of(resampled)),
        accuracy=estimated(float(accuracy(table)), accuracy(resampled)),
        mixed=MixedPolarity(len(mixed), _number(seen_mixed.mean()) if len(mixed) else None),
    )


def calibration_error(probability: Floats, correct: Bools, bins: int = 10) -> float:
    """Return the expected calibration error over equal-count bins (Naeini, Cooper, Hauskrecht 2015).

    Mean absolute gap between stated probability and share correct, weighted by bin size; nan without rows.
    """
    if not len(probability):
        return float("nan")
    gaps = [abs(stated - right) * n for n, stated, right in _equal_bins(probability, correct, bins)]
    return float(sum(gaps) / len(probability))


def calibration_curve(probability: Floats, correct: Bools, bins: int = 10) -> CalibrationCurve:
    """Return stated confidence and share correct over equal-count bins, the least sure first."""
    bins_of_rows = _equal_bins(probability, correct, bins)
    return tuple(ConfidenceBin(n, round(stated, 4), round(right, 4)) for n, stated, right in bins_of_rows)


def _equal_bins(probability: Floats, correct: Bools, bins: int) -> list[tuple[int, float, float]]:
    """Return (n, mean probability, share correct) of rows in order of probability, cut into bins of equal size."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [(len(part), float(probability[part].mean()), float(correct[part].mean())) for part in parts]


def surest_precision(probability: Floats, correct: Bools) -> float | None:
    """Return the share correct among the surest quarter of suggestions; None with fewer than SUREST of them there."""
    count = int(np.ceil(0.25 * len(probability)))
    if count < SUREST:
        return None
    order = np.argsort(-probability, kind="stable")[:count]
    return round(float(correct[order].mean()), 4)


def without_base_rate(forced: Floats) -> Floats:
    """Return shares (n, k) in which no code is favoured for being common: each divided by its mean over the rows."""
    shares = forced / np.maximum(forced.mean(axis=0, keepdims=True), 1e-9) if len(forced) else forced
    return np.asarray(shares, dtype=np.float64)


def risk_coverage(confidence: Floats, correct: Bools, steps: int = 20) -> RiskCurve:
    """Return the error rate among the surest share of rows, for growing shares (El-Yaniv and Wiener 2010)."""
    order = np.argsort(-confidence, kind="stable")
    errors = np.cumsum(~correct[order])
    sizes = np.unique(np.ceil(np.linspace(0, len(order), steps + 1)[1:]).astype(int))
    return tuple(
        RiskPoint(coverage=round(size / len(order), 4), risk=round(float(errors[size - 1]) / size, 4))
        for size in sizes.tolist()
        if size
    )
