"""Lines of "coder gave unit these codes" -> the arrays of `Codings`, checked against the codebook."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coder.agreement.codings import ASSISTED, BLIND, Codings, Context
from coder.arrays import Ints
from coder.coded_tables.code_lookup import (
    CodeLookup,
    ReadCodes,
    alike_note,
    contradictions,
    lookup_among,
    lookup_in,
    read_codes,
    sided,
)
from coder.coded_tables.grammar import CodedTable, blank, columns_named, columns_of, examples, folded, text_of
from coder.coded_tables.rating_rows import NO_TRANSCRIPT, Cells, Problems, RatingOptions, cells_of
from coder.domain import ADJUDICATED, POLARITIES
from coder.errors import TableError

if TYPE_CHECKING:
    from pandas import DataFrame

SHOWN = 8
# Beside the headings of columns of codes: words that stand above the only column of a list of categories.
_OVER_A_LIST = frozenset(
    {"id", "category", "categories", "name", "names", "level", "levels", "value", "values"}
)


@dataclass(slots=True)
class Marks:
    """Codes given, one by one: the line each came from, the code and the polarity (-1: none).

    `bad_line` are the lines with a code that is not known.
    """

    line: Ints
    code: Ints
    polarity: Ints
    codes: tuple[str, ...]
    bad_line: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def codings_of_frame(frame: "DataFrame", options: RatingOptions) -> tuple[Codings, Problems]:
    """Take codings from a frame: `unit`, `coder`, `code` (or `codes`); optional `transcript`, `polarity`, `blind`.

    The seam for codings that are kept elsewhere, such as a study: one row per unit, coder and code, a row
    without code where a coder found nothing to code, no row where a coder did not look. `blind` False marks
    codings made with suggestions in sight. `text`, `question`, `speaker` are shown beside disagreements.
    """
    problems = Problems()
    table = CodedTable.of(frame, "codings")
    return arranged(cells_of(table, options, problems), options, problems), problems


def known_categories(frame: "DataFrame", where: str) -> tuple[tuple[str, ...], str]:
    """Return the categories of a list, in order, and the first line of its only column: a category or a heading.

    Of several columns, that of codes (or `id`, `category`) is the list, and its heading is none. Raises TableError
    for several columns of which none is known.
    """
    if len(frame.columns) == 1:
        first = str(frame.columns[0])
        return _names_in([first, *frame.iloc[:, 0].tolist()]), first.strip()
    known = columns_of(frame.columns).get("code")
    wanted = (
        [known] if known else [*columns_named(frame.columns, "id"), *columns_named(frame.columns, "category")]
    )
    if not wanted:
        raise TableError(
            f"{where}: no column is known as a list of codes (it has: {', '.join(map(str, frame.columns))})."
            " Call the column with the codes 'code'."
        )
    return _names_in(frame[str(wanted[0])].tolist()), ""


def _names_in(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text_of(value).strip() for value in cells if not blank(value)))


def marks_of(cells: Cells, options: RatingOptions, problems: Problems, *, units: bool = True) -> Marks:
    """Return the codes of the lines; those outside the codebook are named, and their lines are bad.

    `units`: the lines are codings of units, not passages. Raises TableError if the codebook has none of the codes.
    """
    lookup = _lookup(options)
    read = read_codes(cells.cell, lookup)
    where = " and ".join(dict.fromkeys(cells.where)) or "codings"
    problems.notes += read.notes(where)
    bad = sorted({line for lines in read.unknown.values() for line in lines})
    used = {code for row in set(read.rows) for code, _ in row}
    if lookup is not None and used and not used & {*lookup.ids}:
        raise TableError(
            f"The codebook has none of the codes of {where}: it has {examples(lookup.ids)}, the table has"
            f" {examples(sorted(used))}."
        )
    _name_unknown(cells, read, lookup, problems, units)
    order = lookup.ids if lookup else tuple(sorted(used, key=_numeric_first))
    if options.first_line in order and options.first_line not in used:
        order = _without_heading(order, options.first_line, problems)
    if lookup is None:
        problems.notes += alike_note(order, where)
    number_of = {code: number for number, code in enumerate(order)}
    signs: dict[str | None, int] = {name: number for number, name in enumerate(POLARITIES)} | {None: -1}
    columns = [None if side < 0 else POLARITIES[side] for side in cells.polarity.tolist()]
    problems.notes += contradictions(read.rows, columns, cells.row.tolist(), where)
    rows = list(zip(read.rows, columns, strict=True))
    sides = {row: sided(*row) for row in set(rows)}
    given = [
        (line, number_of[code], signs[side])
        for line, row in enumerate(rows)
        for code, side in sides[row].items()
        if code in number_of
    ]
    line, code, polarity = np.array(given, dtype=np.int64).reshape(-1, 3).T
    return Marks(line, code, polarity, order, np.array(bad, dtype=np.int64))


def _without_heading(order: tuple[str, ...], first: str, problems: Problems) -> tuple[str, ...]:
    """Return the categories without the first line of their list, which nobody used, if it is such a word."""
    if "code" in columns_of([first]) or folded(first) in _OVER_A_LIST:
        return tuple(name for name in order if name != first)
    problems.notes.append(
        f"The first line of the list of categories, '{first}', is taken as a category, though nobody used it; if it"
        " is a heading, call it 'code'."
    )
    return order


def _lookup(options: RatingOptions) -> CodeLookup | None:
    if options.codebook is not None:
        return lookup_in(options.codebook)
    return lookup_among(options.categories) if options.categories else None


def _numeric_first(code: str) -> tuple[int, float, str]:
    try:
        return 0, float(code), code
    except ValueError:
        return 1, 0.0, code


def _name_unknown(
    cells: Cells, read: ReadCodes, lookup: CodeLookup | None, problems: Problems, units: bool
) -> None:
    for line in sorted({line for lines in read.unknown.values() for line in lines}):
        for code, _ in read.rows[line]:
            if lookup is not None and code in read.unknown:
                likely = lookup.nearest(code)
                hint = f" (did you mean {likely}?)" if likely else ""
                problems.row(
                    cells.where[line],
                    int(cells.row[line]),
                    f"'{code}' is not in the codebook{hint}; {cells.coder[line]}'s "
                    + (
                        f"coding of unit {cells.unit[line]} counts as not rated."
                        if units
                        else "passage is left out."
                    ),
                )


def arranged(cells: Cells, options: RatingOptions, problems: Problems) -> Codings:
    """Return the codings of the lines; what cannot be used is added to `problems` and left out.

    A cell with a code outside the codebook counts as not rated: what its coder meant is unknown. Raises
    TableError for coders asked for who are not there, and if no line is left.
    """
    coder_of, coders = coders_of(cells, options, problems)
    unit_of, keys = _units(cells)
    marks = marks_of(cells, options, problems)
    usable = coder_of >= 0
    usable[marks.bad_line] = False
    if not usable.any():
        raise TableError("No coding is left to compare.", problems.rows[:SHOWN])
    cell_of = unit_of * len(coders) + coder_of
    state = np.zeros((len(keys), len(coders)), dtype=np.int8)
    blind = cells.blind & ~_assisted(coder_of, coders, options)
    np.maximum.at(state.ravel(), cell_of[usable], np.where(blind, BLIND, ASSISTED)[usable].astype(np.int8))
    _spoil(state, cell_of[marks.bad_line[coder_of[marks.bad_line] >= 0]])
    usable_marks = usable[marks.line] & (state.ravel()[cell_of[marks.line]] > 0)
    used = Marks(
        marks.line[usable_marks], marks.code[usable_marks], marks.polarity[usable_marks], marks.codes
    )
    mark_cell, mark_code, mark_polarity = _once(used, cells, cell_of, problems)
    _contradictions(cells, cell_of, usable, used, problems)
    polarities, mark_polarity = _used_polarities(mark_polarity)
    transcripts, transcript_of = _transcripts(keys)
    context, lengths = _context(cells, unit_of, len(keys))
    book = options.codebook
    return Codings(
        units=[unit for _, unit in keys],
        coders=coders,
        codes=marks.codes,
        state=state,
        mark_cell=mark_cell,
        mark_code=mark_code,
        mark_polarity=mark_polarity,
        polarities=polarities,
        transcripts=transcripts,
        transcript_of=transcript_of,
        lengths=lengths,
        parents=book.parents if book else {},
        context=context,
        labels=book.labels if book else {},
    )


def adjudicated_left_out(count: str = "") -> str:
    """Return the note that adjudicated codings are not compared; `count` says how many, with what parts it off."""
    return (
        "What is adjudicated is nobody's own coding: left out of the comparison"
        f" ({count}--coder {ADJUDICATED} compares it)."
    )


def coders_of(cells: Cells, options: RatingOptions, problems: Problems) -> tuple[Ints, tuple[str, ...]]:
    """Return each line's coder (-1: not wanted) and the coders; raises TableError for names not there."""
    present = tuple(dict.fromkeys([*cells.coders, *cells.coder]))
    for name in options.coders:
        if name not in present:
            raise TableError(f"There is no coder '{name}'; the table has {', '.join(present) or 'none'}.")
    for name in options.assisted:
        if name not in present and name != "all":
            raise TableError(
                f"There is no coder '{name}' to mark as assisted; the table has {', '.join(present)}."
            )
    folded: dict[str, list[str]] = {}
    for name in present:
        folded.setdefault(" ".join(name.casefold().split()), []).append(name)
    problems.notes += [
        f"Coders {' and '.join(repr(name) for name in names)} differ only in capitals or spaces: counted as"
        f" {len(names)} coders."
        for names in folded.values()
        if len(names) > 1
    ]
    settled = [name for name in present if name == ADJUDICATED and name not in options.coders]
    if settled and not options.coders:
        problems.notes.append(adjudicated_left_out())
    people = tuple(name for name in present if name not in settled)
    coders = options.coders or (people if cells.wide else tuple(sorted(people)))
    index = {name: number for number, name in enumerate(coders)}
    return np.array([index.get(name, -1) for name in cells.coder], dtype=np.int64), coders


def _units(cells: Cells) -> tuple[Ints, list[tuple[str | None, str]]]:
    index: dict[tuple[str | None, str], int] = {}
    for key in cells.units:
        index.setdefault(key, len(index))
    unit_numbers = [
        index.setdefault(key, len(index)) for key in zip(cells.transcript, cells.unit, strict=True)
    ]
    return np.array(unit_numbers, dtype=np.int64), list(index)


def _assisted(coder_of: Ints, coders: Sequence[str], options: RatingOptions) -> NDArray[np.bool_]:
    if "all" in options.assisted:
        return np.ones(len(coder_of), dtype=np.bool_)
    saw = np.array([name in options.assisted for name in coders] + [False])
    assisted: NDArray[np.bool_] = saw[coder_of]
    return assisted


def _spoil(state: NDArray[np.int8], cell_of: Ints) -> None:
    """Make cells with an unknown code not rated, also where another row of theirs was fine."""
    state.ravel()[cell_of] = 0


def _once(marks: Marks, cells: Cells, cell_of: Ints, problems: Problems) -> tuple[Ints, Ints, Ints]:
    """Return each unit, coder and code once; repeats are named, two polarities of one code become mixed."""
    key = cell_of[marks.line] * max(1, len(marks.codes)) + marks.code
    distinct, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    again = np.ones(len(key), dtype=np.bool_)
    again[first] = False
    repeated = np.flatnonzero(again)
    polarity = marks.polarity[first].copy()
    for mark in repeated.tolist():
        line = int(marks.line[mark])
        repeat, first_given = marks.polarity[mark], polarity[inverse[mark]]
        opposite = repeat >= 0 and first_given >= 0 and repeat != first_given
        what = "with another polarity: taken as mixed" if opposite else "again: counted once"
        if opposite:
            polarity[inverse[mark]] = POLARITIES.index("mixed")
        problems.row(
            cells.where[line],
            int(cells.row[line]),
            f"{cells.coder[line]} coded unit {cells.unit[line]} as {marks.codes[marks.code[mark]]} {what}.",
        )
    size = max(1, len(marks.codes))
    return distinct // size, distinct % size, polarity


def _contradictions(
    cells: Cells, cell_of: Ints, usable: NDArray[np.bool_], marks: Marks, problems: Problems
) -> None:
    """Name lines that say "nothing to code" where another line of the coder gives the unit a code."""
    coded = np.zeros(len(cells.unit), dtype=np.bool_)
    coded[marks.line] = True
    empty = np.flatnonzero(usable & ~coded)
    given = np.zeros(int(cell_of.max(initial=0)) + 1, dtype=np.bool_)
    given[cell_of[marks.line]] = True
    for line in empty[given[cell_of[empty]]].tolist():
        problems.row(
            cells.where[line],
            int(cells.row[line]),
            f"{cells.coder[line]} has unit {cells.unit[line]} without a code here and with one elsewhere;"
            " the code counts.",
        )


def _used_polarities(polarity: Ints) -> tuple[tuple[str, ...], Ints]:
    if not (polarity >= 0).any():
        return (), polarity
    mixed = bool((polarity == POLARITIES.index("mixed")).any())
    return POLARITIES if mixed else POLARITIES[:2], polarity


def _transcripts(keys: list[tuple[str | None, str]]) -> tuple[tuple[str, ...], Ints]:
    if all(transcript is None for transcript, _ in keys):
        return (), np.zeros(0, dtype=np.int64)
    index: dict[str, int] = {}
    numbers = [index.setdefault(transcript or NO_TRANSCRIPT, len(index)) for transcript, _ in keys]
    return tuple(index), np.array(numbers, dtype=np.int64)


def _context(cells: Cells, unit_of: Ints, units: int) -> tuple[Context, NDArray[np.float64] | None]:
    """Return each unit's text, question, speaker and length: those of the first line that has them."""
    columns: dict[str, list[str | None]] = {}
    for name, values in cells.context.items():
        column: list[str | None] = [None] * units
        for unit, value in zip(unit_of.tolist(), values, strict=True):
            if column[unit] is None:
                column[unit] = value
        columns[name] = column
    lengths = np.full(units, np.nan)
    known = ~np.isnan(cells.length)
    lengths[unit_of[known][::-1]] = cells.length[known][::-1]
    context = Context(
        texts=columns.get("text", ()),
        questions=columns.get("question", ()),
        speakers=columns.get("speaker", ()),
    )
    return context, None if np.isnan(lengths).any() else lengths
