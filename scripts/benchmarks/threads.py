"""One thread or two, on a machine that others keep busy."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from benchmarks.measuring import Table, interleaved, middle, utterances

BUSY = "while True: pass"


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the table of threads."""
    from coder.encoding.transformer import MiniLM

    texts = utterances(100 if quick else 500)
    encoders = {f"{threads}": MiniLM(threads, None) for threads in (1, 2)}
    rows = []
    for neighbours in (0, 1, 2):
        busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(neighbours)]
        try:
            jobs = {name: partial(encoder.encode, texts) for name, encoder in encoders.items()}
            taken = interleaved(jobs, 1 if quick else 5, wall=True)
        finally:
            for process in busy:
                process.kill()
                process.wait()
        speeds = [[len(texts) / seconds for seconds in times] for times in taken.values()]
        rows.append([str(neighbours), *(middle(speed, 0) for speed in speeds)])
    yield Table(
        "Threads beside busy neighbours",
        ["busy processes started beside it", "1 thread: utterances per second", "2 threads"],
        rows,
        "Wall time, median (range) of interleaved rounds; whatever else ran on the machine ran throughout.",
    )
