"""A forest plot of agreement per code: estimates with their intervals, most frequent code first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coder.agreement.report import AgreementReport, Estimates
from coder.errors import OutputError
from coder.phrasing import percent
from coder.reporting.plots import check_plot, write_plot
from coder.statistics import Estimate

INK, LIGHT, SECOND = "#2b2b2b", "#b9b4a9", "#1b6ca8"
SHOWN = (("light_kappa", "kappa", INK, "o", -0.13), ("gwet_ac1", "AC1", SECOND, "D", 0.13))


def forest_plot(report: AgreementReport, path: Path, *, force: bool = False) -> None:
    """Draw kappa and AC1 per code with 95 % intervals, prevalence in figures beside.

    Raises OutputError if the file exists (without `force`), cannot be written, or there is nothing to draw.
    """
    rows = forest_rows(report)
    check_plot(path, force=force)
    if not rows:
        raise OutputError("There is no code with a defined kappa, so there is nothing to draw.")
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context({"font.size": 9, "svg.hashsalt": "coder", "svg.fonttype": "none"}):
        figure, axes = plt.subplots(figsize=forest_size(rows), layout="constrained")
        draw_forest(axes, report, rows)
        try:
            write_plot(figure, path, dpi=160)
        finally:
            plt.close(figure)


def forest_rows(report: AgreementReport) -> list[tuple[str, Estimates]]:
    """Return the codes that have a kappa, the most frequent first."""
    rows = [
        (code, estimates)
        for code, estimates in report.codes.items()
        if estimates["light_kappa"].value is not None
    ]
    return sorted(rows, key=lambda row: -(row[1]["prevalence"].value or 0.0))


def forest_size(rows: Sequence[tuple[str, Estimates]]) -> tuple[float, float]:
    """Return the inches that the plot of so many codes needs."""
    return 8.5, 1.5 + 0.5 * (len(rows) + 1)


def draw_forest(axes: Any, report: AgreementReport, rows: Sequence[tuple[str, Estimates]]) -> None:
    """Draw the rows of `forest_rows` on matplotlib axes, all codes together below."""
    names = [report.label(code).replace("_", " ") for code, _ in rows]
    for row, (_, estimates) in enumerate(rows):
        _marks(axes, row, estimates)
        shares = percent(estimates["prevalence"].value, 1)
        axes.annotate(shares, (1.02, row), xycoords=("axes fraction", "data"), va="center", color=INK)
    axes.annotate("prevalence", (1.02, -0.75), xycoords=("axes fraction", "data"), va="center", color=INK)
    _overall(axes, len(rows), report)
    axes.set_yticks(range(len(rows) + 1), [*names, "all codes (pooled kappa)"])
    axes.set_ylim(len(rows) + 0.6, -0.6)
    _finish(axes, report)


def _marks(axes: Any, row: int, estimates: Estimates) -> None:
    for name, _, colour, marker, shift in SHOWN:
        estimate = estimates[name]
        if estimate.value is None:
            continue
        _line(axes, row + shift, estimate, colour)
        axes.plot(estimate.value, row + shift, marker, color=colour, markersize=5)


def _line(axes: Any, y: float, estimate: Estimate, colour: str) -> None:
    if estimate.low is not None and estimate.high is not None:
        axes.plot([estimate.low, estimate.high], [y, y], color=colour, linewidth=1.3)


def _overall(axes: Any, row: int, report: AgreementReport) -> None:
    pooled = report.overall["pooled_kappa"]
    axes.axhline(row - 0.5, color=LIGHT, linewidth=0.8)
    if pooled.value is not None:
        _line(axes, row, pooled, INK)
        axes.plot(pooled.value, row, "s", color=INK, markersize=6)


def _finish(axes: Any, report: AgreementReport) -> None:
    low = min(0.0, axes.get_xlim()[0])
    axes.set_xlim(low, 1.02)
    axes.axvline(0, color=LIGHT, linewidth=0.8)
    for value in (0.2, 0.4, 0.6, 0.8, 1.0):
        axes.axvline(value, color=LIGHT, linewidth=0.4, zorder=0)
    for _, label, colour, marker, _ in SHOWN:
        axes.plot([], [], marker, color=colour, markersize=5, label=label)
    axes.legend(loc="lower left", frameon=False, ncols=2, bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    coders = ", ".join(report.coders)
    kind = report.kind[0].upper() + report.kind[1:]
    axes.set_xlabel(f"{kind}: {coders}; {report.n_compared:,} units. Intervals: {report.interval}")
