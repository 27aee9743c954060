"""Parts coded by Dask workers: processes of this machine, or of many behind a scheduler.

Each worker gets the model once, as plain files, and keeps it; then only texts travel. A part is a pure function
of its texts and the model, so a worker that dies costs its parts a second try and changes nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

from coder import __version__
from coder.errors import CoderError, InputError
from coder.workflow.precoding.parts import Opinions, Part

if TYPE_CHECKING:
    from distributed import Client

    from coder.learning.model import Model
    from coder.workflow.precoding.dask_worker import ModelFiles

QUEUED = 2  # parts waiting at each worker thread: enough that none is idle, few enough to fit in memory
TRIES = 3
CONNECT_SECONDS = "20s"


class DaskEngine:
    """Codes parts on the workers of a Dask cluster, in whatever order they finish.

    `name` and `codebook` are what the model was opened by. `scheduler` is the address of a cluster; without one
    worker processes are started here, as many as `threads`.
    """

    def __init__(
        self,
        model: "Model",
        name: str,
        codebook: str | None = None,
        *,
        scheduler: str | None = None,
        threads: int | None = None,
    ) -> None:
        self._asked = name, codebook
        self._scheduler, self._threads = scheduler, threads
        self._prints = {"version": __version__, **model.fingerprint}
        digest = hashlib.sha256(json.dumps(self._prints, sort_keys=True).encode()).hexdigest()
        self._name = f"coder-{digest[:16]}"

    def __enter__(self) -> "DaskEngine":
        """Connect, or start worker processes here, and send them the model.

        Raises InputError if Dask is not installed, nothing answers, or a worker would compute otherwise.
        """
        with ExitStack() as opened:
            self._client = opened.enter_context(self._connected(opened))
            self._send_model()
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the cluster; the processes started here end."""
        self._opened.close()

    def _connected(self, opened: ExitStack) -> "Client":
        try:
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise InputError(
                "The Dask engine is not installed. Get it with: pip install 'coder[dask]'"
            ) from error
        from coder.encoding.transformer import chosen_threads

        address = self._scheduler
        if address is None:
            processes = chosen_threads(self._threads)
            return Client(
                opened.enter_context(
                    LocalCluster(
                        n_workers=processes, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
                    )
                )
            )
        try:
            return Client(address, timeout=CONNECT_SECONDS)
        except (TimeoutError, OSError, ValueError) as error:
            raise InputError(
                f"No Dask scheduler answers at {address}. Start one with `dask scheduler`, its workers with"
                " `dask worker ADDRESS`, and give its address as tcp://HOST:8786."
            ) from error

    def _send_model(self) -> None:
        from coder.workflow.precoding.dask_worker import ModelPlugin, model_print

        self._client.register_plugin(ModelPlugin(self._name, _model_files(*self._asked)))
        for worker, theirs in self._client.run(model_print, self._name).items():
            for name, ours in self._prints.items():
                if theirs[name] != ours:
                    raise InputError(
                        f"The worker {worker} would give other results: its {name} is {theirs[name]}, here it is"
                        f" {ours}. Use the same version of coder and the same kind of processor everywhere."
                    )

    def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Opinions]]:
        """Yield each part with what the model says of it; raises CoderError for a part that no worker survives."""
        from distributed import KilledWorker, as_completed

        from coder.workflow.precoding.dask_worker import code_part

        waiting = iter(parts)
        running: dict[Any, Part] = {}
        finished = as_completed()
        while True:
            while len(running) < self._room() and (part := next(waiting, None)) is not None:
                future = self._client.submit(
                    code_part, self._name, replace(part, other_columns=()), pure=False, retries=TRIES - 1
                )
                running[future] = part
                finished.add(future)
            if not running:
                return
            future = next(finished)
            part = running.pop(future)
            try:
                yield part, future.result()
            except KilledWorker as error:
                raise CoderError(
                    f"Every worker that took {part.source} (part {part.number}) died; they may lack memory. The"
                    " other finished parts are kept: run the same command again to go on."
                ) from error
            future.release()

    def _room(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return QUEUED * max(1, sum(threads.values()))


def _model_files(name: str, codebook: str | None) -> "ModelFiles":
    from coder.exchange.codebooks import read_codebook
    from coder.learning.persistence.model_files import NONE, folder_of
    from coder.workflow.precoding.dask_worker import ModelFiles

    book = read_codebook(codebook) if codebook else None
    if name == NONE:
        return ModelFiles(NONE, {}, book)
    folder = folder_of(name)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    return ModelFiles(name, files, book)
