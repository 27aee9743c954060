"""Words and pieces of words as features: TF-IDF over word 1-2-grams and character 2-5-grams within words.

Sublinear term frequency, smoothed idf, each of the two blocks at length 1 (as in Salton and Buckley 1988). Own
code so that predicting needs numpy alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
LIMIT = 60_000  # features at most, the commonest first
CHARS = (2, 3, 4, 5)
SEEN = 2  # a feature must occur in this many texts


def words_of(text: str) -> list[str]:
    """Return the text's words, lower case, apostrophes made plain."""
    return [plain_word(word) for word in WORDS.findall(text)]


def plain_word(word: str) -> str:
    """Return a word in lower case, its apostrophes made plain."""
    return word.lower().replace("’", "'")


@lru_cache(maxsize=50_000)
def pieces_of(word: str) -> tuple[str, ...]:
    """Return a word's character grams ("c:..."), with a space before and after it; words come again and again."""
    padded = f" {word} "
    return tuple(
        f"c:{padded[start : start + size]}"
        for size in CHARS
        for start in range(max(1, len(padded) - size + 1))
        if len(padded) >= size
    )


def wholes_of(words: Sequence[str]) -> list[str]:
    """Return word 1-2-grams ("w:...")."""
    return [*(f"w:{word}" for word in words), *(f"w:{first} {second}" for first, second in pairwise(words))]


@dataclass(frozen=True)
class NGrams:
    """A vocabulary with its inverse document frequencies."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float32]

    @classmethod
    def fitted(cls, texts: Sequence[str]) -> "NGrams":
        """Take the features of texts that occur in at least SEEN of them."""
        seen: Counter[str] = Counter()
        for text in texts:
            words = words_of(text)
            seen.update(set(wholes_of(words)))
            seen.update(set(chain.from_iterable(map(pieces_of, set(words)))))
        least = min(SEEN, max(1, len(texts) - 1))
        kept = sorted(
            (gram for gram, count in seen.items() if count >= least), key=lambda gram: (-seen[gram], gram)
        )
        vocabulary = {gram: place for place, gram in enumerate(kept[:LIMIT])}
        idf = np.array(
            [log((1 + len(texts)) / (1 + seen[gram])) + 1 for gram in vocabulary], dtype=np.float32
        )
        return cls(vocabulary, idf)

    def rows(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Yield each text's places and weights."""
        known: dict[str, list[int]] = {}  # the places of each word's character grams
        for text in texts:
            words = words_of(text)
            for word in words:
                if word not in known:
                    known[word] = self._places(pieces_of(word))
            whole = self._places(wholes_of(words))
            blocks = [
                self._weighted(whole),
                self._weighted(chain.from_iterable(map(known.__getitem__, words))),
            ]
            places, weights = zip(*blocks, strict=True)
            yield np.concatenate(places), np.concatenate(weights)

    def _places(self, found: Iterable[str]) -> list[int]:
        return [self.vocabulary[gram] for gram in found if gram in self.vocabulary]

    def _weighted(self, places: Iterable[int]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the different places and their weights, sublinear in how often each comes, of length 1."""
        counts = Counter(places)
        at = np.fromiter(counts, np.intp, len(counts))
        raw = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[at]
        return at, (raw / max(float(np.linalg.norm(raw)), 1e-9)).astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> "object":
        """Return the features as a scipy CSR matrix (n, features), for training."""
        from scipy.sparse import csr_matrix

        rows = list(self.rows(texts))
        starts = np.concatenate([[0], np.cumsum([len(places) for places, _ in rows])])
        indices = np.concatenate([places for places, _ in rows]) if rows else np.zeros(0, dtype=np.intp)
        data = np.concatenate([weights for _, weights in rows]) if rows else np.zeros(0, dtype=np.float32)
        return csr_matrix((data, indices, starts), shape=(len(texts), len(self.idf)))
