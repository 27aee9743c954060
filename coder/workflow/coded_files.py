"""Files that people coded, ours or another tool's, as tables for training, evaluation, agreement and import."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.coded_tables.grammar import CodedTable, open_table
from coder.errors import OutputError, TableError
from coder.phrasing import counted

if TYPE_CHECKING:
    from coder.coded_tables.excerpts import Excerpt
    from coder.exchange.values import ExternalCodings

SHOWN = 15  # codes that are listed


@dataclass(frozen=True, slots=True)
class CodedReading:
    """How files are to be read: columns by role where headings are unknown, an edited mapping of codes.

    `group` is the column whose values are held out whole.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    mapping: Path | None = None
    group: str | None = None


def open_coded_file(
    path: Path,
    likely: str = "text",
    *,
    where: str | None = None,
    study: str = "",
    codebook: Codebook | None = None,
    reading: CodedReading | None = None,
) -> CodedTable:
    """Return a file's codings as a table: ours as it is, another tool's in our columns, codes mapped to a codebook.

    `likely` names the column by which the sheet and header row of a table are found. Codes are mapped where a
    codebook is given; names that surely mean none of its codes stay as they are, and are listed in the notes.
    Unconfirmed suggestions of this program are left out. Raises the readers' errors.
    """
    reading = reading or CodedReading()
    return _mapped(_opened(path, likely, where or str(path), study, reading, codebook), codebook, reading)


def _mapped(table: CodedTable, codebook: Codebook | None, reading: CodedReading) -> CodedTable:
    if codebook is None and reading.mapping is None:
        return table
    from coder.codebook import load_codebook
    from coder.coded_tables.code_mapping import CodeMapper, mapped_table, read_mapping

    mapping = read_mapping(reading.mapping, codebook) if reading.mapping else None
    return mapped_table(table, CodeMapper(codebook or load_codebook("comb"), mapping))


def _opened(
    path: Path, likely: str, where: str, study: str, reading: CodedReading, codebook: Codebook | None
) -> CodedTable:
    from coder.exchange.table_exports import tool_of
    from coder.reading.tables.read import TABLE_SUFFIXES

    if path.suffix.lower() in TABLE_SUFFIXES and not path.is_dir():
        table = open_table(path, likely, where=where, study=study, given=reading.columns)
        if reading.columns or tool_of(table.frame) is None:
            return table
    from coder.exchange.read import read_codings

    return _as_table(_known(read_codings(path), codebook, reading), where, study)


def _as_table(project: "ExternalCodings", where: str, study: str = "") -> CodedTable:
    from coder.exchange.values import without_drafts

    final, notes = without_drafts(project.codings)
    if not final:
        raise TableError(f"{where} ({project.format}) holds no coded passage of text.", project.notes[:8])
    table = CodedTable.of(replace(project, codings=tuple(final)).frame(), where, study=study)
    all_notes = tuple(f"{where} ({project.format}): {note}" for note in (*project.notes, *notes))
    return replace(table, notes=all_notes)


def coded_table(
    project: "ExternalCodings", codebook: Codebook, reading: CodedReading | None = None
) -> CodedTable:
    """Return the codings of a project that was read already, as `open_coded_file` does. Raises TableError."""
    reading = reading or CodedReading()
    return _mapped(_as_table(_known(project, codebook, reading), project.file), codebook, reading)


def _known(project: "ExternalCodings", codebook: Codebook | None, reading: CodedReading) -> "ExternalCodings":
    """Return a project in which codes that the codebook knows by GUID have its ids; its notes name those renamed."""
    from coder.coded_tables.code_mapping import read_mapping
    from coder.exchange.code_guids import by_guid, renamed_note

    if codebook is None or not project.guids:
        return project
    mapped = read_mapping(reading.mapping, codebook) if reading.mapping else {}
    known, renamed = by_guid(project, codebook, mapped)
    return replace(known, notes=(*known.notes, *renamed_note(renamed)))


def coded_excerpts(
    paths: Sequence[Path], reading: CodedReading | None = None, *, codebook: Codebook | None = None
) -> tuple[list["Excerpt"], list[str]]:
    """Read coded excerpts from files of any tool, with notes on how they were read. Raises the readers' errors.

    Without a codebook, names such as "COM-B > Opportunity > barrier" are mapped to COM-B if all mean codes of it.
    """
    from coder.coded_tables.excerpts import excerpts_in, study_names

    studies = study_names(paths)
    tables = [
        open_coded_file(path, study=study, codebook=codebook, reading=reading)
        for path, study in zip(paths, studies, strict=True)
    ]
    if codebook is None:
        tables = _as_comb(tables)
    return excerpts_in(tables, reading.group if reading else None)


def _as_comb(tables: Sequence[CodedTable]) -> list[CodedTable]:
    from coder.codebook import load_codebook
    from coder.coded_tables.code_lookup import read_codes
    from coder.coded_tables.code_mapping import CodeMapper, mapped_table

    mapper = CodeMapper(load_codebook("comb"))
    names = {code for table in tables for row in read_codes(table.cells("code")).rows for code, _ in row}
    all_meant = bool(names) and all(mapper.map(name).sure for name in names)
    return [mapped_table(table, mapper) for table in tables] if all_meant else list(tables)


def show_codings(path: Path, reading: CodedReading | None = None) -> "ExternalCodings":
    """Return how a file's codings are read, nothing mapped. Raises the readers' errors."""
    from coder.exchange.read import read_codings

    return read_codings(path, (reading or CodedReading()).columns)


def codings_text(project: "ExternalCodings") -> str:
    """Return what `coder codings` prints of a file: documents, coders, codes with counts, notes."""
    from coder.phrasing import table

    documents = dict.fromkeys(item.document for item in project.codings)
    coders = dict.fromkeys(item.coder or "(nobody named)" for item in project.codings)
    counts = project.counts()
    passages = {item.code: " ".join(item.text.split())[:60] for item in reversed(project.codings)}
    shown = [(code, str(count), passages[code]) for code, count in counts.most_common(SHOWN)]
    lines = [
        f"{project.file}: {counted(len(project.codings), 'coding')} in {counted(len(documents), 'document')}"
        f" ({project.format})",
        f"Coders: {', '.join(coders) or 'none'}",
        "",
        table(("code", "codings", "first passage"), shown, None, ruled=True),
    ]
    if len(counts) > SHOWN:
        lines.append(f"... and {len(counts) - SHOWN} more codes (all with --json)")
    return "\n".join([*lines, *(["", *(f"Note: {line}" for line in project.notes)] if project.notes else [])])


def draft_mapping(
    projects: Sequence["ExternalCodings"], codebook: Codebook, out: Path, *, force: bool = False
) -> str:
    """Write a mapping of all code names to edit; return how many are known. Raises OutputError."""
    from coder.coded_tables.code_mapping import COLUMNS, CodeMapper, draft_rows
    from coder.reporting.rows import open_rows

    counts: Counter[str] = Counter()
    for item in projects:
        counts.update(item.counts())
    rows: list[dict[str, Any]] = draft_rows(counts, CodeMapper(codebook))
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise OutputError(f"{out}: a mapping is written to a name that ends in .csv or .xlsx.")
    with open_rows(out, COLUMNS, force=force) as writer:
        writer.write(rows)
    sure = sum(bool(row["code"]) and not str(row["how"]).startswith("guess") for row in rows)
    guessed = sum(str(row["how"]).startswith("guess") for row in rows)
    rest = len(rows) - sure - guessed
    return f"{out}: {len(rows)} names of codes; {sure} are known, {guessed} are guesses, {rest} are open."
