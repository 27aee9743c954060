"""What runs inside a Dask worker: it is given the model once and then codes parts."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from distributed import Worker, WorkerPlugin

from coder import __version__
from coder.codebook import Codebook
from coder.workflow.precoding.parts import Opinions, Part, coded

if TYPE_CHECKING:
    from coder.learning.model import Model

_models: dict[str, "Model"] = {}
_one_at_a_time = Lock()  # a part already uses all of the worker's threads


@dataclass(frozen=True)
class ModelFiles:
    """A model as it travels: the files of its folder by relative path, or none for a model known by name."""

    name: str
    files: Mapping[str, bytes]
    codebook: Codebook | None

    def loaded(self, threads: int) -> "Model":
        """Load the model; raises ModelError if it is damaged or does not fit this installation."""
        from coder.learning.persistence.model_files import load_model

        if not self.files:
            return load_model(self.name, codebook=self.codebook, threads=threads)
        with tempfile.TemporaryDirectory(prefix="coder-model-") as folder:
            for relative, content in self.files.items():
                path = Path(folder) / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            return load_model(folder, codebook=self.codebook, threads=threads)


class ModelPlugin(WorkerPlugin):  # type: ignore[misc]  # Dask is not typed
    """Gives every worker, also one that comes later, the model before its first part."""

    def __init__(self, name: str, model: ModelFiles) -> None:
        self.name = name
        self._model = model

    def setup(self, worker: Worker) -> None:
        """Load the model in the worker's process."""
        _models[self.name] = self._model.loaded(worker.state.nthreads)

    def teardown(self, worker: Worker) -> None:
        """Forget the model."""
        _models.pop(self.name, None)


def model_print(name: str) -> dict[str, Any]:
    """Return what decides this worker's results: version, model, codebook, encoder."""
    return {"version": __version__, **_models[name].fingerprint}


def code_part(name: str, part: Part) -> Opinions:
    """Return what the model of that name says of a part."""
    with _one_at_a_time:
        return coded(_models[name], part)
