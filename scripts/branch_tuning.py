"""Tuning the branch of an encoder: its upper layers once more, for direction, codes and what is codable.

The layers below stay those of the encoder. A text is read alone or after its question; a hidden layer over the mean
vector tells ten things: three directions, whether the text is codable, six codes. Afterwards one linear layer is
fitted to what it tells, so that nothing but vectors and that layer is needed.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from large_tuning import SIDE_WEIGHTS, LargeTuner, Lesson, State
from numpy.typing import NDArray
from torch.nn import functional as nn

from coder.encoding import answer
from coder.encoding import large_weights as large
from coder.encoding import weights as small
from coder.encoding.adapter import layer_of
from coder.encoding.weights import Weights
from coder.learning.training.encoder_tuning import Tuner

STEP = 32  # texts
SORTED = 16  # steps whose texts are sorted by length together, so that little is padded
DROPPED, SMOOTHED = 0.1, 0.02
CODABLE_SHARE, CODE_SHARE = 0.3, 0.4
CODES = 6
RIDGE = 0.1


class Network(Protocol):
    """An encoder whose upper layers learn: their weights, and vectors of length 1 (n, d) of texts."""

    learned: dict[str, torch.nn.Parameter]

    def encoded(self, texts: Sequence[str]) -> torch.Tensor: ...


class SmallNetwork:
    """The small encoder, all but its lowest layers learning."""

    def __init__(self, weights: Weights, below: int) -> None:
        tuner = Tuner(weights)
        tuner.network.eval()  # so little is learned that nothing need be dropped
        for name, weight in tuner.network.named_parameters():
            weight.requires_grad_(layer_of(name) >= below)
        self.learned = {
            name: weight for name, weight in tuner.network.named_parameters() if weight.requires_grad
        }
        self.encoded = tuner.encoded


@dataclass(frozen=True)
class Kind:
    """What differs between encoders; `below` are the layers shared, `firm` the factor of vectors of length 1."""

    name: str  # for `coder.encoding.answer`
    width: int
    below: int
    firm: float
    network: Callable[[Weights, int], Network]


LARGE = Kind(large.NAME, 768, 6, 20.0, lambda weights, below: LargeTuner(weights=weights, frozen=below))
SMALL = Kind(small.NAME, 384, 2, 14.0, SmallNetwork)


@dataclass(frozen=True)
class Told:
    """A text with what is known of it; -1 is unknown. `asked_share` is how often it is read after its question."""

    text: str
    asked: str | None
    side: int
    codable: int
    codes: tuple[int, ...]
    asked_share: float = 0.5
    side_alone: bool = True  # whether the direction shows without the question


def told(lesson: Lesson, *, comb: bool = True, codable: bool = False, asked_share: float = 0.5) -> list[Told]:
    """Return the rows of a lesson of which anything is known; codes only of COM-B, what is codable only if wanted."""
    rows = []
    for at, text in enumerate(lesson.texts):
        codes = tuple(int(code) for code in np.flatnonzero(lesson.labels[at] == 1)) if comb else ()
        known = -1 if lesson.codable is None or not codable else int(lesson.codable[at])
        if int(lesson.sides[at]) >= 0 or known >= 0 or codes:
            rows.append(
                Told(
                    text, lesson.asked[at], int(lesson.sides[at]), known, codes,
                    asked_share if lesson.asked[at] else 0.0, asked_share < 1,
                )
            )  # fmt: skip
    return rows


def times(rows: Sequence[Told], share: float, dice: random.Random) -> list[Told]:
    """Return rows as often as `share` says: 2.5 is all of them twice, and half of them once more."""
    rest = list(rows)
    dice.shuffle(rest)
    return [*rows] * int(share) + rest[: round((share - int(share)) * len(rows))]


def steps(rows: list[Told], dice: random.Random) -> list[list[Told]]:
    """Return rows in steps of texts of like length, in random order."""
    dice.shuffle(rows)
    plan = []
    for start in range(0, len(rows), STEP * SORTED):
        part = sorted(rows[start : start + STEP * SORTED], key=lambda row: len(row.text))
        plan += [part[at : at + STEP] for at in range(0, len(part), STEP)]
    dice.shuffle(plan)
    return plan


class BranchTuner:
    """The upper layers of an encoder, and what is told from their vectors."""

    def __init__(self, kind: Kind, weights: Weights) -> None:
        self.kind, self.network = kind, kind.network(weights, kind.below)
        self.learned = self.network.learned
        self.hidden = torch.nn.Linear(kind.width, kind.width)
        self.out = torch.nn.Linear(kind.width, 4 + CODES)
        with torch.no_grad():
            self.hidden.weight.copy_(torch.eye(kind.width))
            self.hidden.bias.zero_()

    def layers(self) -> list[torch.nn.Parameter]:
        return [*self.hidden.parameters(), *self.out.parameters()]

    def state(self) -> State:
        return {
            "network": {name: weight.detach().clone() for name, weight in self.learned.items()},
            "hidden": self.hidden.state_dict(),
            "out": self.out.state_dict(),
        }

    def load(self, state: State) -> None:
        with torch.no_grad():
            for name, weight in self.learned.items():
                weight.copy_(state["network"][name])
        self.hidden.load_state_dict(state["hidden"])
        self.out.load_state_dict(state["out"])

    def told(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return vectors (n, d) of texts and what the layers tell of them (n, 10), without learning."""
        with torch.no_grad():
            vectors = torch.cat(
                [self.network.encoded(texts[at : at + 64]) for at in range(0, len(texts), 64)]
            )
            return vectors, self.logits(vectors, learning=False)

    def logits(self, vectors: torch.Tensor, *, learning: bool) -> torch.Tensor:
        """Return what the layers tell of vectors (n, d): three directions, codable, six codes, (n, 10)."""
        firm: torch.Tensor = self.out(
            nn.dropout(torch.tanh(self.hidden(vectors * self.kind.firm)), DROPPED, learning)
        )
        return firm

    def step_losses(self, rows: Sequence[Told], dice: random.Random) -> dict[str, torch.Tensor]:
        asked = [dice.random() < row.asked_share for row in rows]
        texts = [
            answer(self.kind.name, row.asked or "", row.text) if after else row.text
            for row, after in zip(rows, asked, strict=True)
        ]
        logits = self.logits(self.network.encoded(texts), learning=True)
        sides = torch.tensor(
            [row.side if after or row.side_alone else -1 for row, after in zip(rows, asked, strict=True)]
        )
        codable = torch.tensor([row.codable for row in rows])
        shares = torch.zeros(len(rows), CODES)
        for at, row in enumerate(rows):
            shares[at, list(row.codes)] = 1 / max(1, len(row.codes))
        losses = {}
        if bool((known := sides >= 0).any()):
            losses["side"] = nn.cross_entropy(
                logits[known, :3], sides[known], weight=SIDE_WEIGHTS, label_smoothing=SMOOTHED, reduction="sum"
            ) / (0.75 * STEP)  # fmt: skip
        if bool((known := codable >= 0).any()):
            loss = nn.binary_cross_entropy_with_logits(
                logits[known, 3], codable[known].float(), reduction="sum"
            )
            losses["codable"] = CODABLE_SHARE * loss / STEP
        if bool((known := shares.sum(1) > 0).any()):
            loss = -(shares[known] * torch.log_softmax(logits[known, 4:], 1)).sum()
            losses["codes"] = CODE_SHARE * loss / STEP
        return losses


def layer_of_vectors(vectors: NDArray[np.floating], logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the linear layer (d + 1, 10), its intercept last, that says of vectors (n, d) what `logits` do."""
    columns = np.c_[vectors.astype(np.float64), np.ones(len(vectors))]
    penalty = RIDGE * np.eye(columns.shape[1])
    return np.linalg.solve(columns.T @ columns + penalty, columns.T @ logits).astype(np.float32)
