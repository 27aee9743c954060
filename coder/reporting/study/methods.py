"""The methods paragraph and the COREQ checklist, filled in with what really happened in the study."""

from coder.phrasing import counted, estimate, listed, percent
from coder.reporting.study.contents import Column, Table, cell
from coder.reporting.study.values import ReportOptions, StudyData

COREQ_SOURCE = (
    "Items of the Consolidated criteria for reporting qualitative research (COREQ): Tong, Sainsbury & Craig 2007,"
    " International Journal for Quality in Health Care 19:349-357, doi 10.1093/intqhc/mzm042. The program fills in"
    " what the study file holds. You write the rest."
)
YOURS = "[for you to write]"
COREQ: tuple[tuple[str, str], ...] = (
    ("Research team", "Interviewer or facilitator"), ("Research team", "Credentials"),
    ("Research team", "Occupation"), ("Research team", "Gender"), ("Research team", "Experience and training"),
    ("Research team", "Relationship established before the study"),
    ("Research team", "What participants knew of the interviewer"),
    ("Research team", "Interviewer characteristics"), ("Study design", "Methodological orientation and theory"),
    ("Study design", "Sampling"), ("Study design", "Method of approach"), ("Study design", "Sample size"),
    ("Study design", "Non-participation"), ("Study design", "Setting of data collection"),
    ("Study design", "Presence of non-participants"), ("Study design", "Description of sample"),
    ("Study design", "Interview guide"), ("Study design", "Repeat interviews"),
    ("Study design", "Audio or visual recording"), ("Study design", "Field notes"), ("Study design", "Duration"),
    ("Study design", "Data saturation"), ("Study design", "Transcripts returned"),
    ("Analysis and findings", "Number of data coders"), ("Analysis and findings", "Description of the coding tree"),
    ("Analysis and findings", "Derivation of themes"), ("Analysis and findings", "Software"),
    ("Analysis and findings", "Participant checking"), ("Analysis and findings", "Quotations presented"),
    ("Analysis and findings", "Data and findings consistent"),
    ("Analysis and findings", "Clarity of major themes"), ("Analysis and findings", "Clarity of minor themes"),
)  # fmt: skip


def methods_paragraphs(data: StudyData) -> list[str]:
    """Return the sentences of a methods section as paragraphs: material, coding, suggestions, agreement."""
    paragraphs = [_material(data), _coding(data), _machine(data), _agreement(data), _software(data)]
    return [paragraph for paragraph in paragraphs if paragraph]


def _material(data: StudyData) -> str:
    people = f"from {counted(len(data.cases), 'participant')} " if data.cases else ""
    text = (
        f"The material was {counted(len(data.sources), 'transcript')} {people}with"
        f" {counted(data.utterances, 'utterance')} that could be coded."
    )
    if data.decided < data.utterances:
        share = percent(data.decided / data.utterances) if data.utterances else "0 %"
        text += f" So far {data.decided:,} of them ({share}) are coded; the others are in no figure below."
    return text


def _coding(data: StudyData) -> str:
    if not data.coders:
        return "Nobody has coded yet."
    names = listed([coder.name for coder in data.coders])
    book = data.codebook
    scheme = f"the codebook '{book.name}' ({counted(len(book.codes), 'code')}"
    scheme += f" under {counted(len(book.components), 'component')})" if book.components else ")"
    text = f"{counted(len(data.coders), 'coder')} ({names}) coded utterances with {scheme}."
    decided = sum(coder.decided for coder in data.coders)
    blind = sum(coder.blind for coder in data.coders)
    if decided:
        text += (
            f" {percent(blind / decided)} of their {decided:,} decisions were made blind, before any suggestion or"
            " another coder's codes were seen."
        )
    imported = sum(coder.imported for coder in data.coders)
    if imported:
        text += (
            f" {imported:,} of the decisions were made elsewhere and came in from files, which do not say what the"
            " coders had seen; they are counted as blind [confirm]."
        )
    seconds = [coder.seconds for coder in data.coders if coder.seconds]
    if seconds:
        text += f" Coding took {sum(seconds) / 3600:.1f} hours, as far as time was measured."
    if data.adjudicated:
        text += f" {counted(data.adjudicated, 'utterance')} were adjudicated."
    if data.disputed:
        text += f" On {counted(data.disputed, 'utterance')} coders still differ."
    return text


def _machine(data: StudyData) -> str:
    if data.model is None:
        return "No codes were suggested by a program."
    origins = {
        name: sum(item.origin == name for item in data.codings) for name in ("person", "accepted", "changed")
    }
    total = len(data.codings)
    text = f"The model '{data.model.label}' suggested codes."
    if data.model.held_out:
        text += f" {data.model.held_out}"
    if total and not origins["accepted"] + origins["changed"]:
        text += " No coding goes back to a suggestion: people made all of them on their own."
    elif total:
        text += (
            f" People confirmed, changed or rejected each one. Of {counted(total, 'coding')}, {origins['person']:,}"
            f" were made by people without a suggestion ({percent(origins['person'] / total)}),"
            f" {origins['accepted']:,} were suggestions accepted unchanged ({percent(origins['accepted'] / total)})"
            f" and {origins['changed']:,} suggestions that were changed ({percent(origins['changed'] / total)})."
        )
    answered = sum(fate.answered for fate in data.fates)
    if answered:
        accepted = sum(fate.accepted for fate in data.fates)
        rejected = sum(fate.rejected for fate in data.fates)
        text += (
            f" Coders accepted {percent(accepted / answered)} and rejected {percent(rejected / answered)} of the"
            f" {counted(answered, 'suggestion')} that they decided on."
        )
    return text


def _agreement(data: StudyData) -> str:
    report = data.agreement
    if report is None:
        return "No utterance was coded by two coders, so agreement is not known." if data.coders else ""
    how = (
        "after suggestions had been seen, so this is assisted agreement and not reliability"
        if report.assisted_only
        else "blind"
    )
    return (
        f"{counted(report.n_compared, 'utterance')} were coded by two or more coders, {how}. Over all codes"
        f" Krippendorff's alpha (MASI distance) was {estimate(report.overall['masi_alpha'])} and pooled kappa"
        f" {estimate(report.overall['pooled_kappa'])}. Intervals: {report.interval}."
    )


def _software(data: StudyData) -> str:
    return f"Software: precoder {data.version}." if data.version else ""


def coreq_table(data: StudyData, options: ReportOptions) -> Table:
    """Return the 32 items of COREQ with what the study file can say of each."""
    known = _known(data, options)
    items = [
        (number, domain, item, known.get(item, YOURS)) for number, (domain, item) in enumerate(COREQ, start=1)
    ]
    columns = [Column("No.", number=True), Column("Domain"), Column("Item"), Column("In this study")]
    rows = [
        [cell(str(n)), cell(d), cell(i), cell(t, "muted" if t == YOURS else "plain")] for n, d, i, t in items
    ]
    tidy = [{"no": n, "domain": d, "item": i, "in this study": t} for n, d, i, t in items]
    return Table("COREQ checklist", columns, rows, "COREQ", tidy, [COREQ_SOURCE])


def _known(data: StudyData, options: ReportOptions) -> dict[str, str]:
    book = data.codebook
    attributes = listed([name.replace("_", " ") for name in data.attributes])
    coders = listed([coder.name for coder in data.coders]) or "nobody yet"
    known = {
        "Sample size": f"{counted(len(data.cases), 'participant')}, {counted(len(data.sources), 'transcript')}",
        "Number of data coders": f"{len(data.coders)} ({coders})",
        "Description of the coding tree": f"Codebook '{book.name}', version {book.version}: {_labels(data)}",
        "Software": f"precoder {data.version}",
        "Quotations presented": "Quotations are given with "
        + ("pseudonymised speaker labels" if options.pseudonymised else "the label of the speaker"),
    }
    if data.codings:
        known |= {
            "Derivation of themes": "Codes from the codebook; sub-themes as the table of results says",
            "Data saturation": "Picture and sheet of new codes per transcript",
            "Data and findings consistent": "Every count leads to its quotes (HTML and Excel report)",
            "Clarity of major themes": "Table of results, one row per code",
            "Clarity of minor themes": "Table of results, sub-themes within a row",
        }
    if attributes:
        known["Description of sample"] = f"Tables of participants by {attributes}"
    if book.source:
        known["Methodological orientation and theory"] = f"Deductive coding to: {book.source.strip()}"
    return known


def _labels(data: StudyData) -> str:
    return listed([code.label for code in data.codebook.codes][:MOST_LABELS]) + (
        f" and {len(data.codebook.codes) - MOST_LABELS} more"
        if len(data.codebook.codes) > MOST_LABELS
        else ""
    )


MOST_LABELS = 12
