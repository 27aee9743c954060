"""The command line as a whole: commands have help, stand in the docs, start quickly and fail in a sentence."""

import re
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from coder.cli.main import app

ROOT = Path(__file__).parent.parent.parent
DOCS = "\n".join(
    path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
)


def commands(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    found = []
    for name, command in group.commands.items():
        path = f"{prefix} {name}".strip()
        found += commands(command, path) if hasattr(command, "commands") else [(path, command)]
    return found


COMMANDS = commands(typer.main.get_command(app))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_a_command_teaches_and_is_documented(name: str, command: click.Command) -> None:
    assert re.search("xamples?: coder ", command.help or ""), f"`{name} --help` gives no example"
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"`{name}` does not explain {parameter.name}"
    shown = "coder " + name.replace(" ", r" [\w|]*")  # the docs may write `coder codebook show|check|convert`
    assert re.search(shown, DOCS), f"no page shows `coder {name}`"


def test_help_uses_little_cpu() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "coder", "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 1.0  # the aim is 0.3 s on an idle machine (scripts/bench); this catches a heavy import


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["precode", "no-such-file.docx"], "no-such-file.docx"),
        (["codebook", "show", "no-such-book"], "comb, coproduction"),
        (["models", "show", "no-such-model"], "no-such-model"),
        (["train", "no-such-table.csv", "-o", "model"], "no-such-table.csv"),
        (["evaluate", "starter", "no-such-table.csv"], "no-such-table.csv"),
        (["agreement", "no-such-table.csv"], "no-such-table.csv"),
        (["turns", "no-such-file.txt"], "no-such-file.txt"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_exit_code_1(
    arguments: list[str], expected: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coder", *arguments], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_wrong_usage_is_exit_code_2() -> None:
    assert CliRunner().invoke(app, ["precode", "x", "--unit", "chapter"]).exit_code == 2
    assert CliRunner().invoke(app, ["no-such-command"]).exit_code == 2


def test_version_is_told() -> None:
    from coder import __version__

    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == f"coder {__version__}"
