"""The large encoder, all-mpnet-base-v2: slower by six times, and reads much better what is said between the words."""

from functools import cached_property
from pathlib import Path

from coder.encoding import large_weights as large
from coder.encoding.batches import Tokeniser
from coder.encoding.minilm import Backend, MiniLM
from coder.encoding.weights import Weights
from coder.errors import InputError

FIRST, LAST = 0, 2  # the tokens around a text


class MPNet(MiniLM):
    """all-mpnet-base-v2: mean of the token vectors, length 1, 768 dimensions; long texts as MiniLM."""

    name, sha, dimension = large.NAME, large.SHA256, 768

    def __init__(self, threads: int, adapter: Path | None, *, backend: str = "openvino") -> None:
        if backend == "torch":
            raise InputError("The torch reference computes the small encoder only.")
        super().__init__(threads, adapter)

    def _weights(self) -> Weights:
        return large.large_weights()

    @cached_property
    def _backend(self) -> Backend:
        from coder.encoding.openvino_backend import MPNetGraph, OpenVINOBackend

        weights = self._weights()
        merged = self._changes.merged(weights) if self._changes else weights
        return OpenVINOBackend(merged, self._threads, MPNetGraph)

    @cached_property
    def _tokeniser(self) -> Tokeniser:
        return Tokeniser(large.ready_folder() / large.TOKENISER, FIRST, LAST)
