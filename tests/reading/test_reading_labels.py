"""Forms of labels that only some tools and typists write."""

import json
from pathlib import Path

import pytest

from tests.reading.office_making import said, transcript

TALK = [
    ("Karen", "How was it?"),
    ("Ida", "Cold."),
    ("Karen", "And then?"),
    ("Ida", "I left."),
    ("Karen", "Why?"),
]


@pytest.mark.parametrize(
    "form",
    [
        "{who} at 0:0{number}\n{words}\n\n",
        "10:02:1{number}\t From {who} : {words}\n",
        "\u200f{who}:\u200f {words}\n",
        "14/03/2022, 19:0{number} - {who}: {words}\n",
    ],
)
def test_labels_of_chats_and_tools(form: str, tmp_path: Path) -> None:
    text = "".join(form.format(who=who, words=words, number=n) for n, (who, words) in enumerate(TALK))
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == TALK


def test_a_label_of_sixty_signs_that_comes_again_is_a_speaker(tmp_path: Path) -> None:
    who = "Member of the regional board for rural public transport Kent"
    assert len(who) == 60
    talk = [
        ("INT", "How?"),
        (who, "I walk."),
        ("INT", "Why?"),
        (who, "I like it."),
        ("INT", "So?"),
        (who, "Yes."),
    ]
    text = "".join(f"{name}: {words}\n\n" for name, words in talk)
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == talk


def test_things_done_at_a_time_are_words(tmp_path: Path) -> None:
    text = "Breakfast at 7:30\nPorridge and tea.\nLunch at 12:30\nSoup.\nDinner at 18:00\nBread.\n"
    assert {who for who, _ in said(transcript(tmp_path, "p01.txt", text.encode()))} == {None}


def test_a_long_beginning_that_comes_once_is_words(tmp_path: Path) -> None:
    words = "And so I said to the woman who sat behind the counter: that is enough."
    talk = [("INT", "How?"), ("P1", f"I went in. {words}"), ("INT", "Why?"), ("P1", "I was cold.")]
    text = "".join(f"{who}: {said_}\n\n" for who, said_ in talk).replace(" And so", "\n\nAnd so")
    assert {who for who, _ in said(transcript(tmp_path, "p01.txt", text.encode()))} == {"INT", "P1"}


@pytest.mark.parametrize(
    "line", ["Ida: <Media omitted>", "Ida left", 'Karen created group "Food 7"', "Karen added Ida"]
)
def test_what_a_chat_program_writes_is_nobodys_words(line: str, tmp_path: Path) -> None:
    lines = [f"{who}: {words}" for who, words in TALK]
    text = "".join(f"14/03/2022, 19:0{n} - {one}\n" for n, one in enumerate([*lines[:3], line, *lines[3:]]))
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert said(found) == TALK
    assert any("note about the recording" in note for note in found.notes)


def test_somebody_who_left_and_said_so_is_heard(tmp_path: Path) -> None:
    text = "0:01 INT: And then?\n0:05 P1: Well.\n0:07 she left\n0:09 INT: Why?\n0:11 P1: It was late.\n"
    assert ("P1", "Well. she left") in [
        (who, " ".join(words.split())) for who, words in said(transcript(tmp_path, "p01.txt", text.encode()))
    ] or "she left" in [words for _, words in said(transcript(tmp_path, "p01.txt", text.encode()))]


def test_digits_that_text_recognition_put_into_a_label_are_letters(tmp_path: Path) -> None:
    text = "INTERVIEWER: How?\nRESPONDENT: I walk.\nlNTERVIEWER: Why?\nRESP0NDENT: I like it.\nINTERVIEWER: So?\n"
    found = transcript(tmp_path, "p01.txt", (text + "RESPONDENT: Yes.\n").encode())
    assert [who for who, _ in said(found)] == ["INTERVIEWER", "RESPONDENT"] * 3
    assert any("'RESP0NDENT' taken for RESPONDENT's" in note for note in found.notes)


def test_a_person_called_me_beside_interviewer_and_participant_is_doubted(tmp_path: Path) -> None:
    text = "INT: How was it?\nP1: It was short.\nDoctor: You must stop.\nMe: I can't.\nDoctor: Then go.\nINT: So?\n"
    found = transcript(tmp_path, "p01.txt", (text + "P1: I left.\nMe: I did.\nINT: Hm.\n").encode())
    assert any("'Me' was read as a speaker beside 'P1'" in doubt for doubt in found.doubts)


def test_a_heading_of_notes_amid_the_talk_is_named(tmp_path: Path) -> None:
    text = (
        "INT: How?\n\nP1: Cold.\n\nNotes from the interview\n\nThe room was cold.\n\nINT: So?\n\nP1: Yes.\n"
    )
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert any("'Notes from the interview'" in doubt for doubt in found.doubts)


def test_telegram_and_messenger_name_the_sender(tmp_path: Path) -> None:
    telegram = {"messages": [{"type": "message", "from": who, "text": words} for who, words in TALK]}
    found = transcript(tmp_path, "t.json", json.dumps(telegram).encode())
    assert said(found) == TALK
    messenger = {
        "messages": [
            {"sender_name": who, "timestamp_ms": 1650000000000 + n, "content": words}
            for n, (who, words) in enumerate(TALK)
        ][::-1]
    }
    found = transcript(tmp_path, "m.json", json.dumps(messenger).encode())
    assert said(found) == TALK
    assert any("order was turned round" in note for note in found.notes)
