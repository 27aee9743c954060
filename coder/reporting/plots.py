"""The figures of an evaluation report drawn to a file (matplotlib, without a display): panels in two columns.

A panel is as high as what it shows, and the picture as high as its higher column, so that forty codes can be read.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coder.reporting.numbers import counted, percent
from coder.reporting.panels import INK, Drawing, Panel, panels_of
from coder.reporting.performance import known
from coder.reporting.plotfiles import write_plot

WIDTH, ROW, AROUND = 15.0, 0.27, 0.95  # inches: the picture, a row of a panel, a panel's title and axis
STYLE: Any = {
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "coder",
    "svg.fonttype": "none",
}  # fmt: skip


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
    for place, column in enumerate(columns):
        spare = max(heights) - heights[place]
        ratios = [*map(height, column), *([spare] if spare > 0.01 else [])]
        cells = grid[0, place].subgridspec(len(ratios), 1, height_ratios=ratios)
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
        if known(share):
            how = f"NOT HELD OUT from its base model, which learned from {percent(share)} of them"
    else:
        how = f"NOT HELD OUT: it learned from {percent(share)} of them" if known(share) else "HELD OUT"
    return f"Model {report.model} on {amount}. {how}"


def footnote(drawing: Drawing) -> str:
    """Say what the black lines and the figures are."""
    return (
        f"Black lines and brackets: 95 % intervals from resampling whole {drawing.groups[1]}, where there are"
        " three or more. Kappa: agreement with people beyond chance (0 = chance, 1 = always alike). F1: how many"
        " suggestions are right and how many codes are found (1 = all)."
    )
