"""Training a model: recipes, held-out folds, code verdicts, fine-tuning of the encoder."""
