"""Texts to vectors: the encoder protocol, the lean default and the torch reference, the vector cache.

    encoder = get_encoder()
    vectors = encoder.encode(["the clinic is too far away"])   # (1, 384), float32, length 1

A text has the same vector to the last bit whatever it is encoded together with, in which order, and with
how many threads.
"""

from pathlib import Path
from typing import Literal

from coder.encoding.encoder import Encoder, answer, weights_of
from coder.errors import InputError

__all__ = ["Encoder", "answer", "get_encoder", "weights_of"]


def get_encoder(name: str = "default", *, threads: int | None = None, adapter: Path | None = None) -> Encoder:
    """Return an encoder, its vectors kept in the user's cache.

    "default" is all-MiniLM-L6-v2 without torch, "large" all-mpnet-base-v2 likewise; "torch" is the former by
    sentence-transformers, the exact but slow reference; any other name is the folder (or installed name) of a
    sentence-transformers model. `threads` None takes what the machine has idle. `adapter` is a folder of trained
    changes (see `coder.encoding.adapter`) to the weights of one of the first two: it decides which.
    Raises ModelError if weights or adapter cannot be used, InputError for an impossible request.
    """
    from coder.encoding.caching import CachingEncoder
    from coder.encoding.encoder import chosen_threads

    workers = chosen_threads(threads)
    if name in ("default", "large", "torch"):
        from coder.encoding import large_weights
        from coder.encoding.adapter import base_of

        backend: Literal["openvino", "torch"] = "torch" if name == "torch" else "openvino"
        if name == "large" or (adapter and base_of(Path(adapter)) == large_weights.SHA256):
            from coder.encoding.transformer import MPNet

            return CachingEncoder(MPNet(workers, adapter, backend=backend))
        from coder.encoding.transformer import MiniLM

        return CachingEncoder(MiniLM(workers, adapter, backend=backend))
    if adapter:
        raise InputError(
            f"An adapter changes the default encoder's weights; it cannot be used with '{name}'."
        )
    from coder.encoding.named import NamedEncoder

    return CachingEncoder(NamedEncoder(name, workers))
