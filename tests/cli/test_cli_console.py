"""Any console can show what is printed, no text makes a terminal do anything; progress tells rate and time left."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from coder.cli import console
from coder.cli.console import PaceLines, harmless, in_words, per_time
from coder.encoding import large_weights

ATTACK = "\x1b]0;owned\x07\x1b[2Jwords\u202egnp.exe"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coder", *arguments],
        capture_output=True, text=True, env={**os.environ, **environment}, errors="replace",
    )  # fmt: skip


def test_lines_and_tabs_stay_and_controls_do_not() -> None:
    assert harmless("a\tb\nc – ü") == "a\tb\nc – ü"
    assert harmless(ATTACK) == "�]0;owned��[2Jwords�gnp.exe"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
def test_a_console_with_few_characters_ends_no_command(encoding: str) -> None:
    done = run("codebook", "show", "coproduction", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr


def test_a_file_name_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    done = run("turns", os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\x1b[2J.txt"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "\x1b" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")
def test_a_transcript_cannot_command_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text(
        f"Interviewer: Well?\n\nP1: {ATTACK} I said.\n\nInterviewer: Yes?\n\nP1: So.\n", encoding="utf-8"
    )
    mine, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "coder", "turns", str(path)], stdout=theirs, stderr=theirs
    ) as command:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(mine, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
        assert command.wait() in (0, 1)
    os.close(mine)
    assert shown and b"\x1b]" not in shown and b"\x1b[2J" not in shown


def test_a_line_now_and_then_with_rate_and_time_left() -> None:
    lines: list[str] = []
    times = iter([0.0, 10.0, 30.0, 60.0, 61.0, 90.0])
    pace = PaceLines("Pre-coding", lines.append, clock=lambda: next(times))
    for _ in range(5):
        pace.advance(1500, 20_000)
    assert lines == [
        "Pre-coding: 3,000 of 20,000 (100 a second, about 3 min left)",
        "Pre-coding: 4,500 of 20,000 (50 a second, about 5 min left)",
        "Pre-coding: 7,500 of 20,000 (100 a second, about 2 min left)",
    ]


def test_without_a_total_there_is_no_time_left() -> None:
    lines: list[str] = []
    times = iter([0.0, 31.0])
    PaceLines("Importing", lines.append, clock=lambda: next(times)).advance(10)
    assert lines == ["Importing: 10 (19 a minute)"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(50, "50 s"), (340, "6 min"), (5399, "1 h 30 min"), (8000, "2 h 13 min")]
)
def test_time_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_rates() -> None:
    assert [per_time(rate) for rate in (None, 0.0, 0.5, 640.4)] == ["", "", "30 a minute", "640 a second"]


def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Put a terminal in the place of stderr."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("sys.stderr", screen)
    return screen


def test_the_bar_of_a_terminal_shows_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    with console.progress_bar("Pre-coding") as advance:
        for _ in range(4):
            advance(10, 40)
    assert "Pre-coding" in screen.getvalue()
    assert "40/40" in screen.getvalue()


def test_the_preparation_of_the_encoder_is_a_second_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    usual = large_weights.announce
    with console.progress_bar("Pre-coding"):
        told = large_weights.announce("Preparing (once)")
        assert told is not None
        told(200_000_000, 400_000_000)
        told(200_000_000, 400_000_000)
    assert "Preparing (once), MB" in screen.getvalue() and "400/400" in screen.getvalue()
    assert large_weights.announce is usual
