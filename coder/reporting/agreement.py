"""The agreement report for people: tables for a terminal, a paragraph for a paper's methods section, and files.

A file is JSON, one csv table of all estimates, or a workbook with a sheet per section.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coder.agreement.report import OWN_UNITS, AgreementReport, Disagreement, Estimates, ModelAgreement
from coder.domain import ADJUDICATED
from coder.errors import OutputError
from coder.phrasing import MISSING, counted, estimate, interval, listed, number, percent, shortened, table
from coder.reporting.rows import check_new, open_rows, written_whole
from coder.reporting.workbook import Sheet, write_workbook
from coder.statistics import Estimate

TITLES = {
    "percent_agreement": "Percent agreement",
    "cohen_kappa": "Cohen's kappa",
    "scott_pi": "Scott's pi",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "light_kappa": "Light's kappa (mean of pairs)",
    "gwet_ac1": "Gwet's AC1",
    "brennan_prediger": "Brennan-Prediger",
    "pabak": "PABAK",
    "krippendorff_alpha": "Krippendorff's alpha",
    "weighted_kappa_linear": "Weighted kappa, linear",
    "weighted_kappa_quadratic": "Weighted kappa, quadratic",
    "gwet_ac2_quadratic": "Gwet's AC2, quadratic",
    "masi_alpha": "Krippendorff's alpha, sets (MASI)",
    "jaccard_alpha": "Krippendorff's alpha, sets (Jaccard)",
    "nominal_set_alpha": "Krippendorff's alpha, identical sets",
    "pooled_kappa": "Pooled kappa over codes",
    "macro_cohen_kappa": "Mean Cohen's kappa over codes",
    "macro_light_kappa": "Mean Light's kappa over codes",
    "macro_gwet_ac1": "Mean AC1 over codes",
    "macro_pabak": "Mean PABAK over codes",
    "macro_krippendorff_alpha": "Mean alpha over codes",
}
MOST_SHOWN = 10
TEXT_WIDTH = 110
ESTIMATES = (
    "section",
    "item",
    "coefficient",
    "value",
    "ci_low",
    "ci_high",
    "se",
    "n_units",
    "prevalence",
    "reason",
    "note",
)
MOST_MATRICES = 20  # pairs of coders with a sheet of their own


def headline(report: AgreementReport) -> str:
    """Say who was compared, on how many units of what, and where the intervals come from."""
    names = ", ".join(f"{name} ({count:,})" for name, count in report.coders.items())
    where = f" in {counted(report.n_transcripts, 'transcript')}" if report.n_transcripts else ""
    kind = "ASSISTED AGREEMENT" if report.assisted_only else "Agreement"
    only = f"\n{_only(report)}" if report.only_transcripts else ""
    return (
        f"{kind} between {names} on {report.n_compared:,} of {counted(report.n_units, 'unit')}{where}\n"
        f"Unit: {report.unit}. Intervals in brackets: {report.interval}.{only}"
    )


def _only(report: AgreementReport) -> str:
    """Name the transcripts that were counted, where not all were."""
    names = report.only_transcripts
    return f"Of the transcripts, only {listed(names)} {'is' if len(names) == 1 else 'are'} counted."


def _overall_names(report: AgreementReport) -> list[str]:
    """Return the overall coefficients worth printing."""
    overall, two = report.overall, len(report.coders) == 2
    names = ["percent_agreement"]
    if report.one_code:
        names += ["cohen_kappa"] if two else ["fleiss_kappa", "conger_kappa", "light_kappa"]
        names += ["gwet_ac1", "brennan_prediger", "krippendorff_alpha"]
        ordered = ("weighted_kappa_linear", "weighted_kappa_quadratic", "gwet_ac2_quadratic")
        names += [name for name in ordered if name in overall]
    else:
        names += ["masi_alpha", "jaccard_alpha"]
    return [*names, "pooled_kappa", "macro_cohen_kappa" if two else "macro_light_kappa", "macro_gwet_ac1"]


def _overall_table(report: AgreementReport) -> str:
    names = _overall_names(report)
    rows = [
        [TITLES[name], number(estimate.value), interval((estimate.low, estimate.high))]
        for name in names
        for estimate in [report.overall[name]]
    ]
    reasons = dict.fromkeys(report.overall[name].reason for name in names)
    lines = [f"{MISSING} means undefined: {reason}." for reason in reasons if reason]
    return "\n\n".join(
        filter(None, [table(("over all codes", "value", "95 %"), rows, ruled=True), "\n".join(lines)])
    )


def _code_table(report: AgreementReport) -> str:
    kappa = "Cohen's kappa" if len(report.coders) == 2 else "Light's kappa"
    header = (
        "code", "prevalence", "agree", f"{kappa} [95 %]", "alpha", "AC1", "PABAK", "pos. agr.", "neg. agr.",
    )  # fmt: skip
    rows = []
    for code, estimates in report.codes.items():
        if code in report.unused:
            rows.append([report.label(code), percent(0.0, 1), "unused", *[MISSING] * 6])
            continue
        figures = ("krippendorff_alpha", "gwet_ac1", "pabak", "positive_agreement", "negative_agreement")
        rows.append(
            [
                report.label(code),
                percent(estimates["prevalence"].value, 1),
                percent(estimates["percent_agreement"].value, 1),
                estimate(estimates["light_kappa"]),
                *(number(estimates[name].value) for name in figures),
            ]
        )
    return table(header, rows, ruled=True)


def _stage_table(report: AgreementReport) -> str:
    rows = []
    for stage in report.stages.values():
        estimates = stage.coefficients
        alpha = estimates.get("masi_alpha") or estimates["krippendorff_alpha"]
        ac1 = estimates.get("gwet_ac1") or estimates["macro_gwet_ac1"]
        share = percent(estimates["percent_agreement"].value, 1)
        rows.append([stage.question, f"{stage.n:,}", share, estimate(alpha), number(ac1.value)])
    return table(("step by step", "n", "agree", "alpha [95 %]", "AC1"), rows, ruled=True)


def _pair_table(report: AgreementReport) -> str:
    rows = [
        [
            name,
            f"{pair.n_units:,}",
            percent(pair.estimates["percent_agreement"].value, 1),
            estimate(pair.estimates["masi_alpha"]),
            estimate(pair.estimates["pooled_kappa"]),
        ]
        for name, pair in report.pairs.items()
    ]
    return table(("pair", "units", "agree", "alpha, sets", "pooled kappa"), rows, ruled=True)


def _sample_size_table(report: AgreementReport) -> str:
    rows = [
        [
            report.label(code),
            f"± {number(plan.half_width)}",
            number(plan.design_effect, digits=1),
            *(MISSING if count is None else f"{count:,}" for count in counts),
        ]
        for code, plan in report.planning.items()
        if plan.half_width is not None
        for counts in [(plan.units_needed, plan.more_units, plan.more_transcripts)]
    ]
    if not rows:
        return ""
    wanted = next(iter(report.planning.values())).wanted_half_width
    header = (
        f"for kappa ± {wanted:g}",
        "now",
        "design effect",
        "units needed",
        "more units",
        "more transcripts",
    )
    return table(header, rows, ruled=True)


def _unitizing_table(report: AgreementReport) -> str:
    if report.unitizing is None:
        return ""
    estimates = {"all codes": report.unitizing.overall}
    estimates |= {report.label(code): of_code for code, of_code in report.unitizing.codes.items()}
    rows = [
        [name, number(of_code["alpha_u"].value), number(of_code["alpha_u_2004"].value)]
        for name, of_code in estimates.items()
    ]
    return table(("boundaries and codes", "alpha-u (2016)", "alpha-u (2004)"), rows, ruled=True)


def _model_table(report: AgreementReport) -> str:
    """Return people beside the model: overall, then each code's kappa."""
    model = report.model
    if model is None:
        return ""
    comparisons = {TITLES[name]: sides for name, sides in model.overall.items()}
    comparisons |= {
        f"kappa, {report.label(code)}": names["cohen_kappa"] for code, names in model.codes.items()
    }
    rows = [
        [name, *(estimate(sides[side]) for side in ("human_human", "human_model", "difference"))]
        for name, sides in comparisons.items()
    ]
    header = (f"same {model.units:,} units", "people", f"people | {model.coder}", "difference")
    return table(header, rows, ruled=True)


def _assisted(report: AgreementReport) -> str:
    if report.assisted is None:
        return ""
    return (
        f"Assisted agreement (suggestions in sight, {counted(report.assisted.n_compared, 'unit')}): alpha, sets"
        f" {estimate(report.assisted.overall['masi_alpha'])}. Not comparable with agreement of blind codings."
    )


def _disagreements(report: AgreementReport) -> str:
    if not report.disagreements:
        return ""
    lines = [f"{counted(report.n_disagreements, 'disagreement')}, most informative first:"]
    for row in report.disagreements[:MOST_SHOWN]:
        lines.append(_disagreement(row))
        if row.context.get("text"):
            lines.append(f"      {shortened(str(row.context['text']), TEXT_WIDTH)}")
    if report.n_disagreements > MOST_SHOWN:
        lines.append("  ... (all of them: -o report.xlsx)")
    return "\n".join(lines)


def _disagreement(row: Disagreement) -> str:
    where = " ".join(filter(None, [row.transcript, row.unit]))
    given = ", ".join(f"{name}: {' + '.join(codes) or 'nothing'}" for name, codes in row.coders.items())
    return f"  {where}  [{row.kind}]  {given}"


def as_text(report: AgreementReport) -> str:
    """Return the report as tables for a terminal."""
    parts = [
        headline(report),
        _overall_table(report),
        _code_table(report) if report.codes else "",
        _stage_table(report),
        _pair_table(report) if len(report.pairs) > 1 else "",
        _model_table(report),
        _assisted(report),
        _unitizing_table(report),
        _sample_size_table(report),
        _disagreements(report),
        "\n".join(report.interpretation),
        "\n".join(report.notes),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def view_text(view: Mapping[str, Any]) -> str:
    """Return another program's figures as a table, with the reason why they differ from the report's."""
    columns = list(dict.fromkeys(name for row in view["rows"] for name in row))
    rows = [[_cell(name, row.get(name)) for name in columns] for row in view["rows"]]
    head = f"As {view['title']}; counted in {view['weight']}.\n{view['explanation']}"
    return f"{head}\n\n{table([name.replace('_', ' ') for name in columns], rows, ruled=True)}\n"


def _cell(name: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or MISSING
    if name in ("size", "dual", "single", "uncoded"):  # characters or units
        return f"{value:,.0f}"
    return percent(value, 1) if name == "agreement" else number(value)


def methods(report: AgreementReport) -> str:
    """Return a paragraph for a methods section: what was compared, how, with what result, and the sources."""
    if not report.n_compared:
        return "Nothing was coded by two coders: there is no agreement to describe."
    names = [name for name in report.coders if name != ADJUDICATED]
    places = f" from {counted(report.n_transcripts, 'transcript')}" if report.n_transcripts else ""
    if places and report.only_transcripts:
        places += f" ({listed(report.only_transcripts)})"
    unit = "[say what a unit is]" if report.unit == OWN_UNITS else f"(unit: {report.unit})"
    sentences = [
        f"{counted(len(names), 'coder')} ({', '.join(names)}) coded {report.n_compared:,} units {unit}{places}"
        f" {_circumstances(report)},"
        f" with {counted(len(report.codes), 'code')};"
        f" a unit could carry {'one code or none' if report.one_code else 'several codes or none'}.",
        _computed(report),
        f"Intervals: {report.interval}.",
        _results(report),
        *_range_of_kappas(
            [estimates for code, estimates in report.codes.items() if code not in report.unused]
        ),
    ]
    if report.unused:
        sentences.append(f"Nobody used {', '.join(report.unused)}; means leave them out.")
    return " ".join(sentences)


def _circumstances(report: AgreementReport) -> str:
    """Say what the coders had seen, and whether the figures are about independent coders."""
    seen = "after seeing a program's suggestions"
    if ADJUDICATED in report.coders:
        return (
            f"{seen + ' ' if report.assisted_only else ''}and are compared here with the adjudicated codes, which"
            " were settled in sight of theirs, so that the figures are agreement with final codes and not reliability"
        )
    if report.assisted_only:
        return f"{seen}, so that the figures are assisted agreement and not reliability"
    return "independently [confirm: before any discussion, without seeing each other's codes or suggestions]"


def _computed(report: AgreementReport) -> str:
    """Say over what agreement was computed and by which coefficients, with their sources."""
    kappa = (
        "Cohen's kappa (1960)"
        if len(report.coders) == 2
        else "the mean of pairwise Cohen kappas (Light 1971)"
    )
    over = (
        "the characters of the texts, since coders set the boundaries of passages themselves"
        if report.unitizing is not None
        else "fixed units"
    )
    whole = (
        f"Krippendorff's alpha for {report.level} data (Krippendorff 2019)"
        if report.one_code
        else "Krippendorff's alpha with the MASI distance for sets of codes (Krippendorff 2019; Passonneau 2006)"
    )
    weighted = " and as quadratically weighted kappa (Cohen 1968)" if report.level == "ordinal" else ""
    return (
        f"Agreement was computed over {over}: over all codes as {whole}{weighted} and as pooled kappa (de Vries et"
        f" al. 2008); per code as {kappa}, with AC1 (Gwet 2008), PABAK (Byrt et al. 1993) and positive and negative"
        " agreement beside it because kappa falls with prevalence (Feinstein & Cicchetti 1990)."
    )


def _results(report: AgreementReport) -> str:
    overall = report.overall
    named = {
        "alpha was": overall["krippendorff_alpha" if report.one_code else "masi_alpha"],
        "weighted kappa": overall.get("weighted_kappa_quadratic"),
        "pooled kappa": overall["pooled_kappa"],
    }
    figures = ", ".join(
        f"{name} {estimate(figure)}"
        for name, figure in named.items()
        if figure is not None and figure.value is not None
    )
    same = f"coders gave identical codes to {percent(overall['percent_agreement'].value, 1)} of units."
    sentence = f"{figures}; {same}" if figures else same
    return sentence[0].upper() + sentence[1:]


def _range_of_kappas(codes: Sequence[Mapping[str, Estimate]]) -> list[str]:
    kappas = [estimates["light_kappa"].value for estimates in codes]
    known = [value for value in kappas if value is not None]
    return [f"Kappa per code ranged from {number(min(known))} to {number(max(known))}."] if known else []


Row = dict[str, Any]
FORMATS = (".json", ".csv", ".xlsx")


def write_files(report: AgreementReport, path: Path, *, force: bool = False) -> None:
    """Write the report in the format of the path's suffix; raises OutputError."""
    check_file(path, force=force)
    suffix = path.suffix.lower()
    if suffix == ".json":
        text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n"
        with written_whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    elif suffix == ".csv":
        with open_rows(path, ESTIMATES, force=force) as writer:
            writer.write(estimate_rows(report))
    else:
        write_workbook(path, _sheets(report))


def check_file(path: Path, *, force: bool = False) -> None:
    """Raise OutputError unless a report can be written to `path`: its suffix, its folder, what is there already."""
    if path.suffix.lower() not in FORMATS:
        raise OutputError(f"{path}: a report is written to a name that ends in .json, .csv or .xlsx.")
    check_new(path, force=force)


def estimate_rows(report: AgreementReport) -> Iterator[Row]:
    """Yield every estimate of the report as one row."""
    n = report.n_compared
    yield from _rows("overall", "all codes", report.overall, n)
    for code, estimates in report.codes.items():
        yield from _rows("code", code, estimates, n)
    for code, estimates in report.components.codes.items() if report.components else ():
        yield from _rows("component", code, estimates, n)
    for name, stage in report.stages.items():
        yield from _rows("step", name, stage.coefficients, stage.n)
    for name, pair in report.pairs.items():
        yield from _rows("pair", name, pair.estimates, pair.n_units)
        for code, estimates in pair.codes.items():
            yield from _rows("pair and code", f"{name}: {code}", estimates, pair.n_units)
    if report.unitizing:
        yield from _rows("unitizing", "all codes", report.unitizing.overall, n)
        for code, estimates in report.unitizing.codes.items():
            yield from _rows("unitizing", code, estimates, n)
    if report.model:
        yield from _model_rows(report.model)


def _rows(section: str, item: str, estimates: Estimates, n: int) -> Iterator[Row]:
    prevalence = estimates["prevalence"].value if "prevalence" in estimates else None
    for name, one in estimates.items():
        if name != "prevalence":
            yield {
                "section": section, "item": item, "coefficient": name, "n_units": n, "prevalence": prevalence,
                **one.to_dict(),
            }  # fmt: skip


def _model_rows(model: ModelAgreement) -> Iterator[Row]:
    named = [("all codes", model.overall), *model.codes.items()]
    for item, names in named:
        for name, sides in names.items():
            for side, one in sides.items():
                yield from _rows(side.replace("_", "-"), item, {name: one}, model.units)
    for code, estimates in model.against_consensus.items():
        yield from _rows("model against consensus", code, estimates, model.units)


def transcript_rows(report: AgreementReport) -> list[Row]:
    """Return agreement per transcript and code, with the three totals below."""
    transcripts = report.transcripts
    if transcripts is None:
        return []
    rows: list[Row] = []
    for name, of_transcript in transcripts.transcripts.items():
        rows.append(
            {
                "transcript": name,
                "code": "all codes",
                "n_units": of_transcript.n_units,
                **of_transcript.values,
            }
        )
        rows += [
            {"transcript": name, "code": code, "n_units": of_transcript.n_units, **values}
            for code, values in of_transcript.codes.items()
        ]
    for total in ("unweighted", "size_weighted", "pooled"):
        for code, totals in [("all codes", transcripts.totals), *transcripts.code_totals.items()]:
            values = {key: getattr(value, total) for key, value in totals.items()}
            rows.append({"transcript": f"TOTAL, {total.replace('_', ' ')}", "code": code, **values})
    return rows


def disagreement_rows(report: AgreementReport) -> list[Row]:
    """Return the disagreements as a table to work through: a column per coder, an empty one for the decision."""
    rows = []
    for position, row in enumerate(report.disagreements, start=1):
        given = {name: "; ".join(codes) or "-" for name, codes in row.coders.items()}
        rows.append(
            {
                "number": position,
                "transcript": row.transcript,
                "unit": row.unit,
                "kind": row.kind,
                "pair": " / ".join(row.pair) if row.pair else "",
                **{name: given.get(name, "") for name in report.coders},
                **{name: row.context.get(name) for name in ("speaker", "question", "text")},
                "agreed": "",
            }
        )
    return rows


def _sheets(report: AgreementReport) -> Iterator[Sheet]:
    words: list[Row] = [{"about": "methods", "text": methods(report)}]
    if report.only_transcripts:
        words.append({"about": "transcripts", "text": _only(report)})
    for about, texts in (
        ("interpretation", report.interpretation), ("notes", report.notes), ("problems", report.problems),
    ):  # fmt: skip
        words += [{"about": about, "text": text} for text in texts]
    rows = list(estimate_rows(report))
    people = ("human-human", "human-model", "difference", "model against consensus")
    yield Sheet("read me", words)
    yield Sheet("overall", [row for row in rows if row["section"] in ("overall", "step", "unitizing")])
    yield Sheet("codes", [row for row in rows if row["section"] in ("code", "component")])
    yield Sheet("pairs", [row for row in rows if row["section"].startswith("pair")])
    yield Sheet("people and model", [row for row in rows if row["section"] in people])
    yield Sheet("transcripts", transcript_rows(report))
    yield Sheet("planning", [{"code": code, **asdict(plan)} for code, plan in report.planning.items()])
    yield Sheet("disagreements", disagreement_rows(report))
    for matrix in report.confusion[:MOST_MATRICES]:
        corner = f"{matrix.coders[0]} (rows), {matrix.coders[1]} (columns)"
        counts = [
            {corner: label, **dict(zip(matrix.labels, row, strict=True))}
            for label, row in zip(matrix.labels, matrix.counts, strict=True)
        ]
        yield Sheet(" x ".join(matrix.coders), counts)
