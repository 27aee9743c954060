"""Vectors of texts as an encoder gave them that had not been tuned on these texts: for honest training."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from coder.encoding import Encoder
from coder.learning.persistence.training_fingerprints import fingerprints


class RememberedEncoder:
    """An encoder that gives remembered vectors for some texts, by fingerprint, and its own for all others.

    Heads fitted to a tuned encoder's vectors of its own training texts would trust them too much: these texts lie
    where they ought to. Remembered vectors come from a run of the same tuning without the text's study.
    """

    def __init__(self, encoder: Encoder, remembered: Mapping[int, NDArray[np.float32]]) -> None:
        self._encoder = encoder
        self._remembered = remembered
        self.id = encoder.id
        self.dimension = encoder.dimension

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return one row per text, (n, d)."""
        keys = [int(key) for key in fingerprints(texts)] if texts else []
        fresh = [row for row, key in enumerate(keys) if key not in self._remembered]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            if key in self._remembered:
                vectors[row] = self._remembered[key]
        if fresh:
            vectors[fresh] = self._encoder.encode([texts[row] for row in fresh], progress=progress)
        return vectors
