"""The command line as a whole: commands have help, stand in the docs, start quickly and fail in a sentence."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner

from coder.cli import FAMILIES, HEADINGS
from coder.cli.main import app, commands_of
from coder.errors import CoderError

ROOT = Path(__file__).parent.parent.parent
DOCS = "\n".join(
    path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
)


def commands(group: Any, prefix: str = "") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        path = f"{prefix} {name}".strip()
        found += commands(command, path) if hasattr(command, "commands") else [(path, command)]
    return found


COMMANDS = commands(typer.main.get_command(app))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_a_command_teaches_and_is_documented(name: str, command: click.Command) -> None:
    assert re.search("xamples?: coder ", command.help or ""), f"`{name} --help` gives no example"
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"`{name}` does not explain {parameter.name}"
    shown = "coder " + name.replace(" ", r" [\w|]*")  # the docs may write `coder codebook show|check|convert`
    assert re.search(shown, DOCS), f"no page shows `coder {name}`"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_the_commands_that_it_is_found_by(family: str) -> None:
    assert tuple(commands_of(family)) == FAMILIES[family]


def test_a_mistyped_command_is_answered_with_the_one_it_resembles() -> None:
    done = CliRunner().invoke(app, ["precde", "x"])
    assert done.exit_code == 2 and "Did you mean 'precode'" in done.output


def test_the_help_names_every_command_once_under_a_heading_in_a_whole_line_of_80_columns() -> None:
    headed = [name for lines in HEADINGS.values() for name in lines]
    assert sorted(headed) == sorted(name for names in FAMILIES.values() for name in names)
    shown = CliRunner().invoke(app, ["--help"], terminal_width=80, color=False).output.splitlines()
    for heading, lines in HEADINGS.items():
        begin = shown.index(f"{heading}:")
        assert shown[begin + 1 : begin + 1 + len(lines)] == [
            f"  {name:14}{line}" for name, line in lines.items()
        ]
    assert not any("..." in line or "\x1b" in line for line in shown[1:])


@pytest.mark.parametrize("group", ["codebook", "models"])
def test_the_help_of_a_group_cuts_no_line_off(group: str) -> None:
    shown = CliRunner().invoke(app, [group, "--help"], terminal_width=80).output
    assert "..." not in shown.partition("Commands:")[2]


def test_the_help_imports_no_family() -> None:
    code = (
        "import sys; from coder.cli.main import app; app(['--help'], standalone_mode=False);"
        "print([name for name in sys.modules if name.startswith('coder.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['coder.cli.console', 'coder.cli.main']"


def test_a_command_imports_no_other_family() -> None:
    code = (
        "import sys; from coder.cli.main import app; app(['turns', '--help'], standalone_mode=False);"
        "print([name for name in sys.modules if name.startswith('coder.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "coder.cli.turns" in done.stdout and "coder.cli.study" not in done.stdout


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
def test_a_wrong_request_is_refused_by_name(
    arguments: list[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, CoderError) and expected in str(done.exception)
    assert done.stdout == ""


def test_a_wrong_request_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "coder", "turns", "no-such-file.txt"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("coder: ") and done.stderr.count("\n") == 1
    assert "no-such-file.txt" in done.stderr


def test_wrong_usage_is_exit_code_2() -> None:
    assert CliRunner().invoke(app, ["precode", "x", "--unit", "chapter"]).exit_code == 2
    assert CliRunner().invoke(app, ["no-such-command"]).exit_code == 2


def test_version_is_told() -> None:
    from coder import __version__

    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == f"coder {__version__}"
