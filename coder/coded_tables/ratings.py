"""Tables of codings, long or wide -> `Codings`; every problem is named with its file and row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coder.agreement.codings import Codings
from coder.codebook import Codebook
from coder.coded_tables.rating_cells import Cells, arranged
from coder.errors import TableError

if TYPE_CHECKING:
    from pandas import DataFrame

Ints = NDArray[np.int64]
CODE_COLUMNS = ("code", "codes")
CONTEXT = ("text", "question", "speaker")
NOT_CODERS = {
    "unit", "transcript", "text", "question", "speaker", "role", "turn", "start", "end", "time", "context",
    "label", "memo", "note", "notes", "comment", "utterance", "sentence", "polarity", "blind", "participant",
}  # fmt: skip
NA_WORDS = frozenset({"NA", "N/A", "#N/A", "NaN", "nan", "<NA>"})
BLIND_WORDS = {
    "": True, "true": True, "yes": True, "y": True, "1": True, "blind": True,
    "false": False, "no": False, "n": False, "0": False, "assisted": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the tables is wanted: `codebook` (or plain `categories`), coders by name, who was assisted.

    `assisted` names coders who saw suggestions, or "all". `resample` is a column to resample by instead of
    `transcript`.
    """

    codebook: Codebook | None = None
    categories: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    assisted: tuple[str, ...] = ()
    resample: str | None = None


@dataclass(slots=True)
class Problems:
    """Sentences about rows that could not be used, and remarks; files that could not be read at all."""

    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def row(self, where: str, number: int, text: str) -> None:
        """Add one problem of one row."""
        self.rows.append(f"{where} row {number}: {text}")


def codings_of_frame(frame: "DataFrame", choice: Choice) -> tuple[Codings, Problems]:
    """Take codings from a frame: `unit`, `coder`, `code` (or `codes`); optional `transcript`, `polarity`, `blind`.

    The seam for codings that are kept elsewhere, such as a study: one row per unit, coder and code, a row
    without code where a coder found nothing to code, no row where a coder did not look. `blind` False marks
    codings made with suggestions in sight. `text`, `question`, `speaker` are shown beside disagreements.
    """
    problems = Problems()
    return arranged(cells_of(frame, "codings", choice, problems), choice, problems), problems


def cells_of(frame: "DataFrame", where: str, choice: Choice, problems: Problems) -> Cells:
    """Return the rows of a table, long or wide, as one line per unit and coder (and code cell)."""
    names = {str(name).strip().casefold(): name for name in frame.columns}
    frame = frame.rename(columns={original: plain for plain, original in names.items() if plain in NOT_CODERS
                                  or plain in ("coder", *CODE_COLUMNS)})  # fmt: skip
    if "unit" not in frame.columns:
        raise TableError(
            f"{where} has no column 'unit' that says what was coded (it has: {', '.join(map(str, frame.columns))})."
            " A long table has unit, coder, code; a wide one has unit and a column per coder."
        )
    if not len(frame):
        raise TableError(f"{where} has no rows: there is nothing to compare.")
    if choice.resample is not None and choice.resample not in frame.columns:
        raise TableError(
            f"{where} has no column '{choice.resample}' to resample by (it has:"
            f" {', '.join(map(str, frame.columns))})."
        )
    code = next((name for name in CODE_COLUMNS if name in frame.columns), None)
    if "coder" in frame.columns and code is not None:
        return _long(frame, code, where, choice, problems)
    return _wide(frame, where, choice, problems)


def _row_numbers(frame: "DataFrame") -> Ints:
    numbers = frame.attrs.get("row_numbers")
    return np.arange(1, len(frame) + 1) if numbers is None else np.asarray(numbers, dtype=np.int64)


def _texts(frame: "DataFrame", name: str | None) -> list[str | None]:
    """Return a column as stripped texts, None where empty or where there is no such column."""
    if name is None or name not in frame.columns:
        return [None] * len(frame)
    return [
        (value.strip() or None) if type(value) is str else None if blank(value) else str(value).strip()
        for value in frame[name].tolist()
    ]


def blank(value: Any) -> bool:
    """Return whether a cell is empty: None, NaN or only spaces; an empty list is not."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, str) and (not value or value.isspace())


def _long(frame: "DataFrame", code: str, where: str, choice: Choice, problems: Problems) -> Cells:
    numbers = _row_numbers(frame)
    units, coders = _texts(frame, "unit"), _texts(frame, "coder")
    kept = np.ones(len(frame), dtype=np.bool_)
    for name, values in (("unit", units), ("coder", coders)):
        for row in [row for row, value in enumerate(values) if value is None]:
            problems.row(where, int(numbers[row]), f"no {name} is named; the row is left out.")
            kept[row] = False
    rows = np.flatnonzero(kept)
    blind = _blind(_texts(frame, "blind"), where, numbers, problems)
    cells = frame[code].tolist()
    return Cells(
        where=[where] * len(rows),
        row=numbers[rows],
        unit=[str(units[row]) for row in rows],
        transcript=_taken(_texts(frame, choice.resample or "transcript"), rows),
        coder=[str(coders[row]) for row in rows],
        cell=["-" if blank(cells[row]) else cells[row] for row in rows],
        polarity=_taken(_texts(frame, "polarity"), rows),
        blind=blind[rows],
        context={name: _taken(_texts(frame, name), rows) for name in CONTEXT if name in frame.columns},
        length=_lengths(frame)[rows],
        wide=False,
    )


def _taken(values: list[str | None], rows: Ints) -> list[str | None]:
    return [values[row] for row in rows]


def _lengths(frame: "DataFrame") -> NDArray[np.float64]:
    """Return characters per row from start and end, else from the text; NaN where neither is known."""
    import pandas as pd

    if {"start", "end"} <= set(frame.columns):
        span = pd.to_numeric(frame["end"], errors="coerce") - pd.to_numeric(frame["start"], errors="coerce")
        return span.to_numpy(dtype=np.float64, na_value=np.nan)
    texts = _texts(frame, "text")
    return np.array([np.nan if text is None else len(text) for text in texts], dtype=np.float64)


def _blind(values: Sequence[str | None], where: str, numbers: Ints, problems: Problems) -> NDArray[np.bool_]:
    found = np.ones(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        said = (value or "").casefold()
        if said not in BLIND_WORDS:
            problems.row(where, int(numbers[row]), f"blind is '{value}', not yes or no; taken as not blind.")
        found[row] = BLIND_WORDS.get(said, False)
    return found


def _wide(frame: "DataFrame", where: str, choice: Choice, problems: Problems) -> Cells:
    numbers, units = _row_numbers(frame), _texts(frame, "unit")
    transcripts = _texts(frame, choice.resample or "transcript")
    names = [name for name in map(str, frame.columns) if name not in NOT_CODERS and name != choice.resample]
    wanted = [name for name in names if not choice.coders or name in choice.coders]
    if names and not wanted:
        raise TableError(
            f"{where} has no coder named {' or '.join(choice.coders)}; its coders are {', '.join(names)}."
        )
    if not wanted:
        raise TableError(
            f"{where} has no column of a coder beside unit (it has: {', '.join(map(str, frame.columns))})."
        )
    rows = _distinct_rows(units, transcripts, where, numbers, problems)
    parts = []
    for name in wanted:
        cells = _without_na(frame[name].tolist(), name, where, choice, problems)
        own = np.array(
            [row for row in rows if cells[row] is not None and not blank(cells[row])], dtype=np.int64
        )
        parts.append((name, own, [cells[row] for row in own]))
    line = np.concatenate([own for _, own, _ in parts])
    silent = [name for name, own, _ in parts if not len(own)]
    problems.notes += [f"{where}: coder {name} has no coding at all." for name in silent]
    return Cells(
        where=[where] * len(line),
        row=numbers[line],
        unit=[str(units[row]) for row in line],
        transcript=_taken(transcripts, line),
        coder=[name for name, own, _ in parts for _ in range(len(own))],
        cell=[cell for _, _, cells in parts for cell in cells],
        polarity=[None] * len(line),
        blind=np.ones(len(line), dtype=np.bool_),
        context={name: _taken(_texts(frame, name), line) for name in CONTEXT if name in frame.columns},
        length=_lengths(frame)[line],
        wide=True,
        coders=tuple(wanted),
        units=tuple((transcripts[row], str(units[row])) for row in rows),
    )


def _without_na(cells: list[Any], name: str, where: str, choice: Choice, problems: Problems) -> list[Any]:
    """Return a coder's cells with NA, as other programs write missing values, as not looked at."""
    codes = choice.categories or (choice.codebook.ids if choice.codebook else ())
    found = [type(cell) is str and cell in NA_WORDS and cell not in codes for cell in cells]
    if not any(found):
        return cells
    problems.notes.append(f"{where}: {sum(found)} cells of {name} say NA and count as not looked at.")
    return [None if missing else cell for cell, missing in zip(cells, found, strict=True)]


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
        polarity=_chained(part.polarity for part in parts),
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


def known_categories(frame: "DataFrame") -> tuple[str, ...]:
    """Return the first column of a table of categories, in order, or its `code` or `id` column."""
    names: Mapping[str, Any] = {str(name).strip().casefold(): name for name in frame.columns}
    column = next((names[name] for name in ("code", "id", "category") if name in names), frame.columns[0])
    values = [str(value).strip() for value in frame[column].tolist() if not blank(value)]
    return tuple(dict.fromkeys(values))
