"""A row of a sum below a table is nobody's words; a short answer is."""

from pathlib import Path

import pytest

from coder.coded_tables.grammar import open_table
from coder.reading.tables.read import read_table
from coder.reading.tables.sums import without_totals

ROWS = "id,text,code,n\n1,The bus was late,time,2\n2,My sister drove,support,3\n"


def read(tmp_path: Path, text: str, *own: str) -> tuple[list[str], list[str]]:
    path = tmp_path / "coded.csv"
    path.write_text(text, encoding="utf-8")
    frame = without_totals(read_table(path), own)
    return frame["text"].tolist(), frame.attrs["notes"]


@pytest.mark.parametrize(
    "row", [",Total,,5", "Total,,,5", ",Summe:,,5", ",,,\n,Grand total,,5", ",Gesamtsumme,,5"]
)
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


def test_all_sums_that_close_a_table_are_left_out(tmp_path: Path) -> None:
    texts, notes = read(tmp_path, ROWS + ",Subtotal,,3\n,,,\n,Total,,5\n")
    assert [text for text in texts if text] == ["The bus was late", "My sister drove"]
    assert "Row 4 ('Subtotal 3')" in " ".join(notes) and "Row 6 ('Total 5')" in " ".join(notes)


def test_a_word_beside_its_rows_own_number_is_an_answer(tmp_path: Path) -> None:
    table = "who,text,code\n12,Fine,a\n15,Bad,b\n99,Total,\n"
    assert read(tmp_path, table, "who")[0] == ["Fine", "Bad", "Total"]
    assert read(tmp_path, table)[0] == ["Fine", "Bad"]
    assert read(tmp_path, table.replace("who", "id"))[0] == ["Fine", "Bad", "Total"]
    for who in ("respondent", "turn", "unit", "transcript"):
        path = tmp_path / f"{who}.csv"
        path.write_text(table.replace("who", who), encoding="utf-8")
        assert len(open_table(path, "code")) == 3


def test_a_number_that_counts_the_rows_is_no_sum(tmp_path: Path) -> None:
    counted = "no,text,code\n1.0,Fine,a\n2.0,Bad,b\n3.0,Total,\n"
    assert "Total" in read(tmp_path, counted)[0]
    by_chance = "no,text,code\n4,Fine,a\n1,Good,b\n1,Bad,b\n2,Total,\n"
    assert "Total" not in read(tmp_path, by_chance)[0]


def test_a_table_of_codings_has_no_sum_in_it(tmp_path: Path) -> None:
    path = tmp_path / "coded.csv"
    path.write_text(ROWS + ",Total,,5\n", encoding="utf-8")
    table = open_table(path, "code")
    assert len(table) == 2
    assert "Row 4 ('Total 5') is a sum" in " ".join(table.notes)
