"""Where in a transcript a quoted passage stands: exactly, else without regard to spacing, quotes and dashes."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from coder.domain import Transcript
from coder.store.values import StudyUtterance

_SAME = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
    "ﬁ": "fi",
    "ﬂ": "fl",
}
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_EDGES = " .\"'-[]"


@dataclass(frozen=True, slots=True)
class Found:
    """All places of a passage, and how it was found: 'exact' or 'tolerant'."""

    places: tuple[tuple[int, int], ...]
    how: str


class Locator:
    """Finds passages in one transcript; the plain form is made once, when a passage is not found as it stands."""

    def __init__(self, transcript: Transcript) -> None:
        self.text, self._turns = transcript.text, transcript.turns

    @cached_property
    def _forms(self) -> list[tuple[str, list[int]]]:
        spoken = [at for turn in self._turns for at in range(turn.start, turn.end)]
        return [_plain(self.text, range(len(self.text))), _plain(self.text, spoken)]

    def find(self, passage: str) -> Found:
        """Return every place where the passage stands; quotes around it, and a cut "..." at its ends, are ignored."""
        exact = tuple(_all_places(self.text, passage.strip()))
        if exact:
            return Found(tuple((start, start + len(passage.strip())) for start in exact), "exact")
        wanted = _plain(passage, range(len(passage)))[0].strip(_EDGES)
        if not wanted:
            return Found((), "tolerant")
        for plain, origin in self._forms:  # with labels and stamps, then the spoken words alone
            places = tuple(
                (origin[start], origin[start + len(wanted) - 1] + 1) for start in _all_places(plain, wanted)
            )
            if places:
                return Found(places, "tolerant")
        return Found((), "tolerant")


def _all_places(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


def _plain(text: str, positions: Sequence[int]) -> tuple[str, list[int]]:
    """Return the text in lower case, spacing, quotes and dashes made plain, with the origin of each character."""
    letters: list[str] = []
    origin: list[int] = []
    for at in positions:
        character = text[at]
        if character in _UNSEEN:
            continue
        for letter in _SAME.get(character, " " if character.isspace() else character.lower()):
            if letter == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(letter)
            origin.append(at)
    return "".join(letters), origin


@dataclass(frozen=True, slots=True)
class Units:
    """Utterances of one transcript in order, by id, start and end: what passages are laid upon."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, utterances: Sequence[StudyUtterance]) -> "Units":
        """Take the places of utterances, which must be in order and not overlap."""
        return cls(
            tuple(item.id for item in utterances),
            tuple(item.start for item in utterances),
            tuple(item.end for item in utterances),
        )

    def covered(self, start: int, end: int) -> list[int]:
        """Return the ids of utterances that a passage codes: it covers half of one, or half of it lies there.

        A passage that touches several without either codes the one it shares most with.
        """
        first, last = bisect_right(self.ends, start), bisect_right(self.starts, end - 1)
        shared = {at: min(end, self.ends[at]) - max(start, self.starts[at]) for at in range(first, last)}
        enough = [
            at
            for at, overlap in shared.items()
            if 2 * overlap >= min(end - start, self.ends[at] - self.starts[at])
        ]
        return [self.ids[at] for at in enough or sorted(shared, key=lambda at: -shared[at])[:1]]
