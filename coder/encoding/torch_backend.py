"""The reference backend: sentence-transformers on torch, float32. Exact, slow to start, needs no special CPU."""

import platform
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from coder.encoding.batches import Batch
from coder.encoding.weights import Weights, model_folder
from coder.installation import require


class TorchBackend:
    """Runs batches through the official SentenceTransformer pipeline with the given weights."""

    def __init__(self, weights: Weights, threads: int) -> None:
        require("tune", "The encoder 'torch'")
        import torch
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(
            str(model_folder()), device="cpu", local_files_only=True, trust_remote_code=False
        )
        state = {name: torch.from_numpy(array) for name, array in weights.items()}
        self._model[0].auto_model.load_state_dict(state, strict=False)
        self._threads = threads

    @staticmethod
    def described(threads: int) -> tuple[str, str]:
        """Return version and precision for the encoder's id, and what else decides the last bits."""
        import torch

        return f"torch-{torch.__version__.split('+')[0]}-f32", f"{platform.machine()}, {threads} threads"

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, NDArray[np.float32]]]:
        """Yield each batch with its rows' vectors of length 1, (rows, 384)."""
        import torch

        torch.set_num_threads(self._threads)
        for batch in batches:
            features = {
                "input_ids": torch.from_numpy(batch.ids).long(),
                "attention_mask": torch.from_numpy(batch.mask).long(),
            }
            with torch.inference_mode():
                found = self._model(features)["sentence_embedding"]
            yield batch, found.numpy()
