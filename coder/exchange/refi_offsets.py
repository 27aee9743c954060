"""Where the selections of a REFI-QDA source lie: tools count characters in different ways, so each way is tried.

The standard counts Unicode code points from 0. In files of real tools a byte order mark may count or not, a line end
may be CRLF and count one or two, and a character beyond the basic plane may count two (UTF-16).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from coder.exchange.refi_project import Selection
from coder.exchange.values import clean

FEW = 400  # selections by which the ways are compared; more tell nothing new
NAMED = 8  # characters of a selection's name that are enough to know its text by


@dataclass(frozen=True, slots=True)
class Placed:
    """The text with LF line ends, each selection's place in it (None: outside), and how the offsets were read.

    `verified` selections hold the text of their name, of `named` that have one. `unclear` is True where two ways fit
    equally well and give different places.
    """

    text: str
    spans: tuple[tuple[int, int] | None, ...]
    how: str
    verified: int = 0
    named: int = 0
    unclear: bool = False


def placed(raw: str, selections: Sequence[Selection], *, standard: bool = False) -> Placed:
    """Return the selections' places in a text as it lies in the file (its BOM and CRLF kept).

    `standard`: who wrote the file is known to count as the standard says, so that no other way is tried.

    Ways of counting that give the same places are one. Where no name tells them apart, starts and ends at the edges
    of words do; where that does not either, the standard's way is taken and `unclear` is True.
    """
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    some = selections[:: max(1, len(selections) // FEW)]
    best: tuple[tuple[float, float], _Way] | None = None
    rivals: list[_Way] = []
    for way in _ways(raw)[: 1 if standard else None]:
        spans = [way.span(item, len(text)) for item in some]
        score = _score(text, some, spans)
        if best is None or score > best[0]:
            best, rivals = (score, way), []
        elif score == best[0]:
            rivals.append(way)
    if best is None:
        return Placed(text, (), "no selections")
    way = best[1]
    places = tuple(way.span(item, len(text)) for item in selections)
    differs = any(
        other.span(item, len(text)) != way.span(item, len(text)) for other in rivals for item in some
    )
    named = [(item, span) for item, span in zip(selections, places, strict=True) if _name(item)]
    verified = sum(_holds(text, item, span) for item, span in named)
    return Placed(text, places, way.words, verified, len(named), unclear=differs)


class _Way:
    """One way of counting: maps the file's offsets to code points of the text with LF line ends."""

    def __init__(self, raw: str, *, bom: bool, crlf: int, utf16: bool) -> None:
        body = raw.removeprefix("\ufeff")
        shift = int(bom and len(body) < len(raw))
        units: list[int] | None = None
        if utf16 or (crlf == 2 and "\r\n" in body):
            units = _units(body, crlf, utf16)
        self._units, self._shift = units, shift
        ends = "LF" if "\r\n" not in body else "CRLF counted once" if crlf == 1 else "CRLF counted twice"
        self.words = f"{ends}, {'UTF-16 units' if utf16 else 'code points'}{', BOM counted' if shift else ''}"

    def span(self, item: Selection, length: int) -> tuple[int, int] | None:
        """Return a selection's place, or None if it is outside the text."""
        start, end = self._place(item.start), self._place(item.end)
        return (start, end) if 0 <= start < end <= length else None

    def _place(self, offset: int) -> int:
        offset -= self._shift
        return offset if self._units is None else bisect_left(self._units, offset)


def _units(body: str, crlf: int, utf16: bool) -> list[int]:
    """Return the offset, in one way of counting, of each code point of the text with LF line ends, and of its end."""
    units = []
    at = 0
    plain = body.replace("\r\n", "\r") if crlf == 2 else body.replace("\r\n", "\n")
    for letter in plain:
        units.append(at)
        at += 2 if (letter == "\r" and crlf == 2) or (utf16 and ord(letter) > 0xFFFF) else 1
    units.append(at)
    return units


def _ways(raw: str) -> list[_Way]:
    boms = (False, True) if raw.startswith("\ufeff") else (False,)
    ends = (1, 2) if "\r\n" in raw else (1,)
    wide = (False, True) if max(raw, default="") > "\uffff" else (False,)
    return [_Way(raw, bom=bom, crlf=crlf, utf16=utf16) for bom, crlf, utf16 in product(boms, ends, wide)]


def _name(item: Selection) -> str:
    return _compared(item.name.removesuffix("...").removesuffix("…"))


def _compared(text: str) -> str:
    """Return a text as it is compared: characters that XML cannot hold are replaced, white space is one blank."""
    return " ".join(clean(text).split())


def _holds(text: str, item: Selection, span: tuple[int, int] | None) -> bool:
    """Tell whether a place holds the text of the selection's name, which may be its beginning only."""
    if span is None:
        return False
    name = _name(item)
    held = _compared(text[slice(*span)])
    return held == name or (len(name) >= NAMED and held.startswith(name))


def _score(
    text: str, selections: Sequence[Selection], spans: Sequence[tuple[int, int] | None]
) -> tuple[float, float]:
    """Return the share of selections that hold their name, and that of ends which lie at edges of words."""
    named = [(item, span) for item, span in zip(selections, spans, strict=True) if _name(item)]
    verified = sum(_holds(text, item, span) for item, span in named) / len(named) if named else 0.0
    edges = sum(_at_edges(text, span) for span in spans) / len(spans) if spans else 0.0
    return round(verified, 6), round(edges, 6)


def _at_edges(text: str, span: tuple[int, int] | None) -> int:
    if span is None:
        return 0
    start, end = span
    before = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    after = end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())
    return int(before and after and not text[start].isspace() and not text[end - 1].isspace())
