"""Codings of other tools made comparable: whose they are, which documents are one, which passages are one.

Tables such as quotations of ATLAS.ti or references of NVivo hold words without places. Passages of one document are
one unit where the words of one hold the words of the other.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from coder.coded_tables.grammar import CodedTable, text_of
from coder.coded_tables.ratings import adjudicated_left_out
from coder.domain import ADJUDICATED
from coder.phrasing import counted

MOST_COMPARED = (
    3_000  # passages of a document that are searched for in each other; of more, only equal ones are one
)
SHOWN = 40  # characters of a passage in a unit's name


def comparable(
    tables: Sequence[CodedTable], coders: Sequence[str] = ()
) -> tuple[list[CodedTable], list[str]]:
    """Return tables of passages with a coder each, documents by one name, and units where places are missing.

    Tables that have units already stay as they are. A file without coders is one coder's, named after the file; where
    one and the same coder stands in every file, the file's name tells them apart. What is adjudicated makes no units
    unless it is among the `coders` asked for; notes say what was left out.
    """
    mine = [table for table in tables if _is_passages(table)]
    if not mine or len(mine) < len(tables):
        return list(tables), []
    mine, notes = (mine, []) if ADJUDICATED in coders else _own(mine)
    named = _with_coders(mine)
    named = _with_documents(named)
    if all("start" in table.columns and "end" in table.columns for table in named):
        return named, notes
    return [_with_units(named)], notes


def _own(tables: list[CodedTable]) -> tuple[list[CodedTable], list[str]]:
    """Return the tables without adjudicated rows, which are nobody's own; as they are where nothing would be left."""
    own: list[CodedTable] = []
    for table in tables:
        of_coders = [coder != ADJUDICATED for coder in table.texts("coder")]
        if any(of_coders) or not of_coders:
            own.append(table if all(of_coders) else table.rows(of_coders))
    count = sum(map(len, tables)) - sum(map(len, own))
    if not own or not count:
        return tables, []
    return own, [adjudicated_left_out(f"{counted(count, 'row')}; ")]


def _is_passages(table: CodedTable) -> bool:
    return "unit" not in table.columns and "text" in table.columns and "code" in table.columns


def _stem(where: str) -> str:
    return PurePath(where).stem


def _with_coders(tables: Sequence[CodedTable]) -> list[CodedTable]:
    coders_in = [{name for name in table.texts("coder") if name} for table in tables]
    everyone = set().union(*coders_in)
    alone = len(tables) > 1 and len(everyone) == 1 and all(coders_in)
    with_coders = []
    for table in tables:
        names = table.texts("coder")
        if "coder" in table.columns and not alone and any(names):
            with_coders.append(table)
            continue
        coder = _stem(table.where) if not alone else f"{next(iter(everyone))} ({_stem(table.where)})"
        note = (
            f"{table.where}: {'one coder in every file' if alone else 'no coder is named'}; called '{coder}'."
        )
        with_coders.append(_with_column(table, "coder", [coder] * len(table), note))
    return with_coders


def _with_documents(tables: Sequence[CodedTable]) -> list[CodedTable]:
    """Call documents by one name where suffix, case or Unicode form is all that differs."""
    first: dict[str, str] = {}
    with_documents = []
    for table in tables:
        names = [name or "" for name in table.texts("transcript")]
        for name in names:
            first.setdefault(plain_document(name), name)
        named = _with_column(table, "transcript", [first[plain_document(name)] or None for name in names])
        lengths = table.frame.attrs.get("lengths", {})
        named.frame.attrs["lengths"] = {
            first.get(plain_document(name), name): length for name, length in lengths.items()
        }
        with_documents.append(named)
    return with_documents


def plain_document(name: str) -> str:
    """Return a document's name without what programs write differently: suffix, capitals, Unicode form."""
    stem = PurePath(name.replace("\\", "/")).name
    for suffix in (".docx", ".doc", ".txt", ".pdf", ".rtf", ".odt"):
        if stem.casefold().endswith(suffix):
            stem = stem[: -len(suffix)]
    return unicodedata.normalize("NFC", stem).casefold().strip()


def _with_column(table: CodedTable, role: str, values: list[Any], note: str = "") -> CodedTable:
    frame = table.frame.assign(**{role: values})
    frame.attrs = dict(table.frame.attrs)
    given = {**table.columns.by_role, role: role}
    made = CodedTable.of(frame, table.where, study=table.study, given=given)
    return replace(made, notes=(*table.notes, *([note] if note else [])))


def _with_units(tables: Sequence[CodedTable]) -> CodedTable:
    """Return one long table: a row per unit, coder and code, and one where a reader left a unit without code."""
    import pandas as pd

    records: list[dict[str, Any]] = []
    for table in tables:
        roles = {role: table.cells(role) for role in ("transcript", "text", "coder", "code", "polarity")}
        for at in range(len(table)):
            row = {role: cells[at] for role, cells in roles.items()}
            records.append(
                {**row, "transcript": text_of(row["transcript"]).strip(), "text": text_of(row["text"])}
            )
    units = _units([(row["transcript"], row["text"]) for row in records])
    readers: dict[str, dict[str, None]] = {}
    for row, unit in zip(records, units, strict=True):
        row["unit"] = unit
        readers.setdefault(row["transcript"], {})[text_of(row["coder"])] = None
    coded = {(row["unit"], text_of(row["coder"])) for row in records}
    silent = [
        {**row, "coder": coder, "code": None, "polarity": None}
        for row in {row["unit"]: row for row in records}.values()
        for coder in readers[row["transcript"]]
        if (row["unit"], coder) not in coded and coder != ADJUDICATED
    ]
    frame = pd.DataFrame([*records, *silent], dtype=object)
    where = " and ".join(table.where for table in tables)
    note = (
        f"{counted(len(set(units)), 'passage')} matched by their words, since places are missing: one passage where"
        " the words of one hold those of the other. A coder with any coding in a document counts as having read it"
        " all, and text that nobody coded counts for nothing."
    )
    made = CodedTable.of(frame, where)
    return replace(made, notes=(*(line for table in tables for line in table.notes), note))


def _units(passages: Sequence[tuple[str, str]]) -> list[str]:
    """Return the name of each passage's unit: the document and the first words of the longest passage of it."""
    texts: dict[str, dict[str, str]] = {}
    for document, text in passages:
        texts.setdefault(document, {}).setdefault(_words(text), text)
    unit_of: dict[tuple[str, str], str] = {}
    for document, in_document in texts.items():
        longest: list[str] = []
        for words in sorted(in_document, key=len, reverse=True):
            few = len(in_document) <= MOST_COMPARED
            home = next((other for other in longest if f" {words} " in f" {other} "), None) if few else None
            if home is None:
                longest.append(words)
                home = words
            text = " ".join(in_document[home].split())
            start = text if len(text) <= SHOWN else text[: SHOWN - 1].rsplit(" ", 1)[0] + "…"
            unit_of[document, words] = f"{start} [{longest.index(home) + 1}]"
    return [unit_of[document, _words(text)] for document, text in passages]


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).casefold()
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())
