"""Adjudicated codes into a study from a table: the disagreements of `coder agreement -o`, filled in, or an export."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coder.codebook import Codebook
from coder.coded_tables.code_lookup import Given, contradictions, lookup_in, read_codes, sided
from coder.coded_tables.grammar import CodedTable, columns_named, open_table, polarities_of, text_of
from coder.domain import ADJUDICATED
from coder.errors import StudyError, TableError
from coder.phrasing import counted, few, listed
from coder.store import Study
from coder.store.values import DECIDED, Provenance, UnitState
from coder.workflow.study.decide import Adjudication, adjudicate_all
from coder.workflow.study.import_codings import check_row, unread_columns
from coder.workflow.study.passages import Placing, UnplacedError, place
from coder.workflow.study.transcript_names import renamed_note

AGREED = "agreed"  # the column of the list of disagreements that is left to be filled in
# The columns of the list of disagreements beside the coders' own (`reporting.agreement.disagreement_rows`).
LIST = ("number", "transcript", "unit", "kind", "pair", "speaker", "question", "text", AGREED)
SHOWN = 3  # rows that a note gives as examples
FROM_TABLE = Provenance(note="adjudicated in a table")

Codes = dict[str, str | None]
ByCoder = Mapping[tuple[str, int], Sequence[Codes]]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that could be used: what it decides, and where somebody is named, whose row it is."""

    number: int
    codes: Codes
    memo: str
    coder: str


@dataclass(slots=True)
class _Read:
    """The rows of a table by the utterance they speak of: those that count, and the numbers of those that do not."""

    used: defaultdict[int, list[_Row]] = field(default_factory=lambda: defaultdict(list))
    refused: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class AdjudicatedReport:
    """What came of a table of adjudicated codes.

    `settled` utterances were adjudicated now (`anew` of them had been before, otherwise), `unchanged` stood so
    already; `empty` rows have no decision yet. `problems` name each row that was left out.
    """

    coder: str
    settled: int = 0
    anew: int = 0
    unchanged: int = 0
    empty: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return what happened, for people."""
        said = f"Adjudicated by {self.coder}: {counted(self.settled, 'utterance')}"
        said += f" ({self.anew} of them anew)" if self.anew else ""
        said += f"; {self.unchanged} stood so before" if self.unchanged else ""
        said += f"; {counted(self.empty, 'row')} without a decision left open" if self.empty else ""
        return f"{said}."


def import_adjudicated(study: Study, path: str | Path, coder: str | None) -> AdjudicatedReport:
    """Take over what a table says that stands for good, as one act of `coder` that one undo takes back.

    The codes are in the column `agreed` (of the list of disagreements that `coder agreement` writes), else in
    `code`. `-` is nothing to code. An empty cell leaves an utterance as it is, but in rows of the coder
    "adjudicated", as `coder export` writes them, it is nothing to code. Rows stand by `transcript` and `unit` (the
    utterance's number), by `start` and `end`, or by `text`. An utterance is left as it is if one of its rows cannot
    be used, if its rows contradict each other, or if a coder decided on it anew since the list was written.

    Raises StudyError if nobody is named, TableError if columns are missing.
    """
    if coder is None:
        raise StudyError("Say who adjudicated: add --coder NAME (the page and the history name them).")
    table, given = _opened(study, Path(path))
    report = AdjudicatedReport(study.people.add_coder(coder), notes=[*table.notes, *unread_columns(table)])
    book = study.codebooks.current()
    wanted = _wanted(_read(study, table, given, report), given is not None, report)
    standing = study.acts.states(ADJUDICATED, sorted(wanted))
    changed, replaced, plain = [], list[str](), list[int]()
    for unit, row in wanted.items():
        state = standing[unit]
        if state.state in DECIDED and _stands(state, row):
            report.unchanged += 1
            continue
        report.settled += 1
        if state.state in DECIDED:
            report.anew += 1
            before = _said({item.code: item.polarity for item in state.codes})
            replaced.append(f"row {row.number} ({before} before, now {_said(row.codes)})")
        plain += [row.number for side in row.codes.values() if book.polarity and side is None]
        changed.append(Adjudication(unit, list(row.codes.items()), memo=row.memo))
    if changed:
        adjudicate_all(study, report.coder, changed, provenance=FROM_TABLE)
    if replaced:
        report.notes.append(f"{table.where}: adjudicated anew: {few(replaced, SHOWN)}.")
    if plain:
        report.notes.append(
            f"{table.where}: {counted(len(plain), 'code')} without a polarity, the first in row {plain[0]}. To give"
            f" one, write it as code:{book.polarity[0]} and import the table again."
        )
    return report


def _stands(state: UnitState, row: _Row) -> bool:
    memos = {item.memo for item in state.codes}
    same = {item.code: item.polarity for item in state.codes} == row.codes
    return same and (not row.memo or not memos or row.memo in memos)


def _said(codes: Codes) -> str:
    return "; ".join(f"{code}:{side}" if side else code for code, side in codes.items()) or "nothing to code"


def _opened(study: Study, path: Path) -> tuple[CodedTable, dict[str, list[object]] | None]:
    """Return the table, and where it is the list of disagreements, what it says each coder of the study had given."""
    table = open_table(path, AGREED, where=path.name)
    agreed = columns_named(table.frame.columns, AGREED)
    if not agreed and "code" not in table.columns:
        raise TableError(
            f"{path.name} has no column '{AGREED}' or 'code' (it has: {table.has()}). Fill in the column '{AGREED}'"
            " of the disagreements: coder agreement STUDY.coder -o disagreements.xlsx"
        )
    if not agreed:
        return table, None
    coders, frame = study.people.coders(), table.frame
    if not set(LIST) <= set(frame.columns):
        return replace(CodedTable.of(frame, path.name, given={"code": agreed[0]}), notes=table.notes), {}
    # A coder may be called like a heading, so the coders' columns are taken out before headings are read.
    theirs = [name for name in frame.columns if name not in LIST and name in coders]
    others = [name for name in frame.columns if name == ADJUDICATED or str(name).startswith("model ")]
    kept = frame.drop(columns=[*theirs, *others, "number", "kind", "pair"])
    kept.attrs = dict(frame.attrs)
    given = {"code": AGREED, "transcript": "transcript", "unit": "unit", "text": "text"}
    opened = replace(CodedTable.of(kept, path.name, given=given), notes=table.notes)
    return opened, {name: frame[name].tolist() for name in theirs}


def _read(
    study: Study, table: CodedTable, given: Mapping[str, Sequence[object]] | None, report: AdjudicatedReport
) -> _Read:
    """Return the rows of a table by utterance; what cannot be used goes into the report."""
    book, placing, read = study.codebooks.current(), Placing(study), _Read()
    codes = read_codes(table.cells("code"), lookup_in(book))
    unknown = Counter[str]()
    polarities = polarities_of(table.cells("polarity"), unknown)
    if book.polarity:
        report.notes += contradictions(codes.rows, polarities, table.row_numbers(), table.where)
    coders = [name or "" for name in table.texts("coder")]
    exported = given is None and ADJUDICATED in map(str.casefold, coders)
    said, held = _sides_listed(given or {}, book), _sides_held(study) if given else {}
    roles = ("code", "text", "transcript", "start", "end", "unit", "polarity", "memo")
    columns = {role: table.cells(role) for role in roles}
    for at, number in enumerate(table.row_numbers()):
        cells = {role: values[at] for role, values in columns.items()}
        if exported and coders[at].casefold() != ADJUDICATED:
            continue
        if not exported and not text_of(cells["code"]).strip():
            report.empty += 1
            continue
        units: list[int] = []
        try:
            units = _units(cells, placing)
            check_row(codes.rows[at], text_of(cells["polarity"]).strip(), unknown, book)
            _refuse_undecided(study, units)
            _refuse_stale(units, {name: sides[at] for name, sides in said.items()}, held)
        except UnplacedError as problem:
            report.problems.append(f"row {number}: {problem}")
            maybe = [unit for spot in problem.places for unit in placing.covered(*spot)]
            for unit in units or maybe:
                read.refused[unit].append(number)
            continue
        row = _Row(
            number, _sides(codes.rows[at], polarities[at], book), text_of(cells["memo"]).strip(), coders[at]
        )
        for unit in units:
            read.used[unit].append(row)
    report.notes += renamed_note(study, placing.renamed)
    return read


def _wanted(read: _Read, listed_once: bool, report: AdjudicatedReport) -> dict[int, _Row]:
    """Return what stands for each utterance: its rows together, unless one was refused or they contradict.

    `listed_once`: each row is a whole decision, as in the list of disagreements, not one code of several.
    """
    wanted: dict[int, _Row] = {}
    problems: dict[str, None] = {}
    for unit, rows in read.used.items():
        names = f"row{'s' if len(rows) > 1 else ''} {listed([str(row.number) for row in rows])}"
        if unit in read.refused:
            refused = listed(sorted({str(number) for number in read.refused[unit]}))
            problems[
                f"{names}: left out, too: the utterance is row {refused}'s as well, which cannot be used"
            ] = None
        elif _contradict(rows, listed_once):
            said = listed(list(dict.fromkeys(f"'{_said(row.codes)}'" for row in rows)))
            problems[f"{names}: decide one utterance differently ({said}); it is left as it is"] = None
        else:
            codes = {code: side for row in rows for code, side in row.codes.items()}
            memo = "\n".join(dict.fromkeys(row.memo for row in rows if row.memo))
            wanted[unit] = _Row(rows[0].number, codes, memo, rows[0].coder)
    report.problems += problems
    return wanted


def _contradict(rows: Sequence[_Row], whole: bool) -> bool:
    """Tell whether rows of one utterance cannot all stand."""
    if all(row.codes == rows[0].codes for row in rows):
        return False
    sides: dict[str, set[str | None]] = defaultdict(set)
    for row in rows:
        for code, side in row.codes.items():
            sides[code].add(side)
    several = whole or len({row.coder for row in rows}) > 1
    return several or not all(row.codes for row in rows) or any(len(given) > 1 for given in sides.values())


def _sides(codes: Sequence[Given], polarity: str | None, book: Codebook) -> Codes:
    return sided(codes, polarity) if book.polarity else dict.fromkeys(code for code, _ in codes)


def _sides_listed(
    given: Mapping[str, Sequence[object]], book: Codebook
) -> dict[str, list[tuple[Codes, bool] | None]]:
    """Return what a list of disagreements says each coder gave, row by row, and whether with polarities.

    None where it says nothing, or names what is no code, as components are.
    """
    read = {name: read_codes(cells, lookup_in(book)) for name, cells in given.items()}
    signed = any(side for codes in read.values() for row in codes.rows for _, side in row)
    said: dict[str, list[tuple[Codes, bool] | None]] = {}
    for name, codes in read.items():
        strange = {at for rows in codes.unknown.values() for at in rows}
        said[name] = [
            (dict(row), signed) if text_of(cell).strip() and at not in strange else None
            for at, (cell, row) in enumerate(zip(given[name], codes.rows, strict=True))
        ]
    return said


def _sides_held(study: Study) -> ByCoder:
    """Return the codes of each coder on each utterance as agreement may list them: blind, and as they stand."""
    held: defaultdict[tuple[str, int], list[Codes]] = defaultdict(list)
    for item in [*study.blind(), *study.confirmed()]:
        held[item.coder, item.utterance].append(dict(item.codes))
    return held


def _refuse_stale(units: Sequence[int], said: Mapping[str, tuple[Codes, bool] | None], held: ByCoder) -> None:
    """Raise UnplacedError if a coder's codes are not what the list says, which whoever adjudicated had in view."""
    for name, listing in said.items():
        if listing is None:
            continue
        codes, signed = listing
        for unit in units:
            now = held.get((name, unit), ())
            if not any(codes == item if signed else codes.keys() == item.keys() for item in now):
                stands = _said(now[-1]) if now else "no decision"
                raise UnplacedError(
                    f"{name} has decided anew since the list was written (in the list: {_said(codes)}; by now:"
                    f" {stands}); write the list again with coder agreement"
                )


def _units(cells: dict[str, object], placing: Placing) -> list[int]:
    """Return the utterances of a row: by number where the words are the same, else by place or words."""
    homes = placing.meant(text_of(cells["transcript"]).strip())
    number, words = text_of(cells["unit"]).strip(), text_of(cells["text"]).split()
    if len(homes) == 1 and number.isdecimal():
        spans, known = placing.load(homes[0]).text, placing.units[homes[0]]
        for key, at, start, end in zip(known.ids, known.numbers, known.starts, known.ends, strict=True):
            if at + 1 == int(number) and (not words or spans[start:end].split() == words):
                return [key]
    units = placing.covered(*place(cells, placing))
    if not units:
        raise UnplacedError("the passage holds only the interviewer's words, backchannels or headings")
    return units


def _refuse_undecided(study: Study, units: Sequence[int]) -> None:
    deciders = study.acts.deciders(units)
    if not any(name != ADJUDICATED for unit in units for name in deciders[unit]):
        raise UnplacedError("no coder has decided on this utterance; there is nothing to adjudicate")
