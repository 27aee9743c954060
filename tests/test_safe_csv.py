"""Lines of csv: any reader splits them as meant, no spreadsheet finds a formula in them."""

import csv
import io
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.safe_csv import armed, csv_line, disarmed

STARTS = "=+-@＝＋－＠"
TEXTS = st.text(st.sampled_from(list("ab=+-@＝'\";,\t\r\n \x0b\x85\u2028|!")), max_size=12)


def rows(content: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_csv_reader_finds_the_cells(cells: list[str]) -> None:
    assert rows(csv_line(cells)) == [[disarmed(cell) for cell in cells]]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_no_cell_starts_a_formula_whatever_splits_the_line(cells: list[str]) -> None:
    line = csv_line(cells)
    parts = [cell for separator in ",;" for row in rows(line, separator) for cell in row]
    parts += re.split("[;\t]|\r|\n", line)
    assert not [part for part in parts if part.lstrip(' "\t\r\n').startswith(tuple(STARTS))]


@given(TEXTS.filter(lambda text: "'" not in text))
def test_what_was_disarmed_can_be_had_back(text: str) -> None:
    assert armed(disarmed(text)) == text


@pytest.mark.parametrize("text", ["hello\r=cmd|'/c calc'!A1", "a;=1+1", "x\n@SUM(A1)", " =1", "\t=1", "＝1"])
def test_known_attacks_are_disarmed(text: str) -> None:
    frame = pd.read_csv(io.StringIO(csv_line(["text", "code"]) + csv_line([text, "c"])), dtype=str)
    assert frame.shape == (1, 2)
    assert frame["code"].tolist() == ["c"]
    assert "'" in frame["text"][0].split("=")[0].split("@")[0].split("＝")[0]


def test_numbers_and_empty_cells_stay_as_they_are() -> None:
    assert csv_line([-0.5, 3, None, "", "plain"]) == "-0.5,3,,,plain\n"
    assert csv_line([None]) == '""\n'


def test_what_no_file_can_hold_is_replaced() -> None:
    assert csv_line(["a\x00b", "\ud800"]) == "a�b,�\n"
