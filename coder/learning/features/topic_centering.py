"""Topic removal: the mean vector of what shares a topic is taken away; what is left tells codes apart.

A whole transcript is a topic of its own, whatever else is coded with it. The mean of fewer than WHOLE texts says
little, so the mean of the study counts for the rest: a transcript's own has the share n / WHOLE. Texts that belong to
no transcript have the topic of their study.

Each mean is shrunk toward a known mean (that of the material the model learned from) as if SHRINK further texts of
the usual kind had been there: (n * own mean + SHRINK * known mean) / (n + SHRINK), the posterior mean of a normal
mean with known variance. docs/learning.md, "Topics", has what these were chosen on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
StudySums = Mapping[str, tuple[NDArray[np.float64], int]]
SHRINK = 8.0
WHOLE = 20


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


def study_sums(vectors: Floats, studies: Sequence[str]) -> StudySums:
    """Return, by study, the sum of its rows in float64 and their number; the order of rows changes nothing."""
    return {name: (_total(vectors, rows), len(rows)) for name, rows in _by_name(studies)}


def _by_name(names: Sequence[str]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield each name with the places of its rows."""
    if not len(names):
        return
    labels, numbers = np.unique(np.asarray(list(names), dtype=str), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1):
        yield str(labels[numbers[rows[0]]]), rows


def _total(vectors: Floats, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the rows' sum, the same in whatever order they stand."""
    return np.asarray(np.sort(vectors[rows].astype(np.float64), axis=0).sum(axis=0), dtype=np.float64)


def topic_means(
    vectors: Floats,
    transcripts: Sequence[str],
    studies: Sequence[str],
    known: Floats,
    *,
    spoken: Bools | None = None,
    measured: StudySums | None = None,
) -> NDArray[np.float64]:
    """Return the mean of what shares each row's topic, (n, d); `transcripts` is empty where a row belongs to none.

    Rows of which `spoken` (n,) is False do not count: they have no words, or say an utterance again. A study that is
    in `measured` has its mean from there, any other from the rows at hand.
    """
    spoken = np.ones(len(vectors), dtype=bool) if spoken is None else spoken
    study, _ = _shrunk(vectors, studies, known, spoken, measured or {})
    if not any(transcripts):
        return study
    names = [f"{one}\x1f{other}" if other else "" for one, other in zip(studies, transcripts, strict=True)]
    of_transcript, count = _shrunk(vectors, names, known, spoken, {})
    share = np.where([bool(name) for name in transcripts], np.minimum(count / WHOLE, 1.0), 0.0)[:, None]
    return np.asarray(share * of_transcript + (1 - share) * study, dtype=np.float64)


def _shrunk(
    vectors: Floats, names: Sequence[str], known: Floats, spoken: Bools, measured: StudySums
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shrunk mean of the rows that share each row's name, (n, d), and their number, (n,)."""
    means, counts = np.empty(vectors.shape, dtype=np.float64), np.zeros(len(vectors))
    for name, rows in _by_name(names):
        telling = rows[spoken[rows]]
        total, count = measured.get(name) or (_total(vectors, telling), len(telling))
        means[rows] = (total + SHRINK * known) / (count + SHRINK)
        counts[rows] = count
    return means, counts
