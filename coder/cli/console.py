"""What the commands share for talking to people: documents on stdout, progress and notes on stderr.

Colours and moving bars appear only on a terminal and never with NO_COLOR set (rich sees to both).
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from coder.cli.pace import PaceLines, per_time
from coder.cli.terminal import harmless

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
def progress_bar(title: str, total: int | None = None) -> Iterator[Advance]:
    """Show a bar with count, rate and time left; yields a function that advances it.

    Where stderr is no terminal, lines now and then say the same.
    """
    if not sys.stderr.isatty():
        yield PaceLines(title, total, note).advance
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(steps: int, of: int | None = None) -> None:
            bar.update(task, advance=steps, total=of or total)

        yield advance
