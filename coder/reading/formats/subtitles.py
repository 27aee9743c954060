"""Subtitles: WebVTT (Zoom, Teams, YouTube) and SubRip, cue by cue, with or without speakers."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coder.errors import FormatError
from coder.phrasing import counted
from coder.reading.clock import seconds_in
from coder.reading.document import Document, Paragraph
from coder.reading.safety.content import decode
from coder.reading.speakers.vocabulary import Shape, shape_of

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
# The last form is YouTube's (.sbv).
_TIMING = re.compile(
    rf"[\ufeff\s]*(?:(?P<start>{_CLOCK})\s*-{{1,2}}>\s*{_CLOCK}[^\n]*"
    r"|(?P<sbv>\d{1,2}:\d{2}:\d{2}\.\d{3}),\d{1,2}:\d{2}:\d{2}\.\d{3}\s*)$"
)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,80})?(?:\s+([^<>]{0,200}))?>", re.I)
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|em|strong|ruby|rt|lang|font|span)(?:[.\s][^<>]{0,200})?>|<\d[\d:.]{0,20}>|\{\\[a-z]+\d{0,9}[^{}]{0,200}\}",
    re.I,
)
_SKIPPED = ("NOTE", "STYLE", "REGION")
# Webex writes a cue's speaker into its identifier: 1 "Mina Sol" (3251498752).
_QUOTED_NAME = re.compile(r'\d+\s+"([^"]{1,80})"(?:\s+\(\d+\))?')
_NUMBERED_NAME = re.compile(r"(?:\d+[ .:\t-]+)?([^\W\d_].{0,47})")
# A dash marks a change of voice in a cue that has several: on lines of their own, or behind a sentence.
_VOICES = re.compile(r"(?:^|\n|(?<=[.?!…\"”’)])\s)[ \t]*[-–—][ \t]?(?=\w|[\"“‘'¿¡(])")
_TURN_MARK = re.compile(r"(?<=\S)\s+(?=>>)|\s*\[SPEAKER_TURN\]\s*(?=\S)")


@dataclass(slots=True)
class _Cue:
    """A cue: its start in seconds, the line above its timing (number, name or nothing), its lines."""

    time: float | None
    identifier: str
    lines: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> Document:
    """Return the cues of a .vtt or .srt file; raises FormatError when there are none."""
    decoded = decode(data, name)
    return document_of(decoded.text, name, decoded.encoding, decoded.notes)


def looks_like(text: str) -> bool:
    """Tell whether text is subtitles: by the WebVTT signature, or a numbered cue timing at its top."""
    head = text[:4000].lstrip("\ufeff \n")
    if _TIMING.match(head.partition("\n")[0]) and "," in head.partition("\n")[0]:
        return True
    return head.startswith("WEBVTT") or re.match(rf"\d+\s*\n\s*{_CLOCK}\s*-->\s*{_CLOCK}", head) is not None


def document_of(text: str, name: str, encoding: str | None, notes: tuple[str, ...] = ()) -> Document:
    """Return decoded subtitles as cues in order; voice tags name the speakers, else names are learned."""
    webvtt = text.lstrip("\ufeff \n").startswith("WEBVTT")
    cues, skipped = _cues(text)
    names = _names_above(cues)
    paragraphs, inherited = _with_voices(list(_all_paragraphs(cues, names)))
    if not paragraphs:
        raise FormatError(f"{name} holds no subtitles with words in them: export it again.")
    remarks = [*notes]
    if inherited:
        remarks.append(f"{counted(inherited, 'cue')} without a name read as the speaker's before.")
    if skipped:
        remarks.append(f"{counted(skipped, 'comment or style block')} left out.")
    if name.lower().endswith((".vtt", ".srt")) and webvtt != name.lower().endswith(".vtt"):
        remarks.append(
            f"Read as {'WebVTT' if webvtt else 'SubRip'}, which its content is, whatever the name says."
        )
    return Document(
        format="vtt" if webvtt else "srt",
        paragraphs=tuple(paragraphs),
        encoding=encoding,
        labelled=any(paragraph.speaker for paragraph in paragraphs),
        running=True,
        notes=tuple(remarks),
    )


def _cues(text: str) -> tuple[list[_Cue], int]:
    """Return the cues, and how many comment and style blocks were passed over."""
    cues: list[_Cue] = []
    skipped, inside, above = 0, False, ""
    lines = text.split("\n")
    following = _next_with_text(lines)
    for number, line in enumerate(lines):
        timing = _TIMING.match(line)
        if timing:
            start = timing["start"] or timing["sbv"]
            cues.append(_Cue(seconds_in(start.replace(",", ".")), above))
            inside, above = True, ""
        elif not line.strip():
            # A blank line ends a cue, unless its words go on until the next cue's number or timing.
            inside = inside and _goes_on(lines, following[number])
        elif line.startswith(_SKIPPED) and not inside and line.split(" ")[0].rstrip(":") in _SKIPPED:
            skipped += 1
        elif inside:
            cues[-1].lines.append(line)
        else:
            above = line.strip()
    for cue in cues[:-1]:
        # The next cue's number, when no blank line stands before it.
        if len(cue.lines) > 1 and re.fullmatch(r"\s*\d+\s*", cue.lines[-1]):
            cue.lines.pop()
    return cues, skipped


def _names_above(cues: Sequence[_Cue]) -> dict[str, str]:
    """Return the speaker for each cue identifier that names one."""
    above = Counter(cue.identifier for cue in cues if cue.identifier and not cue.identifier.isdigit())
    names: dict[str, str] = {}
    for identifier in above:
        quoted = _QUOTED_NAME.fullmatch(identifier)
        plain = _NUMBERED_NAME.fullmatch(identifier.rstrip(":"))
        if quoted:
            names[identifier] = quoted[1].strip()
        elif plain and shape_of(plain[1]) >= Shape.NAME and (" " in plain[1] or plain[1].isalpha()):
            names[identifier] = plain[1].strip()
    named = sum(above[identifier] for identifier in names)
    # Identifiers that each come once number the cues; names come back.
    repeats = len(set(names.values())) <= max(2, named // 2)
    return names if repeats and named >= 0.5 * len(cues) else {}


def _with_voices(paragraphs: list[Paragraph]) -> tuple[list[Paragraph], int]:
    """Let a voice hold for the cues behind it that have none; return how many these are.

    An empty voice tag (speaker "") says that nobody in particular speaks.
    """
    if not any(paragraph.speaker for paragraph in paragraphs):
        return [replace(paragraph, speaker=None) for paragraph in paragraphs], 0
    inherited, speaker = 0, None
    voiced: list[Paragraph] = []
    for paragraph in paragraphs:
        if paragraph.speaker is None and speaker is not None and not paragraph.text.lstrip().startswith(">>"):
            inherited += 1
            paragraph = replace(paragraph, speaker=speaker)
        elif paragraph.speaker:
            speaker = paragraph.speaker
        voiced.append(replace(paragraph, speaker=paragraph.speaker or None))
    return voiced, inherited


def _next_with_text(lines: list[str]) -> list[int]:
    """Return for each line the place of the next one that is not blank (their number, if none is)."""
    places, following = [0] * len(lines), len(lines)
    for number in range(len(lines) - 1, -1, -1):
        places[number] = following
        if lines[number].strip():
            following = number
    return places


def _goes_on(lines: list[str], index: int) -> bool:
    """Tell whether text behind a blank line still belongs to the cue: neither comment nor next cue is there."""
    if index == len(lines) or lines[index].split(" ")[0].rstrip(":") in _SKIPPED:
        return False
    return not any(_TIMING.match(line) for line in lines[index : index + 2])


def _all_paragraphs(cues: Sequence[_Cue], names: Mapping[str, str]) -> Iterator[Paragraph]:
    """Yield the words of all cues; who speaks behind a cue of several voices is somebody else, or not known."""
    several = False
    for cue in cues:
        paragraphs = list(_paragraphs(cue, names.get(cue.identifier)))
        if (
            several
            and paragraphs
            and paragraphs[0].speaker is None
            and not paragraphs[0].text.lstrip().startswith(">>")
        ):
            paragraphs[0] = replace(paragraphs[0], text=f">> {paragraphs[0].text}")
        several = len(paragraphs) > 1 and _VOICES.match(_plain("\n".join(cue.lines))) is not None
        yield from paragraphs


def _paragraphs(cue: _Cue, name: str | None) -> Iterator[Paragraph]:
    """Yield the cue's words, one paragraph per voice, without tags and entities; `name` is of its identifier."""
    pieces = _VOICE.split("\n".join(cue.lines))
    for words in _TURN_MARK.split(_with_turn_marks(_plain(pieces[0]))):
        if words.strip():
            yield Paragraph(words, name, cue.time)
    for speaker, words in zip(pieces[1::2], pieces[2::2], strict=True):
        plain = _plain(words)
        if plain.strip():
            yield Paragraph(plain, html.unescape(speaker or "").strip(), cue.time)


def _with_turn_marks(words: str) -> str:
    """Return a cue's words with ">>" for its dashes, if it opens with one and has several."""
    marked = len(_VOICES.findall(words)) > 1 and _VOICES.match(words)
    return _VOICES.sub(" >> ", words).strip() if marked else words


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text))
