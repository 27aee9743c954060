"""Labels that come once, or too rarely to be learned alone, and that the rest of the file vouches for."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.reading.speakers.labels import Candidate, Style
from coder.reading.speakers.lines import Line
from coder.reading.speakers.name_shapes import Shape
from coder.reading.speakers.vocabulary import INTERVIEWER_WORDS, is_header_key

# Styles in which one occurrence is enough for a role or a code alone, as in a file of two turns.
RARE_SINGLES = frozenset({Style.OWN_LINE, Style.DOT, Style.SPACES})
# Styles in which one occurrence can be enough, when the rest of the file is labelled like it.
SINGLES = frozenset(
    {
        Style.COLON,
        Style.OWN_STAMP,
        Style.STAMPED,
        Style.TAB,
        Style.ANGLE,
        Style.BOLD,
        Style.BRACKET,
        Style.DASH,
    }
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A candidate at a line, and whether a paragraph begins there as far as one can tell."""

    line: int
    candidate: Candidate
    starts: bool


class SmallWords:
    """Answers whether a word stands in the file in lower case, so that it is hardly somebody's name."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._words: frozenset[str] | None = None

    def __contains__(self, word: object) -> bool:
        if self._words is None:
            self._words = frozenset(re.findall(r"\b[^\W\d_]+\b", " ".join(line.text for line in self._lines)))
        return word in self._words


Groups = Mapping[str, Sequence[Occurrence]]


def accepted_singles(
    style: Style, groups: Groups, accepted: set[str], starts: frozenset[int], small: SmallWords
) -> set[str]:
    """Return the keys of rare labels that the repeated ones in `accepted`, or each other, vouch for.

    `starts` are the lines at which paragraphs begin.
    """
    possible = {
        key: group[0].candidate
        for key, group in groups.items()
        if key not in accepted
        and all(occurrence.starts for occurrence in group)
        and group[0].candidate.shape >= Shape.NAME
        and not is_header_key(key)
    }
    file = _Vouching(style, groups, accepted, possible, starts)
    return {key for key, candidate in possible.items() if file.vouches_for(candidate, small)}


class _Vouching:
    """What a file's other labels say about a rare one."""

    def __init__(
        self,
        style: Style,
        groups: Groups,
        accepted: set[str],
        possible: Mapping[str, Candidate],
        starts: frozenset[int],
    ) -> None:
        self._trusted = style in SINGLES
        self._beside_times = style is Style.OWN_STAMP
        self._others = len(accepted) + len(possible) - 1
        self._known = [groups[key][0].candidate for key in accepted]
        self._outlines = Counter(_outline(candidate.label) for candidate in possible.values())
        # Headings come once each ("Staff:", "Transport:"); people who talk with each other speak again.
        self._headings = not accepted and len(possible) > 3
        self._share = _share_led(groups, accepted | set(possible), starts)
        codes = [key for key, candidate in possible.items() if candidate.shape >= Shape.CODE]
        self._cast = len(codes) >= 2 and any(set(key.split()) & INTERVIEWER_WORDS for key in codes)

    def vouches_for(self, candidate: Candidate, small: SmallWords) -> bool:
        """Tell whether to believe a label that comes once."""
        full = self._trusted and self._others >= 1 and self._share >= 0.8
        if self._beside_times:
            return self._others >= 1
        if candidate.shape is Shape.NAME:
            ordinary = candidate.label.isascii() and candidate.key in small
            return (
                self._trusted and not ordinary and not self._headings and (full or self._has_names(candidate))
            )
        outline = _outline(candidate.label)
        if candidate.shape is Shape.ROLE:
            known = bool(self._known)
        else:
            known = outline in {_outline(other.label) for other in self._known}
        alike = self._outlines[outline] >= 2 and any(map(str.isdigit, candidate.label))
        return known or alike or self._cast or full

    def _has_names(self, candidate: Candidate) -> bool:
        """Tell whether names speak in this file, so that another one is no surprise."""
        names = any(other.shape is Shape.NAME for other in self._known)
        return names and self._share >= (0.35 if " " in candidate.key else 0.6)


def _share_led(groups: Groups, keys: set[str], starts: frozenset[int]) -> float:
    """Return the share of paragraphs, from the first label on, that the labels in `keys` lead."""
    led = {occurrence.line for key in keys for occurrence in groups[key] if occurrence.starts}
    first = min(led, default=0)
    paragraphs = [number for number in starts if led and number >= first]
    return len(led) / len(paragraphs) if paragraphs else 0.0


def _outline(label: str) -> str:
    """Return a label's outline: "P01" and "C12" are A9, "Int 1" is Aa 9."""
    letters = re.sub(r"[^\W\d_]", lambda letter: "A" if letter[0].isupper() else "a", label)
    return re.sub(r"A+", "A", re.sub(r"a+", "a", re.sub(r"\d+", "9", letters)))
