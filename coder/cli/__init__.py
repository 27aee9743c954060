"""The command line: options, one workflow call, print.

Each family is a module with `register(app)`; a new family joins by its name in FAMILIES. They
import nothing heavy at the top: `coder --help` must stay under 0.3 s of CPU.
"""

from importlib import import_module
from typing import Any

FAMILIES: tuple[str, ...] = (
    "precode",
    "turns",
    "codings",
    "codebook",
    "learning",
    "agreement",
    "study",
    "review",
    "report",
    "start",
    "pseudonymise",
    "delete",
    "passphrase",
)


def load_family(name: str) -> Any:
    """Return the module of one command family."""
    return import_module(f"coder.cli.{name}")
