"""Where encoders lie that this user trained models with: kept for this user, never taken from a model's file.

A model from somebody else could name any folder of this machine. So a card holds an encoder's name and the hash of
its weights, and the folder is looked up here, or is the one that CODER_ENCODER names.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from coder.errors import ModelError
from coder.installation import data_folder

VARIABLE = "CODER_ENCODER"
FILE = "encoders.json"


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
    if told := os.environ.get(VARIABLE):
        return told
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
        held = json.loads((data_folder() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, RuntimeError):
        return {}
    return {str(key): str(value) for key, value in held.items()} if isinstance(held, dict) else {}
