"""`coder turns`: how a transcript, or a folder of them, was read."""

import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import show
from coder.cli.options import AsJson, Interviewer
from coder.phrasing import counted, percent, shortened, table

if TYPE_CHECKING:
    from coder.workflow.turns import ReadingReport, TurnsReport

_NAME_WIDTH, _LABEL_WIDTH, _DOUBT_WIDTH = 36, 24, 72


def turns(
    file: Annotated[
        Path,
        typer.Argument(help="A transcript (Word, PDF, text, subtitles, a table of turns, ...), or a folder."),
    ],
    as_json: AsJson = False,
    interviewer: Interviewer = None,
) -> None:
    """Show how transcripts were read: speakers, who was identified as the interviewer, what was left out.

    Look here first when suggestions seem odd. If a role is wrong, name the interviewer yourself. A folder gets
    one line per file, those to look at first.
    Example: coder turns interview3.docx --interviewer "Dr Ade"; of a folder: coder turns interviews/
    """
    from coder.workflow.turns import check_single, reading_report, show_turns

    check_single(interviewer or (), file)
    if file.is_dir():
        report = reading_report(file)
        show(as_json, report.as_json(), lambda: _folder_text(report, file))
        if report.refused:
            raise typer.Exit(3 if report.files else 1)
        return
    single = show_turns(file, tuple(interviewer or ()))
    show(as_json, single.as_json(), lambda: _file_text(single))


def _file_text(report: "TurnsReport") -> str:
    transcript = report.transcript
    encoding = f", {transcript.encoding}" if transcript.encoding else ""
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
    parts = [
        f"{transcript.name}: {len(transcript.turns)} turns ({transcript.format}{encoding})",
        table(("speaker", "role", "turns", "words", "share", "first words"), rows, None, ruled=True),
    ]
    lines = [f"Check: {sentence}" for sentence in transcript.doubts]
    lines += [f"Note: {sentence}" for sentence in transcript.notes if sentence not in transcript.doubts]
    return "\n\n".join([*parts, "\n".join(lines)] if lines else parts)


def _folder_text(report: "ReadingReport", folder: Path) -> str:
    rows = [
        (
            shortened(file.path.relative_to(folder).as_posix(), _NAME_WIDTH),
            file.transcript.format,
            f"{len(file.transcript.turns):,}",
            shortened(", ".join(file.named("interviewer")) or "-", _LABEL_WIDTH),
            shortened(", ".join(file.named("participant", None)) or "(no name)", _LABEL_WIDTH),
            f"{file.participant_words:,}",
            _doubts(file.transcript.doubts),
        )
        for file in report.files
    ]
    header = ("file", "format", "turns", "interviewer", "participants", "their words", "look at")
    doubtful = sum(bool(file.transcript.doubts) or not file.participant_words for file in report.files)
    parts = [f"{counted(len(report.files), 'transcript')} read, {doubtful} to look at."]
    for heading, problems in (("Not read", report.refused), ("Left out", report.left_out)):
        if problems:
            lines = [f"  {problem}" for _, problem in problems]
            parts.append("\n".join([f"{heading} ({len(lines)}):", *lines]))
    listing = table(header, rows, (0, 1, 3, 4, 6), ruled=True)
    width = _width()
    fits = max(map(len, listing.split("\n"))) <= width
    parts.append(listing if fits else "\n".join(_block(file, folder, width) for file in report.files))
    if report.others:
        parts.append(report.about_others())
    if doubtful:
        parts.append("`coder turns FILE` shows a file's speakers and everything that was noted.")
    return "\n\n".join(parts)


def _width() -> int:
    """Return how many columns a terminal has; files and other programs take lines of any length."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def _block(file: "TurnsReport", folder: Path, width: int) -> str:
    """Return what the table says of a file in lines of its own, for a terminal that is too narrow for the table."""
    asking = ", ".join(file.named("interviewer")) or "-"
    answering = ", ".join(file.named("participant", None)) or "(no name)"
    heading = f"{file.path.relative_to(folder).as_posix()} ({file.transcript.format})"
    lines = [
        f"{counted(len(file.transcript.turns), 'turn')}; interviewer: {asking}; participants: {answering},"
        f" {counted(file.participant_words, 'word')}",
        *(f"Look at: {doubt}" for doubt in file.transcript.doubts),
    ]
    return "\n".join(
        [
            heading,
            *(textwrap.fill(line, width, initial_indent="  ", subsequent_indent="    ") for line in lines),
        ]
    )


def _doubts(doubts: tuple[str, ...]) -> str:
    if not doubts:
        return ""
    more = f" (+{len(doubts) - 1})" if len(doubts) > 1 else ""
    return shortened(doubts[0], _DOUBT_WIDTH) + more


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("turns")(turns)
