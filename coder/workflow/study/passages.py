"""Where a passage from elsewhere stands in a study's transcripts: by its offsets where they agree with the text.

Else by its text: exactly, then without regard to spacing, quotes and dashes.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from coder.domain import Transcript
from coder.phrasing import listed
from coder.store import Study
from coder.store.values import StudyUtterance
from coder.workflow.study.transcript_names import since_renamed

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
NEAR = 2000  # characters: how far a text may lie from the offsets a row gives, if it occurs several times


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
    """Utterances of one transcript in order, by id, place and number: what passages are laid upon."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, utterances: Sequence[StudyUtterance]) -> "Units":
        """Take the places of utterances, which must be in order and not overlap."""
        return cls(
            tuple(item.id for item in utterances),
            tuple(item.start for item in utterances),
            tuple(item.end for item in utterances),
            tuple(item.number for item in utterances),
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


class UnplacedError(Exception):
    """A row cannot be taken over; the text is the reason, `places` are where its passage may stand."""

    def __init__(self, reason: str, places: Sequence[tuple[int, int, int]] = ()) -> None:
        super().__init__(reason)
        self.places = tuple(places)


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row of the table with its passage placed; `codes` (id -> polarity) empty = looked at, nothing to code."""

    coder: str
    transcript: int
    start: int
    end: int
    codes: Mapping[str, str | None]
    memo: str


@dataclass(slots=True)
class Placing:
    """What rows are placed against: transcripts by id, with utterances and a locator, each read once.

    `homes` says which transcript a document is, where its name does not. `renamed` has names that transcripts had
    before, which their numbers made known.
    """

    study: Study
    homes: Mapping[str, int] = field(default_factory=dict)
    units: dict[int, Units] = field(default_factory=dict)
    locators: dict[int, Locator] = field(default_factory=dict)
    tolerant: int = 0
    renamed: dict[str, int] = field(default_factory=dict)
    _meant: dict[str, list[int]] = field(default_factory=dict)  # by name; each is looked up once

    def meant(self, name: str) -> list[int]:
        """Return the transcripts that a name may mean: all without a name, none for one that the study has not."""
        if name not in self._meant:
            if not name:
                self._meant[name] = [item.id for item in self.study.texts.all()]
            elif name in self.homes:
                self._meant[name] = [self.homes[name]]
            else:
                self._meant[name] = self.study.texts.matching(name)
                if not self._meant[name] and (known := since_renamed(self.study, name)):
                    self._meant[name], self.renamed[name] = known, known[0]
        return self._meant[name]

    def load(self, key: int) -> Locator:
        """Return the locator of a transcript."""
        if key not in self.locators:
            self.locators[key] = Locator(self.study.texts.transcript(key))
            self.units[key] = Units.of(self.study.texts.utterances(key, codable_only=True))
        return self.locators[key]

    def coded(self, row: PlacedRow) -> list[int]:
        """Return the utterances that a row's passage covers."""
        return self.covered(row.transcript, row.start, row.end)

    def covered(self, transcript: int, start: int, end: int) -> list[int]:
        """Return the utterances of a transcript (loaded before) that a passage covers."""
        return self.units[transcript].covered(start, end)


def place(row: Mapping[str, Any], placing: Placing) -> tuple[int, int, int]:
    """Return (transcript, start, end) of a row's `text`, `start`, `end` and `transcript` cells.

    Raises UnplacedError if the passage is nowhere, or in several places that nothing tells apart.
    """
    homes = _homes(placing, row["transcript"])
    span = _offsets(row)
    text = str(row["text"] or "")
    if span is not None and len(homes) == 1:
        whole = placing.load(homes[0]).text
        if span[1] <= len(whole) and (
            not text or " ".join(whole[slice(*span)].split()) == " ".join(text.split())
        ):
            return homes[0], *span
    if not text.strip():
        raise UnplacedError("it has neither a text nor offsets that fit the transcript")
    searches = {key: placing.load(key).find(text) for key in homes}
    hows = {item.how for item in searches.values() if item.places}
    best = "exact" if "exact" in hows else "tolerant"
    places = [(key, *span) for key, item in searches.items() if item.how == best for span in item.places]
    if span is not None and len(places) > 1:
        near = [match for match in places if abs(match[1] - span[0]) <= NEAR]
        if len({key for key, *_ in near}) == 1:  # offsets do not say in which of several transcripts
            places = sorted(near, key=lambda match: abs(match[1] - span[0]))[:1]
    if not places:
        where = "the transcript" if len(homes) == 1 else "any transcript"
        raise UnplacedError(f'its text is not found in {where}: "{_short(text)}"')
    if len(places) > 1:
        reason = f'its text occurs {len(places)} times, so its place is unclear: "{_short(text)}"'
        several = list(dict.fromkeys(key for key, *_ in places))
        if len(several) > 1 and row["transcript"]:
            numbers = listed(placing.study.texts.told_apart(several))
            reason += (
                f". Several transcripts are called '{row['transcript']}': name one by its number, {numbers}"
            )
        raise UnplacedError(reason, places)
    placing.tolerant += best == "tolerant"
    return places[0]


def _homes(placing: Placing, name: Any) -> list[int]:
    homes = placing.meant(str(name or ""))
    if name and not homes:
        raise UnplacedError(f"there is no transcript '{name}' in the study")
    return homes


def _offsets(row: Mapping[str, Any]) -> tuple[int, int] | None:
    try:
        start, end = int(float(row["start"])), int(float(row["end"]))
    except (TypeError, ValueError):
        return None
    return (start, end) if 0 <= start < end else None


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."
