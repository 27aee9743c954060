"""No text is encoded twice: duplicates are found, and vectors are kept in a cache on this machine.

The cache holds vectors by the hash of their text, never the text itself, in one SQLite file per encoder. It
may be deleted at any time, is shared safely by concurrent runs, and never grows over KEPT vectors for each of the
FILES encoders used last. Where it is: the folder named by CODER_CACHE (or `off`, or `memory` for this process
alone), else the user's cache folder. After `keep_in_memory()`, as when an encrypted study is open, no vector of this
process reaches the disk.
"""

import hashlib
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from coder.arrays import Vectors
from coder.encoding.encoder import Branched, Encoder, Progress

PART = 4096  # texts encoded and stored at a time: what an interruption can lose
KEPT = 200_000  # vectors; about 320 MB with 384 dimensions, 640 MB with 768
WIDE = 768  # numbers; of longer rows fewer are kept, so that the file grows no larger
FILES = 4
ASKED = 500  # keys per query; SQLite allows at least 999
BUSY_SECONDS = 10

SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (place INTEGER PRIMARY KEY, key BLOB UNIQUE, vector BLOB)"


class FingerprintedEncoder(Encoder, Protocol):
    """An encoder that also names everything its last bits depend on, such as the processor."""

    fingerprint: str


class Store(Protocol):
    """Keeps vectors by key."""

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors that are kept, by key."""
        ...

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors, one row per key."""
        ...


class CachingEncoder:
    """An encoder that encodes each different text once and remembers the vectors between runs."""

    def __init__(self, encoder: FingerprintedEncoder, store: Store | None = None) -> None:
        self.id = encoder.id
        self.dimension = encoder.dimension
        self.width = encoder.width if isinstance(encoder, Branched) else encoder.dimension
        self._rows = encoder.whole if isinstance(encoder, Branched) else encoder.encode
        self._store = store or open_store(encoder.fingerprint, self.width)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return one row of length 1 per text, (n, dimension)."""
        found = self.whole(texts, progress=progress)
        return found if self.width == self.dimension else np.ascontiguousarray(found[:, : self.dimension])

    def whole(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return one whole row per text, (n, width)."""
        rows: dict[str, int] = {}
        places = [rows.setdefault(text, len(rows)) for text in texts]
        unique = list(rows)
        keys = [hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in unique]
        known = self._store.get(keys)
        missing = [row for row, key in enumerate(keys) if key not in known]
        vectors = np.empty((len(unique), self.width), dtype=np.float32)
        for row, key in enumerate(keys):
            if key in known:
                vectors[row] = known[key]
        if progress:
            progress(len(texts) - len(missing))
        for start in range(0, len(missing), PART):
            part = missing[start : start + PART]
            vectors[part] = self._rows([unique[row] for row in part], progress=progress)
            self._store.put([keys[row] for row in part], vectors[part])
        return vectors if len(unique) == len(texts) else vectors[places]


def open_store(fingerprint: str, width: int) -> Store:
    """Return the store of rows (width,) that CODER_CACHE asks for, by default a file in the user's cache folder."""
    wanted = os.environ.get("CODER_CACHE", "")
    if wanted == "off":
        return NoStore()
    if wanted == "memory":
        return MemoryStore()
    digest = hashlib.sha256(f"{fingerprint}|{np.little_endian}".encode()).hexdigest()[:16]
    try:
        kept = KEPT * WIDE // max(WIDE, width)
        return FileStore(cache_folder() / f"vectors-{digest}.sqlite", width, kept)
    except RuntimeError:  # the user has no home
        return NoStore()


def keep_in_memory() -> None:
    """Write no more vectors to the disk in this process; vectors that are there are still read."""
    FileStore.in_memory = True


def cache_folder() -> Path:
    """Return the folder of the cache, without creating it."""
    return Path(wanted) if (wanted := os.environ.get("CODER_CACHE")) else _usual_folder()


def user_cache_folder() -> Path:
    """Return where files are kept that are no trace of anybody's texts: also with `CODER_CACHE=off`."""
    wanted = os.environ.get("CODER_CACHE", "")
    return _usual_folder() if wanted in ("", "off", "memory") else Path(wanted)


def _usual_folder() -> Path:
    """Return the folder of caches for this user, by the custom of the system.

    Linux: XDG_CACHE_HOME or ~/.cache; macOS: ~/Library/Caches; Windows: %LOCALAPPDATA%. Raises RuntimeError if the
    user has no home.
    """
    from platformdirs import user_cache_path

    if not (os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")):
        Path.home()  # raises; platformdirs would answer with a folder named "~"
    return user_cache_path("coder", appauthor=False)


class NoStore:
    """Keeps nothing."""

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return nothing."""
        return {}

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Forget the vectors."""


class MemoryStore:
    """Keeps the newest vectors while the process lives."""

    def __init__(self, kept: int = KEPT) -> None:
        self._vectors: dict[bytes, Vectors] = {}
        self._kept = kept

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors that are kept, by key."""
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors; the oldest beyond the limit are forgotten."""
        self._vectors.update(zip(keys, vectors.copy(), strict=True))
        while len(self._vectors) > self._kept:
            del self._vectors[next(iter(self._vectors))]


class FileStore:
    """Keeps the newest vectors in a SQLite file; a file that cannot be used is done without.

    While `in_memory` is set, new ones are kept in this process alone.
    """

    in_memory = False
    _memories: ClassVar[dict[Path, MemoryStore]] = {}  # by file: stores come and go while the process lives

    def __init__(self, path: Path, width: int, kept: int = KEPT) -> None:
        self._path = path
        self._bytes = width * 4
        self._kept = kept

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors that are kept, by key."""
        vectors = self._memories[self._path].get(keys) if self._path in self._memories else {}
        if not self._path.exists():
            return vectors
        try:
            with closing(self._connected()) as connection:
                for start in range(0, len(keys), ASKED):
                    part = keys[start : start + ASKED]
                    marks = ",".join("?" * len(part))
                    rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)
                    vectors.update(
                        (key, np.frombuffer(vector, dtype=np.float32))
                        for key, vector in rows
                        if len(vector) == self._bytes
                    )
        except sqlite3.Error as error:
            self._give_up(error)
        return vectors

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors; the oldest beyond the limit are forgotten."""
        if self.in_memory:
            self._memories.setdefault(self._path, MemoryStore(self._kept)).put(keys, vectors)
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(self._connected()) as connection, connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)",
                    ((key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)),
                )
                connection.execute(
                    "DELETE FROM vectors WHERE place <= (SELECT max(place) FROM vectors) - ?", [self._kept]
                )
            os.utime(self._path)
            self._remove(sorted(self._path.parent.glob("vectors-*.sqlite"), key=_used)[:-FILES])
        except sqlite3.Error as error:
            self._give_up(error)
        except OSError:  # no home, read-only, disk full: the work goes on without a cache
            pass

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")  # with the log: never damaged, may lose the last rows
        connection.execute(SCHEMA)
        return connection

    def _give_up(self, error: sqlite3.Error) -> None:
        """Do without the cache; remove a file that is damaged, so that the next run starts afresh."""
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self._remove([self._path])

    def _remove(self, paths: Sequence[Path]) -> None:
        for path in paths:
            for file in (path, *path.parent.glob(f"{path.name}-*")):
                with suppress(OSError):
                    file.unlink()


def _used(path: Path) -> float:
    """Return when a file was last written, 0 if it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
