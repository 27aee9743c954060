"""Documents of word processors: the blocks and styles they are made of, and the paragraphs and turns these give.

Layouts that name speakers are recognised here: tables of turns, cues, headings, styles. Labels in the words are not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from coder.errors import UnsafeFileError
from coder.reading.clock import seconds_in, speaker_and_time
from coder.reading.document import Document, Paragraph
from coder.reading.formats.left_out import TEXT_BOX
from coder.reading.tables.columns import (
    Columns,
    columns_by_content,
    columns_by_name,
    is_analysed,
    is_transcript_header,
)
from coder.reading.tables.voices import VoiceColumns, columns_of_voices

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


# Styles that some transcribers give to all that one party says.
_SPEAKERS = re.compile(
    r"(?:interviewer|interviewee|respondent|participant|moderator|facilitator|researcher|question|answer"
    r"|interviewerin|befragte[r]?|frage|antwort|enqu[eê]teur|enqu[eê]t[eé]e?|r[eé]pondante?"
    r"|entrevistador[a]?|entrevistad[oa])[ _-]?\d{0,2}"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a stretch of text is printed; None where that is not said. `colour` is "" for the usual one."""

    bold: bool | None = None
    italic: bool | None = None
    colour: str | None = None

    def over(self, below: "Look") -> "Look":
        """Return this look, with `below` where it says nothing."""
        return Look(
            self.bold if self.bold is not None else below.bold,
            self.italic if self.italic is not None else below.italic,
            self.colour if self.colour is not None else below.colour,
        )


USUAL = Look()
_USUAL_COLOURS = frozenset({"", "auto", "000000"})


def colour_of(value: str | None) -> str | None:
    """Return a colour as `Look` has it: black and automatic are the usual one."""
    if value is None:
        return None
    plain = value.strip().lstrip("#").casefold()
    return "" if plain in _USUAL_COLOURS else plain[:12]


Pieces = Sequence[tuple[str, Look]]


@dataclass(frozen=True, slots=True)
class Style:
    """A style by its name as the user sees it, and how it prints."""

    name: str = ""
    look: Look = USUAL
    heading: bool = False
    title: bool = False
    speaker: str | None = None


PLAIN = Style()


def named_style(name: str, *, look: Look = USUAL, heading: bool = False) -> Style:
    """Return a style, with what its name says: "heading 2", "Speaker name", "Title", "Interviewer"."""
    plain = name.casefold()
    return Style(
        name=name,
        look=look,
        heading=heading or plain.startswith("heading") or "speaker" in plain,
        title=plain in ("title", "subtitle"),
        speaker=name if _SPEAKERS.fullmatch(plain) else None,
    )


def inherited(styles: Mapping[str, tuple[Style, str]]) -> dict[str, Style]:
    """Complete styles, given with the identifier of the style each is based on, by what they inherit."""
    return {identifier: _with_ancestors(identifier, styles) for identifier in styles}


def _with_ancestors(identifier: str, styles: Mapping[str, tuple[Style, str]]) -> Style:
    style, parent = styles[identifier]
    seen = {identifier}
    while parent in styles and parent not in seen:
        seen.add(parent)
        above, grandparent = styles[parent]
        style = replace(
            style,
            look=style.look.over(above.look),
            heading=style.heading or above.heading,
            title=style.title or above.title,
            speaker=style.speaker or above.speaker,
        )
        parent = grandparent
    return style


def paragraph_of(pieces: Pieces, style: Style, *, heading: bool = False, numbered: bool = False) -> Paragraph:
    """Return the paragraph made of (text, look) pieces in this style."""
    text = "".join(piece for piece, _ in pieces)
    bold = length = 0
    for piece, look in pieces:
        heavy = bool(look.bold)
        # The space or tab between bold words is often not bold itself.
        if not heavy and piece.strip():
            break
        length += len(piece)
        bold = length if heavy else bold
    bold = bold if text[:bold].strip() else 0
    kind = "title" if style.title else ""
    printed = _look_of_all(pieces, numbered=numbered)
    return Paragraph(
        text, style.speaker, bold=bold, heading=heading or style.heading, look=printed, kind=kind
    )


def _look_of_all(pieces: Pieces, *, numbered: bool) -> frozenset[str]:
    """Return what holds for all of a paragraph's words: italic, a colour, a number set by the program."""
    looks = [look for piece, look in pieces if piece.strip()]
    marks = {"numbered"} if numbered else set()
    if looks and all(look.italic for look in looks):
        marks.add("italic")
    colours = {look.colour or "" for look in looks}
    if len(colours) == 1 and "" not in colours:
        marks.add(f"in colour {colours.pop()}")
    return frozenset(marks)


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


# Learning the speakers of so many lines takes a few seconds; an hour of talk has about five hundred.
MAX_LEARNED_LINES = 50_000
_ARROW = re.compile(
    r"\s*(\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)\s*-->\s*\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d+)?\s*"
)
_NAME_AND_TIME = re.compile(r"\s*(?P<name>\S.{0,79}?)(?P<gap>\s+)(?P<time>\d{1,3}(?::\d{2}){1,2})\s*")
_RECORDING = re.compile(
    r".{0,80}\b(?:(?:started|stopped) (?:the )?(?:transcription|recording)"
    r"|Transkription (?:gestartet|beendet)|(?:démarré|arrêté) la transcription"
    r"|(?:inició|detuvo|ha iniciado|ha detenido) la transcripción|transcriptie (?:gestart|gestopt))\W*"
)
_LABEL = re.compile(r"\s*\S.{0,30}?\s?[:：\t]")


def document_of(blocks: Sequence[Block], kind: str, name: str, notes: Sequence[str]) -> Document:
    """Make the Document of the file `name` of format `kind`, recognising layouts that name speakers.

    Raises UnsafeFileError when speakers would have to be learned from more lines than that can be done for.
    """
    for recognise in (table_of_turns, _teams_cues, _named_times, _speaker_headings, _speaker_styles):
        paragraphs = recognise(blocks)
        if paragraphs is not None:
            paragraphs, labelled = with_stamps(paragraphs)
            return Document(kind, tuple(paragraphs), labelled=labelled, notes=tuple(notes))
    return plain_document(laid_out(blocks), kind, name, notes)


def plain_document(paragraphs: Sequence[Paragraph], kind: str, name: str, notes: Sequence[str]) -> Document:
    """Make a Document whose speakers are to be learned; raises UnsafeFileError beyond MAX_LEARNED_LINES."""
    if sum(paragraph.text.count("\n") + 1 for paragraph in paragraphs) > MAX_LEARNED_LINES:
        raise UnsafeFileError(
            f"{name}: it has more than {MAX_LEARNED_LINES:,} paragraphs, too many for a transcript. "
            "Split it, or give the right file."
        )
    return Document(kind, tuple(paragraphs), notes=tuple(notes))


def with_stamps(paragraphs: list[Paragraph]) -> tuple[list[Paragraph], bool]:
    """Return the paragraphs, and whether the format tells who speaks in all of them.

    Where it names nobody but the words begin with labels, these must be learned; the times then go into the
    text as stamps.
    """
    spoken = [paragraph for paragraph in paragraphs if not paragraph.kind]
    if any(paragraph.speaker for paragraph in spoken):
        return paragraphs, True
    if sum(bool(_LABEL.match(paragraph.text)) for paragraph in spoken) <= len(spoken) / 4:
        return paragraphs, any(paragraph.time is not None for paragraph in spoken)
    return [_stamped(paragraph) for paragraph in paragraphs], False


def _stamped(paragraph: Paragraph) -> Paragraph:
    if paragraph.time is None or paragraph.kind:
        return paragraph
    minutes, seconds = divmod(int(paragraph.time), 60)
    stamp = f"[{minutes // 60:02}:{minutes % 60:02}:{seconds:02}] "
    return Paragraph(stamp + paragraph.text)


def words_of_box(blocks: Iterable[Block], left_out: Counter[str]) -> list[Block]:
    """Return the blocks of a text box, which is counted in `left_out` if it has words."""
    inside = list(blocks)
    left_out[TEXT_BOX] += any(paragraph.text.strip() for paragraph in flat(inside))
    return inside


def _lines(blocks: Sequence[Block]) -> list[Paragraph]:
    """Split paragraphs at their line breaks."""
    lines: list[Paragraph] = []
    for paragraph in flat(blocks):
        rest = paragraph.bold
        for line in paragraph.text.split("\n"):
            lines.append(
                Paragraph(
                    line, bold=max(0, min(rest, len(line))), heading=paragraph.heading, kind=paragraph.kind
                )
            )
            rest -= len(line) + 1
    return lines


def _teams_cues(blocks: Sequence[Block]) -> list[Paragraph] | None:
    """Read cues of three lines: "0:0:3.5 --> 0:0:7.1", the name, the words."""
    lines = [line for line in _lines(blocks) if line.text.strip()]
    stamps = [index for index, line in enumerate(lines) if _ARROW.fullmatch(line.text)]
    if not stamps or len(stamps) < len(lines) / 5:
        return None
    paragraphs = [replace(line, kind=line.kind or "header") for line in lines[: stamps[0]]]
    for stamp_line, following in zip(stamps, [*stamps[1:], len(lines)], strict=True):
        stamp = _ARROW.fullmatch(lines[stamp_line].text)
        cue = lines[stamp_line + 1 : following]
        speaker = cue[0].text.strip() if len(cue) > 1 else None
        time = seconds_in(stamp[1]) if stamp else None
        for line in cue[1:] if speaker else cue:
            paragraphs.append(_said(line, speaker, time))
            time = None
    return paragraphs


def _named_times(blocks: Sequence[Block]) -> list[Paragraph] | None:
    """Read turns headed by a line with the name and, after a gap, the time: "Jane Doe   0:03"."""
    lines = [line for line in _lines(blocks) if line.text.strip()]
    heads = {index: head for index, line in enumerate(lines) if (head := _head(line))}
    if len(heads) < 2 or len(heads) < len(lines) / 10:
        return None
    paragraphs: list[Paragraph] = []
    speaker, time = None, None
    for index, line in enumerate(lines):
        if index in heads:
            speaker, time = heads[index]["name"], seconds_in(heads[index]["time"])
        elif speaker is None:
            paragraphs.append(replace(line, kind=line.kind or "header"))
        else:
            paragraphs.append(_said(line, speaker, time))
            time = None
    return paragraphs


def _head(line: Paragraph) -> re.Match[str] | None:
    head = _NAME_AND_TIME.fullmatch(line.text)
    if head and (len(head["gap"]) >= 2 or "\t" in head["gap"] or 0 < line.bold >= len(head["name"])):
        return head
    return None


def _said(line: Paragraph, speaker: str | None, time: float | None) -> Paragraph:
    if _RECORDING.fullmatch(line.text.strip()):
        return replace(line, kind="note")
    return Paragraph(line.text, speaker=speaker, time=time)


def _speaker_headings(blocks: Sequence[Block]) -> list[Paragraph] | None:
    """Read turns headed by the speaker's name in a heading style; headings that stand once are no speakers."""
    paragraphs = [paragraph for paragraph in flat(blocks) if paragraph.text.strip()]
    headings = [speaker_and_time(item.text) for item in paragraphs if item.heading and len(item.text) <= 60]
    counts = Counter(name for name, _ in headings if name)
    speakers = {name for name, count in counts.items() if count > 1}
    if not speakers or sum(counts[name] for name in speakers) < 0.6 * len(headings):
        return None
    result: list[Paragraph] = []
    speaker, time = None, None
    for paragraph in paragraphs:
        name, stamp = speaker_and_time(paragraph.text) if paragraph.heading else (None, None)
        # Somebody who speaks only once is known by the company of those who do more often.
        if name in speakers or (name and stamp is not None) or (name and speaker and len(name.split()) <= 3):
            speaker, time = name, stamp
        elif paragraph.heading or paragraph.kind or speaker is None:
            result.append(
                replace(paragraph, kind=paragraph.kind or ("heading" if speaker else "header"), speaker=None)
            )
        else:
            result.append(Paragraph(paragraph.text, speaker=speaker, time=time))
            time = None
    return result


def _speaker_styles(blocks: Sequence[Block]) -> list[Paragraph] | None:
    """Trust styles named after speakers ("Interviewer", "Respondent") if every paragraph of words has one."""
    paragraphs = [paragraph for paragraph in flat(blocks) if paragraph.text.strip()]
    spoken = [paragraph for paragraph in paragraphs if not paragraph.kind and not paragraph.heading]
    speakers = {paragraph.speaker for paragraph in spoken if paragraph.speaker}
    if len(speakers) < 2 or sum(paragraph.speaker is None for paragraph in spoken) > len(spoken) / 10:
        return None
    # Where the words themselves begin with labels, those say more than the styles.
    if sum(bool(_LABEL.match(paragraph.text)) for paragraph in spoken) > len(spoken) / 2:
        return None
    return [
        paragraph if paragraph.speaker or paragraph.kind else replace(paragraph, kind="header")
        for paragraph in paragraphs
    ]
