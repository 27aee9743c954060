"""Read transcripts kept as JSON: Whisper and WhisperX, whisper.cpp, and plain lists of {speaker, text, start}."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from coder.errors import FormatError, UnsafeFileError
from coder.reading.clock import are_milliseconds, seconds_in
from coder.reading.document import Document, Paragraph
from coder.reading.safety.archive import Budget
from coder.reading.safety.text_encoding import decode
from coder.reading.tables.columns import plain_name

# Objects and lists in Python take fifty times the room of the two characters that make them.
_MAX_CONTAINERS = 500_000
_MAX_NESTING = 6
_TEXT = ("text", "utterance", "content", "transcript", "sentence", "words spoken", "message", "value")
_SPEAKER = ("speaker", "speaker name", "speaker label", "speaker id", "name", "who", "participant", "role")
_START = (
    "start",
    "start time",
    "starttime",
    "start ms",
    "begin",
    "from",
    "timestamp",
    "time",
    "offset",
    "ts",
)


def read(data: bytes, name: str) -> Document:
    """Read JSON with a list of segments or turns somewhere in it; times in milliseconds are recognised.

    Raises:
        FormatError: it is no valid JSON, or has no list of records with words.
        UnsafeFileError: it is made of absurdly many pieces.
    """
    decoded = decode(data, name)
    if decoded.text.count("{") + decoded.text.count("[") > _MAX_CONTAINERS:
        raise UnsafeFileError(f"{name}: the JSON is made of too many pieces for a transcript. Split it.")
    try:
        content = json.loads(decoded.text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise FormatError(
            f"{name}: this is not valid JSON ({error.msg} in line {error.lineno}). Export it again, or rename it "
            "if it is something else."
        ) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"{name}: the JSON is nested too deeply, or has numbers of absurd length."
        ) from error
    budget = Budget(name)
    paragraphs = [paragraph for record in _records(content) if (paragraph := _paragraph(record, budget))]
    if not paragraphs and isinstance(content, dict) and (whole := _words(content).strip()):
        paragraphs = [Paragraph(whole)]
    if not paragraphs:
        raise FormatError(
            f"{name}: no list of segments with words was found in the JSON. Expected is Whisper's form, "
            'or a list of {"speaker": "...", "text": "...", "start": 1.5}.'
        )
    words = sum(paragraph.text.count(" ") + 1 for paragraph in paragraphs)
    if are_milliseconds([paragraph.time for paragraph in paragraphs], words):
        paragraphs = [
            Paragraph(said.text, said.speaker, said.time / 1000 if said.time is not None else None)
            for said in paragraphs
        ]
    return Document(
        "json", tuple(paragraphs), decoded.encoding, labelled=True, running=True, notes=decoded.notes
    )


def _records(content: Any) -> list[Mapping[str, Any]]:
    """Find the list of turns: of all lists whose records have words the one that tells most about them."""
    found = list(_lists(content, _MAX_NESTING))
    return max(found, key=_informative, default=[])


def _lists(content: Any, deeper: int) -> Iterator[list[Mapping[str, Any]]]:
    if isinstance(content, list):
        records: list[Mapping[str, Any]] = [item for item in content if isinstance(item, dict)]
        if any(_words(record) for record in records):
            yield records
            return
    if deeper and isinstance(content, dict | list):
        for child in content.values() if isinstance(content, dict) else content[:10]:
            yield from _lists(child, deeper - 1)


def _informative(records: list[Mapping[str, Any]]) -> tuple[bool, bool, bool, int]:
    """Rank a list: of turns before single words, with speakers, with times, long."""
    sample = records[:200]
    words = sum(len(_words(record).split()) for record in sample)
    return (
        words > 1.5 * len(sample),
        any(_value(record, _SPEAKER) is not None for record in sample),
        any(next(_times(record), None) is not None for record in sample),
        len(records),
    )


def _value(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Return the value under the first of several names, however they are spelled ("startTime")."""
    spelled = {plain_name(key): value for key, value in record.items() if value is not None}
    return next((spelled[name] for name in names if name in spelled), None)


def _words(record: Mapping[str, Any]) -> str:
    words = _value(record, _TEXT)
    if isinstance(words, str):
        return words
    # Rev's monologues hold their words one by one, spaces and all.
    elements = record.get("elements")
    if isinstance(elements, list):
        return "".join(str(element.get("value", "")) for element in elements if isinstance(element, dict))
    return ""


def _paragraph(record: Mapping[str, Any], budget: Budget) -> Paragraph | None:
    words = _words(record).strip()
    if not words:
        return None
    budget.spend(len(words), 1)
    speaker = _value(record, _SPEAKER)
    if isinstance(speaker, dict):
        speaker = _value(speaker, ("name", "label", "id"))
    return Paragraph(
        words, str(speaker).strip() or None if speaker is not None else None, next(_times(record), None)
    )


def _times(record: Mapping[str, Any]) -> Iterator[float]:
    """Yield the record's start, in whatever unit it stands there."""
    elements = record.get("elements")
    first = elements[0] if isinstance(elements, list) and elements else {}
    for source in (record, record.get("timestamps"), record.get("offsets"), first):
        start = _value(source, _START) if isinstance(source, dict) else None
        if isinstance(start, list | tuple):
            start = start[0] if start else None
        if isinstance(start, bool):
            continue
        if isinstance(start, int | float):
            yield float(start)
        elif isinstance(start, str) and (seconds := seconds_in(start)) is not None:
            yield seconds
