"""Which code of a codebook a name in a table means."""

import pytest

from coder.codebook import Code, Codebook
from coder.coded_tables.code_lookup import lookup_in

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
