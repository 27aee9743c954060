"""Forms of labels that only some tools and typists write."""

import json
from pathlib import Path

import pytest

from coder.domain import Corrections
from coder.reading import read_transcript
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
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert said(found) == talk
    assert any(repr(who) in doubt and "may be words that come again" in doubt for doubt in found.doubts)


def test_things_done_at_a_time_are_words(tmp_path: Path) -> None:
    text = "Breakfast at 7:30\nPorridge and tea.\nLunch at 12:30\nSoup.\nDinner at 18:00\nBread.\n"
    assert {who for who, _ in said(transcript(tmp_path, "p01.txt", text.encode()))} == {None}


def test_a_long_beginning_that_comes_once_is_words(tmp_path: Path) -> None:
    words = "And so I said to the woman who sat behind the counter: that is enough."
    talk = [("INT", "How?"), ("P1", f"I went in. {words}"), ("INT", "Why?"), ("P1", "I was cold.")]
    text = "".join(f"{who}: {said_}\n\n" for who, said_ in talk).replace(" And so", "\n\nAnd so")
    assert {who for who, _ in said(transcript(tmp_path, "p01.txt", text.encode()))} == {"INT", "P1"}


@pytest.mark.parametrize(
    "line",
    [
        "Ida: <Media omitted>",
        "Ida left",
        'Karen created group "Food 7"',
        "Karen added Ida",
        "Karen: \u200eMessages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp,"
        " can read or listen to them. Tap to learn more.",
        "Ida: \u200eMissed voice call",
        'Ida: Reacted to "Thank you both. Anything else?" with 👍',
        'Ida: Removed a 👍 reaction from "Thank you both."',
    ],
)
def test_what_a_chat_program_writes_is_nobodys_words(line: str, tmp_path: Path) -> None:
    lines = [f"{who}: {words}" for who, words in TALK]
    text = "".join(f"14/03/2022, 19:0{n} - {one}\n" for n, one in enumerate([*lines[:3], line, *lines[3:]]))
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert said(found) == TALK
    assert any("note about the recording" in note for note in found.notes)


@pytest.mark.parametrize(
    "form",
    ["12/05/2021, 10:0{number}\t{who}\t{words}\n", "12/05/2021, 10:0{number} - {who}: {words}\n"],
)
def test_messages_that_somebody_left_or_joined_are_heard(form: str, tmp_path: Path) -> None:
    talk = [
        ("Karen", "How was it?"),
        ("Ida", "He left"),
        ("Karen", "And then?"),
        ("Ida", "My son joined"),
        ("Karen", "Why so late?"),
        ("Ida", "My security code was changed by the bank."),
    ]
    text = "".join(form.format(who=who, words=words, number=n) for n, (who, words) in enumerate(talk))
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == talk


@pytest.mark.parametrize(
    "words",
    [
        "Messages are end-to-end encrypted, so I trust it.",
        "Missed voice call from the ward again.",
        'I reacted to "do it now" with anger.',
        'Reacted to "do it now" with tears',
        'Reacted to "do it now" with “tears”',
        'Reacted to "do it now" with …silence',
        "Messages are end-to-end encrypted. No one outside should read them, that was the idea",
    ],
)
def test_what_somebody_tells_of_chats_is_speech(words: str, tmp_path: Path) -> None:
    talk = [("Karen", "How was it?"), ("Ida", words), ("Karen", "And then?"), ("Ida", "I slept.")]
    text = "".join(f"12/05/2021, 10:0{n} - {who}: {said_}\n" for n, (who, said_) in enumerate(talk))
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == talk


@pytest.mark.parametrize(
    "words", ["Missed voice call.", 'Reacted to "the news" with 👍', "Yes. <This message was edited>"]
)
def test_what_reads_as_of_a_chat_program_in_an_interview_is_speech(words: str, tmp_path: Path) -> None:
    talk = [("INT", "What did it say?"), ("P1", words), ("INT", "And then?"), ("P1", "I slept.")]
    text = "".join(f"{who}: {said_}\n\n" for who, said_ in talk)
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == talk


def test_a_chat_line_that_a_person_called_speech_stays(tmp_path: Path) -> None:
    lines = [f"{who}: {words}" for who, words in TALK] + ["Ida: Missed voice call"]
    text = "".join(f"14/03/2022, 19:0{n} - {one}\n" for n, one in enumerate(lines))
    path = tmp_path / "p01.txt"
    path.write_text(text)
    assert len(read_transcript(path).turns) == len(TALK)
    speech = Corrections(speech=(text.splitlines()[-1],))
    assert said(read_transcript(path, corrections=speech))[-1] == ("Ida", "Missed voice call")


def test_a_note_that_a_message_was_edited_is_no_word(tmp_path: Path) -> None:
    lines = [f"{who}: {words}" for who, words in TALK]
    lines[1] += " \u200e<This message was edited>"
    text = "".join(f"14/03/2022, 19:0{n} - {one}\n" for n, one in enumerate(lines))
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == TALK


@pytest.mark.parametrize(
    "names",
    [
        ("Ida Moss", "+44 *******412", "+44 *******873"),
        ("Ida Moss", "iPad", "iPad (2)"),
        ("Ida Moss", "Galaxy A51", "iPhone (3)"),
    ],
)
def test_who_has_no_name_in_a_meeting_is_called_as_the_program_does(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    words = ("How do you get here?", "By bus.", "I walk.", "Why?", "It is near.", "It is late.")
    talk = [*zip(names, words, strict=False), *zip(names, words[3:], strict=True)]
    cues = "".join(
        f"00:00:0{n}.000 --> 00:00:0{n}.900\n{who}: {said_}\n\n" for n, (who, said_) in enumerate(talk)
    )
    found = transcript(tmp_path, "group.vtt", f"WEBVTT\n\n{cues}".encode())
    assert said(found) == talk


def test_a_number_that_stands_once_behind_a_device_is_no_second_person(tmp_path: Path) -> None:
    lines = [f"INT: How?\n\nIda iPhone{' (1)' * (n == 2)}: I walk, {n}.\n\n" for n in range(5)]
    found = transcript(tmp_path, "p01.txt", "".join(lines).encode())
    assert said(found) == [
        (w, x) for n in range(5) for w, x in (("INT", "How?"), ("Ida iPhone", f"I walk, {n}."))
    ]


@pytest.mark.parametrize("last", ["iPhone: mine.", "iPhone (2): mine."])
def test_devices_that_somebody_lists_are_no_speakers(last: str, tmp_path: Path) -> None:
    told = ["iPad: for reading.", "iPhone: for calls.", "iPad: they took it.", last]
    lines = [
        "INT: Which?",
        "P1: Two.",
        *told[:2],
        "INT: And now?",
        "P1: One.",
        *told[2:],
        "INT: So?",
        "P1: Yes.",
    ]
    found = said(transcript(tmp_path, "p01.txt", "\n\n".join(lines).encode()))
    assert {who for who, _ in found} == {"INT", "P1"}
    assert all(any(one in words for _, words in found) for one in told)


@pytest.mark.parametrize("aside", ["(2)", "(laughs)", "(Harbour)"])
def test_what_stands_behind_a_name_in_brackets_is_no_second_person(aside: str, tmp_path: Path) -> None:
    lines = ["INT: How?", "Ida: I walk.", "INT: Why?", f"Ida {aside}: It is near.", "INT: So?", "Ida: Yes."]
    found = transcript(tmp_path, "p01.txt", "\n\n".join(lines).encode())
    assert len({who for who, _ in said(found)}) == 2


@pytest.mark.parametrize("date", ["1{n}/05/2021 ", "1{n}/05/2021, 10:04 - "])
def test_a_dated_diary_says_who_left_and_joined(date: str, tmp_path: Path) -> None:
    entries = ["I slept badly.", "My husband left", "My sister joined", "I walked to work."]
    text = "".join(f"{date.format(n=n)}{entry}\n" for n, entry in enumerate(entries))
    found = transcript(tmp_path, "p01.txt", text.encode())
    words = " ".join(words for _, words in said(found))
    assert all(entry in words for entry in entries)


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


@pytest.mark.parametrize("hour", ["10:04", "10:04:31", "10:04 pm", "10:04\u202fPM", "10:04 p. m."])
def test_whatsapps_lines_are_known_by_their_times(hour: str, tmp_path: Path) -> None:
    lines = [f"{who}: {words}" for who, words in TALK]
    text = "".join(f"14/03/2022, {hour} - {one}\n" for one in [*lines[:3], "Ida left", *lines[3:]])
    assert "Ida left" not in [words for _, words in said(transcript(tmp_path, "p01.txt", text.encode()))]


def test_things_done_at_a_time_inside_an_answer_are_its_words(tmp_path: Path) -> None:
    text = (
        "INT: When?\nP1: Like this.\nTablets at 8:00\nTablets at 20:00\nINT: And on Sunday?\nP1: The same.\n"
        "Tablets at 9:00\nTablets at 21:00\nINT: Thanks.\nP1: Bye.\n"
    )
    words = " ".join(words for _, words in said(transcript(tmp_path, "p01.txt", text.encode())))
    assert words.count("Tablets at") == 4


def test_who_speaks_once_at_a_time_is_a_speaker_where_all_labels_have_that_form(tmp_path: Path) -> None:
    talk = [*TALK[:3], ("Ben", "I stayed"), *TALK[2:4], ("Karen", "Why?")]
    text = "".join(f"{who} at 0:0{n}\n{words}\n\n" for n, (who, words) in enumerate(talk))
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == talk


@pytest.mark.parametrize(
    "sentence",
    [
        "When I feel the wish to smoke again I tell myself the very same thing",
        "Which of these three matters most to you when you plan a working week",
    ],
)
def test_a_long_sentence_before_a_colon_that_comes_again_is_no_speaker(sentence: str, tmp_path: Path) -> None:
    text = "".join(
        f"INT: Read me the card.\nP1: Here.\n{sentence}: {word}.\n" for word in ("wait", "walk", "drink")
    )
    assert {who for who, _ in said(transcript(tmp_path, "p01.txt", text.encode()))} == {"INT", "P1"}


def test_messengers_letters_are_read_as_they_were_meant(tmp_path: Path) -> None:
    talk = [("Karen", "Where?"), ("Zo\u00eb", "At the caf\u00e9, it\u2019s warm."), ("Karen", "Why?")]
    messages = [
        {"sender_name": _broken(who), "timestamp_ms": n, "content": _broken(words)}
        for n, (who, words) in enumerate(talk)
    ]
    found = transcript(tmp_path, "m.json", json.dumps({"messages": messages}).encode())
    assert said(found) == talk
    assert any("1 message of Messenger" in note for note in found.notes)
    whole = [
        {**one, "sender_name": who, "content": words}
        for one, (who, words) in zip(messages, talk, strict=True)
    ]
    assert said(transcript(tmp_path, "m.json", json.dumps({"messages": whole}).encode())) == talk


def _broken(text: str) -> str:
    return text.encode().decode("latin-1")
