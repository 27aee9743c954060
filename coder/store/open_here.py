"""Which database files this process has open, so that none of them is opened past SQLite meanwhile.

POSIX drops all locks that a process holds on a file as soon as it closes any handle of it, SQLite's, too. Another
program that closes the study then takes itself for the last, deletes the log, and what this one saves afterwards is
lost (https://www.sqlite.org/howtocorrupt.html, section 2.2).
"""

import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from sqlite3 import Connection
from threading import RLock
from typing import Any, cast

HEAD = 4096  # bytes: the header of a plain file, the first page of an encrypted one
Identity = tuple[int, int]

# No look by a handle of its own while a connection is being made, and no connection made during a look.
_GUARD = RLock()
_OPEN: Counter[Identity] = Counter()
_HEADS: dict[Identity, bytes] = {}


def identity(path: Path) -> Identity | None:
    """Return what tells a file from another one of its name, None if there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def opened(
    path: Path, make: Callable[..., Any], kind: type, location: str, options: dict[str, Any]
) -> Connection:
    """Return `make(location, factory=..., **options)`, a connection of `kind` to a file, noted until it is closed."""
    with _GUARD:
        file = identity(path)
        if file is not None:
            if not _OPEN[file]:
                _HEADS[file] = b""
                with suppress(OSError):  # then SQLite says what is wrong
                    _HEADS[file] = _head(path)
            _OPEN[file] += 1
    try:
        connection = make(location, factory=_noted(kind), **options)
    except BaseException:
        _closed(file)
        raise
    connection.note = weakref.finalize(connection, _closed, file)  # also where nobody closes it
    connection.note.atexit = False
    return cast(Connection, connection)


@cache
def _noted(kind: type) -> type:
    """Return a class of connections that end their note when they are closed."""

    def close(self: Any) -> None:
        kind.close(self)  # type: ignore[attr-defined]
        self.note()

    return type(kind.__name__, (kind,), {"close": close})


def _closed(file: Identity | None) -> None:
    with _GUARD:
        if file is not None:
            _OPEN[file] -= 1
            if not _OPEN[file]:
                del _OPEN[file], _HEADS[file]


@contextmanager
def not_open(path: Path) -> Iterator[bool]:
    """Yield whether this process has a file not open by SQLite; until the block ends no other thread opens it.

    Only then may the file be opened in another way.
    """
    with _GUARD:
        yield identity(path) not in _OPEN


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file; of one that is open here those it had when it was opened first.

    Raises OSError.
    """
    with not_open(path) as free:
        file = identity(path)
        return _head(path) if free or file is None else _HEADS[file]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
