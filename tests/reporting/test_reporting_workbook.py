"""Workbooks: texts stay texts, sheets have names of their own, nothing is left of a failed write."""

from pathlib import Path

import openpyxl
import pytest

from coder.errors import OutputError
from coder.reporting.workbook import Sheet, write_workbook


def test_no_cell_or_header_becomes_a_formula(tmp_path: Path) -> None:
    write_workbook(tmp_path / "x.xlsx", [Sheet("one", [{"=1+1": "=HYPERLINK(1)", "n": 3, "bell": "a\x07b"}])])
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["one"]
    assert [cell.data_type for row in sheet.iter_rows() for cell in row] == ["s", "s", "s", "s", "n", "s"]
    assert sheet["C2"].value == "a\ufffdb"


def test_titles_that_excel_refuses_or_would_repeat_are_changed(tmp_path: Path) -> None:
    rows = [{"n": 1}]
    write_workbook(
        tmp_path / "x.xlsx", [Sheet("A x [B]/C", rows), Sheet("a X -B--C", rows), Sheet("n" * 40, rows)]
    )
    names = openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames
    assert names == ["A x -B--C", "a X -B--C (2)", "n" * 31]


def test_a_text_beyond_a_cell_is_refused_and_no_file_is_left(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds 32767"):
        write_workbook(tmp_path / "x.xlsx", [Sheet("one", [{"text": "x" * 40_000}])])
    assert list(tmp_path.iterdir()) == []


def test_columns_without_rows_are_a_sheet_and_nothing_is_no_sheet(tmp_path: Path) -> None:
    write_workbook(
        tmp_path / "x.xlsx", [Sheet("none", []), Sheet("header", [], columns=("a", "b"), frozen=1)]
    )
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["header"] and book["header"].freeze_panes == "B2"


def test_rows_of_long_texts_are_high_enough_and_prints_repeat_the_header(tmp_path: Path) -> None:
    words = "word " * 100
    rows = [
        {"n": 1, "m": 2, "text": "short"},
        {"n": 1, "m": 2, "text": words},
        {"n": 1, "m": 2, "text": "話" * 200},
    ]
    long = [{"text": words * 60}]
    write_workbook(tmp_path / "x.xlsx", [Sheet("three", rows), Sheet("notes", long)])
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    heights = [book["three"].row_dimensions[row].height for row in (2, 3, 4)]
    assert heights == [15, 135, 120]  # 500 letters and 400 halves of signs, 56 to a line
    assert book["notes"].row_dimensions[2].height == 409 and book["notes"].column_dimensions["A"].width == 100
    assert book["three"].print_title_rows == "$1:$1" and book["three"].page_setup.orientation == "landscape"


def test_figures_are_shown_short_and_headers_whole(tmp_path: Path) -> None:
    rows = [{"participant": "P1", "years_of_professional_experience": 0.123456789, "n": 2.0}]
    write_workbook(tmp_path / "x.xlsx", [Sheet("one", rows, frozen=1)])
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["one"]
    assert sheet["B2"].value == 0.123456789 and sheet["B2"].number_format == "0.000"
    assert sheet["C2"].number_format == "General"
    assert sheet.column_dimensions["B"].width > len("years_of_professional_experience")
    assert sheet.print_title_cols == "$A:$A"
