"""Why a suggestion was made, one glance long: the nearest coded excerpt or codebook phrase, and the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coder.encoding import Encoder
from coder.learning.centring import unit_rows
from coder.learning.labelaware import PhraseBank
from coder.learning.ngrams import words_of
from coder.learning.signals import Signals

SHOWN = 70  # characters of an excerpt or phrase
WORDS = 3
NEAR = 0.45  # an excerpt must be this close (cosine without the topic) to be shown rather than a phrase
EMPTY = frozenset(
    word
    for line in (
        "a an the and or but if of to in on at by for with from as is are was were be been being am do does",
        "did have has had i i'm i've i'd you he she it it's they we me my your his her their our us them this",
        "that that's there here so just well um er erm yeah like really very then than what which who when",
        "where how would could will can say said says got get going go know think mean kind sort thing things",
        "something some any also because",
    )
    for word in line.split()
)


@dataclass(frozen=True)
class Examples:
    """Coded excerpts kept for showing: centred vectors (n, d), labels (n, k), and the study of each."""

    texts: Sequence[str]
    vectors: NDArray[np.float16]
    labels: NDArray[np.int8]
    studies: Sequence[str]


@dataclass(frozen=True)
class Evidence:
    """Finds what speaks for a code."""

    bank: PhraseBank
    encoder: Encoder
    examples: Examples | None = None

    def sentence(self, signals: Signals, row: int, code: int) -> str:
        """Return the evidence for one code of one text: its source in quotes, then the words that counted."""
        place, _ = self.bank.best_phrase(signals.closeness[row], code)
        direction = self.bank.vectors[place]
        source = f"codebook: “{shortened(self.bank.phrases[place].text)}”"
        nearest = self._nearest(signals.centred[row], code, signals.texts[row])
        if nearest is not None and self.examples is not None:
            direction = self.examples.vectors[nearest].astype(np.float32)
            study = self.examples.studies[nearest]
            source = f"like “{shortened(self.examples.texts[nearest])}”" + (f" ({study})" if study else "")
        words = self._telling_words(signals, row, direction)
        return source + (f"; words: {', '.join(words)}" if words else "")

    def _nearest(self, vector: NDArray[np.float32], code: int, text: str) -> int | None:
        if self.examples is None:
            return None
        coded = np.flatnonzero(self.examples.labels[:, code] == 1)
        if not len(coded):
            return None
        near = self.examples.vectors[coded].astype(np.float32) @ vector
        for at in np.argsort(-near, kind="stable")[:2]:
            if near[at] < NEAR:
                return None
            if self.examples.texts[coded[at]].strip() != text.strip():  # its own coding proves nothing
                return int(coded[at])
        return None

    @cached_property
    def _word_vectors(self) -> dict[str, NDArray[np.float32]]:
        return {}

    def _telling_words(self, signals: Signals, row: int, direction: NDArray[np.float32]) -> list[str]:
        """Return the text's content words whose own vectors point most toward `direction`."""
        known = self._word_vectors
        if not known:
            everything = sorted({word for text in signals.texts for word in content_words(text)})
            vectors = self.encoder.encode(everything) if everything else np.zeros((0, self.encoder.dimension))
            middle = vectors.mean(axis=0) if len(vectors) > 20 else signals.plain.mean(axis=0)
            known.update(zip(everything, unit_rows(vectors - middle), strict=True))
        words = content_words(signals.texts[row])
        pull = {word: float(known[word] @ direction) for word in words}
        best = sorted((word for word in pull if pull[word] > 0.05), key=lambda word: -pull[word])[:WORDS]
        return [word for word in words if word in best]


def content_words(text: str) -> list[str]:
    """Return the text's different words that carry meaning, in order."""
    return [word for word in dict.fromkeys(words_of(text)) if word not in EMPTY and len(word) > 2]


def shortened(text: str, limit: int = SHOWN) -> str:
    """Return the text on one line, cut at a word with an ellipsis when over `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
