"""The Behaviour Change Wheel's links from parts of COM-B to intervention functions: a lookup, not advice."""

from coder.phrasing import counted
from coder.reporting.study.contents import Column, Table, cell
from coder.reporting.study.values import StudyData

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
