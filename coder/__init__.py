"""Pre-codes qualitative interview transcripts; people confirm, change or reject every suggestion.

The names below are the library's public face. They load on first use, so that `import coder` stays quick.
"""

import os
from importlib import import_module
from typing import Any

# Nothing may leave the machine: model hubs are never asked, and tokenizers must not fork threads.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # libraries would draw bars of their own amid ours

__version__ = "0.2.0"

_PUBLIC = {
    "precode": "coder.workflow.precoding.pipeline",
    "train": "coder.workflow.modelling.train",
    "evaluate": "coder.workflow.modelling.evaluate",
    "read_transcript": "coder.reading",
}
__all__ = ["__version__", *sorted(_PUBLIC)]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'coder' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
