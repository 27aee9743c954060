"""Texts with everything around them that an answer depends on, and those that people coded: what is learned from.

Which texts a model has learned from is kept as fingerprints: 8 bytes of a hash of the text in lower case with single
spaces. They are enough to say that a figure is not held out; the texts cannot be read back from them.

Folds hold out whole groups (studies, transcripts, participants), never rows of one. A text of some length that comes
word for word in several groups is never learned from where a copy of it is tested. Where there is only one group,
its rows are parted in their order instead: what is measured there is measured on parts of one group, and must be
called so.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Places
from coder.codebook import Codebook
from coder.domain import POLARITIES
from coder.errors import InputError, TableError

T = TypeVar("T")
RowFinder = Callable[[int, str], tuple[str, int]]
SHOWN = 20  # unknown codes that are named one by one
SHORT = 5  # words; two people may well give the same answer as short as this
FOLDS = 5
NOTHING_LEFT = "without a held-out part nothing is left to learn from: all texts are the same"
Fingerprints = NDArray[np.uint64]
StudySums = Mapping[str, tuple[NDArray[np.float64], int]]
NOTHING_SEEN: Fingerprints = np.zeros(0, dtype=np.uint64)
# The share of different short texts that are known from which they were learned from: on answers to real surveys and
# real talk at most 0.09 of those in one half are in the other.
SHORT_SEEN = 0.15
SEEN_SHARE = 0.02  # of the texts, from which figures are not held out


class AnyUtterance(Protocol):
    """An utterance as it was cut, or as a study keeps it."""

    @property
    def text(self) -> str:
        """Its words."""
        ...

    @property
    def question(self) -> str | None:
        """What the interviewer said last before."""
        ...

    @property
    def turn(self) -> int:
        """Its turn within the transcript."""
        ...

    @property
    def transcript(self) -> Hashable:
        """Its transcript."""
        ...

    @property
    def speaker(self) -> str | None:
        """Whose words it is."""
        ...

    @property
    def written(self) -> bool:
        """Whether it is a written answer, not talk."""
        ...


def home_of(utterance: AnyUtterance) -> str:
    """Return the transcript of what was said; of a written answer the person, empty if not known.

    So the rows of a table have it that is coded row by row: each person's answers are within the survey's topic.
    """
    return (utterance.speaker or "") if utterance.written else str(utterance.transcript)


@dataclass(frozen=True)
class Topics:
    """Sums over a sample of each study's vectors, for material too large to be predicted at once.

    `sums` has, by encoder id and study (the empty name where all texts share one), the sum (d,) and how many
    vectors it is of. Material predicted in parts with the same topics comes out as if it were one batch.
    """

    sums: Mapping[str, StudySums]

    def of(self, encoder_id: str) -> StudySums:
        """Return the sums in one encoder's space."""
        return self.sums.get(encoder_id, {})


@dataclass(frozen=True)
class Batch:
    """Texts to be coded together, one per row, in the order they were spoken or written.

    `questions` is what was asked before (None: nothing known). `turns` names the turn of each row: rows that share
    one and follow each other are neighbours. `transcripts` names the transcript of each row, empty where the text
    belongs to none; a transcript is given whole, as its texts together tell its topic. `studies` names what else
    shares a topic. `topics` are the means of studies of which only a part is here, measured before. `spoken` says
    which texts are talk, not written answers; by default those of a transcript.
    """

    texts: Sequence[str]
    questions: Sequence[str | None]
    turns: Sequence[Hashable]
    transcripts: Sequence[str]
    studies: Sequence[str]
    topics: Topics | None = field(default=None, repr=False)
    spoken: Sequence[bool] = ()

    def __post_init__(self) -> None:
        n = len(self.texts)
        if not len(self.spoken):
            object.__setattr__(self, "spoken", [bool(name) for name in self.transcripts])
        for name in ("questions", "turns", "transcripts", "studies", "spoken"):
            if len(getattr(self, name)) != n:
                raise InputError(f"There are {n} texts but {len(getattr(self, name))} {name}.")

    def __len__(self) -> int:
        return len(self.texts)

    @classmethod
    def of_utterances(cls, utterances: Sequence[AnyUtterance]) -> "Batch":
        """Return the codable utterances of whole transcripts as a batch; each transcript is a topic of its own."""
        return cls(
            [item.text for item in utterances],
            [item.question for item in utterances],
            [(item.transcript, item.turn) for item in utterances],
            [home_of(item) for item in utterances],
            [str(item.transcript) for item in utterances],
            spoken=[not item.written for item in utterances],
        )

    @classmethod
    def of_texts(
        cls,
        texts: Sequence[str],
        questions: Sequence[str | None] | None = None,
        studies: Sequence[str] | None = None,
        *,
        topics: Topics | None = None,
    ) -> "Batch":
        """Return texts that stand alone, such as answers in a survey; without `studies` all share one topic."""
        n = len(texts)
        return cls(texts, questions or [None] * n, range(n), [""] * n, studies or [""] * n, topics)

    @property
    def first_of_unit(self) -> NDArray[np.bool_]:
        """Whether a row is the first of its utterance, (n,): one that several people coded has several rows.

        These repeat the text before them in one turn.
        """
        keys = list(zip(self.transcripts, self.turns, self.texts, strict=True))
        return np.array([at == 0 or keys[at] != keys[at - 1] for at in range(len(keys))], dtype=bool)

    @property
    def said_before(self) -> list[str | None]:
        """What was said just before each text: the text before it in its turn, else the question."""
        before: list[str | None] = []
        for row, new in enumerate(self.first_of_unit):
            if not new:
                before.append(before[-1])
            elif row and self.turns[row] == self.turns[row - 1]:
                before.append(self.texts[row - 1])
            else:
                before.append(self.questions[row])
        return before

    def rows(self, places: NDArray[np.integer] | Sequence[int]) -> "Batch":
        """Return the rows at `places`; topics that were measured before stay, others are of these rows alone."""

        def cut(values: Sequence[T]) -> list[T]:
            return [values[int(at)] for at in places]

        return Batch(
            cut(self.texts),
            cut(self.questions),
            cut(self.turns),
            cut(self.transcripts),
            cut(self.studies),
            self.topics,
            cut(self.spoken),
        )


@dataclass(frozen=True)
class TrainingSet:
    """Coded excerpts, one per row.

    `labels` (n, k) in the codebook's order: 1 = coded so, 0 = looked at and not coded so, -1 = not looked at.
    `groups` are what held-out splits keep whole (transcript, participant, study); `studies`, `transcripts` and
    `turns` say where a text stands, as in `Batch`: by default every row stands alone and all share one topic.
    `topics` names what shares a topic where that is less than the study, such as one of its surveys.
    `polarity` is that of the row, None where unknown. `codable` is False for what is never coded, such as "Mm." in
    a transcript. `spoken` is as in `Batch`. Rows that nobody looked at serve as what stands around the others.
    """

    texts: Sequence[str]
    labels: NDArray[np.int8]
    polarity: Sequence[str | None] = ()
    questions: Sequence[str | None] = ()
    groups: Sequence[str] = ()
    studies: Sequence[str] = ()
    weights: Sequence[float] = field(default=())
    coders: Sequence[str | None] = ()
    transcripts: Sequence[str] = ()
    turns: Sequence[Hashable] = ()
    codable: Sequence[bool] = ()
    spoken: Sequence[bool] = ()
    topics: Sequence[str] = ()

    def __post_init__(self) -> None:
        n = len(self.texts)
        if self.labels.ndim != 2 or len(self.labels) != n:
            raise InputError(f"There are {n} texts but labels of shape {self.labels.shape}.")
        usual = {
            "polarity": [None] * n, "questions": [None] * n, "groups": [str(row) for row in range(n)],
            "studies": [""] * n, "weights": [1.0] * n, "coders": [None] * n,
            "transcripts": [""] * n, "turns": range(n), "codable": [True] * n,
            "spoken": [bool(name) for name in self.transcripts] or [False] * n,
            "topics": self.studies or [""] * n,
        }  # fmt: skip
        for name, default in usual.items():
            given = getattr(self, name)
            if not len(given):
                object.__setattr__(self, name, default)
            elif len(given) != n:
                raise InputError(f"There are {n} texts but {len(given)} {name}.")

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, places: NDArray[np.integer]) -> "TrainingSet":
        """Return the rows at `places` as a set of its own."""
        columns = {
            item.name: [getattr(self, item.name)[at] for at in places]
            for item in fields(self)
            if item.name != "labels"
        }
        return replace(self, labels=self.labels[places], **columns)

    @property
    def batch(self) -> Batch:
        """The texts with all that a model's answer depends on."""
        return Batch(
            self.texts, self.questions, self.turns, self.transcripts, self.topics, spoken=self.spoken
        )

    @property
    def looked_at(self) -> NDArray[np.bool_]:
        """Whether people looked at a row for any code, (n,)."""
        return np.asarray((self.labels >= 0).any(axis=1), dtype=np.bool_)

    def positives(self) -> Places:
        """Return how many rows carry each code, (k,)."""
        return np.asarray((self.labels == 1).sum(axis=0), dtype=np.intp)

    def polarity_places(self) -> Places:
        """Return each row's polarity as its place in POLARITIES, -1 where unknown, (n,)."""
        indices: dict[str, int] = {name: index for index, name in enumerate(POLARITIES)}
        return np.array([indices.get(value or "", -1) for value in self.polarity], dtype=np.intp)


def label_matrix(
    codes: Sequence[Sequence[str] | None], codebook: Codebook, find_row: RowFinder | None = None
) -> NDArray[np.int8]:
    """Return the labels (n, k) of rows of code ids; an empty row was looked at, None was not.

    Raises TableError naming each unknown code with its rows and the id most likely meant; `find_row` returns the
    table and row that a code of a row stands in (default: the rows as they are counted from 1).
    """
    columns = {code: at for at, code in enumerate(codebook.ids)}
    labels = np.zeros((len(codes), len(columns)), dtype=np.int8)
    unknown: dict[str, list[tuple[str, int]]] = {}
    for row, names in enumerate(codes):
        if names is None:
            labels[row] = -1
            continue
        for name in names:
            if name in columns:
                labels[row, columns[name]] = 1
            else:
                unknown.setdefault(name, []).append(find_row(row, name) if find_row else ("", row + 1))
    if unknown:
        messages = [_unknown_code(name, rows, codebook) for name, rows in unknown.items()]
        more = [f"and {len(messages) - SHOWN} more"] if len(messages) > SHOWN else []
        raise TableError(
            f"The excerpts use codes that the codebook '{codebook.name}' does not have. Correct them, or give the"
            " codebook that has them (--codebook FILE):",
            [*messages[:SHOWN], *more],
        )
    return labels


def _unknown_code(name: str, rows: Sequence[tuple[str, int]], codebook: Codebook) -> str:
    by_table: dict[str, list[int]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    message = f"'{name}' ({'; '.join(_rows_named(table, rows) for table, rows in by_table.items())})"
    parts = [part.strip() for part in re.split("[,|]", name)]
    if len(parts) > 1 and set(parts) & set(codebook.ids):
        unclear = [f"'{part}'" for part in parts if part and part not in codebook.by_id]
        return f"{message}; several codes are joined by ';', and {' and '.join(unclear)} is not one of the codebook's"
    likely = codebook.nearest_id(name)
    return message + (f"; did you mean '{likely}'?" if likely else "")


def _rows_named(table: str, rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:5])) + (", ..." if len(rows) > 5 else "")
    return f"row{'s' if len(rows) > 1 else ''} {shown}" + (f" of {table}" if table else "")


def plain_words(text: str) -> str:
    """Return a text by which it is told to be the same as another: lower case, single blanks."""
    return " ".join(text.lower().split())


def fingerprints(texts: Sequence[str]) -> Fingerprints:
    """Return one fingerprint per text, (n,)."""
    digests = [hashlib.blake2b(plain_words(text).encode(), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def copy_prints(texts: Sequence[str]) -> Fingerprints:
    """Return the fingerprints by which copies are told, (n,): 0 for texts of SHORT words, which prove no copy."""
    long = np.array([len(text.split()) > SHORT for text in texts], dtype=bool)
    return np.where(long, fingerprints(texts), np.uint64(0))


def seen_share(texts: Sequence[str], seen: Fingerprints) -> float:
    """Return the share of texts among `seen`; 0 for no texts.

    Texts of SHORT words count only where so many different ones are among them that it is no chance.
    """
    if not len(texts):
        return 0.0
    prints, long = fingerprints(texts), copy_prints(texts) != 0
    known = np.isin(prints, seen)
    short = np.unique(prints[~long])
    by_chance = not short.size or np.isin(short, seen).mean() < SHORT_SEEN
    return float((known & (long | (not by_chance))).mean())


def too_many_seen(share: float | None) -> bool:
    """Tell whether so many of the excerpts were learned from that figures are not held out."""
    return (share or 0.0) >= SEEN_SHARE


@dataclass(frozen=True)
class Folds:
    """What each row is held out with, and what may then be learned from.

    `of` (n,) is the fold of each row; `twins` (n,) numbers the long texts that come more than once, -1 for all
    others. `whole` is False where the folds are parts of one group.
    """

    of: Places
    twins: Places
    whole: bool = True

    @property
    def count(self) -> int:
        """How many folds there are."""
        return len(np.unique(self.of))

    def parts(self) -> Iterator[tuple[Places, Places]]:
        """Yield, per fold, the rows to learn from and those held out; no text of the latter is in the former."""
        for fold in np.unique(self.of):
            held_out = self.of == fold
            copies = (self.twins >= 0) & np.isin(self.twins, self.twins[held_out])
            yield np.flatnonzero(~held_out & ~copies), np.flatnonzero(held_out)

    def rows(self, rows: Places) -> "Folds":
        """Return the folds of some of the rows."""
        return Folds(self.of[rows], self.twins[rows], self.whole)


@dataclass(frozen=True)
class Repeats:
    """Copies of texts: `twins` (n,) as in Folds, and how many rows repeat another group's text, long or short."""

    twins: Places
    long: int
    short: int


def repeats(texts: Sequence[str], groups: Sequence[str]) -> Repeats:
    """Return which texts are the same word for word, case and blanks aside, and how many repeat another group's."""
    keys = list(map(plain_words, texts))
    rows: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        rows[key].append(row)
    twins = np.full(len(keys), -1, dtype=np.intp)
    long = short = 0
    for number, (key, mine) in enumerate(rows.items()):
        if not key or len(mine) < 2:
            continue
        elsewhere = sum(groups[row] != groups[mine[0]] for row in mine)
        if len(key.split()) > SHORT:
            twins[mine] = number
            long += elsewhere
        else:
            short += elsewhere
    return Repeats(twins, long, short)


def folds_of(
    texts: Sequence[str],
    groups: Sequence[str],
    labels: Places,
    count: int = FOLDS,
    copies: Repeats | None = None,
) -> Folds:
    """Return folds that keep groups whole; a single group is parted into blocks of rows in their order.

    `labels` (n,) is a class per row, to make the folds alike; `copies` are the texts' repeats where they are known.
    """
    twins = (copies or repeats(texts, groups)).twins
    group_numbers = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    if len(group_numbers) < 2:
        n = len(groups)
        return Folds(np.arange(n, dtype=np.intp) * min(count, n) // max(n, 1), twins, whole=False)
    of = group_folds(np.array([group_numbers[group] for group in groups], dtype=np.intp), labels, count)
    return Folds(of, twins)


def group_folds(groups: Places, labels: Places, count: int) -> Places:
    """Return the fold of each row, groups kept whole, folds alike in size and in their mix of labels.

    Greedy and deterministic: the largest groups first, each to the fold whose label counts it evens out most,
    of several to the one with the fewest rows.
    With fewer groups than folds there are as many folds as groups.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        members[int(group)].append(row)
    count = min(count, len(members))
    classes = int(labels.max(initial=0)) + 1
    filled = np.zeros((count, classes))
    folds = np.zeros(len(groups), dtype=np.intp)
    total = np.maximum(np.bincount(labels, minlength=classes), 1)
    for group in sorted(members, key=lambda name: (-len(members[name]), name)):
        rows = members[group]
        add = np.bincount(labels[rows], minlength=classes)
        cost = (((filled + add) / total) ** 2).sum(axis=1) - ((filled / total) ** 2).sum(axis=1)
        fold = np.lexsort((filled.sum(axis=1), np.round(cost, 12)))[0]
        filled[fold] += add
        folds[rows] = fold
    return folds
