"""Models on disk: a JSON card that people can read, and plain arrays; nothing in it can run.

card.json     what it was trained on, how well it does, its codebook, encoder and limits
model.npz     the arrays named in the card (read with allow_pickle=False, shapes checked)
encoder/      changes to the encoder's weights, if the model has its own (see coder.encoding.adapter)
base/         the model it builds on, if any, in the same shape
"""

import hashlib
import json
import math
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook, from_dict, to_dict
from coder.encoding import Encoder, get_encoder, weights_of
from coder.errors import ModelError, OutputError
from coder.learning.dataset import NOTHING_SEEN
from coder.learning.estimators.calibration import Calibration
from coder.learning.estimators.ensemble import COMPARED, QUESTION, LinearHead, Member, NearestExcerpts, Stack
from coder.learning.explanation import Examples
from coder.learning.features.wording import NGrams
from coder.learning.model import Model, Parts, with_codebook
from coder.learning.persistence.card import HeldOut, StoredCard

PACKAGE = Path(__file__).parents[2]
SHIPPED = next(
    (folder for folder in (PACKAGE / "_models", PACKAGE.parent / "models") if folder.is_dir()),
    PACKAGE / "_models",
)
STARTER, SMALL, NONE = "starter", "starter-small", "none"
LARGE = "all-mpnet-base-v2:"  # how the ids of the large encoder begin
STARTER_VARIABLE = "CODER_STARTER"  # names the model that `starter` stands for, such as starter-small
FORMAT = 1
CARD, ARRAYS, ADAPTER, BASE = "card.json", "model.npz", "encoder", "base"
SIZE_LIMIT = 500_000_000  # bytes
LONGEST = 1.01  # what a vector of length 1 may have in one place after rounding
Arrays = dict[str, NDArray[Any]]


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
        # What the starter was tested with is what excerpts taught it about codes; nobody tested it without.
        model.card = replace(model.card, codes=(), held_out=HeldOut())
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
        shared = stored_card(below).encoder.weights == weights_of(encoder.id)
        base = _from_folder(below, encoder if shared else None, threads)
    return read_model(folder, encoder, base)


def encoder_of(folder: Path, threads: int | None = None) -> Encoder:
    """Return the encoder a model was trained with: its own adapter, a shipped model's, a plain own one, or one named.

    Raises ModelError if none of these has the weights the card names.
    """
    return _encoder_and_adapter(folder, threads)[0]


def adapter_of(name_or_dir: str) -> Path | None:
    """Return the adapter that fine-tuning starts from: that of the model's encoder, if it has one."""
    return _encoder_and_adapter(folder_of(name_or_dir), None)[1]


def on_large_encoder(name_or_dir: str) -> bool:
    """Return whether a model reads with the large encoder; raises ModelError if there is no such model."""
    return stored_card(folder_of(name_or_dir)).encoder.weights.startswith(LARGE)


def _encoder_and_adapter(folder: Path, threads: int | None) -> tuple[Encoder, Path | None]:
    card = stored_card(folder)
    trained_with = card.encoder.weights
    if name := card.encoder_name:
        from coder.encoding.named import folder_or_name

        encoder = get_encoder(folder_or_name(name, trained_with), threads=threads)
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


def save_model(model: Model, directory: str | Path, *, adapter: Path | None = None) -> None:
    """Write a model into a folder, whole or not at all; `adapter` is copied in if the model owns it.

    A model that lies there is replaced with all that belongs to it; other files stay. Raises OutputError if the
    folder cannot be written: what lay there is then as it was.
    """
    folder = Path(directory).absolute()
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _write(model, fresh, adapter)
        _replace(folder, fresh)
    except OSError as error:
        raise OutputError(f"The model cannot be written to {folder}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write(model: Model, folder: Path, adapter: Path | None = None) -> None:
    """Write a model and those it builds on into a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    arrays, shape = packed(model.parts)
    write_arrays(folder / ARRAYS, arrays)
    card = {
        **model.card.to_dict(),
        "format": FORMAT,
        "name": model.name,
        "codebook": to_dict(model.codebook),
        "codebook_hash": model.codebook.hash,
        "encoder": {"weights": weights_of(model.encoder.id), "id": model.encoder.id},
        "parts": shape,
        "arrays_sha256": hashlib.sha256((folder / ARRAYS).read_bytes()).hexdigest(),
    }
    text = json.dumps(card, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")
    if adapter:
        (folder / ADAPTER).mkdir()
        for file in ("adapter.json", "adapter.safetensors"):
            (folder / ADAPTER / file).write_bytes((adapter / file).read_bytes())
    if model.base is not None:
        _write(model.base, folder / BASE)


def _replace(folder: Path, fresh: Path) -> None:
    """Put the new folder in the place of the old one, whose files that are no model's move along."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = fresh.with_suffix(".replaced")
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    for path in old.iterdir():
        if path.name not in (CARD, ARRAYS, ADAPTER, BASE):
            path.rename(folder / path.name)
    shutil.rmtree(old, ignore_errors=True)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as npz with fixed dates, so that equal arrays give equal bytes."""
    import io

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0)), content.getvalue())


def read_card(directory: Path) -> dict[str, Any]:
    """Return a model's card as its file has it; raises ModelError if the folder holds no model of this format."""
    path = directory / CARD
    if not path.is_file():
        raise ModelError(f"{directory} is not a model: it has no {CARD}.")
    if path.stat().st_size > SIZE_LIMIT:
        raise ModelError(f"{path} is too large for a model card.")
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged: {error}.") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise ModelError(
            f"{path} is not of format {FORMAT}, the only one this version reads; train it again."
        )
    return card


def stored_card(directory: Path) -> StoredCard:
    """Return a model's card as values; raises ModelError if the folder holds no model of this format."""
    try:
        return StoredCard.from_dict(read_card(directory))
    except ValueError as error:
        raise ModelError(f"{directory / CARD} is damaged: {error}.") from error


def read_model(directory: Path, encoder: Encoder, base: Model | None = None) -> Model:
    """Read a model from its folder.

    Raises ModelError if a file is damaged or changed, or if the encoder's weights are not those it was trained
    with.
    """
    card, document = stored_card(directory), read_card(directory)
    if card.encoder.weights != weights_of(encoder.id):
        raise ModelError(
            f"The model {directory} was trained with encoder {card.encoder.weights}, not {weights_of(encoder.id)}; "
            "load it without naming an encoder, or train it again."
        )
    arrays = _read_arrays(directory / ARRAYS, card.arrays_sha256 or "")
    try:
        codebook = from_dict(document["codebook"])
        parts = unpacked(arrays, document["parts"], encoder.dimension, len(codebook.codes))
        _check_questions(parts, directory)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"The model {directory} is damaged: {error}.") from error
    if codebook.hash != card.codebook_hash:
        raise ModelError(
            f"The codebook in {directory / CARD} was changed after training; train the model again."
        )
    return Model(card.name, codebook, encoder, parts, card, base)


def _check_questions(parts: Parts, directory: Path) -> None:
    """Raise ModelError for a model that reads questions as earlier versions did: by their vectors."""
    for stack in (parts.themes, parts.polarity):
        for member in stack.members:
            table = member.head.coefficients.get(QUESTION) if isinstance(member.head, LinearHead) else None
            if table is not None and len(table) != len(parts.questions):
                raise ModelError(
                    f"The model {directory} was trained by an earlier version of coder, which read questions in"
                    " another way; train it again."
                )


def _read_arrays(path: Path, expected: str) -> Arrays:
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise ModelError(f"{path} is missing or too large.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
        raise ModelError(f"{path} is not the file that its card describes: it was changed or damaged.")
    try:
        _check_sizes(path)
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ModelError(f"{path} is damaged: {error}.") from error


def _check_sizes(path: Path) -> None:
    """Raise ModelError before an archive asks for more memory than a model may have.

    A few bytes can unfold to gigabytes, and an array's head can promise more than there is.
    """
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > SIZE_LIMIT:
            raise ModelError(
                f"{path} would unfold to over {SIZE_LIMIT // 1_000_000} MB, too much for a model."
            )
        for member in archive.infolist():
            with archive.open(member) as stream:
                version = np.lib.format.read_magic(stream)
                read = {
                    (1, 0): np.lib.format.read_array_header_1_0,
                    (2, 0): np.lib.format.read_array_header_2_0,
                }
                if version not in read:
                    raise ModelError(f"{path} holds an array in an unknown form.")
                shape, _, dtype = read[version](stream)
                if math.prod(shape) * dtype.itemsize > member.file_size:
                    raise ModelError(
                        f"{path} is damaged: the array {member.filename} is shorter than it says."
                    )


def packed(parts: Parts) -> tuple[Arrays, dict[str, Any]]:
    """Return a model's arrays by name, and what of its structure the card must hold."""
    arrays: Arrays = {"known_mean": parts.known_mean, "seen": parts.seen}
    shape: dict[str, Any] = {}
    for name, stack in (("themes", parts.themes), ("polarity", parts.polarity)):
        arrays |= {f"{name}.weights": stack.weights, f"{name}.bias": stack.bias}
        shape[name] = []
        for index, member in enumerate(stack.members):
            described, member_arrays = _member_arrays(f"{name}.{index}", member)
            shape[name].append(described)
            arrays |= member_arrays
    if parts.themes.kept is not None:
        arrays["themes.kept"] = parts.themes.kept
        shape["firm"] = parts.themes.firm
    arrays |= _head_arrays("codable", parts.codable)
    shape["codable"] = list(parts.codable.coefficients)
    calibration = parts.calibration
    arrays |= {
        "calibration.coefficients": calibration.coefficients, "calibration.offsets": calibration.offsets,
        "calibration.thresholds": calibration.thresholds, "calibration.usable": calibration.usable,
    }  # fmt: skip
    shape["temperature"] = calibration.temperature
    if parts.reference is not None:
        arrays["reference"] = parts.reference
    if parts.asks is not None:
        arrays["asks"] = parts.asks
    if parts.in_context:
        shape["in_context"] = True
    if len(parts.questions):
        arrays["questions"] = parts.questions
    if parts.ngrams is not None:
        arrays |= {"ngrams.idf": parts.ngrams.idf, "ngrams.vocabulary": _bytes(list(parts.ngrams.vocabulary))}
    if parts.examples is not None:
        arrays |= {
            "examples.texts": _bytes(list(parts.examples.texts)), "examples.vectors": parts.examples.vectors,
            "examples.labels": parts.examples.labels, "examples.studies": _bytes(list(parts.examples.studies)),
        }  # fmt: skip
    return arrays, shape


def unpacked(arrays: Arrays, shape: Mapping[str, Any], dimension: int, codes: int) -> Parts:
    """Build the parts from arrays; raises ValueError or KeyError where names or shapes do not fit."""
    stacks = {}
    for name, k in (("themes", codes), ("polarity", 3)):
        members = tuple(
            _member(arrays, f"{name}.{index}", item, dimension, k) for index, item in enumerate(shape[name])
        )
        weights = _checked(arrays, f"{name}.weights", (len(members),))
        kept = _checked(arrays, f"{name}.kept", (k,)) if f"{name}.kept" in arrays else None
        firm = float(shape.get("firm", 1.0))
        stacks[name] = Stack(members, weights, _checked(arrays, f"{name}.bias", (k,)), kept, firm)
    calibration = Calibration(
        _checked(arrays, "calibration.coefficients", (4,)), _checked(arrays, "calibration.offsets", (codes,)),
        _checked(arrays, "calibration.thresholds", (codes,)), _checked(arrays, "calibration.usable", (codes,)),
        float(shape["temperature"]),
    )  # fmt: skip
    ngrams = examples = None
    if "ngrams.idf" in arrays:
        words = _texts(arrays["ngrams.vocabulary"])
        ngrams = NGrams(
            {word: at for at, word in enumerate(words)}, _checked(arrays, "ngrams.idf", (len(words),))
        )
    if "examples.texts" in arrays:
        texts, studies = _texts(arrays["examples.texts"]), _texts(arrays["examples.studies"])
        vectors = _checked(arrays, "examples.vectors", (len(texts), dimension))
        examples = Examples(texts, vectors, _checked(arrays, "examples.labels", (len(texts), codes)), studies)
    return Parts(
        _checked(arrays, "known_mean", (dimension,)), stacks["themes"], stacks["polarity"],
        _head(arrays, "codable", shape["codable"], 1), calibration, ngrams, examples,
        _checked(arrays, "seen", (None,)) if "seen" in arrays else NOTHING_SEEN,
        _checked(arrays, "reference", (None, dimension)) if "reference" in arrays else None,
        _checked(arrays, "questions", (None,)) if "questions" in arrays else NOTHING_SEEN,
        shape.get("in_context", False) is True,
        _checked(arrays, "asks", (dimension, 3)) if "asks" in arrays else None,
    )  # fmt: skip


def _member_arrays(prefix: str, member: Member) -> tuple[dict[str, Any], Arrays]:
    """Return what the card says of a view, and its arrays."""
    head = member.head
    if head is None:
        return {"name": member.name, "blocks": None}, {}
    if isinstance(head, LinearHead):
        return {"name": member.name, "blocks": list(head.coefficients)}, _head_arrays(prefix, head)
    arrays: Arrays = {
        "vectors": head.vectors,
        "votes": head.votes,
        "prints": head.prints,
        "carried": head.carried,
    }
    described = {"name": member.name, "blocks": None, "nearest": head.block}
    return described, {f"{prefix}.{name}": array for name, array in arrays.items()}


def _member(arrays: Arrays, prefix: str, item: Mapping[str, Any], dimension: int, k: int) -> Member:
    name, blocks = str(item["name"]), item["blocks"]
    if (compared := item.get("nearest")) is None:
        return Member(name, None if blocks is None else _head(arrays, prefix, blocks, k))
    if compared not in COMPARED:
        raise ValueError(f"texts cannot be compared by {compared}")
    vectors = _checked(arrays, f"{prefix}.vectors", (None, dimension))
    votes = _checked(arrays, f"{prefix}.votes", (len(vectors), None))
    prints = _checked(arrays, f"{prefix}.prints", (len(vectors),))
    carried = _checked(arrays, f"{prefix}.carried", (votes.shape[1], k))
    if (votes < 0).any() or (abs(vectors) > LONGEST).any():
        raise ValueError(f"the excerpts of {prefix} have impossible values")
    return Member(name, NearestExcerpts(str(compared), vectors, votes, prints, carried))


def _head_arrays(prefix: str, head: LinearHead) -> Arrays:
    tables = {f"{prefix}.{block}": table for block, table in head.coefficients.items()}
    return {f"{prefix}.intercept": head.intercept, **tables}


def _head(arrays: Arrays, prefix: str, blocks: list[str], k: int) -> LinearHead:
    tables = {str(block): _checked(arrays, f"{prefix}.{block}", (None, k)) for block in blocks}
    return LinearHead(tables, _checked(arrays, f"{prefix}.intercept", (k,)))


def _checked(arrays: Arrays, name: str, shape: tuple[int | None, ...]) -> NDArray[Any]:
    array = arrays[name]
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, size) for wanted, size in zip(shape, array.shape, strict=True)
    )
    if (
        not fits
        or (array.dtype.kind == "f" and not np.isfinite(array).all())
        or array.dtype.kind not in "fiub"
    ):
        raise ValueError(f"array {name} of shape {array.shape} does not fit")
    return array


def _bytes(texts: list[str]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), dtype=np.uint8)


def _texts(content: NDArray[np.uint8]) -> list[str]:
    texts = json.loads(content.tobytes())
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a list of texts is broken")
    return texts
