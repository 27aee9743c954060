"""Utterances of one turn help each other: people circle around a thought for several sentences.

What the neighbours in the same turn speak of sways *which* code an utterance gets; *whether* it carries one is
still judged on its own words, so a single telling sentence does not colour the small talk around it.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Chosen on whole interviews that the model had not seen: see docs/learning.md, "Neighbours".
NEIGHBOUR_WEIGHT = 0.35


def with_neighbours(logits: Floats, turns: Sequence[Hashable], weight: float = NEIGHBOUR_WEIGHT) -> Floats:
    """Return logits (n, k) swayed by the rows before and after that share a turn.

    `turns` names each row's turn, rows in the order they were spoken. A row's largest logit stays what it was.
    """
    if len(logits) < 2:
        return logits
    numbers = {turn: number for number, turn in enumerate(dict.fromkeys(turns))}
    turn = np.array([numbers[name] for name in turns])
    together = (turn[1:] == turn[:-1])[:, None] * weight
    relative = logits - logits.mean(axis=1, keepdims=True)
    swayed = relative.copy()
    swayed[1:] += together * relative[:-1]
    swayed[:-1] += together * relative[1:]
    return np.asarray(swayed - swayed.max(axis=1, keepdims=True) + logits.max(axis=1, keepdims=True))
