"""A row of a sum below a table is nobody's words; a short answer is."""

from pathlib import Path

import pytest

from coder.coded_tables.grammar import open_table
from coder.reading.tables.read import read_table
from coder.reading.tables.sums import without_total

ROWS = "id,text,code,n\n1,The bus was late,time,2\n2,My sister drove,support,3\n"


def read(tmp_path: Path, text: str) -> tuple[list[str], list[str]]:
    path = tmp_path / "coded.csv"
    path.write_text(text, encoding="utf-8")
    frame = without_total(read_table(path))
    return frame["text"].tolist(), frame.attrs["notes"]


@pytest.mark.parametrize("row", [",Total,,5", "Total,,,5", ",Summe:,,5", ",,,\n,Grand total,,5"])
def test_a_sum_below_the_table_is_left_out_and_named(tmp_path: Path, row: str) -> None:
    texts, notes = read(tmp_path, ROWS + row + "\n")
    assert texts[:2] == ["The bus was late", "My sister drove"] and not any(texts[2:])
    assert any("is a sum below the table" in note and "5')" in note for note in notes)


@pytest.mark.parametrize(
    "row", ["3,Total,time,5", "3,Total,,", ",Total chaos,,5", "3,Total,,5", ",Total,time,"]
)
def test_an_answer_that_says_total_stays(tmp_path: Path, row: str) -> None:
    texts, notes = read(tmp_path, ROWS + row + "\n")
    assert texts[2].startswith("Total")
    assert not notes


def test_a_sum_above_other_rows_and_one_beside_ratings_stay(tmp_path: Path) -> None:
    assert "Total" in read(tmp_path, "id,text,code,n\n1,Bus,time,2\n,Total,,5\n3,Late,time,1\n")[0]
    assert "Total" in read(tmp_path, "text,rating\nGood,4\nBad,1\nTotal,5\n")[0]


def test_a_table_of_codings_has_no_sum_in_it(tmp_path: Path) -> None:
    path = tmp_path / "coded.csv"
    path.write_text(ROWS + ",Total,,5\n", encoding="utf-8")
    table = open_table(path, "code")
    assert len(table) == 2
    assert "Row 4 ('Total 5') is a sum" in " ".join(table.notes)
