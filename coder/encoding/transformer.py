"""The encoders by name: all-MiniLM-L6-v2 and, building on it, all-mpnet-base-v2, which are computed here; others.

With them: the parts of an encoder's id, whole rows, an answer with its question, and the threads that may be used.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from coder.arrays import Vectors
from coder.encoding import large_weights as large
from coder.encoding.adapter import base_of, read_adapter
from coder.encoding.backends import (
    Batch,
    MPNetGraph,
    OpenVINOBackend,
    Tokeniser,
    TorchBackend,
    Window,
    batches_of,
)
from coder.encoding.encoder import Branched, Encoder, Progress
from coder.encoding.weights import NAME, SHA256, Weights, base_weights
from coder.errors import InputError

FIRST, LAST = 0, 2  # the tokens around a text
BETWEEN = {
    "all-MiniLM-L6-v2": "[SEP]",
    "all-mpnet-base-v2": "</s></s>",
}  # special tokens, as between two sentences
ASKED_WORDS = 28


class Backend(Protocol):
    """Computes batches with the given weights."""

    def __init__(self, weights: Weights, threads: int) -> None: ...

    @staticmethod
    def described(threads: int) -> tuple[str, str]:
        """Return backend, version and precision for the encoder's id, and what else decides the last bits."""
        ...

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Vectors]]:
        """Yield each batch with its rows' vectors of length 1, (rows, dimension)."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2: mean of the token vectors, length 1, 384 dimensions.

    A text over 256 tokens (about 190 words), which the original would cut off, is the mean of its windows,
    each counted by its length, so that the end of a long answer is heard too.
    """

    name, sha, dimension = NAME, SHA256, 384

    def __init__(
        self, threads: int, adapter: Path | None, *, backend: Literal["openvino", "torch"] = "openvino"
    ) -> None:
        self._threads = threads
        self._changes = read_adapter(Path(adapter), self.sha) if adapter else None
        self._backend_class: type[Backend] = TorchBackend if backend == "torch" else OpenVINOBackend
        name, machine = self._backend_class.described(threads)
        self.width = self.dimension * (2 if self._changes and self._changes.branched else 1)
        adapted = f"+adapter:{self._changes.sha[:12]}" if self._changes else ""
        self.id = f"{self.name}:{self.sha[:12]}{adapted}/{name}"
        self.fingerprint = f"{self.id}/{machine}"

    def _weights(self) -> Weights:
        """Return the official weights."""
        return base_weights()

    @cached_property
    def _backend(self) -> Backend:
        """The backend with its weights, built when the first text comes that no cache knows."""
        weights = self._weights()
        return self._backend_class(self._changes.merged(weights) if self._changes else weights, self._threads)

    @cached_property
    def _tokeniser(self) -> Tokeniser:
        return Tokeniser()

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 per text, (n, dimension).

        Raises ModelError if the weights are not the official ones or the adapter does not fit them.
        """
        return self.whole(texts, progress=progress)[:, : self.dimension]

    def whole(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return one row per text, (n, width): its vector and that of the adapter's branch; raises as `encode`."""
        windows = self._tokeniser.windows(texts)
        window_vectors = np.empty((len(windows), self.width), dtype=np.float32)
        for batch, vectors in self._backend.run(batches_of(windows)):
            window_vectors[batch.places] = vectors[: len(batch.places)]
            if progress:
                progress(sum(windows[index].first for index in batch.places))
        return (
            window_vectors
            if len(windows) == len(texts)
            else _texts_from_windows(window_vectors, windows, len(texts), self.dimension)
        )


def _texts_from_windows(vectors: Vectors, windows: Sequence[Window], texts: int, dimension: int) -> Vectors:
    """Return the rows of whole texts: the mean of their windows weighted by length, each `dimension` of length 1."""
    means = np.empty((texts, vectors.shape[1]), dtype=np.float32)
    pieces: dict[int, list[int]] = defaultdict(list)
    for index, window in enumerate(windows):
        pieces[window.text].append(index)
    for text, indices in pieces.items():
        if len(indices) == 1:
            means[text] = vectors[indices[0]]
        else:
            weights = np.array([len(windows[index].ids) for index in indices], dtype=np.float64)
            mean = (vectors[indices].astype(np.float64) * weights[:, None]).sum(axis=0)
            for start in range(0, len(mean), dimension):
                part = mean[start : start + dimension]
                means[text, start : start + dimension] = part / np.sqrt((part * part).sum())
    return means


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
        weights = self._weights()
        merged = self._changes.merged(weights) if self._changes else weights
        return OpenVINOBackend(merged, self._threads, MPNetGraph)

    @cached_property
    def _tokeniser(self) -> Tokeniser:
        return Tokeniser(large.ready_folder() / large.TOKENISER, FIRST, LAST)


def get_encoder(name: str = "default", *, threads: int | None = None, adapter: Path | None = None) -> Encoder:
    """Return an encoder, its vectors kept in the user's cache.

    "default" is all-MiniLM-L6-v2 without torch, "large" all-mpnet-base-v2 likewise; "torch" is the former by
    sentence-transformers, the exact but slow reference; any other name is the folder (or installed name) of a
    sentence-transformers model. `threads` None takes what the machine has idle. `adapter` is a folder of trained
    changes (see `coder.encoding.adapter`) to the weights of one of the first two: it decides which.
    Raises ModelError if weights or adapter cannot be used, InputError for an impossible request.
    """
    from coder.encoding.caching import CachingEncoder

    workers = chosen_threads(threads)
    if name in ("default", "large", "torch"):
        backend: Literal["openvino", "torch"] = "torch" if name == "torch" else "openvino"
        if name == "large" or (adapter and base_of(Path(adapter)) == large.SHA256):
            return CachingEncoder(MPNet(workers, adapter, backend=backend))
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


def whole(encoder: Encoder, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
    """Return the whole rows of texts, (n, width); of an encoder without a branch their vectors alone."""
    read = encoder.whole if isinstance(encoder, Branched) else encoder.encode
    return read(texts, progress=progress)


def answer(encoder_id: str, question: str, text: str) -> str:
    """Return a text with the end of its question before it, set apart as the encoder was taught."""
    asked = " ".join(question.split()[-ASKED_WORDS:])
    return f"{asked}{BETWEEN.get(encoder_id.partition(':')[0], ' ')}{text}"


def chosen_threads(asked: int | None) -> int:
    """Return the number of threads to use: the one asked for, else those the machine has idle now.

    Raises InputError for fewer than one.
    """
    if asked is not None:
        if asked < 1:
            raise InputError(f"--threads must be at least 1, not {asked}.")
        return asked
    cores = usable_cores()
    return max(1, min(cores, round(cores - busy_cores())))


def usable_cores() -> int:
    """Return the processor cores this process may use (affinity and container limits respected)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):  # no control groups here, or no limit ("max")
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        cores = min(cores, max(1, int(quota) // int(period)))
    return cores


def busy_cores() -> float:
    """Return how many cores other work kept busy over the last minute (0 where the system cannot say)."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
