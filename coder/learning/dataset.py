"""The material a model learns from: human-coded excerpts, with what is known and what was not looked at."""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.domain import POLARITIES
from coder.errors import InputError, TableError
from coder.learning.batch import Batch

Place = Callable[[int, str], tuple[str, int]]
SHOWN = 20  # unknown codes that are named one by one


@dataclass(frozen=True)
class TrainingSet:
    """Coded excerpts, one per row.

    `labels` (n, k) in the codebook's order: 1 = coded so, 0 = looked at and not coded so, -1 = not looked at.
    `groups` are what held-out splits keep whole (transcript, participant, study); `studies`, `transcripts` and
    `turns` say where a text stands, as in `Batch`: by default every row stands alone and all share one topic.
    `polarity` is that of the row, None where unknown. `codable` is False for what is never coded, such as "Mm." in
    a transcript. Rows that nobody looked at serve as what stands around the others.
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

    def __post_init__(self) -> None:
        n = len(self.texts)
        if self.labels.ndim != 2 or len(self.labels) != n:
            raise InputError(f"There are {n} texts but labels of shape {self.labels.shape}.")
        usual = {
            "polarity": [None] * n, "questions": [None] * n, "groups": [str(row) for row in range(n)],
            "studies": [""] * n, "weights": [1.0] * n, "coders": [None] * n,
            "transcripts": [""] * n, "turns": range(n), "codable": [True] * n,
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
        return Batch(self.texts, self.questions, self.turns, self.transcripts, self.studies)

    @property
    def looked_at(self) -> NDArray[np.bool_]:
        """Whether people looked at a row for any code, (n,)."""
        return np.asarray((self.labels >= 0).any(axis=1), dtype=np.bool_)

    def positives(self) -> NDArray[np.intp]:
        """Return how many rows carry each code, (k,)."""
        return np.asarray((self.labels == 1).sum(axis=0), dtype=np.intp)

    def polarity_places(self) -> NDArray[np.intp]:
        """Return each row's polarity as its place in POLARITIES, -1 where unknown, (n,)."""
        places: dict[str, int] = {name: place for place, name in enumerate(POLARITIES)}
        return np.array([places.get(value or "", -1) for value in self.polarity], dtype=np.intp)


def label_matrix(
    codes: Sequence[Sequence[str] | None], codebook: Codebook, place: Place | None = None
) -> NDArray[np.int8]:
    """Return the labels (n, k) of rows of code ids; an empty row was looked at, None was not.

    Raises TableError naming each unknown code with its rows and the id most likely meant; `place` returns the table
    and row that a code of a row stands in (default: the rows as they are counted from 1).
    """
    places = {code: at for at, code in enumerate(codebook.ids)}
    labels = np.zeros((len(codes), len(places)), dtype=np.int8)
    unknown: dict[str, list[tuple[str, int]]] = {}
    for row, names in enumerate(codes):
        if names is None:
            labels[row] = -1
            continue
        for name in names:
            if name in places:
                labels[row, places[name]] = 1
            else:
                unknown.setdefault(name, []).append(place(row, name) if place else ("", row + 1))
    if unknown:
        told = [_unknown_code(name, rows, codebook) for name, rows in unknown.items()]
        more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        raise TableError(
            f"The excerpts use codes that the codebook '{codebook.name}' does not have. Correct them, or give the"
            " codebook that has them (--codebook FILE):",
            [*told[:SHOWN], *more],
        )
    return labels


def _unknown_code(name: str, rows: Sequence[tuple[str, int]], codebook: Codebook) -> str:
    by_table: dict[str, list[int]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    said = f"'{name}' ({'; '.join(_rows_named(table, found) for table, found in by_table.items())})"
    parts = [part.strip() for part in re.split("[,|]", name)]
    if len(parts) > 1 and set(parts) & set(codebook.ids):
        unclear = [f"'{part}'" for part in parts if part and part not in codebook.by_id]
        return f"{said}; several codes are joined by ';', and {' and '.join(unclear)} is not one of the codebook's"
    likely = codebook.nearest_id(name)
    return said + (f"; did you mean '{likely}'?" if likely else "")


def _rows_named(table: str, rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:5])) + (", ..." if len(rows) > 5 else "")
    return f"row{'s' if len(rows) > 1 else ''} {shown}" + (f" of {table}" if table else "")
