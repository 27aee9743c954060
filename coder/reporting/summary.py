"""Counts as small bar tables for a terminal."""

from collections import Counter
from collections.abc import Mapping

from coder.domain import POLARITIES
from coder.reporting.blocks import wrapped

BAR = 24  # characters of the longest bar


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
