"""Numbers, intervals and dashes are written one way."""

from collections import Counter

import pytest

from coder.phrasing import (
    code_table,
    counted,
    estimate,
    interval,
    number,
    percent,
    quoted,
    ranged,
    share_bar,
    shortened,
    table,
)
from coder.statistics import Estimate


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (number(-0.001), "0.00"),
        (number(None), "–"),
        (number(0.5, "+"), "+0.50"),
        (percent(0.001), "<1 %"),
        (percent(0.0), "0 %"),
        (percent(0.123, 1), "12.3 %"),
        (percent(None), "–"),
        (interval((0.1, None)), ""),
        (ranged(0.5, (0.1, 0.9)), "0.50 [0.10, 0.90]"),
        (ranged(0.5, None), "0.50"),
        (ranged(None, (0.1, 0.9)), "–"),
        (estimate(Estimate(0.62, 0.5, 0.71)), "0.62 [0.50, 0.71]"),
        (estimate(Estimate(None, reason="no units")), "–"),
        (counted(1, "excerpt"), "1 excerpt"),
        (counted(2000, "study", "studies"), "2,000 studies"),
    ],
)
def test_figures_are_written_as_papers_write_them(written: str, wanted: str) -> None:
    assert written == wanted


def test_texts_are_cut_at_a_word_and_ids_within() -> None:
    assert shortened("one  two\nthree", 20) == "one two three"
    assert shortened("the appointment was far too short", 24) == "the appointment was far…"
    assert shortened("code_of_a_codebook_with_long_names", 12) == "code_of_a_c…"
    assert all(len(shortened("a bb ccc dddd eeeee", width)) <= width for width in range(2, 30))


def test_columns_of_figures_end_at_the_right_and_words_start_at_the_left() -> None:
    lines = table(
        ("who", "n", "share"), [["Anna", "1,200", "<1 %"], ["Ben", "7", "–"]], None, ruled=True
    ).split("\n")
    assert lines == ["who       n  share", "----  -----  -----", "Anna  1,200   <1 %", "Ben       7      –"]


def test_bars_show_what_there_is() -> None:
    assert share_bar(1, 1000) == "█"
    assert share_bar(0, 10) == ""
    text = code_table(Counter({("a", "barrier"): 3, ("a", "mixed"): 1}), {"a": "Alpha", "b": "Beta"})
    assert text.splitlines()[1].split() == ["Alpha", "4", "3", "0", "1", "█" * 24]
    assert text.splitlines()[2] == "  Not once: Beta"
    assert "barrier" not in code_table(Counter({("a", ""): 3}), {"a": "Alpha"})


def test_examples_are_the_first_different_ones() -> None:
    assert quoted(["mm", "yes", "mm", "o'clock", "no", "ah"]) == "'mm', 'yes', \"o'clock\", 'no'"
    assert quoted(iter(["mm", "yes"]), most=1) == "'mm'"
    assert quoted([]) == ""
