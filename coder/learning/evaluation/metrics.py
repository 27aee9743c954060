"""Performance of a model against human codes, with intervals that respect who said what.

All figures come from small tables counted per group (study, transcript or participant): the cluster bootstrap
resamples groups, never rows, by weighting these tables (Field and Welsh 2007, doi 10.1111/j.1467-9868.2007.00593.x).
Kappa: Cohen 1960; AC1: Gwet 2008; PABAK: Byrt, Bishop, Carlin 1993.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.statistics import ClusterBootstrap, percentile_interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
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


class Section(dict[str, Any]):
    """A part of the report: estimates by name, their bounds under `ci_low` and `ci_high`."""

    def add(self, name: str, value: float, resampled: Floats) -> None:
        """Add an estimate with the 2.5 and 97.5 percentiles of its resamples; not-a-number becomes None."""
        self[name] = _number(value)
        finite = resampled[np.isfinite(resampled)]
        if len(finite) and self[name] is not None:
            low, high = percentile_interval(finite)
            self.setdefault("ci_low", {})[name] = _number(low)
            self.setdefault("ci_high", {})[name] = _number(high)

    def take(self, name: str, other: "Section", figure: str) -> None:
        """Take over a figure of another section, bounds and all, as `name`."""
        self[name] = other.get(figure)
        for bound in ("ci_low", "ci_high"):
            if figure in other.get(bound, {}):
                self.setdefault(bound, {})[name] = other[bound][figure]


def _number(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def square_tables(
    boot: ClusterBootstrap, rows: NDArray[np.intp], truth: NDArray[np.intp], guess: NDArray[np.intp], k: int
) -> tuple[Floats, Floats]:
    """Count pairs of classes over `rows`: (k, k) and per resample (resamples, k, k), truth by row."""
    whole, resampled = boot.tables(rows, truth * k + guess, k * k)
    return whole.reshape(k, k), resampled.reshape(-1, k, k)


FORCED: dict[str, Callable[[Floats], Floats]] = {
    "accuracy": accuracy,
    "kappa": kappa,
    "forced_macro_f1": macro_f1_of,
}


def forced_choice(labels: Bools, forced: Floats, boot: ClusterBootstrap) -> tuple[Section, Floats]:
    """Compare the best-scored code with the one true code, on rows that have exactly one.

    `labels` and `forced` are (n, k). Returns the section and the confusion table (k, k), truth by row.
    """
    k = labels.shape[1]
    rows = np.flatnonzero(labels.sum(1) == 1)
    truth = labels[rows].argmax(1)
    order = np.argsort(-forced[rows], axis=1, kind="stable")
    section = Section(n_single=len(rows))
    table, resampled = square_tables(boot, rows, truth, order[:, 0], k)
    for name, function in FORCED.items():
        section.add(name, float(function(table)), function(resampled))
    within = (order[:, :2] == truth[:, None]).any(1).astype(np.intp)
    hits, hits_resampled = boot.tables(rows, within, 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        section.add(
            "top2_accuracy", float(hits[1] / hits.sum()), hits_resampled[:, 1] / hits_resampled.sum(1)
        )
    return section, table


def component_choice(
    labels: Bools, forced: Floats, parents: Sequence[str | None], boot: ClusterBootstrap
) -> Section:
    """Compare components (parents of the codes) in forced choice; codes without a parent stand for themselves."""
    names = [parent or f"#{index}" for index, parent in enumerate(parents)]
    kinds = {name: index for index, name in enumerate(dict.fromkeys(names))}
    of_code = np.array([kinds[name] for name in names], dtype=np.intp)
    rows = np.flatnonzero(labels.sum(1) == 1)
    truth = of_code[labels[rows].argmax(1)]
    guess = of_code[forced[rows].argmax(1)]
    table, resampled = square_tables(boot, rows, truth, guess, len(kinds))
    section = Section(n=len(rows))
    section.add("kappa", float(kappa(table)), kappa(resampled))
    section.add("accuracy", float(accuracy(table)), accuracy(resampled))
    return section


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


def per_code(tables: Floats, resampled: Floats, names: Sequence[str]) -> dict[str, Section]:
    """Return each code's figures at the operating thresholds; what is undefined is None."""
    sections = {}
    for index, name in enumerate(names):
        table = tables[index]
        section = Section(
            support=int(table[1].sum()), prevalence=_number(table[1].sum() / max(table.sum(), 1))
        )
        for measure, function in BINARY.items():
            section.add(measure, float(function(table)), function(resampled[:, index]))
        sections[name] = section
    return sections


def averages(section: Section, tables: Floats, resampled: Floats) -> None:
    """Add macro_f1 (codes nobody used left out) and micro_f1 of (k, 2, 2) tables to a section."""

    def macro(stack: Floats) -> Floats:
        values = _f1(stack)
        used = np.isfinite(values)
        return _ratio(np.where(used, values, 0).sum(-1), used.sum(-1))

    section.add("macro_f1", float(macro(tables)), macro(resampled))
    section.add("micro_f1", float(_f1(tables.sum(0))), _f1(resampled.sum(1)))


def codable_choice(labels: Bools, selected: Bools, boot: ClusterBootstrap) -> Section:
    """Compare whether anything is coded at all: by people (any code) and by the model (any suggestion)."""
    rows = np.arange(len(labels), dtype=np.intp)
    truth, guess = (np.asarray(side.any(axis=1), dtype=np.intp) for side in (labels, selected))
    table, resampled = square_tables(boot, rows, truth, guess, 2)
    section = Section(n=len(labels), support=int(table[1].sum()))
    for measure in ("recall", "precision", "f1", "kappa"):
        section.add(measure, float(BINARY[measure](table)), BINARY[measure](resampled))
    return section


def polarity_choice(truth: Sequence[str | None], probabilities: Floats, boot: ClusterBootstrap) -> Section:
    """Compare barrier and facilitator in forced choice where people said one of the two; `mixed` apart.

    `probabilities` is (n, 3) in the order barrier, facilitator, mixed. Kappa is None where people said only one.
    """
    which = np.array([{"barrier": 0, "facilitator": 1, "mixed": 2}.get(value or "", -1) for value in truth])
    rows = np.flatnonzero((which == 0) | (which == 1))
    guess = probabilities[rows, :2].argmax(1)
    table, resampled = square_tables(boot, rows, which[rows], guess, 2)
    section = Section(n=len(rows))
    both = len(set(which[rows].tolist())) == 2  # else there is nothing to tell apart
    section.add("kappa", float(kappa(table)) if both else np.nan, kappa(resampled))
    section.add("macro_f1", float(macro_f1_of(table)), macro_f1_of(resampled))
    section.add("accuracy", float(accuracy(table)), accuracy(resampled))
    mixed = np.flatnonzero(which == 2)
    found = probabilities[mixed].argmax(1) == 2 if len(mixed) else np.zeros(0, dtype=bool)
    section["mixed"] = {"n": len(mixed), "recall": _number(found.mean()) if len(mixed) else None}
    return section


def calibration_error(probability: Floats, correct: Bools, bins: int = 10) -> float:
    """Return the expected calibration error over equal-count bins (Naeini, Cooper, Hauskrecht 2015).

    Mean absolute gap between stated probability and share correct, weighted by bin size; nan without rows.
    """
    if not len(probability):
        return float("nan")
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(probability[part].mean() - correct[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(probability))


def surest_precision(probability: Floats, correct: Bools, part: float = 0.25) -> float | None:
    """Return the share correct among the surest part of suggestions; None with fewer than SUREST of them there."""
    count = int(np.ceil(part * len(probability)))
    if count < SUREST:
        return None
    order = np.argsort(-probability, kind="stable")[:count]
    return round(float(correct[order].mean()), 4)


def without_base_rate(forced: Floats) -> Floats:
    """Return shares (n, k) in which no code is favoured for being common: each divided by its mean over the rows."""
    shares = forced / np.maximum(forced.mean(axis=0, keepdims=True), 1e-9) if len(forced) else forced
    return np.asarray(shares, dtype=np.float64)


def risk_coverage(confidence: Floats, correct: Bools, steps: int = 20) -> list[dict[str, float]]:
    """Return the error rate among the surest share of rows, for growing shares (El-Yaniv and Wiener 2010)."""
    order = np.argsort(-confidence, kind="stable")
    errors = np.cumsum(~correct[order])
    sizes = np.unique(np.ceil(np.linspace(0, len(order), steps + 1)[1:]).astype(int))
    return [
        {"coverage": round(size / len(order), 4), "risk": round(float(errors[size - 1]) / size, 4)}
        for size in sizes
        if size
    ]
