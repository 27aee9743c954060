"""Lines between the turns that nobody said: dates of messages, numbered headings of parts."""

import pytest

from coder.domain import Transcript
from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble

TALK = [("Karen", "How was it?"), ("Ida", "Cold and wet."), ("Karen", "And then?"), ("Ida", "I left.")]


def read(text: str) -> Transcript:
    return assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")


def said(text: str) -> list[tuple[str | None, str]]:
    found = read(text)
    return [(turn.speaker, found.words_of(turn)) for turn in found.turns]


@pytest.mark.parametrize(
    "date",
    [
        "02 Mar 2026, 10:0{n}",
        "Mar 2, 2026 10:0{n}:11 am",
        "2026-03-02 10:0{n}",
        "Mon, 2 March 2026 at 10:0{n}",
    ],
)
@pytest.mark.parametrize(
    "form", ["{who}\n{words}\n{date}\n\n", "{who}\n{date}\n{words}\n\n", "{date}\n{who}: {words}\n\n"]
)
def test_the_date_of_a_message_is_no_word(form: str, date: str) -> None:
    text = "".join(
        form.format(who=who, words=words, date=date.format(n=n)) for n, (who, words) in enumerate(TALK)
    )
    assert said(text) == TALK


@pytest.mark.parametrize("words", ["It was on 02 Mar 2026, 10:04", "2 March 2026", "02 Mar 2026, 10:04"])
def test_a_date_that_is_said_stays(words: str) -> None:
    text = f"INT: When was it?\n\nP1:\n{words}\n\nINT: And then?\n\nP1: We had tea.\n"
    assert said(text)[1] == ("P1", words)


def joined(heads: list[str], *, between: str = "") -> str:
    """A talk of which a line stands above each question."""
    return "".join(
        f"{head}\n\n{between}INT: How is it, {n}?\n\nP1: I walk.\n\n" for n, head in enumerate(heads)
    )


@pytest.mark.parametrize(
    "heads",
    [
        ["Interview 1: P01", "Interview 2: P02", "Interview 3: P03"],
        ["Participant 1", "Participant 2"],
        ["Focus group 1 - Harbour 1", "Focus group 2 - Harbour 2"],
    ],
)
def test_headings_that_count_the_parts_are_nobodys(heads: list[str]) -> None:
    found = read(joined(heads))
    assert not any(head in found.words_of(turn) for head in heads for turn in found.turns)
    assert any(repr(heads[-1]) in note for note in found.notes)


@pytest.mark.parametrize(
    ("heads", "between"),
    [
        (["Option 2", "Option 2"], ""),
        (["Maybe 3", "Maybe 7"], ""),
        (["I had 1 of them.", "I had 2 of them."], ""),
        (["Bus 1", "Bus 2"], "I mean the red one.\n\n"),
    ],
    ids=["again", "not counting", "sentences", "words below"],
)
def test_what_only_resembles_such_headings_is_speech(heads: list[str], between: str) -> None:
    found = read("INT: Which?\n\nP1: Let me see.\n\n" + joined(heads, between=between))
    words = " ".join(found.words_of(turn) for turn in found.turns)
    assert all(head in words for head in heads)
