"""The study's model versions: opened from the study file, packed into it, listed, compared, gone back to."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from coder.errors import ModelError, StudyError
from coder.store import Study
from coder.store.values import ModelVersion

if TYPE_CHECKING:
    from coder.learning.model import Model

FIRST, NONE = "starter", "none"


def active_version(study: Study, model: str | None = None) -> ModelVersion:
    """Return the version in use, starting with the shipped one; `model` (a name or folder) changes to that.

    Raises ModelError if there is no such model.
    """
    active = study.models.active()
    if model is None and active is not None:
        return active
    from coder.learning.persistence.model_files import load_model

    name = model or FIRST
    loaded = load_model(name, codebook=study.codebooks.current())
    if name == FIRST:
        name = loaded.name  # `starter` may stand for another model here than where the study is opened next
    version = study.models.add_shipped(name, described(loaded), study.codebooks.current().hash)
    if active is None or active.id != version.id:
        study.models.activate(version.id, "first suggestions" if active is None else "chosen by hand")
    return version


def untested_codes(study: Study) -> frozenset[str]:
    """Return the codes of the study that the model in use was never tested with.

    Empty before the first model, and where the model in use is gone from this machine and with it its card.
    """
    from coder.learning.persistence.card import StoredCard
    from coder.learning.persistence.model_files import folder_of, stored_card

    version = study.models.active()
    if version is None:
        return frozenset()
    codes = frozenset(study.codebooks.current().ids)
    if version.base == NONE and version.shipped:
        return codes
    try:
        if version.shipped:
            return codes - stored_card(folder_of(version.base)).tested_codes
        return (
            codes - StoredCard.from_dict(json.loads(study.models.files(version.id)["card.json"])).tested_codes
        )
    except (ModelError, ValueError, KeyError):
        return frozenset()


def described(model: "Model") -> dict[str, object]:
    """Return what names a model wherever it lies: its name and the hash of its arrays, as far as they are known."""
    named = {"name": model.card.name, "arrays_sha256": model.card.arrays_sha256}
    return {key: value for key, value in named.items() if value is not None}


def open_version(study: Study, version: ModelVersion) -> "Model":
    """Load a version for the study's present codebook. Raises ModelError if it is damaged or missing."""
    from coder.learning.persistence.model_files import load_model

    codebook = study.codebooks.current()
    if version.shipped:
        return load_model(version.base, codebook=codebook)
    with TemporaryDirectory() as folder:
        for name, content in study.models.files(version.id).items():
            path = (Path(folder) / name).resolve()
            if not path.is_relative_to(Path(folder).resolve()):
                raise ModelError(
                    f"The model {version.label} in {study.path.name} names a file outside itself."
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        model = load_model(folder, codebook=codebook)
    model.name = version.label
    return model


def packed(model: "Model", base: str) -> dict[str, bytes]:
    """Return a model's files by name, as they are stored in the study.

    The changes to the encoder come from the model `base` it was trained from; with them in the study, it opens
    also when the program brings another shipped model.
    """
    from coder.learning.persistence.model_files import folder_of, save_model

    encoder = folder_of(FIRST if base == NONE else base) / "encoder"
    with TemporaryDirectory() as folder:
        save_model(model, folder, adapter=encoder if encoder.is_dir() else None)
        files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def roll_back(study: Study, label: str | None = None, *, coder: str | None = None) -> ModelVersion:
    """Use an earlier version again: the one named, else the one in use before this. The later ones stay listed.

    Raises StudyError if there is no earlier version.
    """
    if label is not None:
        target = study.models.find(label)
    else:
        used = [entry[1] for entry in study.models.activations()]
        earlier = [name for name in used[1:] if name != used[0]] if used else []
        if not earlier:
            raise StudyError("There is no earlier model to go back to.")
        target = study.models.find(earlier[0])
    active = study.models.active()
    if active is not None and active.id == target.id:
        raise StudyError(f"{target.label} is in use already.")
    study.models.activate(target.id, f"back from {active.label if active else 'none'}", coder=coder)
    return study.models.get(target.id)
