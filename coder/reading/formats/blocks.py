"""What a word processor's document is made of, before anything is decided about speakers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
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


def laid_out(blocks: Iterable[Block]) -> list[Paragraph]:
    """Lay tables out as text: a short first cell and the next one become one line, as label and words do."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(replace(block, speaker=None))
            continue
        for row in block.rows:
            cells = [cell for cell in row if cell_text(cell).strip()]
            first = flat(cells[0]) if cells else []
            if len(cells) > 1 and len(first) == 1 and len(first[0].text) <= 40:
                second, *rest = flat(cells[1])
                bold = first[0].bold if first[0].bold < len(first[0].text) else len(first[0].text)
                found.append(Paragraph(f"{first[0].text}\t{second.text}", bold=bold))
                found += [replace(paragraph, speaker=None) for paragraph in [*rest, *flat_cells(cells[2:])]]
            else:
                found += [replace(paragraph, speaker=None) for paragraph in laid_out(flat_cells(cells))]
    return found


def flat_cells(cells: Iterable[Cell]) -> list[Paragraph]:
    """Return the paragraphs of several cells in order."""
    return [paragraph for cell in cells for paragraph in flat(cell)]
