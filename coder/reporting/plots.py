"""Figures drawn to files (matplotlib, without a display)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coder.reporting.plotfiles import write_plot

INK, MODEL, OTHER = "#2b2b2b", "#1b6ca8", "#b9b4a9"
NAMES = {"majority": "commonest code", "tfidf_svm": "TF-IDF + SVM", "frozen_lr": "frozen + LR"}


def performance_plot(report: Mapping[str, Any], path: Path) -> None:
    """Draw kappa beside the baselines, F1 per code, and error among the surest; raises OutputError."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(
        {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "coder"}
    ):
        figure, (first, second, third) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
        _kappas(first, report)
        _codes(second, report)
        _risk(third, report)
        try:
            write_plot(figure, path, dpi=130)
        finally:
            plt.close(figure)


def _bars(
    axes: Any, names: list[str], found: list[tuple[Mapping[str, Any], str]], colours: list[str]
) -> None:
    """Horizontal bars, first on top, with 95 % intervals where there are any."""
    for place, (section, key) in enumerate(found):
        value = section.get(key)
        if value is None:
            continue
        axes.barh(place, value, color=colours[place], height=0.6)
        low, high = section.get("ci_low", {}).get(key), section.get("ci_high", {}).get(key)
        if low is not None and high is not None:
            axes.plot([low, high], [place, place], color=INK, linewidth=1.2)
        axes.annotate(
            f"{value:.2f}",
            (1.0, place),
            xycoords=("axes fraction", "data"),
            va="center",
            ha="right",
            color=INK,
        )
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(min(0, axes.get_xlim()[0]), 1.12)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])


def _kappas(axes: Any, report: Mapping[str, Any]) -> None:
    names, found, colours = (
        ["themes", "polarity"],
        [(report["themes"], "kappa"), (report["polarity"], "kappa")],
        [MODEL] * 2,
    )
    for key, words in NAMES.items():
        baseline = report.get("baselines", {}).get(key)
        if baseline and key != "majority":
            for part in ("themes", "polarity"):
                names.append(f"{part}: {words}")
                found.append((baseline[part], "kappa"))
                colours.append(OTHER)
    _bars(axes, names, found, colours)
    axes.set_title("Kappa with people's codes", loc="left")


def _codes(axes: Any, report: Mapping[str, Any]) -> None:
    codes = report["codes"]
    names = [f"{code.replace('_', ' ')} ({found['support']})" for code, found in codes.items()]
    _bars(axes, names, [(found, "f1") for found in codes.values()], [MODEL] * len(names))
    axes.set_title("F1 of suggestions (n by people)", loc="left")


def _risk(axes: Any, report: Mapping[str, Any]) -> None:
    curve = report["calibration"]["risk_coverage"]
    axes.plot([point["coverage"] for point in curve], [point["risk"] for point in curve], color=MODEL)
    axes.set(
        xlabel="share of excerpts kept, surest first", ylabel="wrong code first", xlim=(0, 1), ylim=(0, 1)
    )
    axes.set_title("Wrong first code among the surest", loc="left")
