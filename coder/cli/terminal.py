"""What reaches a terminal: text that it can show, and nothing that it would obey."""

import re
import sys
from typing import IO, Any

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Return a text without characters that move a cursor, change a title or turn the direction of writing.

    Names of files and words of transcripts come from anybody; line ends and tabs stay.
    """
    return _CONTROLS.sub("�", text)


class _Shown:
    """A terminal's stream that shows control characters as "�"."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(harmless(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare_streams() -> None:
    """Let no character that the console lacks end a command, and no control character reach a terminal on stdout.

    Consoles of Windows often know 256 characters only; file names on Linux need not be text at all. What goes to a
    file or another program stays as it is.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout.isatty():
        sys.stdout = _Shown(sys.stdout)
