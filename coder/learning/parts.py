"""Everything a model has learned, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.learning.estimators.calibration import Calibration
from coder.learning.estimators.ensemble import Stack
from coder.learning.estimators.linear import LinearHead
from coder.learning.explanation.evidence import Examples
from coder.learning.features.ngrams import NGrams
from coder.learning.persistence.training_fingerprints import NOTHING_SEEN, Fingerprints


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


def codable_blocks(signals: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return what tells whether a text carries anything: not its length, and not the codebook in hand."""
    return {"plain": signals["plain"], "centred": signals["centred"]}
