"""Tables in PDFs: a file says only where words stand, so columns are found by where they begin again and again."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coder.phrasing import counted
from coder.reading.broken_words import BrokenWords
from coder.reading.document import Block, Cell, Grid, Paragraph, cell_text
from coder.reading.formats.pdf_layout import PdfLine, broken_words_of, holds_labels, joined, paragraphs_of

_ALIGNED = 3.0  # points by which the beginnings of a column differ
_FEWEST_ROWS, _FEWEST_HIGHER = 3, 2
_MOSTLY = 0.6  # of the words are in the table
_WRAPPED = 1.3  # times the usual distance of lines, at most, is a line below the one that it goes on from
_LONG = 12  # words
_SENTENCE_END = re.compile(r"[.?!…。？！][)\]\"'”’»]*$")


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
    if len(columns) < 2 or _are_codes_beside(pages, columns):
        return None
    words = broken_words_of(pages)
    blocks: list[Block] = []
    rows: list[tuple[Cell, ...]] = []
    outside: list[PdfLine] = []
    count = inside = 0
    for row in _joined_rows(pages, columns):
        lines, cells = _parted(row)
        if lines or not cells:
            blocks += [Grid(tuple(rows))] if rows else []
            rows = []
            outside += lines
        if cells:
            blocks += paragraphs_of([outside]) if outside else []
            outside = []
            rows.append(tuple(_cell(cells.get(column, []), words) for column in range(len(columns))))
            count += 1
            own = (piece for place, cell in cells.items() for piece in cell if piece.column == place)
            inside += sum(len(piece.line.text) for piece in own)
    blocks += [Grid(tuple(rows))] if rows else []
    blocks += paragraphs_of([outside]) if outside else []
    total = sum(len(line.text) for page in pages for line in page)
    if count < _FEWEST_ROWS or inside < _MOSTLY * total or _is_labelled(blocks):
        return None
    return blocks


def lost_beside(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Say that paragraphs beside the tables of talk read like speech."""
    lost = [
        text
        for block in blocks
        if isinstance(block, Paragraph) and len((text := block.text.strip()).split()) >= _LONG
        if _SENTENCE_END.search(text)
    ]
    many = f"{counted(len(lost), 'paragraph')} outside the table of the talk may be speech"
    return (f"{many} and not taken as such: {lost[0][:60]!r}.",) if lost else ()


def _is_labelled(blocks: Sequence[Block]) -> bool:
    """Tell whether two columns are labels with colons and the words behind them, as in text without a table."""
    rows = [row for block in blocks if isinstance(block, Grid) for row in block.rows]
    if any(len(row) != 2 for row in rows):
        return False
    labels = [cell_text(row[0]).strip() for row in rows if row[0]]
    return sum(label.endswith((":", "：")) for label in labels) > len(labels) / 2


def _are_codes_beside(pages: Sequence[Sequence[PdfLine]], columns: Sequence[float]) -> bool:
    """Tell whether the second of two columns is talk with labels of its own, so that codes stand in the first."""
    pieces = [piece for page in pages for line in page for piece in _pieces(line, 0, columns)]
    return len(columns) == 2 and holds_labels(piece.line.text.strip() for piece in pieces if piece.column)


def _joined_rows(pages: Sequence[Sequence[PdfLine]], columns: Sequence[float]) -> Iterator[_Row]:
    """Yield rows with the lines that go on from their words at the left margin, as where first lines hang."""
    steps = [above.y - line.y for page in pages for above, line in pairwise(page)]
    usual = sorted(step for step in steps if _ALIGNED < step < 80)
    leading = usual[len(usual) // 4] if usual else 0.0
    before: _Row | None = None
    for row in _rows(pages, columns):
        if before is not None and before.cells.keys() - {0}:
            alone = row.cells.keys() <= {0}
            above = row.cells.get(0, []) if alone else _above(row)
            taken = 0
            while taken < len(above) and _goes_on(before, above[taken], leading, sure=not alone):
                _words_cell(before).append(above[taken])
                taken += 1
            if taken:
                row.cells[0] = row.cells[0][taken:]
        if before is not None:
            yield before
        before = row
    if before is not None:
        yield before


def _words_cell(row: _Row) -> list[_Piece]:
    """Return the longest cell of a row that has more than the first."""
    cells = [cell for column, cell in row.cells.items() if column]
    return max(cells, key=lambda cell: sum(len(piece.line.text) for piece in cell))


def _goes_on(row: _Row, piece: _Piece, leading: float, *, sure: bool) -> bool:
    """Tell whether a line at the left margin goes on from a row's last words; `sure`: a row follows it."""
    last = _words_cell(row)[-1]
    text = piece.line.text
    if piece.line.bold >= len(text):
        return False
    small = text.lstrip()[:1].islower() or not _SENTENCE_END.search(last.line.text.rstrip())
    if piece.page != last.page:
        return text.lstrip()[:1].islower()
    return 0 < last.line.y - piece.line.y <= _WRAPPED * leading and (sure or small)


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
    above = _above(row)
    return [piece.line for piece in above], {**row.cells, 0: row.cells.get(0, [])[len(above) :]}


def _above(row: _Row) -> list[_Piece]:
    """Return the pieces of a row's first cell that stand above its other cells."""
    page, down = row.top
    return [piece for piece in row.cells.get(0, []) if (piece.page, -piece.line.y) < (page, down - _ALIGNED)]


def _cell(pieces: Sequence[_Piece], words: BrokenWords) -> Cell:
    if not pieces:
        return ()
    paragraph: Paragraph = joined(
        [replace(piece.line, text=piece.line.text.strip()) for piece in pieces], words
    )
    return (paragraph,)
