"""Coded excerpts from tables: every form codes come in, rows of one passage joined, problems told by row."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coder.codebook import Code, Codebook
from coder.errors import TableError
from coder.workflow.excerpts import Excerpt, codebook_for, excerpts_of, read_excerpts, training_set


def read(rows: list[dict[str, Any]], **options: Any) -> list[Excerpt]:
    return excerpts_of(pd.DataFrame(rows), **options)[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a", {"a"}),
        ("a; b;", {"a", "b"}),
        ('["a", "b"]', {"a", "b"}),
        ("['a', 'b']", {"a", "b"}),
        (["a", "b"], {"a", "b"}),
        ("", set()),
        ("-", set()),
        (None, set()),
        (float("nan"), set()),
    ],
)
def test_codes_in_every_form(cell: Any, expected: set[str]) -> None:
    assert read([{"text": "words", "codes": cell}])[0].codes == expected


def test_polarity_words_of_other_teams_are_understood_and_wrong_ones_told() -> None:
    rows = [
        {"text": "one", "code": "a", "polarity": "Enabler"},
        {"text": "two", "code": "a", "polarity": None},
        {"text": "three", "code": "a", "polarity": "sideways"},
    ]
    excerpts, notes = excerpts_of(pd.DataFrame(rows))
    assert [item.polarity for item in excerpts] == ["facilitator", None]
    assert "Row 4: polarity 'sideways'" in notes[0]


def test_rows_without_text_are_told_and_the_rest_is_kept() -> None:
    excerpts, notes = excerpts_of(pd.DataFrame({"text": ["good", "  ", None], "code": ["a", "a", "a"]}))
    assert len(excerpts) == 1
    assert "Row 3 has no text." in notes[0] and "Row 4 has no text." in notes[0]
    with pytest.raises(TableError, match="no row with a text"):
        excerpts_of(pd.DataFrame({"text": [""], "code": ["a"]}))


def test_missing_columns_are_told_with_those_there_are() -> None:
    with pytest.raises(TableError, match=r"no column text and code.*words, theme"):
        excerpts_of(pd.DataFrame({"words": ["x"], "theme": ["y"]}))
    with pytest.raises(TableError, match="no column 'site' to group by"):
        excerpts_of(pd.DataFrame({"text": ["x"], "code": ["y"]}), group="site")


def test_group_is_the_first_known_column_or_the_row() -> None:
    row = {"text": "x", "code": "a", "participant": "P1", "study": "S"}
    assert (read([row])[0].group, read([row])[0].study) == ("P1", "S")
    assert read([row], group="study")[0].group == "S"
    plain = read([{"text": "No.", "code": "a"}, {"text": "No.", "code": "b"}], study="survey")
    assert len({item.group for item in plain}) == 2
    assert {item.study for item in plain} == {"survey"}


def test_two_rows_of_one_passage_are_two_codes() -> None:
    rows = [{"text": "same", "code": code, "transcript": "t", "polarity": "barrier"} for code in "ab"]
    joined = read(rows)
    assert [item.codes for item in joined] == [{"a", "b"}]
    assert joined[0].polarity == "barrier"


def test_two_coders_of_one_passage_are_one_example_weighted_by_agreement() -> None:
    rows = [
        {"text": "same", "code": "a", "transcript": "t", "coder": "R1", "polarity": "barrier"},
        {"text": "same", "code": "b", "transcript": "t", "coder": "R1", "polarity": "barrier"},
        {"text": "same", "code": "a", "transcript": "t", "coder": "R2", "polarity": "facilitator"},
        {"text": "same", "code": "c", "transcript": "t", "coder": "R3", "polarity": "barrier"},
    ]
    (joined,) = read(rows)
    assert joined.codes == {"a"}
    assert joined.polarity == "mixed"
    assert joined.coders == ("R1", "R2", "R3")
    assert joined.weight == pytest.approx((2 / 3 + 1 / 3 + 1 / 3) / 3)


def test_codebook_is_given_or_comb_or_made() -> None:
    comb = read([{"text": "x", "code": "physical_opportunity"}])
    assert codebook_for(comb, None)[0].name == "COM-B"
    made, notes = codebook_for(read([{"text": "x", "code": "b"}, {"text": "y", "code": "a"}]), None)
    assert made.ids == ("a", "b")
    assert made.polarity == ()
    assert "made one of the 2 codes" in notes[0]
    mine = Codebook("mine", (Code("z", "Z"),))
    assert codebook_for(comb, mine) == (mine, [])


def test_unknown_codes_are_named_with_the_id_meant() -> None:
    book = Codebook("mine", (Code("waiting", "Waiting"),))
    with pytest.raises(TableError, match=r"'wating' \(row 1\); did you mean 'waiting'"):
        training_set(read([{"text": "x", "code": "wating"}]), book)


def test_files_name_the_study_of_rows_that_do_not(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / f"{name}.csv").write_text("text,code\nsome words,a\n", encoding="utf-8")
    excerpts, _ = read_excerpts([tmp_path / "first.csv", tmp_path / "second.csv"])
    assert [item.study for item in excerpts] == ["first", "second"]
