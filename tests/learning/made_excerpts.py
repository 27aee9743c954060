"""Made-up coded excerpts: each code and each polarity has its own words, one row in nine has no code."""

import numpy as np

from coder.codebook import Codebook
from coder.learning import TrainingSet, label_matrix

WORDS = {
    "time": "clock diary shift rota",
    "people": "sister neighbour mate crowd",
    "body": "knee cough fever hip",
}
LEAN = {"barrier": "stopped never lost", "facilitator": "helped gladly won"}


def excerpts(codebook: Codebook, n: int = 90, seed: int = 0) -> TrainingSet:
    rng = np.random.default_rng(seed)
    texts, codes, polarity, groups = [], [], [], []
    for row in range(n):
        code = codebook.ids[row % 3]
        side = ("barrier", "facilitator")[(row // 3) % 2]
        words = [
            *rng.choice(WORDS[code].split(), 2),
            rng.choice(LEAN[side].split()),
            f"filler{rng.integers(9)}",
        ]
        texts.append(" ".join(map(str, words)) + f" n{row}")
        codes.append([code] if row % 9 else [])
        polarity.append(side if row % 9 else None)
        groups.append(f"g{row % 5}")
    return TrainingSet(texts, label_matrix(codes, codebook), polarity, groups=groups, studies=groups)
