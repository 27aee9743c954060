"""Utterances of one turn help each other: people circle around a thought for several sentences.

What the neighbours in the same turn speak of sways *which* code an utterance gets; *whether* it carries one is
still judged on its own words, so a single telling sentence does not colour the small talk around it.
"""

import numpy as np
from numpy.typing import NDArray

from coder.learning.batch import Batch

Floats = NDArray[np.float64]
# Chosen on whole interviews that the model had not seen: see docs/learning.md, "Neighbours".
NEIGHBOUR_WEIGHT = 0.35


def with_neighbours(logits: Floats, batch: Batch, weight: float = NEIGHBOUR_WEIGHT) -> Floats:
    """Return logits (n, k) swayed by the utterances before and after that share a turn.

    A row's largest logit stays what it was. Rows of one utterance stand beside the same neighbours.
    """
    if len(logits) < 2:
        return logits
    numbers = {turn: number for number, turn in enumerate(dict.fromkeys(batch.turns))}
    turn = np.array([numbers[name] for name in batch.turns])
    new = batch.first_of_unit
    unit, first = np.cumsum(new) - 1, np.flatnonzero(new)
    together = (turn[first][1:] == turn[first][:-1])[:, None] * weight
    relative = logits - logits.mean(axis=1, keepdims=True)
    sway = np.zeros((len(first), logits.shape[1]))
    sway[1:] += together * relative[first][:-1]
    sway[:-1] += together * relative[first][1:]
    swayed = relative + sway[unit]
    return np.asarray(
        swayed + (logits.max(axis=1) - swayed.max(axis=1))[:, None],
        dtype=np.float64,
    )
