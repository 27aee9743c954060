"""Tables of participants like those of papers: any attributes, n (%), several categories a person, missing shown."""

from collections.abc import Sequence
from statistics import mean, median, stdev
from typing import Any

from coder.phrasing import counted
from coder.reporting.study.contents import Cell, Column, Table, cell
from coder.reporting.study.counting import people_of, tidy_people
from coder.reporting.study.values import Case, Choices, StudyData
from coder.reporting.text import MISSING, number

NOT_STATED = "not stated"
MOST_VALUES = 40  # beyond, an attribute is a free text and is only counted
MANY_NUMBERS = 8  # more different numbers than this are summed up by mean and range


def participant_tables(data: StudyData, choices: Choices) -> list[Table]:
    """Return one table of the participants' attributes, or one for each value of the attribute `apart`."""
    cases = list(data.cases.values())
    if not data.attributes:
        return []
    if choices.apart is None:
        return [_table("Participants", cases, data.attributes, choices)]
    values = dict.fromkeys(value for case in cases for value in case.values(choices.apart) or (NOT_STATED,))
    rest = [name for name in data.attributes if name != choices.apart]
    tables = []
    for value in values:
        mine = [case for case in cases if value in (case.values(choices.apart) or (NOT_STATED,))]
        known = [name for name in rest if any(case.values(name) for case in mine)]
        tables.append(_table(f"Participants: {value}", mine, known, choices))
    return tables


def _table(title: str, cases: Sequence[Case], attributes: Sequence[str], choices: Choices) -> Table:
    rows: list[list[Cell]] = []
    tidy: list[dict[str, Any]] = []
    several = []
    for name in attributes:
        label = name.replace("_", " ")
        lines, multiple = _attribute(name, cases, choices)
        several += [label] if multiple else []
        rows.append([cell(label[:1].upper() + label[1:], "strong"), cell("")])
        rows += [[cell(value, "item"), cell(shown)] for value, shown, _ in lines]
        tidy += [
            {"table": title, "attribute": name, "value": value, "n": count, "shown": shown, "of": len(cases)}
            for value, shown, count in lines
        ]
    notes = [f"n = {counted(len(cases), 'participant')}."]
    if several:
        notes.append(f"A participant can be in more than one category of: {', '.join(several)}.")
    if choices.min_cell:
        notes.append(_hidden_words(choices.min_cell))
    columns = [Column("Characteristic"), Column(f"n (%), n = {len(cases):,}", number=True)]
    return Table(title, columns, rows, "participants", tidy, notes)


def _hidden_words(min_cell: int) -> str:
    return (
        f"Counts of 1 to {min_cell - 1} participants are shown as <{min_cell}. Check that they cannot be worked out"
        " from totals."
    )


def _attribute(name: str, cases: Sequence[Case], choices: Choices) -> tuple[list[tuple[str, str, Any]], bool]:
    """Return (value, as shown, count) per value of an attribute, and whether anybody has several."""
    counts: dict[str, int] = {}
    for case in cases:
        for value in dict.fromkeys(case.values(name)):
            counts[value] = counts.get(value, 0) + 1
    missing = sum(not case.values(name) for case in cases)
    numbers = _numbers(counts, name, cases)
    if numbers:
        lines = _summed_up(numbers)
    elif len(counts) > MOST_VALUES:
        lines = [(f"{len(counts):,} different texts", MISSING, None)]
    else:
        order = sorted(counts, key=_natural)
        lines = [_line(value, counts[value], len(cases), choices) for value in order]
    if missing:
        lines.append(_line(NOT_STATED, missing, len(cases), choices))
    return lines, any(len(set(case.values(name))) > 1 for case in cases)


def _line(value: str, count: int, total: int, choices: Choices) -> tuple[str, str, Any]:
    return value, people_of(count, total, choices.min_cell), tidy_people(count, choices.min_cell)


def _natural(value: str) -> tuple[float, str]:
    head = value.split("-")[0].strip("<> +")
    return (float(head), value) if head.replace(".", "", 1).isdigit() else (float("inf"), value.casefold())


def _numbers(counts: dict[str, int], name: str, cases: Sequence[Case]) -> list[float]:
    """Return the values of an attribute that is a measured number; none where it is categories."""
    try:
        found = [float(value) for case in cases for value in case.values(name)]
    except ValueError:
        return []
    # 'nan' and 'inf' are words in a table of participants, not numbers.
    whole = all(abs(value) < 1e12 for value in found)
    measured = len(counts) > MANY_NUMBERS or (len(found) > 2 and len(counts) == len(found))
    return found if whole and measured else []


def _summed_up(numbers: Sequence[float]) -> list[tuple[str, str, Any]]:
    spread = f" ({number(stdev(numbers), digits=1)})" if len(numbers) > 1 else ""
    low, high = min(numbers), max(numbers)
    return [
        ("mean (SD)", f"{number(mean(numbers), digits=1)}{spread}", None),
        ("median (range)", f"{median(numbers):g} ({low:g} to {high:g})", None),
    ]
