"""Read EXMARaLDA transcriptions (.exb): the events of all speakers' transcription tiers in order of time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from coder.errors import FormatError
from coder.reading.clock import seconds_in
from coder.reading.document import Document, Paragraph
from coder.reading.safety.containers import Event, events_of, subtree
from coder.reading.safety.content import Budget, advice_on


@dataclass(slots=True)
class _Tier:
    """A tier: its name, who speaks in it (None = it describes or translates), its events by where they begin."""

    name: str
    speaker: str | None
    events: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _People:
    """The speakers by identifier: their abbreviations, how often each is given, the names they go by."""

    short: dict[str, str] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def add(self, identifier: str, short: str) -> None:
        """Take a speaker of the table."""
        self.short[identifier] = short
        self.given[short] += 1

    def name(self, identifier: str, tier: str) -> str:
        """Return the abbreviation, where it is nobody else's; else the tier's name ("ANN [v]"), the identifier."""
        if not identifier:
            return tier
        if identifier not in self.names:
            short, shown = self.short.get(identifier, ""), tier.partition(" [")[0].strip()
            name = short if self.given[short] == 1 else ""
            if not name and short and shown not in self.given and shown not in self.taken:
                name = shown
            self.names[identifier] = name or identifier
            self.taken.add(self.names[identifier])
        return self.names[identifier]


def read(data: bytes, name: str) -> Document:
    """Read an .exb file; tiers that describe, translate or code are left out, and said to be.

    Raises FormatError when it is no .exb file or has no words, UnsafeFileError as `xml_events` does.
    """
    if b"<basic-transcription" not in data[:4096]:
        raise FormatError(f"{name}: this is not an EXMARaLDA transcription (.exb). {advice_on(data)}")
    points: dict[str, tuple[int, float | None]] = {}
    tiers = list(_tiers(events_of(data, name), name, points))
    cues = [
        (points.get(start, (len(points), None)), order, tier.speaker, words)
        for order, tier in enumerate(tiers)
        for start, words in tier.events
        if tier.speaker is not None
    ]
    if not cues:
        raise FormatError(
            f"{name}: no words of a speaker were found. Is it an EXMARaLDA transcription (.exb)?"
        )
    cues.sort(key=lambda cue: (cue[0][0], cue[1]))
    dropped = [tier.name for tier in tiers if tier.speaker is None and tier.events]
    notes = (
        [f"Tiers that describe, translate or code were left out: {', '.join(dropped[:20])}."]
        if dropped
        else []
    )
    paragraphs = tuple(Paragraph(words, speaker, time) for (_, time), _, speaker, words in cues)
    return Document("exb", paragraphs, "utf-8", labelled=True, running=True, notes=tuple(notes))


def _tiers(
    events: Iterator[Event], name: str, points: dict[str, tuple[int, float | None]]
) -> Iterator[_Tier]:
    """Yield the tiers, and fill `points` with the place and the seconds of each point of the time line."""
    budget = Budget(name)
    people = _People()
    for kind, tag, attributes in events:
        if kind != "start":
            continue
        if tag == "speaker":
            budget.spend(0, 1)
            short = subtree(events, tag, attributes, name).find("abbreviation")
            people.add(attributes.get("id", ""), " ".join(short.text().split()) if short is not None else "")
        elif tag == "tli":
            budget.spend(0, 1)
            points[attributes.get("id", "")] = (len(points), seconds_in(attributes.get("time", "")))
        elif tag == "tier":
            shown = attributes.get("display-name", "")
            spoken = attributes.get("type") == "t"
            tier = _Tier(
                shown or attributes.get("id", ""),
                people.name(attributes.get("speaker", ""), shown) or None if spoken else None,
            )
            for event in subtree(events, tag, attributes, name).elements():
                words = " ".join(event.text().split()) if event.tag == "event" else ""
                budget.spend(len(words), 1)
                if words:
                    tier.events.append((event.attributes.get("start", ""), words))
            yield tier
