"""The figures of an evaluation report drawn to a file (matplotlib, without a display): panels in two columns.

Each panel knows how many rows it needs and draws itself. A panel is as high as what it shows, and the picture as high
as its higher column, so that forty codes can be read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coder.errors import OutputError
from coder.learning.dataset import too_many_seen
from coder.learning.evaluation.performance import (
    CalibrationCurve,
    EvaluationReport,
    LearningCurve,
    RiskCurve,
    Split,
    Subgroup,
)
from coder.phrasing import bounds, counted, estimate, percent, share, shortened
from coder.reporting.performance import BASELINES, MOST_VALUES, mistaken
from coder.reporting.rows import check_new
from coder.statistics import Estimate

INK, MODEL, OTHER, FAINT = "#2b2b2b", "#1b6ca8", "#b9b4a9", "#8a857b"
LONGEST = 30  # characters of a name beside a bar
UNDEFINED = "not defined"
CURVE_ROWS = 8  # height of a panel with a curve, in rows
WIDTH, ROW, AROUND = 15.0, 0.27, 0.95  # inches: the picture, a row of a panel, a panel's title and axis
STYLE: Any = {
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "coder",
    "svg.fonttype": "none",
}  # fmt: skip
SUFFIXES = (".svg", ".png", ".pdf")


def check_plot(path: Path, *, force: bool = False) -> None:
    """Raise OutputError unless a plot can be written to `path`: its suffix, its folder, what is there already."""
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path}: a plot is written to a name that ends in {', '.join(SUFFIXES)}.")
    check_new(path, force=force)


def write_plot(figure: Any, path: Path, dpi: int) -> None:
    """Write a matplotlib figure in the format of the path's suffix; the same figure gives the same svg.

    Raises OutputError.
    """
    fix_axes(figure)
    try:
        figure.savefig(path, dpi=dpi, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error


def fix_axes(figure: Any) -> None:
    """Lay out a figure and round where its axes are.

    The last digits of the layout's solver differ from run to run, and svg names the parts of a drawing by them.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position([round(value, 6) for value in axes.get_position().bounds])


@dataclass(frozen=True)
class Drawing:
    """A report to draw, what one and several of its groups are called, and the learning curve, if it was measured."""

    report: EvaluationReport
    groups: tuple[str, str] = ("group", "groups")
    curve: LearningCurve | None = None


@dataclass(frozen=True)
class Panel:
    """A part of the plot: its height in rows, and how it is drawn."""

    rows: int
    draw: Callable[[Any], None]


@dataclass(frozen=True)
class Bar:
    """A horizontal bar: its name, the estimate it shows, and its colour."""

    name: str
    figure: Estimate
    colour: str = MODEL


def performance_plot(drawing: Drawing, path: Path) -> None:
    """Draw kappa beside the baselines, each code, error among the surest, mistakes, splits and learning curve.

    What the report does not have is left out. Raises OutputError.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(STYLE):
        figure = drawn(drawing)
        try:
            write_plot(figure, path, dpi=110)
        finally:
            plt.close(figure)


def drawn(drawing: Drawing) -> Any:
    """Return the matplotlib figure of a report; the caller closes it."""
    from matplotlib import pyplot as plt
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    columns = in_columns(panels_of(drawing))
    heights = [sum(map(height, column)) for column in columns]
    spaced = ConstrainedLayoutEngine(w_pad=0.15, wspace=0.03)
    figure = plt.figure(figsize=(WIDTH, max(heights) + 0.7), layout=spaced)
    grid = figure.add_gridspec(1, len(columns))
    for index, column in enumerate(columns):
        spare = max(heights) - heights[index]
        ratios = [*map(height, column), *([spare] if spare > 0.01 else [])]
        cells = grid[0, index].subgridspec(len(ratios), 1, height_ratios=ratios)
        for at, panel in enumerate(column):
            panel.draw(figure.add_subplot(cells[at]))
    figure.suptitle(plot_title(drawing), x=0.01, ha="left", fontsize=11, fontweight="bold", color=INK)
    figure.supxlabel(footnote(drawing), x=0.01, ha="left", fontsize=8, color=INK)
    return figure


def height(panel: Panel) -> float:
    """Return a panel's height in inches."""
    return panel.rows * ROW + AROUND


def in_columns(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Return panels in two columns of about the same height, each panel put into the shorter one so far."""
    columns: list[list[Panel]] = [[], []]
    for panel in panels:
        min(columns, key=lambda column: sum(map(height, column))).append(panel)
    return columns


def plot_title(drawing: Drawing) -> str:
    """Say which model, on how much, and whether it knew the excerpts."""
    report = drawing.report
    share = report.seen_share or 0.0
    amount = f"{counted(report.n, 'excerpt')} in {counted(report.n_groups, *drawing.groups)}"
    if report.folds is not None:
        how = f"HELD OUT in {report.folds} parts, trained anew without each"
        if too_many_seen(share):
            how = f"NOT HELD OUT from its base model, which learned from {percent(share)} of them"
    else:
        how = (
            f"NOT HELD OUT: it learned from {percent(share)} of them" if too_many_seen(share) else "HELD OUT"
        )
    return f"Model {report.model} on {amount}. {how}"


def footnote(drawing: Drawing) -> str:
    """Say what the black lines and the figures are."""
    return (
        f"Black lines and brackets: 95 % intervals from resampling whole {drawing.groups[1]}, where there are"
        " three or more. Kappa: agreement with people beyond chance (0 = chance, 1 = always alike). F1: how many"
        " suggestions are right and how many codes are found (1 = all)."
    )


def panels_of(drawing: Drawing) -> list[Panel]:
    """Return the panels for what a report has, the most important first."""
    report = drawing.report
    panels = [_codes(report), _kappas(report), _risk(report.calibration.risk_coverage)]
    if report.calibration.curve:
        panels.append(_calibration(report.calibration.curve))
    if mistaken(report, 1):
        panels.append(_mistakes(report))
    if report.by:
        panels.append(_by(report.by))
    if len(report.studies or {}) > 1:
        panels.append(_studies(report.studies or {}))
    if drawing.curve:
        panels.append(_curve(drawing.curve))
    return panels


def bars(axes: Any, rows: Sequence[Bar], title: str, shown: Callable[[Estimate], str] = estimate) -> None:
    """Draw horizontal bars, first on top, with 95 % intervals; figures stand beside the axes, never on a bar."""
    low, high = 0.0, 1.0
    for row, bar in enumerate(rows):
        value, interval = bar.figure.value, bounds(bar.figure)
        words = UNDEFINED if value is None else shown(bar.figure)
        _beside(axes, row, words, INK if value is not None else FAINT)
        if value is None:
            continue
        axes.barh(row, value, color=bar.colour, height=0.62)
        if interval is not None:
            axes.plot(interval, [row, row], color=INK, linewidth=1.2, solid_capstyle="butt")
        low = min(low, value, *(interval or ()))
    axes.set_yticks(range(len(rows)), [bar.name for bar in rows])
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axes.set_xlim(low * 1.05, high)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    _titled(axes, title)


def _beside(axes: Any, height: float, words: str, colour: str = INK) -> None:
    """Write a figure to the right of the axes, never on a bar or a line."""
    axes.annotate(
        words, (1.02, height), xycoords=("axes fraction", "data"), va="center", annotation_clip=False, color=colour
    )  # fmt: skip


def _titled(axes: Any, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10, color=INK)


def _codes(report: EvaluationReport) -> Panel:
    rows = [
        Bar(f"{shortened(code.replace('_', ' '), LONGEST)} ({figures.support:,})", figures.f1)
        for code, figures in report.codes.items()
    ]
    title = "F1 of what is suggested, per code (excerpts)"
    return Panel(len(rows), lambda axes: bars(axes, rows, title))


def _kappas(report: EvaluationReport) -> Panel:
    simple = [
        (BASELINES[name], baseline)
        for name in ("tfidf_svm", "frozen_lr")
        if (baseline := (report.baselines or {}).get(name))
    ]
    rows = [
        Bar("codes", report.themes.kappa),
        *(Bar(name, baseline.themes.kappa, OTHER) for name, baseline in simple),
        Bar("barrier or facilitator", report.polarity.kappa),
        *(Bar(name, baseline.polarity.kappa, OTHER) for name, baseline in simple),
    ]
    title = "Kappa" + (", beside simple methods (grey)" if simple else "")
    return Panel(len(rows), lambda axes: bars(axes, rows, title))


def _by(split: Split) -> Panel:
    values = sorted(split.values.items(), key=lambda item: -item[1].n)[:MOST_VALUES]
    rows = [
        Bar(f"{shortened(value, LONGEST)} ({'too few: ' if part.too_few else ''}{part.n:,})", part.error_rate,
            OTHER if part.too_few else MODEL)
        for value, part in values
    ]  # fmt: skip
    return Panel(len(rows), lambda axes: _rates(axes, rows, f"Best code wrong, by {split.column} (excerpts)"))


def _rates(axes: Any, rows: Sequence[Bar], title: str) -> None:
    """Draw shares as bars, the axis as long as they need."""
    bars(axes, rows, title, share)
    ends = [(bounds(bar.figure) or (0, bar.figure.value or 0))[1] for bar in rows]
    axes.set_xlim(0, min(1.0, 1.1 * max([0.05, *ends])))
    _in_percent(axes.xaxis)


def _studies(subgroups: Mapping[str, Subgroup]) -> Panel:
    rows = [
        Bar(f"{shortened(study, LONGEST)} ({part.n:,})", part.theme_kappa)
        for study, part in list(subgroups.items())[:MOST_VALUES]
    ]
    return Panel(len(rows), lambda axes: bars(axes, rows, "Kappa of codes, study by study (excerpts)"))


def _mistakes(report: EvaluationReport) -> Panel:
    rows = mistaken(report, 8)

    def draw(axes: Any) -> None:
        for row, (_, _, count) in enumerate(rows):
            axes.barh(row, count, color=MODEL, height=0.62)
            _beside(axes, row, f"{count:,}")
        names = [
            f"{shortened(theirs, 24)} → {shortened(its, 24)}".replace("_", " ") for theirs, its, _ in rows
        ]
        axes.set_yticks(range(len(rows)), names, fontsize=8)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.get_major_locator().set_params(integer=True)
        _titled(axes, "Mistaken: people's code → the model's")

    return Panel(len(rows), draw)


def _risk(curve: RiskCurve) -> Panel:
    def draw(axes: Any) -> None:
        _titled(axes, "Best code wrong among the surest excerpts")
        axes.set(xlabel="share of coded excerpts kept, surest first", xlim=(0, 1))
        _in_percent(axes.xaxis)
        if not curve:
            _undefined(axes)
            return
        axes.plot([p.coverage for p in curve], [p.risk for p in curve], color=MODEL, marker=".")
        axes.set_ylim(0, min(1.0, max(0.05, 1.15 * max(point.risk for point in curve))))
        _in_percent(axes.yaxis)
        _beside(axes, curve[-1].risk, percent(curve[-1].risk))

    return Panel(CURVE_ROWS, draw)


def _calibration(curve: CalibrationCurve) -> Panel:
    def draw(axes: Any) -> None:
        _titled(axes, "Right among suggestions, by confidence")
        axes.set(xlabel="confidence, on average", xlim=(0, 1), ylim=(0, 1))
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1)
        axes.plot(
            [part.confidence for part in curve], [part.right for part in curve], color=MODEL, marker="."
        )
        _in_percent(axes.xaxis)
        _in_percent(axes.yaxis)

    return Panel(CURVE_ROWS, draw)


def _curve(curve: LearningCurve) -> Panel:
    sizes = [point.excerpts for point in curve.points]
    lines = (
        ([point.theme_kappa for point in curve.points], "codes", MODEL),
        ([point.polarity_kappa for point in curve.points], "barrier or facilitator", FAINT),
    )

    def draw(axes: Any) -> None:
        ends: list[float] = []
        for figures, words, colour in lines:
            known = [
                (size, figure)
                for size, figure in zip(sizes, figures, strict=True)
                if figure.value is not None
            ]
            if not known:
                continue
            _line(axes, known, colour)
            ends += [end for _, figure in known for end in (float(figure), *(bounds(figure) or ()))]
            axes.plot([], [], color=colour, marker="o", label=words)
        _titled(axes, "Kappa with more excerpts to learn from")
        axes.set_xlabel("excerpts learned from")
        axes.set_xticks(sizes)
        if not ends:
            _undefined(axes)
            return
        axes.set_ylim(min(0.0, *ends), 1.0)
        axes.legend(frameon=False, loc="best")

    return Panel(CURVE_ROWS, draw)


def _line(axes: Any, points: Sequence[tuple[int, Estimate]], colour: str) -> None:
    axes.plot([size for size, _ in points], [figure.value for _, figure in points], color=colour, marker="o")
    for size, figure in points:
        interval = bounds(figure)
        if interval is not None:
            axes.plot([size, size], interval, color=colour, linewidth=1)


def _undefined(axes: Any) -> None:
    axes.text(0.5, 0.5, UNDEFINED, transform=axes.transAxes, ha="center", va="center", color=FAINT)
    axes.set_yticks([])


def _in_percent(axis: Any) -> None:
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
