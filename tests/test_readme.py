"""The README is a working session: every `coder` line in it runs on the sample, in order."""

import re
from pathlib import Path

import pytest

from tests.test_offline import no_route, run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.startswith("coder ")]
SERVED = "coder review "  # stays open until it is closed; the review page has tests of its own
ALONE = {"coder demo": "coder demo --no-page"}  # the same without the page


def test_the_readme_shows_commands() -> None:
    assert len(LINES) > 10


@pytest.mark.slow
def test_every_line_of_the_readme_works_and_asks_for_no_connection(tmp_path: Path) -> None:
    alone = no_route()
    for line in LINES:
        if line.startswith(SERVED):
            continue
        done = run(tmp_path, ALONE.get(line, line).removeprefix("coder "), alone=alone)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "attempts.txt").exists(), (tmp_path / "attempts.txt").read_text()


def test_local_links_and_files_exist() -> None:
    named = re.findall(r"`((?:docs|data|scripts)/[\w./-]+)`", README) + re.findall(
        r"\]\(([\w./-]+)\)", README
    )
    assert named
    for name in named:
        assert (ROOT / name).exists() or "://" in name, f"the README speaks of {name}, which does not exist"
