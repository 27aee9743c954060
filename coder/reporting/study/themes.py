"""Results: codes and sub-themes with counts and quotes, the same in words, and linked intervention functions."""

from collections.abc import Sequence
from typing import Any

from coder.codebook import Code, Codebook
from coder.phrasing import MISSING, counted, shortened
from coder.reporting.study.contents import (
    Cell,
    Column,
    Heading,
    Kind,
    Line,
    Paragraph,
    Part,
    Quotation,
    Table,
    cell,
)
from coder.reporting.study.values import (
    ORIGINS,
    Coding,
    Group,
    Passage,
    ReportOptions,
    StudyData,
    cases_of,
    numbers_of,
    people,
    tidy_people,
)

QUOTE = 260  # characters of a quote in a table; the whole passage stands among the codings
LONG_QUOTE = 1_200  # characters of a quote that is set apart from the text
HEADINGS = {"barrier": "Barriers", "facilitator": "Facilitators", "mixed": "Mixed", None: "Without polarity"}
PLAIN_HEADING = "Sub-themes"  # of a codebook without polarity
SOURCE = (
    "A lookup of published links, not advice. It says which intervention functions the Behaviour Change Wheel"
    " connects with a sub-component, and nothing about what would work here. Source: Michie, van Stralen & West 2011,"
    " Implementation Science 6:42, doi 10.1186/1748-5908-6-42, Table 2."
)
FUNCTIONS = {
    "physical capability": ("training", "enablement"),
    "psychological capability": ("education", "training", "enablement"),
    "reflective motivation": ("education", "persuasion", "incentivisation", "coercion"),
    "automatic motivation": (
        "persuasion", "incentivisation", "coercion", "environmental restructuring", "modelling", "enablement",
    ),
    "physical opportunity": ("restriction", "environmental restructuring", "enablement"),
    "social opportunity": ("restriction", "environmental restructuring", "enablement"),
}  # fmt: skip


def polarities_of(data: StudyData) -> list[str | None]:
    """Return the columns the table needs: those of the codebook, and what else was given."""
    given = {coding.polarity for coding in [*data.codings, *data.suggested]}
    wanted: list[str | None] = [name for name in data.codebook.polarity if name != "mixed" or name in given]
    return [*wanted, *([None] if None in given or not wanted else [])]


def themes_table(data: StudyData, groups: Sequence[Group], options: ReportOptions) -> Table:
    """Return the table of sub-themes per code and polarity, with counts of codings and participants."""
    columns = polarities_of(data)
    titles = [HEADINGS[name] if data.codebook.polarity else PLAIN_HEADING for name in columns]
    header = [Column("Component"), Column("Sub-component"), *map(Column, titles)]
    if not data.codebook.components:
        header = [Column("Code"), *map(Column, titles)]
    if options.with_suggestions:
        header.append(Column("Suggested, not confirmed"))
    rows, tidy = [], []
    for code in data.codebook.codes:
        mine = [group for group in groups if group.code == code.id]
        cells = [
            _cell([g for g in mine if g.polarity == name], _of(data.codings, code.id, name), data, options)
            for name in columns
        ]
        lead = [cell(code.parent or "", "strong")] if data.codebook.components else []
        row = [*lead, cell(code.label, "strong"), *cells]
        if options.with_suggestions:
            row.append(_suggested(data.suggested, code.id))
        rows.append(row)
        tidy += [_tidy(code, group, data, options) for group in mine]
        tidy += _tidy_suggested(code, data, options)
    return Table(
        title=_title(data.codebook), columns=header, rows=rows, sheet="themes", tidy=tidy,
        notes=_notes(data, groups, options), spans=bool(data.codebook.components), frozen=2, wide=True,
        heads=2 if data.codebook.components else 1,
    )  # fmt: skip


def subthemes_table(data: StudyData, groups: Sequence[Group]) -> Table:
    """Return the short table that papers print: the names of the sub-themes per code and polarity, largest first."""
    columns = polarities_of(data)
    titles = [HEADINGS[name] if data.codebook.polarity else PLAIN_HEADING for name in columns]
    lead = ("Component", "Sub-component") if data.codebook.components else ("Code",)
    rows: list[list[Cell]] = []
    for code in data.codebook.codes:
        cells = [
            tuple(
                Line(group.name, "proposed" if group.proposed else "plain")
                for group in _named(groups, code, name)
            )
            for name in columns
        ]
        first = [cell(code.parent or "", "strong")] if data.codebook.components else []
        rows.append([*first, cell(code.label), *(lines or cell(MISSING, "muted") for lines in cells)])
    notes = ["Numbers and quotes: next table."]
    if any(group.proposed for group in groups):
        notes.append("In italics: proposed by the program, not confirmed by anybody.")
    return Table(
        title=f"{_what(data.codebook)}: sub-themes", columns=[*map(Column, [*lead, *titles])], rows=rows,
        sheet="themes", tidy=[], notes=notes, spans=bool(data.codebook.components),
    )  # fmt: skip


def _named(groups: Sequence[Group], code: Code, polarity: str | None) -> list[Group]:
    mine = [group for group in groups if group.code == code.id and group.polarity == polarity]
    return sorted(mine, key=lambda group: -len(group.codings))


def results_in_words(data: StudyData, groups: Sequence[Group], options: ReportOptions) -> list[Part]:
    """Return a skeleton for the text of a results section: headings, sub-themes with counts, and their quotes."""
    parts: list[Part] = [
        Paragraph(
            "A skeleton for your own text: each code and polarity with its sub-themes, numbers and quotes as a"
            " results section has them."
        )
    ]
    for code in data.codebook.codes:
        mine = [(name, _named(groups, code, name)) for name in polarities_of(data)]
        if not any(of_polarity for _, of_polarity in mine):
            continue
        parts.append(Heading(f"{code.parent}: {code.label}" if code.parent else code.label))
        for name, of_polarity in mine:
            if of_polarity and data.codebook.polarity:
                parts.append(Heading(HEADINGS[name], 3))
            for group in of_polarity:
                count = f"{counted(len(group.codings), 'coding')}, {_people(group.codings, options)}"
                made = "; proposed by the program" if group.proposed else ""
                parts.append(Paragraph(f"{group.name} ({count}{made})."))
                parts += [_quotation(passage, data) for passage in best(group, options.quotes)]
    return parts


def _quotation(passage: Passage, data: StudyData) -> Quotation:
    label = data.cases[passage.first.case].label
    return Quotation(shortened(passage.text, LONG_QUOTE), label, numbers_of(passage.codings))


def _title(codebook: Codebook) -> str:
    return f"{_what(codebook)} by {'sub-component' if codebook.components else 'code'}"


def _what(codebook: Codebook) -> str:
    return "Barriers and facilitators" if "barrier" in codebook.polarity else "Themes"


def _of(codings: Sequence[Coding], code: str, polarity: str | None) -> list[Coding]:
    return [coding for coding in codings if coding.code == code and coding.polarity == polarity]


def _cell(
    groups: Sequence[Group], codings: Sequence[Coding], data: StudyData, options: ReportOptions
) -> Cell:
    if not codings:
        return cell("none", "muted")
    lines = [
        Line(counted(len(codings), "coding"), "muted", numbers_of(codings), f"({_people(codings, options)})")
    ]
    for group in groups:
        mine = group.codings
        kind: Kind = "proposed" if group.proposed else "strong"
        lines.append(Line(group.name, kind, numbers_of(mine), f"({len(mine):,}; {_people(mine, options)})"))
        lines += [quote(passage, data) for passage in best(group, options.quotes)]
    return tuple(lines)


def _people(codings: Sequence[Coding], options: ReportOptions) -> str:
    count = len(cases_of(codings))
    shown = people(count, options.min_cell)
    return f"{shown} {'participant' if shown == '1' else 'participants'}"


def best(group: Group, most: int) -> list[Passage]:
    """Return passages to quote: those marked as good, then the most typical, of different participants first."""
    ordered = sorted(group.passages, key=lambda passage: not any(coding.good for coding in passage.codings))
    by_case: dict[str, list[Passage]] = {}
    for passage in ordered:
        by_case.setdefault(passage.first.case, []).append(passage)
    firsts = [passages[0] for passages in by_case.values()]
    rest = [passage for passage in ordered if passage is not by_case[passage.first.case][0]]
    return [*firsts, *rest][:most]


def quote(passage: Passage, data: StudyData) -> Line:
    """Return a passage as a quote with the speaker's label, as papers print it."""
    label = data.cases[passage.first.case].label
    return Line(f"“{shortened(passage.text, QUOTE)}”", "quote", numbers_of(passage.codings), f"({label})")


def _suggested(suggested: Sequence[Coding], code: str) -> Cell:
    mine = [coding for coding in suggested if coding.code == code]
    return (
        cell(counted(len(mine), "suggestion"), "muted", numbers_of(mine)) if mine else cell("none", "muted")
    )


def _tidy(code: Code, group: Group, data: StudyData, options: ReportOptions) -> dict[str, Any]:
    quotes = best(group, max(3, options.quotes))
    return {
        "component": code.parent or "", "code": code.id, "label": code.label, "polarity": group.polarity or "",
        "sub-theme": group.name, "made by": _maker(group), "codings": len(group.codings),
        "participants": tidy_people(len(cases_of(group.codings)), options.min_cell),
        **{f"quote {number}": quote(item, data).text for number, item in enumerate(quotes, start=1)},
    }  # fmt: skip


def _tidy_suggested(code: Code, data: StudyData, options: ReportOptions) -> list[dict[str, Any]]:
    if not options.with_suggestions:
        return []
    mine = [coding for coding in data.suggested if coding.code == code.id]
    by = dict.fromkeys(coding.polarity for coding in mine)
    return [
        {
            "component": code.parent or "", "code": code.id, "label": code.label, "polarity": name or "",
            "sub-theme": "", "made by": ORIGINS["suggested"], "codings": len(_of(mine, code.id, name)),
        }
        for name in by
    ]  # fmt: skip


def _maker(group: Group) -> str:
    if not group.proposed:
        return "a person"
    return (
        "the program: filed under a sub-theme of the codebook"
        if group.filed
        else "the program: proposed group"
    )


def _notes(data: StudyData, groups: Sequence[Group], options: ReportOptions) -> list[str]:
    notes = ["Beside each sub-theme: number of codings (utterances with the code) and of participants."]
    if any(group.proposed for group in groups):
        notes.append(
            "Sub-themes in italics are PROPOSED by the program from the likeness of the passages. Nobody has"
            " confirmed them. Name, merge or split them on the review page (Report), or write them to a table with"
            " --write-groups, edit the column 'group', and read it with --groups."
        )
    if data.disputed:
        notes.append(
            f"On {counted(data.disputed, 'utterance')} coders differ and nobody has adjudicated. There every code"
            " that any coder gave counts once; codings with different polarity count as mixed."
        )
    if options.with_suggestions:
        notes.append(
            "Suggestions stand in a column of their own. They are no codings and count nowhere else."
        )
    return notes


def intervention_table(data: StudyData) -> Table | None:
    """Return each sub-component of COM-B with its barriers and linked functions; None if the codebook has none."""
    rows, tidy = [], []
    for code in data.codebook.codes:
        functions = FUNCTIONS.get(code.label.casefold().strip())
        if functions is None:
            continue
        barriers = sum(item.code == code.id and item.polarity == "barrier" for item in data.codings)
        rows.append([cell(code.label, "strong"), cell(f"{barriers:,}"), cell(", ".join(functions))])
        tidy += [
            {"code": code.id, "label": code.label, "barriers": barriers, "intervention function": function}
            for function in functions
        ]
    if not rows:
        return None
    left = len(data.codebook.codes) - len(rows)
    notes = [SOURCE, *([f"{counted(left, 'code')} of the codebook have no such links."] if left else [])]
    columns = [
        Column("Sub-component"),
        Column("Barriers coded", number=True),
        Column("Linked intervention functions"),
    ]
    return Table(
        "Intervention functions linked with each sub-component", columns, rows, "interventions", tidy, notes
    )
