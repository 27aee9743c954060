"""Adapters: trained changes to the small or the large encoder's weights, as plain data in a folder.

    adapter.json           {"format": 1, "base": SHA-256 of the weights it changes, "scale": 1.0, ...}
    adapter.safetensors    for a weight W named as in the Hugging Face BertModel or MPNetModel, either
                           W.delta (same shape, added), or
                           W.lora_A (r x in) and W.lora_B (out x r): scale * B @ A is added (Hu et al. 2022,
                           "LoRA: Low-Rank Adaptation of Large Language Models", eq. 3)

Merged into the weights before the encoder is built, so an adapted encoder costs nothing extra at use.

A name with "branch." before it is of the branch: a second set of the upper layers, from the lowest one named on. What
changes is then the weight of that name as the adapter leaves it. A branch costs the time of its layers.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.encoding.weights import SHA256, Weights
from coder.errors import ModelError

FILES = ("adapter.json", "adapter.safetensors")
SIZE_LIMIT = 500_000_000  # bytes; a full replacement of all weights in float32 is 91 MB
MOST_NUMBERS = (
    30_000_000  # in one weight; the largest, the word embeddings of the large encoder, have 23 million
)
Halves = tuple[NDArray[np.floating], NDArray[np.floating]]
BRANCH = "branch."
LAYER = re.compile(r"encoder\.layer\.(\d+)\.")
RANK = 32  # the change is of higher rank, but what lies beyond did not move any figure


@dataclass(frozen=True)
class Adapter:
    """An adapter as read: whole changes and changes in two halves, by weight name; `sha` of both files' bytes."""

    sha: str
    whole: dict[str, NDArray[np.floating]]
    halves: dict[str, Halves]
    scale: float = 1.0

    @property
    def branched(self) -> bool:
        """Whether it has a branch."""
        return any(name.startswith(BRANCH) for name in (*self.halves, *self.whole))

    def merged(self, weights: Weights) -> Weights:
        """Return the weights with the changes added (in float64, then rounded, the same on every machine).

        Those of the branch are there under their names with "branch." before them, each layer whole.
        Raises ModelError for a change to a weight that does not exist or has another shape.
        """
        shapes = {name: (left.shape[0], right.shape[1]) for name, (left, right) in self.halves.items()}
        shapes |= {name: change.shape for name, change in self.whole.items()}
        wrong = [
            f"{name} {list(shape)}"
            for name, shape in shapes.items()
            if (of := name.removeprefix(BRANCH)) not in weights
            or weights[of].shape != shape
            or (of != name and not LAYER.match(of))
        ]
        if wrong:
            raise ModelError(f"The adapter changes weights the encoder does not have: {', '.join(wrong)}.")
        branch = {name.removeprefix(BRANCH) for name in shapes if name.startswith(BRANCH)}
        merged = {
            **weights,
            **{name: self._changed(name, weights[name]) for name in shapes if not name.startswith(BRANCH)},
        }
        if not branch:
            return merged
        first = min(layer_of(name) for name in branch)
        return merged | {
            BRANCH + name: self._changed(BRANCH + name, merged[name]) if name in branch else merged[name]
            for name in weights
            if layer_of(name) >= first
        }

    def _changed(self, name: str, weight: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one weight with its change; one at a time, since in float64 all would not fit small machines."""
        found = weight.astype(np.float64)
        if name in self.halves:
            left, right = self.halves[name]
            found += self.scale * (left.astype(np.float64) @ right.astype(np.float64))
        if name in self.whole:
            found += self.whole[name]
        return found.astype(np.float32)


def layer_of(name: str) -> int:
    """Return the number of the layer that a weight belongs to, -1 for one below all layers."""
    found = LAYER.match(name)
    return int(found[1]) if found else -1


def base_of(path: Path) -> str:
    """Return the SHA-256 of the weights that an adapter changes; raises ModelError as `read_adapter` does."""
    folder = path.parent if path.suffix == ".safetensors" else path
    file = folder / FILES[0]
    if not file.is_file():
        raise ModelError(f"{folder} is not an encoder adapter: it has no {file.name}.")
    return str(_card(file.read_bytes(), folder).get("base"))


def read_adapter(path: Path, base: str = SHA256) -> Adapter:
    """Read an adapter from its folder (or the path of its adapter.safetensors).

    Raises ModelError if a file is missing, damaged, or made for other weights than those with the SHA-256 `base`.
    """
    folder = path.parent if path.suffix == ".safetensors" else path
    content = {}
    for name in FILES:
        file = folder / name
        if not file.is_file():
            raise ModelError(f"{folder} is not an encoder adapter: it has no {name}.")
        if file.stat().st_size > SIZE_LIMIT:
            raise ModelError(f"{file} is over {SIZE_LIMIT // 1_000_000} MB, too large for an adapter.")
        content[name] = file.read_bytes()
    card = _card(content["adapter.json"], folder)
    if card.get("base") != base:
        raise ModelError(f"{folder} was made for other base weights than this version's; train it again.")
    if not isinstance(card.get("scale", 1.0), (int, float)):
        raise ModelError(f"{folder / 'adapter.json'}: scale must be a number.")
    arrays = _arrays(content["adapter.safetensors"], folder)
    sha = hashlib.sha256(b"".join(content[name] for name in FILES)).hexdigest()
    whole, halves = _changes(arrays, folder)
    return Adapter(sha, whole, halves, float(card.get("scale", 1.0)))


def _card(content: bytes, folder: Path) -> dict[str, Any]:
    try:
        card = json.loads(content)
    except ValueError as error:
        raise ModelError(f"{folder / 'adapter.json'} is not JSON: {error}.") from error
    if not isinstance(card, dict) or card.get("format") != 1:
        raise ModelError(f"{folder / 'adapter.json'} is not of format 1, the only one this version reads.")
    return card


def _arrays(content: bytes, folder: Path) -> dict[str, NDArray[np.floating]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = dict(load(content))
    except (SafetensorError, ValueError, TypeError) as error:
        raise ModelError(f"{folder / 'adapter.safetensors'} is damaged: {error}.") from error
    bad = [name for name, array in arrays.items() if not np.isfinite(array).all()]
    if bad:
        raise ModelError(f"{folder / 'adapter.safetensors'} holds values that are not numbers in {bad[0]}.")
    return arrays


def _changes(
    arrays: dict[str, NDArray[np.floating]], folder: Path
) -> tuple[dict[str, NDArray[np.floating]], dict[str, Halves]]:
    whole: dict[str, NDArray[np.floating]] = {}
    halves: dict[str, Halves] = {}
    for key, array in arrays.items():
        weight, _, kind = key.rpartition(".")
        if kind == "delta":
            whole[weight] = array
        elif kind == "lora_A" and (other := arrays.get(f"{weight}.lora_B")) is not None:
            if array.ndim != 2 or other.ndim != 2 or array.shape[0] != other.shape[1]:
                raise ModelError(f"{folder}: the two factors of {weight} do not fit each other.")
            if other.shape[0] * array.shape[1] > MOST_NUMBERS:
                raise ModelError(f"{folder}: the factors of {weight} unfold to more than any weight has.")
            halves[weight] = other, array
        elif not (kind == "lora_B" and f"{weight}.lora_A" in arrays):
            raise ModelError(f"{folder}: '{key}' is neither a .delta nor half of a .lora_A/.lora_B pair.")
    return whole, halves


def write_adapter(
    tuned: Weights, base: Weights, folder: Path, *, rank: int = RANK, sha: str = SHA256
) -> None:
    """Write the change from the official weights `base` as an adapter, as `read_adapter` reads it.

    `sha` is the SHA-256 of the official weights.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(_reduced(tuned, base, rank), str(folder / "adapter.safetensors"))
    card = {"format": 1, "base": sha, "scale": 1.0, "rank": rank}
    (folder / "adapter.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def write_branch(tuned: Weights, base: Weights, folder: Path, *, rank: int, sha: str = SHA256) -> None:
    """Give the adapter in a folder a branch, in place of the one it has: layers `tuned` from its own weights.

    `base` are the official weights, `sha` their SHA-256.
    """
    from safetensors.numpy import save_file

    adapter = read_adapter(folder, sha)
    file = folder / "adapter.safetensors"
    kept = {
        name: part for name, part in _arrays(file.read_bytes(), folder).items() if not name.startswith(BRANCH)
    }
    branch = _reduced(tuned, adapter.merged(base), rank)
    save_file(kept | {BRANCH + name: part for name, part in branch.items()}, str(file))
    card = _card((folder / "adapter.json").read_bytes(), folder) | {"branch rank": rank}
    (folder / "adapter.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _reduced(tuned: Weights, base: Weights, rank: int) -> dict[str, NDArray[np.floating]]:
    """Return the change from `base` to `tuned` as the arrays of an adapter.

    A matrix keeps the `rank` strongest directions of its change (truncated singular value decomposition, halves in
    float16); vectors are kept whole.
    """
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
    return arrays
