"""From tuned weights to a small adapter: several runs averaged, the change kept at low rank."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coder.encoding.weights import SHA256
from coder.learning.training.encoder_tuning import Tuned, Weights

RANK = 32  # the change is of higher rank, but what lies beyond did not move any figure


def averaged(runs: Sequence[Tuned]) -> Tuned:
    """Return the mean of several runs' weights (Wortsman et al. 2022, "Model soups"): better than each of them."""
    weights: Weights = {
        name: np.mean([run.weights[name] for run in runs], axis=0).astype(np.float32)
        for name in runs[0].weights
    }
    polarity = np.mean([run.polarity for run in runs], axis=0).astype(np.float32)
    return Tuned(weights, polarity, np.mean([run.intercept for run in runs], axis=0).astype(np.float32))


def write_adapter(
    tuned: Weights, base: Weights, folder: Path, *, rank: int = RANK, sha: str = SHA256
) -> None:
    """Write the change from the official weights `base` as an adapter (see `coder.encoding.adapter`).

    A matrix keeps the `rank` strongest directions of its change (truncated singular value decomposition, halves in
    float16); vectors are kept whole. `sha` is the SHA-256 of the official weights.
    """
    from safetensors.numpy import save_file

    arrays: dict[str, NDArray[np.floating]] = {}
    for name, weight in tuned.items():
        change = weight.astype(np.float64) - base[name]
        if change.ndim == 2:
            left, strength, right = np.linalg.svd(change, full_matrices=False)
            root = np.sqrt(strength[:rank])
            arrays[f"{name}.lora_B"] = (left[:, :rank] * root).astype(np.float16)
            arrays[f"{name}.lora_A"] = (right[:rank] * root[:, None]).astype(np.float16)
        else:
            arrays[f"{name}.delta"] = change.astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(arrays, str(folder / "adapter.safetensors"))
    card = {"format": 1, "base": sha, "scale": 1.0, "rank": rank}
    (folder / "adapter.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
