"""Tables that hold one speaker's rows after the other's, as ELAN exports its tiers: put in order of time."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from coder.phrasing import counted, few
from coder.reading.document import Paragraph
from coder.reading.speakers.vocabulary import ROLE_WORDS, key_of

Row = tuple[Paragraph, float | None]  # a turn, and when it ends
Tiers = dict[str | None, list[Row]]
_SHOWN = 20
# More are hardly speakers of one talk, and each is compared with each.
_MOST_TIERS = 60
_MOST_OVERLAP = 0.15  # of the time: people seldom speak at once, but recordings lie over each other
_CODE = 3  # letters of what a tier of translations is called beside its speaker: "ROSA_en", "ft@ROSA"
_KIN = frozenset(["mum", "mom", "dad", "son", "ma", "pa", "gp"])
_WRITTEN = frozenset(["translation", "gloss", "english", "traduccion", "traduction", "ubersetzung", "glosse"])


def in_order_of_time(rows: Sequence[Row], *, elan: bool) -> tuple[list[Paragraph], list[str]]:
    """Return the turns of a table in order of time, and what a person should look at; other tables' as they are.

    Each speaker's rows stand together, their times rise, and nearly all lie between those of the others. In `elan`'s
    form, what begins and ends with another tier whose name is a part of its own ("ROSA_en" and "ROSA") is that
    tier's translation or description, and left out.
    """
    tiers = {name: [*of] for name, of in groupby(rows, key=lambda row: row[0].speaker)}
    if not _one_after_the_other(tiers, rows):
        return [turn for turn, _ in rows], []
    depending = [name for name in tiers if elan and any(_depends(name, other, tiers) for other in tiers)]
    voices = {name: tier for name, tier in tiers.items() if name not in depending}
    if not _between_each_other(voices):
        return [turn for turn, _ in rows], [
            f"The rows of {len(tiers)} speakers stand one after the other, though times go back between them: they"
            " stay in this order, as of several recordings. If they are of one talk, sort the rows by time."
        ]
    ordered = sorted((turn for tier in voices.values() for turn, _ in tier), key=_start)
    return ordered, [*_said(len(ordered), depending)]


def left_out_tiers(names: Sequence[str | None]) -> str:
    """Say that tiers were left out."""
    return f"Tiers that depend on others (translations, codes) were left out: {few(list(map(str, names)), _SHOWN)}."


def _said(rows: int, depending: Sequence[str | None]) -> Iterator[str]:
    yield (
        f"{counted(rows, 'row')} put in order of time: in the file each speaker's stand together."
        " If they are of several recordings, make a file of each."
    )
    if depending:
        yield left_out_tiers(depending)


def _one_after_the_other(tiers: Tiers, rows: Sequence[Row]) -> bool:
    together = sum(map(len, tiers.values())) == len(rows)
    if not together or not 2 <= len(tiers) <= min(_MOST_TIERS, len(rows) / 2):
        return False
    if not all(turn.speaker and turn.time is not None for turn, _ in rows):
        return False
    rising = all(
        _start(one) <= _start(other) for of in tiers.values() for (one, _), (other, _) in pairwise(of)
    )
    falls = sum(_start(one) > _start(other) for (one, _), (other, _) in pairwise(rows))
    return rising and falls > 0


def _between_each_other(tiers: Tiers) -> bool:
    """Tell whether rows have ends and seldom overlap, and not all tiers begin at once, as recordings do."""
    if not all(end and end >= _start(turn) for tier in tiers.values() for turn, end in tier):
        return False
    firsts = [tier[0] for tier in tiers.values()]
    starts = [_start(turn) for turn, _ in firsts]
    shortest = min((end or 0.0) - _start(turn) for turn, end in firsts)
    if len(tiers) > 1 and max(starts) - min(starts) < shortest / 2:
        return False
    spans = sorted((_start(turn), end or 0.0) for tier in tiers.values() for turn, end in tier)
    reach = overlap = total = 0.0
    for start, end in spans:
        overlap += max(0.0, min(reach, end) - start)
        total += end - start
        reach = max(reach, end)
    return overlap <= _MOST_OVERLAP * total


def _depends(name: str | None, other: str | None, tiers: Tiers) -> bool:
    """Tell whether a tier is another one's translation: its name tells of no other person, its times are the same."""
    words, others = key_of(name or "").split(), key_of(other or "").split()
    further = set(words) - set(others)
    if len(words) <= len(others) or not others or not set(others) <= set(words):
        return False
    if not all((len(word) <= _CODE and word.isalpha()) or word in _WRITTEN for word in further):
        return False
    spans = {(turn.time, end) for turn, end in tiers[other]}
    return not further & (_KIN | ROLE_WORDS) and all((turn.time, end) in spans for turn, end in tiers[name])


def _start(turn: Paragraph) -> float:
    return turn.time or 0.0
