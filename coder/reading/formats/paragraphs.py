"""Where paragraphs begin: behind blank lines, at every line, or wherever wrapped lines let one guess."""

import re
from collections import Counter
from collections.abc import Sequence

from coder.reading.speakers.labels import Candidate
from coder.reading.speakers.lines import Line
from coder.reading.speakers.name_shapes import Shape

# A sentence's end, perhaps with a bracket, quotation mark or time stamp behind it.
_ENDS_SENTENCE = re.compile(r"[.?!…。？！][)\]\"'”’»*_]*(?:\s*[\[(#<][\d:.,\- ]{4,24}[\])#>])?\s*$")


def paragraph_starts(found: list[tuple[int, Candidate]], lines: Sequence[Line], first: int) -> frozenset[int]:
    """Return the lines at which paragraphs begin: behind blank lines, if that is where this file's labels stand."""
    spoken = [
        number
        for number in range(first, len(lines))
        if not (lines[number].blank or lines[number].kind or lines[number].only_stamp)
    ]
    after_gap = {number for number in spoken if lines[number].after_gap or lines[number - 1].only_stamp}
    counts = Counter(candidate.key for _, candidate in found if candidate.shape >= Shape.NAME)
    likely = [number for number, candidate in found if counts[candidate.key] >= 2]
    if likely and sum(number in after_gap for number in likely) >= 0.6 * len(likely):
        return frozenset(after_gap)
    # A line break inside a cue or a paragraph begins a paragraph only where a name follows.
    named = {number for number, candidate in found if candidate.shape >= Shape.NAME}
    spoken = [number for number in spoken if lines[number].first or number in named]
    wrapped = is_wrapped([lines[number].text for number in spoken])
    return frozenset(
        number
        for number in spoken
        if number in after_gap
        or not (
            lines[number - 1].text.rstrip("* ").endswith((":", "："))
            or (wrapped and not _ENDS_SENTENCE.search(lines[number - 1].text))
        )
    )


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends where a sentence does."""
    return _ENDS_SENTENCE.search(text[-80:]) is not None


def is_wrapped(texts: Sequence[str]) -> bool:
    """Tell whether lines were broken at a fixed width, so that a line's start says nothing."""
    lengths = sorted(len(text) for text in texts)
    if not lengths or lengths[int(0.95 * len(lengths))] > 110:
        return False
    if len(lengths) < 6:
        return any(len(text) > 50 and not _ENDS_SENTENCE.search(text) for text in texts[:-1])
    full = [text for text in texts if len(text) >= 0.75 * lengths[int(0.95 * len(lengths))]]
    open_ended = [text for text in full if not _ENDS_SENTENCE.search(text)]
    return len(full) >= 0.35 * len(texts) and len(open_ended) >= 0.6 * len(full)
