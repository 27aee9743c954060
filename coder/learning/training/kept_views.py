"""Training takes nothing away: a code keeps the base model's view where that does better on held-out excerpts."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coder.learning.estimators.calibration_fit import Settled
from coder.learning.estimators.ensemble import Stack, keeping
from coder.learning.training.code_verdicts import Verdict

Floats = NDArray[np.float64]
Judge = Callable[[Floats], tuple[Settled, list[Verdict]]]
CLEARLY = 0.02  # F1 by which the base model's view must win


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
