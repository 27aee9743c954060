"""What the benchmarks share: interview-like text, interleaved timing, child processes, tables."""

import importlib.metadata as metadata
import json
import os
import platform
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
RIVALS = ("torch", "sentence-transformers", "openvino", "scikit-learn", "spacy", "krippendorff", "numpy")


@dataclass(frozen=True)
class Table:
    """A titled table, cells as text; `note` says what was measured and how."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def machine() -> str:
    """Return one line on processor, memory and versions."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = re.findall(r"model name\s*: (.+)", text)
    family = re.findall(r"cpu family\s*: (\d+)", text)[:1]
    extras = [flag for flag in ("avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16") if flag in text]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in RIVALS)
    return (
        f"{names[0] if names else platform.processor()} (family {''.join(family)}; {' '.join(extras)}), "
        f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}; {versions}. "
        f"Load at the start: {os.getloadavg()[0]:.1f}."
    )


def sentences() -> list[str]:
    """Return what people say in the sample interviews, sentence by sentence."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "data/sample/transcripts").glob("*.txt"))
    )
    spoken = re.findall(r"^[A-Z0-9]+: (.+)$", text, flags=re.MULTILINE)
    found = [part.strip() for turn in spoken for part in re.split(r"(?<=[.?!]) ", turn)]
    return list(dict.fromkeys(part for part in found if len(part.split()) > 2))


def utterances(count: int, seed: int = 1) -> list[str]:
    """Return different utterances of one to three sentences of the sample interviews, no two alike."""
    chance, pool = random.Random(seed), sentences()
    found: dict[str, None] = {}
    while len(found) < count:
        found[" ".join(chance.sample(pool, chance.choice([1, 1, 2, 2, 3])))] = None
    return list(found)


def interleaved(
    jobs: Mapping[str, Callable[[], object]], rounds: int, *, wall: bool = False, warm: bool = True
) -> dict[str, list[float]]:
    """Run the jobs in turn, `rounds` times, and return each one's seconds (CPU, or wall); first once untimed."""
    clock = time.perf_counter if wall else time.process_time
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values() if warm else ():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            start = clock()
            job()
            taken[name].append(clock() - start)
    return taken


@dataclass(frozen=True)
class Run:
    """A child process: CPU and wall seconds, peak memory in MB, standard output."""

    cpu: float
    wall: float
    peak: float
    output: str


# A process starts with its parent's peak memory as its own; this small one in between keeps the figure honest.
GO_BETWEEN = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
output = process.stdout.read()
_, status, used = os.wait4(process.pid, 0)
wall = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, wall, used.ru_maxrss, output]))
"""


def child(*arguments: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run Python with the arguments in a fresh process and measure it; raises if it fails."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", GO_BETWEEN, sys.executable, *arguments],
        capture_output=True, text=True, check=True, env={**os.environ, **(environment or {})},
    )  # fmt: skip
    code, cpu, wall, peak, output = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{' '.join(arguments)} ended with {code}")
    return Run(cpu, wall, peak / 1024, output)


def middle(values: Sequence[float], digits: int = 2) -> str:
    """Return the median with the range behind it."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def print_table(table: Table) -> None:
    """Print a table as Markdown."""
    print(f"## {table.title}\n")
    print("| " + " | ".join(table.header) + " |")
    print("|" + " --- |" * len(table.header))
    for row in table.rows:
        print("| " + " | ".join(row) + " |")
    print(f"\n{table.note}\n" if table.note else "")
