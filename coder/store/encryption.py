"""Studies encrypted with a passphrase: SQLCipher files, and plain ones, opened in one way.

SQLCipher encrypts every page of the file and of its log with AES-256 and checks it by HMAC-SHA512; the key is derived
from the passphrase by PBKDF2 with 256,000 rounds (https://www.zetetic.net/sqlcipher/design/). Its driver is a fork
of Python's sqlite3 with the same names, so that the rest of the store need not know which of the two is at work.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from coder.errors import PassphraseError, StudyError
from coder.installation import require
from coder.passphrases import spelled
from coder.store.open_here import HEAD, head_of, not_open, opened

PLAIN = b"SQLite format 3\0"
PAGE = HEAD  # bytes, SQLCipher's; a file is a whole number of them
RANDOM = 200  # different bytes in a page: of 4,096 random ones nearly all 256 occur, of text fewer than 130
SHARED_FIRST, SHARED_BYTES = 0x40000002, 510  # where SQLite keeps shared locks
OVERWRITTEN = 1 << 20  # bytes at a time


def is_encrypted(path: Path) -> bool:
    """Return whether a file can be an encrypted study: whole pages that look random. Nothing else tells it."""
    try:
        size = path.stat().st_size
        page = head_of(path)
    except OSError:
        return False
    return size >= PAGE and size % PAGE == 0 and not page.startswith(PLAIN) and len(set(page)) >= RANDOM


def is_locked(path: Path) -> bool:
    """Return whether a program has an encrypted file open; without its passphrase, by SQLite's lock (POSIX).

    In write-ahead mode each connection holds a shared lock on the bytes that SQLite uses for it
    (https://www.sqlite.org/lockingv3.html). On Windows a file that is open cannot be deleted anyway.
    """
    if os.name != "posix":
        return False
    import fcntl

    with not_open(path) as free:
        if not free:
            return True
        with path.open("r+b") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_BYTES, SHARED_FIRST)
            except OSError:
                return True
    return False


def database_errors() -> tuple[type[Exception], ...]:
    """Return what an `except` clause catches: SQLCipher's errors are of a class of their own."""
    driver = sys.modules.get("sqlcipher3.dbapi2")
    return (sqlite3.DatabaseError,) if driver is None else (sqlite3.DatabaseError, driver.DatabaseError)


def connected(
    location: str | Path, passphrase: str | None, name: Path | None = None, **options: Any
) -> sqlite3.Connection:
    """Open a database; with a passphrase an encrypted one. `name` is what errors call the file.

    `location` is a path, or an address of the file `name`. Rows can be read by column name. Raises PassphraseError if
    the passphrase is wrong, InstallationError if the driver of encrypted files is missing.
    """
    options.setdefault("isolation_level", None)
    file = location if isinstance(location, Path) else name or Path(location)
    if passphrase is None:
        plain = opened(file, sqlite3.connect, sqlite3.Connection, str(location), options)
        plain.row_factory = sqlite3.Row
        return plain
    driver = _driver()
    connection = opened(file, driver.connect, driver.Connection, str(location), options)
    try:
        connection.row_factory = driver.Row
        _give_key(connection, passphrase)
        _check_key(connection, name or file)
    except BaseException:
        connection.close()
        raise
    return connection


def _driver() -> Any:
    require("encrypted", "An encrypted study")
    from sqlcipher3 import dbapi2

    return dbapi2


def _give_key(connection: sqlite3.Connection, passphrase: str | None) -> None:
    """Tell SQLCipher the passphrase of the database just opened; None for a plain one."""
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr
    if passphrase is not None:
        # A pragma takes no parameters. SQLCipher takes x'...' with 64 or 96 hexadecimal digits for the key itself.
        quoted = spelled(passphrase).replace("'", "''")
        connection.execute(f"PRAGMA key = '{quoted}'")


def _check_key(connection: sqlite3.Connection, path: Path) -> None:
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except database_errors() as error:
        if "not a database" not in str(error):
            raise
        raise PassphraseError(
            f"The passphrase does not open {path}; nothing was changed. If you are sure of it, the file is damaged or"
            " is no study: go back to a backup copy."
        ) from error


def attach(connection: sqlite3.Connection, location: str, passphrase: str | None, alias: str) -> None:
    """Attach another database under the name `alias`; to a plain one only plain ones can be attached."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"ATTACH DATABASE ? AS {alias}", (location,))
    else:
        connection.execute(f"ATTACH DATABASE ? AS {alias} KEY ?", (location, spelled(passphrase or "")))


def rewrite(path: Path, old: str | None, draft: Path, new: str | None) -> None:
    """Put the database into a fresh file under another passphrase, or none, compare the two, and swap them.

    `old`, `new`: None for a plain file. `draft` is an empty file beside it. Where the system lets a file be replaced
    while it is open (not Windows), the old contents are then overwritten with zeros; what a disk keeps of them
    elsewhere cannot be reached. Raises PassphraseError if `old` is wrong, StudyError if another program has the file
    open or the copy is not equal to it: then nothing was changed.
    """
    with _exclusive(path, old, draft, new) as connection:
        _copy_all(connection, path)
        connection.execute("COMMIT")
        if os.name == "posix":
            # Swapped while the lock is held: a program that waits for the lock then finds zeros in the file that it
            # has open, and refuses it, instead of writing decisions into a file without a name.
            with path.open("r+b") as replaced:
                draft.replace(path)
                _overwrite(replaced.fileno(), path.parent)
                connection.close()  # before the handle: closing that first would drop SQLite's lock
            return
    draft.replace(path)


@contextmanager
def _exclusive(path: Path, old: str | None, draft: Path, new: str | None) -> Iterator[sqlite3.Connection]:
    """Open the draft as `main` and the file as `old` in a transaction that keeps all others away from it."""
    if old is not None:
        connected(path, old).close()  # the sentence on a wrong passphrase
    driver = _driver()
    connection = cast(sqlite3.Connection, driver.connect(str(draft), isolation_level=None, timeout=1.0))
    try:
        _give_key(connection, new)
        attach(connection, str(path), old, "old")
        try:
            # Leaves the log and takes the lock only if nobody else has the file open.
            connection.execute("PRAGMA old.journal_mode = DELETE")
            connection.execute("PRAGMA old.locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except driver.OperationalError as error:
            if "locked" in str(error):
                raise StudyError(
                    f"{path} is open in another program. Close it there, then repeat."
                ) from error
            raise
        yield connection
    finally:
        connection.close()


def _copy_all(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("SELECT sqlcipher_export('main', 'old')")
    for pragma in ("application_id", "user_version"):
        number = connection.execute(f"PRAGMA old.{pragma}").fetchone()[0]
        connection.execute(f"PRAGMA main.{pragma} = {int(number)}")
    schema = "SELECT type, name, sql FROM {}.sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    parts = connection.execute(schema.format("old")).fetchall()
    equal = parts == connection.execute(schema.format("main")).fetchall()
    for table in [name for kind, name, _ in parts if kind == "table"]:
        rows = 'SELECT * FROM {}."{}" NOT INDEXED'
        ours, theirs = (connection.execute(rows.format(one, table)) for one in ("main", "old"))
        equal = equal and all(mine == other for mine, other in _pairs(ours, theirs))
    if not equal or connection.execute("PRAGMA main.integrity_check").fetchone()[0] != "ok":
        raise StudyError(f"{path} could not be copied without a difference; it was left as it is.")


def _pairs(ours: sqlite3.Cursor, theirs: sqlite3.Cursor) -> Iterator[tuple[Any, Any]]:
    while True:
        pair = ours.fetchone(), theirs.fetchone()
        if pair == (None, None):
            return
        yield pair


def _overwrite(db: int, folder: Path) -> None:
    """Overwrite a replaced file with zeros, as far as its disk writes in place, and make it empty."""
    with suppress(OSError):  # the study is safe in its new file; what is left of the old one has no name
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)  # the new name first: a power cut now must not bring back a file of zeros
        finally:
            os.close(directory)
        left = os.fstat(db).st_size
        os.lseek(db, 0, os.SEEK_SET)
        while left > 0:
            left -= os.write(db, bytes(min(left, OVERWRITTEN)))
        os.fsync(db)
        os.ftruncate(db, 0)
