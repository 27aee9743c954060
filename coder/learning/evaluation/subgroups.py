"""Figures for each value of an attribute, such as role or site, and how far it stands off from all the others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coder.learning.evaluation import metrics
from coder.learning.evaluation.metrics import Floats, Section
from coder.learning.evaluation.report import Guess, Truth
from coder.statistics import MIN_GROUPS, ClusterBootstrap

FEW_GROUPS, FEW_CODED = 5, 20  # under either a value's figures are too thin to speak of
EMPTY = "(empty)"


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
        _difference(section, mine, coded, wrong, groups, everyone)
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


def _difference(
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
