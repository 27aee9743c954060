"""Tables of turns in documents: which table is one, which column is whose, what stands around it."""

from collections.abc import Sequence
from dataclasses import replace

from coder.reading.clock import seconds_in
from coder.reading.document import Paragraph
from coder.reading.formats.blocks import Block, Grid, cell_text, flat, laid_out
from coder.reading.tables.column_contents import columns_by_content
from coder.reading.tables.columns import Columns, columns_by_name, is_transcript_header, speaker_and_time


def _unwrapped(blocks: Sequence[Block]) -> list[Block]:
    """Take the content out of tables of one column that only frame it."""
    found: list[Block] = []
    for block in blocks:
        framing = isinstance(block, Grid) and all(sum(bool(cell) for cell in row) <= 1 for row in block.rows)
        if (
            isinstance(block, Grid)
            and framing
            and any(isinstance(b, Grid) for row in block.rows for c in row for b in c)
        ):
            found += _unwrapped([inner for row in block.rows for cell in row for inner in cell])
        else:
            found.append(block)
    return found


def _columns_of(grid: Grid) -> tuple[Columns, int] | None:
    """Return a table's columns and the number of rows above its turns; None if it is not a table of turns."""
    rows = [[cell_text(cell) for cell in row] for row in grid.rows]
    for place, row in enumerate(rows[:5]):
        columns = columns_by_name(row) if is_transcript_header(row) else None
        if columns is not None and len(rows) > place + 1:
            return columns, place + 1
    return columns_by_content(rows)


def table_of_turns(blocks: Sequence[Block]) -> list[Paragraph] | None:
    """Return the turns of a document's tables, if these hold most of its words; None if there are none."""
    blocks = _unwrapped(blocks)
    found: list[Paragraph] = []
    columns: Columns | None = None
    width = in_table = outside = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            outside += len(block.text)
            found.append(
                replace(block, kind=block.kind or ("header" if columns is None else "note"), speaker=None)
            )
            continue
        recognised = _columns_of(block)
        if recognised is None and columns is not None and _width(block) == width:
            recognised = (columns, 0)
        if recognised is None:
            words = laid_out([block])
            outside += sum(len(paragraph.text) for paragraph in words)
            found += [replace(paragraph, kind="header" if columns is None else "note") for paragraph in words]
            continue
        (columns, above), width = recognised, _width(block)
        turns = _turns_of(block, columns, above)
        in_table += sum(len(paragraph.text) for paragraph in turns)
        found += turns
    return found if columns is not None and in_table > outside else None


def _width(grid: Grid) -> int:
    return max((len(row) for row in grid.rows), default=0)


def _turns_of(grid: Grid, columns: Columns, above: int) -> list[Paragraph]:
    found = [
        Paragraph("\t".join(cell_text(cell) for cell in row), kind="header") for row in grid.rows[:above]
    ]
    header = [cell_text(cell) for cell in grid.rows[above - 1]] if above else None
    speaker: str | None = None
    for row in grid.rows[above:]:
        cells = [cell_text(cell) for cell in row]
        if cells == header or not any(cell.strip() for cell in cells):
            continue
        words = (
            [paragraph for paragraph in flat(row[columns.text[0]]) if paragraph.text.strip()]
            if columns.text[0] < len(row)
            else []
        )
        if not words:
            found.append(Paragraph("\t".join(cell for cell in cells if cell.strip()), kind="note"))
            continue
        if header and columns.question is not None and columns.speaker is None:
            # A form: what is in the column of questions is asked, what is in that of answers is said.
            asked = _cell(cells, columns.question)
            found += [Paragraph(asked, speaker=header[columns.question].strip())] if asked.strip() else []
            speaker = header[columns.text[0]].strip()
        named, time = speaker_and_time(_cell(cells, columns.speaker))
        speaker = named or speaker
        given = seconds_in(_cell(cells, columns.start), milliseconds=columns.milliseconds)
        time = given if given is not None else time
        for paragraph in words:
            found.append(Paragraph(paragraph.text, speaker=speaker, time=time, bold=paragraph.bold))
            time = None
    return found


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
