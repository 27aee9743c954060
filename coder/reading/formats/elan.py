"""Read ELAN annotation files (.eaf); the tab-delimited text that ELAN exports is read as a table."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from coder.errors import FormatError
from coder.reading.document import Document, Paragraph
from coder.reading.safety.containers import Event, events_of, subtree
from coder.reading.safety.content import Budget, advice_on
from coder.reading.tables.tiers import left_out_tiers

_MAX_CHAIN = 20


@dataclass(frozen=True, slots=True)
class _Annotation:
    """Words with their start in ms, or the annotation whose start they share."""

    words: str
    start: float | None
    refers_to: str | None


@dataclass(slots=True)
class _Tier:
    """A tier: who speaks in it, the tier it depends on, its annotations by id."""

    name: str
    participant: str
    parent: str | None
    annotations: dict[str, _Annotation] = field(default_factory=dict)

    @property
    def speaker(self) -> str | None:
        return self.participant or self.name.strip() or None

    @property
    def wordy(self) -> bool:
        """Tell whether the annotations are words rather than numbers or single signs."""
        lettered = sum(any(sign.isalpha() for sign in item.words) for item in self.annotations.values())
        return lettered > len(self.annotations) / 2


def read(data: bytes, name: str) -> Document:
    """Read an .eaf file: annotations of all speakers' tiers in order of time.

    A tier that depends on another one of the same speaker (translation, gloss, code) is left out, and said to
    be, unless the tier it depends on has no words of its own. Raises FormatError when it is no .eaf file or
    has no words, UnsafeFileError as `xml_events` does.
    """
    head = data[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t")
    if not head.startswith(b"<"):
        raise FormatError(f"{name}: this is not an ELAN file (.eaf). {advice_on(data)}")
    tiers = _tiers(events_of(data, name), name)
    used = _tiers_used(tiers)
    if not used:
        raise FormatError(
            f"{name}: no annotation with words was found. Is it an ELAN file (.eaf) with text in it?"
        )
    taken = {id(tier) for tier in used}
    dropped = [tier.name for tier in tiers if tier.annotations and id(tier) not in taken]
    every = {identifier: item for tier in tiers for identifier, item in tier.annotations.items()}
    cues = [
        (_start(item, every), tier.speaker, item.words) for tier in used for item in tier.annotations.values()
    ]
    cues.sort(key=lambda cue: cue[0])
    paragraphs = tuple(Paragraph(words, speaker, start / 1000) for start, speaker, words in cues if words)
    return Document(
        "eaf", paragraphs, "utf-8", labelled=True, notes=(left_out_tiers(dropped),) if dropped else ()
    )


def _tiers_used(tiers: list[_Tier]) -> list[_Tier]:
    named = {tier.name: tier for tier in tiers}
    used: list[_Tier] = []
    parents: set[str | None] = set()
    wordy = {id(tier): tier.wordy for tier in tiers}
    for tier in tiers:
        parent = named.get(tier.parent or "")
        another = parent is not None and tier.participant and tier.participant != parent.participant
        replaces = parent is not None and not wordy[id(parent)] and tier.parent not in parents
        if wordy[id(tier)] and (parent is None or another or replaces):
            used.append(tier)
            parents.add(tier.parent)
    return used


def _start(item: _Annotation, every: dict[str, _Annotation]) -> float:
    """Return an annotation's start in ms, following references."""
    for _ in range(_MAX_CHAIN):
        if item.start is not None or item.refers_to not in every:
            break
        item = every[item.refers_to]
    return item.start or 0.0


def _tiers(events: Iterator[Event], name: str) -> list[_Tier]:
    budget = Budget(name)
    slots: dict[str, float] = {}
    tiers: list[_Tier] = []
    last = 0.0
    for kind, tag, attributes in events:
        if kind != "start":
            continue
        if tag == "TIME_SLOT":
            budget.spend(0, 1)
            value = attributes.get("TIME_VALUE", "")
            # A slot without a value lies somewhere between its neighbours: it gets the one's before it.
            last = float(value) if value.isascii() and value.isdigit() and len(value) < 13 else last
            slots[attributes.get("TIME_SLOT_ID", "")] = last
        elif tag == "TIER":
            budget.spend(0, 1)
            participant = " ".join(attributes.get("PARTICIPANT", "").split())
            tiers.append(_Tier(attributes.get("TIER_ID", ""), participant, attributes.get("PARENT_REF")))
        elif tag in ("ALIGNABLE_ANNOTATION", "REF_ANNOTATION") and tiers:
            value_node = subtree(events, tag, attributes, name).find("ANNOTATION_VALUE")
            words = value_node.text().strip() if value_node is not None else ""
            budget.spend(len(words), 1)
            start = slots.get(attributes.get("TIME_SLOT_REF1", ""))
            annotation = _Annotation(words, start, attributes.get("ANNOTATION_REF"))
            tiers[-1].annotations[attributes.get("ANNOTATION_ID", "")] = annotation
    return tiers
