"""Any console can show what is printed, and no text makes a terminal do anything."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from coder.cli.terminal import harmless

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
