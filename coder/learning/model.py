"""A model: what it has learned, and how it goes from texts to calibrated suggestions with their evidence.

A model can be fitted to a codebook other than its own: the codebook in hand overrules.
What was learned about a code carries over to a code of the same id as far as the two texts mean the same:
`trust` is 1 where they agree, and falls to 0 where the new text is closer to another code of the old codebook.
The codebook in hand speaks through its own phrases for every code; where trust is low it speaks alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.codebook import Codebook, to_dict
from coder.encoding import Advance, Encoder
from coder.learning.dataset import NOTHING_SEEN, Batch, Fingerprints, Topics, seen_share
from coder.learning.estimators.calibration import USUAL, USUAL_THRESHOLD, Calibration, sigmoid
from coder.learning.estimators.ensemble import (
    TAUGHT,
    LinearHead,
    Member,
    NearestExcerpts,
    Stack,
    apply_linear,
    constant_head,
    log_softmax,
    with_neighbours,
)
from coder.learning.explanation import Evidence, Examples, LeaveOneOut
from coder.learning.features.blocks import (
    ASKED,
    BRANCH,
    BRANCH_ASKED,
    Reader,
    Signals,
    read_vectors,
    study_sums,
)
from coder.learning.features.codebook_similarity import PhraseBank, codebook_phrases, unit_rows
from coder.learning.features.wording import NGrams, unread
from coder.learning.persistence.card import ModelCard, TrainingData

LOUD = 2.0  # at most so many times louder
SURE_MARGIN = 0.4  # cosine by which the new text must be closer to its own old code than to any other


@dataclass(frozen=True)
class Parts:
    """Everything a model has learned, apart from the encoder's weights.

    `reference` (texts, d) are centred vectors of a sample of what it learned from: how far apart a new codebook
    sets them tells how loudly it speaks. `questions` are the fingerprints of those that it learned something of.
    `in_context` says whether spoken texts are read after what was said before, too (see `read_vectors`). `asks`
    (d, 3) tells from a question's vector what it asks for (see `Reader`).
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
    in_context: bool = False
    asks: NDArray[np.float32] | None = None


def codable_blocks(signals: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return what tells whether a text carries anything: not its length, and not the codebook in hand."""
    blocks = {"plain": signals["plain"], "centred": signals["centred"]}
    branch = signals.get(BRANCH)
    return blocks if branch is None or not branch.shape[1] else blocks | {BRANCH: branch}


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

    def unread_languages(self, batch: Batch) -> tuple[str | None, ...]:
        """Return, per text, the language it seems to be in where the encoder does not read it, else None.

        What the model was trained on in some number, it was taught.
        """
        return unread(batch.texts, batch.questions, batch.studies, self.encoder.id, self.card.data.languages)

    @cached_property
    def bank(self) -> PhraseBank:
        """The codebook's phrases with their vectors."""
        phrases = codebook_phrases(self.codebook)
        vectors = self.encoder.encode([phrase.text for phrase in phrases])
        return PhraseBank.of(phrases, vectors, len(self.codebook.codes))

    @property
    def reader(self) -> Reader:
        """What turns texts into this model's features."""
        parts = self.parts
        return Reader(
            self.encoder,
            parts.known_mean,
            self.bank,
            parts.ngrams,
            parts.questions,
            parts.in_context,
            parts.asks,
        )

    def signals(self, batch: Batch, *, vectors: NDArray[np.float32] | None = None) -> Signals:
        """Return the feature blocks of a batch, those of the base model among them; `vectors` if they are at hand."""
        extra: dict[str, NDArray[np.float32]] = {}
        if self.base is not None and len(batch):
            if vectors is None:
                vectors = read_vectors(batch, self.encoder, in_context=self.parts.in_context)
            same = self._reads_as(self.base)
            extra = self.base.opinions(batch, vectors if same else None)
        return Signals(batch, self.reader, extra=extra, vectors=vectors)

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

    def _reads_as(self, other: "Model") -> bool:
        """Whether both give a text the same vector."""
        return self.encoder.id == other.encoder.id and self.parts.in_context == other.parts.in_context

    @property
    def reads_questions(self) -> bool:
        """Whether any of its heads reads texts as answers to their questions."""
        members = (*self.parts.themes.members, *self.parts.polarity.members)
        return any(
            isinstance(one.head, LinearHead) and not {ASKED, BRANCH_ASKED}.isdisjoint(one.head.coefficients)
            for one in members
        )

    def predict(self, batch: Batch, *, progress: Advance | None = None) -> Predictions:
        """Code a batch of texts.

        A row depends on others only through the mean vector of its topic and through its neighbours in its turn,
        which help to choose the code (see `with_neighbours`). `progress` is that of `read_vectors`, which takes
        nearly all the time.
        """
        in_context = self.parts.in_context
        vectors = read_vectors(batch, self.encoder, in_context=in_context, progress=progress)
        signals = self.signals(batch, vectors=vectors)
        if not len(batch):
            return self.judged(signals, np.zeros((0, len(self.codebook.codes))))
        return self.judged(signals, with_neighbours(self.parts.themes.logits(signals), batch))

    def reworded_logits(
        self, signals: Signals, rows: Sequence[int], texts: Sequence[str], vectors: NDArray[np.float32]
    ) -> Floats:
        """Return logits of codes (m, k) for `texts`, other wordings of the texts at `rows` (m,) of `signals`.

        `vectors` (m, d) are those of the wordings; questions and topics stay as they are, neighbours do not count.
        As an answer, a wording differs from its text by what its vector differs. What the encoder's branch says stays
        as it is.
        """
        places = list(rows)
        extra: dict[str, NDArray[Any]] = {
            "prints": signals["prints"][places],
            "origin": np.array(places),
            BRANCH: signals[BRANCH][places],
            BRANCH_ASKED: signals[BRANCH_ASKED][places],
        }
        if self.base is not None:
            extra |= {name: signals[name][places] for name in ("base codes", "base polarity")}
            if self._reads_as(self.base):
                base_logits = self.base.reworded_logits(signals, rows, texts, vectors)
                extra["base codes"] = base_logits.astype(np.float32)
        if self.reads_questions:
            answers = signals[ASKED][places]
            lengths = np.linalg.norm(answers, axis=1, keepdims=True)
            extra[ASKED] = unit_rows(answers + vectors - signals.plain[places]) * lengths
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
        languages = self.unread_languages(signals.batch)
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


def blank_model(
    codebook: Codebook,
    encoder: Encoder,
    known_mean: NDArray[np.floating] | None = None,
    *,
    in_context: bool = False,
) -> Model:
    """Return a model that has seen no excerpt: it reads the codebook, and takes all texts for codable.

    `in_context` suits encoders that were tuned to read texts after questions (see `read_vectors`).
    """
    k = len(codebook.codes)
    none = np.zeros((0, encoder.dimension))
    features = {"plain": none, "centred": none}
    mean = np.zeros(encoder.dimension) if known_mean is None else known_mean
    parts = Parts(
        mean.astype(np.float32),
        Stack((Member("reading"),), np.ones(1, dtype=np.float32), np.zeros(k, dtype=np.float32)),
        Stack((Member("leaning"),), np.ones(1, dtype=np.float32), np.zeros(3, dtype=np.float32)),
        constant_head(features, float(np.log(22 / 1.5))),  # as of twenty coded texts and one empty one
        Calibration(USUAL, np.zeros(k), np.full(k, USUAL_THRESHOLD), np.ones(k, dtype=bool)),
        in_context=in_context,
    )
    return Model("blank", codebook, encoder, parts, ModelCard(data=TrainingData(n=0)))


def with_codebook(model: Model, codebook: Codebook, *, learned: bool = True) -> Model:
    """Return the model fitted to a codebook; `learned` False drops all that excerpts taught about codes."""
    if learned and codebook.hash == model.codebook.hash:
        return model
    base = with_codebook(model.base, codebook, learned=learned) if model.base is not None else None
    hand = Model(model.name, codebook, model.encoder, model.parts, model.card, base)
    trusted = trust(model, hand) if learned else np.zeros(len(codebook.codes))
    places = [model.codebook.ids.index(code) if code in model.codebook.ids else -1 for code in codebook.ids]
    louder = loudness(model, hand)
    hand.parts = _carried(model.parts, np.array(places, dtype=np.intp), trusted, louder)
    return hand


def loudness(model: Model, hand: Model) -> float:
    """Return the factor that makes the codebook in hand tell excerpts apart as firmly as the old one, LOUD at most.

    A codebook with fewer or vaguer phrases gives scores that lie closer together; thresholds and probabilities
    were set for the old one's.
    """
    reference = model.parts.reference
    if reference is None or not len(reference):
        return 1.0
    spreads = [
        float(bank.scores(bank.closeness(reference.astype(np.float32))).std(axis=1).mean())
        for bank in (model.bank, hand.bank)
    ]
    return float(np.clip(spreads[0] / max(spreads[1], 1e-6), 1.0, LOUD))


def trust(model: Model, hand: Model) -> Floats:
    """Return how far each code of the codebook in hand means what its namesake meant, (k,) in 0..1."""
    old, new = _code_vectors(model.bank), _code_vectors(hand.bank)
    trusted = np.zeros(len(hand.codebook.codes))
    for index, code in enumerate(hand.codebook.codes):
        if code.id not in model.codebook.by_id:
            continue
        if to_dict(_alone(code.id, hand.codebook)) == to_dict(_alone(code.id, model.codebook)):
            trusted[index] = 1.0
            continue
        near = old @ new[index]
        namesake = model.codebook.ids.index(code.id)
        margin = near[namesake] - np.delete(near, namesake).max(initial=-1.0)
        trusted[index] = float(np.clip(margin / SURE_MARGIN, 0, 1))
    return trusted


def _alone(code_id: str, codebook: Codebook) -> Codebook:
    return Codebook("", (codebook.by_id[code_id],))


def _code_vectors(bank: PhraseBank) -> Floats:
    owner = np.array([phrase.code for phrase in bank.phrases])
    means = np.stack([bank.vectors[owner == code].mean(axis=0) for code in range(bank.codes)])
    return np.asarray(
        means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), dtype=np.float64
    )


def _carried(parts: Parts, places: NDArray[np.intp], trusted: Floats, louder: float) -> Parts:
    """Return parts whose theme columns follow the codebook in hand."""
    share = float(trusted.mean()) if len(trusted) else 0.0
    members, weights = [], []
    # A layer that tells all codes from each other has little to say where half of them mean something else: what
    # it loses, the codebook's own text gets, so that all together speak as firmly as before.
    same, lost = max(0.0, 2 * share - 1), 0.0
    for member, weight in zip(parts.themes.members, parts.themes.weights, strict=True):
        lost += float(weight) * (1 - same) if member.name == TAUGHT else 0.0
    for member, weight in zip(parts.themes.members, parts.themes.weights, strict=True):
        if member.head is None:
            members.append(
                member
            )  # what reads the codebook in hand speaks up where the excerpts' codes do not
            firm = louder if member.name == "reading" else 1.0
            given = lost if member.name == "reading" else 0.0
            weights.append((share * float(weight) + (1 - share) * 1.0 + given) * firm)
            continue
        if isinstance(member.head, NearestExcerpts):
            if not trusted.any():
                continue  # it would say the same of every text
            head: LinearHead | NearestExcerpts = member.head.moved(places, trusted)
        else:
            head = _columns(member.head, places, trusted)
        members.append(Member(member.name, head))
        weights.append(float(weight) * (same if member.name == TAUGHT else 1.0))
    bias = np.where(places >= 0, parts.themes.bias[places] * trusted, 0.0).astype(np.float32)
    before = np.zeros(len(parts.themes.bias)) if parts.themes.kept is None else parts.themes.kept
    kept = np.where(places >= 0, before[places] * trusted, share).astype(np.float32)
    themes = Stack(tuple(members), np.array(weights, dtype=np.float32), bias, kept, parts.themes.firm)
    return replace(
        parts, themes=themes, calibration=_offsets(parts.calibration, places, trusted), examples=None
    )


def _columns(head: LinearHead, places: NDArray[np.intp], trusted: Floats) -> LinearHead:
    def moved(table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Known columns relative to their common mean, so that an unknown code's 0 is neutral."""
        known = table - table.mean(axis=-1, keepdims=True)
        return np.where(places >= 0, known[..., places] * trusted, 0.0).astype(np.float32)

    return LinearHead(
        {name: moved(table) for name, table in head.coefficients.items()}, moved(head.intercept)
    )


def _offsets(calibration: Calibration, places: NDArray[np.intp], trusted: Floats) -> Calibration:
    known = places >= 0
    usual = float(np.median(calibration.thresholds))
    return replace(
        calibration,
        offsets=np.where(known, calibration.offsets[places] * trusted, 0.0),
        thresholds=np.where(known, trusted * calibration.thresholds[places] + (1 - trusted) * usual, usual),
        usable=np.where(known & (trusted >= 1), calibration.usable[places], True),
    )
