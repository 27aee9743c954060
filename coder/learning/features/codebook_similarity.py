"""Reading the codebook: an utterance's closeness to each code's phrases, both freed of their topic.

The score of a code is the log of the mean over its phrases of exp(cosine / TEMPERATURE): close to the best
phrase, with some credit for several good ones, and fair to codes with few phrases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.learning.features.codebook_phrases import Phrase
from coder.learning.features.topic_centering import unit_rows

TEMPERATURE = 0.1
FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class PhraseBank:
    """The phrases of a codebook and their centred vectors (phrases, d) at length 1."""

    phrases: tuple[Phrase, ...]
    vectors: FloatArray
    codes: int

    @classmethod
    def of(cls, phrases: Sequence[Phrase], vectors: FloatArray, codes: int) -> "PhraseBank":
        """Centre the phrases' vectors by the mean of the codes' means, so that long codes do not pull it."""
        owner = np.array([phrase.code for phrase in phrases], dtype=np.intp)
        means = [vectors[owner == code].mean(axis=0) for code in range(codes)]
        return cls(tuple(phrases), unit_rows(vectors - np.mean(means, axis=0)), codes)

    def closeness(self, centred: FloatArray) -> FloatArray:
        """Return the cosine of each row to each phrase, (n, phrases)."""
        return (centred @ self.vectors.T).astype(np.float32)

    def scores(self, closeness: FloatArray) -> FloatArray:
        """Return the score of each code, (n, codes), from `closeness`."""
        raised = np.exp(closeness.astype(np.float64) / TEMPERATURE)
        owner = np.array([phrase.code for phrase in self.phrases], dtype=np.intp)
        columns = [np.log(raised[:, owner == code].mean(axis=1)) for code in range(self.codes)]
        return np.stack(columns, axis=1).astype(np.float32)

    def polarity_lean(self, closeness: FloatArray) -> FloatArray:
        """Return, per row, how much closer the facilitator phrases are than the barrier phrases, (n,)."""
        sides = []
        for side in ("facilitator", "barrier"):
            columns = [place for place, phrase in enumerate(self.phrases) if phrase.polarity == side]
            if not columns:
                return np.zeros(len(closeness), dtype=np.float32)
            sides.append(np.log(np.exp(closeness[:, columns].astype(np.float64) / TEMPERATURE).mean(axis=1)))
        return np.asarray(sides[0] - sides[1], dtype=np.float32)

    def best_phrase(self, closeness_row: FloatArray, code: int) -> tuple[int, float]:
        """Return the place and cosine of the code's closest phrase for one row of `closeness`."""
        owned = [place for place, phrase in enumerate(self.phrases) if phrase.code == code]
        place = max(owned, key=lambda at: float(closeness_row[at]))
        return place, float(closeness_row[place])
