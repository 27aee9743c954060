"""Finding, opening and describing models."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coder.learning import Model


def open_model(
    name: str | Path = "starter", codebook: str | Path | None = None, *, threads: int | None = None
) -> "Model":
    """Load a model by name, from a folder, or `none` for the codebook's text alone (default codebook: comb).

    Raises ModelError or CodebookError.
    """
    from coder.codebook import load_codebook
    from coder.encoding import get_encoder
    from coder.learning import load_model

    book = load_codebook(codebook) if codebook else None
    encoder = get_encoder(threads=threads) if threads else None
    return load_model(str(name), codebook=book, encoder=encoder)
