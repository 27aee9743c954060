"""The agreement report in words: tables for a terminal.

Takes the report as plain values (its JSON).
"""

from collections.abc import Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]

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
MISSING = "–"
MOST_SHOWN = 10


def figure(value: float | None) -> str:
    """Return a coefficient with two decimals, a dash where it is undefined."""
    return MISSING if value is None else f"{round(value, 2) + 0.0:.2f}"


def percent(value: float | None) -> str:
    """Return a share as a percentage, a dash where it is undefined."""
    return MISSING if value is None else f"{100 * value:.1f} %"


def interval(estimate: Mapping[str, Any]) -> str:
    """Return "low to high", or nothing."""
    if estimate.get("ci_low") is None or estimate.get("ci_high") is None:
        return ""
    return f"{estimate['ci_low']:.2f} to {estimate['ci_high']:.2f}"


def with_interval(estimate: Mapping[str, Any]) -> str:
    """Return a coefficient with its interval in one cell."""
    bounds = interval(estimate)
    return figure(estimate["value"]) + (f" [{bounds}]" if bounds else "")


def headline(report: Report) -> list[str]:
    """Say who was compared, on how many units of what, and where the intervals come from."""
    names = ", ".join(f"{name} ({count:,})" for name, count in report["n_coded"].items())
    place = f" in {report['n_transcripts']:,} transcripts" if report["n_transcripts"] else ""
    kind = "ASSISTED AGREEMENT" if report["kind"].startswith("assisted") else "Agreement"
    return [
        f"{kind} between {names} on {report['n_compared']:,} of {report['n_units']:,} units{place}",
        f"Unit: {report['unit']}. Intervals: {report['interval']}.",
    ]


def overall_rows(report: Report) -> list[list[str]]:
    """Return the overall coefficients worth printing: title, value, interval, reason."""
    overall = report["overall"]
    single = any(overall[name]["value"] is not None for name in ("fleiss_kappa", "light_kappa"))
    two = len(report["n_coded"]) == 2
    names = ["percent_agreement"]
    if single:
        names += ["cohen_kappa"] if two else ["fleiss_kappa", "conger_kappa", "light_kappa"]
        names += ["gwet_ac1", "brennan_prediger", "krippendorff_alpha"]
        names += [name for name in ("weighted_kappa_linear", "weighted_kappa_quadratic", "gwet_ac2_quadratic")
                  if name in overall]  # fmt: skip
    else:
        names += ["masi_alpha", "jaccard_alpha"]
    names += ["pooled_kappa", "macro_cohen_kappa" if two else "macro_light_kappa", "macro_gwet_ac1"]
    return [
        [TITLES[name], figure(overall[name]["value"]), interval(overall[name]), overall[name]["reason"] or ""]
        for name in names
    ]


def code_rows(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table of codes."""
    kappa = "Cohen's kappa" if len(report["n_coded"]) == 2 else "Light's kappa"
    header = [
        "code",
        "prevalence",
        "agree",
        f"{kappa} [95 %]",
        "alpha",
        "AC1",
        "PABAK",
        "pos. agr.",
        "neg. agr.",
    ]
    rows = []
    for code, found in report["codes"].items():
        label = report["labels"].get(code, code)
        if code in report["unused"]:
            rows.append([label, "0.0 %", "unused", *[MISSING] * 6])
            continue
        rows.append(
            [
                label,
                percent(found["prevalence"]),
                percent(found["percent_agreement"]["value"]),
                with_interval(found["light_kappa"]),
                *(figure(found[name]["value"]) for name in ("krippendorff_alpha", "gwet_ac1", "pabak")),
                figure(found["positive_agreement"]),
                figure(found["negative_agreement"]),
            ]
        )
    return header, rows


def stage_rows(report: Report) -> list[list[str]]:
    """Return the steps: the question, on how many units or codes, agreement, alpha and AC1."""
    rows = []
    for stage in report["stages"].values():
        found = stage["coefficients"]
        alpha = found.get("masi_alpha") or found["krippendorff_alpha"]
        ac1 = found.get("gwet_ac1") or found["macro_gwet_ac1"]
        share = percent(found["percent_agreement"]["value"])
        rows.append([stage["question"], f"{stage['n']:,}", share, with_interval(alpha), figure(ac1["value"])])
    return rows


def pair_rows(report: Report) -> list[list[str]]:
    """Return the matrix of pairs as a list."""
    return [
        [
            name,
            f"{pair['n_units']:,}",
            percent(pair["percent_agreement"]["value"]),
            with_interval(pair["masi_alpha"]),
            with_interval(pair["pooled_kappa"]),
        ]
        for name, pair in report["pairs"].items()
    ]


def plan_rows(report: Report) -> list[list[str]]:
    """Return what an interval of the wanted width would take per code."""
    rows = []
    for code, plan in report["planning"].items():
        if plan["half_width"] is None:
            continue
        effect, more = plan["design_effect"], plan["more_transcripts"]
        rows.append(
            [
                report["labels"].get(code, code),
                f"± {plan['half_width']:.2f}",
                MISSING if effect is None else f"{effect:.1f}",
                f"{plan['units_needed']:,}",
                f"{plan['more_units']:,}",
                MISSING if more is None else f"{more:,}",
            ]
        )
    return rows


def unitizing_rows(report: Report) -> list[list[str]]:
    """Return the alphas for boundaries that the coders set themselves."""
    found = report["unitizing"]
    names = ("alpha_u", "alpha_u_2004")
    rows = [["all codes", *(figure(found["overall"][name]["value"]) for name in names)]]
    for code, own in found["codes"].items():
        rows.append([report["labels"].get(code, code), *(figure(own[name]["value"]) for name in names)])
    return rows


def model_rows(report: Report) -> list[list[str]]:
    """Return people beside the model: overall, then each code's kappa."""
    model = report["model"]
    sides = ("human_human", "human_model", "difference")
    rows = [
        [TITLES[name], *(with_interval(found[side]) for side in sides)]
        for name, found in model["overall"].items()
    ]
    for code, found in model["codes"].items():
        kappa = found["cohen_kappa"]
        rows.append(
            [f"kappa, {report['labels'].get(code, code)}", *(with_interval(kappa[side]) for side in sides)]
        )
    return rows


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(header), "  ".join("-" * width for width in widths), *map(line, rows)])


def as_text(report: Report) -> str:
    """Return the report as tables for a terminal."""
    parts = ["\n".join(headline(report))]
    reasons = [row for row in overall_rows(report) if row[3]]
    parts.append(_table(["over all codes", "value", "95 %"], [row[:3] for row in overall_rows(report)]))
    if reasons:
        causes = dict.fromkeys(row[3] for row in reasons)
        parts.append("\n".join(f"{MISSING} means undefined: {cause}." for cause in causes))
    if report["codes"]:
        parts.append(_table(*code_rows(report)))
    parts.append(_table(["step by step", "n", "agree", "alpha [95 %]", "AC1"], stage_rows(report)))
    if len(report["pairs"]) > 1:
        parts.append(_table(["pair", "units", "agree", "alpha, sets", "pooled kappa"], pair_rows(report)))
    if report["model"]:
        title = f"same {report['model']['units']:,} units"
        parts.append(
            _table(
                [title, "people", f"people | {report['model']['coder']}", "difference"], model_rows(report)
            )
        )
    if report["assisted"]:
        alpha = report["assisted"]["overall"]["masi_alpha"]
        parts.append(
            f"Assisted agreement (suggestions in sight, {report['assisted']['n_compared']:,} units): alpha, sets"
            f" {with_interval(alpha)}. Not comparable with agreement of blind codings."
        )
    if report["unitizing"]:
        parts.append(
            _table(["boundaries and codes", "alpha-u (2016)", "alpha-u (2004)"], unitizing_rows(report))
        )
    if plan_rows(report):
        parts.append(_plan(report))
    if report["disagreements"]:
        parts.append(_disagreements(report))
    parts += ["\n".join(report[name]) for name in ("interpretation", "notes") if report[name]]
    return "\n\n".join(parts) + "\n"


def _plan(report: Report) -> str:
    wanted = next(iter(report["planning"].values()))["wanted_half_width"]
    header = [
        f"for kappa ± {wanted:g}",
        "now",
        "design effect",
        "units needed",
        "more units",
        "more transcripts",
    ]
    return _table(header, plan_rows(report))


def _disagreements(report: Report) -> str:
    lines = [f"{report['n_disagreements']:,} units to talk about, most instructive first:"]
    for row in report["disagreements"][:MOST_SHOWN]:
        place = " ".join(filter(None, [row["transcript"], str(row["unit"])]))
        given = ", ".join(
            f"{name}: {' + '.join(codes) or 'nothing'}" for name, codes in row["coders"].items()
        )
        lines.append(f"  {place}  [{row['kind']}]  {given}")
        if row.get("text"):
            lines.append(f"      {shortened(row['text'])}")
    if report["n_disagreements"] > MOST_SHOWN:
        lines.append("  ... (all of them: -o report.xlsx)")
    return "\n".join(lines)


def shortened(text: str, width: int = 110) -> str:
    """Return a text on one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1].rsplit(" ", 1)[0] + " …"


def view_text(view: Mapping[str, Any]) -> str:
    """Return another program's figures as a table, with the reason why they differ from the report's."""
    columns = list(dict.fromkeys(name for row in view["rows"] for name in row))
    rows = [[_cell(name, row.get(name)) for name in columns] for row in view["rows"]]
    lines = [f"As {view['title']}; counted in {view['weight']}.", view["explanation"]]
    return "\n".join(lines) + "\n\n" + _table([name.replace("_", " ") for name in columns], rows) + "\n"


def _cell(name: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or MISSING
    return percent(value) if name == "agreement" else f"{value:,.0f}" if value > 1 else figure(value)
