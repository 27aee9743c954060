"""How many processor threads the encoder may use."""

import os
from contextlib import suppress
from pathlib import Path

from coder.errors import InputError


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
