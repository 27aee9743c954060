"""Read Praat TextGrids, long and short form: each interval or point with words is a turn, each tier a speaker."""

import re
from collections.abc import Iterator

from coder.errors import FormatError
from coder.reading.document import Document, Paragraph
from coder.reading.safety.content import Budget, decode

# What carries content in both forms: quoted text (a quote in it is doubled), free-standing numbers, flags.
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<![^\s=])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\S)|<(\w+)>')
_COMMENT = re.compile(r"(?m)^\s*!.*$")
_SILENCE = {"", "sil", "<sil>", "sp", "<p>", "#", "silence", "silent", "sounding", "pause", "<pause>", "_"}
_TIERS = ("IntervalTier", "TextTier")
# Tiers of single words or sounds repeat, cut small, what the tier of utterances says.
_FINE_TIERS = re.compile(
    r"\b(?:phones?|phonemes?|words?|syllables?|segments?|mau|kan|ort|sounds?|points?|tones?)\b", re.I
)


def read(data: bytes, name: str) -> Document:
    """Read a TextGrid; intervals of all tiers are ordered by time.

    Raises FormatError when it is no TextGrid, damaged, or has no words.
    """
    decoded = decode(data, name)
    text = decoded.text.lstrip("\ufeff")
    if "TextGrid" not in text[:200] and "ooTextFile" not in text[:200]:
        raise FormatError(
            f"{name}: this is not a Praat TextGrid; its first line does not say so. Export it again."
        )
    budget = Budget(name)
    try:
        tiers = list(_tiers(_tokens(_COMMENT.sub("", text)), budget))
    except (StopIteration, ValueError, OverflowError, RuntimeError) as error:
        raise FormatError(f"{name}: the TextGrid is cut off or damaged. Save it again in Praat.") from error
    notes = list(decoded.notes)
    coarse = [tier for tier in tiers if not _FINE_TIERS.search(tier[0].replace("_", " "))]
    if any(cues for _, cues in coarse) and len(coarse) < len(tiers):
        dropped = ", ".join(title for title, _ in tiers if title not in [other for other, _ in coarse])
        notes.append(f"Tiers of single words or sounds were left out: {dropped}.")
        tiers = coarse
    cues_in_order = [
        (time, order, title, words) for order, (title, cues) in enumerate(tiers) for time, words in cues
    ]
    if not cues_in_order:
        raise FormatError(f"{name}: the TextGrid has no words in any tier.")
    paragraphs = tuple(
        Paragraph(words, title.strip() or None, time) for time, _, title, words in sorted(cues_in_order)
    )
    return Document("textgrid", paragraphs, decoded.encoding, labelled=True, notes=tuple(notes))


def _tokens(text: str) -> Iterator[str | float]:
    for match in _TOKEN.finditer(text):
        quoted, number, flag = match.groups()
        if number is not None:
            yield float(number)
        else:
            yield quoted.replace('""', '"') if quoted is not None else f"<{flag}>"


def _tiers(tokens: Iterator[str | float], budget: Budget) -> Iterator[tuple[str, list[tuple[float, str]]]]:
    """Yield (name, [(start in seconds, words)]) per tier; raises StopIteration or ValueError when it breaks off."""
    for token in tokens:
        if token not in _TIERS:
            continue
        title = _text(next(tokens))
        next(tokens), next(tokens)
        count = int(_number(next(tokens)))
        cues = []
        for _ in range(count):
            start = _number(next(tokens))
            if token == "IntervalTier":
                _number(next(tokens))
            words = " ".join(_text(next(tokens)).split("\n")).strip()
            budget.spend(len(words), 1)
            if words.casefold() not in _SILENCE:
                cues.append((start, words))
        yield title, cues


def _text(token: str | float) -> str:
    if not isinstance(token, str):
        raise ValueError("a number where text is expected")
    return token


def _number(token: str | float) -> float:
    if not isinstance(token, float):
        raise ValueError("text where a number is expected")
    return token
