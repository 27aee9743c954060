"""Subtitles: WebVTT (Zoom, Teams, YouTube) and SubRip, cue by cue, with or without speakers."""

import html
import re
from collections.abc import Iterator

from coder.errors import FormatError
from coder.reading.clock import seconds_in
from coder.reading.document import Document, Paragraph
from coder.reading.safety.text_encoding import decode

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_TIMING = re.compile(rf"[\ufeff\s]*({_CLOCK})\s*-{{1,2}}>\s*({_CLOCK})[^\n]*$")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,80})?(?:\s+([^<>]{0,200}))?>", re.I)
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|em|strong|ruby|rt|lang|font|span)(?:[.\s][^<>]{0,200})?>|<\d[\d:.]{0,20}>|\{\\[a-z]+\d{0,9}[^{}]{0,200}\}",
    re.I,
)
_SKIPPED = ("NOTE", "STYLE", "REGION")


def read(data: bytes, name: str) -> Document:
    """Return the cues of a .vtt or .srt file; raises FormatError when there are none."""
    decoded = decode(data, name)
    return document_of(decoded.text, name, decoded.encoding, decoded.notes)


def looks_like(text: str) -> bool:
    """Tell whether text is subtitles: by the WebVTT signature, or a numbered cue timing at its top."""
    head = text[:4000].lstrip("\ufeff \n")
    return head.startswith("WEBVTT") or re.match(rf"\d+\s*\n\s*{_CLOCK}\s*-->\s*{_CLOCK}", head) is not None


def document_of(text: str, name: str, encoding: str | None, notes: tuple[str, ...] = ()) -> Document:
    """Return decoded subtitles as cues in order; voice tags name the speakers, else names are learned."""
    webvtt = text.lstrip("\ufeff \n").startswith("WEBVTT")
    cues, skipped = _cues(text)
    paragraphs = [paragraph for time, lines in cues for paragraph in _paragraphs(time, lines)]
    if not paragraphs:
        raise FormatError(f"{name} holds no subtitles with words in them: export it again.")
    said = [*notes]
    if skipped:
        said.append(f"{skipped} comment or style block{'s' if skipped > 1 else ''} left out.")
    if name.lower().endswith((".vtt", ".srt")) and webvtt != name.lower().endswith(".vtt"):
        said.append(
            f"Read as {'WebVTT' if webvtt else 'SubRip'}, which its content is, whatever the name says."
        )
    return Document(
        format="vtt" if webvtt else "srt",
        paragraphs=tuple(paragraphs),
        encoding=encoding,
        labelled=any(paragraph.speaker for paragraph in paragraphs),
        running=True,
        notes=tuple(said),
    )


def _cues(text: str) -> tuple[list[tuple[float | None, list[str]]], int]:
    """Return (seconds, lines) per cue, and how many comment and style blocks were passed over."""
    cues: list[tuple[float | None, list[str]]] = []
    skipped, inside = 0, False
    lines = text.split("\n")
    following = _next_with_text(lines)
    for number, line in enumerate(lines):
        timing = _TIMING.match(line)
        if timing:
            cues.append((seconds_in(timing[1].replace(",", ".")), []))
            inside = True
        elif not line.strip():
            # A blank line ends a cue, unless its words go on until the next cue's number or timing.
            inside = inside and _goes_on(lines, following[number])
        elif line.startswith(_SKIPPED) and not inside and line.split(" ")[0].rstrip(":") in _SKIPPED:
            skipped += 1
        elif inside:
            cues[-1][1].append(line)
    return [
        (time, _without_next_number(found, cues, index)) for index, (time, found) in enumerate(cues)
    ], skipped


def _next_with_text(lines: list[str]) -> list[int]:
    """Return for each line the place of the next one that is not blank (their number, if none is)."""
    places, place = [0] * len(lines), len(lines)
    for number in range(len(lines) - 1, -1, -1):
        places[number] = place
        if lines[number].strip():
            place = number
    return places


def _goes_on(lines: list[str], place: int) -> bool:
    """Tell whether text behind a blank line still belongs to the cue: neither comment nor next cue is there."""
    if place == len(lines) or lines[place].split(" ")[0].rstrip(":") in _SKIPPED:
        return False
    return not any(_TIMING.match(line) for line in lines[place : place + 2])


def _without_next_number(
    found: list[str], cues: list[tuple[float | None, list[str]]], index: int
) -> list[str]:
    """Drop the next cue's number when no blank line stands before it."""
    if index + 1 < len(cues) and len(found) > 1 and re.fullmatch(r"\s*\d+\s*", found[-1]):
        return found[:-1]
    return found


def _paragraphs(time: float | None, lines: list[str]) -> Iterator[Paragraph]:
    """Yield the cue's words, one paragraph per voice, without tags and entities."""
    text = "\n".join(lines)
    pieces = _VOICE.split(text)
    before = _plain(pieces[0])
    if before.strip():
        yield Paragraph(before, None, time)
    for speaker, words in zip(pieces[1::2], pieces[2::2], strict=True):
        said = _plain(words)
        if said.strip():
            yield Paragraph(said, html.unescape(speaker or "").strip() or None, time)


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text))
