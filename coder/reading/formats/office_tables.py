"""Tables of turns in documents of word processors: which they are, and the turns they hold."""

from collections.abc import Sequence
from dataclasses import replace

from coder.reading.clock import seconds_in, speaker_and_time
from coder.reading.document import Block, Grid, Paragraph, cell_text, flat, laid_out
from coder.reading.tables.columns import (
    Columns,
    columns_by_content,
    columns_by_name,
    end_of,
    is_analysed,
    is_transcript_header,
    unread_columns,
)
from coder.reading.tables.voices import VoiceColumns, columns_of_voices


def _unwrapped(blocks: Sequence[Block]) -> list[Block]:
    """Take the content out of tables of one column that only frame it."""
    inner_blocks: list[Block] = []
    for block in blocks:
        framing = isinstance(block, Grid) and all(sum(bool(cell) for cell in row) <= 1 for row in block.rows)
        if (
            isinstance(block, Grid)
            and framing
            and any(isinstance(b, Grid) for row in block.rows for c in row for b in c)
        ):
            inner_blocks += _unwrapped([inner for row in block.rows for cell in row for inner in cell])
        else:
            inner_blocks.append(block)
    return inner_blocks


def _columns_of(grid: Grid) -> tuple[Columns | VoiceColumns, int] | None:
    """Return a table's columns and the number of rows above its turns; None if it is not a table of turns."""
    rows = [[cell_text(cell) for cell in row] for row in grid.rows]
    voices = columns_of_voices(rows)
    if voices is not None:
        return voices, voices.above
    for index, row in enumerate(rows[:5]):
        columns = columns_by_name(row) if is_transcript_header(row) or is_analysed(row) else None
        if columns is not None and len(rows) > index + 1:
            return columns, index + 1
    return columns_by_content(rows)


def table_of_turns(blocks: Sequence[Block]) -> list[Paragraph] | None:
    """Return the turns of a document's tables, if these hold most of its words; None if there are none."""
    blocks = _unwrapped(blocks)
    paragraphs: list[Paragraph] = []
    columns: Columns | VoiceColumns | None = None
    width = in_table = outside = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            outside += len(block.text)
            paragraphs.append(
                replace(block, kind=block.kind or ("header" if columns is None else "note"), speaker=None)
            )
            continue
        recognised = _columns_of(block)
        if recognised is None and columns is not None and _width(block) == width:
            recognised = (columns, 0)
        if recognised is None:
            words = laid_out([block])
            outside += sum(len(paragraph.text) for paragraph in words)
            paragraphs += [
                replace(paragraph, kind="header" if columns is None else "note") for paragraph in words
            ]
            continue
        (columns, above), width = recognised, _width(block)
        if isinstance(columns, VoiceColumns):
            turns = _turns_by_column(block, columns, above)
        else:
            turns = _turns_of(block, columns, above)
        in_table += sum(len(paragraph.text) for paragraph in turns)
        paragraphs += turns
    return paragraphs if columns is not None and in_table > outside else None


def unread_in_tables(blocks: Sequence[Block]) -> list[str]:
    """Say which columns of tables of turns were not read, as far as a row of headings names them."""
    notes: list[str] = []
    for block in _unwrapped(blocks):
        recognised = _columns_of(block) if isinstance(block, Grid) else None
        if not isinstance(block, Grid) or recognised is None or not recognised[1]:
            continue
        columns, above = recognised
        rows = [[cell_text(cell).strip() for cell in row] for row in block.rows]
        header = rows[above - 1]
        if isinstance(columns, Columns) and not is_analysed(header):
            used = {columns.text[0], columns.speaker, columns.start, columns.question, end_of(header)}
            notes += unread_columns(header, rows[above:], used)
    return list(dict.fromkeys(notes))


def _width(grid: Grid) -> int:
    return max((len(row) for row in grid.rows), default=0)


def _turns_by_column(grid: Grid, columns: VoiceColumns, above: int) -> list[Paragraph]:
    """Return the turns of a table with a column per speaker, the rows above them as header lines."""
    turns = [
        Paragraph("\t".join(cell_text(cell) for cell in row), kind="header") for row in grid.rows[:above]
    ]
    header = [cell_text(cell) for cell in grid.rows[above - 1]] if above else None
    for row in grid.rows[above:]:
        cells = [cell_text(cell) for cell in row]
        if cells == header:
            continue
        time = seconds_in(_cell(cells, columns.start))
        asked = " ".join(_cell(cells, columns.question).split()) or None
        for name, column in zip(columns.names, columns.places, strict=True):
            for paragraph in flat(row[column]) if column < len(row) else ():
                if paragraph.text.strip():
                    turns.append(Paragraph(paragraph.text, speaker=name, time=time, question=asked))
                    time = None
    return turns


def _turns_of(grid: Grid, columns: Columns, above: int) -> list[Paragraph]:
    turns = [
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
            turns.append(Paragraph("\t".join(cell for cell in cells if cell.strip()), kind="note"))
            continue
        if header and columns.question is not None and columns.speaker is None:
            # A form: what is in the column of questions is asked, what is in that of answers is said.
            asked = _cell(cells, columns.question)
            turns += [Paragraph(asked, speaker=header[columns.question].strip())] if asked.strip() else []
            speaker = header[columns.text[0]].strip()
        named, time = speaker_and_time(_cell(cells, columns.speaker))
        speaker = named or speaker
        given = seconds_in(_cell(cells, columns.start), milliseconds=columns.milliseconds)
        time = given if given is not None else time
        for paragraph in words:
            turns.append(Paragraph(paragraph.text, speaker=speaker, time=time, bold=paragraph.bold))
            time = None
        if header and is_analysed(header):
            beside = [cell for column, cell in enumerate(cells) if column != columns.text[0] and cell.strip()]
            turns += [Paragraph(cell, kind="note") for cell in beside]
    return turns


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""
