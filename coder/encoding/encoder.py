"""What every encoder is: the protocol it keeps, and that of an encoder with a branch."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Progress = Callable[[int], None]  # called with the number of texts finished since the last call
Advance = Callable[[int, int], None]  # called with the steps done since the last call, and the steps in all


class Encoder(Protocol):
    """Turns texts into vectors; `id` names weights, adapter, backend and precision."""

    id: str
    dimension: int

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one row of length 1 per text, (n, dimension); the same text gives the same row always."""
        ...


@runtime_checkable
class Branched(Encoder, Protocol):
    """An encoder with a second set of upper layers, its branch, which may be absent.

    The vectors compare a text with a codebook; the branch was tuned to tell direction and codes by a linear layer.
    `width` is the length of a whole row: `dimension`, or twice that with a branch.
    """

    width: int

    def whole(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one row per text, (n, width): its vector, then that of the branch, each of length 1."""
        ...
