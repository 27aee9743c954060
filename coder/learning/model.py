"""A model: from texts to calibrated suggestions with their evidence."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.encoding import Encoder
from coder.learning.estimators.calibration import sigmoid
from coder.learning.estimators.context_smoothing import with_neighbours
from coder.learning.estimators.ensemble import Stack
from coder.learning.estimators.linear import LinearHead, apply_linear, log_softmax
from coder.learning.explanation.evidence import Evidence, Examples
from coder.learning.explanation.word_importance import LeaveOneOut, reworded
from coder.learning.features.blocks import Signals
from coder.learning.features.codebook_phrases import codebook_phrases
from coder.learning.features.codebook_similarity import PhraseBank
from coder.learning.features.language import unread
from coder.learning.features.ngrams import NGrams
from coder.learning.features.topic_centering import Topics, study_sums
from coder.learning.persistence.training_fingerprints import NOTHING_SEEN, Fingerprints, seen_share

Floats = NDArray[np.float64]
Progress = Callable[[int], None]


CODABLE = 2  # the place of the log odds of being codable among the coefficients of a calibration


@dataclass(frozen=True)
class Calibration:
    """From logits to probabilities: coefficients shared by all codes, offsets and thresholds per code.

    `coefficients` (4,) weigh the code's logit, its log share among the codes, the log odds that the text is
    codable at all, and 1. A code with `usable` False failed its verdict and is never selected.
    """

    coefficients: Floats
    offsets: Floats
    thresholds: Floats
    usable: NDArray[np.bool_]
    temperature: float = 1.0

    def probabilities(self, logits: Floats, codable: Floats) -> Floats:
        """Return the probability that each code applies, (n, k)."""
        return sigmoid(probability_features(logits, codable) @ self.coefficients + self.offsets)


def probability_features(logits: Floats, codable: Floats) -> Floats:
    """Return what probabilities are made from, (n, k, 4); see Calibration."""
    odds = np.log(np.clip(codable, 1e-4, 1 - 1e-4)) - np.log1p(-np.clip(codable, 1e-4, 1 - 1e-4))
    spread = np.broadcast_to(odds[:, None], logits.shape)
    return np.stack([logits, log_softmax(logits), spread, np.ones_like(logits)], axis=2)


@dataclass(frozen=True)
class Parts:
    """Everything a model has learned, apart from the encoder's weights.

    `reference` (texts, d) are centred vectors of a sample of what it learned from: how far apart a new codebook
    sets them tells how loudly it speaks.
    """

    known_mean: NDArray[np.float32]
    themes: Stack
    polarity: Stack
    codable: LinearHead
    calibration: Calibration
    ngrams: NGrams | None = None
    examples: Examples | None = None
    seen: Fingerprints = field(default_factory=lambda: NOTHING_SEEN)
    reference: NDArray[np.float16] | None = None


@dataclass(frozen=True)
class Predictions:
    """What a model says of n texts; arrays are in the order of `codes` and of POLARITIES.

    `languages` names, for a text that the encoder cannot read, the language it seems to be in: it gets no code, and
    `forced` and `polarity` favour nothing, as for a text without a word.
    """

    codes: tuple[str, ...]
    scores: Floats
    forced: Floats
    codable: Floats
    selected: NDArray[np.bool_]
    polarity: Floats
    languages: tuple[str | None, ...]
    signals: Signals = field(repr=False)
    explain: Evidence = field(repr=False)

    def evidence(self, i: int, code_id: str) -> str:
        """Return why text `i` may carry the code, one glance long."""
        return self.explain.sentence(self.signals, i, self.codes.index(code_id))


class Model:
    """A codebook, an encoder and what was learned; `card` says from what, how well, and its limits."""

    def __init__(
        self,
        name: str,
        codebook: Codebook,
        encoder: Encoder,
        parts: Parts,
        card: Mapping[str, Any],
        base: "Model | None" = None,
    ) -> None:
        self.name = name
        self.codebook = codebook
        self.encoder = encoder
        self.parts = parts
        self.card = dict(card)
        self.base = base

    @property
    def blank(self) -> bool:
        """Whether the model has learned from no excerpt at all."""
        return self.base is None and not self.card.get("data", {}).get("n")

    def unread_languages(self, texts: Sequence[str]) -> tuple[str | None, ...]:
        """Return, per text, the language it seems to be in where the encoder does not read it, else None.

        What the model was trained on in some number, it was taught.
        """
        return unread(texts, self.encoder.id, self.card.get("data", {}).get("languages", {}))

    @cached_property
    def bank(self) -> PhraseBank:
        """The codebook's phrases with their vectors."""
        phrases = codebook_phrases(self.codebook)
        vectors = self.encoder.encode([phrase.text for phrase in phrases])
        return PhraseBank.of(phrases, vectors, len(self.codebook.codes))

    def signals(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | None = None,
        studies: Sequence[str] | None = None,
        progress: Progress | None = None,
        topics: Topics | None = None,
        vectors: NDArray[np.float32] | None = None,
    ) -> Signals:
        """Return the feature blocks of texts, those of the base model among them; `vectors` if they are at hand."""
        extra: dict[str, NDArray[np.float32]] = {}
        if self.base is not None and texts:
            vectors = vectors if vectors is not None else self.encoder.encode(texts, progress=progress)
            same = self.base.encoder.id == self.encoder.id
            extra = self.base.opinions(texts, questions, studies, vectors if same else None, topics)
        return Signals(
            texts, questions, studies,
            encoder=self.encoder, known_mean=self.parts.known_mean, bank=self.bank,
            ngrams=self.parts.ngrams, extra=extra, progress=progress, vectors=vectors, topics=topics,
        )  # fmt: skip

    def opinions(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | None,
        studies: Sequence[str] | None,
        vectors: NDArray[np.float32] | None = None,
        topics: Topics | None = None,
    ) -> dict[str, NDArray[np.float32]]:
        """Return this model's logits of codes and of polarity, as feature blocks for a model built on it."""
        signals = self.signals(texts, questions, studies, topics=topics, vectors=vectors)
        return {
            "base codes": self.parts.themes.logits(signals).astype(np.float32),
            "base polarity": self.parts.polarity.logits(signals).astype(np.float32),
        }

    def predict(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | None = None,
        studies: Sequence[str] | None = None,
        progress: Progress | None = None,
        topics: Topics | None = None,
        turns: Sequence[Hashable] | None = None,
    ) -> Predictions:
        """Code texts; `studies` says which share a topic (None: all of them).

        A row depends on the other rows only through its study's mean vector; never on their order. `topics`
        gives these means for studies of which the texts are only a part. `turns` names the turn of each row, rows
        in spoken order: neighbours in a turn then help to choose the code (see
        coder.learning.estimators.context_smoothing).
        """
        signals = self.signals(texts, questions, studies, progress, topics)
        logits = self.parts.themes.logits(signals) if texts else np.zeros((0, len(self.codebook.codes)))
        return self.judged(signals, logits if turns is None else with_neighbours(logits, turns))

    def seen_share(self, texts: Sequence[str]) -> float:
        """Return the share of texts that this model, or a model it builds on, was trained on."""
        seen = [self.parts.seen]
        below = self.base
        while below is not None:
            seen.append(below.parts.seen)
            below = below.base
        return seen_share(texts, np.concatenate(seen))

    def topics(self, texts: Sequence[str], studies: Sequence[str] | None = None) -> Topics:
        """Measure the topics of studies from a sample of their texts, for `predict` on their parts."""
        models: list[Model] = [self]
        while (base := models[-1].base) is not None:
            models.append(base)
        encoders = {model.encoder.id: model.encoder for model in models}
        return Topics(
            {name: study_sums(encoder.encode(texts), studies) for name, encoder in encoders.items()}
        )

    def judged(self, signals: Signals, logits: Floats) -> Predictions:
        """Return predictions from theme logits (n, k)."""
        n, settled = len(logits), self.parts.calibration
        languages = self.unread_languages(signals.texts)
        pairs = zip(signals.texts, languages, strict=True)
        silent = np.array([name is not None or not text.strip() for text, name in pairs], dtype=bool)
        codable = (
            np.zeros(0) if not n else sigmoid(apply_linear(self.parts.codable, codable_blocks(signals)))[:, 0]
        )
        codable = np.where(silent, 0.0, codable)
        scores = np.where(silent[:, None], 0.0, settled.probabilities(logits, codable))
        selected = (scores >= settled.thresholds) & settled.usable
        sides = self.parts.polarity.logits(signals) if n else np.zeros((0, 3))
        polarity = np.exp(log_softmax(np.where(silent[:, None], 0.0, sides)))
        forced = np.exp(log_softmax(np.where(silent[:, None], 0.0, logits / settled.temperature)))
        left_out = LeaveOneOut(
            signals, self.encoder, partial(reworded, self), np.flatnonzero(selected.any(axis=1)).tolist()
        )
        return Predictions(
            self.codebook.ids, scores, forced, codable, selected,
            polarity, languages, signals, Evidence(self.bank, left_out, self.parts.examples),
        )  # fmt: skip


def codable_blocks(signals: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return what tells whether a text carries anything: not its length, and not the codebook in hand."""
    return {"plain": signals["plain"], "centred": signals["centred"]}
