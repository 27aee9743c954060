"""Learning from coded excerpts: heads tried on held-out groups, weighted by what they proved, then refitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coder.learning.linear import LinearHead, apply_linear, fit_linear
from coder.learning.stack import Member, Stack, even, fit_weights

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Recipe:
    """A head to try: feature blocks with a factor each, the loss, and how freely it may fit."""

    name: str
    blocks: Mapping[str, float]
    strength: float
    loss: Literal["softmax", "hinge"] = "softmax"


@dataclass(frozen=True)
class HeldOut:
    """Held-out logits of each recipe, (n, k) each, for the rows that carry labels."""

    views: dict[str, Floats]


def fit_recipe(recipe: Recipe, blocks: Mapping[str, Any], targets: Floats, weights: Floats) -> LinearHead:
    """Fit one head; its coefficients are for the blocks as they are, without the recipe's factors."""
    scaled = {name: blocks[name] * factor for name, factor in recipe.blocks.items()}
    head = fit_linear(scaled, targets, weights, strength=recipe.strength, loss=recipe.loss)
    tables = {
        name: np.asarray(head.coefficients[name] * factor, np.float32)
        for name, factor in recipe.blocks.items()
    }
    return LinearHead(tables, head.intercept)


def rows_of(blocks: Mapping[str, Any], names: Sequence[str], rows: Rows) -> dict[str, Any]:
    """Return the named blocks cut to some rows (numpy or scipy sparse)."""
    return {name: blocks[name][rows] for name in names}


def held_out_views(
    recipes: Sequence[Recipe],
    blocks: Mapping[str, Any],
    targets: Floats,
    weights: Floats,
    folds: NDArray[np.intp],
    progress: Callable[[str], None] | None = None,
) -> dict[str, Floats]:
    """Return each recipe's logits for rows it did not see, (n, k) each; one fold: fitted on all."""
    found = {}
    for recipe in recipes:
        view = np.zeros_like(targets)
        for fold in range(int(folds.max(initial=0)) + 1):
            if progress:
                progress(recipe.name)
            inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            names = list(recipe.blocks)
            if not len(inside):
                continue  # a single group: nothing can be held out, the view stays at zero
            head = fit_recipe(recipe, rows_of(blocks, names, inside), targets[inside], weights[inside])
            view[outside] = even(apply_linear(head, applicable(rows_of(blocks, names, outside))))
        found[recipe.name] = view
    return found


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


def fit_stack(
    recipes: Sequence[Recipe],
    given: Mapping[str, float],
    blocks: Mapping[str, Any],
    targets: Floats,
    weights: Floats,
    folds: NDArray[np.intp],
    progress: Callable[[str], None] | None = None,
) -> tuple[Stack, Floats]:
    """Fit a stack of recipes and of `given` blocks (with their prior weights); also its held-out logits (n, k).

    The weights that make the held-out logits are learned on the other folds, so that the logits are honest.
    """
    views = {name: even(np.asarray(blocks[name], dtype=np.float64)) for name in given}
    views |= held_out_views(recipes, blocks, targets, weights, folds, progress)
    stacked = list(views.values())
    prior = np.array([*given.values(), *(0.0 for _ in recipes)])
    honest = np.zeros_like(targets)
    for fold in range(int(folds.max(initial=0)) + 1):
        inside, outside = folds != fold, folds == fold
        kept, bias = fit_weights([view[inside] for view in stacked], targets[inside], weights[inside], prior)
        honest[outside] = sum(w * view[outside] for w, view in zip(kept, stacked, strict=True)) + bias
    found, bias = fit_weights(stacked, targets, weights, prior)
    members = [Member(name) for name in given]
    for recipe, weight in zip(recipes, found[len(given) :], strict=True):
        head = (
            fit_recipe(recipe, {name: blocks[name] for name in recipe.blocks}, targets, weights)
            if weight > 0.01
            else None
        )
        members.append(Member(recipe.name, head))
    kept_members = [
        (m, w) for m, w in zip(members, found, strict=True) if m.head is not None or m.name in given
    ]
    stack = Stack(
        tuple(m for m, _ in kept_members), np.array([w for _, w in kept_members], dtype=np.float32), bias
    )
    return stack, honest
