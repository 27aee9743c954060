"""What stands behind a tab at the end of lines: an analyst's codes ("I was afraid.<tab>AM-fear"), numbers, times."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coder.phrasing import counted, quoted
from coder.reading.clock import seconds_in, trailing_stamp
from coder.reading.speakers.labels import Candidate
from coder.reading.speakers.lines import Line
from coder.reading.speakers.vocabulary import Shape, is_remark, key_of, shape_of

_LONGEST, _MOST_WORDS = 40, 4
_FEWEST, _FEWEST_WEAK, _MOST_OTHERS, _ENOUGH = 2, 3, 0.25, 0.5
_FEWEST_NUMBERS = 4
# What codes have and the last words of a sentence seldom have: signs inside, numbers, brackets, capitals. A hyphen or
# capitals ("X-ray", "YMCA") say little.
_CODE = re.compile(r"\w[-_/:&+.]\w|\d|^[#\[{<]|^(?!OK$)[^\W\d_]{2,}$(?<=[^a-z])")
_STRONG = re.compile(r"^[#\[{<]|\w_\w")
# Words that go on behind a tab ("from the<tab>YMCA") are one sentence with what stands there.
_SENTENCE_END = re.compile(r"[.?!…。？！]\W*(?:[\[(][^()\[\]]*[\])]\W*)?$")
_NOBODYS = re.compile(r"[-–—/*x\s]*$", re.I)
# Nobody says a word behind "#" or in braces.
_AMONG_WORDS = re.compile(
    r"(?<=\s)(?:#[^\W\d][\w-]{1,30}|\{[^{}\n]{2,40}\}|\[(?=[^\]]*\w[-_/]\w)[^\[\]\s]{3,40}\])\s*$"
)
_LABEL = re.compile(r"[\[({<]?([^:：]{1,30})[:：]\s")


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands behind the first tab among a line's words, its place, and whether a sentence ends before it."""

    place: int
    parts: tuple[str, ...]
    apart: bool


def take_out_codes(lines: Sequence[Line], labels: Mapping[int, Candidate]) -> Iterator[str]:
    """Note in the lines how much of them are codes behind a tab, and say what is doubtful; without labels do nothing.

    Two lines at least must end so behind a whole sentence, nearly all that stands behind tabs must be short, and half
    of it look like codes; what does not stays among the words.
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
    apart = {number: tail for number, tail in filled.items() if tail.apart}
    if _are_codes(list(apart.values())):
        for number, tail in short.items():
            if tail.apart:
                lines[number].codes = len(lines[number].text) - tail.place
        yield f"{_lines_end(list(apart.values()))}, taken for codes and left out: {_shown(apart.values())}."
        filled = {number: tail for number, tail in filled.items() if not tail.apart}
    if filled:
        yield f"{_lines_end(list(filled.values()))}, read as said: {_shown(filled.values())}."


def _are_codes(tails: Sequence[_Tail]) -> bool:
    """Tell whether what ends lines is codes: by their signs, on more lines where these are weak, or as they recur."""
    again = Counter(key_of(part) for tail in tails for part in tail.parts)
    recurring = any(count > 1 for count in again.values())
    strong = sum(any(_STRONG.search(part) for part in tail.parts) for tail in tails)
    coded = sum(any(_CODE.search(part) or again[key_of(part)] > 1 for part in tail.parts) for tail in tails)
    fewest = _FEWEST if recurring or strong >= _FEWEST else _FEWEST_WEAK
    return len(tails) >= fewest and coded >= _ENOUGH * len(tails)


def _lines_end(tails: Sequence[_Tail]) -> str:
    return f"{counted(len(tails), 'line')} {'ends' if len(tails) == 1 else 'end'} in a few words behind a tab"


def _shown(tails: Iterable[_Tail]) -> str:
    return quoted("; ".join(tail.parts) for tail in tails)


def take_out_numbers(lines: Sequence[Line], labels: Mapping[int, Candidate]) -> Iterator[str]:
    """Note in the lines how much of them is a number or time behind a tab, rising from label to label, and say so.

    A number behind words that go on is said; a time that is read as one anyway stays the time of its turn.
    """
    found: list[tuple[Line, int, str]] = []
    for number, label in sorted(labels.items()):
        line = lines[number]
        words, tab, rest = line.text[label.words_start :].rpartition("\t")
        if not (tab and words.strip() and not line.speech and seconds_in(rest) is not None):
            continue
        if ":" in rest or _ends_a_sentence(words):
            found.append((line, label.words_start + len(words.rstrip()), rest.strip()))
    counts = [seconds_in(rest) or 0.0 for _, _, rest in found]
    rising = all(above < below for above, below in pairwise(counts))
    if len(found) < max(_FEWEST_NUMBERS, _ENOUGH * len(labels)) or not rising:
        return
    taken = [(line, end, rest) for line, end, rest in found if not trailing_stamp(line.text)]
    for line, end, _ in taken:
        line.codes = len(line.text) - end
    if taken:
        count = counted(len(taken), "number or time", "numbers or times")
        shown = quoted(rest for _, _, rest in taken)
        yield f"{count} behind a tab at the end of lines left out of the words: {shown}."


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
    return _Tail(start + len(words), parts, _ends_a_sentence(words) and parts[0][0] != "(")


def _ends_a_sentence(words: str) -> bool:
    return _SENTENCE_END.search(words.rstrip()[-80:]) is not None


def _is_short(part: str) -> bool:
    """Tell whether something can be a code: a few words, no sentence, no label with its words."""
    label = _LABEL.match(part)
    return (
        len(part) <= _LONGEST
        and len(part.split()) <= _MOST_WORDS
        and part[-1] not in ".?!…"
        and not (label and shape_of(label[1].strip()) >= Shape.NAME)
    )
