"""Progress tells rate and time left, on a terminal and in a log."""

import io

import pytest

from coder.cli import console
from coder.cli.pace import PaceLines, in_words, per_time


def test_a_line_now_and_then_with_rate_and_time_left() -> None:
    lines: list[str] = []
    times = iter([0.0, 10.0, 30.0, 60.0, 61.0, 90.0])
    pace = PaceLines("Pre-coding", None, lines.append, clock=lambda: next(times))
    for _ in range(5):
        pace.advance(1500, 20_000)
    assert lines == [
        "Pre-coding: 3,000 of 20,000 (100 a second, about 3 min left)",
        "Pre-coding: 4,500 of 20,000 (50 a second, about 5 min left)",
        "Pre-coding: 7,500 of 20,000 (100 a second, about 2 min left)",
    ]


def test_without_a_total_there_is_no_time_left() -> None:
    lines: list[str] = []
    times = iter([0.0, 31.0])
    PaceLines("Importing", None, lines.append, clock=lambda: next(times)).advance(10)
    assert lines == ["Importing: 10 (19 a minute)"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(50, "50 s"), (340, "6 min"), (5399, "1 h 30 min"), (8000, "2 h 13 min")]
)
def test_time_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_rates() -> None:
    assert [per_time(rate) for rate in (None, 0.0, 0.5, 640.4)] == ["", "", "30 a minute", "640 a second"]


def test_the_bar_of_a_terminal_shows_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("sys.stderr", screen)
    with console.progress_bar("Pre-coding", 40) as advance:
        for _ in range(4):
            advance(10, 40)
    assert "Pre-coding" in screen.getvalue()
    assert "40/40" in screen.getvalue()
