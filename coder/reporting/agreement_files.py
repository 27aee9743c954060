"""The agreement report as files: JSON, one csv table of all estimates, or a workbook with a sheet per section."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coder.errors import OutputError
from coder.reporting.agreement_methods import methods
from coder.reporting.rows import check_target, open_rows

Report = Mapping[str, Any]
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
SHARES = ("positive_agreement", "negative_agreement", "prevalence_index", "bias_index")


def write_files(report: Report, path: Path, *, force: bool = False) -> None:
    """Write the report in the format of the path's suffix; raises OutputError."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        _write_json(report, path, force)
    elif suffix == ".csv":
        with open_rows(path, ESTIMATES, force=force) as writer:
            writer.write(estimate_rows(report))
    else:
        check_target(path, force=force)
        _write_workbook(report, path)


def _write_json(report: Report, path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise OutputError(f"{path} exists already. Choose another name, or add --force to replace it.")
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error


def estimate_rows(report: Report) -> Iterator[Row]:
    """Yield every estimate of the report as one row."""
    n = report["n_compared"]
    yield from _rows("overall", "all codes", report["overall"], n)
    for code, found in report["codes"].items():
        yield from _rows("code", code, found, n, found["prevalence"])
    for code, found in report["components"].get("codes", {}).items():
        yield from _rows("component", code, found, n, found["prevalence"]["value"])
    for name, stage in report["stages"].items():
        yield from _rows("step", name, stage["coefficients"], stage["n"])
    for name, pair in report["pairs"].items():
        yield from _rows("pair", name, pair, pair["n_units"])
        for code, found in pair["codes"].items():
            yield from _rows("pair and code", f"{name}: {code}", found, pair["n_units"])
    if report["unitizing"]:
        yield from _rows("unitizing", "all codes", report["unitizing"]["overall"], n)
        for code, found in report["unitizing"]["codes"].items():
            yield from _rows("unitizing", code, found, n)
    if report["model"]:
        yield from _model_rows(report["model"])


def _rows(
    section: str, item: str, found: Mapping[str, Any], n: int, prevalence: float | None = None
) -> Iterator[Row]:
    for name, estimate in found.items():
        if isinstance(estimate, Mapping) and "ci_low" in estimate:
            yield {
                "section": section, "item": item, "coefficient": name, "n_units": n, "prevalence": prevalence,
                **estimate,
            }  # fmt: skip
        elif name in SHARES:
            yield {
                "section": section, "item": item, "coefficient": name, "value": estimate, "n_units": n,
                "prevalence": prevalence, "ci_low": found[f"{name}_ci_low"], "ci_high": found[f"{name}_ci_high"],
            }  # fmt: skip


def _model_rows(model: Mapping[str, Any]) -> Iterator[Row]:
    for name, sides in model["overall"].items():
        for side, estimate in sides.items():
            yield from _rows(side.replace("_", "-"), "all codes", {name: estimate}, model["units"])
    for code, names in model["codes"].items():
        for name, sides in names.items():
            for side, estimate in sides.items():
                yield from _rows(side.replace("_", "-"), code, {name: estimate}, model["units"])
    for code, found in model["against_consensus"].items():
        yield from _rows("model against consensus", code, found, model["units"])


def transcript_rows(report: Report) -> list[Row]:
    """Return agreement per transcript and code, with the three totals below."""
    found = report["transcripts"]
    if not found:
        return []
    rows: list[Row] = []
    for name, values in found["transcripts"].items():
        plain = {key: value for key, value in values.items() if key != "codes"}
        rows.append({"transcript": name, "code": "all codes", **plain})
        rows += [
            {"transcript": name, "code": code, "n_units": values["n_units"], **own}
            for code, own in values["codes"].items()
        ]
    for total in ("unweighted", "size_weighted", "pooled"):
        overall = {key: value[total] for key, value in found["totals"].items() if key != "codes"}
        rows.append({"transcript": f"TOTAL, {total.replace('_', ' ')}", "code": "all codes", **overall})
        rows += [
            {
                "transcript": f"TOTAL, {total.replace('_', ' ')}",
                "code": code,
                **{key: value[total] for key, value in own.items()},
            }
            for code, own in found["totals"]["codes"].items()
        ]
    return rows


def disagreement_rows(report: Report) -> list[Row]:
    """Return the disagreements as a table to work through: a column per coder, an empty one for the decision."""
    rows = []
    for number, row in enumerate(report["disagreements"], start=1):
        given = {name: "; ".join(codes) or "-" for name, codes in row["coders"].items()}
        pair = " / ".join(row["pair"]) if row["pair"] else ""
        rows.append(
            {
                "number": number,
                "transcript": row["transcript"],
                "unit": row["unit"],
                "kind": row["kind"],
                "pair": pair,
                **{name: given.get(name, "") for name in report["n_coded"]},
                "speaker": row.get("speaker"),
                "question": row.get("question"),
                "text": row.get("text"),
                "agreed": "",
            }
        )
    return rows


def _sheets(report: Report) -> Iterator[tuple[str, list[Row]]]:
    words = [{"about": "methods", "text": methods(report)}]
    for name in ("interpretation", "notes", "problems"):
        words += [{"about": name, "text": text} for text in report[name]]
    rows = list(estimate_rows(report))
    yield "read me", words
    yield "overall", [row for row in rows if row["section"] in ("overall", "step", "unitizing")]
    yield "codes", [row for row in rows if row["section"] in ("code", "component")]
    yield "pairs", [row for row in rows if row["section"].startswith("pair")]
    yield "people and model", [row for row in rows if "model" in row["section"] or "human" in row["section"]
                               or row["section"] == "difference"]  # fmt: skip
    yield "transcripts", transcript_rows(report)
    yield "planning", [{"code": code, **plan} for code, plan in report["planning"].items()]
    yield "disagreements", disagreement_rows(report)
    for matrix in report["confusion"][:20]:
        title = " x ".join(matrix["coders"])
        yield title, [
            {f"{matrix['coders'][0]} (rows), {matrix['coders'][1]} (columns)": label,
             **dict(zip(matrix["labels"], counts, strict=True))}
            for label, counts in zip(matrix["labels"], matrix["counts"], strict=True)
        ]  # fmt: skip


def _write_workbook(report: Report, path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in _sheets(report):
        if not rows:
            continue
        sheet = book.create_sheet(_sheet_title(title, book.sheetnames))
        columns = list(dict.fromkeys(name for row in rows for name in row))
        _append(sheet, columns)
        for row in rows:
            _append(sheet, [row.get(column) for column in columns])
        sheet.freeze_panes = "A2"
        for place, column in enumerate(columns, start=1):
            sheet.cell(1, place).font = Font(bold=True)
            wide = column in ("text", "question", "reason", "note")
            sheet.column_dimensions[get_column_letter(place)].width = 70 if wide else max(12, len(column) + 2)
            if wide:
                for cell in sheet[get_column_letter(place)]:
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
    try:
        book.save(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error


def _append(sheet: Any, values: Sequence[Any]) -> None:
    """Add a row; text stays text, so that nothing a participant said is taken for a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    number = sheet._current_row + 1
    for place, value in enumerate(values, start=1):
        text = isinstance(value, str)
        cell = sheet.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("\ufffd", value) if text else value)
        if text:
            cell.data_type = "s"
    sheet._current_row = number


def _sheet_title(title: str, taken: Sequence[str]) -> str:
    clean = "".join("-" if sign in r"[]:*?/\\" else sign for sign in title)[:31]
    number = 2
    while clean in taken:
        clean = f"{clean[:27]} ({number})"
        number += 1
    return clean
