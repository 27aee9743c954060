"""Reports and model cards for people: text, plots, and the files that lie beside a model."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.reporting.cards import card_text, comparison_text, held_out_drawings, held_out_text, list_text
from coder.reporting.performance import performance_text
from coder.reporting.plots import Drawing, check_plot

if TYPE_CHECKING:
    from coder.learning import Model
    from coder.learning.evaluation.performance import EvaluationReport

__all__ = [
    "card_text", "check_plot", "comparison_text", "draw", "held_out_text", "list_text", "performance_text",
    "save_with_card",
]  # fmt: skip


def save_with_card(model: "Model", out: Path, *, adapter: Path | None = None) -> None:
    """Write a model with its card as text (card.md) and its held-out figures drawn (performance-by-*.svg).

    `adapter` is the folder of its own changes to the encoder, if it has any. Plots of a model replaced go with it.
    """
    from coder.learning import save_model
    from coder.learning.persistence.model_files import stored_card

    save_model(model, out, adapter=adapter)
    card = stored_card(out)
    (out / "card.md").write_text(card_text(card) + "\n", encoding="utf-8")
    for plot in out.glob("performance*.svg"):
        plot.unlink()
    for name, drawing in held_out_drawings(card).items():
        _drawn(drawing, out / f"performance-{name}.svg")


def draw(report: "EvaluationReport", path: Path, *, force: bool = False) -> None:
    """Draw an evaluation report: figures beside their baselines, codes, abstaining, mistakes, splits.

    Raises OutputError as `check_plot` does.
    """
    check_plot(path, force=force)
    _drawn(Drawing(report), path)


def _drawn(drawing: Drawing, path: Path) -> None:
    from coder.reporting.plots import performance_plot

    performance_plot(drawing, path)
