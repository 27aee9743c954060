"""Plots of performance: readable with forty codes, nothing over anything else, titles that say what they show."""

from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from made_reports import made_card, made_report

from coder.errors import OutputError
from coder.reporting.heldout import held_out_reports
from coder.reporting.panels import panels_of
from coder.reporting.plots import STYLE, drawn, height, performance_plot, plot_title
from coder.workflow.modelling.report_files import draw

mpl.use("Agg")
FORTY = [f"code_{number}_of_a_codebook_with_long_names" for number in range(40)]
CURVE = {
    "points": [
        {"excerpts": size, "theme_kappa": 0.2, "polarity_kappa": None, "ci_low": {"theme_kappa": 0.1},
         "ci_high": {"theme_kappa": 0.3}}
        for size in (50, 100, 200)
    ],
    "more": 200,
    "gain": 0.01,
}  # fmt: skip


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
    "report",
    [
        made_report(),
        {**made_report(FORTY, idle=10), "learning_curve": CURVE},
        {**made_report(groups=2), "studies": made_report()["by"]["values"]},
    ],
    ids=["three codes", "forty codes", "studies"],
)
def test_no_words_lie_over_others_or_outside(report: dict[str, Any]) -> None:
    with mpl.rc_context(STYLE):
        figure = drawn(report)
    places = words_on(figure)
    inner = [box.padded(-1.5) for box in places]
    assert not any(one.overlaps(other) for one, other in combinations(inner, 2))
    edges = figure.bbox
    assert all(
        box.x0 >= -1 and box.x1 <= edges.x1 + 1 and box.y0 >= -1 and box.y1 <= edges.y1 + 1 for box in places
    )


def test_the_panel_of_codes_grows_with_them() -> None:
    few, many = (panels_of(made_report(codes))[0] for codes in (FORTY[:6], FORTY))
    assert height(many) - height(few) > 34 * 0.25


def test_the_axis_of_error_rates_fits_them() -> None:
    report = made_report()
    report["calibration"]["risk_coverage"] = [
        {"coverage": 0.5, "risk": 0.02},
        {"coverage": 1.0, "risk": 0.08},
    ]
    (axes,) = [axes for axes in drawn(report).axes if "surest" in axes.get_title(loc="left")]
    assert 0.08 < axes.get_ylim()[1] < 0.12


def test_undefined_figures_are_called_so(tmp_path: Path) -> None:
    report = made_report(["time", "people", "never"], idle=1)
    report["calibration"]["risk_coverage"], report["polarity"]["kappa"] = [], None
    performance_plot(report, tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8").count("not defined") == 3


def test_titles_say_which_model_on_what_and_whether_it_knew_them() -> None:
    report = made_report()
    assert plot_title(report) == "Model mine on 120 excerpts in 12 groups. HELD OUT"
    assert plot_title({**report, "seen_share": 0.5}).endswith("NOT HELD OUT: it learned from 50 % of them")
    by_study = {**report, "folds": 5, "repeated_texts": 0}
    reports = held_out_reports(made_card(report, by_study=by_study, seen_share=0.0, learning_curve=CURVE))
    assert list(reports) == ["by-study", "by-group"]
    assert plot_title(reports["by-study"]).startswith(
        "Model mine on 120 excerpts in 12 studies. HELD OUT in 5 parts"
    )
    seen = held_out_reports(made_card(report, seen_share=0.4))["by-group"]
    assert "NOT HELD OUT from its base model, which learned from 40 %" in plot_title(seen)


def test_only_what_the_report_has_is_drawn() -> None:
    full = {**made_report(), "learning_curve": CURVE}
    bare = {key: value for key, value in made_report().items() if key not in ("by", "baselines")}
    bare["confusable"] = []
    assert [len(panels_of(report)) for report in (full, bare)] == [6, 3]


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_every_format_is_written_and_never_over_another_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"plot{suffix}"
    draw(made_report(), path)
    first = path.read_bytes()
    with pytest.raises(OutputError, match="--force"):
        draw(made_report(), path)
    draw(made_report(), path, force=True)
    assert suffix == ".pdf" or path.read_bytes() == first
