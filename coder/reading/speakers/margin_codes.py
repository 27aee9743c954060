"""What stands behind a tab at the end of lines: an analyst's codes ("I was afraid.<tab>AM-fear"), numbers, times."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coder.phrasing import counted
from coder.reading.clock import seconds_in
from coder.reading.speakers.labels import Candidate
from coder.reading.speakers.lines import Line
from coder.reading.speakers.vocabulary import Shape, is_remark, key_of, shape_of

_LONGEST, _MOST_WORDS = 40, 4
_FEWEST, _MOST_OTHERS, _ENOUGH = 2, 0.25, 0.5
_SHOWN = 4
_FEWEST_NUMBERS = 4
# What codes have and the last words of a sentence have not: signs inside, numbers, brackets, capitals.
_CODE = re.compile(r"\w[-_/:&+.]\w|\d|^[#\[{<]|^(?!OK$)[^\W\d_]{2,}$(?<=[^a-z])")
_NOBODYS = re.compile(r"[-–—/*x\s]*$", re.I)
# Nobody says a word behind "#" or in braces.
_AMONG_WORDS = re.compile(
    r"(?<=\s)(?:#[^\W\d][\w-]{1,30}|\{[^{}\n]{2,40}\}|\[(?=[^\]]*\w[-_/]\w)[^\[\]\s]{3,40}\])\s*$"
)
_LABEL = re.compile(r"[\[({<]?([^:：]{1,30})[:：]\s")


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands behind the first tab among a line's words, and its place in the line."""

    place: int
    parts: tuple[str, ...]


def take_out_codes(lines: Sequence[Line], labels: Mapping[int, Candidate]) -> Iterator[str]:
    """Note in the lines how much of them are codes behind a tab, and say what is doubtful; without labels do nothing.

    Two lines at least must end so, nearly all that stands behind tabs must be short, and half of it look like codes;
    where less of it does, all stays among the words.
    """
    yield from _among_words(lines[min(labels, default=len(lines)) :])
    tails = {
        number: tail
        for number in range(min(labels, default=len(lines)), len(lines))
        if (tail := _tail(lines[number], labels.get(number)))
    }
    short = {number: tail for number, tail in tails.items() if all(map(_is_short, tail.parts))}
    filled = {n: tail for n, tail in short.items() if not all(map(_NOBODYS.match, tail.parts))}
    if len(filled) < _FEWEST or len(tails) - len(short) > _MOST_OTHERS * len(tails):
        return
    again = Counter(key_of(part) for tail in filled.values() for part in tail.parts)
    coded = [
        tail
        for tail in filled.values()
        if any(_CODE.search(part.strip()) or again[key_of(part)] > 1 for part in tail.parts)
    ]
    shown = ", ".join(
        map(repr, list(dict.fromkeys("; ".join(tail.parts) for tail in filled.values()))[:_SHOWN])
    )
    lines_end = f"{counted(len(filled), 'line')} end in a few words behind a tab"
    if len(coded) < _ENOUGH * len(filled):
        yield f"{lines_end}, read as said: {shown}."
        return
    for number, tail in short.items():
        lines[number].codes = len(lines[number].text) - tail.place
    yield f"{lines_end}, taken for codes and left out: {shown}."


def take_out_numbers(lines: Sequence[Line], labels: Mapping[int, Candidate]) -> Iterator[str]:
    """Note in the lines how much of them is a number or time behind a tab, rising from label to label, and say so."""
    found: list[tuple[Line, int, float]] = []
    for number, label in sorted(labels.items()):
        line = lines[number]
        words, tab, rest = line.text[label.words_start :].rpartition("\t")
        count = seconds_in(rest) if tab and words.strip() and not line.speech else None
        if count is not None:
            found.append((line, len(line.text) - label.words_start - len(words.rstrip()), count))
    rising = all(above[2] < below[2] for above, below in pairwise(found))
    if len(found) < max(_FEWEST_NUMBERS, _ENOUGH * len(labels)) or not rising:
        return
    for line, length, _ in found:
        line.codes = length
    yield f"{len(found)} numbers or times behind a tab at the end of lines left out of the words."


def _among_words(lines: Sequence[Line]) -> Iterator[str]:
    found = [
        match[0].strip() for line in lines if not line.kind and (match := _AMONG_WORDS.search(line.text))
    ]
    if len(found) >= _FEWEST:
        yield f"{len(found)} lines end in what looks like a code, read as said: {found[0]!r}."


def _tail(line: Line, label: Candidate | None) -> _Tail | None:
    """Return what stands behind the words of a line; None if nothing does but a remark ("(laughs)") or a time."""
    start = label.words_start if label else 0
    words, tab, rest = line.text[start:].partition("\t")
    if not tab or line.blank or line.kind or line.speech or len(words.split()) < (1 if label else 2):
        return None
    parts = tuple(part.strip() for part in re.split(r"[\t;,|]", rest) if part.strip())
    if not parts or all(
        is_remark(part) or (not any(map(str.isalpha, part)) and not _NOBODYS.match(part)) for part in parts
    ):
        return None
    return _Tail(start + len(words), parts)


def _is_short(part: str) -> bool:
    """Tell whether something can be a code: a few words, no sentence, no label with its words."""
    label = _LABEL.match(part)
    return (
        len(part) <= _LONGEST
        and len(part.split()) <= _MOST_WORDS
        and part[-1] not in ".?!…"
        and not (label and shape_of(label[1].strip()) >= Shape.NAME)
    )
