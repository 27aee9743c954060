"""Models by name or folder: found, opened, described, saved with their cards, and what warns of their figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coder.learning.model import Model
    from coder.learning.persistence.card import StoredCard


def open_model(
    name: str | Path = "starter", codebook: str | Path | None = None, *, threads: int | None = None
) -> "Model":
    """Load a model by name, from a folder, or `none` for the codebook's text alone (default codebook: comb).

    Raises ModelError or CodebookError.
    """
    from coder.learning.persistence.model_files import load_model

    book = None
    if codebook:
        from coder.exchange.codebooks import read_codebook

        book = read_codebook(codebook)
    return load_model(str(name), codebook=book, threads=threads)


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model's folder with its card, or with what keeps it from being read; `document` is card.json as it is."""

    name: str
    path: Path
    card: "StoredCard | None" = None
    problem: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return card.json with the folder, or the name and the problem."""
        if self.problem is not None:
            return {"name": self.name, "path": str(self.path), "problem": self.problem}
        return {**self.document, "path": str(self.path)}


def known_models() -> list[KnownModel]:
    """Return the shipped models and those in ./models."""
    from coder.learning.persistence.model_files import SHIPPED

    return [
        _known(path.parent)
        for folder in dict.fromkeys([SHIPPED.resolve(), Path("models").resolve()])
        for path in sorted(folder.glob("*/card.json"))
    ]


def _known(folder: Path) -> KnownModel:
    from coder.errors import ModelError

    try:
        return described_model(folder)
    except ModelError as error:
        return KnownModel(folder.name, folder, problem=str(error))


def described_model(name: str | Path) -> KnownModel:
    """Return a model with its card, by name or folder; raises ModelError if there is none or it is damaged."""
    from coder.learning.persistence.model_files import folder_of, read_card, stored_card

    folder = folder_of(str(name))
    card = stored_card(folder)
    return KnownModel(card.name, folder, card, document=read_card(folder))


def unread_warning(languages: Sequence[str | None]) -> list[str]:
    """Say how many excerpts the model does not read, and how the figures deal with them."""
    from collections import Counter

    from coder.learning.features.wording import unread_words

    said = unread_words(Counter(filter(None, languages)), len(languages), "excerpts")
    left_out = "they are left out of forced choice and polarity, and count as not coded in all other figures"
    return [f"{said}; {left_out}."] if said else []


def seen_warning(model: "Model", share: float) -> list[str]:
    """Say when figures are not held out: the model, or one it builds on, learned from that share of the texts."""
    from coder.learning.dataset import too_many_seen

    if not too_many_seen(share):
        return []
    return [
        f"NOT HELD OUT: {model.name} learned from {share:.0%} of these excerpts, so its figures here flatter it."
    ]


def save_with_card(model: "Model", out: Path, *, adapter: Path | None = None) -> None:
    """Write a model with its card as text (card.md) and its held-out figures drawn (performance-by-*.svg).

    `adapter` is the folder of its own changes to the encoder, if it has any. Plots of a model replaced go with it.
    """
    from coder.learning.persistence.model_files import save_model, stored_card
    from coder.reporting.cards import card_text, held_out_drawings
    from coder.reporting.plots import performance_plot

    save_model(model, out, adapter=adapter)
    card = stored_card(out)
    (out / "card.md").write_text(card_text(card) + "\n", encoding="utf-8")
    for plot in out.glob("performance*.svg"):
        plot.unlink()
    for name, drawing in held_out_drawings(card).items():
        performance_plot(drawing, out / f"performance-{name}.svg")
