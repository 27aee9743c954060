"""The codebook in hand overrules: fitting what a model learned to a codebook other than its own.

What was learned about a code carries over to a code of the same id as far as the two texts mean the same:
`trust` is 1 where they agree, and falls to 0 where the new text is closer to another code of the old codebook.
The codebook in hand speaks through its own phrases for every code; where trust is low it speaks alone.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook, to_dict
from coder.encoding import Encoder
from coder.learning.estimators.calibration import Calibration
from coder.learning.estimators.ensemble import Member, Stack
from coder.learning.estimators.linear import LinearHead
from coder.learning.estimators.nearest import NearestExcerpts
from coder.learning.features.codebook_similarity import PhraseBank
from coder.learning.model import Model, Parts
from coder.learning.persistence.card import ModelCard, TrainingData
from coder.learning.training.probabilities import USUAL, constant

Floats = NDArray[np.float64]
LOUD = 2.0
SURE_MARGIN = 0.4  # cosine by which the new text must be closer to its own old code than to any other


def blank_model(
    codebook: Codebook, encoder: Encoder, known_mean: NDArray[np.floating] | None = None
) -> Model:
    """Return a model that has seen no excerpt: it reads the codebook, and takes all texts for codable."""
    k = len(codebook.codes)
    none = np.zeros((0, encoder.dimension))
    features = {"plain": none, "centred": none}
    mean = np.zeros(encoder.dimension) if known_mean is None else known_mean
    parts = Parts(
        mean.astype(np.float32),
        Stack((Member("reading"),), np.ones(1, dtype=np.float32), np.zeros(k, dtype=np.float32)),
        Stack((Member("leaning"),), np.ones(1, dtype=np.float32), np.zeros(3, dtype=np.float32)),
        constant(features, 20, 1, 0)[0],
        Calibration(USUAL, np.zeros(k), np.full(k, 0.35), np.ones(k, dtype=bool)),
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


def _code_vectors(bank: PhraseBank) -> NDArray[np.float64]:
    owner = np.array([phrase.code for phrase in bank.phrases])
    means = np.stack([bank.vectors[owner == code].mean(axis=0) for code in range(bank.codes)])
    return np.asarray(
        means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), dtype=np.float64
    )


def _carried(parts: Parts, places: NDArray[np.intp], trusted: Floats, louder: float) -> Parts:
    """Return parts whose theme columns follow the codebook in hand."""
    share = float(trusted.mean()) if len(trusted) else 0.0
    members, weights = [], []
    for member, weight in zip(parts.themes.members, parts.themes.weights, strict=True):
        if member.head is None:
            members.append(
                member
            )  # what reads the codebook in hand speaks up where the excerpts' codes do not
            firm = louder if member.name == "reading" else 1.0
            weights.append((share * float(weight) + (1 - share) * 1.0) * firm)
            continue
        if isinstance(member.head, NearestExcerpts):
            if not trusted.any():
                continue  # it would say the same of every text
            head: LinearHead | NearestExcerpts = member.head.moved(places, trusted)
        else:
            head = _columns(member.head, places, trusted)
        members.append(Member(member.name, head))
        weights.append(float(weight))
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
