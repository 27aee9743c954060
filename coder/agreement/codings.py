"""Codings of a set of units by several coders: who looked at what, gave which codes, with which polarity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coder.agreement.code_sets import SetRatings, sets_from_marks
from coder.arrays import Bools, Floats, Ints

BLIND, ASSISTED = 1, 2  # 0: not looked at
NOTHING = "(nothing to code)"


@dataclass(frozen=True, slots=True)
class Context:
    """What people need to see of a unit to discuss it; empty where the table had no text."""

    texts: Sequence[str | None] = ()
    questions: Sequence[str | None] = ()
    speakers: Sequence[str | None] = ()

    def of(self, unit: int) -> dict[str, str | None]:
        """Return the text, question and speaker of a unit, those that are known."""
        columns = {"text": self.texts, "question": self.questions, "speaker": self.speakers}
        return {name: values[unit] for name, values in columns.items() if len(values)}


@dataclass(frozen=True, slots=True)
class Codings:
    """n units by m coders with k codes.

    `state` (n x m) is 0 where a coder did not look at a unit, 1 blind, 2 with suggestions in sight. Marks, one
    per unit, coder and code: `mark_cell` (unit x m + coder), `mark_code`, `mark_polarity` (-1: none).
    `transcript_of` (n) points into `transcripts`, empty where the table names none; `lengths` (n) are
    characters. `weights` (n) are None where every unit counts once, else how much each counts (stretches of text
    count by their characters). `parents` gives each code's component, where a codebook has them.
    """

    units: Sequence[str]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    state: NDArray[np.int8]
    mark_cell: Ints
    mark_code: Ints
    mark_polarity: Ints
    polarities: tuple[str, ...] = ()
    transcripts: tuple[str, ...] = ()
    transcript_of: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lengths: Floats | None = None
    weights: Floats | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    context: Context = field(default_factory=Context)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def clusters(self) -> Ints | None:
        """Each unit's transcript, or None where the table names none."""
        return self.transcript_of if self.transcripts else None

    @property
    def mark_unit(self) -> Ints:
        """Each mark's unit."""
        return self.mark_cell // max(1, len(self.coders))

    @property
    def mark_coder(self) -> Ints:
        """Each mark's coder."""
        return self.mark_cell % max(1, len(self.coders))

    def rated(self) -> Bools:
        """Return n x m: who looked at what."""
        return self.state > 0

    def only(self, looked: Bools) -> "Codings":
        """Return the codings with all cells outside `looked` (n x m) as if not looked at."""
        marks = looked.ravel()[self.mark_cell]
        return replace(
            self,
            state=np.where(looked, self.state, 0).astype(np.int8),
            mark_cell=self.mark_cell[marks],
            mark_code=self.mark_code[marks],
            mark_polarity=self.mark_polarity[marks],
        )

    def of_coders(self, names: Sequence[str]) -> "Codings":
        """Return the codings of some coders, the others as if they had not looked."""
        wanted = np.isin(self.coders, list(names))
        return self.only(np.broadcast_to(wanted, self.state.shape))

    def sets(self) -> SetRatings:
        """Return the codes of each unit and coder."""
        return sets_from_marks(self.mark_cell, self.mark_code, self.rated(), self.codes)

    def components(self) -> "Codings":
        """Return the codings with each code replaced by its component; codes without one stay."""
        names = [self.parents.get(code, code) for code in self.codes]
        order = tuple(dict.fromkeys(names))
        component = np.array([order.index(name) for name in names] or [0], dtype=np.int64)
        return self._recoded(order, component[self.mark_code])

    def with_polarity(self) -> "Codings":
        """Return the codings with code and polarity as one: the same code with opposite polarity differs."""
        step = len(self.polarities) + 1
        joint = self.mark_code * step + self.mark_polarity + 1
        used = np.unique(joint)
        names = [
            self.codes[code] + (f":{self.polarities[polarity - 1]}" if polarity else "")
            for code, polarity in (divmod(int(value), step) for value in used)
        ]
        return self._recoded(tuple(names), np.searchsorted(used, joint))

    def _recoded(self, codes: tuple[str, ...], mark_code: Ints) -> "Codings":
        """Return the codings with other codes, each once per unit and coder, and no polarity apart."""
        key = self.mark_cell * max(1, len(codes)) + mark_code
        _, first = np.unique(key, return_index=True)
        return replace(
            self,
            codes=codes,
            mark_cell=self.mark_cell[first],
            mark_code=mark_code[first],
            mark_polarity=np.full(len(first), -1, dtype=np.int64),
            polarities=(),
            parents={},
        )

    def polarity_ratings(self) -> tuple[Ints, Ints]:
        """Return the polarity each coder gave, per unit and code (items x coders, -1 = none), and the units.

        An item is a code that at least one coder gave to a unit; coders who did not give it are missing
        there, so agreement is about polarity alone.
        """
        known = self.mark_polarity >= 0
        item_key = self.mark_unit[known] * max(1, len(self.codes)) + self.mark_code[known]
        items, item = np.unique(item_key, return_inverse=True)
        ratings = np.full((len(items), len(self.coders)), -1, dtype=np.int64)
        ratings[item.reshape(-1), self.mark_coder[known]] = self.mark_polarity[known]
        return ratings, items // max(1, len(self.codes))
