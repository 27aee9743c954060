"""What the commands share for talking to people: documents on stdout; notes, progress and questions on stderr.

Colours and moving bars appear only on a terminal and never with NO_COLOR set (rich sees to both).
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import typer

from coder.errors import InputError
from coder.passphrases import VARIABLE, check_new
from coder.workflow.preparation import shown_by

if TYPE_CHECKING:
    from rich.progress import Progress

MEGABYTE = 1_000_000
EVERY = 30.0  # seconds between lines of progress: short work says nothing
LOST = "Write the passphrase down in a safe place: without it nobody can read the study, and nobody can reset it."
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
Advance = Callable[[int, int | None], None]


def note(text: str) -> None:
    """Print a line for people on stderr, so that stdout stays the result alone."""
    typer.echo(harmless(text), err=True)


def print_json(document: Any) -> None:
    """Print a JSON document on stdout."""
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False))


def show(as_json: bool, document: Any, text: Callable[[], str]) -> None:
    """Print a result on stdout: as a JSON document, or as the text that is made for people."""
    if as_json:
        print_json(document)
    else:
        typer.echo(text())


@contextmanager
def progress_bar(title: str) -> Iterator[Advance]:
    """Show a bar with count, rate and time left; yields a function that advances it.

    Where stderr is no terminal, lines now and then say the same.
    """
    if not sys.stderr.isatty():
        yield PaceLines(title, note).advance
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(TextColumn):
        """Steps a second."""

        def render(self, task: Task) -> Text:
            """Return the rate over the last half minute."""
            return Text(per_time(task.speed))

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(""),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar, _preparation_on(bar):
        task = bar.add_task(title, total=None)

        def advance(steps: int, of: int | None = None) -> None:
            bar.update(task, advance=steps, total=of)

        yield advance


@contextmanager
def _preparation_on(bar: "Progress") -> Iterator[None]:
    """Show the large encoder's one-time preparation as a second bar: lines of its own would break into the first."""

    def announce(title: str) -> Callable[[int, int], None]:
        task = bar.add_task(f"{title}, MB", total=None)

        def advance(steps: int, of: int) -> None:
            bar.update(task, advance=steps / MEGABYTE, total=of / MEGABYTE)

        return advance

    with shown_by(announce):
        yield


def so_far(advance: Advance) -> Callable[[int, int], None]:
    """Return a function that takes how many steps of how many are done, and advances a bar by those that are new."""
    shown = 0

    def moved(done: int, total: int) -> None:
        nonlocal shown
        advance(done - shown, total)
        shown = done

    return moved


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


class PaceLines:
    """Counts steps and prints a line now and then."""

    def __init__(
        self, title: str, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._title, self._tell, self._clock = title, tell, clock
        self._total: int | None = None
        self._done = self._told = 0
        self._told_at = clock()

    def advance(self, steps: int, of: int | None = None) -> None:
        """Count steps; `of` is their total where it is known."""
        self._done += steps
        self._total = of or self._total
        now = self._clock()
        if now - self._told_at >= EVERY:
            self._tell(self._line((self._done - self._told) / (now - self._told_at)))
            self._told, self._told_at = self._done, now

    def _line(self, rate: float) -> str:
        """Return the line; `rate` is of the time since the last one: a resumed run shows no rate that is too high."""
        speed = per_time(rate)
        if not self._total:
            return f"{self._title}: {self._done:,} ({speed})"
        left = f", about {in_words((self._total - self._done) / rate)} left" if rate else ""
        return f"{self._title}: {self._done:,} of {self._total:,} ({speed}{left})"


def per_time(rate: float | None) -> str:
    """Return a rate of steps per second in the unit that gives a readable number."""
    if not rate:
        return ""
    return f"{rate:,.0f} a second" if rate >= 2 else f"{rate * 60:.0f} a minute"


def in_words(seconds: float) -> str:
    """Return a time span as people say it.

    >>> in_words(50), in_words(340), in_words(8000)
    ('50 s', '6 min', '2 h 13 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def ask_passphrase(path: Path) -> str:
    """Ask for the passphrase of a file, unseen, on a terminal; return "" where there is none."""
    if not sys.stdin.isatty():
        return ""
    answer: str = typer.prompt(f"Passphrase of {path}", hide_input=True, err=True)
    return answer


def ask_new_passphrase(path: Path, variable: str = VARIABLE) -> str:
    """Ask twice for a new passphrase, or take that of an environment variable.

    Raises InputError if it cannot be used or nobody can be asked.
    """
    given = os.environ.get(variable, "")
    if not given and not sys.stdin.isatty():
        raise InputError(f"Nobody can be asked for a new passphrase here. Use a terminal, or set {variable}.")
    if not given:
        given = typer.prompt(f"New passphrase of {path}", hide_input=True, err=True)
        check_new(given)
        if typer.prompt("The same again", hide_input=True, err=True) != given:
            raise InputError("The two are not the same; nothing was changed.")
    return check_new(given)
