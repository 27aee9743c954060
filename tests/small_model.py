"""A model of the real one's interface that learns which words go with which code: quick and plain to see through."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.learning import Batch, TrainingSet
from coder.learning.features.wording import language_of_answer
from coder.learning.persistence.card import ModelCard, TrainingData


class LetterEncoder:
    """Vectors of letter counts, length 1."""

    id = "letters"
    dimension = 26

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        counts = np.array([[text.lower().count(chr(97 + at)) + 0.01 for at in range(26)] for text in texts])
        counts = counts.reshape(len(texts), 26)
        unit: NDArray[np.float32] = (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(
            np.float32
        )
        return unit


class Keywords:
    """Suggests a code where one of its words occurs."""

    def __init__(self, codebook: Codebook, words: Mapping[str, Sequence[str]], name: str = "starter") -> None:
        self.codebook, self.words, self.name = codebook, dict(words), name
        self.card = ModelCard(data=TrainingData(0), name=name)
        self.encoder = LetterEncoder()

    @property
    def fingerprint(self) -> dict[str, str]:
        return {"model": self.name, "arrays": "", "codebook": self.codebook.hash, "encoder": self.encoder.id}

    def unread_languages(self, batch: Batch) -> tuple[str | None, ...]:
        return tuple(map(language_of_answer, batch.texts, batch.questions))

    def predict(self, batch: Batch, *, progress: Callable[[int, int], None] | None = None) -> Any:
        texts = batch.texts
        if progress:
            progress(len(texts), len(texts))
        codes = self.codebook.ids
        hits = np.array(
            [
                [any(word in text.lower() for word in self.words.get(code, ())) for code in codes]
                for text in texts
            ]
        ).reshape(len(texts), len(codes))
        scores = np.where(hits, 0.9, 0.1)
        return SimpleNamespace(
            codes=codes,
            scores=scores,
            forced=scores / scores.sum(axis=1, keepdims=True),
            codable=scores.max(axis=1),
            selected=hits,
            polarity=np.tile([0.6, 0.3, 0.1], (len(texts), 1)),
            languages=self.unread_languages(batch),
            evidence=lambda at, code: f"word of {code}",
        )


def train(data: TrainingSet, codebook: Codebook, *, base: object, name: str) -> Keywords:
    """Keep for each code the words at least 4 in 5 of whose texts carry it."""
    words: dict[str, list[str]] = {}
    tokens = [set(text.lower().replace(".", "").replace(",", "").split()) for text in data.texts]
    weights = np.asarray(data.weights)
    for place, code in enumerate(codebook.ids):
        for word in sorted(set().union(*tokens)):
            rows = np.array([word in held for held in tokens]) & (data.labels[:, place] >= 0)
            share = (weights * (data.labels[:, place] == 1))[rows].sum() / max(weights[rows].sum(), 1e-9)
            if rows.sum() >= 3 and share >= 0.8:
                words.setdefault(code, []).append(word)
    return Keywords(codebook, words, name)


def save(model: Keywords, folder: str, *, adapter: Path | None = None) -> None:
    Path(folder, "card.json").write_text(json.dumps({"name": model.name, "words": model.words}))


def load(
    name: str | Path = "starter", *, codebook: Codebook, encoder: object = None, threads: object = None
) -> Keywords:
    card = Path(name) / "card.json"
    if card.is_file():
        held = json.loads(card.read_text())
        return Keywords(codebook, held["words"], held["name"])
    return Keywords(codebook, {"rain": ["rain", "it"], "sun": ["laughed"]})


def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the small model in the place of the real one for one test."""
    monkeypatch.setattr("coder.learning.persistence.model_files.load_model", load)
    monkeypatch.setattr("coder.learning.persistence.model_files.save_model", save)
    monkeypatch.setattr("coder.learning.training.train.train_model", train)
