"""Every parser, given damaged files for half a minute: a sentence or a result, never another error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "fuzz"


@pytest.mark.slow
def test_damaged_files_end_in_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SCRIPT.parent.parent)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), "32", "3"],
        cwd=tmp_path, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    told = "\n".join(path.read_text() for path in tmp_path.rglob("*.txt"))
    assert done.returncode == 0, done.stdout + done.stderr + told
    assert "fuzz: 0 findings" in done.stdout
