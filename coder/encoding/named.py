"""Any sentence-transformers model a person names, from a local folder or the local model cache."""

import hashlib
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.encoding.protocol import Progress
from coder.errors import ModelError
from coder.installation import require

BATCH = 32


class NamedEncoder:
    """A sentence-transformers model as it is: its own length limit, float32, on the processor."""

    def __init__(self, name: str, threads: int) -> None:
        require("tune", "An encoder of another name")
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(
                name, device="cpu", local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError) as error:
            raise ModelError(
                f"There is no encoder '{name}' on this machine (nothing is downloaded). Give the folder of a"
                f" sentence-transformers model, or 'default'. ({str(error).splitlines()[0]})"
            ) from error
        import torch

        self._threads = threads
        self.dimension = int(self._model.get_sentence_embedding_dimension() or 0)
        self.id = f"{_identity(name, self._model)}/torch-{torch.__version__.split('+')[0]}-f32"
        self.fingerprint = f"{self.id}/{platform.machine()}, {threads} threads"

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one row of length 1 per text, (n, dimension); texts are taken one length at a time."""
        import torch

        torch.set_num_threads(self._threads)
        found = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            found[places] = self._model.encode(
                [texts[place] for place in places],
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress:
                progress(len(places))
        return found


def _identity(name: str, model: Any) -> str:
    """Return the model's own name with the hash of its weights, wherever they lie: two of a name may differ."""
    found = hashlib.sha256()
    for key, weight in sorted(model.state_dict().items()):
        found.update(key.encode())
        found.update(weight.contiguous().float().numpy().data)
    return f"{Path(name).name}:{found.hexdigest()[:12]}"
