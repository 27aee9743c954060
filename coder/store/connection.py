"""One open connection with its lock, clock and transactions; SQLite's errors become sentences."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from uuid import uuid4

from coder.errors import InputError, StudyError
from coder.store.encryption import database_errors
from coder.store.open_here import identity

Clock = Callable[[], datetime]
Parameters = Sequence[Any]
T = TypeVar("T")
CHUNK = 900  # parameters of one statement


def utc_now() -> datetime:
    """Return the present time with its zone."""
    return datetime.now(UTC)


def new_uid() -> str:
    """Return a name for a row that no other copy of the study will give out."""
    return uuid4().hex


def written(moment: datetime) -> str:
    """Return a moment as the schema writes time: UTC, microseconds, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Write all or nothing; waits for other writers first, so that what is read inside cannot change.

    Raises StudyError if the disk is full, the file is read-only, damaged, or another writer does not finish.
    """
    with translated(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite rolls back by itself when the disk is full
                connection.execute("ROLLBACK")
            raise


_SENTENCES = (
    ("not a database", "is not a study file of coder; nothing was changed."),
    ("unsupported file format", "is damaged. Go back to a backup copy (NAME.backup)."),
    ("malformed", "is damaged. Go back to a backup copy; coder makes one (NAME.backup) before each update."),
    (
        "full",
        "could not be written: the disk is full. What was saved before is safe; free some space and repeat.",
    ),
    (
        "disk i/o",
        "could not be read or written: the disk reports an error, or is full. What was saved is safe.",
    ),
    ("readonly", "is read-only. Make the file and its folder writable, or work on a copy."),
    ("locked", "is busy: another program has been writing for long. Wait for it to end, then repeat."),
    ("unable to open", "cannot be opened; check the path and that its folder may be written."),
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file into StudyErrors; errors of our own SQL pass through."""
    try:
        yield
    except _file_errors() as error:
        for sign, sentence in _SENTENCES:
            if sign in str(error).lower() or (sign == "full" and "no space" in str(error).lower()):
                raise StudyError(f"{path} {sentence}") from error
        raise
    except UnicodeDecodeError as error:  # SQLite quotes damaged bytes in its messages
        raise StudyError(f"{path} is damaged. Go back to a backup copy.") from error
    except OverflowError as error:
        raise InputError("A number is larger than any that a study holds.") from error
    except UnicodeEncodeError as error:
        raise InputError(f"A text holds characters that cannot be stored: {error.reason}.") from error


def _file_errors() -> tuple[type[Exception], ...]:
    return (*database_errors(), OSError)


class SharedConnection:
    """A connection that several threads may use in turn; `write` is one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock = utc_now) -> None:
        self.connection = connection
        self.path = path
        self._clock = clock
        self._lock = RLock()
        self._file = identity(path)

    @property
    def encrypted(self) -> bool:
        """Whether the driver is that of encrypted files, which is no `sqlite3.Connection`."""
        return not isinstance(self.connection, sqlite3.Connection)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._lock, translated(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with self._lock, translated(self.path):
            row: sqlite3.Row | None = self.connection.execute(sql, parameters).fetchone()
            return row

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """Return the first cell of the first row, or None."""
        row = self.row(sql, parameters)
        return None if row is None else row[0]

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one writing statement inside `write`; return the new row's id."""
        return self.connection.execute(sql, parameters).lastrowid or 0

    def run_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one writing statement for many rows inside `write`."""
        self.connection.executemany(sql, rows)

    @contextmanager
    def write(self) -> Iterator[str]:
        """Open a transaction and yield its time stamp; nested use joins the outer transaction."""
        with self._lock:
            if self.connection.in_transaction:
                yield self._stamp()
                return
            self._refuse_replaced()
            with transaction(self.connection, self.path):
                yield self._stamp()

    def _refuse_replaced(self) -> None:
        """Raise StudyError if another file took the place of the open one: what is written now would be lost."""
        if self._file and identity(self.path) not in (None, self._file):
            raise StudyError(
                f"{self.path} was replaced by another file while it was open here, as a synced folder does. Nothing"
                f" more is saved. Close it everywhere, move {self.path.name}-wal and {self.path.name}-shm, which"
                " belong to the file before, to another folder, and look for a conflicted copy (docs/study.md)."
            )

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several queries see the same state of the file whatever others write meanwhile."""
        with self._lock:
            if self.connection.in_transaction:
                yield
                return
            with translated(self.path):
                self.connection.execute("BEGIN")
                try:
                    yield
                finally:
                    self.connection.execute("ROLLBACK")

    def _stamp(self) -> str:
        latest = self.connection.execute("SELECT latest FROM study").fetchone()[0]
        stamp = max(written(self._clock()), _just_after(latest))
        self.connection.execute("UPDATE study SET latest = ?", (stamp,))
        return stamp

    def coder_id(self, name: str) -> int:
        """Return the id of a coder, or raise StudyError naming those there are."""
        coder = self.value("SELECT id FROM coder WHERE name = ?", (name,))
        if coder is None:
            names = [
                row["name"] for row in self.rows("SELECT name FROM coder WHERE kind = 'person' ORDER BY name")
            ]
            known = f"Its coders are: {', '.join(names)}." if names else "It has no coders yet."
            raise StudyError(f"There is no coder '{name}' in {self.path.name}. {known}")
        return int(coder)


def _just_after(stamp: str) -> str:
    moment = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return written(moment + timedelta(microseconds=1))


def value_of(kind: type[T], row: sqlite3.Row, **given: object) -> T:
    """Return a row as a value of the dataclass `kind`: each field from the column of its name, unless it is given.

    A truth value is a column of 0 and 1.
    """
    values = dict(given)
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name not in given:
            values[field.name] = bool(row[field.name]) if field.type is bool else row[field.name]
    return kind(**values)


def marks(values: Sequence[Any]) -> str:
    """Return `?, ?, ?` for a list of parameters (at most 30,000: SQLite's own limit is 32,766)."""
    return ", ".join("?" * len(values))


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a long list of parameters into pieces that one statement can take."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
