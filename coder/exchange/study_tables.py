"""A study's codings as tables: a row per coded passage, or 0/1 with a row per utterance and coder, also for SPSS."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coder.exchange.study_content import DocumentContent, Passage, StudyContent
from coder.installation import require

Row = dict[str, Any]
CODING_COLUMNS = (
    "transcript", "participant", "speaker", "turn", "utterance", "start", "end", "question", "text", "code",
    "code_path", "polarity", "coder", "memo", "time", "confidence", "model",
)  # fmt: skip
UNIT_COLUMNS = ("transcript", "participant", "speaker", "turn", "utterance", "start", "end", "text", "coder")


def coding_rows(study: StudyContent) -> tuple[list[str], Iterator[Row]]:
    """Return the columns and rows of all codings, attributes of people and transcripts beside them.

    A row without code: the coder read the utterance and found nothing to code. `coder import --codings` and
    `coder train` read the table back.
    """
    facts = _fact_columns(study)
    columns = [*CODING_COLUMNS, *facts]
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
            **_facts(study, document, item, facts),
        }  # fmt: skip


def _place(document: DocumentContent, item: Passage) -> Row:
    first = item.utterances[0] + 1 if item.utterances else None
    return {
        "transcript": document.name, "participant": document.participants.get(item.speaker or ""),
        "speaker": item.speaker, "turn": item.turn + 1, "utterance": first,
        "start": item.start, "end": item.end, "text": document.text[item.start : item.end],
    }  # fmt: skip


def _fact_columns(study: StudyContent) -> dict[str, str]:
    """Return the columns of attributes (column -> attribute), apart from the columns that codings have."""
    held = [*study.people.values(), *(document.facts for document in study.documents)]
    names = sorted({name for facts in held for name in facts})
    taken = {*CODING_COLUMNS, "codes", "document", "study", "unit"}
    return {f"attribute {name}" if name.casefold() in taken else name: name for name in names}


def _facts(study: StudyContent, document: DocumentContent, item: Passage, columns: dict[str, str]) -> Row:
    person = study.people.get(document.participants.get(item.speaker or "", ""), {})
    facts = {**document.facts, **person}
    return {column: "; ".join(facts[name]) if name in facts else None for column, name in columns.items()}


def matrix_rows(study: StudyContent) -> tuple[list[str], list[Row]]:
    """Return the columns and rows of a 0/1 table: a row per utterance and coder who decided it.

    A column per code (1 = given), and per code and polarity where the codebook has polarities. What a coder did not
    look at has no row.
    """
    sides = list(study.codebook.polarity)
    used = {item.code for item in study.coded}
    codes = [*study.codebook.ids, *sorted(used - set(study.codebook.ids))]
    names = {(code, side): _variable(code, side) for code in codes for side in (None, *sides)}
    documents = {document.uid: document for document in study.documents}
    rows: dict[tuple[str, int, str], Row] = {}
    spans = _unit_spans(study)
    for item in study.passages:
        for number in item.utterances:
            key = (item.document, number, item.coder)
            if key not in rows:
                start, end = spans.get((item.document, number), (item.start, item.end))
                place = _place(documents[item.document], item)
                text = documents[item.document].text[start:end]
                place |= {"utterance": number + 1, "start": start, "end": end, "text": text}
                rows[key] = {**place, "coder": item.coder, **dict.fromkeys(names.values(), 0)}
            if item.code:
                rows[key][names[item.code, None]] = 1
                if item.polarity in sides:
                    rows[key][names[item.code, item.polarity]] = 1
    return [*UNIT_COLUMNS, *names.values()], list(rows.values())


def _unit_spans(study: StudyContent) -> dict[tuple[str, int], tuple[int, int]]:
    return {(uid, number): span for uid, spans in study.units.items() for number, span in spans.items()}


def _variable(code: str, side: str | None) -> str:
    """Return a name that R and SPSS take: letters, digits and _, a letter first."""
    name = re.sub(r"\W", "_", f"{code}_{side}" if side else code)
    return name if name[:1].isalpha() else f"c_{name}"


def write_spss(study: StudyContent, path: Path) -> list[str]:
    """Write the table; return what the file does not hold. Raises InstallationError without pyreadstat."""
    require("sav", "An SPSS file (SPSS opens .csv too)")
    import pandas as pd
    import pyreadstat

    columns, rows = matrix_rows(study)
    frame = pd.DataFrame(rows, columns=columns)
    longest = 32_767  # bytes of an SPSS string
    cut = 0
    for name in ("transcript", "participant", "speaker", "text", "coder"):
        texts = frame[name].fillna("").astype(str)
        cut += sum(len(text.encode()) > longest for text in texts)
        frame[name] = [text.encode()[:longest].decode(errors="ignore") for text in texts]
    codes = [name for name in columns if name not in UNIT_COLUMNS]
    labels = {code.id: code.label for code in study.codebook.codes}
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=study.name[:64],
        column_labels={name: labels.get(name, name.replace("_", " ")) for name in columns},
        variable_value_labels={name: {0: "no", 1: "yes"} for name in codes},
        variable_measure=dict.fromkeys(codes, "nominal"),
    )
    return (
        [f"{cut} texts were cut at {longest} bytes, SPSS's own limit; they are whole in .csv."] if cut else []
    )
