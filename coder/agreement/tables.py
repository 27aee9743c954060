"""Small tables that carry all a coefficient needs, one per group of units; made once, resampled cheaply.

Symbols follow the literature: unit i, coder g, category k; r_i ratings of unit i, r_ik of them in k.
"""

from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats, Ints

Arrays = dict[str, Floats]

MOST_BINS = 8_000_000  # patterns x groups counted without sorting
MOST_CODERS_ONE_BY_ONE = 12
MOST_PAIR_CELLS = 30_000_000  # groups x pairs x numbers; beyond, coefficients of pairs get no interval
MOST_PAIR_NUMBERS = 20_000  # pairs x numbers, likewise: some forty coders with five categories


@dataclass(frozen=True, slots=True)
class Rows:
    """Rating patterns with how often each occurs in each group.

    `codes` (rows x coders) holds -1 for not rated, `weight` (rows) counts units (or characters), `group`
    (rows) says where they lie.
    """

    codes: Ints
    weight: Floats
    group: Ints
    groups: int

    @property
    def coders(self) -> int:
        """The number of columns."""
        return int(self.codes.shape[1])


def tally(key: Ints, weights: Floats | None, bins: int) -> Floats:
    """Sum weights (or count, without) by whole-number key: (bins,)."""
    return np.bincount(key, weights=weights, minlength=bins).astype(np.float64, copy=False)


def collapse(codes: Ints, group: Ints, groups: int, weight: Floats | None = None) -> Rows:
    """Return equal rows of ratings within a group as one row with its count."""
    plain = np.ones(len(codes)) if weight is None else weight
    base = int(codes.max(initial=-1)) + 2
    patterns = base ** codes.shape[1]  # a Python int: never overflows
    if not len(codes) or patterns * groups > 2**62:
        return Rows(codes, plain, group, groups)
    key = group.astype(np.int64)
    for column in codes.T:
        key = key * base + (column + 1)
    if patterns * groups <= MOST_BINS:
        counts = tally(key, weight, 1)
        present = np.flatnonzero(counts)
        counts = counts[present]
    else:
        present, inverse = np.unique(key, return_inverse=True)
        counts = tally(inverse.reshape(-1), plain, 1)
    spread = np.empty((len(present), codes.shape[1]), dtype=np.int64)
    rest = present
    for column in range(codes.shape[1] - 1, -1, -1):
        rest, digit = np.divmod(rest, base)
        spread[:, column] = digit - 1
    return Rows(spread, counts, rest, groups)


def pooled(rows: Rows) -> Rows:
    """Return the rows counted in one group."""
    return collapse(rows.codes, np.zeros(len(rows.codes), dtype=np.int64), 1, rows.weight)


def counts_of(codes: Ints, categories: int) -> Floats:
    """Return r_ik: how many coders put each row into each category (rows x categories)."""
    counts = np.zeros((len(codes), categories))
    for column in codes.T:
        rated = np.flatnonzero(column >= 0)
        counts[rated, column[rated]] += 1
    return counts


def by_group(values: Floats, rows: Rows) -> Floats:
    """Sum weighted per-row values within groups: (rows,) -> (groups,), (rows, ...) -> (groups, ...)."""
    if values.ndim == 1:
        return tally(rows.group, values * rows.weight, rows.groups)
    flat = values.reshape(len(values), prod(values.shape[1:]))
    summed = np.zeros((rows.groups, flat.shape[1]))
    for index, column in enumerate(flat.T):
        summed[:, index] = tally(rows.group, column * rows.weight, rows.groups)
    return summed.reshape(rows.groups, *values.shape[1:])


def binned(rows: Rows, codes: Ints, chosen: NDArray[np.bool_], bins: int) -> Floats:
    """Count codes of the chosen rows within groups: (groups x bins)."""
    key = rows.group[chosen] * bins + codes[chosen]
    return tally(key, rows.weight[chosen], rows.groups * bins).reshape(rows.groups, bins)


def rating_tables(rows: Rows, categories: int) -> Arrays:
    """Return what Fleiss', Conger's, Gwet's, Brennan & Prediger's and Krippendorff's coefficients need.

    All with the groups first: `rated` and `paired` count units with at least one and two ratings, `agree`
    sums their pairwise agreement, `share` (x categories) sums r_ik / r_i, `coder` (x coders x categories)
    counts each coder's ratings, `values` (x categories) counts ratings of units with two or more, and
    `disagree` sums r_i (1 - agreement_i): Krippendorff's observed nominal disagreement.
    """
    counts = counts_of(rows.codes, categories)
    ratings = counts.sum(axis=1)
    paired = ratings >= 2
    agreement = np.zeros(len(ratings))
    inner = (counts[paired] * (counts[paired] - 1)).sum(axis=1)
    agreement[paired] = inner / (ratings[paired] * (ratings[paired] - 1))
    share = counts / np.maximum(ratings, 1)[:, None]
    per_coder = [binned(rows, column, column >= 0, categories) for column in rows.codes.T]
    return {
        "rated": by_group((ratings >= 1).astype(np.float64), rows),
        "paired": by_group(paired.astype(np.float64), rows),
        "agree": by_group(agreement, rows),
        "share": by_group(share, rows),
        "coder": np.stack(per_coder, axis=1) if per_coder else np.zeros((rows.groups, 0, categories)),
        "values": by_group(counts * paired[:, None], rows),
        "disagree": by_group(np.where(paired, ratings * (1 - agreement), 0.0), rows),
    }


def weighted_tables(rows: Rows, weights: Floats) -> Arrays:
    """Return `weighted_agree` (groups,): pairwise agreement with partial credit weights[k, l] (Gwet's AC2)."""
    counts = counts_of(rows.codes, len(weights))
    ratings = counts.sum(axis=1)
    paired = ratings >= 2
    inner = (counts[paired] * (counts[paired] @ weights - 1)).sum(axis=1)
    agreement = np.zeros(len(ratings))
    agreement[paired] = inner / (ratings[paired] * (ratings[paired] - 1))
    return {"weighted_agree": by_group(agreement, rows)}


def coincidences(rows: Rows, categories: int) -> Floats:
    """Return Krippendorff's coincidence matrices (groups x categories x categories)."""
    counts = counts_of(rows.codes, categories)
    ratings = counts.sum(axis=1)
    paired = ratings >= 2
    scaled = counts[paired] / (ratings[paired] - 1)[:, None]
    paired_rows = Rows(rows.codes[paired], rows.weight[paired], rows.group[paired], rows.groups)
    result = np.empty((rows.groups, categories, categories))
    for k in range(categories):
        others = counts[paired].copy()
        others[:, k] -= 1
        result[:, k, :] = by_group(scaled[:, [k]] * others, paired_rows)
    return result


def pair_list(coders: int) -> list[tuple[int, int]]:
    """Return the pairs of coders (columns) in the order of every table of pairs."""
    return list(combinations(range(coders), 2))


def pair_tables(rows: Rows, categories: int, weights: dict[str, Floats] | None = None) -> Arrays:
    """Return what Cohen's and Light's kappas need, with groups x pairs first.

    `both` counts units that both rated, `same` those with equal category, `first` and `second` (x
    categories) their two margins; each weighting adds `same_NAME`, its sum of partial credit.
    """
    if rows.groups == 1 and rows.coders > MOST_CODERS_ONE_BY_ONE:
        return _pair_tables_at_once(rows, categories, weights or {})
    pairs = pair_list(rows.coders)
    shape = (rows.groups, len(pairs))
    tables: Arrays = {
        "both": np.zeros(shape),
        "same": np.zeros(shape),
        "first": np.zeros((*shape, categories)),
        "second": np.zeros((*shape, categories)),
    }
    tables |= {f"same_{name}": np.zeros(shape) for name in weights or {}}
    for pair, (one, two) in enumerate(pairs):
        chosen = np.flatnonzero((rows.codes[:, one] >= 0) & (rows.codes[:, two] >= 0))
        shared = Rows(rows.codes[chosen], rows.weight[chosen], rows.group[chosen], rows.groups)
        a, b = shared.codes[:, one], shared.codes[:, two]
        everything = np.ones(len(chosen), dtype=np.bool_)
        tables["both"][:, pair] = by_group(everything.astype(np.float64), shared)
        tables["same"][:, pair] = by_group((a == b).astype(np.float64), shared)
        tables["first"][:, pair] = binned(shared, a, everything, categories)
        tables["second"][:, pair] = binned(shared, b, everything, categories)
        for name, weighting in (weights or {}).items():
            tables[f"same_{name}"][:, pair] = by_group(weighting[a, b], shared)
    return tables


def _pair_tables_at_once(rows: Rows, categories: int, weights: dict[str, Floats]) -> Arrays:
    """Return the pair tables of one group by matrix products: for hundreds of coders (crowds)."""
    one, two = np.triu_indices(rows.coders, k=1)
    rated = (rows.codes >= 0).astype(np.float64)
    given = [(rows.codes == category).astype(np.float64) for category in range(categories)]

    def met(first: Floats, second: Floats) -> Floats:
        crossed: Floats = (first * rows.weight[:, None]).T @ second
        return crossed[one, two][None, :]

    tables: Arrays = {
        "both": met(rated, rated),
        "same": np.zeros((1, len(one))),
        "first": np.stack([met(in_category, rated) for in_category in given], axis=-1),
        "second": np.stack([met(rated, in_category) for in_category in given], axis=-1),
    }
    for in_category in given:
        tables["same"] += met(in_category, in_category)
    for name, weighting in weights.items():
        credit = [
            sum((w * g for w, g in zip(row, given, strict=True)), np.zeros(rated.shape)) for row in weighting
        ]
        tables[f"same_{name}"] = np.sum(
            [met(in_category, part) for in_category, part in zip(given, credit, strict=True)], axis=0
        )
    return tables


def combined(tables: Arrays, weights: Floats) -> Arrays:
    """Return each table summed over groups with weights (draws x groups), draws first."""
    return {
        name: (weights @ table.reshape(len(table), prod(table.shape[1:]))).reshape(
            len(weights), *table.shape[1:]
        )
        for name, table in tables.items()
    }
