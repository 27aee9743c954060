"""The scripts that are Python are checked like the rest, and say what they do without doing it."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SCRIPTS = sorted(
    path
    for path in (ROOT / "scripts").iterdir()
    if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env python\n")
)


def test_every_python_script_is_checked_for_style_and_types() -> None:
    names = {f"scripts/{path.name}" for path in SCRIPTS}
    tools = PROJECT["tool"]
    assert len(names) >= 9
    assert names == set(tools["ruff"]["extend-include"])
    assert names == {name for name in tools["mypy"]["files"] if "/" in name}
    assert "scripts" in tools["mypy"]["files"]


def helped(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments where neither torch nor scikit-learn can be imported."""
    for name in ("torch", "sklearn"):
        (folder / f"{name}.py").write_text("raise RuntimeError('loaded before the arguments were read')\n")
    paths = os.pathsep.join(map(str, (folder, ROOT, ROOT / "scripts")))
    return subprocess.run(
        [sys.executable, *arguments, "--help"],
        cwd=folder, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_how_it_is_used_before_it_loads_what_takes_seconds(
    script: Path, tmp_path: Path
) -> None:
    done = helped([str(script)], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {script.name} ")
    assert f"    scripts/{script.name}" in done.stdout


def test_the_benchmarks_say_which_there_are(tmp_path: Path) -> None:
    done = helped(["-m", "benchmarks"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: scripts/bench ")
