"""The blocks that a document of a word processor is made of: paragraphs, and tables whose cells hold blocks."""

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
    paragraphs: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            paragraphs.append(block)
        else:
            for row in block.rows:
                for cell in row:
                    paragraphs.extend(flat(cell))
    return paragraphs


def laid_out(blocks: Iterable[Block]) -> list[Paragraph]:
    """Lay tables out as text: a short first cell and the next one become one line, as label and words do."""
    paragraphs: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            paragraphs.append(replace(block, speaker=None))
            continue
        for row in block.rows:
            cells = [cell for cell in row if cell_text(cell).strip()]
            first = flat(cells[0]) if cells else []
            if len(cells) > 1 and len(first) == 1 and len(first[0].text) <= 40:
                second, *rest = flat(cells[1])
                bold = first[0].bold if first[0].bold < len(first[0].text) else len(first[0].text)
                paragraphs.append(Paragraph(f"{first[0].text}\t{second.text}", bold=bold))
                paragraphs += [
                    replace(paragraph, speaker=None) for paragraph in [*rest, *flat_cells(cells[2:])]
                ]
            else:
                paragraphs += [replace(paragraph, speaker=None) for paragraph in laid_out(flat_cells(cells))]
    return paragraphs


def flat_cells(cells: Iterable[Cell]) -> list[Paragraph]:
    """Return the paragraphs of several cells in order."""
    return [paragraph for cell in cells for paragraph in flat(cell)]
