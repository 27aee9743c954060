"""Topic removal: each study's mean vector is taken away, so that what is left is what tells codes apart.

The mean of a few texts is mostly noise, so it is shrunk toward a known mean (that of the material the model
learned from) as if SHRINK further texts of the usual kind had been there:
(n * own mean + SHRINK * known mean) / (n + SHRINK), the posterior mean of a normal mean with known variance.
A single text is therefore centred almost entirely by the known mean. What a text gets depends on the other
texts of its study only through this mean: never on their order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
StudySums = Mapping[str, tuple[NDArray[np.float64], int]]
SHRINK = 8.0


def unit_rows(vectors: Floats) -> NDArray[np.float32]:
    """Return the rows at length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


@dataclass(frozen=True)
class Topics:
    """Sums over a sample of each study's vectors, for material too large to be predicted at once.

    `sums` has, by encoder id and study (the empty name where all texts share one), the sum (d,) and how many
    vectors it is of. Material predicted in parts with the same topics comes out as if it were one batch.
    """

    sums: Mapping[str, StudySums]

    def of(self, encoder_id: str) -> StudySums:
        """Return the sums in one encoder's space."""
        return self.sums.get(encoder_id, {})

    def only(self, studies: Iterable[str]) -> "Topics":
        """Return the topics of some of the studies."""
        kept = set(studies)
        return Topics(
            {
                encoder: {name: sums for name, sums in found.items() if name in kept}
                for encoder, found in self.sums.items()
            }
        )


def study_sums(vectors: Floats, studies: Sequence[str] | None) -> StudySums:
    """Return, by study, the sum of its rows in float64 and their number; the order of rows changes nothing."""
    return {name: (_total(vectors, rows), len(rows)) for name, rows in _by_study(len(vectors), studies)}


def _by_study(n: int, studies: Sequence[str] | None) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield each study (the empty name where all share one) with the places of its rows."""
    if studies is None:
        if n:
            yield "", np.arange(n, dtype=np.intp)
        return
    labels, names = np.unique(np.asarray([str(study) for study in studies], dtype=str), return_inverse=True)
    order = np.argsort(names, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(names[order])) + 1):
        if len(rows):
            yield str(labels[names[rows[0]]]), rows


def _total(vectors: Floats, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the rows' sum, the same in whatever order they stand."""
    return np.asarray(np.sort(vectors[rows].astype(np.float64), axis=0).sum(axis=0), dtype=np.float64)


def study_means(
    vectors: Floats,
    studies: Sequence[str] | None,
    known: Floats,
    shrink: float = SHRINK,
    measured: StudySums | None = None,
) -> NDArray[np.float64]:
    """Return the shrunk mean of each row's study, (n, d); `studies` None means that all share one.

    A study that is in `measured` has its mean from there, any other from the rows at hand.
    """
    means = np.empty(vectors.shape, dtype=np.float64)
    for name, rows in _by_study(len(vectors), studies):
        total, count = (measured or {}).get(name) or (_total(vectors, rows), len(rows))
        means[rows] = (total + shrink * known) / (count + shrink)
    return means


def centred(
    vectors: Floats,
    studies: Sequence[str] | None,
    known: Floats,
    shrink: float = SHRINK,
    measured: StudySums | None = None,
) -> NDArray[np.float32]:
    """Return the rows with their study's shrunk mean taken away, at length 1."""
    return unit_rows(vectors - study_means(vectors, studies, known, shrink, measured))
