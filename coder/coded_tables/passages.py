"""A table of coded passages (start, end, no units) -> `Passages`, with every row that cannot be used named."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from coder.agreement.codings import ASSISTED, BLIND
from coder.agreement.passages import Passages
from coder.arrays import Ints
from coder.coded_tables.grammar import CodedTable, examples
from coder.coded_tables.rating_rows import NO_TRANSCRIPT, Cells, Problems, RatingOptions, cells_of
from coder.coded_tables.ratings import coders_of, marks_of
from coder.domain import ADJUDICATED, POLARITIES
from coder.errors import TableError
from coder.phrasing import counted

NEEDED = ("coder", "code", "start", "end")


def holds_passages(table: CodedTable) -> bool:
    """Return whether a table gives passages by start and end, and no units."""
    return "unit" not in table.columns and all(role in table.columns for role in NEEDED)


def passages_of(table: CodedTable, options: RatingOptions, problems: Problems) -> Passages:
    """Return the passages of a table: transcript, coder, start, end, code; optional polarity and blind.

    A coder with any row in a transcript counts as having read all of it. A row without code says only that. What is
    adjudicated stands only where it has rows, with or without a code. A row with a code and without a place is left
    out, and counted in a note. The frame's `attrs["lengths"]` may say how long transcripts are; else the last passage
    ends them.
    Raises TableError if no passage is left.
    """
    import pandas as pd

    frame, where = table.frame, table.where
    numbers = frame.attrs.get("row_numbers") or range(1, len(frame) + 1)
    offsets = frame[[table.columns.get("start"), table.columns.get("end")]]
    span = offsets.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    empty = np.isnan(span).all(axis=1)
    wrong = ~empty & ~((span[:, 0] >= 0) & (span[:, 1] > span[:, 0]))
    for row in np.flatnonzero(wrong).tolist():
        problems.row(
            where, int(numbers[row]), "start and end are not a stretch of text; the row is left out."
        )
    kept = frame[~wrong].assign(unit="passage")
    kept.attrs = {"row_numbers": np.array(list(numbers), dtype=np.int64)[~wrong]}
    span, empty = span[~wrong], empty[~wrong]
    cells = cells_of(CodedTable.of(kept, where, given=table.columns.by_role), options, problems)
    if len(cells.unit) != len(kept):
        raise TableError(f"{where}: every passage needs a coder.", problems.rows[:8])
    return _arranged(cells, span, empty, options, problems, frame.attrs.get("lengths", {}))


def _arranged(
    cells: Cells,
    span: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]",
    empty: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
    options: RatingOptions,
    problems: Problems,
    known_lengths: Mapping[str, int],
) -> Passages:
    coder_of, coders = coders_of(cells, options, problems)
    marks = marks_of(cells, options, problems, units=False)
    unplaced = np.zeros(len(coder_of), dtype=np.bool_)
    unplaced[[*marks.line, *marks.bad_line]] = True
    unplaced &= empty
    names = [name or NO_TRANSCRIPT for name in cells.transcript]
    placed_names = [name for name, lost in zip(names, unplaced.tolist(), strict=True) if not lost]
    index = {name: number for number, name in enumerate(dict.fromkeys(placed_names))}
    _name_unplaced(
        [name for name, lost in zip(names, unplaced.tolist(), strict=True) if lost], index, problems
    )
    transcript = np.array([index.get(name, -1) for name in names], dtype=np.int64)
    used = (coder_of[marks.line] >= 0) & ~empty[marks.line]
    line = marks.line[used]
    if not len(line):
        raise TableError("No coded passage is left to compare.", problems.rows[:8])
    looked = np.zeros((len(index), len(coders)), dtype=np.int8)
    known = (coder_of >= 0) & ~unplaced
    saw = np.isin(np.array([*coders, ""])[coder_of], options.assisted) | ("all" in options.assisted)
    state = np.where(cells.blind & ~saw, BLIND, ASSISTED).astype(np.int8)
    np.maximum.at(looked, (transcript[known], coder_of[known]), state[known])
    lengths = np.array([known_lengths.get(name, 0) for name in index], dtype=np.int64)
    unmeasured = int((lengths == 0).sum())
    start, end = span[line, 0].astype(np.int64), span[line, 1].astype(np.int64)
    np.maximum.at(lengths, transcript[line], end)
    places = np.where(empty[:, None], 0, span)
    settled = _settled(np.flatnonzero(known), (coder_of, coders), transcript, places, lengths)
    problems.notes.append(
        "Units are characters between boundaries."
        + (
            f" Text after the last passage of {counted(unmeasured, 'transcript')} is not known and not counted."
            if unmeasured
            else " Text that nobody coded counts, to the end of each transcript."
        )
    )
    return Passages(
        transcript=transcript[line], start=start, end=end, coder=coder_of[line], code=marks.code[used],
        polarity=marks.polarity[used], transcripts=tuple(index), coders=coders, codes=marks.codes,
        lengths=lengths, looked=looked, settled=settled,
    )  # fmt: skip


def _settled(
    lines: Ints,
    coders: tuple[Ints, Sequence[str]],
    transcript: Ints,
    places: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]",
    lengths: Ints,
) -> Ints:
    """Return what was adjudicated: transcript, start, end, coder; a row without a place says it of all the text.

    Transcripts reach to the end of the last of them at least.
    """
    coder_of, names = coders
    rows = np.array([line for line in lines.tolist() if names[coder_of[line]] == ADJUDICATED], dtype=np.int64)
    start, end = places[rows, 0].astype(np.int64), places[rows, 1].astype(np.int64)
    np.maximum.at(lengths, transcript[rows], end)
    end = np.where(end == 0, lengths[transcript[rows]], end)
    return np.column_stack([transcript[rows], start, end, coder_of[rows]])


def _name_unplaced(transcripts: Sequence[str], compared: Collection[str], problems: Problems) -> None:
    """Say how many coded rows have no place in their transcript, and which transcripts are left out altogether."""
    if not transcripts:
        return
    lost = [name for name in dict.fromkeys(transcripts) if name not in compared]
    whole = f", with all of {counted(len(lost), 'transcript')} ({examples(lost)})" if lost else ""
    problems.notes.append(
        f"{counted(len(transcripts), 'row')} with a code but without start and end left out{whole}. To compare all"
        " rows by their words instead, remove the columns start and end."
    )


def used_polarities(passages: Passages) -> tuple[str, ...]:
    """Return the polarities that occur: none, barrier and facilitator, or all three."""
    if not (passages.polarity >= 0).any():
        return ()
    return POLARITIES if (passages.polarity == POLARITIES.index("mixed")).any() else POLARITIES[:2]
