"""A model that has seen no excerpt: where learning begins."""

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.encoding import Encoder
from coder.learning.estimators.calibration import Calibration
from coder.learning.estimators.calibration_fit import USUAL
from coder.learning.estimators.codability import constant
from coder.learning.estimators.ensemble import Member, Stack
from coder.learning.model import Model
from coder.learning.parts import Parts


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
    return Model("blank", codebook, encoder, parts, {"data": {"n": 0}})
