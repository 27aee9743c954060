"""Human codes into a study from tables: placed by offsets, or found by their text; nothing is guessed silently."""

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coder.codebook import Codebook
from coder.coded_tables.code_lookup import Given, contradictions, lookup_in, read_codes, sided
from coder.coded_tables.grammar import CodedTable, examples, open_table, polarities_of, text_of
from coder.domain import ADJUDICATED
from coder.errors import StudyError, TableError
from coder.exchange.table_exports import without_words
from coder.phrasing import counted
from coder.store import Study
from coder.store.values import Decision, Provenance, UnitState
from coder.workflow.coded_files import CodedReading, open_coded_file
from coder.workflow.study.passages import PlacedRow, Placing, UnplacedError, place
from coder.workflow.study.transcript_names import renamed_note

NOBODY = ""  # the coder of rows that name none
FROM_TABLE = Provenance(note="codings from a table")


@dataclass(slots=True)
class CodingsReport:
    """What came of a table of codings, per coder: utterances coded, and utterances looked at without a code.

    `problems` name each row that was left out, with the reason; `notes` say how the table was read. `tolerant` rows
    were found only without regard to spacing, quotes or dashes. `left_open` counts utterances that rows with a code
    which were left out may speak of and that stay not looked at, `still_nothing` such utterances that had nothing to
    code before, `nowhere` such rows whose words were found nowhere. `read_known`: it was said what was read.
    """

    coded: dict[str, int] = field(default_factory=dict)
    nothing: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    used: int = 0
    left_open: dict[str, int] = field(default_factory=dict)
    still_nothing: dict[str, int] = field(default_factory=dict)
    nowhere: int = 0
    read_known: bool = False
    tolerant: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_codings(
    study: Study,
    path: str | Path,
    *,
    coder: str | None = None,
    looked_at: str | Path | None = None,
    complete: bool = False,
    reading: CodedReading | None = None,
) -> CodingsReport:
    """Take over human codes from a table, one undoable act per coder, as coded without seeing suggestions.

    The table has `code` (or `codes`, joined by `;`; empty = looked at, nothing to code) and `text` or
    `start`/`end`; optional `transcript`, `coder`, `polarity`, `memo`. With a `coder` column its names are kept
    and `coder` picks one of them; without it `coder` says whose codes these are.

    Utterances without a row count as not looked at, unless `looked_at` (a table of passages the coders read)
    or `complete` (they read the transcripts of the table whole) says otherwise. Even then an utterance that a row
    with a code may speak of, which could not be taken over, is not taken for one with nothing to code. Bringing a
    table in twice adds nothing.

    Raises TableError if columns are missing, StudyError if no coder is known.
    """
    book = study.codebooks.current()
    table = open_coded_file(Path(path), where=Path(path).name, codebook=book, reading=reading)
    return import_coded_table(study, table, Placing(study), coder, looked_at, complete)


def import_coded_table(
    study: Study,
    table: CodedTable,
    placing: Placing,
    coder: str | None = None,
    looked_at: str | Path | None = None,
    complete: bool = False,
) -> CodingsReport:
    """Take over the codings of an opened table, as `import_codings` does, and with its errors."""
    report = CodingsReport(rows=len(table), read_known=complete or looked_at is not None)
    rows, unsure = _placed(study, table, coder, placing, report)
    report.tolerant = placing.tolerant
    read = _places_read(looked_at, placing, report) if looked_at else {}
    report.notes += renamed_note(study, placing.renamed)
    with study.db.write():
        for name in sorted({row.coder for row in rows}):
            of_coder = [row for row in rows if row.coder == name]
            looked = read.get(None, set()) | read.get(name, set())
            if complete:
                looked |= {unit for row in of_coder for unit in placing.units[row.transcript].ids}
            study.people.add_coder(name)
            doubtful = unsure[name] | unsure[NOBODY]
            doubtful -= {unit for row in of_coder for unit in placing.coded(row)}
            states = study.acts.states(name, sorted(looked & doubtful)).values()
            report.left_open[name] = sum(unit.state == "open" for unit in states)
            report.still_nothing[name] = sum(unit.state == "nothing" for unit in states)
            _write(study, name, of_coder, placing, looked - doubtful, report)
    if report.read_known:
        report.notes += _doubts(report)
    return report


def _doubts(report: CodingsReport) -> list[str]:
    """Say what rows that were left out do to "nothing to code"."""
    notes = []
    left = sum(report.left_open.values())
    if left:
        notes.append(
            f"{counted(left, 'utterance')} taken as not looked at, not as nothing to code: a row with a code that was"
            " left out may speak of them."
        )
    still = sum(report.still_nothing.values())
    if still:
        notes.append(
            f"{counted(still, 'utterance')} left at nothing to code, which stood before this import, though a row"
            " with a code that was left out may speak of them: correct the rows and import the table again."
        )
    if report.nowhere:
        notes.append(
            f"{counted(report.nowhere, 'row')} with a code found nowhere. What they code, if it is in these"
            " transcripts, now counts as nothing to code: correct the rows and import the table again."
        )
    return notes


def _placed(
    study: Study, table: CodedTable, coder: str | None, placing: Placing, report: CodingsReport
) -> tuple[list[PlacedRow], dict[str, set[int]]]:
    """Return the rows that could be placed, and by coder the utterances that other rows with a code may speak of.

    A row that names no coder may be anybody's: its utterances stand under NOBODY.
    """
    offsets = "start" in table.columns and "end" in table.columns
    if "code" not in table.columns or not ("text" in table.columns or offsets):
        if what := without_words(table.frame):
            raise TableError(f"{table.where}: {what}")
        raise TableError(
            f"{table.where} needs a column 'code' and a column 'text' (or 'start' and 'end'); it has: {table.has()}."
        )
    coders = _coders(table, coder)
    codebook = study.codebooks.current()
    codes = read_codes(table.cells("code"), lookup_in(codebook))
    report.notes += [*table.notes, *codes.notes(table.where), *unread_columns(table)]
    unknown: Counter[str] = Counter()
    polarities = polarities_of(table.cells("polarity"), unknown)
    if codebook.polarity:
        report.notes += contradictions(codes.rows, polarities, table.row_numbers(), table.where)
    columns = {role: table.cells(role) for role in ("text", "transcript", "start", "end", "polarity", "memo")}
    placed: list[PlacedRow] = []
    unsure: dict[str, set[int]] = defaultdict(set)
    report.notes += _left_to_adjudicate(coders)
    for at, (row, who) in enumerate(zip(table.row_numbers(), coders, strict=True)):
        if who.casefold() == ADJUDICATED or (who and coder is not None and who != coder):
            continue
        row_cells = {role: cells[at] for role, cells in columns.items()}
        try:
            if not who:
                raise UnplacedError("nobody is named who coded it")
            check_row(codes.rows[at], text_of(row_cells["polarity"]).strip(), unknown, codebook)
            placed.append(_row(row_cells, who, codes.rows[at], polarities[at], codebook, placing))
            report.used += 1
        except UnplacedError as problem:
            report.problems.append(f"row {row}: {problem}")
            if codes.rows[at]:
                places = _maybe(row_cells, placing)
                unsure[who].update(places)
                report.nowhere += not places
    return placed, unsure


def _left_to_adjudicate(coders: Sequence[str]) -> list[str]:
    """Say how many adjudicated codings are left out, if any are."""
    settled = sum(name.casefold() == ADJUDICATED for name in coders)
    if not settled:
        return []
    return [
        f"{counted(settled, 'adjudicated coding')} left out: nobody is named who adjudicated. Take them over with"
        " --adjudicated TABLE --coder NAME, or adjudicate on the review page."
    ]


def _maybe(cells: Mapping[str, Any], placing: Placing) -> set[int]:
    """Return the utterances that a row may speak of which was left out."""
    try:
        places: Sequence[tuple[int, int, int]] = [place(cells, placing)]
    except UnplacedError as problem:
        places = problem.places
    return {unit for spot in places for unit in placing.covered(*spot)}


def unread_columns(table: CodedTable) -> list[str]:
    """Name the columns of a table that were not read, in a sentence, if there are any."""
    unread = table.columns.unread
    return [f"{table.where}: columns that were not read: {examples(unread)}."] if unread else []


def _coders(table: CodedTable, coder: str | None) -> list[str]:
    """Return who coded each row. Raises StudyError if nobody is named, or not the one who is wanted."""
    if "coder" not in table.columns:
        if coder is None:
            raise StudyError(f"{table.where} does not say who coded; add --coder NAME.")
        return [coder] * len(table)
    coders = [name or "" for name in table.texts("coder")]
    known = sorted(set(filter(None, coders)))
    if coder is not None and coder not in known:
        raise StudyError(f"{table.where} has no codes by '{coder}'; its coders are: {', '.join(known)}.")
    return coders


def check_row(codes: Sequence[Given], polarity: str, unknown: Container[str], codebook: Codebook) -> None:
    """Raise UnplacedError for a code that the codebook does not have and for a polarity that is none."""
    for name, _ in codes:
        if name not in codebook.by_id:
            meant = codebook.nearest_id(name)
            raise UnplacedError(
                f"'{name}' is not a code of the codebook" + (f"; is '{meant}' meant?" if meant else "")
            )
    if codebook.polarity and polarity in unknown:
        raise UnplacedError(f"polarity '{polarity}' is not one of {', '.join(codebook.polarity)}")


def _row(
    cells: Mapping[str, Any],
    coder: str,
    codes: Sequence[Given],
    polarity: str | None,
    codebook: Codebook,
    placing: Placing,
) -> PlacedRow:
    sides = sided(codes, polarity) if codebook.polarity else dict.fromkeys(code for code, _ in codes)
    transcript, start, end = place(cells, placing)
    row = PlacedRow(coder, transcript, start, end, sides, text_of(cells["memo"]).strip())
    if not placing.coded(row):
        raise UnplacedError("the passage holds only the interviewer's words, backchannels or headings")
    return row


def _places_read(table: str | Path, placing: Placing, report: CodingsReport) -> dict[str | None, set[int]]:
    """Return the utterances that were read, by coder (None: everybody), from a table of passages."""
    passages = open_table(table, "text", where=Path(table).name)
    columns = {role: passages.cells(role) for role in ("text", "transcript", "start", "end")}
    read: dict[str | None, set[int]] = defaultdict(set)
    for at, (row, coder) in enumerate(zip(passages.row_numbers(), passages.texts("coder"), strict=True)):
        row_cells = {role: cells[at] for role, cells in columns.items()}
        try:
            transcript, start, end = place(row_cells, placing)
        except UnplacedError as problem:
            report.problems.append(f"{passages.where}, row {row}: {problem}")
            continue
        read[coder].update(placing.coded(PlacedRow("", transcript, start, end, {}, "")))
    return read


def _write(
    study: Study,
    coder: str,
    rows: Sequence[PlacedRow],
    placing: Placing,
    looked_at: set[int],
    report: CodingsReport,
) -> None:
    """Write one coder's rows; utterances of `looked_at` without a code have nothing to code."""
    wanted: dict[tuple[int, str], Decision] = {}
    looked = set(looked_at)
    for row in rows:
        for unit in placing.coded(row):
            looked.add(unit)
            for code, polarity in row.codes.items():
                before = wanted.get((unit, code))
                wanted[unit, code] = _decision(row, unit, code, polarity, before)
    coded = {unit for unit, _ in wanted}
    empty = [Decision(unit, "nothing") for unit in sorted(looked - coded)]
    states = study.acts.states(coder, sorted(looked | coded))
    decisions = [item for item in [*wanted.values(), *empty] if not _stands(states[item.utterance], item)]
    report.coded[coder], report.nothing[coder] = len(coded), len(empty)
    if decisions:
        study.acts.decide(coder, decisions, mode="imported", kind="import", provenance=FROM_TABLE)


def _decision(
    row: PlacedRow, unit: int, code: str, polarity: str | None, before: Decision | None
) -> Decision:
    """Return the decision for a row; two rows with one code on one utterance make one passage, polarities join."""
    span = (row.start, row.end)
    if before is not None and before.span is not None:
        span = (min(before.span[0], span[0]), max(before.span[1], span[1]))
        if before.polarity != polarity:
            polarity = "mixed" if before.polarity and polarity else before.polarity or polarity
    return Decision(unit, "add", code, polarity, span=span, memo=row.memo)


def _stands(state: UnitState, decision: Decision) -> bool:
    if decision.verdict == "nothing":
        return state.state == "nothing" or bool(state.codes)
    standing = {(item.code, item.polarity, (item.start, item.end)) for item in state.codes}
    return (decision.code, decision.polarity, decision.span) in standing
