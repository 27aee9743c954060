"""Words that the ends of printed lines break are made whole; other hyphens stay."""

from pathlib import Path

import pytest

from coder.reading.broken_words import BrokenWords
from tests.reading.office_making import said, transcript

WORDS = BrokenWords.of(
    ["a long-term plan", "the second interview was well known", "a nice view in the house"]
)


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("the inter-", "view, at", "the interview, at"),
        ("a poor neigh-", "bourhood", "a poor neighbourhood"),
        ("to-", "gether", "together"),
        ("Teil-", "nehmer", "Teilnehmer"),
        ("a well-", "meaning man", "a well-meaning man"),
        ("his long-", "term plan", "his long-term plan"),
        ("Haus-", "und Gartenarbeit", "Haus- und Gartenarbeit"),
        ("lui dit-", "elle", "lui dit-elle"),
        ("I wan-", "wanted it", "I wan-wanted it"),
        ("in the house-", "Anna said", "in the house- Anna said"),
        ("the end", "of it", "the end of it"),
    ],
)
def test_the_file_tells_whether_a_hyphen_belongs_to_a_word(first: str, second: str, whole: str) -> None:
    assert WORDS.joined(first, second) == whole


SCANNED = (
    "INTERVIEWER: What did you think of the neighbour-\nhood when you first came here?\n"
    "RESPONDENT: It was a poor sort of place. But they were well-\n"
    "meaning, and there was always some sort of employ-\nment.\n"
    "INTERVIEWER: And the doctors?\nRESPONDENT: We had one.\n"
)


def test_broken_words_of_a_scanned_text_are_put_together_and_named(tmp_path: Path) -> None:
    found = transcript(tmp_path, "p01.txt", SCANNED.encode())
    assert [" ".join(words.split()) for _, words in said(found)] == [
        "What did you think of the neighbourhood when you first came here?",
        "It was a poor sort of place. But they were well-meaning, and there was always some sort of employment.",
        "And the doctors?",
        "We had one.",
    ]
    assert any("'neighbourhood', 'employment'" in note for note in found.notes)


@pytest.mark.parametrize(
    "text",
    [
        "int: where was i go-\np1: going you mean\nint: yes i was go-\np1: to the shop\n",
        "INT: Tell me of the one neighbour-\nhood.\nP1: Of that one?\nINT: Yes.\nP1: It is nice.\n",
        f"INT: Why?\nP1: {'It is far. ' * 12}I was go-\nno, I went.\nINT: So?\nP1: I was wai-\nso I left.\n",
    ],
)
def test_words_that_were_not_said_to_their_end_stay(text: str, tmp_path: Path) -> None:
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert found.text == text


@pytest.mark.parametrize(
    ("elsewhere", "whole", "note"),
    [
        ("A neighbourhood like that.", True, "1 word broken by a hyphen"),
        ("A place like that one.", False, "A hyphen at a line's end may break one word; it stays as it is"),
        (
            "A neighbourhood, a neighbour.",
            False,
            "A hyphen at a line's end may break one word; it stays as it is",
        ),
    ],
)
def test_a_single_broken_word_is_mended_if_the_file_has_it_whole_else_named(
    elsewhere: str, whole: bool, note: str, tmp_path: Path
) -> None:
    text = f"INT: Tell me of the one neighbour-\nhood.\nP1: {elsewhere}\nINT: Yes.\nP1: It is nice.\n"
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert ("neighbourhood." in said(found)[0][1]) is whole
    assert any(one.startswith(note) and "'neighbourhood'" in one for one in found.notes)


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("he spoke of decision-", "making and", "he spoke of decision-making and"),
        ("it is up-to-", "date, too", "it is up-to-date, too"),
        ("he sai-", "then he", "he sai-then he"),
    ],
)
def test_a_rest_that_is_a_word_of_its_own_or_behind_another_hyphen_is_not_joined(
    first: str, second: str, whole: str
) -> None:
    words = BrokenWords.of(["then the making of it", first, second])
    assert words.joined(first, second) == whole
    assert words.guessed([first, second]) == []


def test_a_name_on_a_line_of_its_own_is_no_rest_of_a_word() -> None:
    lines = [
        "where were you when he came, at the hos-",
        "anna",
        "in the hall with my son, at the ma-",
        "anna",
    ]
    assert BrokenWords.of(lines).mended(lines) == (lines, [])


def test_a_compound_of_three_words_is_put_together_with_its_hyphens() -> None:
    lines = ["the ward was very much up-to-", "date, and clean"]
    assert BrokenWords.of(lines).mended(lines) == (["the ward was very much up-to-date,", "and clean"], [])


def test_no_word_is_lost_behind_a_line_that_went_to_the_one_above() -> None:
    lines = ["the neighbour-", "hoodwatchings-", "gether was there", "hello to-", "gether again"]
    mended, _ = BrokenWords.of(lines).mended(lines)
    assert " ".join(mended).count("gether") == 2
