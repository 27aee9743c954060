"""The model card: what a model was trained on, how it did on held-out groups, and what it cannot do."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.domain import POLARITIES
from coder.encoding import weights_of
from coder.learning.calibration import sigmoid
from coder.learning.languages import other_languages
from coder.learning.linear import log_softmax
from coder.learning.metrics import calibration_error, kappa_of, risk_coverage
from coder.learning.model import Model, Parts, probability_features
from coder.learning.settling import Verdict

if TYPE_CHECKING:
    from coder.learning.trainer import Material

Floats = NDArray[np.float64]
TAUGHT_SHARE = 0.1  # of the training texts: a language below it is a slip, not something to learn from
LIMITS = (
    "It suggests; a person decides. It reads English. It was tested on material of the kind it was trained on; "
    "on another topic or another way of speaking expect less, and code some excerpts blind to see how much less."
)


def described(
    material: "Material",
    codebook: Codebook,
    start: Model,
    parts: Parts,
    verdicts: list[Verdict],
    theme_logits: Floats,
    codable: Floats,
    polarity_logits: Floats | None,
) -> dict[str, Any]:
    """Return the card of a model trained on `material`, with its figures on held-out groups."""
    data = material.data
    digest = hashlib.sha256("\n".join(data.texts).encode()).hexdigest()
    return {
        "data": {
            "n": len(data),
            "groups": material.groups,
            "studies": len(set(data.studies)),
            "repeated_across_groups": material.repeated,
            "coders": dict(Counter(coder or "unnamed" for coder in data.coders)),
            "codes": dict(zip(codebook.ids, map(int, data.positives()), strict=True)),
            "polarity": dict(Counter(value for value in data.polarity if value)),
            "nothing_to_code": int((data.labels == 0).all(axis=1).sum()) if len(data) else 0,
            "languages": taught_languages(data.texts),
            "texts_sha256": digest,
        },
        "held_out": figures(
            data.labels, theme_logits, codable, parts, data.polarity_places(), polarity_logits
        ),
        "codes": [asdict(verdict) for verdict in verdicts],
        "weights": {
            "themes": {
                m.name: round(float(w), 3)
                for m, w in zip(parts.themes.members, parts.themes.weights, strict=True)
            },
            "polarity": {
                m.name: round(float(w), 3)
                for m, w in zip(parts.polarity.members, parts.polarity.weights, strict=True)
            },
        },
        "base": {"name": start.name, "encoder": weights_of(start.encoder.id)},
        "limits": LIMITS,
    }


def taught_languages(texts: Sequence[str]) -> dict[str, int]:
    """Return how many texts seem to be in each language other than English, of those that are not rare."""
    return {
        name: count
        for name, count in sorted(other_languages(texts).items())
        if count >= TAUGHT_SHARE * len(texts)
    }


def figures(
    labels: NDArray[np.int8],
    logits: Floats,
    codable: Floats,
    parts: Parts,
    polarity: NDArray[np.intp],
    polarity_logits: Floats | None,
) -> dict[str, Any]:
    """Return kappa, top-2, calibration error and the risk-coverage curve from held-out logits."""
    found: dict[str, Any] = {}
    single = np.flatnonzero(((labels == 1).sum(axis=1) == 1) & (labels >= 0).all(axis=1))
    if len(single):
        truth, ranked = labels[single].argmax(axis=1), np.argsort(-logits[single], axis=1, kind="stable")
        sure = np.exp(log_softmax(logits[single] / parts.calibration.temperature)).max(axis=1)
        found["themes"] = {
            "n": len(single),
            "kappa": kappa_of(truth, ranked[:, 0]),
            "top2": float((ranked[:, :2] == truth[:, None]).any(axis=1).mean()),
            "coverage": risk_coverage(sure, ranked[:, 0] == truth, steps=10),
        }
    known = labels >= 0
    if known.any():
        settled = parts.calibration
        chances = sigmoid(probability_features(logits, codable) @ settled.coefficients + settled.offsets)
        found["calibration_error"] = calibration_error(chances[known], labels[known] == 1)
    two = np.flatnonzero((polarity >= 0) & (polarity < 2))
    if polarity_logits is not None and len(two):
        found["polarity"] = {
            "n": len(two),
            "kappa": kappa_of(polarity[two], polarity_logits[two, :2].argmax(axis=1)),
            "order": list(POLARITIES[:2]),
        }
    return found
