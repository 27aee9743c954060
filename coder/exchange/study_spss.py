"""A study's 0/1 table as an SPSS file, with labels: codes, and what is known of people and transcripts.

Limits are those of SPSS: 64 bytes of a name, 120 of a value's label, 256 of a variable's, 32,767 of a text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import Any

from coder.exchange.study_content import Facts, StudyContent
from coder.exchange.study_tables import (
    UNIT_COLUMNS,
    code_variables,
    fact_names,
    unit_rows,
    variable,
)
from coder.installation import require
from coder.phrasing import counted, shortened

LONGEST_TEXT = 32_767
LONGEST_LABEL = 256
LONGEST_VALUE = 120
MOST_VALUES = 40  # beyond, an attribute is a free text and keeps its words
TEXTS = ("transcript", "participant", "speaker", "text", "coder")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
NO_YES = {0: "no", 1: "yes"}


@dataclass(slots=True)
class SpssVariable:
    """A variable: its label, a value per row (None: not stated), labels of values, and its level of measurement.

    `text`: the values are words.
    """

    label: str
    values: list[Any]
    labels: dict[int, str] = field(default_factory=dict)
    measure: str = "nominal"
    text: bool = False


def write_spss(study: StudyContent, path: Path) -> list[str]:
    """Write the table; return what the file does not hold. Raises InstallationError without pyreadstat.

    An attribute is a number where all its values are and nobody has several; else a value with a label for each of
    its words, one 0/1 variable for each where somebody has several, and a text where there are more than MOST_VALUES.
    """
    require("sav", "An SPSS file (SPSS opens .csv too)")
    import pandas as pd
    import pyreadstat

    variables = _variables(study)
    cut = 0
    for held in variables.values():
        if held.text:
            texts = [value or "" for value in held.values]
            cut += sum(len(text.encode()) > LONGEST_TEXT for text in texts)
            held.values = [_fitting(text, LONGEST_TEXT) for text in texts]
    pyreadstat.write_sav(
        pd.DataFrame(
            {
                name: pd.Series(held.values, dtype=object if held.text else float)
                for name, held in variables.items()
            }
        ),
        str(path),
        file_label=_fitting(study.name, 64),
        column_labels={name: _fitting(held.label, LONGEST_LABEL) for name, held in variables.items()},
        variable_value_labels={name: held.labels for name, held in variables.items() if held.labels},
        variable_measure={name: held.measure for name, held in variables.items()},
    )
    if not cut:
        return []
    return [f"{counted(cut, 'text')} cut at {LONGEST_TEXT:,} bytes, SPSS's own limit; whole in .csv."]


def _variables(study: StudyContent) -> dict[str, SpssVariable]:
    rows = unit_rows(study)
    taken = {*UNIT_COLUMNS}
    variables = {
        name: SpssVariable(name, [row.place[name] for row in rows], text=True)
        if name in TEXTS
        else SpssVariable(name, [row.place[name] for row in rows], measure="scale")
        for name in UNIT_COLUMNS
    }
    labels = study.codebook.labels
    for key, name in code_variables(study).items():
        code, side = key
        taken.add(name)
        label = labels.get(code, code) + (f": {side}" if side else "")
        variables[name] = SpssVariable(label, [row.given[key] for row in rows], dict(NO_YES))
    held: list[Facts] = [*study.people.values(), *(document.facts for document in study.documents)]
    for fact in fact_names(study):
        known = [facts[fact] for facts in held if facts.get(fact)]
        given = [row.facts.get(fact, ()) for row in rows]
        for label, made in _of_fact(fact, known, given):
            variables[variable(label, taken)] = made
    return variables


def _of_fact(
    fact: str, known: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]]
) -> list[tuple[str, SpssVariable]]:
    """Return (name wanted, variable) for an attribute; `known` are everybody's values, `given` those of the rows."""
    values = sorted({value for mine in known for value in mine}, key=_natural)
    several = any(len(mine) > 1 for mine in known)
    if several and len(values) <= MOST_VALUES:
        return [
            (
                f"{fact}_{shortened(value, 24)}".rstrip("…"),
                SpssVariable(
                    f"{fact}: {value}", [int(value in mine) if mine else None for mine in given], dict(NO_YES)
                ),
            )
            for value in values
        ]
    if not several and all(_number(value) is not None for value in values):
        return [
            (
                fact,
                SpssVariable(fact, [_number(mine[0]) if mine else None for mine in given], measure="scale"),
            )
        ]
    if len(values) > MOST_VALUES:
        return [(fact, SpssVariable(fact, ["; ".join(mine) for mine in given], text=True))]
    numbers = {value: number for number, value in enumerate(values, start=1)}
    labels = {number: _fitting(value, LONGEST_VALUE) for value, number in numbers.items()}
    return [(fact, SpssVariable(fact, [numbers[mine[0]] if mine else None for mine in given], labels))]


def _natural(value: str) -> tuple[float, str]:
    number = _number(value)
    return (float("inf") if number is None else number, value.casefold())


def _number(value: str) -> float | None:
    """Return a value as a number; None for words and for what a number would change, such as '007'."""
    number = float(value) if _NUMBER.fullmatch(value) else inf
    return number if isfinite(number) else None


def _fitting(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")
