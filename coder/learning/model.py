"""A model: what it has learned, and how it goes from texts to calibrated suggestions with their evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.encoding import Encoder
from coder.learning.dataset import NOTHING_SEEN, Batch, Fingerprints, Topics, seen_share
from coder.learning.estimators.calibration import Calibration, sigmoid
from coder.learning.estimators.ensemble import Stack, with_neighbours
from coder.learning.estimators.linear import LinearHead, apply_linear, log_softmax
from coder.learning.explanation import Evidence, Examples, LeaveOneOut
from coder.learning.features.blocks import ASKED, Reader, Signals, study_sums
from coder.learning.features.codebook_similarity import PhraseBank, codebook_phrases, unit_rows
from coder.learning.features.wording import NGrams, unread
from coder.learning.persistence.card import ModelCard

Floats = NDArray[np.float64]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Parts:
    """Everything a model has learned, apart from the encoder's weights.

    `reference` (texts, d) are centred vectors of a sample of what it learned from: how far apart a new codebook
    sets them tells how loudly it speaks. `questions` are the fingerprints of those that it learned something of.
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
    questions: Fingerprints = field(default_factory=lambda: NOTHING_SEEN)


def codable_blocks(signals: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return what tells whether a text carries anything: not its length, and not the codebook in hand."""
    return {"plain": signals["plain"], "centred": signals["centred"]}


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
        card: ModelCard,
        base: "Model | None" = None,
    ) -> None:
        self.name = name
        self.codebook = codebook
        self.encoder = encoder
        self.parts = parts
        self.card = card
        self.base = base

    @property
    def blank(self) -> bool:
        """Whether the model has learned from no excerpt at all."""
        return self.base is None and not self.card.data.n

    @property
    def fingerprint(self) -> dict[str, str]:
        """What tells two models apart: name, arrays, codebook, encoder."""
        return {
            "model": self.name,
            "arrays": self.card.arrays_sha256 or "",
            "codebook": self.codebook.hash,
            "encoder": self.encoder.id,
        }

    def unread_languages(self, texts: Sequence[str]) -> tuple[str | None, ...]:
        """Return, per text, the language it seems to be in where the encoder does not read it, else None.

        What the model was trained on in some number, it was taught.
        """
        return unread(texts, self.encoder.id, self.card.data.languages)

    @cached_property
    def bank(self) -> PhraseBank:
        """The codebook's phrases with their vectors."""
        phrases = codebook_phrases(self.codebook)
        vectors = self.encoder.encode([phrase.text for phrase in phrases])
        return PhraseBank.of(phrases, vectors, len(self.codebook.codes))

    @property
    def reader(self) -> Reader:
        """What turns texts into this model's features."""
        return Reader(self.encoder, self.parts.known_mean, self.bank, self.parts.ngrams, self.parts.questions)

    def signals(
        self,
        batch: Batch,
        *,
        vectors: NDArray[np.float32] | None = None,
        progress: Progress | None = None,
    ) -> Signals:
        """Return the feature blocks of a batch, those of the base model among them; `vectors` if they are at hand."""
        extra: dict[str, NDArray[np.float32]] = {}
        if self.base is not None and len(batch):
            vectors = vectors if vectors is not None else self.encoder.encode(batch.texts, progress=progress)
            same = self.base.encoder.id == self.encoder.id
            extra = self.base.opinions(batch, vectors if same else None)
        return Signals(batch, self.reader, extra=extra, vectors=vectors, progress=progress)

    def opinions(
        self, batch: Batch, vectors: NDArray[np.float32] | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Return this model's logits of codes and of polarity, as feature blocks for a model built on it.

        `vectors` are given where that one has the same encoder; it then also gets the texts' vectors as answers, if
        this one has read them so.
        """
        signals = self.signals(batch, vectors=vectors)
        blocks = {
            "base codes": self.parts.themes.logits(signals).astype(np.float32),
            "base polarity": self.parts.polarity.logits(signals).astype(np.float32),
        }
        return blocks | ({ASKED: signals[ASKED]} if vectors is not None and self.reads_questions else {})

    @property
    def reads_questions(self) -> bool:
        """Whether any of its heads reads texts as answers to their questions."""
        members = (*self.parts.themes.members, *self.parts.polarity.members)
        return any(isinstance(one.head, LinearHead) and ASKED in one.head.coefficients for one in members)

    def predict(self, batch: Batch, progress: Progress | None = None) -> Predictions:
        """Code a batch of texts.

        A row depends on others only through the mean vector of its topic and through its neighbours in its turn,
        which help to choose the code (see `with_neighbours`).
        """
        signals = self.signals(batch, progress=progress)
        if not len(batch):
            return self.judged(signals, np.zeros((0, len(self.codebook.codes))))
        return self.judged(signals, with_neighbours(self.parts.themes.logits(signals), batch))

    def reworded_logits(
        self, signals: Signals, rows: Sequence[int], texts: Sequence[str], vectors: NDArray[np.float32]
    ) -> Floats:
        """Return logits of codes (m, k) for `texts`, other wordings of the texts at `rows` (m,) of `signals`.

        `vectors` (m, d) are those of the wordings; questions and topics stay as they are, neighbours do not count.
        As an answer, a wording differs from its text by what its vector differs.
        """
        places = list(rows)
        extra: dict[str, NDArray[Any]] = {"prints": signals["prints"][places], "origin": np.array(places)}
        if self.base is not None:
            extra |= {name: signals[name][places] for name in ("base codes", "base polarity")}
            if self.base.encoder.id == self.encoder.id:
                base_logits = self.base.reworded_logits(signals, rows, texts, vectors)
                extra["base codes"] = base_logits.astype(np.float32)
        if self.reads_questions:
            extra[ASKED] = unit_rows(signals[ASKED][places] + vectors - signals.plain[places])
        batch = replace(signals.batch.rows(places), texts=texts)
        changed = Signals(batch, self.reader, extra=extra, vectors=vectors, topic=signals.topic[places])
        return self.parts.themes.logits(changed)

    def seen_share(self, texts: Sequence[str]) -> float:
        """Return the share of texts that this model, or a model it builds on, was trained on."""
        seen = [self.parts.seen]
        below = self.base
        while below is not None:
            seen.append(below.parts.seen)
            below = below.base
        return seen_share(texts, np.concatenate(seen))

    def topics(self, texts: Sequence[str], studies: Sequence[str]) -> Topics:
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
        n, calibration = len(logits), self.parts.calibration
        languages = self.unread_languages(signals.batch.texts)
        pairs = zip(signals.batch.texts, languages, strict=True)
        silent = np.array([name is not None or not text.strip() for text, name in pairs], dtype=bool)
        codable = (
            np.zeros(0) if not n else sigmoid(apply_linear(self.parts.codable, codable_blocks(signals)))[:, 0]
        )
        codable = np.where(silent, 0.0, codable)
        scores = np.where(silent[:, None], 0.0, calibration.probabilities(logits, codable))
        selected = (scores >= calibration.thresholds) & calibration.usable
        sides = self.parts.polarity.logits(signals) if n else np.zeros((0, 3))
        polarity = np.exp(log_softmax(np.where(silent[:, None], 0.0, sides)))
        forced = np.exp(log_softmax(np.where(silent[:, None], 0.0, logits / calibration.temperature)))
        left_out = LeaveOneOut(
            signals, self.encoder, self.reworded_logits, np.flatnonzero(selected.any(axis=1)).tolist()
        )
        return Predictions(
            self.codebook.ids, scores, forced, codable, selected,
            polarity, languages, signals, Evidence(self.bank, left_out, self.parts.examples),
        )  # fmt: skip
