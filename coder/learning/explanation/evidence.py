"""Why a suggestion was made, one glance long: the nearest coded excerpts or codebook phrase, and the words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.learning.explanation.word_importance import LeaveOneOut
from coder.learning.features.blocks import Signals
from coder.learning.features.codebook_similarity import PhraseBank
from coder.learning.persistence.training_fingerprints import plain_words

GLANCE = 140  # characters of the whole sentence
SHOWN = 70  # characters of an excerpt or phrase that stands alone
BOTH = 42  # characters of each of two excerpts
WORDS = 3
TELLING = 0.25  # a word is shown if the code's score falls by this share of what the most telling word makes it fall
NEAR = 0.45  # an excerpt must be this close (cosine without the topic) to be shown rather than a phrase


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
    left_out: LeaveOneOut
    examples: Examples | None = None

    def sentence(self, signals: Signals, row: int, code: int) -> str:
        """Return the evidence for one code of one text: its source in quotes, then the words that counted."""
        words = self._telling_words(row, code)
        source = self._source(signals, row, code)
        while words and len(source) + len(f"; words: {', '.join(words)}") > GLANCE:
            words = words[:-1]
        kept = [word for word in self.left_out.falls(row) if word in words]  # in the order of the text
        return source + (f"; words: {', '.join(kept)}" if kept else "")

    def _source(self, signals: Signals, row: int, code: int) -> str:
        near = self._nearest(signals.centred[row], code, signals.batch.texts[row])
        if self.examples is None or not near:
            place, _ = self.bank.best_phrase(signals.closeness[row], code)
            return f"codebook: “{shortened(self.bank.phrases[place].text)}”"
        if len(near) > 1:
            return "like " + " and ".join(f"“{shortened(self.examples.texts[at], BOTH)}”" for at in near)
        study = self.examples.studies[near[0]]
        return f"like “{shortened(self.examples.texts[near[0]])}”" + (f" ({study})" if study else "")

    def _nearest(self, vector: NDArray[np.float32], code: int, text: str) -> list[int]:
        """Return the places of the code's nearest excerpts, two at most, none of them this text or another's copy."""
        if self.examples is None:
            return []
        coded = np.flatnonzero(self.examples.labels[:, code] == 1)
        near = self.examples.vectors[coded].astype(np.float32) @ vector
        found: dict[str, int] = {}
        for at in np.argsort(-near, kind="stable"):
            if near[at] < NEAR or len(found) == 2:
                break
            words = plain_words(self.examples.texts[coded[at]])
            if words != plain_words(text):  # its own coding proves nothing
                found.setdefault(words, int(coded[at]))
        return list(found.values())

    def _telling_words(self, row: int, code: int) -> list[str]:
        """Return the words without which the code's score would fall most, the most telling first."""
        falls = {word: float(found[code]) for word, found in self.left_out.falls(row).items()}
        least = TELLING * max(falls.values(), default=0.0)
        best = sorted((word for word in falls if falls[word] > 0), key=lambda word: -falls[word])
        return [word for word in best if falls[word] >= least][:WORDS]


def shortened(text: str, limit: int = SHOWN) -> str:
    """Return the text on one line, cut at a word with an ellipsis when over `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
