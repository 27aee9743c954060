"""Read transcripts kept as JSON: lists of turns or segments, and the single words that speech services return.

Known are Whisper, WhisperX, whisper.cpp, Rev, AssemblyAI, plain lists of {speaker, text, start} and pairs of question
and answer; word by word Amazon Transcribe, Google Speech-to-Text, Deepgram, Speechmatics, ElevenLabs and IBM Watson;
Azure's phrases.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from coder.errors import FormatError, UnsafeFileError
from coder.phrasing import counted
from coder.reading.clock import seconds_in
from coder.reading.document import Document, Paragraph, in_seconds
from coder.reading.formats.markup import is_html
from coder.reading.formats.plain import document_of
from coder.reading.safety.content import Budget, decode
from coder.reading.tables.columns import plain_name

# Objects and lists in Python take fifty times the room of the two characters that make them.
_MAX_CONTAINERS = 500_000
_MAX_NESTING = 6
_TEXT = ("text", "utterance", "content", "transcript", "sentence", "words spoken", "message", "value", "body")
_SPEAKER = (
    "speaker",
    "speaker name",
    "speaker label",
    "speaker id",
    "name",
    "who",
    "participant",
    "author",
    "user",
    "sender",
    "sender name",
    "speaker tag",
    "role",
)
# Interviews and answers kept as pairs: a question with its answer in each record.
_QUESTION = ("question", "q", "prompt", "frage", "pregunta", "vraag", "domanda")
_ANSWER = ("answer", "a", "response", "reply", "antwort", "reponse", "respuesta", "antwoord", "risposta")
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
_WORD = ("punctuated word", "word", "content", "text", "value")
_TURN_MARK = re.compile(r"\s*\[SPEAKER_TURN\]\s*")


def read(data: bytes, name: str) -> Document:
    """Read JSON with a list of segments or turns somewhere in it; times in milliseconds are recognised.

    Raises:
        FormatError: it is no valid JSON, or has no list of records with words.
        UnsafeFileError: it is made of absurdly many pieces.
    """
    decoded = decode(data, name)
    content = _content_of(decoded.text, name)
    budget = Budget(name)
    records, repaired = _as_written(_records(content))
    backwards = _newest_first(records)
    paragraphs = [
        paragraph
        for record in (reversed(records) if backwards else records)
        for paragraph in _paragraphs(record, budget)
    ]
    told = sum(_speaker(one) is None and _speaker_of_words(one) is not None for one in records)
    named = any(paragraph.speaker for paragraph in paragraphs)
    if not backwards and (not named or _size(paragraphs) <= 2 * len(paragraphs)):
        worded = list(_from_words(content, budget))
        if worded and _size(worded) >= _size(paragraphs) / 2:
            paragraphs, told = worded, 0
    if not paragraphs and isinstance(content, dict) and (whole := _words(content).strip()):
        if is_html(whole):
            # oTranscribe keeps its page; it is read as the text that it shows.
            return replace(document_of(whole, name, decoded.encoding, decoded.notes), format="json")
        paragraphs = [Paragraph(whole)]
    if not paragraphs:
        raise FormatError(
            f"{name}: no list of segments with words was found in the JSON. Expected is Whisper's form, "
            'or a list of {"speaker": "...", "text": "...", "start": 1.5}.'
        )
    marked = any(_TURN_MARK.search(paragraph.text) for paragraph in paragraphs)
    if marked:
        paragraphs = list(_at_marks(paragraphs))
    paragraphs = in_seconds(paragraphs)
    notes = (*decoded.notes, *_notes(repaired, told, backwards=backwards))
    return Document(
        "json", tuple(paragraphs), decoded.encoding, labelled=not marked, running=True, notes=notes
    )


def _notes(repaired: int, told: int, *, backwards: bool) -> Iterator[str]:
    """Say what was mended, guessed or turned round."""
    if repaired:
        yield f"{counted(repaired, 'message')} of Messenger read as UTF-8, as its letters were meant."
    if told:
        yield f"{counted(told, 'segment')} without a speaker given to the one whom the single words name."
    if backwards:
        yield "The newest message stands first in the file: the order was turned round."


def _as_written(records: list[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], int]:
    """Return records with the letters that Messenger meant, and how many differed: it exports UTF-8 as Latin-1."""
    kept = [
        {key: _repaired(value) for key, value in record.items()}
        if {"sender_name", "timestamp_ms"} <= record.keys()
        else record
        for record in records
    ]
    return kept, sum(one != other for one, other in zip(kept, records, strict=True))


def _repaired(value: Any) -> Any:
    try:
        return value.encode("latin-1").decode("utf-8") if isinstance(value, str) else value
    except UnicodeError:
        return value


def _newest_first(records: list[Mapping[str, Any]]) -> bool:
    """Tell whether the times of a chat's messages fall from each to the next, as in Messenger's exports."""
    times = [_value(record, ("timestamp ms",)) for record in records if _said(record)]
    numbers = [time for time in times if isinstance(time, int | float)]
    falling = all(later <= earlier for earlier, later in pairwise(numbers))
    return len(numbers) == len(times) > 1 and falling and numbers[0] > numbers[-1]


def _speaker(record: Mapping[str, Any]) -> Any:
    """Return who speaks in a record; Telegram names the sender "from", which is a time elsewhere."""
    speaker = _value(record, _SPEAKER)
    sender = record.get("from")
    if speaker is None and isinstance(sender, str) and seconds_in(sender) is None:
        return sender
    return speaker


def _speaker_of_words(record: Mapping[str, Any]) -> Any:
    """Return the one who is named by half of a record's words at least (WhisperX); None where they name several."""
    words = record.get("words")
    named = (
        [_value(word, _SPEAKER) for word in words if isinstance(word, dict)]
        if isinstance(words, list)
        else []
    )
    speakers = [speaker for speaker in named if isinstance(speaker, str | int)]
    return speakers[0] if 2 * len(speakers) >= len(named) > 0 and len({*speakers}) == 1 else None


def _content_of(text: str, name: str) -> Any:
    """Return what the JSON of the file `name` holds; of JSON Lines the list of its objects."""
    if text.count("{") + text.count("[") > _MAX_CONTAINERS:
        raise UnsafeFileError(f"{name}: the JSON is made of too many pieces for a transcript. Split it.")
    try:
        return _parsed(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise FormatError(
            f"{name}: this is not valid JSON ({error.msg} in line {error.lineno}). Export it again, or rename it "
            "if it is something else."
        ) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"{name}: the JSON is nested too deeply, or has numbers of absurd length."
        ) from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        objects = len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines)
        if error.msg != "Extra data" or not objects:
            raise
        return [json.loads(line) for line in lines]


def _records(content: Any) -> list[Mapping[str, Any]]:
    """Find the list of turns: of all lists whose records have words the one that tells most about them."""
    lists = list(_lists(content, _MAX_NESTING))
    return max(lists, key=_informative, default=[])


def _lists(content: Any, deeper: int) -> Iterator[list[Mapping[str, Any]]]:
    if isinstance(content, list):
        records: list[Mapping[str, Any]] = [item for item in content if isinstance(item, dict)]
        if any(_said(record) for record in records):
            yield records
            return
    if deeper and isinstance(content, dict | list):
        for child in content.values() if isinstance(content, dict) else content[:10]:
            yield from _lists(child, deeper - 1)


def _informative(records: list[Mapping[str, Any]]) -> tuple[bool, bool, bool, int]:
    """Rank a list: of turns before single words, with speakers, with times, long."""
    sample = records[:200]
    words = sum(len(_said(record).split()) for record in sample)
    return (
        words > 1.5 * len(sample),
        any(_speaker(record) is not None for record in sample),
        any(next(_times(record), None) is not None for record in sample),
        len(records),
    )


def _said(record: Mapping[str, Any]) -> str:
    """Return all words of a record, those of a question and its answer together."""
    return _words(record) or " ".join(words for _, words in _pair(record))


def _pair(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the question and the answer with the names that they have in the record; nothing without an answer."""
    pair = []
    for names in (_QUESTION, _ANSWER):
        key = next((key for name in names for key in record if plain_name(key) == name), None)
        words = record[key] if key is not None else None
        if key is None or not isinstance(words, str):
            return []
        pair.append((str(key), words.strip()))
    return pair


def _value(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Return the value under the first of several names, however they are spelled ("startTime")."""
    spelled = {plain_name(key): value for key, value in record.items() if value is not None}
    return next((spelled[name] for name in names if name in spelled), None)


def _words(record: Mapping[str, Any]) -> str:
    words = _value(record, _TEXT)
    if isinstance(words, str):
        return words
    if isinstance(words, list) and words and all(isinstance(word, str) or _is_marked(word) for word in words):
        # Telegram parts a message at links and words in bold.
        return "".join(word if isinstance(word, str) else word["text"] for word in words)
    best = record.get("nBest")
    if isinstance(best, list) and best and isinstance(best[0], dict):
        return str(best[0].get("display") or best[0].get("lexical") or "")
    # Rev's monologues hold their words one by one, spaces and all.
    elements = record.get("elements")
    if isinstance(elements, list):
        return "".join(str(element.get("value", "")) for element in elements if isinstance(element, dict))
    words = record.get("words")
    if isinstance(words, list) and words and "speaker" in record:
        return " ".join(str(_value(word, _WORD) or "") for word in words if isinstance(word, dict))
    return ""


def _is_marked(word: Any) -> bool:
    return isinstance(word, dict) and isinstance(word.get("text"), str) and isinstance(word.get("type"), str)


def _paragraphs(record: Mapping[str, Any], budget: Budget) -> Iterator[Paragraph]:
    """Yield what a record says, a question before its answer; nothing for a record without words."""
    speaker = _speaker(record)
    speaker = _speaker_of_words(record) if speaker is None else speaker
    if isinstance(speaker, dict):
        speaker = _value(speaker, ("name", "label", "id"))
    name = str(speaker).strip() or None if speaker is not None else None
    time = next(_times(record), None)
    if words := _words(record).strip():
        budget.spend(len(words), 1)
        yield Paragraph(words, name, time)
        return
    for index, (key, words) in enumerate(_pair(record)):
        budget.spend(len(words), 1)
        if words:
            yield Paragraph(words, (name if index else None) or key, None if index else time)


def _size(paragraphs: list[Paragraph]) -> int:
    return sum(len(paragraph.text.split()) for paragraph in paragraphs)


def _at_marks(paragraphs: list[Paragraph]) -> Iterator[Paragraph]:
    """Write whisper.cpp's mark of a change of speaker as captions do, before the words that follow."""
    turning = False
    for paragraph in paragraphs:
        for index, words in enumerate(_TURN_MARK.split(paragraph.text)):
            turning = turning or index > 0
            if words.strip():
                yield Paragraph(f">> {words}" if turning else words, paragraph.speaker, paragraph.time)
                turning = False


def _from_words(content: Any, budget: Budget) -> Iterator[Paragraph]:
    """Put single words with a speaker together to turns; nothing if no list of words names speakers."""
    best: list[_Spoken] = []
    labels = _labels_by_time(content)
    for records in _word_lists(content, _MAX_NESTING):
        words = [word for record in records if (word := _spoken(record, labels)) is not None]
        named = sum(word.speaker is not None for word in words)
        if named > 0.5 * len(words) and named > sum(word.speaker is not None for word in best):
            best = words
    speaker, start, text = None, None, ""
    for word in best:
        budget.spend(len(word.text), 0)
        if text and word.speaker not in (None, speaker):
            yield Paragraph(text.strip(), speaker, start)
            text, start = "", None
        speaker = word.speaker or speaker
        start = word.start if start is None else start
        text += word.text if word.glued or not text or text[-1].isspace() else f" {word.text}"
    if text.strip():
        yield Paragraph(text.strip(), speaker, start)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A word or sign; `glued`: no space stands before it."""

    text: str
    speaker: str | None
    start: float | None
    glued: bool


def _spoken(record: Mapping[str, Any], labels: Mapping[str, str]) -> _Spoken | None:
    alternatives = record.get("alternatives")
    inner = alternatives[0] if isinstance(alternatives, list) and alternatives else record
    if not isinstance(inner, dict):
        return None
    text = _value(inner, _WORD)
    if not isinstance(text, str) or not text:
        return None
    speaker = _value(record, _SPEAKER)
    speaker = speaker if speaker is not None else _value(inner, _SPEAKER)
    time = _value(record, (*_START, "start time"))
    if speaker is None and time is not None:
        speaker = labels.get(str(time))
    kind = str(record.get("type", ""))
    spelled = isinstance(speaker, str | int | float) and not isinstance(speaker, bool)
    return _Spoken(
        text,
        str(speaker).strip() or None if spelled else None,
        next(_times(record), None),
        kind in ("punctuation", "punct", "spacing")
        or text.isspace()
        or (bool(text) and text[0] in ",.?!;:…"),
    )


def _labels_by_time(content: Any) -> dict[str, str]:
    """Return the speaker at each start of a word, where they stand apart from the words (Amazon, Watson)."""
    labels: dict[str, str] = {}
    for records in _word_lists(content, _MAX_NESTING):
        for record in records:
            time, speaker = _value(record, _START), _value(record, _SPEAKER)
            if time is not None and isinstance(speaker, str | int) and "alternatives" not in record:
                labels[str(time)] = str(speaker)
    return labels


def _word_lists(content: Any, deeper: int) -> Iterator[list[Mapping[str, Any]]]:
    """Yield all lists of records, Watson's lists of [word, start, end] as records too."""
    if isinstance(content, list):
        records: list[Mapping[str, Any]] = [item for item in content if isinstance(item, dict)]
        if records:
            yield records
        triples: list[Mapping[str, Any]] = [
            {"word": item[0], "start": item[1]}
            for item in content
            if isinstance(item, list) and len(item) == 3 and isinstance(item[0], str)
        ]
        if triples:
            yield triples
    if deeper and isinstance(content, dict | list):
        for child in content.values() if isinstance(content, dict) else content:
            yield from _word_lists(child, deeper - 1)


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
