"""What a newcomer has to read: the files of `coder` whose functions one pre-coding, decision or training runs."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import ROOT, Table, child

SAMPLE = ROOT / "data/sample"
# Prints the files in which a function ran, and the modules that were imported. What runs while a module is
# imported counts where it is a function, not where it is the body of the module or of a class.
WATCH = """
import contextlib, inspect, io, json, sys, threading
seen = set()
def watch(frame, event, argument):
    if event == "call":
        seen.add(frame.f_code)
def report():
    sys.setprofile(None)
    threading.setprofile(None)
    functions = [code.co_filename.rpartition("/coder/") for code in seen if code.co_flags & inspect.CO_OPTIMIZED
                 and (code.co_name[0] != "<" or code.co_name == "<lambda>")]
    ran = {name for _, found, name in functions if found and name.endswith(".py")}
    imported = [name for name, module in sys.modules.items()
                if name.startswith("coder.") and not hasattr(module, "__path__")]
    print(json.dumps([sorted(ran), sorted(imported)]))
def start():
    threading.setprofile(watch)
    sys.setprofile(watch)
"""
COMMAND = """
sys.argv = ['coder', *json.loads(sys.argv[1])]
start()
try:
    with contextlib.redirect_stdout(io.StringIO()):
        from coder.cli.main import main
        main()
except SystemExit as end:
    assert not end.code, end.code
report()
"""
# The page is open: its first requests are over when the decision is sent.
DECISION = f"""
sys.path.append({str(ROOT)!r})
from pathlib import Path
from tests.review.conftest import TALK, entered, fill
from coder.review.app import make_app
from coder.store import Study
study = Path(sys.argv[1])
fill(study, {{"C01": TALK}})
app, sessions = make_app(study, ["Ann"], port=8765, hosts=["127.0.0.1:8765"], mode="assisted")
page = entered(app, list(sessions)[0])
with Study.open(study) as opened:
    first, second = [item.id for item in opened.texts.utterances(1, codable_only=True)][:2]
page.get("/read/1", u=str(first))
start()
answer = page.post("/act", action="done", utterance=first, view="read", then=second)
assert answer["say"], answer
report()
"""


def passed(*arguments: str) -> tuple[list[str], list[str]]:
    """Run a script that ends with `report()` in a fresh process; return the files and the modules."""
    with tempfile.TemporaryDirectory() as cache:
        output = child("-c", *arguments, environment={"CODER_CACHE": "", "XDG_CACHE_HOME": cache}).output
    ran, imported = json.loads(output.splitlines()[-1])
    return ran, imported


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield how many files each job passes through; with `quick`, also which."""
    interview = str(SAMPLE / "transcripts/c02_midwife.docx")
    excerpts = SAMPLE / "held-out"
    with tempfile.TemporaryDirectory() as folder:
        training = ["train", str(excerpts / "patient-comments.csv"), "--codebook"]
        training += [
            str(excerpts / "patient-comments.yaml"),
            "--no-measure",
            "-o",
            str(Path(folder) / "model"),
        ]
        runs = {
            "`coder precode` of one interview": passed(WATCH + COMMAND, json.dumps(["precode", interview])),
            "one decision on the open page": passed(WATCH + DECISION, str(Path(folder) / "study.coder")),
            "`coder train --no-measure`": passed(WATCH + COMMAND, json.dumps(training)),
        }
    if quick:
        for name, (ran, _) in runs.items():
            print(f"{name}: {' '.join(ran)}", file=sys.stderr)
    yield Table(
        "Files passed through",
        ["job", "files in which a function ran", "modules imported"],
        [[name, str(len(ran)), str(len(imported))] for name, (ran, imported) in runs.items()],
        "Python files of `coder` alone, without templates; modules without packages. A fresh process and an empty"
        " cache each time.",
    )
