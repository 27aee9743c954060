"""Dask workers give what one process gives, to the last bit, and a killed one costs nothing but time."""

import os
import signal
import sys
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

from coder.errors import InputError
from coder.workflow.precoding import answers
from coder.workflow.precoding import dask_engine as distributed
from coder.workflow.precoding.dask_worker import ModelFiles
from coder.workflow.precoding.pipeline import PrecodingRequest, run

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
PLACES = ("clinic", "ward", "market", "school", "river", "office", "garden", "bus")


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a table of 240 answers, to be coded in parts of 20; no vector cache."""
    monkeypatch.setenv("CODER_CACHE", "off")
    monkeypatch.setattr(answers, "AT_A_TIME", 20)
    monkeypatch.setattr(answers, "MANY_ROWS", 20)
    texts = [
        f"The {PLACES[n % 8]} is {n} minutes away and nobody {PLACES[n % 7]} told me why." for n in range(240)
    ]
    path = tmp_path / "answers.parquet"
    pd.DataFrame({"text": texts, "wave": range(240), "study": [f"s{n % 3}" for n in range(240)]}).to_parquet(
        path
    )
    return path


def request_of(table: Path, name: str, scheduler: str | None = None) -> PrecodingRequest:
    engine: Literal["dask", "local"] = "dask" if scheduler else "local"
    return PrecodingRequest(
        [table], table.with_name(name), unit="row", threads=2, engine=engine, scheduler=scheduler
    )


def test_two_processes_one_killed_half_way(table: Path) -> None:
    from distributed import LocalCluster

    run(request_of(table, "local.csv"))
    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:

        def kill_one_half_way(steps: int, total: int | None) -> None:
            done.append(steps)
            if sum(done) >= 120 and not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        done: list[int] = []
        summary = run(request_of(table, "dask.csv", cluster.scheduler_address), progress=kill_one_half_way)
        pids = {worker.pid for worker in cluster.workers.values()}
    assert killed
    assert killed[0] not in pids, "the cluster replaced the killed worker"
    assert summary.utterances == sum(done) == 240
    assert table.with_name("dask.csv").read_bytes() == table.with_name("local.csv").read_bytes()


def test_a_worker_that_would_compute_otherwise_is_refused(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import LocalCluster

    from coder.codebook import load_codebook

    other = ModelFiles("none", {}, load_codebook("coproduction"))
    monkeypatch.setattr(distributed, "_model_files", lambda *_: other)
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        pytest.raises(InputError, match="would give other results: its model is none"),
    ):
        run(request_of(table, "other.csv", cluster.scheduler_address))


def test_no_scheduler_answers(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "CONNECT_SECONDS", "1s")
    with pytest.raises(InputError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run(request_of(table, "none.csv", "tcp://127.0.0.1:9"))


def test_without_dask_the_message_says_what_to_install(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'coder\[dask\]'"):
        run(request_of(table, "none.csv", "tcp://127.0.0.1:9"))
