"""A verdict per code: whether a model may suggest it, by what it did on excerpts it had not seen, and its mending.

Training takes nothing away: a code keeps the base model's view where that does better on held-out excerpts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.learning.dataset import TrainingSet
from coder.learning.estimators.calibration_fit import Settled
from coder.learning.estimators.ensemble import ENOUGH, Stack, keeping
from coder.learning.evaluation.metrics import kappa
from coder.learning.persistence.card import Verdict
from coder.phrasing import counted
from coder.statistics import MIN_GROUPS, ClusterBootstrap, percentile_interval

WEAK = 0.20  # kappa under which a code is no better than guessing
RESAMPLES = 500  # enough to tell whether kappa is above 0
WANTED = 30  # excerpts with a code from which its figures are steady enough to decide by
HELD_OUT, PARTS = "held-out kappa", "kappa on parts of the one group there is"
Floats = NDArray[np.float64]
CLEARLY = 0.02  # F1 by which the base model's view must win


def verdicts_of(
    data: TrainingSet,
    codebook: Codebook,
    selected: NDArray[np.bool_],
    known: NDArray[np.bool_],
    *,
    groups: Sequence[str] | None = None,
    whole: bool = True,
    resamples: int = RESAMPLES,
) -> list[Verdict]:
    """Judge each code by its excerpts and by how `selected` (n, k), said without seeing them, agrees with the coding.

    `known` (n, k) marks what may be judged: looked at by people, and held out. `groups` (the set's own by default)
    are what was held out whole; `whole` False says that it was parts of one group. Intervals resample groups, or rows
    where there are fewer than MIN_GROUPS groups.
    """
    names = list(data.groups if groups is None else groups)
    if len(set(names)) < MIN_GROUPS:
        names = [str(row) for row in range(len(names))]
    boot = ClusterBootstrap.over(names, resamples=resamples)
    found = []
    for place, code in enumerate(codebook.codes):
        looked = data.labels[:, place] >= 0
        positives = int((data.labels[:, place] == 1).sum())
        described = bool(code.definition or code.subthemes)
        rows = np.flatnonzero(known[:, place] & looked)
        untaught = _untaught(code.id, positives, int(looked.sum()) - positives, described)
        if untaught is None and not len(rows):
            why = "could not be tested: nothing to learn from is left without the excerpts held out"
            untaught = Verdict(code.id, positives, None, None, described, why, "add excerpts of other groups")
        if untaught is not None:
            found.append(untaught)
            continue
        truth, chosen = data.labels[rows, place] == 1, selected[rows, place].astype(bool)
        cells = 2 * truth.astype(np.intp) + chosen
        found.append(_tested(code.id, positives, *boot.tables(rows, cells, 4), HELD_OUT if whole else PARTS))
    return found


def _untaught(code: str, positives: int, negatives: int, described: bool) -> Verdict | None:
    """Return the verdict of a code with too few excerpts to learn it or to test it; None with enough."""
    if min(positives, negatives) >= ENOUGH:
        return None
    speaks = "the codebook's text speaks for it, not tested" if described else "and no definition"
    if positives == 0:
        why, mend = "never used in your coding", f"code {ENOUGH} excerpts with it to test it"
    elif negatives == 0:
        why = "every excerpt has it, so excerpts WITHOUT it are missing"
        mend = f"add {ENOUGH} excerpts or more that do not have it"
    elif positives < ENOUGH:
        why = f"only {counted(positives, 'coded excerpt')}"
        mend = f"code {ENOUGH - positives} more excerpts with it to test it"
    else:
        why = f"only {counted(negatives, 'excerpt')} without it"
        mend = f"add {ENOUGH - negatives} more excerpts that do not have it"
    if described:
        return Verdict(code, positives, None, None, True, f"{why}: {speaks}", mend)
    return Verdict(code, positives, None, None, False, f"{why} {speaks}", f"write a definition, or {mend}")


def _tested(
    code: str,
    positives: int,
    table: NDArray[np.float64],
    resampled: NDArray[np.float64],
    name: str,
) -> Verdict:
    """Judge by a table of (people, model) counts (4,) and its resamples: kappa must be clearly better than chance.

    Resamples in which the code does not occur say nothing of it.
    """
    value = float(np.nan_to_num(kappa(table.reshape(2, 2))))
    drawn = kappa(resampled.reshape(-1, 2, 2))
    drawn = drawn[np.isfinite(drawn) & (resampled[:, 2:].sum(axis=1) > 0)]
    low, high = percentile_interval(drawn) if len(drawn) else (None, None)
    f1 = float(2 * table[3] / max(1.0, table[1] + table[2] + 2 * table[3]))
    usable = value >= WEAK and (low is None or low > 0)
    interval = "" if low is None else f" [{low:.2f}, {high:.2f}]"
    why, mend = f"{name} {value:.2f}{interval}", ""
    if not usable:
        why += ", hardly better than chance" if value < WEAK else ", not clearly better than chance"
        mend = f"code about {max(WANTED, positives)} more excerpts with it, or sharpen what it includes and excludes"
    return Verdict(code, positives, value, f1, usable, why, mend, low, high)


def beside_people(verdicts: Sequence[Verdict], reached: Mapping[str, float]) -> list[Verdict]:
    """Return the verdicts with the kappa that coders reach with each other, by code, where it is known."""
    return [
        replace(found, coders=reached[found.code], why=f"{found.why}; coders reach {reached[found.code]:.2f}")
        if found.code in reached and found.kappa is not None
        else found
        for found in verdicts
    ]


Judge = Callable[[Floats], tuple[Settled, list[Verdict]]]


def better_views(
    stack: Stack, logits: Floats, first: Floats, judged: Judge
) -> tuple[Stack, Floats, Settled, list[Verdict]]:
    """Return the stack in which each code has the better of both views, its held-out logits, and how it is judged.

    `logits` (n, k) are the stack's held-out ones, `first` those of the base model, which had not seen the rows.
    A code changes sides if the base model's view of it passes the verdict with a clearly better F1.
    """
    settled, verdicts = judged(logits)
    tested = np.array([verdict.kappa is not None for verdict in verdicts])
    if not tested.any():
        return stack, logits, settled, verdicts
    spoken = stack.firm * first
    _, before = judged(spoken)
    won = np.array([_wins(old, new) for old, new in zip(before, verdicts, strict=True)]) & tested
    if not won.any():
        return stack, logits, settled, verdicts
    own = np.zeros(len(won)) if stack.kept is None else stack.kept.astype(np.float64)
    mixed = keeping(logits, spoken, won.astype(np.float64))
    again, found = judged(mixed)
    if _worth(found) <= _worth(verdicts):  # what the code gained, the others lost
        return stack, logits, settled, verdicts
    kept = replace(stack, kept=np.where(won, 1.0, own).astype(np.float32))
    return kept, mixed, again, found


def _wins(base: Verdict, own: Verdict) -> bool:
    return (
        base.usable and base.kappa is not None and (base.f1 or 0.0) > (own.f1 or 0.0) * own.usable + CLEARLY
    )


def _worth(verdicts: list[Verdict]) -> float:
    return sum((verdict.f1 or 0.0) * verdict.usable for verdict in verdicts)
