"""What the command line asks: passphrases unseen, confirmations, and a refusal where nobody can be asked."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("termios", reason="pseudo-terminals of POSIX")

from coder.store import Study
from coder.store.encryption import is_encrypted
from tests.cli.pseudo_terminal import Typing
from tests.study_making import small_study

GOOD, OTHER = "plain yellow boats", "four grey houses"
TALK = "Interviewer: How was it?\n\nJane Smith: Dr Patel saw me in Leeds.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("work", "temporary", "cache"):
        (tmp_path / name).mkdir()
    small_study(tmp_path / "work" / "s.coder", "p1").close()
    return tmp_path / "work"


def places(folder: Path) -> dict[str, str]:
    """Where a command keeps things, so that a deletion reaches nothing of this machine."""
    found = {"CODER_CACHE": "cache", "TMPDIR": "temporary"}
    return {name: str(folder.parent / place) for name, place in found.items()} | {"CODER_PASSPHRASE": ""}


def typing(folder: Path, *arguments: str) -> Typing:
    return Typing(*arguments, folder=folder, environment=places(folder))


def alone(folder: Path, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a command without a terminal; `typed` comes through a pipe."""
    environment: Mapping[str, str] = {**os.environ, **places(folder)}
    command = [sys.executable, "-m", "coder", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, cwd=folder, env=environment)


def encrypted(folder: Path) -> None:
    with typing(folder, "encrypt", "s.coder") as terminal:
        terminal.answer("New passphrase of s.coder:", GOOD)
        terminal.answer("The same again:", GOOD)
        code, result = terminal.ended()
        assert code == 0 and "Encrypted: s.coder" in result, terminal.shown
        assert GOOD not in terminal.shown + result and "Write the passphrase down" in terminal.shown


def test_a_passphrase_is_asked_twice_unseen_then_once_and_changed(folder: Path) -> None:
    encrypted(folder)
    assert is_encrypted(folder / "s.coder")
    with typing(folder, "status", "s.coder") as terminal:
        terminal.answer("Passphrase of s.coder:", "wrong one, sorry")
        code, result = terminal.ended()
        assert (code, result) == (1, "") and "coder: " in terminal.shown and "Traceback" not in terminal.shown
    with typing(folder, "passphrase", "s.coder") as terminal:
        terminal.answer("Passphrase of s.coder:", GOOD)
        terminal.answer("New passphrase of s.coder:", OTHER)
        terminal.answer("The same again:", OTHER)
        code, result = terminal.ended()
        assert code == 0 and "Passphrase changed: s.coder" in result, terminal.shown
    with typing(folder, "decrypt", "s.coder") as terminal:
        terminal.answer("Passphrase of s.coder:", OTHER)
        assert terminal.ended()[0] == 0, terminal.shown
        assert OTHER not in terminal.shown
    Study.open(folder / "s.coder").close()


def test_two_different_or_short_passphrases_change_nothing(folder: Path) -> None:
    for first, second in ((GOOD, OTHER), ("short", "")):
        with typing(folder, "encrypt", "s.coder") as terminal:
            terminal.answer("New passphrase of s.coder:", first)
            if second:
                terminal.answer("The same again:", second)
            assert terminal.ended()[0] == 1
            said = "nothing was changed" if second else "at least 8 characters"
            assert said in terminal.shown and "Traceback" not in terminal.shown
    assert not is_encrypted(folder / "s.coder")


def test_deleting_asks_and_takes_only_a_yes(folder: Path) -> None:
    question = "All decisions in it are lost. [y/N]:"
    for typed in ("n", ""):
        with typing(folder, "delete", "s.coder") as terminal:
            terminal.answer(question, typed)
            code, result = terminal.ended()
            assert (code, result.strip()) == (0, "Nothing was deleted.")
    with typing(folder, "delete", "s.coder") as terminal:
        terminal.answer(question, "\x04")  # Ctrl+D
        assert terminal.ended()[0] != 0 and "Traceback" not in terminal.shown
    assert (folder / "s.coder").exists()
    with typing(folder, "delete", "s.coder") as terminal:
        terminal.answer(question, "y")
        assert terminal.ended()[0] == 0
    assert not (folder / "s.coder").exists()


def test_names_are_looked_at_before_a_yes_brings_them_in(folder: Path) -> None:
    (folder / "jane.txt").write_text(TALK)
    with typing(folder, "import", "s.coder", "jane.txt", "--pseudonymise") as terminal:
        terminal.answer("Import with it? [y/N]:", "y")
        assert terminal.ended()[0] == 0, terminal.shown
    with Study.open(folder / "s.coder") as study:
        assert len(study.texts.all()) == 2
    assert b"Patel" not in (folder / "s.coder").read_bytes()


def test_without_a_terminal_one_sentence_says_what_to_do_and_nothing_is_done(folder: Path) -> None:
    for arguments, advice in (
        (("encrypt", "s.coder"), "set CODER_PASSPHRASE"),
        (("delete", "s.coder"), "--yes"),
    ):
        done = alone(folder, *arguments)
        last = done.stderr.strip().splitlines()[-1]
        assert done.returncode == 1 and last.startswith("coder: ") and advice in last, done.stderr
    assert (folder / "s.coder").exists() and not is_encrypted(folder / "s.coder")
    encrypted(folder)
    done = alone(folder, "status", "s.coder")
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "CODER_PASSPHRASE" in done.stderr
    assert alone(folder, "delete", "s.coder", typed="y\n").returncode == 0  # a piped answer is an answer
    assert not (folder / "s.coder").exists()
