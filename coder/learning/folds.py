"""Held-out splits: whole groups (studies, transcripts, participants) are held out, never rows of one."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def joined_groups(texts: Sequence[str], groups: Sequence[str]) -> tuple[NDArray[np.intp], int]:
    """Return a group number per row and how many rows repeat another group's text.

    Groups that share a text word for word are joined, so that a duplicate never sits on both sides of a split.
    """
    parent = {group: group for group in groups}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    first: dict[str, str] = {}
    repeated = 0
    for text, group in zip(texts, groups, strict=True):
        key = " ".join(text.lower().split())
        if not key:
            continue
        other = first.setdefault(key, group)
        if other != group:
            repeated += 1
            if len(key.split()) > 5:  # "nothing" twice is no duplicate, a sentence twice is
                parent[root(group)] = root(other)
    names = {name: place for place, name in enumerate(dict.fromkeys(root(group) for group in groups))}
    return np.array([names[root(group)] for group in groups], dtype=np.intp), repeated


def group_folds(groups: NDArray[np.intp], labels: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the fold of each row, groups kept whole, folds alike in size and in their mix of labels.

    Greedy and deterministic: the largest groups first, each to the fold whose label counts it evens out most.
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
        cost = [
            (((filled[fold] + add) / total) ** 2).sum() - ((filled[fold] / total) ** 2).sum()
            for fold in range(count)
        ]
        fold = int(np.argmin(np.round(cost, 12)))
        filled[fold] += add
        folds[rows] = fold
    return folds
