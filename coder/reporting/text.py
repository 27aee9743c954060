"""Reports as text: blocks of a title, a line that explains it and a table, for a terminal or as Markdown."""

import re
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.domain import POLARITIES
from coder.reporting.numbers import MISSING

Row = Sequence[str]
WIDTH = 100  # characters of a terminal's line
INDENT = "    "  # Markdown shows lines that are set in by four blanks as they are
BAR = 24  # characters of the longest bar
UNDEFINED = f"{MISSING} = not defined: nothing to count, or chance alone would give full agreement."


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


def share_bar(count: int, most: int, width: int = BAR) -> str:
    """Return a bar of blocks; any count above zero shows."""
    return "█" * max(round(width * count / most), 1) if count else ""


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
