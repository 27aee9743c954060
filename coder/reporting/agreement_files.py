"""The agreement report as files: JSON, one csv table of all estimates, or a workbook with a sheet per section."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coder.agreement.report import AgreementReport, Estimates, ModelAgreement
from coder.reporting.agreement_text import methods
from coder.reporting.rows import check_new, open_rows, written_whole
from coder.reporting.workbook import Sheet, write_workbook

Row = dict[str, Any]
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


def write_files(report: AgreementReport, path: Path, *, force: bool = False) -> None:
    """Write the report in the format of the path's suffix; raises OutputError."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        check_new(path, force=force)
        text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n"
        with written_whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    elif suffix == ".csv":
        with open_rows(path, ESTIMATES, force=force) as writer:
            writer.write(estimate_rows(report))
    else:
        check_new(path, force=force)
        write_workbook(path, _sheets(report))


def estimate_rows(report: AgreementReport) -> Iterator[Row]:
    """Yield every estimate of the report as one row."""
    n = report.n_compared
    yield from _rows("overall", "all codes", report.overall, n)
    for code, found in report.codes.items():
        yield from _rows("code", code, found, n)
    for code, found in report.components.codes.items() if report.components else ():
        yield from _rows("component", code, found, n)
    for name, stage in report.stages.items():
        yield from _rows("step", name, stage.coefficients, stage.n)
    for name, pair in report.pairs.items():
        yield from _rows("pair", name, pair.estimates, pair.n_units)
        for code, found in pair.codes.items():
            yield from _rows("pair and code", f"{name}: {code}", found, pair.n_units)
    if report.unitizing:
        yield from _rows("unitizing", "all codes", report.unitizing.overall, n)
        for code, found in report.unitizing.codes.items():
            yield from _rows("unitizing", code, found, n)
    if report.model:
        yield from _model_rows(report.model)


def _rows(section: str, item: str, found: Estimates, n: int) -> Iterator[Row]:
    prevalence = found["prevalence"].value if "prevalence" in found else None
    for name, estimate in found.items():
        if name != "prevalence":
            yield {
                "section": section, "item": item, "coefficient": name, "n_units": n, "prevalence": prevalence,
                **estimate.to_dict(),
            }  # fmt: skip


def _model_rows(model: ModelAgreement) -> Iterator[Row]:
    named = [("all codes", model.overall), *model.codes.items()]
    for item, names in named:
        for name, sides in names.items():
            for side, estimate in sides.items():
                yield from _rows(side.replace("_", "-"), item, {name: estimate}, model.units)
    for code, found in model.against_consensus.items():
        yield from _rows("model against consensus", code, found, model.units)


def transcript_rows(report: AgreementReport) -> list[Row]:
    """Return agreement per transcript and code, with the three totals below."""
    found = report.transcripts
    if found is None:
        return []
    rows: list[Row] = []
    for name, own in found.transcripts.items():
        rows.append({"transcript": name, "code": "all codes", "n_units": own.n_units, **own.values})
        rows += [
            {"transcript": name, "code": code, "n_units": own.n_units, **values}
            for code, values in own.codes.items()
        ]
    for total in ("unweighted", "size_weighted", "pooled"):
        for code, totals in [("all codes", found.totals), *found.code_totals.items()]:
            values = {key: getattr(value, total) for key, value in totals.items()}
            rows.append({"transcript": f"TOTAL, {total.replace('_', ' ')}", "code": code, **values})
    return rows


def disagreement_rows(report: AgreementReport) -> list[Row]:
    """Return the disagreements as a table to work through: a column per coder, an empty one for the decision."""
    rows = []
    for number, row in enumerate(report.disagreements, start=1):
        given = {name: "; ".join(codes) or "-" for name, codes in row.coders.items()}
        rows.append(
            {
                "number": number,
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
