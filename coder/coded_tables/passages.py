"""A table of coded passages (start, end, no units) -> `Passages`, with every row that cannot be used named."""

from typing import TYPE_CHECKING

import numpy as np

from coder.agreement.codings import ASSISTED, BLIND
from coder.agreement.passages import Passages
from coder.coded_tables.cell_codes import marks_of
from coder.coded_tables.rating_cells import Cells, coders_of
from coder.coded_tables.ratings import Choice, Problems, cells_of
from coder.domain import POLARITIES
from coder.errors import TableError

if TYPE_CHECKING:
    from pandas import DataFrame

NEEDED = ("coder", "start", "end")


def holds_passages(frame: "DataFrame") -> bool:
    """Return whether a table gives passages by start and end, and no units."""
    names = {str(name).strip().casefold() for name in frame.columns}
    return "unit" not in names and set(NEEDED) <= names and bool(names & {"code", "codes"})


def passages_of(frame: "DataFrame", where: str, choice: Choice, problems: Problems) -> Passages:
    """Return the passages of a table: transcript, coder, start, end, code; optional polarity and blind.

    A coder with any row in a transcript counts as having read all of it. A row without code says only that.
    Raises TableError if no passage is left.
    """
    import pandas as pd

    names = {str(name).strip().casefold(): name for name in frame.columns}
    numbers = frame.attrs.get("row_numbers") or range(1, len(frame) + 1)
    span = (
        frame[[names["start"], names["end"]]].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    )
    empty = np.isnan(span).all(axis=1)
    wrong = ~empty & ~((span[:, 0] >= 0) & (span[:, 1] > span[:, 0]))
    for row in np.flatnonzero(wrong).tolist():
        problems.row(
            where, int(numbers[row]), "start and end are not a stretch of text; the row is left out."
        )
    kept = frame[~wrong].assign(unit="passage")
    kept.attrs = {"row_numbers": np.array(list(numbers), dtype=np.int64)[~wrong]}
    span, empty = span[~wrong], empty[~wrong]
    cells = cells_of(kept, where, choice, problems)
    if len(cells.unit) != len(kept):
        raise TableError(f"{where}: every passage needs a coder.", problems.rows[:8])
    return _arranged(cells, span, empty, choice, problems)


def _arranged(
    cells: Cells,
    span: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]",
    empty: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
    choice: Choice,
    problems: Problems,
) -> Passages:
    coder_of, coders = coders_of(cells, choice, problems)
    marks = marks_of(cells, choice, problems)
    index: dict[str, int] = {}
    transcript = np.array(
        [index.setdefault(name or "(no transcript)", len(index)) for name in cells.transcript], dtype=np.int64
    )
    used = (coder_of[marks.line] >= 0) & ~empty[marks.line]
    line = marks.line[used]
    if not len(line):
        raise TableError("No coded passage is left to compare.", problems.rows[:8])
    looked = np.zeros((len(index), len(coders)), dtype=np.int8)
    known = coder_of >= 0
    saw = np.isin(np.array([*coders, ""])[coder_of], choice.assisted) | ("all" in choice.assisted)
    state = np.where(cells.blind & ~saw, BLIND, ASSISTED).astype(np.int8)
    np.maximum.at(looked, (transcript[known], coder_of[known]), state[known])
    lengths = np.zeros(len(index), dtype=np.int64)
    start, end = span[line, 0].astype(np.int64), span[line, 1].astype(np.int64)
    np.maximum.at(lengths, transcript[line], end)
    problems.notes.append(
        "Units are characters between boundaries; text after the last passage of a transcript is not known and"
        " counts for nothing."
    )
    return Passages(
        transcript=transcript[line], start=start, end=end, coder=coder_of[line], code=marks.code[used],
        polarity=marks.polarity[used], transcripts=tuple(index), coders=coders, codes=marks.codes,
        lengths=lengths, looked=looked,
    )  # fmt: skip


def used_polarities(passages: Passages) -> tuple[str, ...]:
    """Return the polarities that occur: none, barrier and facilitator, or all three."""
    if not (passages.polarity >= 0).any():
        return ()
    return POLARITIES if (passages.polarity == POLARITIES.index("mixed")).any() else POLARITIES[:2]
