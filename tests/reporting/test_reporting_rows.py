"""Rows written in every format: the same content, whole or not at all, never over an existing file."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coder.errors import OutputError
from coder.reporting.rows import FORMATS, SAMPLED, UNKNOWN, Row, open_rows
from coder.reporting.sheet_layout import LINE, WIDE
from tests.present import present

COLUMNS = ["text", "code", "confidence", "turn"]
ROWS: list[Row] = [
    {"text": "Curly “quotes”, naïve 😀", "code": "a", "confidence": 0.25, "turn": 1},
    {"text": '=HYPERLINK("http://x","y")', "code": None, "confidence": None, "turn": 2},
    {"text": "line\nbreak, comma", "code": "b", "confidence": 1.0, "turn": 3},
]


def read(path: Path) -> pd.DataFrame:
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": pd.read_csv, ".xlsx": pd.read_excel, ".parquet": pd.read_parquet,
        ".jsonl": lambda name: pd.read_json(name, lines=True),
    }  # fmt: skip
    return readers[path.suffix](path)


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_holds_the_same_rows(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out{suffix}"
    with open_rows(path, COLUMNS) as writer:
        writer.write(ROWS[:2])
        writer.write(ROWS[2:])
    frame = read(path)
    assert list(frame) == COLUMNS
    assert frame["text"].str.lstrip("'").tolist() == [row["text"] for row in ROWS]
    assert frame["code"].isna().tolist() == [False, True, False]
    assert frame["confidence"].iloc[[0, 2]].tolist() == [0.25, 1.0]
    assert frame["turn"].tolist() == [1, 2, 3]
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", FORMATS)
def test_without_rows_the_columns_are_there(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"empty{suffix}"
    with open_rows(path, COLUMNS):
        pass
    if suffix == ".jsonl":
        assert path.read_text() == ""
    else:
        assert list(read(path)) == COLUMNS


def test_a_spreadsheet_executes_nothing(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    with open_rows(tmp_path / "a.xlsx", COLUMNS) as writer:
        writer.write(ROWS)
    cell = present(load_workbook(tmp_path / "a.xlsx").active)["A3"]
    assert (cell.data_type, cell.value) == ("s", ROWS[1]["text"])
    with open_rows(tmp_path / "a.csv", COLUMNS) as writer:
        writer.write(ROWS)
    assert "\n\"'=HYPERLINK" in (tmp_path / "a.csv").read_text()


def test_jsonl_says_null_for_nothing(tmp_path: Path) -> None:
    with open_rows(tmp_path / "a.jsonl", COLUMNS) as writer:
        writer.write(ROWS)
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1]) == {"text": ROWS[1]["text"], "code": None, "confidence": None, "turn": 2}


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_failure_leaves_nothing_behind(suffix: str, tmp_path: Path) -> None:
    def write_then_fail() -> None:
        with open_rows(tmp_path / f"a{suffix}", COLUMNS) as writer:
            writer.write(ROWS)
            raise KeyError

    with pytest.raises(KeyError):
        write_then_fail()
    assert list(tmp_path.iterdir()) == []


def test_targets_that_cannot_be_are_told(tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine")
    cases = {"there.csv": "--force", "a.doc": "ends in .csv", "no/a.csv": "does not exist"}
    for name, expected in cases.items():
        with pytest.raises(OutputError, match=expected), open_rows(tmp_path / name, COLUMNS):
            pass
    assert (tmp_path / "there.csv").read_text() == "mine"
    with open_rows(tmp_path / "there.csv", COLUMNS, force=True):
        pass
    assert (tmp_path / "there.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_excel_limits_are_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="32767"), open_rows(tmp_path / "a.xlsx", ["text"]) as writer:
        writer.write([{"text": "x" * 40_000}])


def test_a_sheet_is_laid_out_to_be_read(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    long = (
        "We waited for the letter, and then it went to the old address, so nobody came to the first meeting."
    )
    rows = [{"text": "Short.", "code": "c", "turn": at} for at in range(SAMPLED + 5)]
    rows[3] = {"text": long, "code": "social_opportunity", "turn": 3}
    rows[SAMPLED + 2] = {"text": f"{long} {long}", "turn": SAMPLED + 2}
    with open_rows(tmp_path / "codings of May.xlsx", COLUMNS) as writer:
        writer.write(rows)
    sheet = present(load_workbook(tmp_path / "codings of May.xlsx").active)
    widths = {
        name: sheet.column_dimensions[letter].width for name, letter in zip(COLUMNS, "ABCD", strict=True)
    }
    assert sheet.title == "codings of May"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:D{len(rows) + 1}")
    assert widths["text"] == WIDE and len("social_opportunity") < widths["code"] < WIDE
    assert all(cell.font.b for cell in sheet[1]) and not sheet["A2"].font.b
    for row, lines in ((5, 2), (SAMPLED + 4, 4)):
        assert sheet.cell(row, 1).alignment.wrap_text
        assert sheet.row_dimensions[row].height == lines * LINE
    assert sheet.row_dimensions[6].height is None and sheet["D5"].alignment.vertical == "top"
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [row["text"] for row in rows]


def test_a_date_in_a_sheet_is_shown_as_one_and_a_number_beside_it_is_not(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    with open_rows(tmp_path / "dates.xlsx", ["turn"]) as writer:
        writer.write([{"turn": 1}, {"turn": date(2026, 3, 1)}, {"turn": 2}])
    sheet = present(load_workbook(tmp_path / "dates.xlsx").active)
    assert [cell.is_date for cell in sheet["A"]] == [False, False, True, False]
    assert {cell.alignment.vertical for cell in sheet["A"]} == {"top"}


def test_a_column_that_is_filled_late_has_room_and_a_sheet_without_columns_is_empty(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    rows: list[Row] = [{"code": "a"} for _ in range(SAMPLED)]
    rows.append({"code": "b", "text": "It came too late for most of us."})
    with open_rows(tmp_path / "late.xlsx", ["code", "text"]) as writer:
        writer.write(rows)
    sheet = present(load_workbook(tmp_path / "late.xlsx").active)
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (10, UNKNOWN)
    assert sheet.cell(SAMPLED + 2, 2).alignment.wrap_text
    with open_rows(tmp_path / "few.xlsx", ["code", "text"]) as writer:
        writer.write(rows[:3])
    assert present(load_workbook(tmp_path / "few.xlsx").active).column_dimensions["B"].width == 10
    with open_rows(tmp_path / "none.xlsx", []) as writer:
        writer.write([{}])
    assert present(load_workbook(tmp_path / "none.xlsx").active)["A1"].value is None
