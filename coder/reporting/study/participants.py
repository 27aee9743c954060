"""Participants in tables: their attributes as papers have them, and matrices of participants by codes.

Attributes are n (%), several categories a person, missing shown. Framework matrices have quotes and a summary to
write.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import mean, median, stdev
from typing import Any

from coder.codebook import Code
from coder.phrasing import MISSING, counted, number, percent, shortened
from coder.reporting.study.contents import Cell, Column, Line, Table, cell
from coder.reporting.study.values import (
    Case,
    Coding,
    ReportOptions,
    StudyData,
    cases_of,
    hidden,
    numbers_of,
    passages_of,
    people_of,
    tidy_people,
)

NOT_STATED = "not stated"
MOST_VALUES = 40  # beyond, an attribute is a free text and is only counted
MANY_NUMBERS = 8  # more different numbers than this are summed up by mean and range
SIGNS: Mapping[str | None, str] = {"barrier": "−", "facilitator": "+", "mixed": "±", None: "·"}
SIGN_WORDS = "− barriers, + facilitators, ± mixed, · without polarity"
SHORT = 120  # characters of a quote in a matrix
MOST_CASES = 100  # rows of the matrix on a page; the worksheet has all


def participant_tables(data: StudyData, options: ReportOptions) -> list[Table]:
    """Return one table of the participants' attributes, or one for each value of the attribute `apart`."""
    cases = list(data.cases.values())
    if not data.attributes:
        return []
    if options.apart is None:
        return [_table("Participants", cases, data.attributes, options)]
    values = dict.fromkeys(value for case in cases for value in case.values(options.apart) or (NOT_STATED,))
    rest = [name for name in data.attributes if name != options.apart]
    tables = []
    for value in values:
        mine = [case for case in cases if value in (case.values(options.apart) or (NOT_STATED,))]
        known = [name for name in rest if any(case.values(name) for case in mine)]
        tables.append(_table(f"Participants: {value}", mine, known, options))
    return tables


def _table(title: str, cases: Sequence[Case], attributes: Sequence[str], options: ReportOptions) -> Table:
    rows: list[list[Cell]] = []
    tidy: list[dict[str, Any]] = []
    several = []
    for name in attributes:
        label = name.replace("_", " ")
        lines, multiple = _attribute(name, cases, options)
        several += [label] if multiple else []
        rows.append([cell(label[:1].upper() + label[1:], "strong"), cell("")])
        rows += [[cell(value, "item"), cell(shown)] for value, shown, _ in lines]
        tidy += [
            {"table": title, "attribute": name, "value": value, "n": count, "of": len(cases), "shown": shown}
            for value, shown, count in lines
        ]
    notes = [f"n = {counted(len(cases), 'participant')}."]
    if several:
        notes.append(f"A participant can be in more than one category of: {', '.join(several)}.")
    if options.min_cell:
        notes.append(_hidden_words(options.min_cell))
    columns = [Column("Characteristic"), Column(f"n (%), n = {len(cases):,}", number=True)]
    return Table(title, columns, rows, "participants", tidy, notes)


def _hidden_words(min_cell: int) -> str:
    return (
        f"Counts of 1 to {min_cell - 1} participants are shown as <{min_cell}. Check that they cannot be worked out"
        " from totals."
    )


def _attribute(
    name: str, cases: Sequence[Case], options: ReportOptions
) -> tuple[list[tuple[str, str, Any]], bool]:
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
        lines = [_line(value, counts[value], len(cases), options) for value in order]
    if missing:
        lines.append(_line(NOT_STATED, missing, len(cases), options))
    return lines, any(len(set(case.values(name))) > 1 for case in cases)


def _line(value: str, count: int, total: int, options: ReportOptions) -> tuple[str, str, Any]:
    return value, people_of(count, total, options.min_cell), tidy_people(count, options.min_cell)


def _natural(value: str) -> tuple[float, str]:
    head = value.split("-")[0].strip("<> +")
    return (float(head), value) if head.replace(".", "", 1).isdigit() else (float("inf"), value.casefold())


def _numbers(counts: dict[str, int], name: str, cases: Sequence[Case]) -> list[float]:
    """Return the values of an attribute that is a measured number; none where it is categories."""
    try:
        numbers = [float(value) for case in cases for value in case.values(name)]
    except ValueError:
        return []
    # 'nan' and 'inf' are words in a table of participants, not numbers.
    whole = all(abs(value) < 1e12 for value in numbers)
    measured = len(counts) > MANY_NUMBERS or (len(numbers) > 2 and len(counts) == len(numbers))
    return numbers if whole and measured else []


def _summed_up(numbers: Sequence[float]) -> list[tuple[str, str, Any]]:
    spread = f" ({number(stdev(numbers), digits=1)})" if len(numbers) > 1 else ""
    low, high = min(numbers), max(numbers)
    return [
        ("mean (SD)", f"{number(mean(numbers), digits=1)}{spread}", None),
        ("median (range)", f"{median(numbers):g} ({low:g} to {high:g})", None),
    ]


def framework_matrix(data: StudyData, options: ReportOptions) -> Table:
    """Return participants (rows) by codes: counts per polarity and quotes; the worksheet adds empty summary cells."""
    codes = data.codebook.codes
    by_case: dict[str, list[Coding]] = {}
    for coding in data.codings:
        by_case.setdefault(coding.case, []).append(coding)
    cases = [case for case in data.cases.values() if case.key in by_case]
    rows = [_case_row(case, by_case[case.key], codes, options) for case in cases[:MOST_CASES]]
    columns = [Column("Participant"), *(Column(code.label, code.parent or "", fold=True) for code in codes)]
    for component in data.codebook.components:
        columns.append(Column(component, "All codes of", number=True))
    for row, case in enumerate(cases[:MOST_CASES]):
        rows[row] += [
            _counts_cell(
                [item for item in by_case[case.key] if data.codebook.by_id[item.code].parent == component]
            )
            for component in data.codebook.components
        ]
    silent = len(data.cases) - len(cases)
    notes = [f"Number of codings by polarity: {SIGN_WORDS}; below it quotes."]
    if silent:
        notes.append(f"{counted(silent, 'participant')} without any coding: not shown.")
    if len(cases) > MOST_CASES:
        notes.append(f"The first {MOST_CASES} of {len(cases):,} participants; the Excel report has all.")
    given = [name for name in SIGNS if any(item.polarity == name for item in data.codings)]
    # A participant's attributes side by side would undo what hidden counts hide.
    tidy = [
        _tidy_case(case, by_case[case.key], codes, given, attributes=not options.min_cell) for case in cases
    ]
    pages = [f"{code.label}: {given[0] or 'no polarity'}" for code in codes] if given else []
    return Table(
        "Framework matrix", columns, rows, "framework matrix", tidy, notes, frozen=2, wide=True, pages=pages
    )


def _case_row(
    case: Case, codings: Sequence[Coding], codes: Sequence[Code], options: ReportOptions
) -> list[Cell]:
    row: list[Cell] = [(Line(case.name, "strong"), Line(case.label, "muted"))]
    for code in codes:
        mine = [coding for coding in codings if coding.code == code.id]
        quotes = sorted(passages_of(mine), key=lambda item: -len(item.text))[: min(1, options.quotes)]
        row.append((
            *_counts_cell(mine),
            *(Line(f"“{shortened(item.text, SHORT)}”", "quote", numbers_of(item.codings)) for item in quotes),
        ))  # fmt: skip
    return row


def _counts_cell(codings: Sequence[Coding]) -> Cell:
    return cell(signs(codings), "strong", numbers_of(codings)) if codings else cell(MISSING, "muted")


def signs(codings: Sequence[Coding]) -> str:
    """Return counts by polarity in one glance: −3 +2."""
    counts = {name: sum(item.polarity == name for item in codings) for name in SIGNS}
    return " ".join(f"{SIGNS[name]}{count}" for name, count in counts.items() if count)


def _tidy_case(
    case: Case,
    codings: Sequence[Coding],
    codes: Sequence[Code],
    polarities: Sequence[str | None],
    *,
    attributes: bool,
) -> dict[str, Any]:
    row: dict[str, Any] = {"participant": case.name, "label": case.label}
    if attributes:
        row |= {name: "; ".join(values) for name, values in case.attributes.items()}
    for code in codes:
        mine = [coding for coding in codings if coding.code == code.id]
        for name in polarities:
            count = sum(item.polarity == name for item in mine)
            row[f"{code.label}: {name or 'no polarity'}"] = count
        quotes = [f"{SIGNS[item.first.polarity]} {shortened(item.text, 400)}" for item in passages_of(mine)]
        row[f"{code.label}: quotes"] = "\n".join(quotes[:5])
        row[f"{code.label}: summary"] = ""
    return row


def attribute_table(data: StudyData, attribute: str, options: ReportOptions) -> Table:
    """Return codes (rows) by the values of an attribute: codings with row and column percentages, participants."""
    groups = groups_of(data, attribute)
    totals = {value: [c for c in data.codings if c.case in keys] for value, keys in groups.items()}
    rows, tidy = [], []
    for code in data.codebook.codes:
        by_value = {value: [c for c in mine if c.code == code.id] for value, mine in totals.items()}
        whole = sum(map(len, by_value.values()))
        row = [cell(code.label, "strong")]
        for value, mine in by_value.items():
            row.append(_attribute_cell(mine, whole, len(totals[value]), options))
            tidy.append(_attribute_row((attribute, value), code, mine, whole, len(totals[value]), options))
        rows.append(row)
    columns = [
        Column("Code"), *(Column(f"{value} (n = {len(keys):,})", number=True) for value, keys in groups.items()),
    ]  # fmt: skip
    notes = [
        "Codings (share of the code's codings, share of the group's codings); participants who said it.",
        *_overlap(groups),
    ]
    title = f"Codes by {attribute.replace('_', ' ')}"
    return Table(title, columns, rows, f"by {attribute}", tidy, notes, wide=len(groups) > 4, frozen=1)


def groups_of(data: StudyData, attribute: str) -> dict[str, set[str]]:
    """Return the cases of each value of an attribute, those without it under "not stated"."""
    groups: dict[str, set[str]] = {}
    for case in data.cases.values():
        for value in case.values(attribute) or (NOT_STATED,):
            groups.setdefault(value, set()).add(case.key)
    return dict(sorted(groups.items(), key=lambda item: (item[0] == NOT_STATED, item[0])))


def _overlap(groups: Mapping[str, set[str]]) -> list[str]:
    both = sum(bool(one & two) for one, two in combinations(groups.values(), 2))
    return ["Participants with several values count in each of them."] if both else []


def _attribute_cell(mine: Sequence[Coding], whole: int, total: int, options: ReportOptions) -> Cell:
    count = len(cases_of(mine))
    if hidden(count, options.min_cell):
        return cell(f"fewer than {options.min_cell} participants", "muted")
    if not mine:
        return cell("0", "muted")
    shares = f"{len(mine):,} ({percent(len(mine) / whole)}, {percent(len(mine) / total)})"
    return (Line(shares, "plain", numbers_of(mine)), Line(counted(count, "participant"), "muted"))


def _attribute_row(
    group: tuple[str, str], code: Code, mine: Sequence[Coding], whole: int, total: int, options: ReportOptions
) -> dict[str, Any]:
    """Return one cell as a tidy row; `group` is the attribute and its value."""
    count = len(cases_of(mine))
    small = hidden(count, options.min_cell)
    return {
        "attribute": group[0], "value": group[1], "code": code.id, "label": code.label,
        "codings": None if small else len(mine),
        "barriers": None if small else sum(item.polarity == "barrier" for item in mine),
        "facilitators": None if small else sum(item.polarity == "facilitator" for item in mine),
        "share of the code's codings": len(mine) / whole if whole and not small else None,
        "share of the group's codings": len(mine) / total if total and not small else None,
        "participants": tidy_people(count, options.min_cell),
    }  # fmt: skip


def together(data: StudyData) -> dict[tuple[str, str], int]:
    """Return on how many utterances each two codes stand together; of a code with itself: its utterances."""
    codes_of: dict[tuple[str, int], set[str]] = {}
    for coding in data.codings:
        codes_of.setdefault((coding.transcript, coding.place), set()).add(coding.code)
    pairs: dict[tuple[str, str], int] = {}
    for codes in codes_of.values():
        for one in codes:
            for two in codes:
                pairs[one, two] = pairs.get((one, two), 0) + 1
    return pairs
