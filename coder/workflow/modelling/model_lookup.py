"""Finding, opening and describing models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coder.learning import Model
    from coder.learning.persistence.card import StoredCard


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
    from coder.learning import folder_of
    from coder.learning.persistence.model_files import read_card, stored_card

    folder = folder_of(str(name))
    card = stored_card(folder)
    return KnownModel(card.name, folder, card, document=read_card(folder))
