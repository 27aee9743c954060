"""What every encoder is: the protocol it keeps, the parts of its id, and the processor threads it may use."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coder.errors import InputError

Progress = Callable[[int], None]  # called with the number of texts finished since the last call
BETWEEN = {
    "all-MiniLM-L6-v2": "[SEP]",
    "all-mpnet-base-v2": "</s></s>",
}  # special tokens, as between two sentences
ASKED_WORDS = 28


class Encoder(Protocol):
    """Turns texts into vectors; `id` names weights, adapter, backend and precision."""

    id: str
    dimension: int

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one row of length 1 per text, (n, dimension); the same text gives the same row always."""
        ...


def weights_of(encoder_id: str) -> str:
    """Return the part of an encoder's id that names weights and adapter, without backend and precision.

    Vectors of two encoders may be used together (a model trained on one, applied with the other) exactly
    if this part is equal; the backends differ by less than 0.001 in cosine.
    """
    return encoder_id.partition("/")[0]


def answer(encoder_id: str, question: str, text: str) -> str:
    """Return a text with the end of its question before it, set apart as the encoder was taught."""
    asked = " ".join(question.split()[-ASKED_WORDS:])
    return f"{asked}{BETWEEN.get(encoder_id.partition(':')[0], ' ')}{text}"


def chosen_threads(asked: int | None) -> int:
    """Return the number of threads to use: the one asked for, else those the machine has idle now.

    Raises InputError for fewer than one.
    """
    if asked is not None:
        if asked < 1:
            raise InputError(f"--threads must be at least 1, not {asked}.")
        return asked
    cores = usable_cores()
    return max(1, min(cores, round(cores - busy_cores())))


def usable_cores() -> int:
    """Return the processor cores this process may use (affinity and container limits respected)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):  # no control groups here, or no limit ("max")
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        cores = min(cores, max(1, int(quota) // int(period)))
    return cores


def busy_cores() -> float:
    """Return how many cores other work kept busy over the last minute (0 where the system cannot say)."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
