"""The study file as a database: create, open, migrate, back up.

WAL with `synchronous=FULL`: a decision is on disk when its call returns. Several programs may have the file
open; writers queue for up to `PATIENCE` seconds.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from glob import escape
from pathlib import Path
from uuid import uuid4

from coder.errors import StudyError
from coder.passphrases import PASSPHRASES
from coder.phrasing import typed
from coder.store.connection import transaction, translated
from coder.store.encryption import connected, database_errors, is_encrypted, rewrite
from coder.store.left_log import judged, log_of
from coder.store.open_here import head_of, not_open

APPLICATION_ID = 0x434F4452  # "CODR", so that `file` and other programs can tell
PATIENCE = 15.0  # seconds to wait for another writer
OLDEST_SQLITE = (3, 37, 0)  # strict tables
SCHEMA = Path(__file__).parent / "schema"

Step = Callable[[sqlite3.Connection], None]


def _script_step(path: Path) -> Step:
    def step(connection: sqlite3.Connection) -> None:
        for statement in _statements(path.read_text(encoding="utf-8")):
            connection.execute(statement)

    return step


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit first; statements one by one stay inside the caller's transaction.
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


# Never edit a step that has been released: append the next one.
STEPS: tuple[Step, ...] = tuple(_script_step(path) for path in sorted(SCHEMA.glob("[0-9]*.sql")))


def create(path: Path, fill: Callable[[sqlite3.Connection], None], *, passphrase: str | None = None) -> None:
    """Make a new study file whole or not at all, encrypted if there is a passphrase; `fill` writes its first rows.

    Raises StudyError if the file exists or its folder cannot be written.
    """
    if path.exists():
        raise StudyError(f"{path} exists already; a study is never overwritten. Choose another name.")
    if not path.parent.is_dir():
        raise StudyError(f"The folder {path.parent} does not exist; make it first.")
    draft = path.with_name(f".{path.name}.{uuid4().hex[:8]}.new")
    try:
        with translated(path):
            make_private(draft)
            connection = connected(draft, passphrase)
            try:
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                with transaction(connection, path):
                    _apply(connection, STEPS)
                    fill(connection)
            finally:
                connection.close()
            publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    if passphrase is not None:
        PASSPHRASES.remember(path, passphrase)


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives -wal and -shm the same permissions."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def publish(draft: Path, path: Path) -> None:
    """Give a finished file its name; raises StudyError if somebody made a file of that name meanwhile."""
    try:
        os.link(draft, path)  # unlike rename, fails if somebody made the file meanwhile
    except FileExistsError as error:
        raise StudyError(f"{path} exists already; a study is never overwritten.") from error
    except OSError:  # a file system without hard links
        draft.rename(path)


def connect(
    path: Path, *, readonly: bool = False, steps: Sequence[Step] = STEPS, passphrase: str | None = None
) -> sqlite3.Connection:
    """Open a study file, bringing an older one up to date first (a backup copy is kept beside it).

    Without `passphrase`, that of an encrypted one comes from PASSPHRASES. Raises StudyError if there is no such
    file, it is not a study, a newer program made it, it is damaged, or (unless `readonly`) it cannot be written;
    PassphraseError if the passphrase is missing or wrong.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StudyError(f"SQLite {sqlite3.sqlite_version} is too old; 3.37 or newer is needed.")
    if not path.is_file():
        raise StudyError(f"There is no study {path}. Begin one with: coder init {typed(path)}")
    writable = _writable(path)
    if not writable and not readonly:
        raise StudyError(f"{path} is read-only. Make the file writable, or work on a copy.")
    passphrase = _passphrase_of(path, passphrase)
    with translated(path):
        connection = _opened(path, writable, passphrase)
        try:
            _check_ours(connection, path, len(steps))
            if writable:
                _bring_up_to_date(connection, path, steps, passphrase)
            elif _version(connection) < len(steps):
                raise StudyError(f"{path} is from an older version and read-only; make it writable once.")
            connection.execute(f"PRAGMA query_only = {int(readonly)}")
        except BaseException:
            connection.close()
            raise
    return connection


def _passphrase_of(path: Path, given: str | None = None) -> str | None:
    """Return the passphrase of an encrypted study, None for a plain one."""
    if not is_encrypted(path):
        return None
    return given or PASSPHRASES.of(path)


def _writable(path: Path) -> bool:
    # The mode bits too: root may write anything, yet a file marked read-only is meant to stay as it is.
    return bool(path.stat().st_mode & 0o222) and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _mode(path: Path, writable: bool) -> str:
    if writable:
        return "mode=rw"
    log = log_of(path)
    if not log.exists() or not log.stat().st_size:
        return "mode=ro&immutable=1"  # SQLite need not make its -shm file; nobody can be writing
    if os.access(path.parent, os.W_OK):
        return "mode=ro"
    raise StudyError(
        f"{path} has changes in {log.name} that a read-only folder hides. Copy both to another folder."
    )


def _refuse_other_log(path: Path, passphrase: str | None) -> None:
    """Raise StudyError where the log beside a file is that of another, before SQLite brings it in."""
    file = path.resolve()
    log = log_of(file)
    if log.is_dir():
        raise StudyError(f"{log} is a folder, where SQLite needs a file: move it, then open the study again.")
    if not os.access(file.parent, os.W_OK):
        return
    with not_open(file) as free:
        if not free:
            return  # the log is this program's
        verdict = judged(file, log, lambda copy: connected(copy, passphrase, path))
    if verdict == "damaged":
        raise StudyError(
            f"{path} is damaged, with {log.name} beside it and without; nothing was changed. Go back to a backup"
            " copy."
        )
    if verdict == "foreign":
        raise StudyError(
            f"{path} and {log.name} beside it do not belong together, so nothing was opened or changed. The file was"
            f" replaced while it was open, as a synced folder does. Move {log.name} and {path.name}-shm to another"
            " folder and open the study again; look for a conflicted copy (docs/study.md)."
        )


def _opened(path: Path, writable: bool, passphrase: str | None) -> sqlite3.Connection:
    location = f"{path.resolve().as_uri()}?{_mode(path, writable)}"
    _refuse_other_log(path, passphrase)
    connection = connected(
        location, passphrase, path, uri=True, timeout=PATIENCE, check_same_thread=False, cached_statements=256
    )  # fmt: skip
    if passphrase is not None:
        PASSPHRASES.remember(path, passphrase)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -65536")  # 64 MB
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_ours(connection: sqlite3.Connection, path: Path, newest: int) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StudyError(f"{path} is not a study file of coder; nothing was changed.")
    if _version(connection) > newest:
        raise StudyError(
            f"{path} was written by a newer version of coder (format {_version(connection)}, this one knows"
            f" {newest}). Update coder to open it; nothing was changed."
        )
    if newest == len(STEPS):  # steps of a test have a schema of their own
        check_schema(connection, path)


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StudyError unless tables, views, triggers and indexes are those that this program made.

    A trigger or view put into a received file could change or hide decisions while the program says "saved".
    """
    try:
        found = _schema(connection)
    except database_errors() as error:
        raise StudyError(f"{path} is damaged ({error}). Go back to a backup copy.") from error
    expected = _schema_of(_version(connection))
    strange = sorted(name for kind, name in found.keys() - expected.keys())
    missing = sorted(name for kind, name in expected.keys() - found.keys())
    changed = sorted(
        name for kind, name in found.keys() & expected.keys() if found[kind, name] != expected[kind, name]
    )
    for names, what in (
        (strange, "has parts that coder did not make"),
        (missing, "lacks"),
        (changed, "has changed"),
    ):
        if names:
            raise StudyError(
                f"{path} {what}: {', '.join(names[:3])}. It was changed by another program or is damaged; nothing was"
                " changed. Go back to a backup copy, or ask whoever sent it."
            )


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Return the text that made each part of the schema, by kind and name, without regard to spacing."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    return {(kind, name): " ".join((sql or "").split()) for kind, name, sql in rows}


@cache
def _schema_of(version: int) -> dict[tuple[str, str], str]:
    connection = sqlite3.connect(":memory:")
    try:
        _apply(connection, STEPS[:version])
        return _schema(connection)
    finally:
        connection.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _bring_up_to_date(
    connection: sqlite3.Connection, path: Path, steps: Sequence[Step], passphrase: str | None
) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    # Each commit goes on into the study file itself, so that a copy of that one file holds all that was saved.
    connection.execute("PRAGMA wal_autocheckpoint = 1")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    if _version(connection) == len(steps):
        return
    back_up(connection, path, f"before-{len(steps)}", passphrase)
    with transaction(connection, path):
        _apply(connection, steps)  # looks at the version again: another program may have been quicker


def _apply(connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
    for number in range(_version(connection), len(steps)):
        steps[number](connection)
        connection.execute(f"PRAGMA user_version = {number + 1}")


def is_outdated(path: Path) -> bool:
    """Return whether a file is a study of an older version, by its header alone; nothing is opened or changed."""
    with not_open(path) as free:
        if not free:  # whoever opened it brought it up to date
            return False
        header = head_of(path)
    # https://www.sqlite.org/fileformat.html: user version at 60, application id at 68
    ours = int.from_bytes(header[68:72], "big") == APPLICATION_ID
    return ours and int.from_bytes(header[60:64], "big") < len(STEPS)


def back_up(connection: sqlite3.Connection, path: Path, tag: str, passphrase: str | None) -> Path:
    """Copy the whole study beside itself as NAME.TAG.backup, complete or not at all; return the copy's path.

    The copy of an encrypted study is encrypted with the same passphrase.
    """
    target = path.with_name(f"{path.name}.{tag}.backup")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.{tag}-{number}.backup")
    draft = target.with_name(f".{target.name}.{uuid4().hex[:8]}.new")
    try:
        back_up_to(connection, draft, passphrase)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def backups_of(path: Path) -> list[Path]:
    """Return the backups that `back_up` made beside a study."""
    return sorted(path.parent.glob(f"{escape(path.name)}.*.backup"))


def copy(path: Path, target: Path) -> None:
    """Copy a study file whole, also while others write to it; the file itself is not touched.

    The copy of an encrypted study has the same passphrase. Raises StudyError if it is not a study, is newer than
    this program, or is damaged.
    """
    if not path.is_file():
        raise StudyError(f"There is no study {path}.")
    passphrase = _passphrase_of(path)
    with translated(path):
        source = _opened(path, _writable(path), passphrase)
        try:
            source.execute("PRAGMA query_only = 1")
            _check_ours(source, path, len(STEPS))
            back_up_to(source, target, passphrase)
        finally:
            source.close()
    if passphrase is not None:
        PASSPHRASES.remember(target, passphrase)


def back_up_to(connection: sqlite3.Connection, target: Path, passphrase: str | None) -> None:
    """Copy the database of a connection into a new file that only its owner can read."""
    make_private(target)
    copied = connected(target, passphrase)
    try:
        connection.backup(copied)
    finally:
        copied.close()


def change_passphrase(path: Path, new: str | None) -> None:
    """Give a study or a backup of one another passphrase; None makes it plain, a plain one becomes encrypted.

    The file is written anew beside itself, compared with the old one and swapped. Raises StudyError if another
    program has it open, PassphraseError if its present passphrase is missing or wrong; then nothing was changed.
    """
    if not path.is_file():
        raise StudyError(f"There is no study {path}.")
    if not _writable(path):
        raise StudyError(f"{path} is read-only. Make the file and its folder writable first.")
    old = _passphrase_of(path)
    draft = path.with_name(f".{path.name}.{uuid4().hex[:8]}.new")
    try:
        with translated(path), not_open(path) as free:
            if not free:  # its own locks do not keep this process out
                raise StudyError(f"{path} is open in this program. Close it here, then repeat.")
            make_private(draft)
            rewrite(path, old, draft, new)
    finally:
        for left in (draft, draft.with_name(f"{draft.name}-journal")):
            left.unlink(missing_ok=True)
    PASSPHRASES.forget(path)
    if new is not None:
        PASSPHRASES.remember(path, new)
