"""Reports in blocks of a title, a line that explains it and a table: for a terminal of 100 columns or as Markdown.

Tables are set in by four blanks after an empty line, which Markdown shows as they are.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Report = Mapping[str, Any]
Row = Sequence[str]
WIDTH = 100
INDENT = "    "
MISSING = "–"
SEEN_SHARE = 0.02  # of the excerpts
UNDEFINED = f"{MISSING} = not defined: nothing to count, or chance alone would give full agreement."


def known(share: float | None) -> bool:
    """Tell whether so many of the excerpts were learned from that figures are not held out."""
    return (share or 0.0) >= SEEN_SHARE


@dataclass(frozen=True)
class Block:
    """A part of a report; what is empty is left out. `after` stands below the table, `top` titles over several."""

    title: str = ""
    words: str = ""
    table: str = ""
    after: str = ""
    top: bool = False


def text_of(blocks: Sequence[Block], *, markdown: bool = False) -> str:
    """Return blocks as text for a terminal or as Markdown, an empty line between their parts.

    Where a table has a figure that is not defined, a last line says what the dash means.
    """
    parts = []
    for block in blocks:
        title = f"{'###' if block.top else '####'} {block.title}" if markdown else block.title
        head = [title if block.title else "", block.words and wrapped(block.words)]
        parts += [("\n\n" if markdown else "\n").join(filter(None, head)), block.table]
        parts.append(block.after and wrapped(block.after))
    if any(MISSING in block.table for block in blocks):
        parts.append(UNDEFINED)
    return "\n\n".join(filter(None, parts))


def wrapped(words: str, indent: str = "", first: str | None = None) -> str:
    """Return a paragraph in lines of at most WIDTH characters; long words (paths, ids) and "5 %" are kept whole."""
    kept = re.sub(r"(?<=\d) %", "\u00a0%", words)
    lines = textwrap.fill(
        kept, WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return lines.replace("\u00a0%", " %")


def table(header: Row, rows: Sequence[Row], left: Sequence[int] = (0,)) -> str:
    """Return rows as aligned columns under a header; columns at `left` start at the left, others end at the right."""
    every = [header, *rows] if any(header) else list(rows)
    widths = [max(len(row[at]) for row in every) for at in range(len(header))]

    def line(row: Row) -> str:
        cells = [
            cell.ljust(widths[at]) if at in left else cell.rjust(widths[at]) for at, cell in enumerate(row)
        ]
        return (INDENT + "  ".join(cells)).rstrip()

    return "\n".join(map(line, every))


def short(text: str, width: int) -> str:
    """Return a name cut to a width, with … where it was cut."""
    return text if len(text) <= width else text[: width - 1] + "…"


def number(value: float | None, sign: str = "") -> str:
    """Return a figure with two decimals (never -0.00), or a dash where it is not defined."""
    return MISSING if value is None else f"{round(value, 2) + 0.0:{sign}.2f}"


def percent(value: float | None) -> str:
    """Return a share in per cent without decimals, or a dash where it is not defined."""
    if value is not None and 0 < value < 0.005:
        return "<1 %"
    return MISSING if value is None else f"{points(value)} %"


def bounds(section: Report, name: str) -> tuple[float, float] | None:
    """Return the 95 % interval of a figure of a report's section, None where there is none."""
    low, high = (section.get(bound, {}).get(name) for bound in ("ci_low", "ci_high"))
    return None if low is None or high is None else (low, high)


def ranged(value: float | None, interval: tuple[float | None, float | None] | None, sign: str = "") -> str:
    """Return a figure with its interval, without where that is not known, or a dash where it is not defined."""
    if value is None or interval is None or None in interval:
        return number(value, sign)
    return f"{number(value, sign)} [{number(interval[0], sign)}, {number(interval[1], sign)}]"


def figure(section: Report, name: str) -> str:
    """Return an estimate with its 95 % interval, or a dash where it is not defined."""
    return ranged(section.get(name), bounds(section, name))


def share(section: Report, name: str) -> str:
    """Return a share in per cent with its 95 % interval, or a dash where it is not defined."""
    value, interval = section.get(name), bounds(section, name)
    if value is None or interval is None:
        return percent(value)
    return f"{percent(value)} [{points(interval[0])}, {points(interval[1])}]"


def change(section: Report, name: str) -> str:
    """Return a difference of shares in percentage points with its 95 % interval, or a dash."""
    value, interval = section.get(name), bounds(section, name)
    if value is None or interval is None:
        return MISSING if value is None else points(value, "+")
    return f"{points(value, '+')} [{points(interval[0], '+')}, {points(interval[1], '+')}]"


def points(value: float, sign: str = "") -> str:
    """Return a share in hundredths without decimals, and never -0."""
    return f"{round(100 * value) + 0:{sign}d}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 excerpt, 2,000 excerpts."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
