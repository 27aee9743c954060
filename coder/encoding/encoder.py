"""What every encoder is: the protocol it keeps."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Progress = Callable[[int], None]  # called with the number of texts finished since the last call


class Encoder(Protocol):
    """Turns texts into vectors; `id` names weights, adapter, backend and precision."""

    id: str
    dimension: int

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one row of length 1 per text, (n, dimension); the same text gives the same row always."""
        ...
