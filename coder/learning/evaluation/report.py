"""The evaluation report: a model's predictions against human codes.

`labels` says 1 = coded so, 0 = looked at and not, -1 = not looked at; rows with an unknown are left out of what
needs to know them. Rows that the model cannot read get no code: they count as missed, and are left out of forced
choice and polarity, which would only score a guess.

Two models are compared on the same held-out rows. Both are resampled together, so what makes a transcript easy or
hard for both cancels out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats, Places
from coder.codebook import Codebook
from coder.encoding import Advance
from coder.learning.dataset import TrainingSet
from coder.learning.evaluation import metrics
from coder.learning.evaluation.performance import (
    CalibrationFigures,
    Change,
    Codable,
    CodeChange,
    Confusion,
    EvaluationReport,
    ModelComparison,
    PolarityChoice,
    Subgroup,
    Themes,
)
from coder.statistics import FEWEST_TO_TELL, MIN_GROUPS, ClusterBootstrap, Estimate

if TYPE_CHECKING:
    from coder.learning.model import Model, Predictions

FEW_GROUPS, FEW_CODED = 5, 20  # under either a value's figures are too thin to speak of
EMPTY = "(empty)"
MOST_CONFUSED = 6  # pairs of codes


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
    def of(cls, predictions: "Predictions", columns: Sequence[int] | None = None) -> "Guess":
        """Return the guess that predictions are; `columns` picks and orders codes."""
        at = slice(None) if columns is None else list(columns)
        read = np.array([name is None for name in predictions.languages], dtype=bool)
        return cls(
            predictions.scores[:, at],
            predictions.forced[:, at],
            predictions.selected[:, at],
            predictions.polarity,
            read,
        )

    @classmethod
    def blank(cls, n: int, codes: int) -> "Guess":
        """Return a guess of n rows to be filled: nothing selected, all read."""
        nothing = np.zeros((n, codes))
        return cls(nothing, nothing.copy(), nothing > 0, np.zeros((n, 3)), np.ones(n, dtype=bool))

    @classmethod
    def by(
        cls,
        model: "Model",
        data: TrainingSet,
        codes: Sequence[str] | None = None,
        *,
        progress: Advance | None = None,
    ) -> "Guess":
        """Return what a model says of coded excerpts, by its own codes or by `codes`, in their order.

        Of rows that are never coded it says nothing. `progress` is that of `Model.predict`.
        """
        rows = np.flatnonzero(np.asarray(data.codable, dtype=bool))
        predictions = model.predict(data.batch.rows(rows), progress=progress)
        names = predictions.codes if codes is None else codes
        guess = cls.blank(len(data), len(names))
        if guess.read is not None:
            guess.read[:] = False
        guess.fill(rows, cls.of(predictions, [predictions.codes.index(code) for code in names]))
        return guess

    def fill(self, rows: Places, other: "Guess") -> None:
        """Take over what another guess, of some of the rows, says of them."""
        for name in ("scores", "forced", "selected", "polarity", "read"):
            getattr(self, name)[rows] = getattr(other, name)

    def rows(self, rows: Places) -> "Guess":
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


def performance(truth: Truth, guess: Guess, codebook: Codebook, model: str) -> EvaluationReport:
    """Return the report: themes, components, polarity, codable, codes, calibration, confusable pairs.

    Figures without enough data are None. Intervals are cluster bootstraps over groups, from three groups on.
    """
    known: NDArray[np.bool_] = np.asarray((truth.labels >= 0).all(axis=1))
    labels = truth.labels[known] == 1
    groups = [group for group, keep in zip(truth.groups, known.tolist(), strict=True) if keep]
    boot = ClusterBootstrap.over(groups)
    selected, scores, forced = guess.selected[known], guess.scores[known], guess.forced[known]
    asked = guess.asked(truth.labels == 1)[known]
    tables = metrics.code_tables(labels, selected, boot)
    themes, confusion = themes_of(asked, forced, tables, boot)
    even = metrics.forced_choice(asked, metrics.without_base_rate(forced), boot)[0]
    parents = [code.parent for code in codebook.codes]
    return EvaluationReport(
        n=len(truth.labels),
        n_groups=len(set(truth.groups)),
        model=model,
        themes=replace(themes, without_base_rate=even),
        polarity=metrics.polarity_choice(
            guess.asked_polarity(truth.polarity),
            guess.polarity,
            ClusterBootstrap.over(truth.groups),
        ),
        codable=metrics.codable_choice(labels, selected, boot),
        codes=metrics.per_code(*tables, codebook.ids),
        calibration=calibration(labels, scores, selected, asked),
        confusable=confusable(confusion, codebook.ids),
        components=metrics.component_choice(asked, forced, parents, boot) if codebook.components else None,
    )


def themes_of(
    asked: NDArray[np.bool_], forced: Floats, tables: tuple[Floats, Floats], boot: ClusterBootstrap
) -> tuple[Themes, Floats]:
    """Return forced choice on the rows with a code in `asked` (n, k), and F1 from `tables` of `code_tables`.

    `forced` is (n, k). The second value is the confusion table (k, k), truth by row.
    """
    choice, confusion = metrics.forced_choice(asked, forced, boot)
    themes = Themes(
        n_single=choice.n_single,
        accuracy=choice.accuracy,
        kappa=choice.kappa,
        forced_macro_f1=choice.forced_macro_f1,
        top2_accuracy=choice.top2_accuracy,
        macro_f1=metrics.macro_f1(*tables),
        micro_f1=metrics.micro_f1(*tables),
    )
    return themes, confusion


def calibration(
    labels: NDArray[np.bool_], scores: Floats, selected: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> CalibrationFigures:
    """Return the expected calibration error over all scores and over suggested ones, with the risk-coverage curve.

    `surest_quarter` is the share of right ones among the surest quarter of suggestions.

    The curve abstains on the least sure rows first: `coverage` is the share of rows kept, `risk` the share of
    them whose best-scored code is not among the true ones. It is about the rows with a code in `asked` (n, k).
    """
    best = scores.argmax(1) if len(scores) else np.zeros(0, dtype=int)
    rows = np.arange(len(scores))
    coded = asked.any(1)
    hit = labels[rows, best]
    return CalibrationFigures(
        ece_all_codes=_rounded(metrics.calibration_error(scores.ravel(), labels.ravel())),
        ece_suggested=_rounded(metrics.calibration_error(scores[selected], labels[selected])),
        surest_quarter=metrics.surest_precision(scores[selected], labels[selected]),
        risk_coverage=metrics.risk_coverage(scores[rows, best][coded], hit[coded]),
        curve=metrics.calibration_curve(scores[selected], labels[selected]),
    )


def _rounded(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None


def confusable(table: Floats, names: Sequence[str]) -> tuple[Confusion, ...]:
    """Return the pairs of codes most often taken for each other, with both directions."""
    pairs = [
        Confusion((names[a], names[b]), first_as_second=int(table[a, b]), second_as_first=int(table[b, a]))
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if table[a, b] + table[b, a] > 0
    ]
    pairs.sort(key=lambda pair: -(pair.first_as_second + pair.second_as_first))
    return tuple(pairs[:MOST_CONFUSED])


def by_attribute(
    truth: Truth, guess: Guess, values: Sequence[str | None], *, whole: bool = False
) -> dict[str, Subgroup]:
    """Return, for each value, how many rows and groups have it and how the model does on them, with intervals.

    The interval of `difference` comes from resampling all groups together. `too_few` marks values with under
    FEW_GROUPS groups or FEW_CODED coded rows. What is undefined is None.

    `whole` says that a value is a whole of its own, as a study is: its intervals are about its own rows, resampled
    one by one where it has under MIN_GROUPS groups (`by_rows`), and it is not too few for its groups.
    """
    column = np.array([value or EMPTY for value in values], dtype=str)
    compared = _Compared.of(truth, guess)
    return {value: compared.subgroup(column == value, whole) for value in sorted(set(column.tolist()))}


@dataclass(frozen=True)
class _Compared:
    """All rows, (n,): which are known, which have a code, which have a wrong best code, and their groups."""

    truth: Truth
    guess: Guess
    known: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    groups: NDArray[np.str_]
    everyone: ClusterBootstrap

    @classmethod
    def of(cls, truth: Truth, guess: Guess) -> "_Compared":
        known: NDArray[np.bool_] = np.asarray((truth.labels >= 0).all(axis=1))
        n = len(truth.labels)
        best = guess.forced.argmax(axis=1) if n else np.zeros(0, dtype=np.intp)
        return cls(
            truth,
            guess,
            known=known,
            coded=known & guess.asked(truth.labels == 1).any(axis=1),
            wrong=truth.labels[np.arange(n), best] != 1,
            groups=np.asarray(list(truth.groups), dtype=str),
            everyone=ClusterBootstrap.over(truth.groups),
        )

    def subgroup(self, mine: NDArray[np.bool_], whole: bool) -> Subgroup:
        """Return the figures of the rows that `mine` (n,) marks."""
        n_groups = len(set(self.groups[mine].tolist()))
        n_coded = int((mine & self.coded).sum())
        by_rows = whole and n_groups < MIN_GROUPS
        resampled = np.arange(len(mine)).astype(str) if by_rows else self.groups
        themes, codable, polarity = self._figures(np.flatnonzero(mine), resampled)
        return Subgroup(
            n=int(mine.sum()),
            n_groups=n_groups,
            n_coded=n_coded,
            too_few=(n_groups < FEW_GROUPS and not whole) or n_coded < FEW_CODED,
            accuracy=themes.accuracy,
            theme_kappa=themes.kappa,
            micro_f1=themes.micro_f1,
            codable_recall=codable.recall,
            polarity_kappa=polarity.kappa,
            error_rate=self._error_rate(np.flatnonzero(mine & self.coded), resampled),
            difference=self._error_difference(mine),
            by_rows=by_rows,
        )

    def _figures(self, rows: Places, groups: NDArray[np.str_]) -> tuple[Themes, Codable, PolarityChoice]:
        """Return the figures that need no comparison with the other values."""
        looked = rows[self.known[rows]]
        labels, selected = self.truth.labels[looked] == 1, self.guess.selected[looked]
        boot = ClusterBootstrap.over(groups[looked].tolist())
        asked = self.guess.asked(self.truth.labels == 1)[looked]
        tables = metrics.code_tables(labels, selected, boot)
        themes, _ = themes_of(asked, self.guess.forced[looked], tables, boot)
        polarity_truth = self.guess.asked_polarity(self.truth.polarity)
        polarity = metrics.polarity_choice(
            [polarity_truth[row] for row in rows],
            self.guess.polarity[rows],
            ClusterBootstrap.over(groups[rows].tolist()),
        )
        return themes, metrics.codable_choice(labels, selected, boot), polarity

    def _error_rate(self, rows: Places, groups: NDArray[np.str_]) -> Estimate:
        """Return the error rate of coded rows, their groups resampled."""
        boot = ClusterBootstrap.over(groups[rows].tolist())
        table, resampled = boot.tables(np.arange(len(rows)), self.wrong[rows].astype(np.intp), 2)
        return metrics.estimated(float(metrics.share_of(table)), metrics.share_of(resampled))

    def _error_difference(self, mine: NDArray[np.bool_]) -> Estimate:
        """Return the error rate minus that of all other rows; an interval if both have MIN_GROUPS groups."""
        rows = np.flatnonzero(self.coded)
        cells = 2 * mine[rows].astype(np.intp) + self.wrong[rows]
        table, resampled = self.everyone.tables(rows, cells, 4)
        sides = [len(set(self.groups[self.coded & side].tolist())) for side in (mine, ~mine)]
        if min(sides) < MIN_GROUPS:
            resampled = resampled[:0]
        return metrics.estimated(
            float(metrics.share_of(table[2:]) - metrics.share_of(table[:2])),
            metrics.share_of(resampled[:, 2:]) - metrics.share_of(resampled[:, :2]),
        )


def differences(
    truth: Truth,
    first: Guess,
    second: Guess,
    codes: tuple[str, ...],
    *,
    alone: NDArray[np.bool_] | None = None,
) -> ModelComparison:
    """Return second minus first for theme kappa, polarity kappa, and each code's F1 and kappa, with intervals.

    `alone` (n,) says which rows carry one code and no other (default: counted in the labels); themes are compared on
    these. Rows that either model cannot read are left out of themes and polarity. Intervals: from three groups and
    FEWEST_TO_TELL examples on.
    """
    labels = truth.labels == 1
    boot = ClusterBootstrap.over(truth.groups)
    asked = first.asked(second.asked(labels))
    single = np.flatnonzero((asked.sum(axis=1) == 1) & (True if alone is None else alone))
    themes = labels[single].argmax(axis=1)
    polarity_truth = first.asked_polarity(second.asked_polarity(truth.polarity))
    places = np.array([{"barrier": 0, "facilitator": 1}.get(value or "", -1) for value in polarity_truth])
    clear = np.flatnonzero(places >= 0)

    def theme_table(guess: Guess) -> tuple[Floats, Floats]:
        return metrics.square_tables(
            boot, single, themes, guess.forced[single].argmax(axis=1), labels.shape[1]
        )

    def polarity_table(guess: Guess) -> tuple[Floats, Floats]:
        return metrics.square_tables(boot, clear, places[clear], guess.polarity[clear, :2].argmax(axis=1), 2)

    tables = [metrics.code_tables(labels, guess.selected, boot) for guess in (first, second)]
    per_code = {}
    for column, code in enumerate(codes):
        old, new = ((whole[column], resampled[:, column]) for whole, resampled in tables)
        support = int(labels[:, column].sum())
        per_code[code] = CodeChange(
            support=support,
            f1=_difference(old, new, metrics.BINARY["f1"], support),
            kappa=_difference(old, new, metrics.BINARY["kappa"], support),
        )
    return ModelComparison(
        n=len(labels),
        n_groups=len(set(truth.groups)),
        theme_kappa=_difference(theme_table(first), theme_table(second), metrics.kappa, len(single)),
        polarity_kappa=_difference(polarity_table(first), polarity_table(second), metrics.kappa, len(clear)),
        codes=per_code,
    )


def _difference(
    first: tuple[Floats, Floats],
    second: tuple[Floats, Floats],
    figure: Callable[[Floats], Floats],
    examples: int,
) -> Change:
    old, new = (
        round(float(value), 6) if np.isfinite(value := figure(side[0])) else None for side in (first, second)
    )
    resampled = figure(second[1]) - figure(first[1])
    change = metrics.estimated(
        float(figure(second[0]) - figure(first[0])),
        resampled[: len(resampled) if examples >= FEWEST_TO_TELL else 0],
    )
    return Change(old, new, change.value, change.low, change.high)
