"""Whether SQLite's log of changes (NAME-wal) belongs to the study file beside it.

SQLite takes any log of that name for the file's own and writes its pages into the file. Where a sync client replaced
a file that was open, the log of the file before is left, and that destroys the new file. The log names no file, so
it is judged by what it holds. Format: https://www.sqlite.org/fileformat.html#the_write_ahead_log
"""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection
from tempfile import TemporaryDirectory

from coder.store.encryption import database_errors

HEADER, FRAME_HEADER = 32, 24  # bytes
Pages = dict[int, int]  # the place of each page in the log, by its number


def log_of(path: Path) -> Path:
    """Return the log beside a study file, whether there is one or not."""
    return path.with_name(f"{path.name}-wal")


def fits(path: Path, log: Path, connect: Callable[[Path], Connection]) -> bool:
    """Return whether a file stays whole when SQLite brings its log, if there is one, into it; neither is changed.

    Each commit goes on into the file itself, so usually the log's last commit is in it already, and no more is looked
    at. Otherwise, as after a crash between the two, both are joined on a copy, which `connect` opens.
    """
    try:
        before = _states(path, log)
        if _last_commit_is_in(path, log):
            return True
        with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
            copy = Path(folder) / "copy"
            shutil.copyfile(path, copy)
            shutil.copyfile(log, log_of(copy))
            if _states(path, log) != before:  # somebody is writing: then it is in use, and theirs
                return True
            return _is_whole(copy, connect)
    except FileNotFoundError:  # there is no log, or whoever had the study open closed it meanwhile
        return True


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
            open_commit[number] = place + FRAME_HEADER
            if pages_then:  # the last frame of a commit says how long the file is then
                last, open_commit = open_commit, {}
            place += FRAME_HEADER + size
    return last


def _is_whole(copy: Path, connect: Callable[[Path], Connection]) -> bool:
    try:
        connection = connect(copy)
        try:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
        finally:
            connection.close()
    except database_errors():
        return False
