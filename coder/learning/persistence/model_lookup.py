"""Finding a model to start from: the shipped starter, a folder, or the codebook's text alone."""

import os
from pathlib import Path

from coder.codebook import Codebook
from coder.encoding import Encoder, get_encoder, weights_of
from coder.encoding.known_folders import folder_or_name
from coder.errors import ModelError
from coder.learning.model import Model
from coder.learning.persistence.model_files import ADAPTER, BASE, read_card, read_model
from coder.learning.training.codebook_transfer import with_codebook

PACKAGE = Path(__file__).parents[2]
SHIPPED = next(
    (folder for folder in (PACKAGE / "_models", PACKAGE.parent / "models") if folder.is_dir()),
    PACKAGE / "_models",
)
STARTER, SMALL, NONE = "starter", "starter-small", "none"
LARGE = "all-mpnet-base-v2:"  # how the ids of the large encoder begin
STARTER_VARIABLE = "CODER_STARTER"  # names the model that `starter` stands for, such as starter-small
NAMED = "encoder_name"  # in the card of a model trained with an encoder that a person named


def load_model(
    name_or_dir: str | Path = STARTER,
    *,
    codebook: Codebook | None = None,
    encoder: Encoder | None = None,
    threads: int | None = None,
) -> Model:
    """Load a model by name (`starter`, another folder under models/, `none`) or from a folder.

    With `codebook`, codes known by id keep what was learned as far as the texts agree, and the codebook's own
    text speaks for all. `none` reads the codebook's text alone; what the starter knows of polarity and of
    what is codable stays. Raises ModelError if it is damaged, was changed, or does not fit the encoder.
    """
    name = str(name_or_dir)
    if name == NONE:
        starter = _from_folder(folder_of(STARTER), encoder, threads)
        model = with_codebook(starter, codebook or starter.codebook, learned=False)
        model.name = NONE
        return model
    model = _from_folder(folder_of(name), encoder, threads)
    return model if codebook is None else with_codebook(model, codebook)


def folder_of(name_or_dir: str) -> Path:
    """Return a model's folder; raises ModelError saying which names there are."""
    if name_or_dir == STARTER:
        name_or_dir = os.environ.get(STARTER_VARIABLE) or STARTER
    for folder in (Path(name_or_dir), SHIPPED / name_or_dir):
        if (folder / "card.json").is_file():
            return folder
    known = sorted(path.parent.name for path in SHIPPED.glob("*/card.json"))
    raise ModelError(
        f"There is no model '{name_or_dir}'. Give a folder, or one of: {', '.join([*known, NONE])}."
    )


def _from_folder(folder: Path, encoder: Encoder | None, threads: int | None) -> Model:
    encoder = encoder or encoder_of(folder, threads)
    below = folder / BASE
    base = None
    if (below / "card.json").is_file():
        shared = read_card(below).get("encoder", {}).get("weights") == weights_of(encoder.id)
        base = _from_folder(below, encoder if shared else None, threads)
    return read_model(folder, encoder, base)


def encoder_of(folder: Path, threads: int | None = None) -> Encoder:
    """Return the encoder a model was trained with: its own adapter, a shipped model's, a plain own one, or one named.

    Raises ModelError if none of these has the weights the card names.
    """
    return _encoder_and_adapter(folder, threads)[0]


def adapter_of(folder: Path) -> Path | None:
    """Return the folder of the encoder adapter a model was trained with; None for the plain default encoder.

    Raises ModelError if the weights the card names are not here.
    """
    return _encoder_and_adapter(folder, None)[1]


def small_adapter_of(name_or_dir: str) -> Path | None:
    """Return the adapter that fine-tuning starts from: the model's own, or starter-small's for a large encoder."""
    encoder, adapter = _encoder_and_adapter(folder_of(name_or_dir), None)
    return SHIPPED / SMALL / ADAPTER if encoder.id.startswith(LARGE) else adapter


def _encoder_and_adapter(folder: Path, threads: int | None) -> tuple[Encoder, Path | None]:
    card = read_card(folder)
    trained_with = card.get("encoder", {}).get("weights")
    if name := card.get(NAMED):
        encoder = get_encoder(folder_or_name(str(name), str(trained_with)), threads=threads)
        if weights_of(encoder.id) != trained_with:
            raise ModelError(
                f"The model {folder} was trained with encoder {trained_with}; '{name}' is another one now. "
                "Bring that encoder back, or train the model again."
            )
        return encoder, None
    shipped = sorted(path.parent for path in SHIPPED.glob(f"*/{ADAPTER}/adapter.json"))
    for adapter in (folder / ADAPTER, *shipped):
        if (adapter / "adapter.json").is_file():
            encoder = get_encoder(threads=threads, adapter=adapter)
            if weights_of(encoder.id) == trained_with:
                return encoder, adapter
    for plain in ("default", "large"):
        encoder = get_encoder(plain, threads=threads)
        if weights_of(encoder.id) == trained_with:
            return encoder, None
    raise ModelError(
        f"The model {folder} was trained with encoder {trained_with}, which is not here; train it again."
    )
