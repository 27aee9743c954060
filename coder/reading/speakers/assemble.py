"""Make a Transcript of a Document: learn the speakers, cut the turns, account for every other character."""

import hashlib
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from coder.domain import Corrections, Span, Transcript, Turn
from coder.errors import FormatError
from coder.phrasing import counted
from coder.reading.clock import inner_stamps
from coder.reading.document import Document, Paragraph, without_stretches
from coder.reading.safety.content import without_surrogates
from coder.reading.speakers.backchannels import (
    backchannels_of,
    said_by_others,
    said_meanwhile,
    without_backchannels,
)
from coder.reading.speakers.corrected import QUOTE_LENGTH, beginning, beginnings_of, keys_of
from coder.reading.speakers.devices import settle_devices
from coder.reading.speakers.header import Header, header_of, heads_notes, with_legend
from coder.reading.speakers.labels import Style
from coder.reading.speakers.learn import learn_labels
from coder.reading.speakers.lines import Line, ends_sentence, ends_talk, ends_with_end, lines_of, text_of
from coder.reading.speakers.margin_codes import take_out_codes, take_out_numbers
from coder.reading.speakers.near_labels import (
    in_brackets,
    labelled_notes,
    numbered_turns,
    one_label_a_person,
    overlooked,
    said_remarks,
    told_talk,
    with_near_labels,
)
from coder.reading.speakers.part_heads import take_out_part_heads
from coder.reading.speakers.pieces import (
    EDGE,
    Labels,
    Reading,
    read_lines,
    unlabelled_starts,
)
from coder.reading.speakers.recording import borders_in
from coder.reading.speakers.roles import (
    LabelForms,
    RoleHints,
    Roles,
    assign_roles,
    assign_roles_by_print,
    look_of_questions,
    role_of_label,
)
from coder.reading.speakers.vocabulary import Shape, is_note_key, key_of, shape_of
from coder.reading.speakers.written import Words, rendered

_KINDS = {
    "header": ("header line", "header lines"),
    "title": ("title line", "title lines"),
    "heading": ("heading", "headings"),
    "initials": ("line of initials above a name", "lines of initials above a name"),
    "page": ("page number", "page numbers"),
    "date": ("date of a message", "dates of messages"),
    "running head": ("running head", "running heads"),
    "footer": ("line below the talk", "lines below the talk"),
    "border": ("note about the recording", "notes about the recording"),
    "note": ("line beside the talk", "lines beside the talk"),
}
# Kinds whose lines could be lost speech, so that the note quotes them.
_QUOTED = frozenset({"border", "date", "header", "title", "heading", "footer", "running head", "note"})
_MOST_QUOTES = 12
# A line left out at the top that is as long as this and ends like a sentence may be something said.
_LONG_HEADER = 12  # words
_PREFIX = re.compile(r"\s*([^\W\d_][^:：\n]{0,40}?)\s?[:：](?:\s+|$)")
# The end of a tag and the beginning of a command of LaTeX, which no speech has.
_MARK_UP = re.compile(r"</[A-Za-z][\w:.-]{0,20}>|\\[A-Za-z]{2,20}\*?\{")
# Bytes of UTF-8 read as Windows-1252; tried where words begin, since one of 140,000 letters took two minutes.
_MISREAD = re.compile("\\b\\w*(?:Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf™œžš˜“”¦])\\w*")
_MANY_MISREAD = 3
NO_CORRECTIONS = Corrections()


@dataclass(slots=True)
class _Read:
    """A document's text with its pieces, and what was found out on the way."""

    text: str
    reading: Reading
    header: Header = field(default_factory=lambda: Header(0, frozenset()))
    unnamed: bool = False
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def assemble(
    document: Document,
    name: str,
    data: bytes,
    interviewer: Sequence[str] = (),
    corrections: Corrections = NO_CORRECTIONS,
) -> Transcript:
    """Return the transcript that a document holds.

    `name` is the file's name, `data` its bytes (for the hash), `interviewer` the labels to take for
    interviewers whatever the words say, `corrections` what people said about this file before. Raises
    FormatError when nobody says anything, InputError for an interviewer label that the file does not have.
    """
    document = _without_halves(document)
    read = _labelled(document, corrections) if document.labelled else _learned(document, corrections)
    if not read.reading.pieces:
        raise FormatError(f"{name} holds no speech: there are no words beside names, times and headings.")
    turns = [
        Turn(index, piece.speaker, None, piece.start, piece.end, piece.time, piece.question)
        for index, piece in enumerate(read.reading.pieces)
    ]
    roles = _roles(turns, read, document, interviewer, corrections, name)
    said_so = _notes(read, answers=document.answers)
    doubts = [*document.doubts, *read.doubts, *roles.doubts, *_mark_up(read), *_misread_letters(read)]
    name = unicodedata.normalize("NFC", without_surrogates(name))
    return Transcript(
        id=PurePath(name).stem,
        name=name,
        text=read.text,
        turns=tuple(roles.turns),
        furniture=tuple(_furniture(read.reading, len(read.text))),
        format=document.format,
        encoding=document.encoding,
        source_hash=hashlib.sha256(data).hexdigest(),
        notes=(*document.notes, *said_so, *read.notes, *roles.notes, *doubts),
        doubts=tuple(doubts),
        written=document.answers,
    )


def _mark_up(read: _Read) -> Iterator[str]:
    """Say that turns hold tags or commands, which nobody said."""
    pieces = read.reading.pieces
    marked_up = [mark[0] for piece in pieces if (mark := _MARK_UP.search(read.text, piece.start, piece.end))]
    if marked_up:
        verb = "hold" if len(marked_up) > 1 else "holds"
        yield f"{counted(len(marked_up), 'turn')} {verb} mark-up, which was kept among the words: {marked_up[0]!r}."


def _misread_letters(read: _Read) -> Iterator[str]:
    """Say that letters were taken for others before the file was saved: "hÃ¤lt" for "hält"."""
    found = _MISREAD.findall(read.text)
    if len(found) >= _MANY_MISREAD:
        yield (
            f"{len(found)} letters look misread, such as {found[0]!r}: the file was saved in a wrong encoding."
            " Export it again as UTF-8."
        )


def _without_halves(document: Document) -> Document:
    """Return the document without halves of characters, as broken exports and JSON escapes have them."""
    return replace(
        document,
        paragraphs=tuple(
            replace(
                paragraph,
                text=without_surrogates(paragraph.text),
                speaker=paragraph.speaker and without_surrogates(paragraph.speaker),
            )
            for paragraph in document.paragraphs
        ),
    )


def _roles(
    turns: list[Turn],
    read: _Read,
    document: Document,
    interviewer: Sequence[str],
    corrections: Corrections,
    name: str,
) -> Roles:
    if document.answers:
        return Roles([replace(turn, role="participant") for turn in turns])
    if any(turn.speaker for turn in turns):
        marked = read.reading.left_out["turn"] > 0
        hints = RoleHints(read.header.interviewers, interviewer, corrections, read.unnamed, marked)
        return assign_roles(turns, read.text, hints, name)
    looks = [piece.look for piece in read.reading.pieces]
    return assign_roles_by_print(turns, read.text, looks, interviewer, name)


def _learned(document: Document, corrections: Corrections) -> _Read:
    """Read a document whose speakers must be learned from its line starts."""
    text, lines = text_of(document), lines_of(document, corrections)
    settle_devices(lines)
    take_out_part_heads(lines)
    header = header_of(lines, _repeated(lines))
    labels, notes = _labels(lines, header.lines, corrections)
    unnamed, doubts = _unnamed(labels, lines, header.lines)
    if not document.fixed:
        notes += take_out_numbers(lines, labels)
        doubts += take_out_codes(lines, labels)
    reading = read_lines(text, lines, labels, header.lines, running=document.running, unnamed=unnamed)
    if not labels:
        _take_out_titles(reading, text, beginnings_of(corrections))
    if reading.inner_stamps and document.fixed:
        notes.append("Time stamps inside sentences stay among the words, whose places codings refer to.")
    inside, said_so = ([], "") if document.fixed else _inside_sentences(reading, text)
    if inside:
        read = _learned(without_stretches(document, inside), corrections)
        read.notes.append(said_so)
        return read
    start = header.lines if not labels or unnamed else min(labels)
    header = with_legend(header, lines[:start])
    doubts += _doubts_about(lines, labels, reading, start, running=document.running)
    doubts += said_by_others(reading.pieces, text)
    _quote(reading, text)
    read = _Read(text, reading, header, unnamed, notes, doubts)
    if document.running or (not document.fixed and _runs_on(reading, text)):
        words = [
            Words(text[piece.start : piece.end], piece.speaker, piece.time, opens=piece.opens)
            for piece in reading.pieces
        ]
        read.text, read.reading = rendered(words, joined=True)
        read.reading.left_out, read.reading.quotes = reading.left_out, reading.quotes
        if not document.running:
            read.reading.left_out["cue"] = len(words)
    return read


def _inside_sentences(reading: Reading, text: str) -> tuple[list[tuple[int, int]], str]:
    """Return the places of what is left out inside sentences, and what to say of it: times, or else backchannels."""
    if stamps := reading.inner_stamps:
        return stamps, f"{counted(len(stamps), 'time stamp')} inside sentences left out of the words."
    meanwhile = backchannels_of(reading.pieces, text)
    return meanwhile, said_meanwhile([text[start:stop] for start, stop in meanwhile])


def _doubts_about(
    lines: Sequence[Line], labels: Labels, reading: Reading, start: int, *, running: bool
) -> Iterator[str]:
    """Say what of the lines was read as words or left out and may be the other; talk begins at line `start`."""
    below = {span.start for span in reading.spans if span.kind in ("footer", "heading")}
    read_ones = [replace(line, kind="footer") if line.start in below else line for line in lines]
    yield from overlooked(read_ones, labels, start, running=running)
    yield from told_talk(read_ones, labels)
    if any(label.style is Style.COMMA for label in labels.values()):
        yield "Names before a comma were taken for speakers: such a name may be of somebody spoken to."
    yield from labelled_notes(labels)
    yield from _lost_speech(lines, labels, start)
    yield from _lost_below(lines, reading, labelled=bool(labels))
    yield from _said_below_end(lines, labels, reading)


def _take_out_titles(reading: Reading, text: str, beginnings: tuple[str, ...]) -> None:
    """Take short lines above the first of the printed questions ("Participant 7, 3 March") for header lines.

    `beginnings` are how the lines begin that a person called speech.
    """
    said = [text[piece.start : piece.end] for piece in reading.pieces]
    looks = [piece.look for piece in reading.pieces]
    look = look_of_questions(said, looks)
    asked = (index for index, marks in enumerate(looks) if look in marks and "?" in said[index])
    first = next(asked, 0)
    for piece, words in zip(reading.pieces[:first], said, strict=False):
        speech = ends_sentence(words) or len(words.split()) > _LONG_HEADER
        if speech or beginning(words).startswith(beginnings):
            break
        reading.pieces.remove(piece)
        reading.mark(piece.start, piece.end, "header")


def _labels(lines: Sequence[Line], first: int, corrections: Corrections) -> tuple[Labels, list[str]]:
    """Return the labels by line: those learned, those that resemble them, those that a person named."""
    labels = _without_notes_below(learn_labels(lines, first), lines)
    numbered = numbered_turns(lines, labels)
    forced = keys_of(corrections.speakers)
    for number, line in enumerate(lines):
        named = next((candidate for candidate in line.candidates if candidate.key in forced), None)
        if named is not None and number not in labels:
            labels[number] = named
    if not labels:
        return labels, []
    labels, notes = with_near_labels(labels, lines, first)
    labels, joined = one_label_a_person(labels)
    return labels, [*numbered, *notes, *joined]


def _without_notes_below(labels: Labels, lines: Sequence[Line]) -> Labels:
    """Return the labels without those of notes ("Note: ...") that begin one line each below the end of the talk."""
    counts = Counter(label.key for label in labels.values())
    end = next((number for number, line in enumerate(lines) if ends_talk(line)), len(lines))
    return {
        number: label
        for number, label in labels.items()
        if number < end or counts[label.key] > 1 or not is_note_key(label.key)
    }


def _unnamed(labels: Labels, lines: Sequence[Line], first: int) -> tuple[bool, list[str]]:
    """Tell whether paragraphs without a label are somebody else's than the label's above, and what is doubtful.

    They are where only interviewers have labels. Of a single other label they are when either side asks
    questions mostly; else they are the label's, which a person should look at.
    """
    keys = {candidate.key for candidate in labels.values()}
    if not labels:
        return False, []
    bare = unlabelled_starts(lines, labels, first)
    behind = [number for number in bare if number > min(labels)]
    if not behind:
        return False, []
    count = f"{counted(len(behind), 'paragraph')} without a label"
    forms = LabelForms.of(keys)
    if all(role_of_label(candidate.label, forms) == "interviewer" for candidate in labels.values()):
        return True, [f"Only the interviewer has a label: {count} read as an unnamed participant's."]
    if len(keys) > 1:
        return False, []
    label = next(iter(labels.values())).label
    asked = sum("?" in lines[number].text for number in labels) / len(labels)
    asked_between = sum("?" in lines[number].text for number in behind) / len(behind)
    if len(labels) > 1 and max(asked, asked_between) >= 0.5:
        return True, [f"{label!r} is the only label: {count} read as somebody else's, who has none."]
    if len(labels) > 1 or len(behind) > 2:
        return False, [f"{label!r} is the only label: {count} read as {label}'s."]
    return False, []


def _lost_speech(lines: Sequence[Line], labels: Labels, start: int) -> Iterator[str]:
    """Say that lines left out above the first label read like sentences."""
    lost = [
        line.text.strip()
        for line in lines[:start]
        if labels and not line.blank and not line.kind and len(line.text.split()) >= _LONG_HEADER
        if ends_sentence(line.text)
    ]
    if lost:
        count = counted(len(lost), "line")
        yield f"{count} above the first label may be speech and not taken as such: {_shortened(lost[0])!r}."


def _lost_below(lines: Sequence[Line], reading: Reading, *, labelled: bool) -> Iterator[str]:
    """Say that lines left out below the talk read like sentences; below labels, a heading of notes is plain."""
    footer = {span.start for span in reading.spans if span.kind == "footer"}
    below = [line for line in lines if line.start in footer]
    open_ones = itertools.takewhile(lambda line: not (labelled and heads_notes(line, labelled=True)), below)
    lost = [text for line in open_ones if (text := line.text.strip()) and ends_sentence(text)]
    if sum(len(text.split()) for text in lost) >= _LONG_HEADER:
        count = counted(len(lost), "line")
        yield f"{count} below the talk may be speech and not taken as such: {_shortened(lost[0])!r}."


def _said_below_end(lines: Sequence[Line], labels: Labels, reading: Reading) -> Iterator[str]:
    """Say that lines below a note on the end, which stands behind somebody's words, were read as that person's."""
    last = max(labels, default=len(lines))
    end = next((number for number in range(last, len(lines)) if ends_with_end(lines[number])), len(lines))
    left_out = {span.start for span in reading.spans if span.kind in _KINDS}
    said = [
        line.text.strip()
        for line in lines[end + 1 :]
        if not (line.blank or line.kind or line.start in left_out)
    ]
    if said:
        count = counted(len(said), "line")
        yield (
            f"{count} below a note on the end of the talk read as {labels[last].label}'s: {_shortened(said[0])!r}."
        )


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= QUOTE_LENGTH else plain[:QUOTE_LENGTH].rstrip() + "…"


def _quote(reading: Reading, text: str) -> None:
    """Keep the beginnings of lines that were left out and could be speech."""
    for span in reading.spans:
        if span.kind in _QUOTED and any(map(str.isalnum, text[span.start : span.end])):
            reading.quotes.append((span.kind, _shortened(text[span.start : span.end])))


def _runs_on(reading: Reading, text: str) -> bool:
    """Tell whether timed lines are a recogniser's cues, which break off anywhere, not people's paragraphs."""
    timed = sum(piece.time is not None for piece in reading.pieces)
    broken = sum(not ends_sentence(text[piece.start : piece.end]) for piece in reading.pieces[:-1])
    return (
        len(reading.pieces) > 2 and timed >= 0.8 * len(reading.pieces) and broken >= 0.3 * len(reading.pieces)
    )


def _own_labels(paragraphs: Sequence[Paragraph]) -> frozenset[tuple[str | None, str]]:
    """Return (speaker, key) where words repeat as a label who speaks: "Anna: ..." of Anna, "Sprecher 4:" of S04."""
    labels = Counter(
        (paragraph.speaker, key_of(label[1]), label[1])
        for paragraph in paragraphs
        if paragraph.speaker and (label := _PREFIX.match(paragraph.text))
    )
    users = Counter(key for _, key, _ in labels)
    return frozenset(
        (speaker, key)
        for (speaker, key, label), count in labels.items()
        if key == key_of(speaker or "")
        or (users[key] == 1 and count > 1 and shape_of(label) >= Shape.CODE and any(map(str.isdigit, label)))
    )


def _labelled(document: Document, corrections: Corrections) -> _Read:
    """Read a document whose format names the speakers."""
    nobody = keys_of(corrections.not_speakers)
    beginnings = beginnings_of(corrections)
    words, stamps, borders = [], 0, []
    own_labels = _own_labels(document.paragraphs)
    for paragraph in document.paragraphs:
        spoken = paragraph.text.strip(EDGE)
        label = _PREFIX.match(spoken) if own_labels else None
        if label and (paragraph.speaker, key_of(label[1])) in own_labels:
            spoken = spoken[label.end() :]
        inner = [] if paragraph.kind else list(inner_stamps(spoken))
        for stamp in reversed(inner):
            start = stamp.start - spoken[stamp.start - 1 : stamp.start].isspace() if stamp.start else 0
            spoken = (spoken[:start] + spoken[stamp.end :]).strip(EDGE)
        stamps += len(inner)
        for start, stop in () if paragraph.kind else reversed([*borders_in(spoken)]):
            borders.append(spoken[start:stop].strip())
            spoken = (spoken[:start] + " " + spoken[stop:].lstrip()).strip(EDGE)
        speaker = (paragraph.speaker or "").strip(EDGE) or None
        kind = "" if beginning(spoken).startswith(beginnings) else paragraph.kind
        words.append(
            Words(
                spoken,
                None if speaker and key_of(speaker) in nobody else speaker,
                paragraph.time,
                kind,
                question=paragraph.question,
            )
        )
    notes = [f"{counted(stamps, 'time stamp')} inside the words left out."] if stamps else []
    if not (document.answers or document.fixed):
        words, meanwhile = without_backchannels(words)
        notes += [said_meanwhile(meanwhile)] if meanwhile else []
    text, reading = rendered(words, joined=document.running)
    _quote(reading, text)
    reading.left_out["border"] += len(borders)
    reading.quotes += [("border", _shortened(border)) for border in borders]
    remarks = [paragraph.text.strip() for paragraph in document.paragraphs if not paragraph.kind]
    doubts = [*said_remarks([*filter(in_brackets, remarks)]), *said_by_others(reading.pieces, text)]
    return _Read(text, reading, notes=notes, doubts=doubts)


def _repeated(lines: Iterable[Line]) -> frozenset[str]:
    counts = Counter(key for line in lines for key in {candidate.key for candidate in line.candidates})
    return frozenset(key for key, count in counts.items() if count >= 2)


def _furniture(reading: Reading, length: int) -> Iterator[Span]:
    """Yield named spans and gaps that together with the pieces cover the text exactly once."""
    position = 0
    taken = [(piece.start, piece.end, "") for piece in reading.pieces]
    for start, end, kind in sorted([*taken, *((span.start, span.end, span.kind) for span in reading.spans)]):
        if position < start:
            yield Span(position, start, "gap")
        if kind:
            yield Span(start, end, kind)
        position = end
    if position < length:
        yield Span(position, length, "gap")


def _notes(read: _Read, *, answers: bool) -> list[str]:
    """Say what was not taken for speech, and when no speaker was found."""
    counts = read.reading.left_out
    notes = []
    for kind, (one, many) in _KINDS.items():
        if counts[kind]:
            quotes = list(dict.fromkeys(quote for of, quote in read.reading.quotes if of == kind))
            shown = "; ".join(map(repr, quotes[:_MOST_QUOTES])) + (
                f"; and {len(quotes) - _MOST_QUOTES} more" if len(quotes) > _MOST_QUOTES else ""
            )
            notes.append(
                f"{counted(counts[kind], one, many)} not taken as speech" + (f": {shown}." if quotes else ".")
            )
    if counts["cue"]:
        notes.append(f"{counts['cue']} timed lines were joined to sentences; the times inside are left out.")
    if counts["turn"]:
        many = f"{counts['turn']} changes of speaker are" if counts["turn"] > 1 else "1 change of speaker is"
        read.doubts.insert(0, f'{many} marked (by ">>", dashes or the like) without a name.')
    elif not answers and not any(piece.speaker for piece in read.reading.pieces):
        read.doubts.insert(0, "No speaker labels were found: each paragraph is a turn without a speaker.")
    return notes
