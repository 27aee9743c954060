"""Mixed dense and sparse columns multiply as one matrix."""

import numpy as np
from scipy.sparse import csr_matrix, random

from coder.learning.estimators.ensemble import fit_linear
from coder.learning.features.blocks import MixedMatrix
from coder.learning.training.recipes import Design, Recipe

CHANCE = np.random.default_rng(4)
DENSE = CHANCE.normal(size=(60, 7))
SPARSE = csr_matrix(random(60, 30, density=0.2, random_state=4))
WHOLE = np.hstack([DENSE, SPARSE.toarray()])


def test_products_rows_and_transpose_are_those_of_the_whole() -> None:
    mixed, rows = MixedMatrix(DENSE, SPARSE), np.array([5, 3, 59])
    assert mixed.shape == WHOLE.shape
    table, slope = CHANCE.normal(size=(37, 4)), CHANCE.normal(size=(60, 4))
    np.testing.assert_allclose(mixed @ table, WHOLE @ table, atol=1e-12)
    np.testing.assert_allclose(mixed[rows] @ table, WHOLE[rows] @ table, atol=1e-12)
    np.testing.assert_allclose(mixed.turned() @ slope, WHOLE.T @ slope, atol=1e-12)


def test_a_head_gets_each_block_its_own_coefficients_whatever_their_order() -> None:
    targets = np.eye(3)[CHANCE.integers(3, size=1600)]
    words = csr_matrix(random(1600, 50, density=0.2, random_state=1))
    plain = CHANCE.normal(size=(1600, 6))
    design = Design(Recipe("r", {"words": 2.0, "plain": 0.5}, 1.0), {"plain": plain, "words": words})
    assert isinstance(design.matrix, MixedMatrix)
    head = design.head(*design.fitted(np.arange(1600), targets, np.ones(1600)))
    whole = np.hstack([plain * 0.5, words.toarray() * 2.0])
    table, intercept = fit_linear(whole, targets, np.ones(1600), strength=1.0)
    np.testing.assert_allclose(head.coefficients["plain"], table[:6] * 0.5, atol=0.02)
    np.testing.assert_allclose(head.coefficients["words"], table[6:] * 2.0, atol=0.1)
    np.testing.assert_allclose(head.intercept, intercept, atol=0.02)
