"""Learning from coded excerpts as `coder train` does, beside simple methods, on studies held out whole."""

import time
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from starter_material import COMB, comb_rows, training_set

from coder.codebook import Code, Codebook
from coder.domain import POLARITIES
from coder.encoding import get_encoder
from coder.learning import Batch, TrainingSet, blank_model, train_model
from coder.learning.evaluation.metrics import kappa_of

Places = NDArray[np.intp]
Told = tuple[Places, Places]  # code and direction of each text
METHODS = ("words + SVM", "vectors + LR", "words + vectors + SVM", "coder train")


class Comparison:
    """The excerpts with one code and a direction: those to learn from, and those of other studies."""

    def __init__(self) -> None:
        rows = [row for row in comb_rows() if len(row["codes"]) == 1 and row["polarity"] in POLARITIES[:2]]
        held = np.array([zlib.crc32(row["study"].encode()) % 5 == 0 for row in rows])
        self.pool, self.test = np.flatnonzero(~held), np.flatnonzero(held)
        self.data = training_set(rows)
        self.codes, self.sides = self.data.labels.argmax(axis=1), self.data.polarity_places()
        self.encoder = get_encoder()
        self.names_only = Codebook("names only", tuple(Code(code.id, code.label) for code in COMB.codes))

    def rows(self, sizes: Sequence[int]) -> Iterator[str]:
        """Yield what each method reaches with so many excerpts, as lines: kappas and seconds."""
        self.encoder.encode(self.data.texts)  # so that the seconds are those of learning
        yield (
            f"{len(self.pool)} excerpts to learn from, {len(self.test)} of other studies;"
            " kappa of themes / of polarity, seconds"
        )
        for size in sizes:
            train = np.sort(np.random.default_rng(size).permutation(self.pool)[:size])
            for name in METHODS:
                begun = time.perf_counter()
                themes, polarity = (
                    self.ours(self.data.rows(train)) if name == METHODS[-1] else self.linear(name, train)
                )
                code, side = (
                    kappa_of(self.codes[self.test], themes),
                    kappa_of(self.sides[self.test], polarity),
                )
                yield f"{size:6} {name:22} {code:.2f} / {side:.2f}  {time.perf_counter() - begun:6.1f} s"

    def ours(self, part: TrainingSet) -> Told:
        model = train_model(part, self.names_only, base=blank_model(self.names_only, self.encoder))
        texts, studies = self.texts(self.test), [self.data.studies[int(row)] for row in self.test]
        told = model.predict(Batch.of_texts(texts, studies=studies))
        return told.forced.argmax(axis=1), told.polarity[:, :2].argmax(axis=1)

    def linear(self, kind: str, train: Places) -> Told:
        texts = [self.texts(train), self.texts(self.test)]
        vectors = [self.encoder.encode(part) for part in texts]
        if kind == "vectors + LR":
            parts, learner = vectors, LogisticRegression(class_weight="balanced", max_iter=2000)
        else:
            words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
            parts, learner = [words.fit_transform(texts[0]), words.transform(texts[1])], LinearSVC()
            if kind == "words + vectors + SVM":
                pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
                more = [pieces.fit_transform(texts[0]), pieces.transform(texts[1])]
                parts = [
                    hstack([*three]) for three in zip(parts, more, map(csr_matrix, vectors), strict=True)
                ]
        codes, sides = (
            learner.fit(parts[0], truth[train]).predict(parts[1]) for truth in (self.codes, self.sides)
        )
        return codes, sides

    def texts(self, places: Places) -> list[str]:
        return [self.data.texts[int(place)] for place in places]
