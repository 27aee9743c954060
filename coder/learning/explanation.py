"""Why a suggestion was made, one glance long: the nearest coded excerpts or codebook phrase, and the words.

What a word counts is how far the score of a code falls without it. Encoding every text once more for each of its
words would cost more than all of pre-coding; the vector without a word is therefore estimated by taking away a share
of the word's own vector, and the model's heads, which know words too, then judge the text without the word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats, Vectors
from coder.encoding import Encoder
from coder.learning.dataset import plain_words
from coder.learning.features.blocks import Signals
from coder.learning.features.codebook_similarity import PhraseBank, unit_rows
from coder.learning.features.wording import WORDS, plain_word, words_of
from coder.phrasing import shortened

Judge = Callable[[Signals, Sequence[int], Sequence[str], Vectors], Floats]
TAKEN = 0.5  # share of a word's vector; see docs/learning.md, "Evidence"
MOST = 40  # words of a text that are tried, those nearest to what the text says
TOGETHER = 64  # texts that are judged at once
GLANCE = 140  # characters of the whole sentence
SHOWN = 70  # characters of an excerpt or phrase that stands alone
BOTH = 42  # characters of each of two excerpts
WORDS_SHOWN = 3
TELLING = 0.25  # a word is shown if the code's score falls by this share of what the most telling word makes it fall
NEAR = 0.45  # an excerpt must be this close (cosine without the topic) to be shown rather than a phrase


class LeaveOneOut:
    """How far each code's logit falls without each content word of a text, for the texts that are asked about."""

    def __init__(self, signals: Signals, encoder: Encoder, judge: Judge, likely: Sequence[int]) -> None:
        self._signals = signals
        self._encoder = encoder
        self._judge = judge
        self._waiting = dict.fromkeys(likely)
        self._falls: dict[int, dict[str, Floats]] = {}
        self._vectors: dict[str, Vectors] = {}

    def falls(self, row: int) -> dict[str, Floats]:
        """Return, by word in the order of the text, how far the logits (k,) fall without it.

        Texts that are likely to be asked about are judged along with the first that is.
        """
        if row not in self._falls:
            self._waiting.pop(row, None)
            rows = [row, *list(self._waiting)[: TOGETHER - 1]]
            for other in rows[1:]:
                del self._waiting[other]
            self._measure(rows)
        return self._falls[row]

    def _measure(self, rows: Sequence[int]) -> None:
        signals = self._signals
        words: dict[int, Sequence[str]] = {row: content_words(signals.batch.texts[row]) for row in rows}
        new = sorted({word for row_words in words.values() for word in row_words} - set(self._vectors))
        if new:
            self._vectors.update(zip(new, self._encoder.encode(new), strict=True))
        words = {row: self._nearest(row, row_words) for row, row_words in words.items()}
        places = [(row, word) for row in rows for word in ("", *words[row])]
        texts = [without(signals.batch.texts[row], word) for row, word in places]
        vectors = signals.plain[[row for row, _ in places]].copy()
        lengths = np.linalg.norm(
            vectors, axis=1, keepdims=True
        )  # below 1 where they are means of two readings
        for at, (_, word) in enumerate(places):
            if word:
                vectors[at] -= TAKEN * self._vectors[word]
        logits = self._judge(signals, [row for row, _ in places], texts, unit_rows(vectors) * lengths)
        whole = np.zeros(logits.shape[1])
        for (row, word), row_logits in zip(places, logits, strict=True):
            if word:
                self._falls[row][word] = whole - row_logits
            else:
                whole, self._falls[row] = row_logits, {}

    def _nearest(self, row: int, words: Sequence[str]) -> Sequence[str]:
        if len(words) <= MOST:
            return words
        towards = self._signals.centred[row]
        nearest = sorted(words, key=lambda word: -float(self._vectors[word] @ towards))[:MOST]
        return [word for word in words if word in nearest]


EMPTY = frozenset(
    word
    for line in (
        "a an the and or but if of to in on at by for with from as is are was were be been being am do does",
        "did have has had i i'm i've i'd you he she it it's they we me my your his her their our us them this",
        "that that's there here so just well um er erm yeah like really very then than what which who when",
        "where how would could will can say said says got get going go know think mean kind sort thing things",
        "something some any also because not don't didn't doesn't isn't wasn't aren't weren't won't couldn't",
        "wouldn't shouldn't hasn't haven't hadn't there's she's he's who's what's we're they're you're you've we've",
        "they've i'll you'll we'll they'll she'd he'd they'd we'd you'd about into out off over too only much many",
        "more most other own same quite now before after through again still even all both",
    )
    for word in line.split()
)


def content_words(text: str) -> list[str]:
    """Return the text's different words that carry meaning, in order."""
    return [word for word in dict.fromkeys(words_of(text)) if word not in EMPTY and len(word) > 2]


def without(text: str, word: str) -> str:
    """Return the text without a word as `words_of` writes it; the whole text for an empty one."""
    return WORDS.sub(lambda match: "" if plain_word(match[0]) == word else match[0], text) if word else text


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
        in_order = [word for word in self.left_out.falls(row) if word in words]  # in the order of the text
        return source + (f"; words: {', '.join(in_order)}" if in_order else "")

    def _source(self, signals: Signals, row: int, code: int) -> str:
        near = self._nearest(signals.centred[row], code, signals.batch.texts[row])
        if self.examples is None or not near:
            phrase, _ = self.bank.best_phrase(signals.closeness[row], code)
            return f"codebook: “{shortened(self.bank.phrases[phrase].text, SHOWN)}”"
        if len(near) > 1:
            return "like " + " and ".join(f"“{shortened(self.examples.texts[at], BOTH)}”" for at in near)
        study = self.examples.studies[near[0]]
        return f"like “{shortened(self.examples.texts[near[0]], SHOWN)}”" + (f" ({study})" if study else "")

    def _nearest(self, vector: Vectors, code: int, text: str) -> list[int]:
        """Return the places of the code's nearest excerpts, two at most, none of them this text or another's copy."""
        if self.examples is None:
            return []
        coded = np.flatnonzero(self.examples.labels[:, code] == 1)
        near = self.examples.vectors[coded].astype(np.float32) @ vector
        nearest: dict[str, int] = {}
        for at in np.argsort(-near, kind="stable"):
            if near[at] < NEAR or len(nearest) == 2:
                break
            words = plain_words(self.examples.texts[coded[at]])
            if words != plain_words(text):  # its own coding proves nothing
                nearest.setdefault(words, int(coded[at]))
        return list(nearest.values())

    def _telling_words(self, row: int, code: int) -> list[str]:
        """Return the words without which the code's score would fall most, the most telling first."""
        falls = {word: float(fall[code]) for word, fall in self.left_out.falls(row).items()}
        least = TELLING * max(falls.values(), default=0.0)
        best = sorted((word for word in falls if falls[word] > 0), key=lambda word: -falls[word])
        return [word for word in best if falls[word] >= least][:WORDS_SHOWN]
