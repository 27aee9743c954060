"""Cost as work grows tenfold: pre-coding tables of answers, in seconds per thousand rows and in memory."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Table, child, utterances


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the scaling table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (100, 1_000) if quick else (1_000, 10_000, 100_000):
            table, out = Path(folder) / f"{count}.parquet", Path(folder) / f"{count}.csv"
            pq.write_table(pa.table({"text": utterances(count)}), table)
            run = child(
                "-m", "coder", "precode", str(table), "--unit", "row", "-o", str(out), "--threads", "1"
            )
            each = 1000 * run.cpu / count
            rows.append([f"{count:,}", f"{run.cpu:.1f}", f"{each:.2f}", f"{run.wall:.0f}", f"{run.peak:.0f}"])
    yield Table(
        "Growing tenfold",
        ["answers", "CPU s", "CPU s per 1,000", "wall s (shared machine)", "peak MB"],
        rows,
        "`coder precode TABLE.parquet --unit row --threads 1`, no two answers alike, vector cache off.",
    )
