"""Where coders differ: which codes are taken for which, and the units worth talking about, best first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coder.agreement.code_sets import SetRatings
from coder.agreement.codings import NOTHING, Codings
from coder.agreement.report import ConfusionMatrix, Disagreement
from coder.agreement.tables import pair_list
from coder.arrays import Ints

KINDS = ("another code", "one code more", "coded or not", "polarity")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """How two sets of codes differ: the kind, and the codes that stand against each other."""

    kind: str
    pairs: tuple[Pair, ...]


def difference(one: Sequence[str], two: Sequence[str]) -> Difference | None:
    """Say how two coders' codes of a unit differ; None if they are equal.

    Codes that only one coder gave stand against those that only the other gave, else against the codes both
    gave ("one code more") or against nothing.
    """
    first = [code for code in one if code not in two]
    second = [code for code in two if code not in one]
    if not first and not second:
        return None
    if first and second:
        return Difference("another code", tuple((a, b) for a in first for b in second))
    pairs = [(code, NOTHING) for code in first] + [(NOTHING, code) for code in second]
    return Difference("one code more" if one and two else "coded or not", tuple(pairs))


def set_pairs(sets: SetRatings, one: int, two: int) -> tuple[Ints, Ints]:
    """Return the pairs of sets that two coders gave the same unit (sets x sets as one number), and counts."""
    a, b = sets.ids[:, one], sets.ids[:, two]
    both = (a >= 0) & (b >= 0)
    keys, counts = np.unique(a[both] * len(sets.members) + b[both], return_counts=True)
    return keys, counts


def confusion_matrices(sets: SetRatings, coders: Sequence[str]) -> list[ConfusionMatrix]:
    """Return per pair of coders which codes met: first coder's codes in rows, second's in columns.

    A shared code counts on the diagonal; a code only one gave counts against each code only the other gave,
    or against nothing. So a unit with several codes can count more than once.
    """
    labels = [*map(str, sets.codes), NOTHING]
    index = {label: number for number, label in enumerate(labels)}
    names = [tuple(map(str, sets.names(number))) for number in range(len(sets.members))]
    matrices = []
    for one, two in pair_list(len(coders)):
        counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
        keys, times = set_pairs(sets, one, two)
        for key, count in zip(keys.tolist(), times.tolist(), strict=True):
            first, second = names[key // len(names)], names[key % len(names)]
            shared = [code for code in first if code in second]
            differs = difference(first, second)
            met = [(code, code) for code in shared] + list(differs.pairs if differs else ())
            for a, b in met or [(NOTHING, NOTHING)]:
                counts[index[a], index[b]] += count
        if len(keys):
            matrices.append(
                ConfusionMatrix((coders[one], coders[two]), tuple(labels), tuple(map(tuple, counts.tolist())))
            )
    return matrices


def confusable_pairs(sets: SetRatings, coders: Sequence[str]) -> Counter[Pair]:
    """Count over all pairs of coders how often two codes (or a code and nothing) stood against each other."""
    names = [tuple(map(str, sets.names(number))) for number in range(len(sets.members))]
    counted: Counter[Pair] = Counter()
    for one, two in pair_list(len(coders)):
        keys, times = set_pairs(sets, one, two)
        for key, count in zip(keys.tolist(), times.tolist(), strict=True):
            differs = difference(names[key // len(names)], names[key % len(names)])
            for a, b in differs.pairs if differs else ():
                counted[(a, b) if a <= b else (b, a)] += count
    return counted


def disagreements(codings: Codings, sets: SetRatings, limit: int) -> tuple[int, list[Disagreement]]:
    """Return how many units the coders differ on, and the most instructive ones, best first.

    First come units where coders chose different codes, then a code more, then coded or not, then polarity
    only; within each the pair of codes that is most often confused, since settling it settles most.
    """
    confused = confusable_pairs(sets, codings.coders)
    score, pair_of = _scores(codings, sets, confused)
    differing = score > 0
    opposite = _opposite_polarity(codings)
    only_polarity = opposite[~differing[opposite]]
    order = np.argsort(-score[differing], kind="stable")
    chosen = [int(unit) for unit in np.flatnonzero(differing)[order][:limit]]
    chosen += [int(unit) for unit in only_polarity[: max(0, limit - len(chosen))]]
    polarity = _polarity_of(codings, chosen)
    rows = [_row(codings, sets, unit, pair_of.get(int(score[unit])), polarity) for unit in chosen]
    return int(differing.sum()) + len(only_polarity), rows


def _scores(
    codings: Codings, sets: SetRatings, confused: Counter[Pair]
) -> tuple[Ints, dict[int, tuple[str, Pair]]]:
    """Return a score per unit (0 = no difference) and what each score stands for.

    Scores order kinds first, then how often the pair of codes is confused, then the pair itself.
    """
    names = [tuple(map(str, sets.names(number))) for number in range(len(sets.members))]
    ranks: dict[tuple[str, Pair], int] = {}
    leading_pairs: list[tuple[int, int, Ints, list[tuple[str, Pair] | None]]] = []
    for one, two in pair_list(len(codings.coders)):
        keys, _ = set_pairs(sets, one, two)
        leading = [
            _leading(difference(names[key // len(names)], names[key % len(names)]), confused)
            for key in keys.tolist()
        ]
        leading_pairs.append((one, two, keys, leading))
        ranks |= {lead: 0 for lead in leading if lead is not None}
    best_last = sorted(ranks, key=lambda lead: (-KINDS.index(lead[0]), confused[lead[1]], lead[1]))
    ranks = {lead: number for number, lead in enumerate(best_last, start=1)}
    score = np.zeros(len(sets.ids), dtype=np.int64)
    for one, two, keys, leading in leading_pairs:
        a, b = sets.ids[:, one], sets.ids[:, two]
        both = np.flatnonzero((a >= 0) & (b >= 0))
        value = np.array([ranks[lead] if lead else 0 for lead in leading] or [0], dtype=np.int64)
        position = np.searchsorted(keys, a[both] * len(names) + b[both])
        score[both] = np.maximum(score[both], value[position])
    return score, {number: lead for lead, number in ranks.items()}


def _leading(differs: Difference | None, confused: Counter[Pair]) -> tuple[str, Pair] | None:
    if differs is None:
        return None
    pairs = [(a, b) if a <= b else (b, a) for a, b in differs.pairs]
    return differs.kind, max(pairs, key=lambda pair: (confused[pair], pair))


def _opposite_polarity(codings: Codings) -> Ints:
    ratings, units = codings.polarity_ratings()
    if not len(ratings):
        return np.zeros(0, dtype=np.int64)
    rated = ratings >= 0
    highest = ratings.max(axis=1)
    lowest = np.where(rated, ratings, highest[:, None]).min(axis=1)
    return np.unique(units[highest != lowest])


def _polarity_of(codings: Codings, units: Sequence[int]) -> dict[tuple[int, str], str]:
    wanted = np.flatnonzero(np.isin(codings.mark_unit, units) & (codings.mark_polarity >= 0))
    cells, codes = codings.mark_cell[wanted], codings.mark_code[wanted]
    return {
        (int(cell), codings.codes[code]): codings.polarities[polarity]
        for cell, code, polarity in zip(cells, codes, codings.mark_polarity[wanted], strict=True)
    }


def _row(
    codings: Codings,
    sets: SetRatings,
    unit: int,
    lead: tuple[str, Pair] | None,
    polarity: dict[tuple[int, str], str],
) -> Disagreement:
    coders = len(codings.coders)
    given = {}
    for column, coder in enumerate(codings.coders):
        if sets.ids[unit, column] < 0:
            continue
        codes = [str(code) for code in sets.names(int(sets.ids[unit, column]))]
        marked = [(code, polarity.get((unit * coders + column, code))) for code in codes]
        given[coder] = tuple(f"{code}:{sign}" if sign else code for code, sign in marked)
    kind, pair = lead or ("polarity", None)
    transcript = codings.transcripts[codings.transcript_of[unit]] if codings.transcripts else None
    return Disagreement(transcript, codings.units[unit], kind, pair, given, codings.context.of(unit))
