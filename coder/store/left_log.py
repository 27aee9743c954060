"""Whether SQLite's log of changes (NAME-wal) belongs to the study file beside it.

SQLite takes any log of that name for the file's own and writes its pages into the file. Where a sync client replaced
a file that was open, the log of the file before is left, and that destroys the new file. The log names no file, so
it is judged by what it holds. Format: https://www.sqlite.org/fileformat.html#the_write_ahead_log
"""

import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from tempfile import TemporaryDirectory
from typing import Literal

from coder.errors import PassphraseError
from coder.store.encryption import database_errors

HEADER, FRAME_HEADER = 32, 24  # bytes
Pages = dict[int, int]  # the place of each page in the log, by its number
Verdict = Literal["fits", "foreign", "damaged"]  # damaged: the file is not whole with the log, nor without it
WITH_UIDS = (  # tables
    "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
    " WHERE m.type = 'table' AND c.name = 'uid'"
)
UNFINISHED = ".coder-merge-"  # how folders of copies begin; `coder delete` and the next merge remove one left


@dataclass(frozen=True, slots=True)
class _Content:
    latest: str  # when it was changed last
    uids: frozenset[str]  # of everything that is never deleted


def log_of(path: Path) -> Path:
    """Return the log beside a study file, whether there is one or not."""
    return path.with_name(f"{path.name}-wal")


def judged(path: Path, log: Path, connect: Callable[[Path], Connection]) -> Verdict:
    """Return what a file becomes when SQLite brings its log, if there is one, into it; neither is changed.

    Each commit goes on into the file itself, so usually the log's last commit is in it already, and no more is looked
    at. Otherwise, as after a crash between the two, both are joined on a copy, which `connect` opens. What is whole
    then and lacks nothing that the file has fits, whosever the log is. Raises PassphraseError.
    """
    try:
        before = _states(path, log)
        if _last_commit_is_in(path, log):
            return "fits"
        with TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as folder:
            copy, kept = Path(folder) / "copy", Path(folder) / "log"
            shutil.copyfile(path, copy)
            shutil.copyfile(log, kept)
            if _states(path, log) != before:  # somebody is writing: then it is in use, and theirs
                return "fits"
            return _judged_on_copy(copy, kept, connect)
    except FileNotFoundError:  # there is no log, or whoever had the study open closed it meanwhile
        return "fits"


def _states(*paths: Path) -> list[tuple[int, int, int]]:
    return [(state.st_ino, state.st_size, state.st_mtime_ns) for state in (path.stat() for path in paths)]


def _last_commit_is_in(path: Path, log: Path) -> bool:
    """Return whether the file holds every page of the log's last commit as it is there; also where there is none."""
    with log.open("rb") as entries, path.open("rb") as file:
        head = entries.read(HEADER)
        if len(head) < HEADER:
            return True
        size = struct.unpack(">I", head[8:12])[0]
        for number, place in _last_commit(log, size, head[16:24]).items():
            entries.seek(place)
            file.seek((number - 1) * size)
            if entries.read(size) != file.read(size):
                return False
    return True


def _last_commit(log: Path, size: int, salt: bytes) -> Pages:
    """Return the pages of the last whole commit; frames with another salt are left from an earlier round."""
    last: Pages = {}
    open_commit: Pages = {}
    place, end = HEADER, log.stat().st_size
    with log.open("rb") as entries:
        while place + FRAME_HEADER + size <= end:
            entries.seek(place)
            head = entries.read(FRAME_HEADER)
            if head[8:16] != salt:
                break
            number, pages_then = struct.unpack(">II", head[:8])
            if number == 0:  # there is no such page: SQLite, too, takes it for the end
                break
            open_commit[number] = place + FRAME_HEADER
            if pages_then:  # the last frame of a commit says how long the file is then
                last, open_commit = open_commit, {}
            place += FRAME_HEADER + size
    return last


def _judged_on_copy(copy: Path, log: Path, connect: Callable[[Path], Connection]) -> Verdict:
    alone, wrong = None, False
    try:
        alone = _read(copy, connect)
    except PassphraseError:  # or the first page is half written, and whole in the log
        wrong = True
    log.rename(log_of(copy))
    try:
        joined = _read(copy, connect)
    except PassphraseError:
        if wrong:
            raise
        joined = None
    if joined is None:
        return "damaged" if alone is None else "foreign"
    # A study only grows: what follows on a file was changed later, and has everything that the file has.
    grown = alone is None or (joined.latest >= alone.latest and joined.uids >= alone.uids)
    return "fits" if grown else "foreign"


def _read(copy: Path, connect: Callable[[Path], Connection]) -> _Content | None:
    """Return what a file holds, None if it is not whole."""
    try:
        connection = connect(copy)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            whole = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            if not whole or connection.execute("PRAGMA foreign_key_check").fetchone():
                return None
            tables = [row[0] for row in connection.execute(WITH_UIDS)]
            if "study" not in tables:  # another program's: refused when it is opened
                return _Content("", frozenset())
            latest = connection.execute("SELECT max(latest) FROM study").fetchone()[0] or ""
            uids = connection.execute(" UNION ALL ".join(f'SELECT uid FROM "{table}"' for table in tables))
            return _Content(latest, frozenset(row[0] for row in uids))
        finally:
            connection.close()
    except database_errors():
        return None
