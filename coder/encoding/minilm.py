"""The default encoder, all-MiniLM-L6-v2, over either of its backends."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from coder.encoding.adapter import read_adapter
from coder.encoding.batches import Batch, Tokeniser, Window, batches_of
from coder.encoding.encoder import Progress
from coder.encoding.weights import NAME, SHA256, base_weights

Vectors = NDArray[np.float32]


class Backend(Protocol):
    """Computes batches; `name` is backend, version and precision for the id, `machine` the processor."""

    name: str
    machine: str

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Vectors]]:
        """Yield each batch with its rows' vectors of length 1, (rows, dimension)."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2: mean of the token vectors, length 1, 384 dimensions.

    A text over 256 tokens (about 190 words), which the original would cut off, is the mean of its windows,
    each counted by its length, so that the end of a long answer is heard too.
    """

    dimension = 384

    def __init__(
        self, threads: int, adapter: Path | None, *, backend: Literal["openvino", "torch"] = "openvino"
    ) -> None:
        weights = base_weights()
        source = f"{NAME}:{SHA256[:12]}"
        if adapter:
            changes = read_adapter(Path(adapter))
            weights = changes.merged(weights)
            source += f"+adapter:{changes.sha[:12]}"
        self._backend: Backend
        if backend == "torch":
            from coder.encoding.torch_backend import TorchBackend

            self._backend = TorchBackend(weights, threads)
        else:
            from coder.encoding.openvino_backend import OpenVINOBackend

            self._backend = OpenVINOBackend(weights, threads)
        self.id = f"{source}/{self._backend.name}"
        self.fingerprint = f"{self.id}/{self._backend.machine}"
        self._tokeniser = Tokeniser()

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 per text, (n, 384)."""
        windows = self._tokeniser.windows(texts)
        found = np.empty((len(windows), self.dimension), dtype=np.float32)
        for batch, vectors in self._backend.run(batches_of(windows)):
            found[batch.places] = vectors[: len(batch.places)]
            if progress:
                progress(sum(windows[place].first for place in batch.places))
        return found if len(windows) == len(texts) else _texts_from_windows(found, windows, len(texts))


def _texts_from_windows(vectors: Vectors, windows: Sequence[Window], texts: int) -> Vectors:
    """Return the rows of whole texts: the mean of their windows weighted by length, of length 1."""
    found = np.empty((texts, vectors.shape[1]), dtype=np.float32)
    pieces: dict[int, list[int]] = defaultdict(list)
    for place, window in enumerate(windows):
        pieces[window.text].append(place)
    for text, places in pieces.items():
        if len(places) == 1:
            found[text] = vectors[places[0]]
        else:
            weights = np.array([len(windows[place].ids) for place in places], dtype=np.float64)
            mean = (vectors[places].astype(np.float64) * weights[:, None]).sum(axis=0)
            found[text] = mean / np.sqrt((mean * mean).sum())
    return found
