"""Tables of coded passages as ATLAS.ti, MAXQDA, Dedoose, Taguette, QualCoder and NVivo export them, and any other.

The columns are those of public parsers and of the makers' documents; they are matched by name, since people choose
which columns are exported and in which order.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.coded_tables.code_lookup import read_codes, sided
from coder.coded_tables.grammar import (
    Columns,
    columns_in,
    columns_of,
    examples,
    names_in,
    polarities_of,
    text_of,
)
from coder.errors import TableError
from coder.exchange.values import PATH, ExternalCoding, ExternalCodings
from coder.phrasing import counted
from coder.reading.tables.columns import plain_name
from coder.reading.tables.read import read_sheets
from coder.reading.tables.sums import without_totals

if TYPE_CHECKING:
    from pandas import DataFrame

EXCEL_CELL, EXCEL_SHEET_NAME = 32_767, 31  # Excel's limits: longer texts and names of sheets are cut
_ATLAS_TEXT = ("quotation content", "zitatinhalt", "contenido de la cita")
_MAXQDA_TEXT = ("segment", "coded segments", "coded segment", "codiertes segment")
_MAXQDA_DOCUMENT = ("document name", "dokumentname", "document", "dokument")
_TICKED = ("true", "1", "yes")
_NVIVO_PATH = re.compile(
    r"(?:(?P<code>Codes|Nodes)|Files|Internals|Externals|Elements)\\{2}(?:.*\\{2})?(?P<path>.+)", re.DOTALL
)
_APPLIED = re.compile(r"^Code:\s*(.+?)\s+Applied$", re.IGNORECASE)

Made = tuple[list[ExternalCoding], list[str]]


def read_table_export(path: Path, given: Mapping[str, str] | None = None) -> ExternalCodings:
    """Read a table of coded passages; `given` names the columns of a table of unknown headings by their role.

    Raises TableError if no column can be taken for the text or the code.
    """
    frames = [
        without_totals(frame, columns_of(frame.columns, given).numbered()) for frame in read_sheets(path)
    ]
    if not frames:
        raise TableError(f"{path.name}: the table is empty.")
    if not given:
        for tool, belongs, read in _TOOLS:
            mine = [frame for frame in frames if belongs(_plain(frame))]
            if mine:
                codings, notes = read(mine)
                return ExternalCodings(path.name, tool, tuple(codings), (*_reading(mine), *notes))
    frame = next((frame for frame in frames if _is_coded(frame, given)), frames[0])
    codings, notes = _any_table(frame, path.name, given or {})
    return ExternalCodings(path.name, "table", tuple(codings), (*_reading([frame]), *notes))


def _reading(frames: Sequence["DataFrame"]) -> list[str]:
    """Return what was guessed when the tables were read."""
    return [note for frame in frames for note in frame.attrs["notes"]]


def _plain(frame: "DataFrame") -> dict[str, str]:
    """Return the frame's columns by their plain name; of two alike the first."""
    return {plain_name(str(name)): str(name) for name in reversed(list(frame.columns))}


def _first(names: Mapping[str, str], *wanted: str) -> str | None:
    return next((names[name] for name in wanted if name in names), None)


def _rows(frame: "DataFrame") -> Iterator[tuple[int, dict[str, Any]]]:
    records = frame.to_dict("records")
    for row, record in zip(frame.attrs["row_numbers"], records, strict=True):
        yield row, {str(name): value for name, value in record.items()}


def _cell(record: Mapping[str, Any], column: str | None) -> str:
    return text_of(record.get(column)).strip() if column else ""


def _is_atlas(names: Mapping[str, str]) -> bool:
    return _first(names, *_ATLAS_TEXT) is not None


def _atlas(frames: "list[DataFrame]") -> Made:
    codings: list[ExternalCoding] = []
    bare = cut = 0
    for frame in frames:
        names = _plain(frame)
        text, codes = _first(names, *_ATLAS_TEXT), _first(names, "codes", "kodes", "codigos", "code", "kode")
        document = _first(names, "document", "dokument", "documento", "document name")
        coder = _first(names, "created by", "erstellt von", "creado por")
        memo = _first(names, "comment", "kommentar", "comentario")
        sheet = text_of(frame.attrs.get("sheet")).strip()
        cut += codes is None and len(sheet) >= EXCEL_SHEET_NAME
        for row, record in _rows(frame):
            words = _cell(record, text)
            given = names_in(record[codes]) if codes else [sheet] if sheet else []
            if not words:
                continue
            bare += not given
            name = re.sub(r"^(?:[DPdp]\s?)?\d+\s*:\s*", "", _cell(record, document))
            codings += [
                ExternalCoding(
                    name, code, words, _cell(record, coder) or None, memo=_cell(record, memo), row=row
                )
                for code in given
            ]
    notes = [
        "Paragraph numbers (Reference) are not places in the text, so the passages are found by their words."
    ]
    if bare:
        notes.append(f"{counted(bare, 'quotation')} without a code left out.")
    if cut:
        notes.append(
            f"{counted(cut, 'sheet')} named after a code may have lost the end of its name: Excel cuts at 31."
        )
    return codings, notes


def _is_maxqda(names: Mapping[str, str]) -> bool:
    return (
        _first(names, *_MAXQDA_TEXT) is not None
        and "code" in names
        and _first(
            names, "document group", "dokumentgruppe", "beginning", "anfang", "weight score", "gewicht"
        )
        is not None
    )


def _maxqda(frames: "list[DataFrame]") -> Made:
    codings: list[ExternalCoding] = []
    cut = 0
    for frame in frames:
        names = _plain(frame)
        text, document = _first(names, *_MAXQDA_TEXT), _first(names, *_MAXQDA_DOCUMENT)
        coder = _first(names, "created by", "erstellt von", "author", "autor")
        memo = _first(names, "comment", "kommentar")
        for row, record in _rows(frame):
            words = text_of(record[str(text)]).strip()
            cut += len(words) >= EXCEL_CELL - 1
            if words:
                codings.append(
                    ExternalCoding(
                        _cell(record, document),
                        _cell(record, names["code"]),
                        words,
                        _cell(record, coder) or None,
                        memo=_cell(record, memo),
                        row=row,
                    )
                )
    notes = [
        "Beginning and End are paragraph numbers, so the passages are found by their words; weights are not used."
    ]
    if cut:
        notes.append(f"{counted(cut, 'segment')} may be cut: an Excel cell holds {EXCEL_CELL} characters.")
    return codings, notes


def _is_dedoose(names: Mapping[str, str]) -> bool:
    return "excerpt copy" in names or ("excerpt range" in names and "media title" in names)


def _dedoose(frames: "list[DataFrame]") -> Made:
    codings: list[ExternalCoding] = []
    bare = above = 0
    for frame in frames:
        names, applied = _plain(frame), _applied(frame)
        for row, record in _rows(frame):
            words = _cell(record, names.get("excerpt copy"))
            given = [code for column, code in applied.items() if _cell(record, column).casefold() in _TICKED]
            bare += bool(words) and not given
            above += sum(any(other.startswith(code + "\\") for other in given) for code in given)
            start, end = _dedoose_range(_cell(record, names.get("excerpt range")), words)
            document, coder = (
                _cell(record, names.get("media title")),
                _cell(record, names.get("excerpt creator")),
            )
            codings += [
                ExternalCoding(document, code, words, coder or None, start=start, end=end, row=row)
                for code in given
            ]
    notes = ["Codes are taken from the columns 'Code: … Applied', not from 'Codes Applied Combined'."]
    if above:
        notes.append(
            f"{counted(above, 'coding')} of a parent code beside its own child: Dedoose ticks parents by itself"
            " (up-coding); leave the parents out by a mapping if they mean nothing of their own."
        )
    if bare:
        notes.append(f"{counted(bare, 'excerpt')} without a code left out.")
    return codings, notes


def _applied(frame: "DataFrame") -> dict[str, str]:
    """Return the columns that tell whether a code is applied, with the code. Raises TableError without any."""
    matches = {str(name): _APPLIED.match(" ".join(str(name).split())) for name in frame.columns}
    applied = {name: match[1] for name, match in matches.items() if match}
    if not applied:
        raise TableError(
            "The Dedoose table has no column 'Code: … Applied'. Export the excerpts to Excel with all codes."
        )
    return applied


def _dedoose_range(cell: str, text: str) -> tuple[int | None, int | None]:
    """Return start and end if the range is as long as the text, end exclusive or inclusive; else nothing is known."""
    match = re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", cell)
    if not match:
        return None, None
    start, end = int(match[1]), int(match[2])
    if end - start == len(text):
        return start, end
    return (start, end + 1) if end - start + 1 == len(text) else (None, None)


def _is_taguette(names: Mapping[str, str]) -> bool:
    return {"id", "document", "tag", "content"} <= set(names)


def _taguette(frames: "list[DataFrame]") -> Made:
    codings: list[ExternalCoding] = []
    bare = 0
    for frame in frames:
        names = _plain(frame)
        for row, record in _rows(frame):
            tag = _cell(record, names["tag"])
            bare += not tag
            if tag:
                codings.append(
                    ExternalCoding(
                        _cell(record, names["document"]), tag, _cell(record, names["content"]), row=row
                    )
                )
    notes = ["Taguette's table names no coder; the project file (.sqlite3) does."]
    return codings, notes + ([f"{counted(bare, 'highlight')} without a tag left out."] if bare else [])


def _is_qualcoder(names: Mapping[str, str]) -> bool:
    return {"coded", "codename"} <= set(names) and bool({"file", "case"} & set(names))


def _qualcoder(frames: "list[DataFrame]") -> Made:
    codings: list[ExternalCoding] = []
    other = 0
    for frame in frames:
        names = _plain(frame)
        document = _first(names, "file", "filename", "case")
        for row, record in _rows(frame):
            words, kind = _cell(record, names["coded"]), _cell(record, names.get("id")).partition(":")[0]
            if kind not in ("", "ctid") or words in ("image", "a/v"):
                other += 1
                continue
            codings.append(
                ExternalCoding(
                    _cell(record, document),
                    _cell(record, names["codename"]),
                    words,
                    _cell(record, names.get("coder")) or None,
                    memo=_cell(record, names.get("coded memo")),
                    row=row,
                )
            )
    notes = ["The report gives no places; QualCoder's project (data.qda) does."]
    return codings, notes + (
        [f"{counted(other, 'coding')} of pictures, sound or film left out."] if other else []
    )


def _is_nvivo(names: Mapping[str, str]) -> bool:
    return bool({"coded by initials", "number of coding references", "reference number"} & set(names))


def _nvivo(frames: "list[DataFrame]") -> Made:
    """Read NVivo's coding summary: rows of references, with the text in a column or on the row below.

    Files and codes are columns, or stand alone on a row above their references, as `Files\\\\Name`, `Codes\\\\Name`.
    """
    codings: list[ExternalCoding] = []
    for frame in frames:
        names = _plain(frame)
        code = _first(names, "code", "node", "hierarchical name", "code name", "node name", "name")
        document = _first(names, "file", "source", "file name", "source name", "internals", "document")
        coder = _first(names, "coded by initials", "coded by", "coded by user")
        text = _first(names, "coded text", "text", "reference", "content", "text reference")
        last = {"code": "", "document": "", "coder": ""}
        for row, record in _rows(frame):
            filled = {name: _cell(record, name) for name in record if _cell(record, name)}
            alone = next(iter(filled.values())) if len(filled) == 1 else ""
            if heading := _NVIVO_PATH.fullmatch(alone):
                role = "code" if heading["code"] else "document"
                last[role] = heading["path"].replace("\\", PATH) if heading["code"] else heading["path"]
                continue
            for role, column in (("code", code), ("document", document), ("coder", coder)):
                last[role] = ("" if alone else filled.get(column or "", "")) or last[role]
            words = filled.get(text or "", "") if len(filled) > 1 else alone if " " in alone else ""
            if words and last["code"]:
                codings.append(
                    ExternalCoding(last["document"], last["code"], words, last["coder"] or None, row=row)
                )
    if not codings:
        raise TableError(
            "NVivo's coding summary holds no coded text. Export it again with the option to show the coded text, or"
            " export each code's references (txt or docx)."
        )
    return codings, [
        "Read as NVivo's coding summary: check a few passages, its columns differ between versions."
    ]


_TOOLS = (
    ("ATLAS.ti quotations", _is_atlas, _atlas),
    ("Dedoose excerpts", _is_dedoose, _dedoose),
    ("Taguette highlights", _is_taguette, _taguette),
    ("QualCoder report", _is_qualcoder, _qualcoder),
    ("MAXQDA coded segments", _is_maxqda, _maxqda),
    ("NVivo coding summary", _is_nvivo, _nvivo),
)


def tool_of(frame: "DataFrame") -> str | None:
    """Return which tool's export a table is by its headings, or None."""
    return next((tool for tool, belongs, _ in _TOOLS if belongs(_plain(frame))), None)


def _is_coded(frame: "DataFrame", given: Mapping[str, str] | None) -> bool:
    columns = columns_of(frame.columns, given)
    return "text" in columns and "code" in columns


def _known_columns(frame: "DataFrame", where: str, given: Mapping[str, str]) -> Columns:
    """Return the columns' roles. Raises TableError if a given column is not there, or no text or code is known."""
    columns = columns_in(frame, given)
    has = ", ".join(map(str, frame.columns))
    absent = [name for name in given.values() if name not in map(str, frame.columns)]
    if absent:
        raise TableError(f"{where} has no column {examples(absent)} (it has: {has}).")
    missing = [role for role in ("text", "code") if role not in columns]
    if missing and (what := without_words(frame)):
        raise TableError(f"{where}: {what}")
    if missing:
        raise TableError(
            f"{where}: no column is known as {' and '.join(missing)} (it has: {has}). Name it:"
            f" {' '.join(f'--{role}-column NAME' for role in missing)}."
        )
    return columns


_COUNT = re.compile(r"-?\d[\d.,]*\s*%?")
_MOST_COUNTS = 0.8  # the share of cells beside the first column that are numbers in a table of counts


def without_words(frame: "DataFrame") -> str:
    """Say what a table of another tool is that holds no words of participants; '' for any other table."""
    names = set(_plain(frame))
    if "kappa" in names and any(name.startswith("a and not b") for name in names):
        return (
            "this is NVivo's coding comparison: kappas, no coded words. Export the project as REFI-QDA (.qdpx) and"
            " compare the coders here: coder agreement PROJECT.qdpx --as nvivo"
        )
    if {"name", "references"} <= names:
        return (
            "this list counts references and holds no coded words. If it is a codebook, give it with --codebook; the"
            " codings are in the project (.qdpx) or in each code's references."
        )
    cells = [text_of(value).strip() for column in frame.columns[1:] for value in frame[column]]
    filled = [cell for cell in cells if cell]
    if filled and sum(bool(_COUNT.fullmatch(cell)) for cell in filled) >= _MOST_COUNTS * len(filled):
        return (
            "no columns of codes and words are known, and most cells are numbers, as in a table of counts (a matrix,"
            f" a crosstab). It has: {', '.join(map(str, frame.columns))}. Export the project as REFI-QDA (.qdpx), or"
            " the coded passages with their words."
        )
    return ""


def _any_table(frame: "DataFrame", where: str, given: Mapping[str, str]) -> Made:
    columns = _known_columns(frame, where, given)
    roles = {
        role: [text_of(value).strip() for value in frame[column]] for role, column in columns.by_role.items()
    }
    read = read_codes(frame[columns.by_role["code"]].tolist())
    unknown: Counter[str] = Counter()
    polarity = polarities_of(roles.get("polarity", [None] * len(frame)), unknown)
    codings = []
    for at, (row, codes) in enumerate(zip(frame.attrs["row_numbers"], read.rows, strict=True)):
        cells = {role: values[at] for role, values in roles.items()}
        codings += [
            ExternalCoding(
                cells.get("transcript") or cells.get("participant", ""),
                code,
                cells["text"],
                cells.get("coder") or None,
                side,
                _whole(cells.get("start")),
                _whole(cells.get("end")),
                cells.get("memo", ""),
                row,
            )
            for code, side in sided(codes, polarity[at]).items()
        ]
    notes = read.notes(where)
    empty = sum(not codes for codes in read.rows)
    if empty:
        notes.append(f"{where}: {counted(empty, 'row')} without a code: looked at, nothing to code.")
    if unknown:
        notes.append(f"{where}: polarity {examples(unknown)} is not known and left out.")
    if columns.unread:
        notes.append(f"{where}: columns that were not read: {examples(columns.unread)}.")
    return codings, notes


def _whole(cell: str | None) -> int | None:
    try:
        return int(float(cell or ""))
    except (ValueError, OverflowError):
        return None
