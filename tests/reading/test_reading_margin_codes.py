"""Codes behind a tab at the end of lines."""

import pytest

from coder.domain import Transcript
from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble

SAID = ("I cannot sleep.", "She rings me.", "It costs a lot.", "My knee hurts.")


def read(*tails: str, label: str = "P1: ") -> Transcript:
    lines = [
        f"INT{label[2:]}What is that?\n{label}{said}{tail}" for said, tail in zip(SAID, tails, strict=True)
    ]
    return assemble(document_of("\n".join(lines) + "\n", "x.txt", "utf-8"), "x.txt", b"")


def said(found: Transcript) -> list[str]:
    return [found.words_of(turn) for turn in found.turns if turn.speaker == "P1"]


@pytest.mark.parametrize(
    "tails",
    [
        ("\tAM-fear", "\tSOC", "", "\tAM-hope"),
        ("\tfear", "\tsocial influence", "", "\tfear"),
        ("\t[social influence]", "", "\t[opportunity: cost]", ""),
        ("\tAM-fear; SOC-OPP", "\t-", "\tPHYS-OPP\tAM-fear", ""),
    ],
)
@pytest.mark.parametrize("label", ["P1: ", "P1\t"])
def test_codes_are_no_speech_and_are_named(tails: tuple[str, ...], label: str) -> None:
    found = read(*tails, label=label)
    assert said(found) == list(SAID)
    assert any("taken for codes and left out" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    "tails",
    [
        ("\tAM-fear", "", "", ""),
        ("\t(laughs)", "\t(laughs)", "", ""),
        ("\t00:01", "\t00:02", "", ""),
        ("\t[P2: yeah]", "\t[P2: yeah]", "", ""),
        ("\tAnd I walk about the house.", "\tAM-fear", "\tSOC", ""),
    ],
)
def test_other_words_behind_a_tab_stay(tails: tuple[str, ...]) -> None:
    found = read(*tails)
    assert said(found) == [f"{words}{tail}" for words, tail in zip(SAID, tails, strict=True)]
    assert not any("behind a tab" in doubt for doubt in found.doubts)


def test_words_that_do_not_look_like_codes_stay_and_are_named() -> None:
    found = read("\tat night", "\ton Fridays", "", "")
    assert said(found)[0] == "I cannot sleep.\tat night"
    assert any("read as said: 'at night', 'on Fridays'" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("code", ["#fear", "{AM-fear}"])
def test_codes_among_the_words_are_named(code: str) -> None:
    found = read(f" {code}", f" {code}", "", "")
    assert said(found)[0] == f"I cannot sleep. {code}"
    assert any(f"what looks like a code, read as said: {code!r}" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("tails", [("\t1", "\t2", "\t3", "\t4"), ("\t0:03", "\t0:20", "\t1:37", "\t2:01")])
def test_numbers_and_times_that_rise_behind_a_tab_are_no_words(tails: tuple[str, ...]) -> None:
    found = read(*tails)
    assert said(found) == list(SAID)
    shown = ", ".join(repr(tail.strip()) for tail in tails)
    assert (
        f"4 numbers or times behind a tab at the end of lines left out of the words: {shown}." in found.notes
    )


def test_numbers_behind_a_tab_that_do_not_rise_are_said() -> None:
    assert said(read("\t7", "\t3", "\t5", "\t1"))[0] == "I cannot sleep.\t7"


def read_said(*answers: str) -> Transcript:
    asked = ("How is that?", "Since when do you know?", "And what else is there?", "Who helps you?")
    text = "".join(f"INT: {ask}\nP1: {answer}\n" for ask, answer in zip(asked, answers, strict=False))
    return assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")


@pytest.mark.parametrize(
    "answers",
    [
        ("We live in the city.\tNHS", "My sister from the\tYMCA"),
        ("To the clinic\t(my GP)", "No.", "I tell them I have\tA-level", "At nine I see the\tX-ray man"),
        ("She was kind.\tX-ray man", "I tell them so.\tA-level"),
    ],
)
def test_words_that_go_on_behind_a_tab_stay_and_are_named(answers: tuple[str, ...]) -> None:
    found = read_said(*answers)
    assert said(found) == list(answers)
    shown = ", ".join(repr(answer.split("\t")[1]) for answer in answers if "\t" in answer)
    assert any(f"read as said: {shown}." in doubt for doubt in found.doubts)


def test_words_that_go_on_behind_a_tab_stay_beside_codes() -> None:
    found = read_said("I cannot sleep.\t[fear]", "No.", "She rings me.\t[support]", "I come from the\tYMCA")
    assert said(found) == ["I cannot sleep.", "No.", "She rings me.", "I come from the\tYMCA"]
    assert any("left out: '[fear]', '[support]'." in doubt for doubt in found.doubts)
    assert any("1 line ends in a few words behind a tab, read as said: 'YMCA'." in d for d in found.doubts)


def test_rising_numbers_that_end_a_sentence_are_said() -> None:
    answers = ["At first I had\t1", "Then there were\t2", "Later on it was\t3", "In the end\t12"]
    assert said(read_said(*answers)) == answers


def test_times_behind_a_tab_stay_the_times_of_the_turns() -> None:
    lines = ["INT: How are you?\t00:01:05", "P1: I am fine and well.\t00:01:20"]
    lines += ["INT: What do you do?\t00:01:35", "P1: I am a nurse here.\t00:01:50"]
    found = assemble(document_of("\n".join(lines) + "\n", "x.txt", "utf-8"), "x.txt", b"")
    assert [turn.time for turn in found.turns] == [None, 65.0, 80.0, 95.0]
    assert said(found) == ["I am fine and well.", "I am a nurse here."]


def test_a_short_file_whose_answers_end_in_codes_has_its_speakers() -> None:
    found = read("\tAM-fear", "\tSOC", "\tAM-hope", "")
    assert [turn.speaker for turn in found.turns] == ["INT", "P1"] * 4
    text = "INT: How is that?\nP1: I cannot sleep.\t[fear]\nINT: And what else?\nP1: She rings.\t[support]\n"
    found = assemble(
        document_of(text + "INT: Who?\nP1: I come from the\tYMCA\n", "x.txt", "utf-8"), "x.txt", b""
    )
    assert said(found) == ["I cannot sleep.", "She rings.", "I come from the\tYMCA"]
