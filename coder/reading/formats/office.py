"""Documents of word processors: the blocks and styles they are made of, and the paragraphs and turns these give.

Layouts that name speakers are recognised here: tables of turns, cues, headings, styles. Labels in the words are not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coder.errors import UnsafeFileError
from coder.reading.clock import seconds_in, speaker_and_time
from coder.reading.document import TEXT_BOX, Block, Document, Grid, Paragraph, flat, laid_out
from coder.reading.formats.office_tables import table_of_turns, unread_in_tables

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
    underlined: bool | None = None
    highlighted: bool | None = None

    def over(self, below: "Look") -> "Look":
        """Return this look, with `below` where it says nothing."""
        return Look(
            self.bold if self.bold is not None else below.bold,
            self.italic if self.italic is not None else below.italic,
            self.colour if self.colour is not None else below.colour,
            self.underlined if self.underlined is not None else below.underlined,
            self.highlighted if self.highlighted is not None else below.highlighted,
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
    last = next((look for piece, look in reversed(pieces) if any(map(str.isalnum, piece))), USUAL)
    return Paragraph(
        text,
        style.speaker,
        bold=bold,
        heading=heading or style.heading,
        look=printed,
        kind=kind,
        ends_plain=not last.bold,
    )


def _look_of_all(pieces: Pieces, *, numbered: bool) -> frozenset[str]:
    """Return what holds for all of a paragraph's words: italic, a line or colour, a number set by the program."""
    looks = [look for piece, look in pieces if piece.strip()]
    marks = {"numbered"} if numbered else set()
    for how in ("italic", "underlined", "highlighted"):
        if looks and all(getattr(look, how) for look in looks):
            marks.add(how)
    colours = {look.colour or "" for look in looks}
    if len(colours) == 1 and "" not in colours:
        marks.add(f"in colour {colours.pop()}")
    return frozenset(marks)


# Learning the speakers of so many lines takes a few seconds; an hour of talk has about five hundred.
MAX_LEARNED_LINES = 50_000
_ARROW = re.compile(
    r"\s*(\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)\s*-->\s*\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d+)?\s*"
)
_NAME_AND_TIME = re.compile(r"\s*(?P<name>\S.{0,79}?)(?P<gap>\s+)\d{1,3}(?::\d{2}){1,2}\s*")
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
    of_tables = (table_of_turns,) if any(isinstance(block, Grid) for block in blocks) else ()
    for recognise in (*of_tables, _teams_cues, _named_times, _speaker_headings, _speaker_styles):
        paragraphs = recognise(blocks)
        if paragraphs is not None:
            paragraphs, labelled = with_stamps(paragraphs)
            unread = unread_in_tables(blocks) if recognise is table_of_turns else []
            return Document(kind, tuple(paragraphs), labelled=labelled, notes=(*notes, *unread))
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
    heads = {index for index, line in enumerate(lines) if _is_head(line)}
    if len(heads) < 2 or len(heads) < len(lines) / 10:
        return None
    paragraphs: list[Paragraph] = []
    speaker, time = None, None
    for index, line in enumerate(lines):
        if index in heads:
            speaker, time = speaker_and_time(line.text)
        elif speaker is None:
            paragraphs.append(replace(line, kind=line.kind or "header"))
        else:
            paragraphs.append(_said(line, speaker, time))
            time = None
    return paragraphs


def _is_head(line: Paragraph) -> bool:
    head = _NAME_AND_TIME.fullmatch(line.text)
    return head is not None and (
        len(head["gap"]) >= 2 or "\t" in head["gap"] or 0 < line.bold >= len(head["name"])
    )


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
