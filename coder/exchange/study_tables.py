"""A study's codings as tables: a row per coded passage, or 0/1 with a row per utterance and coder."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from coder.exchange.study_content import DocumentContent, Facts, Passage, StudyContent

Row = dict[str, Any]
CODING_COLUMNS = (
    "transcript", "participant", "speaker", "turn", "utterance", "start", "end", "question", "text", "code",
    "code_path", "polarity", "coder", "memo", "time", "confidence", "model",
)  # fmt: skip
UNIT_COLUMNS = ("transcript", "participant", "speaker", "turn", "utterance", "start", "end", "text", "coder")
LONGEST_VARIABLE = 64  # bytes of a variable's name in SPSS
# Words of SPSS's language, which are no names of variables there.
RESERVED = frozenset(("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """An utterance as one coder decided it: where it is, 0 or 1 by (code, polarity), and what is known of it."""

    place: Row
    given: dict[tuple[str, str | None], int]
    facts: Facts


def coding_rows(study: StudyContent) -> tuple[list[str], Iterator[Row]]:
    """Return the columns and rows of all codings, attributes of people and transcripts beside them.

    A row without code: the coder read the utterance and found nothing to code. `coder import --codings` and
    `coder train` read the table back. Where there are written answers, a column `written` says of each row whether it
    is one.
    """
    facts = _fact_columns(study, (*CODING_COLUMNS, "written", "codes", "document", "study", "unit"))
    answers = any(document.written for document in study.documents)
    columns = [*CODING_COLUMNS, *(["written"] if answers else []), *facts]
    return columns, _coding_rows(study, facts)


def _coding_rows(study: StudyContent, facts: dict[str, str]) -> Iterator[Row]:
    documents = {document.uid: document for document in study.documents}
    labels = {code.id: " > ".join(filter(None, [code.parent, code.label])) for code in study.codebook.codes}
    for item in study.passages:
        document = documents[item.document]
        yield {
            **_place(document, item), "question": item.question, "code": item.code or None,
            "code_path": labels.get(item.code, item.code) or None, "polarity": item.polarity, "coder": item.coder,
            "memo": item.memo or None, "time": item.time, "confidence": item.confidence, "model": item.model,
            "written": "yes" if document.written else "no",
            **_fact_cells(facts_of(study, document, item), facts),
        }  # fmt: skip


def _place(document: DocumentContent, item: Passage) -> Row:
    first = item.utterances[0] + 1 if item.utterances else None
    return {
        "transcript": document.name, "participant": document.participants.get(item.speaker or ""),
        "speaker": item.speaker, "turn": item.turn + 1, "utterance": first,
        "start": item.start, "end": item.end, "text": document.text[item.start : item.end],
    }  # fmt: skip


def fact_names(study: StudyContent) -> list[str]:
    """Return the names of all attributes of participants and transcripts, in order."""
    held = [*study.people.values(), *(document.facts for document in study.documents)]
    return sorted({name for facts in held for name in facts})


def facts_of(study: StudyContent, document: DocumentContent, item: Passage) -> Facts:
    """Return what is known of who said a passage, and of the transcript it is in."""
    person = study.people.get(document.participants.get(item.speaker or "", ""), {})
    return {**document.facts, **person}


def _fact_columns(study: StudyContent, taken: Collection[str]) -> dict[str, str]:
    """Return the columns of attributes (column -> attribute), apart from those that are taken."""
    plain = {name.casefold() for name in taken}
    return {f"attribute {name}" if name.casefold() in plain else name: name for name in fact_names(study)}


def _fact_cells(facts: Facts, columns: dict[str, str]) -> Row:
    return {column: "; ".join(facts[name]) if name in facts else None for column, name in columns.items()}


def matrix_rows(study: StudyContent) -> tuple[list[str], list[Row]]:
    """Return the columns and rows of a 0/1 table: a row per utterance and coder who decided it.

    A column per code (1 = given), and per code and polarity where the codebook has polarities; then attributes of
    people and transcripts. What a coder did not look at has no row.
    """
    variables = code_variables(study)
    facts = _fact_columns(study, (*UNIT_COLUMNS, *variables.values()))
    rows = [
        {
            **row.place, **{variables[key]: value for key, value in row.given.items()},
            **_fact_cells(row.facts, facts),
        }
        for row in unit_rows(study)
    ]  # fmt: skip
    return [*UNIT_COLUMNS, *variables.values(), *facts], rows


def code_variables(study: StudyContent) -> dict[tuple[str, str | None], str]:
    """Return the names of the 0/1 variables by code and polarity (None: the code with any or no polarity)."""
    codes = [*study.codebook.ids, *sorted({item.code for item in study.coded} - set(study.codebook.ids))]
    taken = set(UNIT_COLUMNS)
    return {
        (code, side): variable(f"{code}_{side}" if side else code, taken)
        for code in codes
        for side in (None, *study.codebook.polarity)
    }


def unit_rows(study: StudyContent) -> list[UnitRow]:
    """Return a row per utterance and coder who decided it, in the order of the passages."""
    nothing = dict.fromkeys(code_variables(study), 0)
    documents = {document.uid: document for document in study.documents}
    rows: dict[tuple[str, int, str], UnitRow] = {}
    for item in study.passages:
        document = documents[item.document]
        for number in item.utterances:
            key = (item.document, number, item.coder)
            if key not in rows:
                start, end = study.units.get(item.document, {}).get(number, (item.start, item.end))
                place = _place(document, item) | {
                    "utterance": number + 1, "start": start, "end": end, "text": document.text[start:end],
                    "coder": item.coder,
                }  # fmt: skip
                rows[key] = UnitRow(place, dict(nothing), facts_of(study, document, item))
            for side in {None, item.polarity} if item.code else ():
                if (item.code, side) in nothing:
                    rows[key].given[item.code, side] = 1
    return list(rows.values())


def variable(name: str, taken: set[str]) -> str:
    """Return a name that R and SPSS take, and take it: a letter, then letters, digits and _, at most 64 bytes."""
    plain = re.sub(r"\W", "_", name)
    plain = plain if plain[:1].isalpha() else f"c_{plain}"
    plain = plain.encode()[: LONGEST_VARIABLE - 4].decode(errors="ignore")  # room for a number
    unique, number = f"{plain}_" if plain.casefold() in RESERVED else plain, 2
    while unique.casefold() in {other.casefold() for other in taken}:
        unique, number = f"{plain}_{number}", number + 1
    taken.add(unique)
    return unique
