"""Lines between the turns that nobody said: dates of messages, numbered headings of parts."""

import pytest

from coder.domain import Corrections, Transcript
from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble

TALK = [("Karen", "How was it?"), ("Ida", "Cold and wet."), ("Karen", "And then?"), ("Ida", "I left.")]


def read(text: str, corrections: Corrections | None = None) -> Transcript:
    document = document_of(text, "x.txt", "utf-8")
    return assemble(document, "x.txt", b"", corrections=corrections or Corrections())


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
        (["Option 1", "Option 2"], ""),
        (["Participant 1", "Participant 2"], ""),
        (["Session 3", "Session 4"], ""),
        (["Call 1 was bad", "Call 2 was bad"], ""),
        (["Maybe 3", "Maybe 7"], ""),
        (["I had 1 of them.", "I had 2 of them."], ""),
        (["Bus 1", "Bus 2"], "I mean the red one.\n\n"),
    ],
    ids=["again", "no part", "people", "not from one", "told", "not counting", "sentences", "words below"],
)
def test_what_only_resembles_such_headings_is_speech(heads: list[str], between: str) -> None:
    found = read("INT: Which?\n\nP1: Let me see.\n\n" + joined(heads, between=between))
    words = " ".join(found.words_of(turn) for turn in found.turns)
    assert all(head in words for head in heads)


@pytest.mark.parametrize(
    "turn",
    ["INT: {question}\n\n{answer}\n\n", "INT:\n\n{question}\n\nP1:\n\n{answer}\n\n"],
    ids=["only the interviewer has a label", "labels apart"],
)
@pytest.mark.parametrize(
    "answers", [("Session 1", "Session 2"), ("Day 1, 2 March 2026", "Day 2, 3 March 2026")]
)
def test_answers_that_look_like_such_headings_are_speech(turn: str, answers: tuple[str, str]) -> None:
    words = ["I walked.", "It was cold.", *answers, "That is all."]
    text = "".join(
        turn.format(question=f"Tell me of number {n}.", answer=answer) for n, answer in enumerate(words)
    )
    found = [words for _, words in said(text)]
    assert all(any(answer in words for words in found) for answer in answers)


def test_whom_headings_count_may_speak() -> None:
    """Groups that speak with one voice are no headings."""
    text = (
        joined(["Focus group 1", "Focus group 2"]) + "INT: So?\n\nFocus group 1: We all walk.\n\nP1: I do.\n"
    )
    words = " ".join(words for _, words in said(text))
    assert "Focus group 2" in words


def test_what_a_person_called_speech_is_no_heading_or_date() -> None:
    heads = ["Interview 1", "Interview 2"]
    found = read(joined(heads), Corrections(speech=("Interview 2",)))
    assert any("Interview 2" in found.words_of(turn) for turn in found.turns)


def test_the_dates_of_messages_are_counted() -> None:
    text = "".join(
        f"{who}\n0{n} Mar 2026, 10:0{n}\n{words}\n\n" for n, (who, words) in enumerate(TALK, start=1)
    )
    assert any(note.startswith("4 dates of messages not taken as speech") for note in read(text).notes)
    kept = read(text, Corrections(speech=("02 Mar 2026, 10:02",)))
    assert any("02 Mar 2026" in kept.words_of(turn) for turn in kept.turns)


@pytest.mark.parametrize(
    "form",
    [
        "INT:\nWhen was it?\n\nP1:\n{date}\n\n",
        "INT:\n\nWhen was it?\n\nP1:\n\n{date}\n\n",
        "INT: When?\n\n{date}\n\n",
        "INT: When?\nP1: Let me see.\n{date}\n\n",
    ],
)
def test_answers_that_are_dates_stay(form: str) -> None:
    dates = [f"{n} March 2026, 10:0{n}" for n in range(1, 5)]
    words = " ".join(words for _, words in said("".join(form.format(date=date) for date in dates)))
    assert all(date in words for date in dates)
