"""A report put together: which sections, in which order, with what said where something is missing."""

from collections.abc import Iterable, Sequence

from coder.phrasing import MISSING, counted, estimate, number, percent
from coder.reporting.agreement import TITLES
from coder.reporting.study.contents import Column, Contents, Paragraph, Part, Picture, Section, Table, cell
from coder.reporting.study.methods import coreq_table, methods_paragraphs
from coder.reporting.study.participants import attribute_table, framework_matrix, participant_tables
from coder.reporting.study.pictures import pictures
from coder.reporting.study.themes import intervention_table, results_in_words, subthemes_table, themes_table
from coder.reporting.study.values import ORIGINS, Group, ReportOptions, StudyData


def report_contents(
    data: StudyData, groups: Sequence[Group], options: ReportOptions, remarks: Iterable[str] = ()
) -> Contents:
    """Return the whole report of a study; `remarks` are said at its beginning."""
    drawn = {picture.name: picture for picture in pictures(data, options)}
    sections = [
        Section("Overview", _overview(data, options, remarks)),
        Section("Results", _results(data, groups, options, drawn)),
        *([Section("Results in words", results_in_words(data, groups, options))] if data.codings else []),
        Section("Participants", participant_tables(data, options) or [Paragraph(NO_PARTICIPANTS)]),
        Section("Framework matrix", _matrix(data, options, drawn)),
        Section("How the coding was done", _process(data, drawn)),
        Section("Methods and checklist", _methods(data, options)),
    ]
    if options.interventions:
        sections.insert(2, Section("Behaviour Change Wheel", _interventions(data)))
    subtitle = f"{counted(len(data.sources), 'transcript')}, {counted(len(data.codings), 'coding')}"
    return Contents(data.name, f"{subtitle}; codebook: {data.codebook.name}", sections)


NO_PARTICIPANTS = (
    "Nothing is known about participants. Bring in a table of them:"
    " coder import STUDY.coder --attributes participants.csv"
)
NO_CODINGS = (
    "Nobody has coded anything yet, so there are no results. Suggestions alone are never counted as codings."
)

COUNTING = (
    "A coding is an utterance with a code. It counts once, also if several coders gave the code; a passage over three"
    " utterances is three codings."
)


def _overview(data: StudyData, options: ReportOptions, remarks: Iterable[str]) -> list[Part]:
    parts: list[Part] = [Paragraph(remark, warning=True) for remark in remarks]
    if not data.codings:
        parts.append(Paragraph(NO_CODINGS, warning=True))
    columns = [Column(""), Column("", number=True)]
    facts = [
        ("Transcripts", f"{len(data.sources):,}"), ("Participants", f"{len(data.cases):,}"),
        ("Utterances that could be coded", f"{data.utterances:,}"),
        ("Utterances decided", f"{data.decided:,} ({percent(data.decided / data.utterances)})" if data.utterances
         else "0"),
        ("Codings", f"{len(data.codings):,}"),
        *(
            (f"of these {words}", f"{sum(item.origin == name for item in data.codings):,}")
            for name, words in ORIGINS.items() if name != "suggested"
        ),
        ("Coders", ", ".join(coder.name for coder in data.coders) or "nobody yet"),
    ]  # fmt: skip
    if options.with_suggestions:
        facts.append(("Suggestions that nobody has confirmed (no codings)", f"{len(data.suggested):,}"))
    rows = [
        [cell(name, "item" if name.startswith("of these") else "strong"), cell(value)]
        for name, value in facts
    ]
    tidy = [{"what": name, "value": value} for name, value in facts]
    parts.append(
        Table("The study at a glance", columns, rows, "overview", tidy, [COUNTING] if data.codings else [])
    )
    return parts


def _results(
    data: StudyData, groups: Sequence[Group], options: ReportOptions, drawn: dict[str, Picture]
) -> list[Part]:
    if not data.codings and not options.with_suggestions:
        return [Paragraph(NO_CODINGS)]
    parts: list[Part] = [subthemes_table(data, groups)] if data.codings else []
    parts += [themes_table(data, groups, options), *_named(drawn, "balance")]
    pairs: list[Part] = [*_named(drawn, "together")]
    if data.codings and len(data.codebook.codes) > 1 and not pairs:
        pairs = [
            Paragraph("No utterance has two codes, so there is no picture of codes that occur together.")
        ]
    return [*parts, *pairs, *_named(drawn, "saturation")]


def _named(drawn: dict[str, Picture], *starts: str) -> list[Picture]:
    return [picture for name, picture in drawn.items() if name.startswith(starts)]


def _matrix(data: StudyData, options: ReportOptions, drawn: dict[str, Picture]) -> list[Part]:
    if not data.codings:
        return [Paragraph(NO_CODINGS)]
    attributes = options.by or ((options.apart,) if options.apart else ())
    tables = [attribute_table(data, name, options) for name in attributes]
    return [framework_matrix(data, options), *tables, *_named(drawn, "by-"), *_named(drawn, "stripes")]


def _interventions(data: StudyData) -> list[Part]:
    table = intervention_table(data)
    return [
        table if table else Paragraph("The codebook's codes are not the sub-components of COM-B: no lookup.")
    ]


def _process(data: StudyData, drawn: dict[str, Picture]) -> list[Part]:
    parts: list[Part] = [_coders_table(data)] if data.coders else [Paragraph("Nobody has coded yet.")]
    if any(fate.answered or fate.waiting for fate in data.fates):
        parts.append(_fates_table(data))
    parts += _named(drawn, "suggestions")
    if data.agreement is not None:
        parts += [_agreement_table(data), *_code_agreement(data)]
    return [*parts, *_named(drawn, "agreement", "model-risk", "model-calibration")]


def _coders_table(data: StudyData) -> Table:
    columns = [
        Column("Coder"),
        *(Column(name, number=True) for name in ("Utterances decided", "Blind", "Hours")),
    ]
    rows, tidy = [], []
    for coder in data.coders:
        hours = coder.seconds / 3600 if coder.seconds else None
        blind = f"{coder.blind:,} ({percent(coder.blind / coder.decided)})" if coder.decided else "0"
        rows.append(
            [cell(coder.name), cell(f"{coder.decided:,}"), cell(blind), cell(number(hours, digits=1))]
        )
        tidy.append({"coder": coder.name, "decided": coder.decided, "blind": coder.blind, "hours": hours})
    return Table("Coders", columns, rows, "coders", tidy, [f"{MISSING} = time was not measured."])


def _fates_table(data: StudyData) -> Table:
    labels = data.codebook.labels
    names = ("accepted", "changed", "rejected", "waiting")
    columns = [
        Column("Code"),
        *(Column(name.capitalize(), number=True) for name in (*names, "accepted of decided")),
    ]
    rows, tidy = [], []
    for fate in data.fates:
        share = fate.accepted / fate.answered if fate.answered else None
        counts = [getattr(fate, name) for name in names]
        rows.append(
            [cell(labels.get(fate.code, fate.code)), *(cell(f"{n:,}") for n in counts), cell(percent(share))]
        )
        tidy.append(
            {"code": fate.code, **dict(zip(names, counts, strict=True)), "accepted of decided": share}
        )
    return Table("What became of the suggestions", columns, rows, "suggestions", tidy)


COEFFICIENTS = (
    "Kappa: the mean of Cohen's kappa over the pairs of coders (Light 1971). AC1: Gwet 2008. Positive agreement: of"
    " the utterances to which one coder gave the code, how often another did. Prevalence: the share of ratings that"
    " gave the code."
)
OVERALL = ("percent_agreement", "masi_alpha", "pooled_kappa", "macro_gwet_ac1")


def _agreement_table(data: StudyData) -> Table:
    report = data.agreement
    assert report is not None
    columns = [Column("Over all codes"), Column("Value [95 % interval]", number=True)]
    rows = [[cell(TITLES[name]), cell(estimate(report.overall[name]))] for name in OVERALL]
    tidy = [{"coefficient": name, **report.overall[name].to_dict()} for name in OVERALL]
    kind = "Assisted agreement" if report.assisted_only else "Agreement"
    notes = [
        f"{counted(report.n_compared, 'utterance')} with two or more coders. Intervals: {report.interval}."
    ]
    return Table(f"{kind} between coders", columns, rows, "agreement", tidy, [*notes, *report.notes])


def _code_agreement(data: StudyData) -> list[Part]:
    report = data.agreement
    assert report is not None
    shown = {
        "Kappa": "light_kappa", "AC1": "gwet_ac1", "Positive agreement": "positive_agreement",
        "Prevalence": "prevalence",
    }  # fmt: skip
    rows, tidy = [], []
    for code, found in report.codes.items():
        if code in report.unused:
            continue
        rows.append([cell(report.label(code)), *(cell(estimate(found[name])) for name in shown.values())])
        tidy += [{"code": code, "coefficient": name, **found[name].to_dict()} for name in shown.values()]
    columns = [Column("Code"), *(Column(name, number=True) for name in shown)]
    return (
        [Table("Agreement per code", columns, rows, "agreement per code", tidy, [COEFFICIENTS])]
        if rows
        else []
    )


def _methods(data: StudyData, options: ReportOptions) -> list[Part]:
    return [*map(Paragraph, methods_paragraphs(data)), coreq_table(data, options)]
