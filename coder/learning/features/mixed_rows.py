"""Feature rows of which some columns are dense and some sparse, each multiplied in its own way.

As one sparse matrix the dense columns (sentence vectors) cost several times more than all the sparse ones.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class MixedMatrix:
    """The dense columns (n, d) with the sparse ones (n, s; scipy CSR) to their right."""

    def __init__(self, dense: Floats, sparse: Any) -> None:
        self.dense, self.sparse = dense, sparse
        self.shape = (dense.shape[0], dense.shape[1] + sparse.shape[1])

    def __getitem__(self, rows: NDArray[np.intp]) -> "MixedMatrix":
        """Return some of the rows."""
        return MixedMatrix(self.dense[rows], self.sparse[rows])

    def __matmul__(self, table: Floats) -> Floats:
        """Return the product with a table (d + s, k)."""
        width = self.dense.shape[1]
        return np.asarray(self.dense @ table[:width] + self.sparse @ table[width:], dtype=np.float64)

    def turned(self) -> "TurnedMatrix":
        """Return the transpose, made ready for many products."""
        return TurnedMatrix(np.ascontiguousarray(self.dense.T), self.sparse.T.tocsr())


class TurnedMatrix:
    """The transpose of a MixedMatrix."""

    def __init__(self, dense: Floats, sparse: Any) -> None:
        self._dense, self._sparse = dense, sparse

    def __matmul__(self, table: Floats) -> Floats:
        """Return the product with a table (n, k)."""
        return np.concatenate([self._dense @ table, np.asarray(self._sparse @ table)])
