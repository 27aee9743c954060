"""Which code of a codebook a name in a table means."""

import pytest

from coder.codebook import Code, Codebook
from coder.coded_tables.code_lookup import Given, contradictions, lookup_in, sided

BOOK = Codebook(
    "own",
    (
        Code("time", "Time", parent="Barriers"),
        Code("time_2", "Time", parent="Help"),
        Code("visits", "No. of visits", parent="Help"),
        Code("job", "Job", parent="Help"),
        Code("job_2", "Job", parent="Help"),
    ),
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Help > Time", "time_2"),
        ("Barriers > Work > Time", "time"),
        ("Help\\Time", "time_2"),
        ("help.time", "time_2"),
        ("No. of visits", "visits"),
        ("Help > No. of visits", "visits"),
        ("Help > Job", None),  # two codes have this path
        ("Sky > Time", None),
    ],
)
def test_a_code_may_be_named_by_its_path(name: str, code: str | None) -> None:
    assert lookup_in(BOOK).find(name) == code


@pytest.mark.parametrize(
    ("codes", "column", "wanted"),
    [
        ([("a", "barrier")], "facilitator", {"a": "barrier"}),  # what stands behind a code is its own
        ([("a", "barrier"), ("b", None)], "facilitator", {"a": "barrier", "b": "facilitator"}),
        ([("a", None)], "facilitator", {"a": "facilitator"}),
        ([("a", "barrier")], None, {"a": "barrier"}),
        ([("a", None)], None, {"a": None}),
        ([("a", "barrier"), ("a", "facilitator")], None, {"a": "mixed"}),
        ([("a", "barrier"), ("a", None)], "facilitator", {"a": "barrier"}),
        ([], "barrier", {}),
    ],
)
def test_a_polarity_behind_a_code_is_that_codes_and_the_column_holds_for_the_others(
    codes: list[Given], column: str | None, wanted: dict[str, str | None]
) -> None:
    assert sided(codes, column) == wanted


def test_polarities_that_contradict_each_other_are_counted_with_examples() -> None:
    rows: list[list[Given]] = [
        [("a", "barrier")],
        [("a", "barrier")],
        [("a", None)],
        [("a", "mixed"), ("b", None)],
        [],
    ]
    columns = ["facilitator", "barrier", "facilitator", "barrier", "barrier"]
    (note,) = contradictions(rows, columns, [2, 3, 4, 5, 6], "t.csv")
    assert note.startswith("t.csv: 2 codes with another polarity") and note.endswith(
        "row 2 ('a:barrier' beside 'facilitator'), row 5 ('a:mixed' beside 'barrier')."
    )
    assert contradictions(rows[1:3], columns[1:3], [3, 4], "t.csv") == []
