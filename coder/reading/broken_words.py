"""Words that a line's end broke ("neigh-" + "bourhood"), told from those with a hyphen ("well-" + "known").

Nothing but the file is asked: whether it has the word whole, with its hyphen, or the two parts as words of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coder.phrasing import counted, quoted

_BROKEN = re.compile(r"([^\W\d_]+)-$")
_OF_COMPOUND = re.compile(r"[^\W\d_]-[^\W\d_]+-$")  # "up-to-" keeps its hyphen
_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
# What begins or ends words that keep their hyphen, in English; and the short words that French, Portuguese and
# others join to a verb with one ("dit-elle", "lembro-me").
_BEFORE_HYPHEN = """all cross eighteen eighty ex fifteen fifty five forty four fourteen full good half hard high home
ill life long low mid nine nineteen ninety non off old one part self semi seven seventeen seventy short single six
sixteen sixty son ten thirteen thirty three twelve twenty two well world brother daughter father mother sister step"""
_BEHIND_HYPHEN = """a as based being by ce centred ci class day down elle elles en eux free friendly going hand il ils
in je la là law le les lhe lhes like lo los lui me même mesma mesmo minded moi month nos nous o off old on os out
related se self soi specific te term time to toi tu type up vos vous week y year years être"""
# Behind the hyphen of "Haus- und Gartenarbeit" or "pre- and post-natal" another word follows.
_AND = "and or to und oder bis et ou y o e en of og och eller"
_SYLLABLE = 3  # letters: "to-gether", "for-get"; a longer word before a hyphen may be a part of a compound
_SHORT_WORD = 3  # letters: what is longer is hardly joined to others by chance
_LONGEST_LINE = 110  # characters: what is longer is a paragraph, not a printed line
_FULL = 0.6  # of the longest line
_FEWEST = 2  # in a file
_LABELLED = re.compile(r"\S.{0,40}?[:：\t]")
_BEFORE, _BEHIND, _LINKS = (frozenset(words.split()) for words in (_BEFORE_HYPHEN, _BEHIND_HYPHEN, _AND))


@dataclass(frozen=True, slots=True)
class BrokenWords:
    """The words of a file: how often each stands alone, and those that have a hyphen within a line."""

    alone: Counter[str]
    compounds: frozenset[str]

    @classmethod
    def of(cls, lines: Sequence[str]) -> "BrokenWords":
        """Count the words of lines; the parts of a word at a line's end do not count."""
        alone = Counter(word.casefold() for line in lines for word in _WORD.findall(line))
        for first, second in _breaks(lines):
            alone.subtract((first.casefold(), second.casefold()))
        return cls(alone, frozenset(word.casefold() for line in lines for word in _COMPOUND.findall(line)))

    def joined(self, first: str, second: str) -> str:
        """Return the text that two lines were broken from: without the hyphen, with it, or with a space."""
        parts = _parts(first, second)
        if parts is None:
            return f"{first} {second}"
        return (first[:-1] if self._are_one(*parts) and not _is_compound(first) else first) + second

    def guessed(self, lines: Sequence[str]) -> list[str]:
        """Return the words that seem to go on from one of the lines to the next, though the file has them nowhere."""
        return [
            "".join(parts)
            for first, second in pairwise(lines)
            if (parts := _parts(first, second)) and self._are_guessed(*parts) and not _is_compound(first)
        ]

    def _are_one(self, first: str, second: str) -> bool:
        """Tell whether two parts are one word, the hyphen only that of the line's end."""
        return self._are_known(first, second) or self._are_guessed(first, second)

    def _are_known(self, first: str, second: str) -> bool:
        return self.alone[(first + second).casefold()] > 0

    def _keep_hyphen(self, first: str, second: str) -> bool:
        compound = f"{first}-{second}".casefold() in self.compounds
        return compound or first.casefold() in _BEFORE or second.casefold() in _BEHIND

    def _are_guessed(self, first: str, second: str) -> bool:
        one, other = first.casefold(), second.casefold()
        # "I wan-" + "wanted it" is somebody who begins the word again.
        again = other.startswith(one)
        if (
            again
            or self._are_known(one, other)
            or self._keep_hyphen(one, other)
            or min(len(one), len(other)) < 2
        ):
            return False
        if self.alone[other] > 0:
            return False  # "he sai-" + "then", "decision-" + "making"
        return self.alone[one] <= 0 or len(one) <= _SYLLABLE

    def is_sure(self, word: str, lines: Sequence[str]) -> bool:
        """Tell whether the file has a word that the lines break, and neither of its parts: not "no-" + "body"."""
        return any(
            first + second == word
            and self._are_known(first, second)
            and max(self.alone[first.casefold()], self.alone[second.casefold()]) <= 0
            for first, second in _breaks(lines)
        )

    def mended(self, lines: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return printed lines with the rest of each broken word put to the line above, and the words made whole."""
        kept = list(lines)
        emptied: set[int] = set()
        whole: list[str] = []
        longest = max((len(line.rstrip()) for line in lines), default=0)
        times = Counter(lines)
        for number, (above, line) in enumerate(pairwise(lines), start=1):
            if number - 1 in emptied:
                continue  # it went to the line above whole: nothing can be put behind it
            parts = _parts(above, line)
            if parts is None or len(above.rstrip()) < _FULL * longest or _LABELLED.match(line):
                continue
            if times[line] > 1:
                continue  # a name on a line of its own
            compound = _is_compound(above)
            one = self._are_one(*parts) and not compound
            if one or compound or self._keep_hyphen(*parts):
                rest, _, kept[number] = line.partition(" ")
                kept[number - 1] = (
                    kept[number - 1].rstrip()[:-1] if one else kept[number - 1].rstrip()
                ) + rest
                emptied |= set() if kept[number].strip() else {number}
                whole += ["".join(parts)] if one else []
        return [line for number, line in enumerate(kept) if number not in emptied], whole


def without_broken_words(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines of a text that was typed or scanned from paper with broken words made whole, and a note.

    Lines that are longer than printed ones stay as they are: there a hyphen ends what somebody did not say to its
    end. So may a single one in a file, which is mended only if the file has the whole word elsewhere and neither of
    its parts, else named.
    """
    if max(map(len, lines), default=0) > _LONGEST_LINE or not any(_breaks(lines)):
        return list(lines), []
    words = BrokenWords.of(lines)
    mended, whole = words.mended(lines)
    if len(whole) >= _FEWEST or any(words.is_sure(word, lines) for word in whole):
        return mended, [*said_whole(whole)]
    return list(lines), [
        f"A hyphen at a line's end may break one word; it stays as it is: {word!r}." for word in whole
    ]


def said_whole(words: Sequence[str]) -> Iterator[str]:
    """Say which words were taken for one across the ends of lines."""
    if words:
        verb = "was" if len(words) == 1 else "were"
        many = counted(len(words), "word")
        yield f"{many} broken by a hyphen at a line's end {verb} put together: {quoted(words)}."


def _parts(first: str, second: str) -> tuple[str, str] | None:
    """Return the parts of the word that the end of a line breaks, if it breaks one."""
    if not first.rstrip().endswith("-"):
        return None
    broken, start = _BROKEN.search(first.rstrip()), _WORD.match(second)
    if broken is None or start is None or not start[0][0].islower() or start[0].casefold() in _LINKS:
        return None
    return broken[1], start[0]


def _is_compound(line: str) -> bool:
    """Tell whether the word that ends a line has another hyphen, so that its last one is its own ("up-to-")."""
    return _OF_COMPOUND.search(line.rstrip()) is not None


def _breaks(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the two parts of each word that the end of a line breaks."""
    yield from (parts for one, other in pairwise(lines) if (parts := _parts(one, other)))
