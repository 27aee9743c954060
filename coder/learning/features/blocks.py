"""What a model looks at: blocks of features of a batch of texts, computed once and only when asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.encoding import Encoder
from coder.learning.features.codebook_similarity import PhraseBank
from coder.learning.features.ngrams import NGrams
from coder.learning.features.polarity_cues import cues
from coder.learning.features.topic_centering import Topics, centred, study_sums

FloatArray = NDArray[np.float32]
Progress = Callable[[int], None]
EMPTY_STUDY = "\x00 empty"


class GramBlock:
    """N-gram features of texts, multiplied without building a matrix."""

    def __init__(self, ngrams: NGrams, texts: Sequence[str]) -> None:
        self._rows = list(ngrams.rows(texts))

    def product(self, coefficients: NDArray[np.floating]) -> FloatArray:
        """Return features times coefficients, (n, k)."""
        found = np.zeros((len(self._rows), coefficients.shape[1]), dtype=np.float32)
        for row, (places, weights) in enumerate(self._rows):
            if len(places):
                found[row] = weights @ coefficients[places]
        return found


class Signals(Mapping[str, Any]):
    """Feature blocks by name.

    plain      the texts' vectors (n, d)
    centred    the same without their study's topic (n, d)
    closeness  cosine to the codebook's phrases (n, phrases)
    reading    the codebook's score of each code, standardised per row (n, k)
    cues       wording cues of polarity (n, cues.WIDTH)
    lean       how much closer to facilitator than to barrier phrases (n, 1)
    words      n-grams (only with a vocabulary)
    leaning    the lean as polarity logits (n, 3)
    question   the vectors of the questions, zeros where there is none (n, d)
    Vectors already at hand are given as `vectors`.
    Further blocks (such as what a base model says) are given as `extra`.
    """

    NAMES = ("plain", "centred", "closeness", "reading", "cues", "lean", "leaning", "question")

    def __init__(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | None,
        studies: Sequence[str] | None,
        *,
        encoder: Encoder,
        known_mean: NDArray[np.floating],
        bank: PhraseBank,
        ngrams: NGrams | None = None,
        extra: Mapping[str, FloatArray] | None = None,
        progress: Progress | None = None,
        vectors: FloatArray | None = None,
        topics: Topics | None = None,
    ) -> None:
        self.texts = texts
        self.questions = questions if questions is not None else [None] * len(texts)
        self.studies = studies
        self._encoder = encoder
        self._known_mean = known_mean
        self.bank = bank
        self._ngrams = ngrams
        self._extra = dict(extra or {})
        self._progress = progress
        self._vectors = vectors
        self._topics = topics

    def __getitem__(self, name: str) -> Any:
        return self._extra[name] if name in self._extra else getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter((*self.NAMES, *(("words",) if self._ngrams else ()), *self._extra))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @cached_property
    def plain(self) -> FloatArray:
        """The texts' vectors, (n, d)."""
        if self._vectors is not None:
            return self._vectors
        if not len(self.texts):
            return np.zeros((0, self._encoder.dimension), dtype=np.float32)
        return self._encoder.encode(self.texts, progress=self._progress)

    @cached_property
    def centred(self) -> FloatArray:
        """The vectors without their study's topic, (n, d)."""
        measured = self._topics.of(self._encoder.id) if self._topics else None
        return centred(self.plain, self._spoken_studies(), self._known_mean, measured=measured)

    @cached_property
    def topics(self) -> Topics:
        """The topics of the texts' studies in this encoder's space: those given, and the others from the texts."""
        given = self._topics.of(self._encoder.id) if self._topics else {}
        return Topics({self._encoder.id: {**study_sums(self.plain, self._spoken_studies()), **given}})

    def _spoken_studies(self) -> Sequence[str] | None:
        """Return the studies, texts without a word in one of their own: they say nothing of the topic."""
        empty = [not text.strip() for text in self.texts]
        if not any(empty):
            return self.studies
        names = self.studies if self.studies is not None else [""] * len(empty)
        return [EMPTY_STUDY if blank else str(name) for blank, name in zip(empty, names, strict=True)]

    @cached_property
    def closeness(self) -> FloatArray:
        """Cosine to each phrase, (n, phrases)."""
        return self.bank.closeness(self.centred)

    @cached_property
    def reading(self) -> FloatArray:
        """The codebook's score of each code, the row's mean taken away, (n, k)."""
        scores = self.bank.scores(self.closeness)
        return np.asarray(scores - scores.mean(axis=1, keepdims=True), dtype=np.float32)

    @cached_property
    def cues(self) -> FloatArray:
        """Wording cues, (n, WIDTH)."""
        return cues(self.texts)

    @cached_property
    def lean(self) -> FloatArray:
        """Lean toward facilitator phrases, (n, 1)."""
        return self.bank.polarity_lean(self.closeness)[:, None]

    @cached_property
    def leaning(self) -> FloatArray:
        """The lean as logits in POLARITIES order, (n, 3); texts near the middle may be mixed."""
        lean = self.lean[:, 0]
        return np.stack([-lean, lean, np.full_like(lean, -1.5)], axis=1)

    @cached_property
    def question(self) -> FloatArray:
        """The questions' vectors, (n, d)."""
        asked = list(dict.fromkeys(question for question in self.questions if question))
        table = np.zeros((len(asked) + 1, self._encoder.dimension), dtype=np.float32)
        if asked:
            table[1:] = self._encoder.encode(asked)
        place = {question: at + 1 for at, question in enumerate(asked)}
        return table[[place.get(question or "", 0) for question in self.questions]]

    @cached_property
    def words(self) -> GramBlock:
        """N-grams of the texts."""
        if self._ngrams is None:
            raise KeyError("words")
        return GramBlock(self._ngrams, self.texts)
