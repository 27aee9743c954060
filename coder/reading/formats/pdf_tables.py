"""Tables in PDFs: a file says only where words stand, so columns are found by where they begin again and again."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coder.reading.document import Block, Cell, Grid, Paragraph
from coder.reading.formats.pdf_layout import PdfLine, joined, paragraphs_of, words_of

_ALIGNED = 3.0  # points by which the beginnings of a column differ
_FEWEST_ROWS, _FEWEST_HIGHER = 3, 2
_MOSTLY = 0.6  # of the words are in the table


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands in one line of one cell: `page` counts from 0, `column` from the left."""

    line: PdfLine
    page: int
    column: int


@dataclass(slots=True)
class _Row:
    """The pieces of a row by column, in the order of the file."""

    cells: dict[int, list[_Piece]]

    @property
    def top(self) -> tuple[int, float]:
        """Return how far down the row begins (page, points from its top), by the cells right of the first."""
        return min(
            (piece.page, -piece.line.y) for column, cell in self.cells.items() if column for piece in cell
        )


def blocks_of(pages: Sequence[Sequence[PdfLine]]) -> list[Block] | None:
    """Return the paragraphs and tables of pages, None where no columns of words stand beside each other."""
    columns = _columns(pages)
    if len(columns) < 2:
        return None
    words = words_of(line for page in pages for line in page)
    blocks: list[Block] = []
    rows: list[tuple[Cell, ...]] = []
    outside: list[PdfLine] = []
    count = inside = 0
    for row in _rows(pages, columns):
        lines, cells = _parted(row)
        if lines or not cells:
            blocks += [Grid(tuple(rows))] if rows else []
            rows = []
            outside += lines
        if cells:
            blocks += paragraphs_of([outside])[0] if outside else []
            outside = []
            rows.append(tuple(_cell(cells.get(column, []), words) for column in range(len(columns))))
            count += 1
            inside += sum(len(piece.line.text) for cell in cells.values() for piece in cell)
    blocks += [Grid(tuple(rows))] if rows else []
    blocks += paragraphs_of([outside])[0] if outside else []
    total = sum(len(line.text) for page in pages for line in page)
    return blocks if count >= _FEWEST_ROWS and inside >= _MOSTLY * total else None


def _columns(pages: Sequence[Sequence[PdfLine]]) -> list[float]:
    """Return where columns begin, from the left.

    The first is where lines with gaps begin; the others are where words stand behind gaps, or begin higher up than
    the words before them.
    """
    gapped = [line for page in pages for line in page if any(gap for _, _, gap in line.pieces)]
    if len(gapped) < _FEWEST_ROWS:
        return []
    left = Counter(round(line.x) for line in gapped).most_common(1)[0][0]
    higher = [line.x for page in pages for above, line in pairwise(page) if line.y > above.y + _ALIGNED]
    behind = [*higher, *(x for line in gapped for _, x, gap in line.pieces if gap)]
    groups: list[list[float]] = []
    for x in sorted(x for x in behind if x > left + _ALIGNED):
        if not groups or x - groups[-1][-1] > _ALIGNED:
            groups.append([])
        groups[-1].append(x)
    starts = set(higher)
    fewest = [_FEWEST_ROWS if starts.isdisjoint(group) else _FEWEST_HIGHER for group in groups]
    return [float(left), *(group[0] for group, few in zip(groups, fewest, strict=True) if len(group) >= few)]


def _pieces(line: PdfLine, page: int, columns: Sequence[float]) -> Iterator[_Piece]:
    """Cut a line where one of its pieces begins a column."""
    cuts = [(0, line.x)]
    for place, x, _ in line.pieces:
        if any(abs(x - column) <= _ALIGNED for column in columns[1:]):
            cuts.append((place, x))
    for (start, x), (end, _) in pairwise([*cuts, (len(line.text), 0.0)]):
        text = line.text[start:end].rstrip()
        bold = max(0, min(line.bold - start, len(text)))
        column = max(0, bisect_right(columns, x + _ALIGNED) - 1)
        yield _Piece(PdfLine(text, x, line.y, bold), page, column)


def _rows(pages: Sequence[Sequence[PdfLine]], columns: Sequence[float]) -> Iterator[_Row]:
    """Yield rows: PDFs are written cell by cell, so a row ends where the next words stand further left."""
    row = _Row({})
    last = 0
    for number, page in enumerate(pages):
        for line in page:
            for piece in _pieces(line, number, columns):
                if piece.column < last:
                    yield row
                    row = _Row({})
                last = piece.column
                row.cells.setdefault(last, []).append(piece)
    yield row


def _parted(row: _Row) -> tuple[list[PdfLine], dict[int, list[_Piece]]]:
    """Return the lines above a row, which are no part of the table, and its cells; all lines of a row of one cell."""
    if row.cells.keys() <= {0}:
        return [piece.line for piece in row.cells.get(0, [])], {}
    first = row.cells.get(0, [])
    top = row.top
    above = [piece.line for piece in first if (piece.page, -piece.line.y) < (top[0], top[1] - _ALIGNED)]
    return above, {**row.cells, 0: first[len(above) :]}


def _cell(pieces: Sequence[_Piece], words: Counter[str]) -> Cell:
    if not pieces:
        return ()
    paragraph: Paragraph = joined(
        [replace(piece.line, text=piece.line.text.strip()) for piece in pieces], words
    )
    return (paragraph,)
