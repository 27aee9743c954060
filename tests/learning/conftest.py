"""A small encoder and two made-up studies: enough for every rule of learning to show, in milliseconds."""

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.codebook import Code, Codebook, SubTheme
from coder.learning.features.wording import words_of


class WordEncoder:
    """Each word is a fixed random direction; a text is their sum at length 1."""

    def __init__(self, name: str = "words") -> None:
        self.id = f"{name}/test/float32"
        self.dimension = 64

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        rows = np.stack([self._row(text) for text in texts]) if texts else np.zeros((0, self.dimension))
        if progress:
            progress(len(texts))
        return rows.astype(np.float32)

    def _row(self, text: str) -> NDArray[np.float64]:
        total = np.zeros(self.dimension)
        for word in words_of(text) or ["<empty>"]:
            seed = int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "big")
            total += np.random.default_rng(seed).normal(size=self.dimension)
        return total / np.linalg.norm(total)


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def codebook() -> Codebook:
    return Codebook(
        "small",
        (
            Code(
                "time",
                "Time",
                "Having hours or minutes.",
                subthemes=(SubTheme("busy hours, no minutes", "barrier"),),
            ),
            Code(
                "people",
                "People",
                "Friends and family.",
                subthemes=(SubTheme("friends and family help", "facilitator"),),
            ),
            Code(
                "body",
                "Body",
                "Pain and tired legs.",
                exclude=("a nurse or doctor who is friendly (People)",),
            ),
        ),
    )
