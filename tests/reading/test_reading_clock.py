import pytest

from coder.reading.clock import seconds_in


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("0:03", 3),
        ("62:03", 3723),
        ("1:02:03", 3723),
        ("01:02:03.250", 3723.25),
        ("1:02:03,250", 3723.25),
        ("[00:01:02]", 62),
        ("(1:02)", 62),
        ("#00:01:02-5#", 62.5),
        ("0:00.0 - 0:04.2", 0),
        ("00:00:03 --> 00:00:05", 3),
        ("00:03-00:05", 3),
        ("36m 22s", 2182),
        ("1h 2m 3s", 3723),
        ("1:02:03:12", 3723),
        ("12.5", 12.5),
        ("12", 12),
    ],
)
def test_every_usual_form_of_a_time_is_read(cell: str, seconds: float) -> None:
    assert seconds_in(cell) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "cell", ["", "hello", "3 May", "2024-03-12", "12/03/2024", "10:30 suits me", "P01", "v"]
)
def test_what_is_no_time_gives_none(cell: str) -> None:
    assert seconds_in(cell) is None


def test_bare_numbers_are_seconds_milliseconds_or_nothing_as_the_caller_says() -> None:
    assert seconds_in("1500", milliseconds=True) == 1.5
    assert seconds_in("1500", plain_numbers=False) is None
