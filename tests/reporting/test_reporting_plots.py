"""Plots of performance: readable with forty codes, nothing over anything else, titles that say what they show."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from coder.errors import OutputError
from coder.learning.evaluation.performance import CurvePoint, LearningCurve, RiskPoint
from coder.reporting.cards import held_out_drawings
from coder.reporting.plots import (
    STYLE,
    Drawing,
    check_plot,
    drawn,
    height,
    panels_of,
    performance_plot,
    plot_title,
)
from coder.statistics import Estimate
from tests.reporting.made_reports import made_card, made_report

mpl.use("Agg")
FORTY = [f"code_{number}_of_a_codebook_with_long_names" for number in range(40)]
CURVE = LearningCurve(
    points=tuple(CurvePoint(size, Estimate(0.2, 0.1, 0.3), Estimate(None)) for size in (50, 100, 200)),
    more=200,
    gain=0.01,
)


@pytest.fixture(autouse=True)
def closed() -> Any:
    yield
    from matplotlib import pyplot as plt

    plt.close("all")


def words_on(figure: Any) -> list[Any]:
    """Return where each piece of text lies on the drawn figure; ticks outside an axis' range are not drawn."""
    figure.canvas.draw()
    shown = []
    for axes in figure.axes:
        found = [text for text in axes.findobj(mpl.text.Text) if text.get_text() and text.get_visible()]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            outside = [tick.label1 for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]
            found = [text for text in found if text not in outside]
        shown += found
    assert shown
    return [text.get_window_extent() for text in shown]


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing(made_report()),
        Drawing(made_report(FORTY, idle=10), curve=CURVE),
        Drawing(replace(made_report(groups=2), studies=getattr(made_report().by, "values", None))),
    ],
    ids=["three codes", "forty codes", "studies"],
)
def test_no_words_lie_over_others_or_outside(drawing: Drawing) -> None:
    with mpl.rc_context(STYLE):
        figure = drawn(drawing)
    places = words_on(figure)
    inner = [box.padded(-1.5) for box in places]
    assert not any(one.overlaps(other) for one, other in combinations(inner, 2))
    edges = figure.bbox
    assert all(
        box.x0 >= -1 and box.x1 <= edges.x1 + 1 and box.y0 >= -1 and box.y1 <= edges.y1 + 1 for box in places
    )


def test_the_panel_of_codes_grows_with_them() -> None:
    few, many = (panels_of(Drawing(made_report(codes)))[0] for codes in (FORTY[:6], FORTY))
    assert height(many) - height(few) > 34 * 0.25


def test_the_axis_of_error_rates_fits_them() -> None:
    report = made_report()
    curve = (RiskPoint(0.5, 0.02), RiskPoint(1.0, 0.08))
    report = replace(report, calibration=replace(report.calibration, risk_coverage=curve))
    (axes,) = [axes for axes in drawn(Drawing(report)).axes if "surest" in axes.get_title(loc="left")]
    assert 0.08 < axes.get_ylim()[1] < 0.12


def test_undefined_figures_are_called_so(tmp_path: Path) -> None:
    report = made_report(["time", "people", "never"], idle=1)
    report = replace(
        report,
        calibration=replace(report.calibration, risk_coverage=()),
        polarity=replace(report.polarity, kappa=Estimate(None)),
    )
    performance_plot(Drawing(report), tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8").count("not defined") == 3


def test_titles_say_which_model_on_what_and_whether_it_knew_them() -> None:
    report = made_report()
    assert plot_title(Drawing(report)) == "Model mine on 120 excerpts in 12 groups. HELD OUT"
    assert plot_title(Drawing(replace(report, seen_share=0.5))).endswith(
        "NOT HELD OUT: it learned from 50 % of them"
    )
    by_study = replace(report, folds=5, repeated_texts=0)
    reports = held_out_drawings(made_card(report, by_study=by_study, seen_share=0.0, learning_curve=CURVE))
    assert list(reports) == ["by-study", "by-group"]
    assert plot_title(reports["by-study"]).startswith(
        "Model mine on 120 excerpts in 12 studies. HELD OUT in 5 parts"
    )
    seen = held_out_drawings(made_card(report, seen_share=0.4))["by-group"]
    assert "NOT HELD OUT from its base model, which learned from 40 %" in plot_title(seen)


def test_only_what_the_report_has_is_drawn() -> None:
    bare = replace(made_report(), by=None, baselines=None, confusable=())
    drawings = (Drawing(made_report(), curve=CURVE), Drawing(bare))
    assert [len(panels_of(drawing)) for drawing in drawings] == [7, 4]


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_every_format_is_written_and_never_over_another_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"plot{suffix}"
    performance_plot(Drawing(made_report()), path)
    first = path.read_bytes()
    with pytest.raises(OutputError, match="--force"):
        check_plot(path)
    check_plot(path, force=True)
    if suffix != ".pdf":  # which holds the time
        performance_plot(Drawing(made_report()), path)
        assert path.read_bytes() == first
