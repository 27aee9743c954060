"""Human codes into a study from tables: placed by offsets, or found by their text; nothing is guessed silently."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.coded_tables.excerpt_cells import POLARITY_WORDS
from coder.errors import StudyError, TableError
from coder.store import Study
from coder.store.values import Decision, UnitState
from coder.workflow.study.import_attributes import CODE, TEXT, TRANSCRIPT, find_column, split_cell
from coder.workflow.study.passage_matching import PlacedRow, Placing, UnplacedError, place

if TYPE_CHECKING:
    from pandas import DataFrame

CODER = ("coder", "user", "coded by", "annotator", "rater", "author", "owner")


@dataclass(slots=True)
class CodingsReport:
    """What came of a table of codings, per coder: utterances coded, and utterances looked at without a code.

    `problems` name each row that was left out, with the reason. `tolerant` rows were found only without regard
    to spacing, quotes or dashes.
    """

    coded: dict[str, int] = field(default_factory=dict)
    nothing: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    used: int = 0
    tolerant: int = 0
    problems: list[str] = field(default_factory=list)


def import_codings(
    study: Study,
    path: str | Path,
    *,
    coder: str | None = None,
    looked_at: str | Path | None = None,
    complete: bool = False,
) -> CodingsReport:
    """Take over human codes from a table, one undoable act per coder, as coded without seeing suggestions.

    The table has `code` (or `codes`, joined by `;`; empty = looked at, nothing to code) and `text` or
    `start`/`end`; optional `transcript`, `coder`, `polarity`, `memo`. With a `coder` column its names are kept
    and `coder` picks one of them; without it `coder` says whose codes these are.

    Utterances without a row count as not looked at, unless `looked_at` (a table of passages the coders read)
    or `complete` (they read the transcripts of the table whole) says otherwise. Bringing a table in twice adds
    nothing.

    Raises TableError if columns are missing, StudyError if no coder is known.
    """
    from coder.reading.tables.read import read_table

    frame = read_table(path)
    report = CodingsReport(rows=len(frame))
    placing = Placing(study)
    rows = _placed(study, frame, Path(path).name, coder, placing, report)
    report.tolerant = placing.tolerant
    read = _places_read(looked_at, placing, report) if looked_at else None
    with study.handle.write():
        for name in sorted({row.coder for row in rows}):
            own = [row for row in rows if row.coder == name]
            study.people.add_coder(name)
            _write(study, name, own, placing, read, complete, report)
    return report


def _placed(
    study: Study, frame: "DataFrame", where: str, coder: str | None, placing: Placing, report: CodingsReport
) -> list[PlacedRow]:
    columns = [str(name) for name in frame.columns]
    names = {
        "code": find_column(columns, CODE),
        "text": find_column(columns, TEXT),
        "transcript": find_column(columns, TRANSCRIPT),
        "coder": find_column(columns, CODER),
        **{name: find_column(columns, (name,)) for name in ("start", "end", "polarity", "memo")},
    }
    offsets = names["start"] and names["end"]
    if names["code"] is None or not (names["text"] or offsets):
        raise TableError(
            f"{where} needs a column 'code' and a column 'text' (or 'start' and 'end'); it has: {', '.join(columns)}."
        )
    records = _of_coder(frame, names["coder"], coder, where)
    codebook = study.codebooks.current()
    found: list[PlacedRow] = []
    for row, cells, who in records:
        held = {key: cells[column] if column else None for key, column in names.items()}
        try:
            found.append(_row(held, who, codebook, placing))
            report.used += 1
        except UnplacedError as problem:
            report.problems.append(f"row {row}: {problem}")
    return found


def _of_coder(
    frame: "DataFrame", column: str | None, coder: str | None, where: str
) -> list[tuple[int, Mapping[Any, Any], str]]:
    """Return (row number, cells, coder's name) of the rows that are wanted."""
    numbered = list(zip(frame.attrs["row_numbers"], frame.to_dict("records"), strict=True))
    if column is None:
        if coder is None:
            raise StudyError(f"{where} does not say who coded; add --coder NAME.")
        return [(row, cells, coder) for row, cells in numbered]
    known = sorted({str(cells[column]).strip() for _, cells in numbered if cells[column]})
    if coder is not None and coder not in known:
        raise StudyError(f"{where} has no codes by '{coder}'; its coders are: {', '.join(known)}.")
    named = [(row, cells, str(cells[column] or "").strip()) for row, cells in numbered]
    return [item for item in named if item[2] and coder in {None, item[2]}]


def _row(held: Mapping[str, Any], coder: str, codebook: Codebook, placing: Placing) -> PlacedRow:
    codes = tuple(_code(name, codebook) for name in split_cell(held["code"]) if name != "-")
    polarity = _polarity(held["polarity"], codebook) if codes else None
    transcript, start, end = place(held, placing)
    row = PlacedRow(coder, transcript, start, end, codes, polarity, str(held["memo"] or "").strip())
    if not placing.coded(row):
        raise UnplacedError("the passage holds only the interviewer's words, backchannels or headings")
    return row


def _code(name: str, codebook: Codebook) -> str:
    if name in codebook.by_id:
        return name
    labels = {code.label.casefold(): code.id for code in codebook.codes} | {
        code.id.casefold(): code.id for code in codebook.codes
    }
    plain = name.casefold().replace("-", " ")
    exact = labels.get(name.casefold()) or labels.get(plain) or labels.get(plain.replace(" ", "_"))
    if exact is None:
        meant = codebook.nearest_id(name)
        raise UnplacedError(
            f"'{name}' is not a code of the codebook" + (f"; is '{meant}' meant?" if meant else "")
        )
    return exact


def _polarity(cell: Any, codebook: Codebook) -> str | None:
    if not codebook.polarity:
        return None
    said = str(cell or "").strip().casefold()
    if said and said not in POLARITY_WORDS:
        raise UnplacedError(f"polarity '{cell}' is not one of {', '.join(codebook.polarity)}")
    return POLARITY_WORDS.get(said) or None


def _places_read(table: str | Path, placing: Placing, report: CodingsReport) -> dict[str | None, set[int]]:
    """Return the utterances that were read, by coder (None: everybody), from a table of passages."""
    from coder.reading.tables.read import read_table

    frame = read_table(table)
    columns = [str(name) for name in frame.columns]
    names = {
        "text": find_column(columns, TEXT),
        "transcript": find_column(columns, TRANSCRIPT),
        "coder": find_column(columns, CODER),
        **{name: find_column(columns, (name,)) for name in ("start", "end")},
    }
    read: dict[str | None, set[int]] = defaultdict(set)
    for row, cells in zip(frame.attrs["row_numbers"], frame.to_dict("records"), strict=True):
        held = {key: cells[column] if column else None for key, column in names.items()}
        try:
            transcript, start, end = place(held, placing)
        except UnplacedError as problem:
            report.problems.append(f"{Path(table).name}, row {row}: {problem}")
            continue
        passage = PlacedRow("", transcript, start, end, (), None, "")
        read[str(held["coder"]) if held["coder"] else None].update(placing.coded(passage))
    return read


def _write(
    study: Study,
    coder: str,
    rows: Sequence[PlacedRow],
    placing: Placing,
    read: Mapping[str | None, set[int]] | None,
    complete: bool,
    report: CodingsReport,
) -> None:
    wanted: dict[tuple[int, str], Decision] = {}
    looked: set[int] = set()
    for row in rows:
        for unit in placing.coded(row):
            looked.add(unit)
            for code in row.codes:
                before = wanted.get((unit, code))
                wanted[unit, code] = _choice(row, unit, code, before)
    if complete:
        homes = {row.transcript for row in rows}
        looked |= {unit for home in homes for unit in placing.units[home].ids}
    if read is not None:
        looked |= read.get(None, set()) | read.get(coder, set())
    coded = {unit for unit, _ in wanted}
    empty = [Decision(unit, "nothing") for unit in sorted(looked - coded)]
    states = study.acts.states(coder, sorted(looked | coded))
    choices = [item for item in [*wanted.values(), *empty] if not _stands(states[item.utterance], item)]
    report.coded[coder], report.nothing[coder] = len(coded), len(empty)
    if choices:
        study.acts.decide(coder, choices, mode="imported", kind="import", note="codings from a table")


def _choice(row: PlacedRow, unit: int, code: str, before: Decision | None) -> Decision:
    """Return the choice for a row; two rows with one code on one utterance make one passage, polarities join."""
    span, polarity = (row.start, row.end), row.polarity
    if before is not None and before.span is not None:
        span = (min(before.span[0], span[0]), max(before.span[1], span[1]))
        if before.polarity != polarity:
            polarity = "mixed" if before.polarity and polarity else before.polarity or polarity
    return Decision(unit, "add", code, polarity, span=span, memo=row.memo)


def _stands(state: UnitState, choice: Decision) -> bool:
    if choice.verdict == "nothing":
        return state.state == "nothing" or bool(state.codes)
    held = {(item.code, item.polarity, (item.start, item.end)) for item in state.codes}
    return (choice.code, choice.polarity, choice.span) in held
