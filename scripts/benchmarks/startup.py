"""Start-up: what commands cost from a cold process to their last byte, and what they import."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import ROOT, Table, child, middle, sentences

HEAVY = ("torch", "sklearn", "scipy", "pandas", "spacy", "openvino", "transformers", "matplotlib", "rich")
PROBE = (
    "import sys, json, contextlib, io; sys.argv = ['coder', *json.loads(sys.argv[1])]\n"
    "from coder.cli.main import main\n"
    "try:\n"
    "    with contextlib.redirect_stdout(io.StringIO()): main()\n"
    "except SystemExit as end:\n"
    "    assert not end.code, end.code\n"
    f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
)


def interview(path: Path, words: int = 9000) -> None:
    """Write an interview of about an hour, questions and answers in turn."""
    lines, count, pool = ["Title: Interview", ""], 0, sentences()
    while count < words:
        for start in range(0, len(pool) - 8, 8):
            answer = " ".join(pool[start : start + 7])
            lines += [f"INTERVIEWER: And what about that? {pool[start + 7]}", "", f"P01: {answer}", ""]
            count += len(lines[-2].split()) + len(lines[-4].split())
            if count >= words:
                break
    path.write_text("\n".join(lines), encoding="utf-8")


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the start-up table."""
    with tempfile.TemporaryDirectory() as folder:
        hour, out = Path(folder) / "hour.txt", Path(folder) / "out.csv"
        interview(hour)
        commands = {
            "`coder --help`": ["--help"],
            "`coder codebook show comb`": ["codebook", "show", "comb"],
            "`coder agreement` (sample)": ["agreement", str(ROOT / "data/sample/agreement.csv")],
            "`coder precode` (one hour, 9,000 words)": ["precode", str(hour), "-o", str(out), "--force"],
        }
        rows = []
        for name, arguments in commands.items():
            runs = [child("-c", PROBE, json.dumps(arguments)) for _ in range(1 if quick else 5)]
            heavy = ", ".join(json.loads(runs[-1].output.splitlines()[-1])) or "none"
            rows.append(
                [name, middle([run.cpu for run in runs]), middle([run.wall for run in runs]),
                 f"{max(run.peak for run in runs):.0f}", heavy]
            )  # fmt: skip
        runs = [child("-c", "import sentence_transformers") for _ in range(1 if quick else 3)]
        rows.append(
            ["rival: `import sentence_transformers` alone", middle([run.cpu for run in runs]),
             middle([run.wall for run in runs]), f"{max(run.peak for run in runs):.0f}", "torch, …"]
        )  # fmt: skip
    yield Table(
        "Start-up",
        ["command", "CPU s, median (range)", "wall s", "peak MB", "heavy libraries imported"],
        rows,
        "A fresh process each time, vector cache off, file system cache warm.",
    )
