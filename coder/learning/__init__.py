"""Learning to code: models that read a codebook, learn from coded excerpts, and say why.

model = load_model("starter")
said = model.predict(Batch.of_texts(["I never have the time."]))
said.codes, said.scores, said.polarity, said.evidence(0, "physical_opportunity")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coder.learning.dataset import Batch, TrainingSet, label_matrix
    from coder.learning.model import Model, Predictions, blank_model
    from coder.learning.persistence.model_files import folder_of, load_model, save_model
    from coder.learning.training.train import train_model

__all__ = [
    "Batch", "Model", "Predictions", "TrainingSet", "blank_model", "folder_of", "label_matrix", "load_model",
    "save_model", "train_model",
]  # fmt: skip
_WHERE = {
    "Batch": "dataset", "TrainingSet": "dataset", "label_matrix": "dataset", "Model": "model", "Predictions": "model",
    "folder_of": "persistence.model_files", "load_model": "persistence.model_files",
    "save_model": "persistence.model_files", "blank_model": "model", "train_model": "training.train",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what is asked for: the values of this package are read without what trains and runs models."""
    if name in _WHERE:
        return getattr(import_module(f"coder.learning.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'coder.learning' has no attribute '{name}'")
