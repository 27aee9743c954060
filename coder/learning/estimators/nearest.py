"""The coded excerpts nearest to a text, and what their codes say of it.

The share of a class is that of its excerpts among the COUNT nearest ones, each counted exp(cosine / TEMPERATURE)
times (kernel regression: Nadaraya 1964, Watson 1964); its logit is log(share + FLOOR). No text is kept: vectors,
what each excerpt was coded as, and fingerprints, by which a text never counts copies of itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.learning.dataset import Fingerprints

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
# How many, how sharply, and the least share of a class: see docs/learning.md, "Nearest excerpts".
COUNT = 30
TEMPERATURE = 0.1
FLOOR = 0.02
MOST = 5000  # excerpts that a model keeps: 7.7 MB of the large encoder's vectors
TOGETHER = 1024  # texts compared at once: 20 MB of cosines
AROUND = 4 * COUNT  # wordings of a text are compared with this many excerpts nearest to the text as it is
PRINTS = "prints"  # the block that has the texts' fingerprints
ORIGIN = "origin"  # the block that tells which texts are wordings of one
COMPARED = ("centred", "distinct")  # the blocks by which texts can be compared


@dataclass(frozen=True)
class NearestExcerpts:
    """Excerpts to which texts are compared: vectors of a `block` (m, d) at length 1, and votes for classes (m, c).

    `prints` (m,) are the excerpts' fingerprints, 0 where copies count. `carried` (c, k) turns logits of the classes
    voted for, each row's mean taken away, into those of the k classes in hand.
    """

    block: str
    vectors: NDArray[np.float16]
    votes: NDArray[np.float32]
    prints: Fingerprints
    carried: NDArray[np.float32]

    @classmethod
    def of(
        cls, block: str, blocks: Mapping[str, Any], rows: NDArray[np.intp], votes: Floats
    ) -> "NearestExcerpts":
        """Take `rows` of the blocks, MOST of them at most, evenly chosen, with their votes (rows, c)."""
        chosen = np.linspace(0, len(rows) - 1, min(MOST, len(rows))).astype(np.intp)
        return cls(
            block,
            blocks[block][rows[chosen]].astype(np.float16),
            votes[chosen].astype(np.float32),
            np.asarray(blocks[PRINTS][rows[chosen]], dtype=np.uint64),
            np.eye(votes.shape[1], dtype=np.float32),
        )

    def __len__(self) -> int:
        return len(self.vectors)

    def logits(self, blocks: Mapping[str, Any]) -> Floats:
        """Return the logits of the classes in hand, (n, k); all 0 for a text without any excerpt to compare."""
        vectors, prints = blocks[self.block], np.asarray(blocks[PRINTS])
        shares = np.zeros((len(vectors), self.votes.shape[1]))
        for part, among in self._parts(vectors, prints, np.asarray(blocks[ORIGIN])):
            shares[part] = self._shares(self._cosines(vectors[part], prints[part], among), among)
        logs = np.log(shares + FLOOR)
        return np.asarray((logs - logs.mean(axis=1, keepdims=True)) @ self.carried, dtype=np.float64)

    def moved(self, places: NDArray[np.intp], trusted: Floats) -> "NearestExcerpts":
        """Return the excerpts with votes for other classes: class j is what `places[j]` was, as far as `trusted[j]`.

        A class that is at no place (-1) gets the mean of the others, so that nothing is said for or against it.
        """
        centred = self.carried - self.carried.mean(axis=1, keepdims=True)
        return replace(
            self, carried=np.where(places >= 0, centred[:, places] * trusted, 0.0).astype(np.float32)
        )

    @cached_property
    def _single(self) -> NDArray[np.float32]:
        return self.vectors.astype(np.float32)

    def _parts(
        self, vectors: NDArray[np.float32], prints: Fingerprints, origin: NDArray[np.intp]
    ) -> Iterator[tuple[slice, Places]]:
        """Yield rows to compare together, and the excerpts to compare them with.

        Wordings of one text follow each other, the text as it is first.
        """
        starts = np.flatnonzero(np.append(True, origin[1:] != origin[:-1])) if len(origin) else origin
        if len(starts) == len(origin) or len(self) <= AROUND:
            every = np.arange(len(self))
            for start in range(0, len(origin) if len(self) else 0, TOGETHER):
                yield slice(start, start + TOGETHER), every
            return
        near = self._cosines(vectors[starts], prints[starts], np.arange(len(self)))
        around = np.argpartition(-near, AROUND - 1, axis=1)[:, :AROUND]
        for start, end, among in zip(starts, np.append(starts[1:], len(origin)), around, strict=True):
            yield slice(start, end), among

    def _cosines(
        self, vectors: NDArray[np.float32], prints: Fingerprints, among: Places
    ) -> NDArray[np.float32]:
        """Return the cosines of texts to the excerpts `among`, (n, among): minus infinity to copies."""
        whole = len(among) == len(self)
        excerpts, marks = (self._single, self.prints) if whole else (self._single[among], self.prints[among])
        near = vectors @ excerpts.T
        for row in np.flatnonzero((prints != 0) & np.isin(prints, marks)):
            near[row, marks == prints[row]] = -np.inf
        return np.asarray(near, dtype=np.float32)

    def _shares(self, near: NDArray[np.float32], among: Places) -> Floats:
        """Return the classes' shares of the nearest excerpts, (n, c); all 0 where there are none."""
        if near.shape[1] > COUNT:
            places = np.argpartition(-near, COUNT - 1, axis=1)[:, :COUNT]
            near, votes = np.take_along_axis(near, places, axis=1), self.votes[among[places]]
        else:
            votes = np.broadcast_to(self.votes[among], (len(near), *self.votes[among].shape))
        total = np.einsum("nm,nmc->nc", np.exp(near.astype(np.float64) / TEMPERATURE), votes)
        return np.asarray(total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12), dtype=np.float64)
