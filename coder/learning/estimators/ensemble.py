"""Several views of the same texts, weighted: what the codebook says, what excerpts taught, what words count.

The weights are learned on held-out groups and drawn toward those known to work without any excerpts, so that
the say moves smoothly from the codebook's text to the excerpts as these accumulate. A class that the excerpts could
not teach, for lack of rows with it or without it, keeps the odds that the first view gives it.

Utterances of one turn help each other: people circle around a thought for several sentences. What the neighbours
in the same turn speak of sways *which* code an utterance gets; *whether* it carries one is still judged on its own
words, so a single telling sentence does not colour the small talk around it.

Linear heads are trained by scipy's L-BFGS on dense or partly sparse features and applied with numpy alone. Two
losses: "softmax" is multinomial logistic regression with soft targets (a text with two codes counts half for each),
"hinge" is the one-against-the-rest linear support vector machine with squared hinge (Chang, Hsieh, Lin 2008).

Texts are also compared with the coded excerpts nearest to them. The share of a class is that of its excerpts among
the NEAREST_COUNT nearest ones, each counted exp(cosine / NEAREST_TEMPERATURE) times (kernel regression: Nadaraya
1964, Watson 1964); its logit is log(share + LEAST_SHARE). No text is kept: vectors, what each excerpt was coded as,
and fingerprints, by which a text never counts copies of itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats, Places
from coder.learning.dataset import Batch, Fingerprints
from coder.learning.features.blocks import MixedMatrix

Loss = Literal["softmax", "hinge"]
STEPS = 60  # iterations at most
STEPS_SPARSE = 40  # with very many features each costs more, and the later ones change little
CLOSE = 1e-5  # relative change of the loss at which fitting ends
# How many, how sharply, and the least share of a class: see docs/learning.md, "Nearest excerpts".
NEAREST_COUNT = 30
NEAREST_TEMPERATURE = 0.1
LEAST_SHARE = 0.02
MOST_EXCERPTS = 5000  # excerpts that a model keeps: 7.7 MB of the large encoder's vectors
TOGETHER = 1024  # texts compared at once: 20 MB of cosines
# Wordings of a text are compared with this many excerpts nearest to the text as it is.
AROUND = 4 * NEAREST_COUNT
PRINTS = "prints"  # the block that has the texts' fingerprints
ORIGIN = "origin"  # the block that tells which texts are wordings of one
COMPARED = ("centred", "distinct")  # the blocks by which texts can be compared
ENOUGH = 10  # rows with a class, and without it, that are needed to learn it
PULL = 4.0  # ridge toward the prior weights, in units of rows
BIAS_PULL = 20.0  # ridge of the codes' biases toward none
QUESTION = "question"  # the block that tells a text's question
TAUGHT = "learned with the encoder"  # the view of a layer that was tuned together with the encoder
QUESTION_PULL = 2.0  # ridge of a question's odds toward none
# Chosen on whole interviews that the model had not seen: see docs/learning.md, "Neighbours".
NEIGHBOUR_WEIGHT = 0.35


@dataclass(frozen=True)
class LinearHead:
    """Coefficients by feature block, each (features, k), and the intercepts (k,)."""

    coefficients: Mapping[str, NDArray[np.float32]]
    intercept: NDArray[np.float32]


def log_softmax(logits: NDArray[np.floating]) -> Floats:
    """Return log probabilities over the last axis."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float64)


def fit_linear(
    matrix: Floats | MixedMatrix, targets: Floats, weights: Floats, *, strength: float, loss: Loss = "softmax"
) -> tuple[Floats, Floats]:
    """Fit coefficients (features, k) and intercept (k,) to targets (n, k) that sum to 1 per row.

    `matrix` (n, features) is numpy or a MixedMatrix; `weights` (n,) scale rows; `strength` is the inverse of the
    ridge penalty, as C in scikit-learn. The intercept is not penalised.
    """
    from scipy.optimize import minimize

    k, width = targets.shape[1], matrix.shape[1]
    derivative = _softmax_loss if loss == "softmax" else _hinge_loss
    turned = matrix.T if isinstance(matrix, np.ndarray) else matrix.turned()

    def objective(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(-1, k)
        logits = np.asarray(matrix @ table[:-1]) + table[-1]
        value, slope = derivative(logits, targets, weights)
        gradient = np.empty_like(table)
        gradient[:-1] = np.asarray(turned @ slope) * strength + table[:-1]
        gradient[-1] = slope.sum(axis=0) * strength
        return strength * value + 0.5 * float(np.vdot(table[:-1], table[:-1])), gradient.ravel()

    steps = STEPS if isinstance(matrix, np.ndarray) else STEPS_SPARSE
    options = {"maxiter": steps, "maxcor": 8, "ftol": CLOSE}
    fitted = minimize(objective, np.zeros((width + 1) * k), jac=True, method="L-BFGS-B", options=options)
    table = fitted.x.reshape(-1, k)
    return table[:-1], table[-1]


def _softmax_loss(logits: Floats, targets: Floats, weights: Floats) -> tuple[float, Floats]:
    logs = log_softmax(logits)
    return float(-(weights[:, None] * targets * logs).sum()), weights[:, None] * (np.exp(logs) - targets)


def _hinge_loss(logits: Floats, targets: Floats, weights: Floats) -> tuple[float, Floats]:
    signs = np.where(targets > 0, 1.0, -1.0)
    slack = np.maximum(0.0, 1.0 - signs * logits)
    return float((weights[:, None] * slack**2).sum()), -2 * weights[:, None] * signs * slack


def apply_linear(head: LinearHead, blocks: Mapping[str, Any]) -> Floats:
    """Return the head's logits (n, k); a block may be a matrix, or anything with `product(coefficients)`."""
    total: Floats = head.intercept.astype(np.float64)[None, :]
    for name, table in head.coefficients.items():
        block = blocks[name]
        total = total + (block @ table if isinstance(block, np.ndarray) else block.product(table))
    return np.asarray(total, dtype=np.float64)


@dataclass(frozen=True)
class NearestExcerpts:
    """Excerpts to which texts are compared: vectors of a `block` (m, d) at length 1, and votes for classes (m, c).

    `prints` (m,) are the excerpts' fingerprints, 0 where copies count. `carried` (c, k) turns logits of the classes
    voted for, each row's mean taken away, into those of the k classes in hand.
    """

    block: str
    vectors: NDArray[np.float16]
    votes: NDArray[np.float32]
    prints: Fingerprints
    carried: NDArray[np.float32]

    @classmethod
    def of(
        cls, block: str, blocks: Mapping[str, Any], rows: NDArray[np.intp], votes: Floats
    ) -> "NearestExcerpts":
        """Take `rows` of the blocks, MOST_EXCERPTS of them at most, evenly chosen, with their votes (rows, c)."""
        chosen = np.linspace(0, len(rows) - 1, min(MOST_EXCERPTS, len(rows))).astype(np.intp)
        return cls(
            block,
            blocks[block][rows[chosen]].astype(np.float16),
            votes[chosen].astype(np.float32),
            np.asarray(blocks[PRINTS][rows[chosen]], dtype=np.uint64),
            np.eye(votes.shape[1], dtype=np.float32),
        )

    def __len__(self) -> int:
        return len(self.vectors)

    def logits(self, blocks: Mapping[str, Any]) -> Floats:
        """Return the logits of the classes in hand, (n, k); all 0 for a text without any excerpt to compare."""
        vectors, prints = blocks[self.block], np.asarray(blocks[PRINTS])
        shares = np.zeros((len(vectors), self.votes.shape[1]))
        for part, among in self._parts(vectors, prints, np.asarray(blocks[ORIGIN])):
            shares[part] = self._shares(self._cosines(vectors[part], prints[part], among), among)
        logs = np.log(shares + LEAST_SHARE)
        return np.asarray((logs - logs.mean(axis=1, keepdims=True)) @ self.carried, dtype=np.float64)

    def moved(self, places: NDArray[np.intp], trusted: Floats) -> "NearestExcerpts":
        """Return the excerpts with votes for other classes: class j is what `places[j]` was, as far as `trusted[j]`.

        A class that is at no place (-1) gets the mean of the others, so that nothing is said for or against it.
        """
        centred = self.carried - self.carried.mean(axis=1, keepdims=True)
        return replace(
            self, carried=np.where(places >= 0, centred[:, places] * trusted, 0.0).astype(np.float32)
        )

    @cached_property
    def _single(self) -> NDArray[np.float32]:
        return self.vectors.astype(np.float32)

    def _parts(
        self, vectors: NDArray[np.float32], prints: Fingerprints, origin: NDArray[np.intp]
    ) -> Iterator[tuple[slice, Places]]:
        """Yield rows to compare together, and the excerpts to compare them with.

        Wordings of one text follow each other, the text as it is first.
        """
        starts = np.flatnonzero(np.append(True, origin[1:] != origin[:-1])) if len(origin) else origin
        if len(starts) == len(origin) or len(self) <= AROUND:
            every = np.arange(len(self))
            for start in range(0, len(origin) if len(self) else 0, TOGETHER):
                yield slice(start, start + TOGETHER), every
            return
        near = self._cosines(vectors[starts], prints[starts], np.arange(len(self)))
        around = np.argpartition(-near, AROUND - 1, axis=1)[:, :AROUND]
        for start, end, among in zip(starts, np.append(starts[1:], len(origin)), around, strict=True):
            yield slice(start, end), among

    def _cosines(
        self, vectors: NDArray[np.float32], prints: Fingerprints, among: Places
    ) -> NDArray[np.float32]:
        """Return the cosines of texts to the excerpts `among`, (n, among): minus infinity to copies."""
        whole = len(among) == len(self)
        excerpts, marks = (self._single, self.prints) if whole else (self._single[among], self.prints[among])
        near = vectors @ excerpts.T
        for row in np.flatnonzero((prints != 0) & np.isin(prints, marks)):
            near[row, marks == prints[row]] = -np.inf
        return np.asarray(near, dtype=np.float32)

    def _shares(self, near: NDArray[np.float32], among: Places) -> Floats:
        """Return the classes' shares of the nearest excerpts, (n, c); all 0 where there are none."""
        if near.shape[1] > NEAREST_COUNT:
            places = np.argpartition(-near, NEAREST_COUNT - 1, axis=1)[:, :NEAREST_COUNT]
            near, votes = np.take_along_axis(near, places, axis=1), self.votes[among[places]]
        else:
            votes = np.broadcast_to(self.votes[among], (len(near), *self.votes[among].shape))
        total = np.einsum("nm,nmc->nc", np.exp(near.astype(np.float64) / NEAREST_TEMPERATURE), votes)
        return np.asarray(total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12), dtype=np.float64)


@dataclass(frozen=True)
class Member:
    """One view: a head over blocks, excerpts to compare with, or (head None) the block of that name as it is."""

    name: str
    head: LinearHead | NearestExcerpts | None = None

    def logits(self, signals: Mapping[str, Any]) -> Floats:
        """Return the view's logits, each row's mean taken away, (n, k)."""
        if isinstance(self.head, NearestExcerpts):
            return even(self.head.logits(signals))
        raw = signals[self.name] if self.head is None else apply_linear(self.head, signals)
        return even(np.asarray(raw, dtype=np.float64))


@dataclass(frozen=True)
class Stack:
    """Members with their weights (members,), and a bias per class (k,).

    `kept` (k,) in 0..1 is how far a class has the odds of the first member in place of the weighted ones; `firm` is
    how firmly that member speaks: the factor of its logits.
    """

    members: tuple[Member, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    kept: NDArray[np.float32] | None = None
    firm: float = 1.0

    def logits(self, signals: Mapping[str, Any]) -> Floats:
        """Return the weighted sum of the members' logits, with the kept classes put in their place, (n, k)."""
        total = np.asarray(self.bias, dtype=np.float64)[None, :]
        for member, weight in zip(self.members, self.weights, strict=True):
            if weight:
                total = total + float(weight) * member.logits(signals)
        if self.kept is None or not self.kept.any():
            return total
        return keeping(total, self.firm * self.members[0].logits(signals), self.kept.astype(np.float64))


def keeping(learned: Floats, first: Floats, kept: Floats) -> Floats:
    """Return learned logits (n, k) in which each class has the probability that `first` gives it, as far as `kept`.

    The other classes share what is left as they would have: with kept (k,) all 0 the result is `learned`, with all 1
    it is `first`.
    """
    first_chances, share = np.exp(log_softmax(first)), np.exp(log_softmax(learned))
    share = share * (1 - kept)
    share = share * (1 - first_chances @ kept)[:, None] / np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
    chances = np.maximum(first_chances * kept + share, 1e-12)
    level = (learned - log_softmax(learned)) * (1 - kept.mean()) + (first - log_softmax(first)) * kept.mean()
    return np.asarray(np.log(chances) + level, dtype=np.float64)


def taught(has: NDArray[np.bool_], lacks: NDArray[np.bool_]) -> Floats:
    """Return how far rows can teach each class, (k,) in 0..1: 1 from ENOUGH rows with it and as many without.

    `has` and `lacks` are (n, k). The first few rows teach most: 1 - (1 - rows / ENOUGH)^3.
    """
    fewer = np.minimum(has.sum(axis=0), lacks.sum(axis=0))
    return np.asarray(1 - (1 - np.minimum(1.0, fewer / ENOUGH)) ** 3, dtype=np.float64)


def even(logits: Floats) -> Floats:
    """Return logits with each row's mean taken away."""
    return logits - logits.mean(axis=1, keepdims=True) if logits.shape[1] > 1 else logits


def fit_weights(
    views: Sequence[Floats], targets: Floats, row_weights: Floats, prior: Floats
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights (views,) >= 0 and bias (k,) of least held-out log loss.

    `views` are held-out logits (n, k) each, `targets` (n, k) sum to 1 per row; `prior` (views,) are the weights
    without any evidence.
    """
    from scipy.optimize import minimize

    stacked = np.stack(views)
    count, k = len(views), targets.shape[1]

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:count], flat[count:]
        logs = log_softmax(np.tensordot(weights, stacked, axes=1) + bias)
        slope = row_weights[:, None] * (np.exp(logs) - targets)
        value = -float((row_weights[:, None] * targets * logs).sum())
        away = weights - prior
        value += 0.5 * PULL * float(away @ away) + 0.5 * BIAS_PULL * float(bias @ bias)
        gradient = np.concatenate(
            [(stacked * slope).sum(axis=(1, 2)) + PULL * away, slope.sum(axis=0) + BIAS_PULL * bias]
        )
        return value, gradient

    bounds = [(0.0, None)] * count + [(None, None)] * k
    fitted = minimize(
        objective, np.concatenate([prior, np.zeros(k)]), jac=True, method="L-BFGS-B", bounds=bounds
    )
    return fitted.x[:count].astype(np.float32), fitted.x[count:].astype(np.float32)


def question_odds(logits: Floats, targets: Floats, row_weights: Floats, asked: Floats) -> Floats:
    """Return what each question adds to the logits of its answers, (questions, k), of least log loss.

    `logits` (n, k) are held-out ones of the texts, `targets` (n, k) sum to 1 per row, `asked` (n, questions) is 1 at
    the row's question. A question with few answers adds little.
    """
    from scipy.optimize import minimize

    shape = asked.shape[1], targets.shape[1]

    def objective(flat: Floats) -> tuple[float, Floats]:
        odds = flat.reshape(shape)
        logs = log_softmax(logits + asked @ odds)
        slope = row_weights[:, None] * (np.exp(logs) - targets)
        value = 0.5 * QUESTION_PULL * float(flat @ flat) - float(
            (row_weights[:, None] * targets * logs).sum()
        )
        return value, (asked.T @ slope).ravel() + QUESTION_PULL * flat

    fitted = minimize(objective, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(fitted.x.reshape(shape), dtype=np.float64)


def with_neighbours(logits: Floats, batch: Batch) -> Floats:
    """Return logits (n, k) swayed by the utterances before and after that share a turn.

    A row's largest logit stays what it was. Rows of one utterance stand beside the same neighbours.
    """
    if len(logits) < 2:
        return logits
    numbers = {turn: number for number, turn in enumerate(dict.fromkeys(batch.turns))}
    turn = np.array([numbers[name] for name in batch.turns])
    new = batch.first_of_unit
    unit, first = np.cumsum(new) - 1, np.flatnonzero(new)
    together = (turn[first][1:] == turn[first][:-1])[:, None] * NEIGHBOUR_WEIGHT
    relative = logits - logits.mean(axis=1, keepdims=True)
    sway = np.zeros((len(first), logits.shape[1]))
    sway[1:] += together * relative[first][:-1]
    sway[:-1] += together * relative[first][1:]
    swayed = relative + sway[unit]
    return np.asarray(
        swayed + (logits.max(axis=1) - swayed.max(axis=1))[:, None],
        dtype=np.float64,
    )


def constant_head(features: Mapping[str, Any], odds: float) -> LinearHead:
    """Return a head of one class that gives all texts the same log odds, whatever their features."""
    tables = {name: np.zeros((block.shape[1], 1), dtype=np.float32) for name, block in features.items()}
    return LinearHead(tables, np.array([odds], dtype=np.float32))
