"""The protocol every encoder keeps, and the one function that finds an encoder by name."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coder.errors import InputError

Progress = Callable[[int], None]  # called with the number of texts finished since the last call


class Encoder(Protocol):
    """Turns texts into vectors; `id` names weights, adapter, backend and precision."""

    id: str
    dimension: int

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one row of length 1 per text, (n, dimension); the same text gives the same row always."""
        ...


def get_encoder(name: str = "default", *, threads: int | None = None, adapter: Path | None = None) -> Encoder:
    """Return an encoder, its vectors kept in the user's cache.

    "default" is all-MiniLM-L6-v2 without torch; "torch" the same weights by sentence-transformers, the
    exact but slow reference; any other name is the folder (or installed name) of a sentence-transformers
    model. `threads` None takes what the machine has idle. `adapter` is a folder of trained changes to the
    default weights (see `coder.encoding.adapter`).
    Raises ModelError if weights or adapter cannot be used, InputError for an impossible request.
    """
    from coder.encoding.caching import CachingEncoder
    from coder.encoding.threads import chosen_threads

    workers = chosen_threads(threads)
    if name in ("default", "torch"):
        from coder.encoding.minilm import MiniLM

        return CachingEncoder(MiniLM(workers, adapter, backend="torch" if name == "torch" else "openvino"))
    if adapter:
        raise InputError(
            f"An adapter changes the default encoder's weights; it cannot be used with '{name}'."
        )
    from coder.encoding.named import NamedEncoder

    return CachingEncoder(NamedEncoder(name, workers))


def weights_of(encoder_id: str) -> str:
    """Return the part of an encoder's id that names weights and adapter, without backend and precision.

    Vectors of two encoders may be used together (a model trained on one, applied with the other) exactly
    if this part is equal; the backends differ by less than 0.001 in cosine.
    """
    return encoder_id.partition("/")[0]
