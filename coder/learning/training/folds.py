"""Held-out splits: whole groups (studies, transcripts, participants) are held out, never rows of one.

A text of some length that comes word for word in several groups is never learned from where a copy of it is tested.
Where there is only one group, its rows are parted in their order instead: what is measured there is measured on
parts of one group, and must be called so.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.learning.dataset import SHORT, plain_words

Ints = NDArray[np.intp]
FOLDS = 5
NOTHING_LEFT = "without a held-out part nothing is left to learn from: all texts are the same"


@dataclass(frozen=True)
class Folds:
    """What each row is held out with, and what may then be learned from.

    `of` (n,) is the fold of each row; `twins` (n,) numbers the long texts that come more than once, -1 for all
    others. `whole` is False where the folds are parts of one group.
    """

    of: Ints
    twins: Ints
    whole: bool = True

    @property
    def count(self) -> int:
        """How many folds there are."""
        return len(np.unique(self.of))

    def parts(self) -> Iterator[tuple[Ints, Ints]]:
        """Yield, per fold, the rows to learn from and those held out; no text of the latter is in the former."""
        for fold in np.unique(self.of):
            held_out = self.of == fold
            copies = (self.twins >= 0) & np.isin(self.twins, self.twins[held_out])
            yield np.flatnonzero(~held_out & ~copies), np.flatnonzero(held_out)

    def rows(self, rows: Ints) -> "Folds":
        """Return the folds of some of the rows."""
        return Folds(self.of[rows], self.twins[rows], self.whole)


@dataclass(frozen=True)
class Repeats:
    """Copies of texts: `twins` (n,) as in Folds, and how many rows repeat another group's text, long or short."""

    twins: Ints
    long: int
    short: int


def repeats(texts: Sequence[str], groups: Sequence[str]) -> Repeats:
    """Return which texts are the same word for word, case and blanks aside, and how many repeat another group's."""
    keys = list(map(plain_words, texts))
    rows: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        rows[key].append(row)
    twins = np.full(len(keys), -1, dtype=np.intp)
    long = short = 0
    for number, (key, mine) in enumerate(rows.items()):
        if not key or len(mine) < 2:
            continue
        elsewhere = sum(groups[row] != groups[mine[0]] for row in mine)
        if len(key.split()) > SHORT:
            twins[mine] = number
            long += elsewhere
        else:
            short += elsewhere
    return Repeats(twins, long, short)


def folds_of(
    texts: Sequence[str],
    groups: Sequence[str],
    labels: Ints,
    count: int = FOLDS,
    copies: Repeats | None = None,
) -> Folds:
    """Return folds that keep groups whole; a single group is parted into blocks of rows in their order.

    `labels` (n,) is a class per row, to make the folds alike; `copies` are the texts' repeats where they are known.
    """
    twins = (copies or repeats(texts, groups)).twins
    group_numbers = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    if len(group_numbers) < 2:
        n = len(groups)
        return Folds(np.arange(n, dtype=np.intp) * min(count, n) // max(n, 1), twins, whole=False)
    of = group_folds(np.array([group_numbers[group] for group in groups], dtype=np.intp), labels, count)
    return Folds(of, twins)


def group_folds(groups: NDArray[np.intp], labels: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the fold of each row, groups kept whole, folds alike in size and in their mix of labels.

    Greedy and deterministic: the largest groups first, each to the fold whose label counts it evens out most,
    of several to the one with the fewest rows.
    With fewer groups than folds there are as many folds as groups.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        members[int(group)].append(row)
    count = min(count, len(members))
    classes = int(labels.max(initial=0)) + 1
    filled = np.zeros((count, classes))
    folds = np.zeros(len(groups), dtype=np.intp)
    total = np.maximum(np.bincount(labels, minlength=classes), 1)
    for group in sorted(members, key=lambda name: (-len(members[name]), name)):
        rows = members[group]
        add = np.bincount(labels[rows], minlength=classes)
        cost = (((filled + add) / total) ** 2).sum(axis=1) - ((filled / total) ** 2).sum(axis=1)
        fold = np.lexsort((filled.sum(axis=1), np.round(cost, 12)))[0]
        filled[fold] += add
        folds[rows] = fold
    return folds
