"""Learning to code: models that read a codebook, learn from coded excerpts, and say why.

model = load_model("starter")
said = model.predict(Batch.of_texts(["I never have the time."]))
said.codes, said.scores, said.polarity, said.evidence(0, "physical_opportunity")
"""

from coder.learning.dataset import Batch, TrainingSet, label_matrix
from coder.learning.model import Model, Predictions
from coder.learning.persistence.model_files import folder_of, load_model, save_model
from coder.learning.training.codebook_transfer import blank_model
from coder.learning.training.train import train_model

__all__ = [
    "Batch", "Model", "Predictions", "TrainingSet", "blank_model", "folder_of", "label_matrix", "load_model",
    "save_model", "train_model",
]  # fmt: skip
