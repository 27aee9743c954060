"""Tables of codings, long or wide, as lines of "coder gave unit these codes"; every problem is named with its row.

A long table has a row per unit, coder and code; a wide one has a row per unit and a column per coder.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Ints
from coder.codebook import Codebook
from coder.coded_tables.code_lookup import read_codes
from coder.coded_tables.grammar import (
    CodedTable,
    blank,
    blind_of,
    columns_named,
    examples,
    is_heading,
    is_missing,
    polarities_of,
    text_of,
)
from coder.domain import POLARITIES
from coder.errors import TableError
from coder.phrasing import counted

CONTEXT = ("text", "question", "speaker")
NO_TRANSCRIPT = "(no transcript)"


@dataclass(frozen=True, slots=True)
class RatingOptions:
    """What of tables of codings is wanted: `codebook` (or plain `categories`), coders by name, who was assisted.

    `assisted` names coders who saw suggestions, or "all". `resample` is a column to resample by instead of the
    transcript. `first_line` is the category that may be the heading of the list.
    """

    codebook: Codebook | None = None
    categories: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    assisted: tuple[str, ...] = ()
    resample: str | None = None
    first_line: str = ""


@dataclass(slots=True)
class Problems:
    """Sentences about rows that could not be used, and remarks; files that could not be read at all."""

    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def row(self, where: str, number: int, text: str) -> None:
        """Add one problem of one row."""
        self.rows.append(f"{where} row {number}: {text}")


@dataclass(frozen=True, slots=True)
class Cells:
    """One line per unit and coder and cell of codes, all columns of equal length.

    `cell` is what stands in the table, `polarity` that of the row as its place in POLARITIES (-1: none).
    `coders` and `units` hold those of wide tables, so that a coder or unit without any coding is still known.
    """

    where: list[str]
    row: Ints
    unit: list[str]
    transcript: list[str | None]
    coder: list[str]
    cell: list[Any]
    polarity: Ints
    blind: NDArray[np.bool_]
    context: dict[str, list[str | None]]
    length: NDArray[np.float64]
    wide: bool
    coders: tuple[str, ...] = ()
    units: tuple[tuple[str | None, str], ...] = ()


def cells_of(table: CodedTable, options: RatingOptions, problems: Problems) -> Cells:
    """Return the rows of a table, long or wide, as one line per unit and coder (and code cell)."""
    if "unit" not in table.columns:
        raise TableError(
            f"{table.where} has no column 'unit' that says what was coded (it has: {table.has()})."
            " A long table has unit, coder, code; a wide one has unit and a column per coder."
        )
    if not len(table):
        raise TableError(f"{table.where} has no rows: there is nothing to compare.")
    if options.resample is not None and not columns_named(table.frame.columns, options.resample):
        raise TableError(
            f"{table.where} has no column '{options.resample}' to resample by (it has: {table.has()})."
        )
    problems.notes += table.notes
    long = "coder" in table.columns and "code" in table.columns
    return _long(table, options, problems) if long else _wide(table, options, problems)


def _row_numbers(table: CodedTable) -> Ints:
    known = "row_numbers" in table.frame.attrs or "first_row" in table.frame.attrs
    return np.array(table.row_numbers() if known else range(1, len(table) + 1), dtype=np.int64)


def _clusters(table: CodedTable, options: RatingOptions) -> list[str | None]:
    """Return each row's transcript, or its value of the column to resample by."""
    if options.resample is None:
        return table.texts("transcript")
    column = columns_named(table.frame.columns, options.resample)[0]
    return [text_of(value).strip() or None for value in table.frame[column].tolist()]


def _long(table: CodedTable, options: RatingOptions, problems: Problems) -> Cells:
    where, numbers = table.where, _row_numbers(table)
    units, coders = table.texts("unit"), table.texts("coder")
    named = np.ones(len(table), dtype=np.bool_)
    for name, values in (("unit", units), ("coder", coders)):
        for row in [row for row, value in enumerate(values) if value is None]:
            problems.row(where, int(numbers[row]), f"no {name} is named; the row is left out.")
            named[row] = False
    rows = np.flatnonzero(named)
    blind = _blind(table.texts("blind"), where, numbers, problems)
    cells = table.cells("code")
    unread = [name for name in table.columns.unread if name != options.resample]
    if unread:
        problems.notes.append(f"{where}: columns that were not read: {examples(unread)}.")
    return Cells(
        where=[where] * len(rows),
        row=numbers[rows],
        unit=[str(units[row]) for row in rows],
        transcript=_taken(_clusters(table, options), rows),
        coder=[str(coders[row]) for row in rows],
        cell=[cells[row] for row in rows],
        polarity=_polarities(table, numbers, problems)[rows],
        blind=blind[rows],
        context={name: _taken(table.texts(name), rows) for name in CONTEXT if name in table.columns},
        length=_lengths(table)[rows],
        wide=False,
    )


def _polarities(table: CodedTable, numbers: Ints, problems: Problems) -> Ints:
    """Return each row's polarity as its place in POLARITIES, -1 for none; words that are not known are named."""
    unknown: Counter[str] = Counter()
    values = table.cells("polarity")
    polarities = polarities_of(values, unknown)
    if unknown:
        for row, (value, polarity) in enumerate(zip(values, polarities, strict=True)):
            if polarity is None and not blank(value) and text_of(value).strip() in unknown:
                problems.row(
                    table.where,
                    int(numbers[row]),
                    f"polarity '{text_of(value)}' is not {', '.join(POLARITIES)}; it is left out, the code stays.",
                )
    indices = {name: index for index, name in enumerate(POLARITIES)}
    return np.array([-1 if name is None else indices[name] for name in polarities], dtype=np.int64)  # type: ignore[index]


def _taken(values: Sequence[str | None], rows: Ints) -> list[str | None]:
    return [values[row] for row in rows]


def _lengths(table: CodedTable) -> NDArray[np.float64]:
    """Return characters per row from start and end, else from the text; NaN where neither is known."""
    import pandas as pd

    if "start" in table.columns and "end" in table.columns:
        start, end = (
            pd.to_numeric(pd.Series(table.cells(role), dtype=object), errors="coerce")
            for role in ("start", "end")
        )
        return (end - start).to_numpy(dtype=np.float64, na_value=np.nan)
    texts = table.texts("text")
    return np.array([np.nan if text is None else len(text) for text in texts], dtype=np.float64)


def _blind(values: Sequence[str | None], where: str, numbers: Ints, problems: Problems) -> NDArray[np.bool_]:
    blind = np.ones(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        answer = blind_of(value)
        if answer is None:
            problems.row(where, int(numbers[row]), f"blind is '{value}', not yes or no; taken as not blind.")
        blind[row] = bool(answer)
    return blind


def _wide(table: CodedTable, options: RatingOptions, problems: Problems) -> Cells:
    where, numbers, units = table.where, _row_numbers(table), table.texts("unit")
    transcripts = _clusters(table, options)
    names = _coder_columns(table, options)
    wanted = [name for name in names if not options.coders or name in options.coders]
    if names and not wanted:
        raise TableError(
            f"{where} has no coder named {' or '.join(options.coders)}; its coders are {', '.join(names)}."
        )
    if not wanted:
        raise TableError(f"{where} has no column of a coder beside unit (it has: {table.has()}).")
    rows = _distinct_rows(units, transcripts, where, numbers, problems)
    parts = []
    for name in wanted:
        cells = _without_missing(table.frame[name].tolist(), name, where, options, problems)
        coded = np.array([row for row in rows if not blank(cells[row])], dtype=np.int64)
        parts.append((name, coded, [cells[row] for row in coded]))
    line = np.concatenate([coded for _, coded, _ in parts])
    silent = [name for name, coded, _ in parts if not len(coded)]
    problems.notes += [f"{where}: coder {name} has no coding at all." for name in silent]
    problems.notes += _no_coders(where, parts)
    return Cells(
        where=[where] * len(line),
        row=numbers[line],
        unit=[str(units[row]) for row in line],
        transcript=_taken(transcripts, line),
        coder=[name for name, coded, _ in parts for _ in range(len(coded))],
        cell=[cell for _, _, cells in parts for cell in cells],
        polarity=np.full(len(line), -1, dtype=np.int64),
        blind=np.ones(len(line), dtype=np.bool_),
        context={name: _taken(table.texts(name), line) for name in CONTEXT if name in table.columns},
        length=_lengths(table)[line],
        wide=True,
        coders=tuple(wanted),
        units=tuple((transcripts[row], str(units[row])) for row in rows),
    )


def _coder_columns(table: CodedTable, options: RatingOptions) -> list[str]:
    """Return the columns of a wide table that may be coders: those that are nothing else."""
    names = [str(name) for name in table.frame.columns]
    return [
        name
        for name in names
        if name in options.coders
        or not (is_heading(name) or name == table.columns.get("unit") or name == options.resample)
    ]


def _no_coders(where: str, parts: Sequence[tuple[str, Ints, list[Any]]]) -> list[str]:
    """Name columns taken for a coder that share no code with any other: they may be something else."""
    if len(parts) < 3:
        return []
    codes = {
        name: {code for row in read_codes(cells).rows for code, _ in row} for name, _, cells in parts if cells
    }
    odd = [
        name
        for name, used in codes.items()
        if used and not any(used & other for each, other in codes.items() if each != name)
    ]
    if not odd or len(odd) == len(codes):
        return []
    return [
        f"{where}: {examples(odd)} {'is' if len(odd) == 1 else 'are'} taken for coders but share no code with the"
        " others;"
        " if they are not coders, name those who are with --coder."
    ]


def _without_missing(
    cells: list[Any], name: str, where: str, options: RatingOptions, problems: Problems
) -> list[Any]:
    """Return a coder's cells with words for missing values, such as NA, None or a dot, as not looked at."""
    codes = {
        code.casefold() for code in options.categories or (options.codebook.ids if options.codebook else ())
    }
    missing_cells = [is_missing(cell) and cell.strip().casefold() not in codes for cell in cells]
    if not any(missing_cells):
        return cells
    words = list(
        dict.fromkeys(cell.strip() for cell, missing in zip(cells, missing_cells, strict=True) if missing)
    )
    problems.notes.append(
        f"{where}: {' or '.join(words)} in {counted(sum(missing_cells), 'cell')} of {name}: taken as not looked at."
    )
    return [None if missing else cell for cell, missing in zip(cells, missing_cells, strict=True)]


def _distinct_rows(
    units: Sequence[str | None],
    transcripts: Sequence[str | None],
    where: str,
    numbers: Ints,
    problems: Problems,
) -> list[int]:
    seen: dict[tuple[str | None, str], int] = {}
    rows = []
    for row, (unit, transcript) in enumerate(zip(units, transcripts, strict=True)):
        if unit is None:
            problems.row(where, int(numbers[row]), "no unit is named; the row is left out.")
        elif (transcript, unit) in seen:
            before = int(numbers[seen[transcript, unit]])
            problems.row(
                where,
                int(numbers[row]),
                f"unit {unit} is there already in row {before}; this row is left out.",
            )
        else:
            seen[transcript, unit] = row
            rows.append(row)
    return rows


def joined(parts: Sequence[Cells]) -> Cells:
    """Return the lines of several tables as one."""
    if len(parts) == 1:
        return parts[0]
    context = sorted({name for part in parts for name in part.context})
    return Cells(
        where=_chained(part.where for part in parts),
        row=np.concatenate([part.row for part in parts]),
        unit=_chained(part.unit for part in parts),
        transcript=_chained(part.transcript for part in parts),
        coder=_chained(part.coder for part in parts),
        cell=_chained(part.cell for part in parts),
        polarity=np.concatenate([part.polarity for part in parts]),
        blind=np.concatenate([part.blind for part in parts]),
        context={
            name: _chained(part.context.get(name, [None] * len(part.unit)) for part in parts)
            for name in context
        },
        length=np.concatenate([part.length for part in parts]),
        wide=any(part.wide for part in parts),
        coders=tuple(dict.fromkeys(name for part in parts for name in part.coders)),
        units=tuple(unit for part in parts for unit in part.units),
    )


def _chained(lists: Iterable[list[Any]]) -> list[Any]:
    return [item for part in lists for item in part]
