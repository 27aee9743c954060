"""Heads tried on held-out groups, weighted by what they proved there, then fitted to all rows.

So is the head that tells what is codable. A text's length must not decide whether there is anything to code. In most
coded material the empty passages are the short ones; a model that learns this finds nothing in "No time." and
something in every ramble. Rows are therefore weighted so that, within each band of length, coded and empty rows
weigh as they do overall: length then tells nothing about the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.learning.dataset import Folds, TrainingSet
from coder.learning.estimators.calibration import CODABLE, USUAL_ODDS, Codability, fit_temperature, sigmoid
from coder.learning.estimators.ensemble import (
    ORIGIN,
    PRINTS,
    QUESTION,
    LinearHead,
    Member,
    NearestExcerpts,
    Stack,
    apply_linear,
    constant_head,
    even,
    fit_linear,
    fit_weights,
    keeping,
    question_odds,
    taught,
)
from coder.learning.features.blocks import MixedMatrix
from coder.learning.features.wording import words_of
from coder.learning.model import Parts, codable_blocks

LEAST_WEIGHT = 0.01  # views that count less are left out
SMALL = 1500  # rows up to which features are turned into as many coordinates as there are rows
FEW_EMPTY = 15  # rows of either kind; with fewer the share alone is learned
BANDS = 5  # of length
CODABLE_STRENGTH = 2.0  # as C in scikit-learn, of the head that tells what is codable


@dataclass(frozen=True)
class Recipe:
    """A head to try: feature blocks with a factor each, the loss, and how freely it may fit."""

    name: str
    blocks: Mapping[str, float]
    strength: float
    loss: Literal["softmax", "hinge"] = "softmax"


@dataclass(frozen=True)
class Comparison:
    """A view to try that compares texts with the coded excerpts nearest to them, by one of the feature blocks."""

    name: str
    block: str


class Comparing:
    """A comparison's features of all rows: any of the rows can be compared with any others."""

    def __init__(self, recipe: Comparison, blocks: Mapping[str, Any]) -> None:
        self.recipe = recipe
        self._blocks = {name: blocks[name] for name in (recipe.block, PRINTS, ORIGIN)}

    def held_out(
        self, inside: NDArray[np.intp], outside: NDArray[np.intp], targets: Floats, weights: Floats
    ) -> Floats:
        """Return the logits (outside, k) of some rows by their nearest among others."""
        near = {name: block[outside] for name, block in self._blocks.items()}
        return self._of(inside, targets, weights).logits(near)

    def whole(self, targets: Floats, weights: Floats) -> NearestExcerpts:
        """Return the comparison with all rows."""
        return self._of(np.arange(len(targets)), targets, weights)

    def _of(self, rows: NDArray[np.intp], targets: Floats, weights: Floats) -> NearestExcerpts:
        votes = targets[rows] * weights[rows, None]
        return NearestExcerpts.of(self.recipe.block, self._blocks, rows, votes)


class Design:
    """A recipe's features of all rows, in the form in which fitting is fastest.

    With few rows and many features, the rows are given by coordinates in the space they span (Q L^1/2 of the
    Gram matrix Q L Q'): all products between rows, hence every ridge solution, are the same, and fitting takes
    a fraction of the time. `head` turns coefficients of either form back into those of the blocks.
    """

    def __init__(self, recipe: Recipe, blocks: Mapping[str, Any]) -> None:
        self.recipe = recipe
        scaled = {name: blocks[name] * factor for name, factor in recipe.blocks.items()}
        dense = [name for name, block in scaled.items() if isinstance(block, np.ndarray)]
        self._blocks = {name: scaled[name] for name in (*dense, *scaled)}  # sparse ones last
        self._back: Floats | None = None
        parts = list(self._blocks.values())
        rows, width = parts[0].shape[0], sum(part.shape[1] for part in parts)
        if 0 < rows <= min(SMALL, width):
            gram = sum(_dense(part @ part.T) for part in parts)
            values, vectors = np.linalg.eigh(gram)
            nonzero = values > values[-1] * 1e-9
            roots = np.sqrt(values[nonzero])
            self.matrix: Any = vectors[:, nonzero] * roots
            self._back = vectors[:, nonzero] / roots
        elif all(isinstance(part, np.ndarray) for part in parts):
            self.matrix = np.hstack(parts).astype(np.float64)
        else:
            from scipy.sparse import hstack

            columns = [self._blocks[name] for name in dense] or [np.zeros((rows, 0))]
            rest = [
                block.astype(np.float64)
                for block in self._blocks.values()
                if not isinstance(block, np.ndarray)
            ]
            self.matrix = MixedMatrix(np.hstack(columns).astype(np.float64), hstack(rest).tocsr())

    def fitted(self, rows: NDArray[np.intp], targets: Floats, weights: Floats) -> tuple[Floats, Floats]:
        """Fit to some rows; returns coefficients (columns, k) and intercept (k,)."""
        recipe = self.recipe
        return fit_linear(
            self.matrix[rows], targets[rows], weights[rows], strength=recipe.strength, loss=recipe.loss
        )

    def held_out(
        self, inside: NDArray[np.intp], outside: NDArray[np.intp], targets: Floats, weights: Floats
    ) -> Floats:
        """Return the logits (outside, k) of some rows by a head fitted to others."""
        table, intercept = self.fitted(inside, targets, weights)
        return np.asarray(self.matrix[outside] @ table) + intercept

    def whole(self, targets: Floats, weights: Floats) -> LinearHead:
        """Return the head fitted to all rows."""
        return self.head(*self.fitted(np.arange(len(targets)), targets, weights))

    def head(self, table: Floats, intercept: Floats) -> LinearHead:
        """Return the head over the blocks as they are, without the recipe's factors."""
        weights, start = {}, 0
        for name, block in self._blocks.items():
            if self._back is not None:
                block_weights = np.asarray(block.T @ (self._back @ table))
            else:
                block_weights = table[start : start + block.shape[1]]
                start += block.shape[1]
            weights[name] = (block_weights * self.recipe.blocks[name]).astype(np.float32)
        return LinearHead(weights, intercept.astype(np.float32))


def _dense(product: Any) -> Floats:
    return np.asarray(product if isinstance(product, np.ndarray) else product.toarray(), dtype=np.float64)


class _Sparse:
    """A scipy sparse matrix with the `product` that heads ask for."""

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix

    def product(self, coefficients: NDArray[np.floating]) -> NDArray[np.float32]:
        return np.asarray(self._matrix @ coefficients, dtype=np.float32)


def applicable(blocks: Mapping[str, Any]) -> dict[str, Any]:
    """Return the blocks with sparse matrices given the `product` that heads ask for."""
    return {
        name: block if isinstance(block, np.ndarray) else _Sparse(block) for name, block in blocks.items()
    }


def held_out(design: Design | Comparing, targets: Floats, weights: Floats, folds: Folds) -> Floats:
    """Return logits (n, k) of each row from what did not see its fold; zeros where nothing is left to see."""
    view = np.zeros_like(targets)
    for inside, outside in folds.parts():
        if len(inside):
            view[outside] = even(design.held_out(inside, outside, targets, weights))
    return view


@dataclass(frozen=True)
class Labelled:
    """Rows to learn from: their feature blocks, the truth (n, k), how much each counts (n,), and their folds."""

    blocks: Mapping[str, Any]
    targets: Floats
    weights: Floats
    folds: Folds


def fit_stack(
    recipes: Sequence[Recipe | Comparison], given: Mapping[str, float], rows: Labelled, *, keep: bool = False
) -> tuple[Stack, Floats]:
    """Fit a stack of recipes and of `given` blocks (with their prior weights); also its held-out logits (n, k).

    The weights that make the held-out logits are learned on the other folds, so that the logits are honest. What the
    questions that many texts answer tell (block `question`, if there is one) is added last: the views are learned
    without it, so that texts after other questions are judged as if nothing had been asked. With `keep`, classes
    that the rows cannot teach keep the odds of the first of `given`.
    """
    blocks, targets, weights, folds = rows.blocks, rows.targets, rows.weights, rows.folds
    designs: list[Design | Comparing] = [
        Comparing(recipe, blocks) if isinstance(recipe, Comparison) else Design(recipe, blocks)
        for recipe in recipes
    ]
    views = [even(np.asarray(blocks[name], dtype=np.float64)) for name in given]
    views += [held_out(design, targets, weights, folds) for design in designs]
    evidence = _Evidence(np.stack(views), targets, weights, blocks.get(QUESTION))
    prior = np.array([*given.values(), *(0.0 for _ in recipes)])
    honest, tested = evidence.honest(prior, folds, keep=keep)
    weighed = evidence.weighed(np.flatnonzero(tested), prior)
    fitted = [
        Member(design.recipe.name, design.whole(targets, weights)) if weight > LEAST_WEIGHT else None
        for design, weight in zip(designs, weighed.weights[len(given) :], strict=True)
    ]
    stack = weighed.stack([*(Member(name) for name in given), *fitted])
    if keep:
        untaught_classes = untaught(targets).astype(np.float32)
        stack = replace(stack, kept=untaught_classes, firm=firmness(views[0], targets))
    return stack, honest


@dataclass(frozen=True)
class _Evidence:
    """Held-out logits of every view (views, n, k) with the truth (n, k), and each row's question, if known."""

    views: Floats
    targets: Floats
    row_weights: Floats
    asked: NDArray[np.floating] | None

    def honest(self, prior: Floats, folds: Folds, *, keep: bool) -> tuple[Floats, NDArray[np.bool_]]:
        """Return each row's logits (n, k) by weights learned without its fold, and whether there were any, (n,)."""
        logits, tested = np.zeros_like(self.targets), np.zeros(len(self.targets), dtype=bool)
        for inside, outside in folds.parts():
            tested[outside] = len(inside) > 0
            logits[outside] = self.weighed(inside, prior).of(self, outside)
            if keep:
                targets, first = self.targets[inside], self.views[0]
                firm = firmness(first[inside], targets)
                logits[outside] = keeping(logits[outside], firm * first[outside], untaught(targets))
        return logits, tested

    def weighed(self, rows: NDArray[np.intp], prior: Floats) -> "_Weighed":
        """Return the weights of the views, and what questions add to them, learned on some rows."""
        targets, row_weights = self.targets[rows], self.row_weights[rows]
        weights, bias = fit_weights(list(self.views[:, rows]), targets, row_weights, prior)
        weighed = _Weighed(weights, bias, None)
        if self.asked is None or not len(rows):
            return weighed
        asked = self.asked[rows].astype(np.float64)
        return replace(weighed, odds=question_odds(weighed.of(self, rows), targets, row_weights, asked))


@dataclass(frozen=True)
class _Weighed:
    """The weights of views, a bias per class, and what each question adds, (questions, k)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    odds: Floats | None

    def of(self, evidence: _Evidence, rows: NDArray[np.intp]) -> Floats:
        """Return the logits of some rows."""
        total = np.tensordot(self.weights.astype(np.float64), evidence.views[:, rows], axes=1) + self.bias
        if self.odds is not None and evidence.asked is not None:
            total = total + even(evidence.asked[rows] @ self.odds)
        return np.asarray(total, dtype=np.float64)

    def stack(self, members: Sequence[Member | None]) -> Stack:
        """Return the stack of the members that are there, with what questions add as the last one."""
        present = [
            (one, weight) for one, weight in zip(members, self.weights, strict=True) if one is not None
        ]
        if self.odds is not None:
            none = np.zeros(self.odds.shape[1], dtype=np.float32)
            present.append(
                (Member(QUESTION, LinearHead({QUESTION: self.odds.astype(np.float32)}, none)), np.float32(1))
            )
        return Stack(
            tuple(one for one, _ in present),
            np.array([weight for _, weight in present], dtype=np.float32),
            self.bias,
        )


def untaught(targets: Floats) -> Floats:
    """Return how far each class of targets (n, k) is one that the rows cannot teach, (k,) in 0..1."""
    return 1 - taught(targets > 0, targets == 0)


def firmness(first: Floats, targets: Floats) -> float:
    """Return the factor of logits (n, k) that makes their shares of the classes that can be taught honest."""
    known = taught(targets > 0, targets == 0) >= 1
    if known.sum() < 2:
        return 1.0
    return 1 / fit_temperature(first[:, known], (targets[:, known] > 0).astype(np.float64))


def codability(data: TrainingSet, blocks: Mapping[str, Any], folds: Folds, base: Parts | None) -> Codability:
    """Learn what is codable; from excerpts that are all coded only how the base's view must be moved to fit them.

    `base` are the parts of a model that reads with the same encoder, if there is one. Where people coded every row,
    texts of this kind are codable, whatever the base thinks of the kind: its log odds are raised until their mean on
    the coded rows is USUAL_ODDS. Which of the texts are more likely to be codable than others stays the base's view.
    """
    empty = int((data.labels == 0).all(axis=1).sum()) if len(data) else 0
    if empty >= FEW_EMPTY or base is None:
        return Codability(*fit_codable(data, blocks, folds))
    odds = apply_linear(base.codable, codable_blocks(blocks))
    coded = (data.labels == 1).any(axis=1)
    raised = 0.0
    if empty == 0 and coded.sum() >= FEW_EMPTY:
        raised = max(0.0, USUAL_ODDS - float(odds[coded].mean()))
    head = replace(base.codable, intercept=base.codable.intercept + np.float32(raised))
    return Codability(head, sigmoid(odds + raised)[:, 0], float(base.calibration.coefficients[CODABLE]))


def fit_codable(data: TrainingSet, blocks: Mapping[str, Any], folds: Folds) -> tuple[LinearHead, Floats]:
    """Return the head, and each row's held-out probability of being codable, (n,)."""
    known = np.flatnonzero((data.labels >= 0).all(axis=1) | (data.labels == 1).any(axis=1))
    coded = (data.labels[known] == 1).any(axis=1)
    features = codable_blocks(blocks)
    if min(coded.sum(), (~coded).sum()) < FEW_EMPTY:
        odds = float(np.log((coded.sum() + 2) / ((~coded).sum() + 0.5)))
        return constant_head(features, odds), np.full(len(data), float(sigmoid(np.array([odds]))[0]))
    weights = np.asarray(data.weights, dtype=np.float64)[known]
    weights *= length_balance([data.texts[int(row)] for row in known], coded)
    targets = np.stack([coded, ~coded], axis=1).astype(np.float64)
    mine = {name: block[known] for name, block in features.items()}
    chance = np.full(len(data), coded.mean())
    for inside, outside in folds.rows(known).parts():
        if len(set(coded[inside].tolist())) == 2:
            head = _fitted_head(
                {name: block[inside] for name, block in mine.items()}, targets[inside], weights[inside]
            )
            outside_blocks = {name: block[outside] for name, block in mine.items()}
            chance[known[outside]] = sigmoid(apply_linear(head, outside_blocks))[:, 0]
    return _fitted_head(mine, targets, weights), chance


def _fitted_head(blocks: Mapping[str, Any], targets: Floats, weights: Floats) -> LinearHead:
    """Fit the two-class softmax and return it as one logit: coded against empty."""
    design = Design(Recipe("codable", dict.fromkeys(blocks, 1.0), CODABLE_STRENGTH), blocks)
    head = design.head(*design.fitted(np.arange(len(targets)), targets, weights))
    tables = {name: (table[:, :1] - table[:, 1:2]) for name, table in head.coefficients.items()}
    return LinearHead(tables, head.intercept[:1] - head.intercept[1:2])


def length_balance(texts: list[str], coded: NDArray[np.bool_]) -> Floats:
    """Return weights (n,) under which coded and empty rows are equally common in every band of length."""
    lengths = np.array([len(words_of(text)) for text in texts])
    edges = np.quantile(lengths, np.linspace(0, 1, BANDS + 1)[1:-1])
    band = np.searchsorted(edges, lengths, side="right")
    weights = np.ones(len(texts))
    for value in (True, False):
        for at in range(BANDS):
            cell = (band == at) & (coded == value)
            if cell.any():
                expected = (band == at).sum() * (coded == value).mean()
                weights[cell] = np.clip(expected / cell.sum(), 0.25, 4.0)
    return weights
