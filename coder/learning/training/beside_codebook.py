"""Reading codes from coded excerpts beside the codebook, for a model that others start from.

Heads fitted to such excerpts know their studies' topics and do worse on another study than the codebook alone; the
nearest excerpts do better (docs/learning.md, "Nearest excerpts"). What they say follows a code to another codebook
as far as its text still means the same (`codebook_transfer`).
"""

import numpy as np
from numpy.typing import NDArray

from coder.learning.dataset import TrainingSet
from coder.learning.estimators.ensemble import Member, Stack
from coder.learning.estimators.nearest import NearestExcerpts
from coder.learning.model import Model

NEAREST = "nearest excerpts"
READING = "reading"  # the block that has what the codebook says


def reading_with_excerpts(reader: Model, data: TrainingSet, weight: float) -> Stack:
    """Return a stack that reads the codebook with weight 1 and compares with coded excerpts with `weight`.

    `reader` has the codebook and the encoder (see `blank_model`); `data` are the excerpts, whose rows with a code are
    compared with: their vectors without topic, their codes (shares of 1 of the row's weight) and no text. Give it to
    `train_model` as `Recipes.reading`, with other excerpts to set probabilities by.
    """
    coded: NDArray[np.intp] = np.flatnonzero((data.labels == 1).any(axis=1))
    given = (data.labels[coded] == 1).astype(np.float64)
    votes = given / given.sum(axis=1, keepdims=True) * np.asarray(data.weights, dtype=np.float64)[coded, None]
    excerpts = NearestExcerpts.of("centred", reader.signals(data.batch), coded, votes)
    members = (Member(READING), Member(NEAREST, excerpts))
    k = len(reader.codebook.codes)
    return Stack(members, np.array([1.0, weight], dtype=np.float32), np.zeros(k, dtype=np.float32))
