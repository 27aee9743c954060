"""What a model looks at: blocks of features of a batch of texts, computed once and only when asked for.

Dense and sparse columns are multiplied each in their own way: as one sparse matrix the dense columns (sentence
vectors) cost several times more than all the sparse ones.

Topic removal: the mean vector of what shares a topic is taken away; what is left tells codes apart. A whole
transcript is a topic of its own, whatever else is coded with it. The mean of fewer than WHOLE texts says little, so
the mean of the study counts for the rest: a transcript's own has the share n / WHOLE. Texts that belong to no
transcript have the topic of their study.

Each mean is shrunk toward a known mean (that of the material the model learned from) as if SHRINK further texts of
the usual kind had been there: (n * own mean + SHRINK * known mean) / (n + SHRINK), the posterior mean of a normal
mean with known variance. docs/learning.md, "Topics", has what these were chosen on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.encoding import Advance, Encoder, answer, whole
from coder.learning.dataset import NOTHING_SEEN, Batch, Fingerprints, StudySums, copy_prints, fingerprints
from coder.learning.features.codebook_similarity import FloatArray, PhraseBank, unit_rows
from coder.learning.features.wording import NGrams, cues

ASKED = "asked"  # the block that has the vectors of texts read as answers
BRANCH = "branch"  # the block that has the vectors of the encoder's branch
BRANCH_ASKED = "branch asked"  # the same of the texts read as answers
EXPECTED = "expected"  # the block that has what the questions ask for
SHRINK = 8.0  # texts that the known mean counts for
WHOLE = 20  # texts from which a transcript is a topic of its own
BARE = 2  # words of an answer that is no more than a name
AFTER = (
    0.75  # share of the vector after what was said before, in the branch; see docs/learning.md, "The branch"
)
SHORT_ANSWER = 12  # words; see docs/learning.md, "How the starter was tuned"


class MixedMatrix:
    """The dense columns (n, d) with the sparse ones (n, s; scipy CSR) to their right."""

    def __init__(self, dense: Floats, sparse: Any) -> None:
        self.dense, self.sparse = dense, sparse
        self.shape = (dense.shape[0], dense.shape[1] + sparse.shape[1])

    def __getitem__(self, rows: NDArray[np.intp]) -> "MixedMatrix":
        """Return some of the rows."""
        return MixedMatrix(self.dense[rows], self.sparse[rows])

    def __matmul__(self, table: Floats) -> Floats:
        """Return the product with a table (d + s, k)."""
        width = self.dense.shape[1]
        return np.asarray(self.dense @ table[:width] + self.sparse @ table[width:], dtype=np.float64)

    def turned(self) -> "TurnedMatrix":
        """Return the transpose, made ready for many products."""
        return TurnedMatrix(np.ascontiguousarray(self.dense.T), self.sparse.T.tocsr())


class TurnedMatrix:
    """The transpose of a MixedMatrix."""

    def __init__(self, dense: Floats, sparse: Any) -> None:
        self._dense, self._sparse = dense, sparse

    def __matmul__(self, table: Floats) -> Floats:
        """Return the product with a table (n, k)."""
        return np.concatenate([self._dense @ table, np.asarray(self._sparse @ table)])


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


@dataclass(frozen=True)
class Reader:
    """What turns texts into features: an encoder, the mean it is centred by, a codebook's phrases, a vocabulary.

    `questions` are the fingerprints of the questions whose answers it has learned from in some number. With
    `in_context`, spoken texts are read after what was said before, too (see `read_vectors`). `asks` (d, 3) tells from
    a question's vector whether it asks for what hinders, for what helps, or for neither.
    """

    encoder: Encoder
    known_mean: NDArray[np.floating]
    bank: PhraseBank
    ngrams: NGrams | None = None
    questions: Fingerprints = field(default_factory=lambda: NOTHING_SEEN)
    in_context: bool = False
    asks: FloatArray | None = None


def read_vectors(
    batch: Batch, encoder: Encoder, *, in_context: bool, progress: Advance | None = None
) -> FloatArray:
    """Return the whole rows of a batch's texts, (n, width): their vectors (d columns), then those of a branch.

    With `in_context`, a spoken text has the mean of two vectors: of the text alone, and of the text after what was
    said just before it (`Batch.said_before`). In the branch the latter counts AFTER. `progress` gets how many
    readings are done since the last call, and how many there are.
    """
    if not len(batch):
        return whole(encoder, [])
    after = _after(batch, batch.said_before, batch.spoken, encoder) if in_context else {}
    texts = [*batch.texts, *after.values()]
    both = whole(encoder, texts, progress=progress and (lambda steps: progress(steps, len(texts))))
    if not in_context:
        return both
    rows, places, later = both[: len(batch)].copy(), list(after), both[len(batch) :]
    mean, width = (rows[places] + later) / 2, encoder.dimension
    mean[:, width:] = (1 - AFTER) * rows[places, width:] + AFTER * later[:, width:]
    rows[places] = mean
    return rows


def _after(
    batch: Batch, before: Sequence[str | None], wanted: Sequence[bool], encoder: Encoder
) -> dict[int, str]:
    """Return, by row, the texts that are `wanted` with what was said before them, where that is known."""
    return {
        row: answer(encoder.id, words, batch.texts[row])
        for row, words in enumerate(before)
        if words and wanted[row]
    }


class Signals(Mapping[str, Any]):
    """Feature blocks of a batch by name.

    plain      the texts' vectors (n, d), see `read_vectors`
    centred    the same without their topic (n, d)
    distinct   the same without the mean of all that was learned from (n, d)
    closeness  cosine to the codebook's phrases (n, phrases)
    reading    the codebook's score of each code, standardised per row (n, k)
    cues       wording cues of polarity (n, cues.WIDTH)
    lean       how much closer to facilitator than to barrier phrases (n, 1)
    words      n-grams (only with a vocabulary)
    leaning    the lean as polarity logits (n, 3)
    question   1 at the row's question among the reader's, (n, questions); all 0 where it is none of them
    asked      the vectors of the texts read as answers to their questions (n, d)
    branch, branch asked   as `plain` and `asked`, of the encoder's branch (n, d); (n, 0) where it has none
    expected   below 0 where the question asks what hinders, above 0 where it asks what helps (n, 1)
    prints     fingerprints by which copies are told, 0 for short texts (n,)
    origin     the number of the text that each is a wording of (n,)
    Rows (n, width) or vectors (n, d) already at hand are given as `vectors`, topics (n, d) as `topic`.
    Further blocks (such as what a base model says) are given as `extra`.
    """

    NAMES = (
        "plain", "centred", "distinct", "closeness", "reading", "cues", "lean", "leaning", "question", "asked",
        "branch", "branch asked", "expected", "prints", "origin",
    )  # fmt: skip

    def __init__(
        self,
        batch: Batch,
        reader: Reader,
        *,
        extra: Mapping[str, NDArray[Any]] | None = None,
        vectors: FloatArray | None = None,
        topic: Floats | None = None,
    ) -> None:
        self.batch = batch
        self.bank = reader.bank
        self._reader = reader
        self._extra = dict(extra or {})
        self._vectors = vectors
        self._topic = topic

    def __getitem__(self, name: str) -> Any:
        return self._extra[name] if name in self._extra else getattr(self, name.replace(" ", "_"))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self.NAMES, *(("words",) if self._reader.ngrams else ()), *self._extra)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @cached_property
    def whole(self) -> FloatArray:
        """The texts' whole rows, (n, width)."""
        if self._vectors is not None:
            return self._vectors
        return read_vectors(self.batch, self._reader.encoder, in_context=self._reader.in_context)

    @cached_property
    def plain(self) -> FloatArray:
        """The texts' vectors, (n, d)."""
        return np.ascontiguousarray(self.whole[:, : self._reader.encoder.dimension])

    @cached_property
    def branch(self) -> FloatArray:
        """The texts' vectors of the encoder's branch, (n, d) or (n, 0)."""
        return np.ascontiguousarray(self.whole[:, self._reader.encoder.dimension :])

    @cached_property
    def topic(self) -> Floats:
        """The mean vector of what shares each text's topic, (n, d)."""
        if self._topic is not None:
            return self._topic
        batch, encoder = self.batch, self._reader.encoder
        return topic_means(
            self.plain, batch.transcripts, batch.studies, self._reader.known_mean,
            spoken=batch.first_of_unit & np.array([bool(text.strip()) for text in batch.texts], dtype=bool),
            measured=batch.topics.of(encoder.id) if batch.topics else None,
        )  # fmt: skip

    @cached_property
    def centred(self) -> FloatArray:
        """The vectors without their topic, (n, d)."""
        return unit_rows(self.plain - self.topic)

    @cached_property
    def distinct(self) -> FloatArray:
        """The vectors without the known mean, (n, d)."""
        return unit_rows(self.plain - self._reader.known_mean)

    @cached_property
    def prints(self) -> Fingerprints:
        """The fingerprints of the texts, 0 where short, (n,)."""
        return copy_prints(self.batch.texts)

    @cached_property
    def origin(self) -> NDArray[np.intp]:
        """Each text's own number, (n,); wordings of one text are given its number as `extra`."""
        return np.arange(len(self.batch))

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
        return cues(self.batch.texts)

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
        """Which of the questions learned from each text answers, (n, questions)."""
        known = self._reader.questions
        if not len(known) or not len(self.batch):
            return np.zeros((len(self.batch), len(known)), dtype=np.float32)
        asked = fingerprints([question or "" for question in self.batch.questions])
        return np.asarray(asked[:, None] == known[None, :], dtype=np.float32)

    @cached_property
    def asked(self) -> FloatArray:
        """The vectors of the texts read as answers, (n, d); see `whole_asked`."""
        return np.ascontiguousarray(self.whole_asked[:, : self._reader.encoder.dimension])

    @cached_property
    def branch_asked(self) -> FloatArray:
        """The same of the encoder's branch, (n, d) or (n, 0)."""
        return np.ascontiguousarray(self.whole_asked[:, self._reader.encoder.dimension :])

    @cached_property
    def whole_asked(self) -> FloatArray:
        """The whole rows of the texts read as answers, (n, width).

        A text without a question is read as it is. In talk, what was said before tells less than in a survey: if
        the vectors do not hold it already (see `read_vectors`), only a short text is read after it there.
        """
        batch, encoder = self.batch, self._reader.encoder
        limit = 0 if self._reader.in_context else SHORT_ANSWER
        wanted = [
            not spoken or len(text.split()) <= limit
            for text, spoken in zip(batch.texts, batch.spoken, strict=True)
        ]
        after = _after(batch, batch.questions, wanted, encoder)
        rows = self.whole.copy()
        if after:
            rows[list(after)] = whole(encoder, list(after.values()))
        return rows

    @cached_property
    def expected(self) -> FloatArray:
        """How much more likely each question asks for what helps than for what hinders, -1 to 1, (n, 1).

        A bare noun says no more than its question, so there it counts double. 0 without a question, and in talk,
        where a question says less of each utterance.
        """
        expected = np.zeros((len(self.batch), 1), dtype=np.float32)
        given = zip(self.batch.questions, self.batch.spoken, strict=True)
        rows = {row: words for row, (words, spoken) in enumerate(given) if words and not spoken}
        if self._reader.asks is None or not rows:
            return expected
        questions = list(dict.fromkeys(rows.values()))
        odds = np.exp(self._reader.encoder.encode(questions) @ self._reader.asks)
        leaning = dict(zip(questions, (odds[:, 1] - odds[:, 0]) / odds.sum(axis=1), strict=True))
        for row, words in rows.items():
            bare = len(self.batch.texts[row].split()) <= BARE
            expected[row] = (2 if bare else 1) * leaning[words]
        return expected

    @cached_property
    def words(self) -> GramBlock:
        """N-grams of the texts."""
        if self._reader.ngrams is None:
            raise KeyError("words")
        return GramBlock(self._reader.ngrams, self.batch.texts)


def study_sums(vectors: NDArray[np.floating], studies: Sequence[str]) -> StudySums:
    """Return, by study, the sum of its rows in float64 and their number; the order of rows changes nothing."""
    return {name: (_total(vectors, rows), len(rows)) for name, rows in _by_name(studies)}


def _by_name(names: Sequence[str]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield each name with the places of its rows."""
    if not len(names):
        return
    labels, numbers = np.unique(np.asarray(list(names), dtype=str), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1):
        yield str(labels[numbers[rows[0]]]), rows


def _total(vectors: NDArray[np.floating], rows: NDArray[np.intp]) -> Floats:
    """Return the rows' sum, the same in whatever order they stand."""
    return np.asarray(np.sort(vectors[rows].astype(np.float64), axis=0).sum(axis=0), dtype=np.float64)


def topic_means(
    vectors: NDArray[np.floating],
    transcripts: Sequence[str],
    studies: Sequence[str],
    known: NDArray[np.floating],
    *,
    spoken: NDArray[np.bool_] | None = None,
    measured: StudySums | None = None,
) -> Floats:
    """Return the mean of what shares each row's topic, (n, d); `transcripts` is empty where a row belongs to none.

    Rows of which `spoken` (n,) is False do not count: they have no words, or say an utterance again. A study that is
    in `measured` has its mean from there, any other from the rows at hand.
    """
    spoken = np.ones(len(vectors), dtype=bool) if spoken is None else spoken
    study, _ = _shrunk(vectors, studies, known, spoken, measured or {})
    if not any(transcripts):
        return study
    names = [f"{one}\x1f{other}" if other else "" for one, other in zip(studies, transcripts, strict=True)]
    of_transcript, count = _shrunk(vectors, names, known, spoken, {})
    share = np.where([bool(name) for name in transcripts], np.minimum(count / WHOLE, 1.0), 0.0)[:, None]
    return np.asarray(share * of_transcript + (1 - share) * study, dtype=np.float64)


def _shrunk(
    vectors: NDArray[np.floating],
    names: Sequence[str],
    known: NDArray[np.floating],
    spoken: NDArray[np.bool_],
    measured: StudySums,
) -> tuple[Floats, Floats]:
    """Return the shrunk mean of the rows that share each row's name, (n, d), and their number, (n,)."""
    means, counts = np.empty(vectors.shape, dtype=np.float64), np.zeros(len(vectors))
    for name, rows in _by_name(names):
        telling = rows[spoken[rows]]
        total, count = measured.get(name) or (_total(vectors, telling), len(telling))
        means[rows] = (total + SHRINK * known) / (count + SHRINK)
        counts[rows] = count
    return means, counts
