"""Finished parts of a long run, kept beside OUT until all are there, so that an interruption costs one part.

`OUT.parts/` holds `run.json` (what was asked) and one file per finished part, written whole or not at all. The
same request goes on where the last one stopped; another request starts afresh.
"""

import json
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from coder.errors import OutputError
from coder.workflow.precoding.parts import PartRecord
from coder.workflow.suggestion import Row

RUN = "run.json"


class Workspace:
    """The folder of one run's finished parts; as a context manager it is held by this run alone."""

    def __init__(self, out: Path, asked: Mapping[str, Any]) -> None:
        self.folder = out.with_name(f"{out.name}.parts")
        self._asked = json.loads(json.dumps(asked))
        self._lock: IO[bytes] | None = None
        self.resumed = False

    def __enter__(self) -> "Workspace":
        """Take the folder, keeping its parts if they are of the same request.

        Raises OutputError if another run is at work in it or it cannot be written.
        """
        try:
            self.folder.mkdir(exist_ok=True)
            self._lock = (self.folder / "lock").open("wb")
            if not _locked(self._lock):
                self._lock.close()
                raise OutputError(
                    f"Another run is writing {self.folder}. Wait for it, or choose another name."
                )
            if self._found() != self._asked:
                for path in self.folder.glob("*.part"):
                    path.unlink()
                _write(self.folder / RUN, json.dumps(self._asked, ensure_ascii=False).encode())
            self.resumed = bool(self.finished())
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be written: {error.strerror or error}.") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the folder go; its parts stay for the next run."""
        if self._lock:
            self._lock.close()

    def _found(self) -> Any:
        try:
            return json.loads((self.folder / RUN).read_bytes())
        except (OSError, ValueError):
            return None

    def finished(self) -> set[int]:
        """Return the numbers of the parts that are there."""
        return {int(path.stem) for path in self.folder.glob("*.part")}

    def keep(self, record: PartRecord, rows: list[Row]) -> None:
        """Write a finished part, whole or not at all; raises OutputError if it cannot be written."""
        lines = [json.dumps(asdict(record)), *(json.dumps(row, ensure_ascii=False) for row in rows)]
        try:
            _write(
                self._path(record.number), zlib.compress("\n".join(lines).encode("utf-8", "surrogatepass"), 1)
            )
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be written: {error.strerror or error}.") from error

    def records(self) -> Iterator[PartRecord]:
        """Yield the record of every finished part in order."""
        for number in sorted(self.finished()):
            yield _record(json.loads(self._lines(number)[0]))

    def rows(self) -> Iterator[list[Row]]:
        """Yield the rows of every finished part in order, one part in memory at a time."""
        for number in sorted(self.finished()):
            yield [json.loads(line) for line in self._lines(number)[1:]]

    def _lines(self, number: int) -> list[str]:
        content = zlib.decompress(self._path(number).read_bytes())
        return content.decode("utf-8", "surrogatepass").split("\n")

    def remove(self) -> None:
        """Delete the folder, once OUT is written."""
        if self._lock:
            self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.part"


def _record(data: dict[str, Any]) -> PartRecord:
    return PartRecord(**{**data, "notes": tuple(data["notes"]), "columns": tuple(data["columns"])})


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".unfinished")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def _locked(stream: IO[bytes]) -> bool:
    """Hold the file for this process until it is closed; the system lets go if the process dies."""
    try:
        import fcntl
    except ImportError:  # Windows: a second run is not noticed there
        return True
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
