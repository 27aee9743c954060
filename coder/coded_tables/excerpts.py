"""Coded excerpts: tables of text and human codes made ready for training and evaluation.

A table has `text`, and `code` or `codes` (several joined by `;`, or a JSON list; empty = looked at, nothing to
code); optional `polarity`, `question`, `coder`, `study`, `unit`, and a column that names the group of a row for
held-out splits. Rows that say the same of one passage are joined: its codes add up, and where several coders coded
it, what at least half of them said stands and the row weighs by how far they agree.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Code, Codebook
from coder.coded_tables.excerpt_cells import (
    HOME_COLUMNS,
    alike,
    codes_of,
    columns_named,
    meant_for,
    polarities_of,
    rows_said,
    same_codes,
    spellings,
    text_of,
    unjoined,
    with_known_names,
)
from coder.coded_tables.excerpt_passages import joined, repeated
from coder.domain import POLARITIES
from coder.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from coder.learning import TrainingSet

GROUP_COLUMNS = (*HOME_COLUMNS, "study")
SHOWN = 10  # problems of a table that are told one by one


@dataclass(frozen=True)
class Excerpt:
    """One passage with what people said of it, and the table and row it came from.

    `home` is the transcript or participant whose words it is (empty where the table does not say); `code_rows` has
    the first row that gives each code; `votes` has the codes of each named coder where several rows were joined.
    """

    row: int
    text: str
    codes: frozenset[str]
    polarity: str | None
    question: str | None
    group: str
    study: str
    coders: tuple[str, ...] = ()
    weight: float = 1.0
    cells: Mapping[str, Any] = field(default_factory=dict)
    home: str = ""
    table: str = ""
    code_rows: Mapping[str, int] = field(default_factory=dict)
    votes: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Table:
    """A table whose columns are known: those of codes, of groups, and of transcripts or participants."""

    frame: "pd.DataFrame"
    where: str
    study: str
    codes: str
    group: str | None
    home: str | None
    notes: tuple[str, ...]

    def studies(self) -> set[str]:
        """Return the studies of its rows."""
        if "study" not in self.frame:
            return {self.study}
        return {text_of(value).strip() or self.study for value in self.frame["study"]}

    def row_numbers(self) -> Sequence[int]:
        """Return the rows' numbers as a spreadsheet or editor shows them."""
        known: Sequence[int] | None = self.frame.attrs.get("row_numbers")
        if known is not None and len(known) == len(self.frame):
            return known
        first = int(self.frame.attrs.get("first_row", 2))
        return range(first, first + len(self.frame))


def read_excerpts(paths: Sequence[str | Path], group: str | None = None) -> tuple[list[Excerpt], list[str]]:
    """Read coded excerpts from tables; returns them with notes on what was joined, left out or repeated.

    Where several studies come together, transcripts and participants are kept apart by study ("study: P1").
    Raises TableError if a table lacks its columns, or no row can be used.
    """
    from coder.reading.tables.read import read_table

    files = [Path(path) for path in paths]
    tables = [
        _table(read_table(path, needed=["text"]), str(path), group, study)
        for path, study in zip(files, _study_names(files), strict=True)
    ]
    return _collected(tables)


def _study_names(paths: Sequence[Path]) -> list[str]:
    """Return what to call the study of each file: its name, with the folder where names come twice."""
    times = Counter(path.stem for path in paths)
    names = [path.stem if times[path.stem] == 1 else f"{path.parent.name}/{path.stem}" for path in paths]
    return [name if names.count(name) == 1 else str(path) for name, path in zip(names, paths, strict=True)]


def excerpts_of(
    frame: "pd.DataFrame", *, where: str = "the table", group: str | None = None, study: str = ""
) -> tuple[list[Excerpt], list[str]]:
    """Turn a frame of coded excerpts into values; `study` names the topic of rows that do not say theirs.

    Raises TableError.
    """
    attrs = dict(frame.attrs)
    frame = frame.astype(object).where(frame.notna(), None)
    frame.attrs = attrs
    return _collected([_table(frame, where, group, study)])


def _table(frame: "pd.DataFrame", where: str, group: str | None, study: str) -> _Table:
    frame = with_known_names(frame)
    column = "codes" if "codes" in frame else "code"
    missing = [name for name in ("text", column) if name not in frame]
    has = ", ".join(map(str, frame.columns))
    if missing:
        raise TableError(
            f"{where} has no column {' and '.join(missing)} (it has: {has}). Rename the columns."
        )
    grouping = next((name for name in GROUP_COLUMNS if name in frame), None)
    if group is not None:
        grouping = next(iter(columns_named(frame.columns, group)), None)
        if grouping is None:
            raise TableError(f"{where} has no column '{group}' to group by (it has: {has}).")
    both = column == "codes" and "code" in frame
    notes = [f"{where} has both 'codes' and 'code': 'codes' was used."] if both else []
    home = next((name for name in HOME_COLUMNS if name in frame), None)
    return _Table(frame, where, study, column, grouping, home, tuple(notes))


def _collected(tables: Sequence[_Table]) -> tuple[list[Excerpt], list[str]]:
    apart = len({name for table in tables for name in table.studies()}) > 1
    excerpts: list[Excerpt] = []
    notes: list[str] = []
    for table in tables:
        found, said = _excerpts(table, apart=apart)
        excerpts += found
        notes += said
    return excerpts, [*notes, *repeated(excerpts)]


def _excerpts(table: _Table, *, apart: bool) -> tuple[list[Excerpt], list[str]]:
    """Return the excerpts of one table with notes; `apart` keeps people and transcripts apart by study."""
    nothing: Counter[str] = Counter()
    sideways: Counter[str] = Counter()
    records = table.frame.to_dict("records")
    codes, parted = unjoined([codes_of(cells[table.codes], nothing) for cells in records])
    said = [cells.get("polarity") for cells in records]
    found, problems = [], []
    rows = zip(table.row_numbers(), records, codes, polarities_of(said, sideways), strict=True)
    for row, cells, names, polarity in rows:
        if text_of(cells["text"]).strip():
            held = {str(name): value for name, value in cells.items()}
            found.append(_excerpt(table, row, held, names, polarity, apart=apart))
        else:
            problems.append(f"Row {row} has no text.")
    if not found:
        raise TableError(f"{table.where} has no row with a text.", problems[:20])
    passages = joined(found)
    notes = [*table.notes]
    if problems:
        notes.append(f"{table.where}: {rows_said(len(problems))} left out: " + " ".join(problems[:SHOWN]))
    notes += _words_noted(table.where, nothing, sideways, parted)
    if len(passages) < len(found):
        notes.append(
            f"{table.where}: {len(found)} rows speak of {len(passages)} passages; rows of one passage were joined."
        )
    return passages, notes


def _words_noted(where: str, nothing: Counter[str], sideways: Counter[str], parted: int) -> list[str]:
    notes = []
    words = [f"'{word}' ({rows_said(count)})" for word, count in nothing.most_common() if word != "-"]
    if words:
        notes.append(f"{where}: read as nothing to code: {', '.join(words[:SHOWN])}.")
    if parted:
        notes.append(
            f"{where}: codes joined by a comma or bar ({rows_said(parted)}) were read as several, like 'a;b'."
        )
    notes += [
        f"{where}: polarity '{word}' ({rows_said(count)}) is not {', '.join(POLARITIES[:-1])} or {POLARITIES[-1]};"
        " the rows keep their codes, their polarity is taken as unknown."
        for word, count in sideways.most_common(SHOWN)
    ]
    return notes


def _excerpt(
    table: _Table,
    row: int,
    cells: Mapping[str, Any],
    codes: frozenset[str],
    polarity: str | None,
    *,
    apart: bool,
) -> Excerpt:
    study = text_of(cells.get("study")).strip() or table.study
    group = text_of(cells[table.group]).strip() if table.group else ""
    if group and apart and table.group in HOME_COLUMNS:
        group = f"{study}: {group}"
    return Excerpt(
        row=row,
        text=text_of(cells["text"]),
        codes=codes,
        polarity=polarity,
        question=text_of(cells.get("question")) or None,
        group=group or f"row {row} of {study or table.where}",
        study=study,
        coders=tuple(filter(None, [text_of(cells.get("coder"))])),
        cells=cells,
        home=text_of(cells[table.home]).strip() if table.home else "",
        table=table.where,
        code_rows=dict.fromkeys(codes, row),
    )


def codebook_for(excerpts: Sequence[Excerpt], codebook: Codebook | None) -> tuple[Codebook, list[str]]:
    """Return the given codebook, else COM-B if it has all codes used, else one made of the codes' names.

    A made codebook has no definitions, so a model can only learn from the excerpts: the note says so.
    Raises TableError where COM-B seems to be meant but some codes are not its own.
    """
    from coder.codebook import load_codebook

    if codebook is not None:
        return codebook, []
    comb = load_codebook("comb")
    known = spellings(comb)
    used = sorted({code for excerpt in excerpts for code in same_codes(excerpt.codes, known)})
    if set(used) <= set(comb.ids):
        return comb, []
    if meant_for(comb, used):
        training_set(excerpts, comb)  # raises, with the ids most likely meant
    axis = tuple(POLARITIES) if any(excerpt.polarity for excerpt in excerpts) else ()
    made = Codebook(
        "codes of the table", tuple(Code(name, name.replace("_", " ")) for name in used), polarity=axis
    )
    twins = [f"'{name}' and '{other}'" for name, other in alike(used)[:SHOWN]]
    return made, [
        f"No codebook given: made one of the {len(used)} codes used."
        " A codebook with definitions (--codebook FILE) makes models better.",
        *(
            [f"Codes spelt almost alike: {', '.join(twins)}. Spell them alike if they are one."]
            if twins
            else []
        ),
    ]


def training_set(excerpts: Sequence[Excerpt], codebook: Codebook) -> "TrainingSet":
    """Return excerpts as a training set; codes may be given by id or label.

    Raises TableError naming each unknown code with its table and rows and the id most likely meant.
    """
    from coder.learning import TrainingSet, label_matrix

    known = spellings(codebook)

    def place(at: int, code: str) -> tuple[str, int]:
        item = excerpts[at]
        return item.table, item.code_rows.get(code, item.row)

    return TrainingSet(
        texts=[item.text for item in excerpts],
        labels=label_matrix([sorted(same_codes(item.codes, known)) for item in excerpts], codebook, place),
        polarity=[item.polarity for item in excerpts],
        questions=[item.question for item in excerpts],
        groups=[item.group for item in excerpts],
        studies=[item.study for item in excerpts],
        weights=[item.weight for item in excerpts],
        coders=[" & ".join(item.coders) or None for item in excerpts],
    )
