"""The one function that finds an encoder by name."""

from pathlib import Path
from typing import Literal

from coder.encoding.protocol import Encoder
from coder.errors import InputError

BETWEEN = {
    "all-MiniLM-L6-v2": "[SEP]",
    "all-mpnet-base-v2": "</s></s>",
}  # special tokens, as between two sentences
ASKED_WORDS = 28


def get_encoder(name: str = "default", *, threads: int | None = None, adapter: Path | None = None) -> Encoder:
    """Return an encoder, its vectors kept in the user's cache.

    "default" is all-MiniLM-L6-v2 without torch, "large" all-mpnet-base-v2 likewise; "torch" is the former by
    sentence-transformers, the exact but slow reference; any other name is the folder (or installed name) of a
    sentence-transformers model. `threads` None takes what the machine has idle. `adapter` is a folder of trained
    changes (see `coder.encoding.adapter`) to the weights of one of the first two: it decides which.
    Raises ModelError if weights or adapter cannot be used, InputError for an impossible request.
    """
    from coder.encoding.caching import CachingEncoder
    from coder.encoding.threads import chosen_threads

    workers = chosen_threads(threads)
    if name in ("default", "large", "torch"):
        from coder.encoding import large_weights
        from coder.encoding.adapter import base_of

        backend: Literal["openvino", "torch"] = "torch" if name == "torch" else "openvino"
        if name == "large" or (adapter and base_of(Path(adapter)) == large_weights.SHA256):
            from coder.encoding.mpnet import MPNet

            return CachingEncoder(MPNet(workers, adapter, backend=backend))
        from coder.encoding.minilm import MiniLM

        return CachingEncoder(MiniLM(workers, adapter, backend=backend))
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


def answer(encoder_id: str, question: str, text: str) -> str:
    """Return a text with the end of its question before it, set apart as the encoder was taught."""
    asked = " ".join(question.split()[-ASKED_WORDS:])
    return f"{asked}{BETWEEN.get(encoder_id.partition(':')[0], ' ')}{text}"
