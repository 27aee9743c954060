"""The parts of a report, the same for every format: sections of paragraphs, tables and pictures."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["plain", "strong", "item", "quote", "muted", "proposed"]  # item: set in below a strong line
LEFT_TO_RIGHT = "\u200e"  # the mark of that name


def from_right(text: str) -> bool:
    """Tell whether a text is read from right to left: its first letter is Hebrew, Arabic or the like."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cell: `text`, then `tail` less strongly.

    `codings` are the numbers of the codings that it counts or quotes: a link in HTML.
    """

    text: str
    kind: Kind = "plain"
    codings: tuple[int, ...] = ()
    tail: str = ""

    @property
    def whole(self) -> str:
        """Text and tail; a mark keeps the tail from left to right behind Arabic words of an English text."""
        mixed = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in self.text)
        mark = LEFT_TO_RIGHT if mixed and self.tail and not from_right(self.text) else ""
        return f"{self.text}{mark} {self.tail}".strip()


Cell = tuple[Line, ...]


def cell(text: str, kind: Kind = "plain", codings: Sequence[int] = ()) -> Cell:
    """Return a cell of one line."""
    return (Line(text, kind, tuple(codings)),)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `under` groups neighbours below one heading; `fold` columns can be hidden."""

    title: str
    under: str = ""
    number: bool = False
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is read, and the same as tidy rows for a worksheet of `sheet`'s name.

    `spans` merges equal first cells of neighbouring rows. `frozen` columns stay in sight in the worksheet, columns of
    `pages` begin a page each when it is printed. In Word the first `heads` columns are headings across the table,
    above the other cells of their row.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sheet: str
    tidy: Sequence[Mapping[str, Any]]
    notes: Sequence[str] = ()
    spans: bool = False
    frozen: int = 0
    wide: bool = False
    heads: int = 0
    pages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in two formats; `alt` says in words what it shows."""

    name: str
    title: str
    alt: str
    svg: bytes
    png: bytes
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a `warning` is set apart."""

    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section: `level` 2 below the section's own, 3 below that."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quote set apart from the text, with the label of who said it; `codings` are its numbers, for links."""

    text: str
    label: str
    codings: tuple[int, ...] = ()


Part = Table | Picture | Paragraph | Heading | Quotation


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it."""

    title: str
    parts: Sequence[Part] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole report; `subtitle` says what it was made from."""

    title: str
    subtitle: str
    sections: Sequence[Section]
