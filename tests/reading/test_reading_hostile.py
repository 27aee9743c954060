"""Whatever a file is built to do, reading it ends within 20 CPU seconds and 300 MB, with a sentence or with turns."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reading.hostile_making import HOSTILE

SECONDS = 20
MEMORY_KB = 300 * 1024
# The highest memory since the program began, as the kernel counts it for this process alone (not its parent's).
_READ = """
import json, re, resource, sys
from pathlib import Path
from coder.errors import InputError
from coder.reading import read_transcript
from coder.reading.tables.read import read_table
said = "read"
try:
    {"transcript": read_transcript, "table": read_table}[sys.argv[2]](sys.argv[1])
except InputError as error:
    said = str(error)
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
took = sum(use.ru_utime + use.ru_stime for use in used)
print(json.dumps([said, took, own, used[1].ru_maxrss]))
"""
_MAKE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.reading.hostile_making import HOSTILE
name, data = HOSTILE[sys.argv[2]]()
Path(sys.argv[3], name).write_bytes(data)
print(name)
"""


def run(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def check(kind: str, read_as: str, folder: Path) -> None:
    # A process of its own makes the file: memory that this one held would be counted for its children.
    name = run(_MAKE, str(Path(__file__).parents[2]), kind, str(folder)).strip()
    said, took, own, children = json.loads(run(_READ, str(folder / name), read_as))
    assert said.startswith(name) and said.endswith("."), said
    assert took < SECONDS and max(own, children) < MEMORY_KB, (took, own // 1024, children // 1024)
    assert [path.name for path in folder.iterdir()] == [name]


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_time_and_within_memory(kind: str, tmp_path: Path) -> None:
    check(kind, "transcript", tmp_path)


TABLES = [
    kind for kind in HOSTILE if "sheet" in kind or "line" in kind or kind.startswith(("one endless", "two"))
]


@pytest.mark.slow
@pytest.mark.parametrize("kind", TABLES)
def test_a_hostile_table_is_refused_in_time_and_within_memory(kind: str, tmp_path: Path) -> None:
    check(kind, "table", tmp_path)
