"""How scripts read their arguments: before they load what takes seconds, so that --help answers at once."""

import argparse
from pathlib import Path


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """Return a reader of arguments whose help is the script's docstring, line by line."""
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def of_real_material(doc: str | None, *, small: str = "", work: bool = False) -> argparse.ArgumentParser:
    """Return a reader of the arguments that training on real texts has; `small` says what --small does."""
    reader = arguments(doc)
    reader.add_argument("--real", type=Path, required=True, help="folder with the real texts")
    if work:
        reader.add_argument("--work", type=Path, default=Path("tuning"), help="folder for checkpoints")
    if small:
        reader.add_argument("--small", action="store_true", help=small)
    return reader
