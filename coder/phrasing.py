"""The one way to write for people: counts with their noun, shortened texts, figures, intervals, blocks and tables.

A block is a title, a line that explains it and a table, for a terminal or as Markdown.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.domain import POLARITIES

if TYPE_CHECKING:
    from coder.statistics import Estimate

MISSING = "–"  # a figure that is not defined
Bounds = tuple[float | None, float | None]
Row = Sequence[str]
WIDTH = 100  # characters of a terminal's line
INDENT = "    "  # Markdown shows lines that are set in by four blanks as they are
BAR = 24  # characters of the longest bar
UNDEFINED = f"{MISSING} = not defined: nothing to count, or chance alone would give full agreement."


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 excerpt, 2,000 excerpts."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def typed(path: object) -> str:
    """Return a path as it is typed in a terminal: in quotation marks if it has a blank or a sign of the shell's."""
    name = str(path)
    return f'"{name}"' if re.search(r"[\s&;()'$<>|*?]", name) else name


def shortened(text: str, width: int) -> str:
    """Return a text on one line of at most `width` characters, cut at a word with an ellipsis if it is longer.

    A text without blanks, such as a code's id, is cut within the word.
    """
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    whole = line[:width].rsplit(" ", 1)[0] if " " in line[width // 2 : width] else line[: width - 1]
    return whole.rstrip(" ,;:") + "…"


def number(value: float | None, sign: str = "", digits: int = 2) -> str:
    """Return a figure with two decimals (never -0.00), or a dash where it is not defined."""
    return MISSING if value is None else f"{round(value, digits) + 0.0:{sign}.{digits}f}"


def percent(value: float | None, digits: int = 0) -> str:
    """Return a share in per cent, or a dash where it is not defined; "<1 %" for what would round to nothing."""
    if value is None:
        return MISSING
    if not digits:
        return "<1 %" if 0 < value < 0.005 else f"{points(value)} %"
    return f"{100 * value:.{digits}f} %"


def points(value: float, sign: str = "") -> str:
    """Return a share in hundredths without decimals, and never -0."""
    return f"{round(100 * value) + 0:{sign}d}"


def interval(bounds: Bounds | None, sign: str = "") -> str:
    """Return an interval as [low, high], or nothing where it is not known."""
    if bounds is None or None in bounds:
        return ""
    return f"[{number(bounds[0], sign)}, {number(bounds[1], sign)}]"


def percent_interval(bounds: Bounds | None) -> str:
    """Return an interval of shares in per cent as [low, high], or nothing where it is not known."""
    if bounds is None or bounds[0] is None or bounds[1] is None:
        return ""
    return f"[{points(bounds[0])}, {points(bounds[1])}]"


def ranged(value: float | None, bounds: Bounds | None, sign: str = "") -> str:
    """Return a figure with its interval, without where that is not known, or a dash where it is not defined."""
    if value is None:
        return MISSING
    return f"{number(value, sign)} {interval(bounds, sign)}".rstrip()


def estimate(figure: "Estimate") -> str:
    """Return an estimate with its interval, or a dash where it is not defined."""
    return ranged(figure.value, (figure.low, figure.high))


def bounds(figure: "Estimate") -> tuple[float, float] | None:
    """Return the 95 % interval of an estimate, None where there is none."""
    return None if figure.low is None or figure.high is None else (figure.low, figure.high)


def share(figure: "Estimate") -> str:
    """Return a share in per cent with its 95 % interval, or a dash where it is not defined."""
    return f"{percent(figure.value)} {percent_interval((figure.low, figure.high))}".rstrip()


def change(figure: "Estimate") -> str:
    """Return a difference of shares in percentage points with its 95 % interval, or a dash."""
    value, interval = figure.value, bounds(figure)
    if value is None or interval is None:
        return MISSING if value is None else points(value, "+")
    return f"{points(value, '+')} [{points(interval[0], '+')}, {points(interval[1], '+')}]"


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
    unbroken = re.sub(r"(?<=\d) %", "\u00a0%", words)
    lines = textwrap.fill(
        unbroken, WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return lines.replace("\u00a0%", " %")


def table(header: Row, rows: Sequence[Row], left: Sequence[int] | None = (0,), *, ruled: bool = False) -> str:
    """Return rows as aligned columns under a header: set in, or from the margin with a rule (`ruled`).

    Columns at `left` start at the left, others end at the right; None: columns of figures end at the right.
    """
    every = [header, *rows] if any(header) else list(rows)
    widths = [max(len(row[at]) for row in every) for at in range(len(header))]
    if left is None:
        left = [at for at in range(len(header)) if not all(_is_figure(row[at]) for row in rows)]

    def line(row: Row) -> str:
        cells = [
            cell.ljust(widths[at]) if at in left else cell.rjust(widths[at]) for at, cell in enumerate(row)
        ]
        return (("" if ruled else INDENT) + "  ".join(cells)).rstrip()

    lines = [line(row) for row in every]
    if ruled:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _is_figure(cell: str) -> bool:
    return cell.strip("+-±.,%0123456789–[]<s ") == ""


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def few(parts: Sequence[str], most: int) -> str:
    """Return the first parts of a list, and how many more there are: long lists stay short."""
    return ", ".join(parts[:most]) + (f" and {len(parts) - most} more" if len(parts) > most else "")


def quoted(words: Iterable[str], most: int = 4) -> str:
    """Return the first different words of a list in quotation marks, as examples of what was found."""
    return ", ".join(map(repr, list(dict.fromkeys(words))[:most]))


def share_bar(count: int, most: int) -> str:
    """Return a bar of blocks; any count above zero shows."""
    return "█" * max(round(BAR * count / most), 1) if count else ""


def code_table(codes: Counter[tuple[str, str]], labels: Mapping[str, str]) -> str:
    """Return counts per code, and per polarity where any was given, with a bar for each code's total.

    `codes` counts (code id, polarity or ""); `labels` maps code ids to labels and sets the order. Codes that do not
    occur stand in a line below.
    """
    polarities = POLARITIES if any(polarity for _, polarity in codes) else ()
    totals = {code: sum(count for (other, _), count in codes.items() if other == code) for code in labels}
    most = max(totals.values(), default=0)
    shown = {code: label for code, label in labels.items() if totals[code]}
    width = max((len(label) for label in shown.values()), default=0)
    lines = [f"  {'':{width}}  {'total':>6}" + "".join(f"{name:>13}" for name in polarities)] if shown else []
    for code, label in shown.items():
        counts = "".join(f"{codes[code, name]:>13}" for name in polarities)
        lines.append(
            f"  {label:{width}}  {totals[code]:>6}{counts}  {share_bar(totals[code], most)}".rstrip()
        )
    absent = [label for code, label in labels.items() if not totals[code]]
    if absent:
        lines.append(wrapped(f"Not once: {', '.join(absent)}", "  "))
    return "\n".join(lines)
