"""The evaluation report: a model's predictions against human codes, in the shape of the JSON contract.

`labels` says 1 = coded so, 0 = looked at and not, -1 = not looked at; rows with an unknown are left out of what
needs to know them. Rows that the model cannot read get no code: they count as missed, and are left out of forced
choice and polarity, which would only score a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.learning.dataset import TrainingSet
from coder.learning.evaluation import metrics
from coder.learning.evaluation.metrics import Floats
from coder.statistics import ClusterBootstrap

if TYPE_CHECKING:
    from coder.learning.model import Model, Predictions


@dataclass(frozen=True)
class Truth:
    """What people coded: labels (n, k), polarity per row, and the group of each row for intervals."""

    labels: NDArray[np.int8]
    polarity: Sequence[str | None]
    groups: Sequence[str]


@dataclass(frozen=True)
class Guess:
    """What a model said of the same rows: arrays as in `Predictions`; `read` (n,) is False where it cannot read."""

    scores: Floats
    forced: Floats
    selected: NDArray[np.bool_]
    polarity: Floats
    read: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, said: "Predictions", columns: Sequence[int] | None = None) -> "Guess":
        """Return the guess that predictions are; `columns` picks and orders codes."""
        at = slice(None) if columns is None else list(columns)
        read = np.array([name is None for name in said.languages], dtype=bool)
        return cls(said.scores[:, at], said.forced[:, at], said.selected[:, at], said.polarity, read)

    @classmethod
    def blank(cls, n: int, codes: int) -> "Guess":
        """Return a guess of n rows to be filled: nothing selected, all read."""
        nothing = np.zeros((n, codes))
        return cls(nothing, nothing.copy(), nothing > 0, np.zeros((n, 3)), np.ones(n, dtype=bool))

    @classmethod
    def by(cls, model: "Model", data: TrainingSet, codes: Sequence[str] | None = None) -> "Guess":
        """Return what a model says of coded excerpts, by its own codes or by `codes`, in their order.

        Of rows that are never coded it says nothing.
        """
        rows = np.flatnonzero(np.asarray(data.codable, dtype=bool))
        said = model.predict(data.batch.rows(rows))
        names = said.codes if codes is None else codes
        guess = cls.blank(len(data), len(names))
        if guess.read is not None:
            guess.read[:] = False
        guess.fill(rows, cls.of(said, [said.codes.index(code) for code in names]))
        return guess

    def fill(self, rows: NDArray[np.intp], other: "Guess") -> None:
        """Take over what another guess, of some of the rows, says of them."""
        for name in ("scores", "forced", "selected", "polarity", "read"):
            getattr(self, name)[rows] = getattr(other, name)

    def rows(self, rows: NDArray[np.intp]) -> "Guess":
        """Return what it says of some of the rows."""
        read = None if self.read is None else self.read[rows]
        return Guess(self.scores[rows], self.forced[rows], self.selected[rows], self.polarity[rows], read)

    def asked(self, labels: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return labels (n, k) for forced choice: rows that cannot be read without any code."""
        return labels if self.read is None else labels & self.read[:, None]

    def asked_polarity(self, polarity: Sequence[str | None]) -> Sequence[str | None]:
        """Return the rows' polarity, None for rows that cannot be read."""
        if self.read is None:
            return polarity
        return [value if read else None for value, read in zip(polarity, self.read.tolist(), strict=True)]


def performance(
    truth: Truth, guess: Guess, codebook: Codebook, model: str, *, seed: int = 0
) -> dict[str, Any]:
    """Return the report: themes, components, polarity, codable, codes, calibration, confusable pairs.

    Figures without enough data are None. Intervals are cluster bootstraps over groups, from three groups on.
    """
    known: NDArray[np.bool_] = np.asarray((truth.labels >= 0).all(axis=1))
    labels = truth.labels[known] == 1
    groups = [group for group, keep in zip(truth.groups, known.tolist(), strict=True) if keep]
    boot = ClusterBootstrap.over(groups, seed=seed)
    selected, scores, forced = guess.selected[known], guess.scores[known], guess.forced[known]
    asked = guess.asked(truth.labels == 1)[known]
    themes, confusion = metrics.forced_choice(asked, forced, boot)
    tables, resampled = metrics.code_tables(labels, selected, boot)
    metrics.averages(themes, tables, resampled)
    themes["without_base_rate"] = metrics.forced_choice(asked, metrics.without_base_rate(forced), boot)[0]
    report: dict[str, Any] = {
        "n": len(truth.labels),
        "n_groups": len(set(truth.groups)),
        "model": model,
        "themes": themes,
        "polarity": metrics.polarity_choice(
            guess.asked_polarity(truth.polarity),
            guess.polarity,
            ClusterBootstrap.over(truth.groups, seed=seed),
        ),
        "codable": metrics.codable_choice(labels, selected, boot),
        "codes": metrics.per_code(tables, resampled, codebook.ids),
        "calibration": calibration(labels, scores, selected, asked),
        "confusable": confusable(confusion, codebook.ids),
    }
    if codebook.components:
        parents = [code.parent for code in codebook.codes]
        report["components"] = metrics.component_choice(asked, forced, parents, boot)
    return report


def calibration(
    labels: NDArray[np.bool_], scores: Floats, selected: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> dict[str, Any]:
    """Return the expected calibration error over all scores and over suggested ones, with the risk-coverage curve.

    `surest_quarter` is the share of right ones among the surest quarter of suggestions.

    The curve abstains on the least sure rows first: `coverage` is the share of rows kept, `risk` the share of
    them whose best-scored code is not among the true ones. It is about the rows with a code in `asked` (n, k).
    """
    best = scores.argmax(1) if len(scores) else np.zeros(0, dtype=int)
    rows = np.arange(len(scores))
    coded = asked.any(1)
    hit = labels[rows, best]
    return {
        "ece_all_codes": _rounded(metrics.calibration_error(scores.ravel(), labels.ravel())),
        "ece_suggested": _rounded(metrics.calibration_error(scores[selected], labels[selected])),
        "surest_quarter": metrics.surest_precision(scores[selected], labels[selected]),
        "risk_coverage": metrics.risk_coverage(scores[rows, best][coded], hit[coded]),
    }


def _rounded(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None


def confusable(table: Floats, names: Sequence[str], most: int = 6) -> list[dict[str, Any]]:
    """Return the pairs of codes most often taken for each other, with both directions."""
    pairs = [
        {
            "codes": [names[a], names[b]],
            "first_as_second": int(table[a, b]),
            "second_as_first": int(table[b, a]),
        }
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if table[a, b] + table[b, a] > 0
    ]
    pairs.sort(key=lambda pair: -(pair["first_as_second"] + pair["second_as_first"]))  # type: ignore[operator]
    return pairs[:most]
