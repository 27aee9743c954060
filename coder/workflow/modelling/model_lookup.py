"""Finding, opening and describing models."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coder.learning import Model


def open_model(
    name: str | Path = "starter", codebook: str | Path | None = None, *, threads: int | None = None
) -> "Model":
    """Load a model by name, from a folder, or `none` for the codebook's text alone (default codebook: comb).

    Raises ModelError or CodebookError.
    """
    from coder.learning import load_model
    from coder.workflow.codebooks import open_codebook

    book = open_codebook(codebook) if codebook else None
    return load_model(str(name), codebook=book, threads=threads)


def known_models() -> list[dict[str, Any]]:
    """Return the cards of shipped models and of those in ./models, each with its `path`.

    One that cannot be read has a `problem` in place of a card.
    """
    from coder.learning.persistence.model_files import SHIPPED

    return [
        _card_or_problem(path.parent)
        for folder in dict.fromkeys([SHIPPED.resolve(), Path("models").resolve()])
        for path in sorted(folder.glob("*/card.json"))
    ]


def _card_or_problem(folder: Path) -> dict[str, Any]:
    from coder.errors import ModelError
    from coder.learning.persistence.model_files import read_card

    try:
        card = read_card(folder)
    except ModelError as error:
        return {"name": folder.name, "path": str(folder), "problem": str(error)}
    if not {"name", "codebook", "data"} <= set(card):
        return {"name": folder.name, "path": str(folder), "problem": f"{folder / 'card.json'} is not whole."}
    return {**card, "path": str(folder)}


def model_card(name: str) -> dict[str, Any]:
    """Return a model's card by name or folder, with its `path`; raises ModelError if there is none."""
    from coder.learning import folder_of
    from coder.learning.persistence.model_files import read_card

    folder = folder_of(name)
    return {**read_card(folder), "path": str(folder)}
