"""Files that plots are written to: checked before the work, written the same way each time."""

from pathlib import Path
from typing import Any

from coder.errors import OutputError

SUFFIXES = (".svg", ".png", ".pdf")


def check_plot(path: Path, *, force: bool = False) -> None:
    """Raise OutputError unless a plot can be written to `path`: its suffix, its folder, what is there already."""
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path}: a plot is written to a name that ends in {', '.join(SUFFIXES)}.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist; make it first.")
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file.")
    if path.exists() and not force:
        raise OutputError(f"{path} exists already. Choose another name, or add --force to replace it.")


def write_plot(figure: Any, path: Path, dpi: int) -> None:
    """Write a matplotlib figure in the format of the path's suffix; the same figure gives the same svg.

    Raises OutputError.
    """
    try:
        figure.savefig(path, dpi=dpi, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error
