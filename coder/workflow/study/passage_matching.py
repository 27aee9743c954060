"""Rows of a table placed in the study's transcripts: by offsets where they agree with the text, else by the text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coder.errors import StudyError
from coder.store import Study
from coder.workflow.study.passage_location import Locator, Units

NEAR = 2000  # characters: how far a text may lie from the offsets a row gives, if it occurs several times


class UnplacedError(Exception):
    """A row cannot be taken over; the text is the reason."""


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

    `homes` says which transcript a document is, where its name does not.
    """

    study: Study
    homes: Mapping[str, int] = field(default_factory=dict)
    units: dict[int, Units] = field(default_factory=dict)
    locators: dict[int, Locator] = field(default_factory=dict)
    tolerant: int = 0

    def load(self, key: int) -> Locator:
        """Return the locator of a transcript."""
        if key not in self.locators:
            self.locators[key] = Locator(self.study.texts.transcript(key))
            self.units[key] = Units.of(self.study.texts.utterances(key, codable_only=True))
        return self.locators[key]

    def coded(self, row: PlacedRow) -> list[int]:
        """Return the utterances that a row's passage covers."""
        return self.units[row.transcript].covered(row.start, row.end)


def place(held: Mapping[str, Any], placing: Placing) -> tuple[int, int, int]:
    """Return (transcript, start, end) of a row's `text`, `start`, `end` and `transcript` cells.

    Raises UnplacedError if the passage is nowhere, or in several places that nothing tells apart.
    """
    homes = _homes(placing, held["transcript"])
    span = _offsets(held)
    text = str(held["text"] or "")
    if span is not None and len(homes) == 1:
        whole = placing.load(homes[0]).text
        if span[1] <= len(whole) and (
            not text or " ".join(whole[slice(*span)].split()) == " ".join(text.split())
        ):
            return homes[0], *span
    if not text.strip():
        raise UnplacedError("it has neither a text nor offsets that fit the transcript")
    found = {key: placing.load(key).find(text) for key in homes}
    hows = {item.how for item in found.values() if item.places}
    best = "exact" if "exact" in hows else "tolerant"
    places = [(key, *place) for key, item in found.items() if item.how == best for place in item.places]
    if span is not None and len(places) > 1:
        near = [place for place in places if abs(place[1] - span[0]) <= NEAR]
        places = sorted(near or places, key=lambda place: abs(place[1] - span[0]))[:1] if near else places
    if not places:
        where = "the transcript" if len(homes) == 1 else "any transcript"
        raise UnplacedError(f'its text is not found in {where}: "{_short(text)}"')
    if len(places) > 1:
        raise UnplacedError(f'its text occurs {len(places)} times, so its place is unclear: "{_short(text)}"')
    placing.tolerant += best == "tolerant"
    return places[0]


def _homes(placing: Placing, name: Any) -> list[int]:
    if not name:
        return [item.id for item in placing.study.texts.all()]
    if str(name) in placing.homes:
        return [placing.homes[str(name)]]
    try:
        return [placing.study.texts.find(str(name))]
    except StudyError:
        raise UnplacedError(f"there is no transcript '{name}' in the study") from None


def _offsets(held: Mapping[str, Any]) -> tuple[int, int] | None:
    try:
        start, end = int(float(held["start"])), int(float(held["end"]))
    except (TypeError, ValueError):
        return None
    return (start, end) if 0 <= start < end else None


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."
