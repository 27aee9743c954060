"""The pages that show Python are run, and print what they show; tests that pages name exist; counts of files hold."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coder.workflow.demo import copy_sample

ROOT = Path(__file__).parent.parent
DOCS = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"```python\n(.*?)```(?:\s*```\n(.*?)```)?", re.DOTALL)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_notebook_page_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_sample(tmp_path / "sample")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = BLOCK.findall((ROOT / "docs" / "python.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 4
    for code, shown in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == shown


@pytest.mark.parametrize(
    "page", [*DOCS, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name
)
def test_files_that_a_page_names_exist(page: Path) -> None:
    named = re.findall(r"`((?:docs|data|scripts|tests|coder)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    named += re.findall(r"`((?:requirements|uv)[\w-]*\.lock)`", page.read_text(encoding="utf-8"))
    missing = [name for name in named if not (ROOT / name).exists() and not re.search("[A-Z]{4}", name)]
    assert not missing, f"{page.name} names what does not exist"


@pytest.mark.slow
def test_jobs_pass_through_no_more_files_than_the_map_of_the_code_says() -> None:
    page = " ".join((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split())
    said = re.search(
        r"whole package (\d+) for `coder precode`.* (\d+) for one decision.* (\d+) for `coder train", page
    )
    assert said is not None
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")])}
    command = [sys.executable, "-m", "benchmarks", "files"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    counts = re.findall(r"^\| [^|]+ \| (\d+) \| \d+ \|$", done.stdout, re.MULTILINE)
    assert len(counts) == 3
    assert all(int(count) <= int(most) for count, most in zip(counts, said.groups(), strict=True)), (
        done.stdout
    )
