"""What a word processor's document is made of, before anything is decided about speakers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from coder.reading.document import Paragraph

Block: TypeAlias = "Paragraph | Grid"
Cell: TypeAlias = "tuple[Paragraph | Grid, ...]"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, a cell being a list of blocks; cells that span columns are padded to the right."""

    rows: tuple[tuple[Cell, ...], ...]


def cell_text(cell: Cell) -> str:
    r"""Return a cell's text, its paragraphs joined by "\n"."""
    return "\n".join(paragraph.text for paragraph in flat(cell))


def flat(blocks: Iterable[Block]) -> list[Paragraph]:
    """Return all paragraphs in reading order, tables row by row and cell by cell."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        else:
            for row in block.rows:
                for cell in row:
                    found.extend(flat(cell))
    return found
