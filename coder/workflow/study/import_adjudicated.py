"""Adjudicated codes into a study from a table: the disagreements of `coder agreement -o`, filled in, or an export."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coder.coded_tables.code_lookup import Given, lookup_in, read_codes
from coder.coded_tables.grammar import CodedTable, columns_named, open_table, polarities_of, text_of
from coder.domain import ADJUDICATED
from coder.errors import StudyError, TableError
from coder.phrasing import counted
from coder.store import Study
from coder.store.values import DECIDED, Provenance
from coder.workflow.study.decide import Adjudication, adjudicate_all
from coder.workflow.study.passages import Placing, UnplacedError, place

AGREED = "agreed"  # the column of the list of disagreements that is left to be filled in
FROM_TABLE = Provenance(note="adjudicated in a table")

Codes = dict[str, str | None]


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
    utterance's number), by `start` and `end`, or by `text`.

    Raises StudyError if nobody is named, TableError if columns are missing.
    """
    if coder is None:
        raise StudyError("Say who adjudicated: add --coder NAME (the page and the history name them).")
    table = _opened(Path(path))
    report = AdjudicatedReport(study.people.add_coder(coder), notes=list(table.notes))
    wanted = _wanted(study, table, report)
    standing = study.acts.states(ADJUDICATED, sorted(wanted))
    changed = []
    for unit, codes in wanted.items():
        state = standing[unit]
        if state.state in DECIDED and {item.code: item.polarity for item in state.codes} == codes:
            report.unchanged += 1
            continue
        report.settled += 1
        report.anew += state.state in DECIDED
        changed.append(Adjudication(unit, list(codes.items())))
    if changed:
        adjudicate_all(study, report.coder, changed, provenance=FROM_TABLE)
    return report


def _opened(path: Path) -> CodedTable:
    table = open_table(path, AGREED, where=path.name)
    if agreed := columns_named(table.frame.columns, AGREED):
        return CodedTable.of(table.frame, path.name, given={"code": agreed[0]})
    if "code" not in table.columns:
        raise TableError(
            f"{path.name} has no column '{AGREED}' or 'code' (it has: {table.has()}). Fill in the column '{AGREED}'"
            " of the disagreements: coder agreement STUDY.coder -o disagreements.xlsx"
        )
    return table


def _wanted(study: Study, table: CodedTable, report: AdjudicatedReport) -> dict[int, Codes]:
    """Return the codes of each utterance that the table decides; what cannot be used goes into the report."""
    book, placing = study.codebooks.current(), Placing(study)
    codes = read_codes(table.cells("code"), lookup_in(book))
    unknown: dict[int, str] = {at: name for name, rows in codes.unknown.items() for at in rows}
    polarities = polarities_of(table.cells("polarity"), codes.nothing)
    coders = [(name or "").casefold() for name in table.texts("coder")]
    exported = ADJUDICATED in coders
    columns = {role: table.cells(role) for role in ("code", "text", "transcript", "start", "end", "unit")}
    wanted: dict[int, Codes] = {}
    for at, row in enumerate(table.row_numbers()):
        cells = {role: values[at] for role, values in columns.items()}
        if exported and coders[at] != ADJUDICATED:
            continue
        if not exported and not text_of(cells["code"]).strip():
            report.empty += 1
            continue
        try:
            if at in unknown:
                meant = book.nearest_id(unknown[at])
                hint = f"; is '{meant}' meant?" if meant else ""
                raise UnplacedError(f"'{unknown[at]}' is not a code of the codebook{hint}")
            units = _units(cells, placing)
            _refuse_undecided(study, units)
        except UnplacedError as problem:
            report.problems.append(f"row {row}: {problem}")
            continue
        for unit in units:
            wanted.setdefault(unit, {}).update(_sides(codes.rows[at], polarities[at], book.polarity))
    return wanted


def _sides(codes: Sequence[Given], polarity: str | None, known: Sequence[str]) -> Codes:
    return {code: (side or polarity) if known else None for code, side in codes}


def _units(cells: dict[str, object], placing: Placing) -> list[int]:
    """Return the utterances of a row: by number where the words are the same, else by place or words."""
    homes = placing.meant(text_of(cells["transcript"]).strip())
    number, words = text_of(cells["unit"]).strip(), text_of(cells["text"]).split()
    if len(homes) == 1 and number.isdecimal():
        spans = placing.load(homes[0]).text
        for item in placing.study.texts.utterances(homes[0], codable_only=True):
            same = not words or spans[item.start : item.end].split() == words
            if item.number + 1 == int(number) and same:
                return [item.id]
    units = placing.covered(*place(cells, placing))
    if not units:
        raise UnplacedError("the passage holds only the interviewer's words, backchannels or headings")
    return units


def _refuse_undecided(study: Study, units: Sequence[int]) -> None:
    deciders = study.acts.deciders(units)
    if not any(name != ADJUDICATED for unit in units for name in deciders[unit]):
        raise UnplacedError("no coder has decided on this utterance; there is nothing to adjudicate")
