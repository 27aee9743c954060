"""Any sentence-transformers model a person names, from a local folder or the local model cache.

Where the encoders lie that this user trained models with is kept for this user, never taken from a model's file: a
model from somebody else could name any folder of this machine. So a card holds an encoder's name and the hash of its
weights, and the folder is looked up here, or is the one that CODER_ENCODER names.
"""

import hashlib
import json
import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.encoding.encoder import Progress
from coder.errors import ModelError
from coder.installation import data_folder, require

VARIABLE = "CODER_ENCODER"
FILE = "encoders.json"
BATCH = 32


def remember(weights: str, folder: Path) -> None:
    """Keep where the encoder with these weights lies; if that cannot be written, CODER_ENCODER serves later."""
    known = _known()
    known[weights] = str(folder.resolve())
    with suppress(OSError):
        target = data_folder() / FILE
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")


def folder_or_name(name: str, weights: str) -> str:
    """Return what to load for a model that was trained with the encoder `name` with these weights.

    Raises ModelError if the name is a path, or a folder in the current one, that this user never trained with.
    """
    if folder := os.environ.get(VARIABLE):
        return folder
    if known := _known().get(weights):
        return known
    if "/" in name or "\\" in name or name in (".", "..") or Path(name).exists():
        raise ModelError(
            f"The model was trained with an encoder in the folder '{Path(name).name}', and nobody trained with it"
            f" here. If you have that encoder, set {VARIABLE} to its folder; its weights are compared."
        )
    return name


def _known() -> dict[str, str]:
    try:
        stored = json.loads((data_folder() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, RuntimeError):
        return {}
    return {str(key): str(value) for key, value in stored.items()} if isinstance(stored, dict) else {}


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
            # Of a name that is no folder the library says that it could not connect, which was never tried.
            why = f" ({str(error).splitlines()[0]})" if Path(name).exists() else ""
            raise ModelError(
                f"There is no encoder '{name}' on this machine (nothing is downloaded). Give the folder of a"
                f" sentence-transformers model, or 'default'.{why}"
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
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), BATCH):
            indices = order[start : start + BATCH]
            vectors[indices] = self._model.encode(
                [texts[index] for index in indices],
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress:
                progress(len(indices))
        return vectors


def _identity(name: str, model: Any) -> str:
    """Return the model's own name with the hash of its weights, wherever they lie: two of a name may differ."""
    digest = hashlib.sha256()
    for key, weight in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(weight.contiguous().float().numpy().data)
    return f"{Path(name).name}:{digest.hexdigest()[:12]}"
