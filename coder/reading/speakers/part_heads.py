"""Headings of parts between turns: counted ("Interview 2: P02"), or dated ("Session 2: 14 April 2026, at home")."""

import itertools
import re
from collections.abc import Sequence

from coder.reading.speakers.labels import Style
from coder.reading.speakers.lines import Line
from coder.reading.speakers.recording import DATE, OCCASION
from coder.reading.speakers.vocabulary import Shape, key_of

_COUNTED = re.compile(
    rf"\W{{0,4}}(?P<what>{OCCASION}) (?:no\.? ?)?(?P<number>\d{{1,2}})(?:\s?[:–—(-]\s?[\w ()-]{{1,30}})?\W*",
    re.I,
)
# A place may stand behind the date, but no more: "Day 2, 3 March, I slept badly" is told.
_DATED = re.compile(
    rf"\W{{0,4}}(?:{OCCASION}|day|tag|jour|week|visit|round) (?:no\.? ?)?\d{{1,2}}\b[\s:,(–—-]{{1,4}}(?:on )?"
    rf"(?:[^\W\d_]{{5,10}},? )?{DATE}\)?"
    r"(?:\s?[,;(–—-]\s?(?:at(?: [\w’'-]+){1,3}|by (?:phone|telephone|video)|online|in person))?[\s)\]*_]*",
    re.I,
)


def take_out_part_heads(lines: Sequence[Line]) -> None:
    """Take lines for headings of parts that stand between two speakers' labelled lines, or above the first of them.

    What stands below an empty label or a question, or between two lines of one speaker, may be an answer.
    """
    visible = [line for line in lines if not line.blank]
    counted: dict[str, list[tuple[Line, bool]]] = {}
    speaker = ""
    for above, line, below in zip([None, *visible], visible, [*visible[1:], None], strict=False):
        if below is not None and _may_head(above, line) and _speaker(below) not in ("", speaker):
            if speaker and _DATED.fullmatch(line.text):
                _take_out(line)
                continue
            if _COUNTED.fullmatch(line.text):
                counted.setdefault(re.sub(r"\d+", "#", line.text.strip()), []).append((line, not speaker))
                continue
        speaker = _speaker(line) or speaker
    for found in counted.values():
        heads = [line for line, _ in found]
        numbers = [int(match["number"]) for line in heads if (match := _COUNTED.fullmatch(line.text))]
        counting = len(found) > 1 and all(a + 1 == b for a, b in itertools.pairwise(numbers))
        if counting and (numbers[0] == 1 or found[0][1]) and not _speaks(heads, visible):
            for line in heads:
                _take_out(line)


def _may_head(above: Line | None, line: Line) -> bool:
    """Tell whether a line stands apart and answers nothing."""
    if not line.after_gap or line.kind or line.speech:
        return False
    return above is None or not above.text.rstrip(" \t*_").endswith((":", "：", "?", "？"))


def _speaker(line: Line) -> str:
    """Return the key of what looks like a speaker before a colon and words, else an empty text."""
    return next(
        (
            one.key
            for one in line.candidates
            if one.style is Style.COLON and one.shape >= Shape.NAME and line.text[one.words_start :].strip()
        ),
        "",
    )


def _speaks(heads: Sequence[Line], visible: Sequence[Line]) -> bool:
    """Tell whether another line has what headings count for a label ("Focus group 1: We walk.")."""
    what = {key_of(match["what"]) for line in heads if (match := _COUNTED.fullmatch(line.text))}
    own = {line.start for line in heads}
    return any(
        one.key.rstrip("0123456789 ") in what
        for line in visible
        if line.start not in own
        for one in line.candidates
    )


def _take_out(line: Line) -> None:
    line.kind, line.candidates = "heading", ()
