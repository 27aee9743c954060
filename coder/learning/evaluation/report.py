"""The evaluation report: a model's predictions against human codes, in the shape of the JSON contract.

`labels` says 1 = coded so, 0 = looked at and not, -1 = not looked at; rows with an unknown are left out of what
needs to know them. Rows that the model cannot read get no code: they count as missed, and are left out of forced
choice and polarity, which would only score a guess.

Two models are compared on the same held-out rows. Both are resampled together, so what makes a transcript easy or
hard for both cancels out.
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
from collections.abc import Callable

from coder.learning.evaluation.metrics import Section
from coder.statistics import MIN_GROUPS

FEW_GROUPS, FEW_CODED = 5, 20  # under either a value's figures are too thin to speak of
EMPTY = "(empty)"
Ints = NDArray[np.intp]


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


def by_attribute(
    truth: Truth, guess: Guess, values: Sequence[str | None], *, whole: bool = False, seed: int = 0
) -> dict[str, Section]:
    """Return, for each value, how many rows and groups have it and how the model does on them, with intervals.

    `error_rate` is the share of coded rows whose best-scored code is not among the true ones; `difference` is that
    minus the error rate of all other rows, with an interval from resampling all groups together. Beside them
    accuracy and theme kappa (rows of one code), micro F1 and recall of what is suggested, and polarity kappa.
    `too_few` marks values with under FEW_GROUPS groups or FEW_CODED coded rows. What is undefined is None.

    `whole` says that a value is a whole of its own, as a study is: its intervals are about its own rows, resampled
    one by one where it has under MIN_GROUPS groups (`by_rows`), and it is not too few for its groups.
    """
    column = np.array([value or EMPTY for value in values], dtype=str)
    known: NDArray[np.bool_] = np.asarray((truth.labels >= 0).all(axis=1))
    coded = known & guess.asked(truth.labels == 1).any(axis=1)
    best = guess.forced.argmax(axis=1) if len(column) else np.zeros(0, dtype=np.intp)
    wrong = truth.labels[np.arange(len(column)), best] != 1
    groups = np.asarray(list(truth.groups), dtype=str)
    everyone = ClusterBootstrap.over(truth.groups, seed=seed)
    found = {}
    for value in sorted(set(column.tolist())):
        mine = column == value
        section = Section(n=int(mine.sum()), n_groups=len(set(groups[mine].tolist())))
        section["n_coded"] = int((mine & coded).sum())
        section["by_rows"] = whole and section["n_groups"] < MIN_GROUPS
        drawn = np.arange(len(column)).astype(str) if section["by_rows"] else groups
        _figures(
            section,
            Truth(truth.labels, truth.polarity, drawn.tolist()),
            guess,
            np.flatnonzero(mine),
            known,
            seed,
        )
        _errors(section, np.flatnonzero(mine & coded), wrong, drawn, seed)
        _error_difference(section, mine, coded, wrong, groups, everyone)
        thin = section["n_groups"] < FEW_GROUPS and not whole
        section["too_few"] = thin or section["n_coded"] < FEW_CODED
        found[value] = section
    return found


def _figures(
    section: Section,
    truth: Truth,
    guess: Guess,
    rows: NDArray[np.intp],
    known: NDArray[np.bool_],
    seed: int,
) -> None:
    """Add the figures that need no comparison with the other values."""
    groups = [truth.groups[row] for row in rows]
    looked = rows[known[rows]]
    labels, selected = truth.labels[looked] == 1, guess.selected[looked]
    boot = ClusterBootstrap.over([truth.groups[row] for row in looked], seed=seed)
    asked = guess.asked(truth.labels == 1)[looked]
    themes, _ = metrics.forced_choice(asked, guess.forced[looked], boot)
    metrics.averages(themes, *metrics.code_tables(labels, selected, boot))
    said = guess.asked_polarity(truth.polarity)
    polarity = metrics.polarity_choice(
        [said[row] for row in rows], guess.polarity[rows], ClusterBootstrap.over(groups, seed=seed)
    )
    codable = metrics.codable_choice(labels, selected, boot)
    for name, part, figure in (
        ("accuracy", themes, "accuracy"), ("theme_kappa", themes, "kappa"), ("micro_f1", themes, "micro_f1"),
        ("codable_recall", codable, "recall"), ("polarity_kappa", polarity, "kappa"),
    ):  # fmt: skip
        section.take(name, part, figure)


def _errors(
    section: Section, rows: NDArray[np.intp], wrong: NDArray[np.bool_], groups: NDArray[np.str_], seed: int
) -> None:
    """Add the error rate of coded rows, its groups resampled."""
    boot = ClusterBootstrap.over(groups[rows].tolist(), seed=seed)
    table, resampled = boot.tables(np.arange(len(rows)), wrong[rows].astype(np.intp), 2)
    section.add("error_rate", float(_rate(table)), _rate(resampled))


def _error_difference(
    section: Section,
    mine: NDArray[np.bool_],
    coded: NDArray[np.bool_],
    wrong: NDArray[np.bool_],
    groups: NDArray[np.str_],
    everyone: ClusterBootstrap,
) -> None:
    """Add the error rate of the value minus that of all other rows; an interval if both have MIN_GROUPS groups."""
    rows = np.flatnonzero(coded)
    cells = 2 * mine[rows].astype(np.intp) + wrong[rows]
    table, resampled = everyone.tables(rows, cells, 4)
    sides = [len(set(groups[coded & side].tolist())) for side in (mine, ~mine)]
    if min(sides) < MIN_GROUPS:
        resampled = resampled[:0]
    section.add(
        "difference",
        float(_rate(table[2:]) - _rate(table[:2])),
        _rate(resampled[:, 2:]) - _rate(resampled[:, :2]),
    )


def _rate(table: Floats) -> Floats:
    """Return the share of the second of two counts, (..., 2); nan without any."""
    total = table.sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value: Floats = np.where(total > 0, table[..., 1] / total, np.nan)
    return value


def differences(
    truth: Truth,
    first: Guess,
    second: Guess,
    codes: tuple[str, ...],
    *,
    alone: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Return second minus first for theme kappa, polarity kappa, and each code's F1 and kappa, with intervals.

    `alone` (n,) says which rows carry one code and no other (default: counted in the labels); themes are compared on
    these. Rows that either model cannot read are left out of themes and polarity. Each entry has `first`, `second`,
    `difference` and, from three groups on, `ci_low` and `ci_high`.
    """
    labels = truth.labels == 1
    boot = ClusterBootstrap.over(truth.groups, seed=seed)
    asked = first.asked(second.asked(labels))
    single = np.flatnonzero((asked.sum(axis=1) == 1) & (True if alone is None else alone))
    themes = labels[single].argmax(axis=1)
    said = first.asked_polarity(second.asked_polarity(truth.polarity))
    places = np.array([{"barrier": 0, "facilitator": 1}.get(value or "", -1) for value in said])
    clear = np.flatnonzero(places >= 0)

    def theme_table(guess: Guess) -> tuple[Floats, Floats]:
        return metrics.square_tables(
            boot, single, themes, guess.forced[single].argmax(axis=1), labels.shape[1]
        )

    def polarity_table(guess: Guess) -> tuple[Floats, Floats]:
        return metrics.square_tables(boot, clear, places[clear], guess.polarity[clear, :2].argmax(axis=1), 2)

    tables = [metrics.code_tables(labels, guess.selected, boot) for guess in (first, second)]
    per_code = {}
    for place, code in enumerate(codes):
        mine = [(whole[place], resampled[:, place]) for whole, resampled in tables]
        per_code[code] = {
            "support": int(labels[:, place].sum()),
            **{name: _difference(mine[0], mine[1], metrics.BINARY[name]) for name in ("f1", "kappa")},
        }
    return {
        "n": len(labels),
        "n_groups": len(set(truth.groups)),
        "theme_kappa": _difference(theme_table(first), theme_table(second), metrics.kappa),
        "polarity_kappa": _difference(polarity_table(first), polarity_table(second), metrics.kappa),
        "codes": per_code,
    }


def _difference(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], figure: Callable[[Floats], Floats]
) -> Section:
    section = Section()
    section["first"], section["second"] = (
        round(float(value), 6) if np.isfinite(value := figure(side[0])) else None for side in (first, second)
    )
    found = Section()
    found.add("difference", float(figure(second[0]) - figure(first[0])), figure(second[1]) - figure(first[1]))
    section["difference"] = found["difference"]
    if "ci_low" in found:
        section["ci_low"], section["ci_high"] = found["ci_low"]["difference"], found["ci_high"]["difference"]
    return section
