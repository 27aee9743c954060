"""`coder turns`: how a transcript was read."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coder.reporting.numbers import percent
from coder.reporting.text import table


def turns(
    file: Annotated[
        Path, typer.Argument(help="A transcript: Word, PDF, text, subtitles, a table of turns, ...")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print every turn as one JSON document.")] = False,
    interviewer: Annotated[
        list[str] | None,
        typer.Option(
            help="A speaker label that is the interviewer's; repeat for several. Default: inferred."
        ),
    ] = None,
) -> None:
    """Show how a transcript was read: its speakers, who is taken for the interviewer, what was left out.

    Look here first when suggestions seem odd. If a role is wrong, name the interviewer yourself.
    Example: coder turns interview3.docx --interviewer "Dr Ade"
    """
    from coder.workflow.turns import show_turns

    report = show_turns(file, tuple(interviewer or ()))
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        return
    transcript = report.transcript
    encoding = f", {transcript.encoding}" if transcript.encoding else ""
    typer.echo(f"{transcript.name}: {len(transcript.turns)} turns ({transcript.format}{encoding})\n")
    rows = [
        (
            who.speaker or "(nobody named)",
            who.role or "unknown",
            str(who.turns),
            str(who.words),
            percent(who.share),
            who.opening,
        )
        for who in report.speakers
    ]
    typer.echo(table(("speaker", "role", "turns", "words", "share", "first words"), rows, None, ruled=True))
    if transcript.notes:
        typer.echo("\n" + "\n".join(f"Note: {sentence}" for sentence in transcript.notes))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("turns")(turns)
