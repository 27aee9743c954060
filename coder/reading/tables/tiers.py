"""Tables that hold one speaker's rows after the other's, as ELAN exports its tiers: put in order of time."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from coder.phrasing import counted
from coder.reading.document import Paragraph
from coder.reading.speakers.vocabulary import key_of

_SHOWN = 20
_FEWEST = 4  # rows: in fewer a time may be mistyped
# More are hardly speakers of one talk, and each is compared with each.
_MOST_TIERS = 60


def in_order_of_time(paragraphs: Sequence[Paragraph]) -> tuple[list[Paragraph], list[str]]:
    """Return the turns of a table in order of time, and what to say of it; other tables' as they are.

    Each speaker's rows stand together and their times rise. What begins at the same times as another tier whose
    name is a part of its own ("ROSA_en" and "ROSA") is that tier's translation or description, and left out.
    """
    tiers = {name: [*rows] for name, rows in groupby(paragraphs, key=lambda turn: turn.speaker)}
    if not _one_after_the_other(tiers, paragraphs):
        return list(paragraphs), []
    depending = [name for name in tiers if any(_depends(name, other, tiers) for other in tiers)]
    rows = [turn for name, tier in tiers.items() if name not in depending for turn in tier]
    rows.sort(key=_start)
    return rows, [*_said(len(rows), depending)]


def _said(rows: int, depending: Sequence[str | None]) -> Iterator[str]:
    yield f"{counted(rows, 'row')} put in order of time: in the file each speaker's stand together."
    if depending:
        names = ", ".join(str(name) for name in depending[:_SHOWN])
        yield f"Tiers that depend on others (translations, codes) were left out: {names}."


def _one_after_the_other(tiers: dict[str | None, list[Paragraph]], paragraphs: Sequence[Paragraph]) -> bool:
    together = sum(map(len, tiers.values())) == len(paragraphs)
    if (
        not together
        or not 2 <= len(tiers) <= min(_MOST_TIERS, len(paragraphs) / 2)
        or len(paragraphs) < _FEWEST
    ):
        return False
    if not all(turn.time is not None and turn.speaker for turn in paragraphs):
        return False
    rising = all(_start(one) <= _start(other) for tier in tiers.values() for one, other in pairwise(tier))
    falls = sum(_start(one) > _start(other) for one, other in pairwise(paragraphs))
    return rising and falls > 0


def _depends(name: str | None, other: str | None, tiers: dict[str | None, list[Paragraph]]) -> bool:
    words, others = key_of(name or "").split(), key_of(other or "").split()
    if len(words) <= len(others) or not others or not set(others) <= set(words):
        return False
    starts = {turn.time for turn in tiers[other]}
    return all(turn.time in starts for turn in tiers[name])


def _start(turn: Paragraph) -> float:
    return turn.time or 0.0
