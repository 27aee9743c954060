"""A command on a pseudo-terminal: what it asks is read as a person reads it, and answered as a person types."""

import contextlib
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

PATIENCE = float(os.environ.get("CODER_PATIENCE", "60"))  # seconds; the machine may be busy


class Typing:
    """`coder` with a terminal as input and for messages; what it prints as its result goes to a file."""

    def __init__(self, *arguments: str, folder: Path, environment: Mapping[str, str]) -> None:
        self._screen, theirs = pty.openpty()
        self._result = folder / "stdout.txt"
        self.shown = ""
        with self._result.open("wb") as result:
            # In a session of its own, so that a passphrase is asked for on this terminal, not on the developer's.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "coder", *arguments], stdin=theirs, stdout=result, stderr=theirs,
                cwd=folder, env={**os.environ, **environment}, start_new_session=True,
            )  # fmt: skip
        os.close(theirs)
        os.set_blocking(self._screen, False)

    def __enter__(self) -> "Typing":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # nothing to read yet, or the other end is closed
            self.shown += os.read(self._screen, 65536).decode(errors="replace")

    def _until(self) -> Iterator[None]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            yield
            time.sleep(0.02)

    def answer(self, question: str, typed: str) -> None:
        """Wait for a question at the end of the screen, then type a line (or a single control character)."""
        for _ in self._until():
            self._read()
            if self.shown.rstrip().endswith(question):
                # What is typed before the echo is off would be shown: a person types later than that.
                time.sleep(0.2)
                os.write(self._screen, typed.encode() + (b"" if len(typed) == 1 and typed < " " else b"\n"))
                return
        raise AssertionError(f"never asked {question!r}; the screen shows: {self.shown}")

    def ended(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was printed as the result."""
        for _ in self._until():
            self._read()
            if self._process.poll() is not None:
                self._read()
                return self._process.returncode, self._result.read_text()
        raise AssertionError(f"still running; the screen shows: {self.shown}")
