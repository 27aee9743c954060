"""Legends, abstracts and lines of who interviewed above the talk are no turns; a diary's entries are words."""

from pathlib import Path

import pytest

from tests.reading.office_making import said, transcript

TALK = [
    ("I", "So what do you have?"),
    ("C", "Pizza."),
    ("M", "Not every day."),
    ("I", "And else?"),
    ("C", "Salad."),
]
TURNS = "\n".join(f"{who}: {words}" for who, words in [*TALK, ("M", "It comes home.")]) + "\n"


@pytest.mark.parametrize(
    "above",
    [
        "I: interviewer, C: child, M: mother\n\n",
        "Interview 3\n\nI = interviewer; C = child; M = mother\n\n",
        "I:\tInterviewer\nC:\tParticipant\nM:\tMother\n",
        "Transcriber's comments:\tGood audio\nI:\tInterviewer\nC:\tParticipant\n",
        "DATE: 3 May\nABSTRACT: The child talks about lunch. The mother talks, too.\n\n",
    ],
)
def test_what_explains_the_talk_is_nobodys_turn(above: str, tmp_path: Path) -> None:
    found = transcript(tmp_path, "p01.txt", (above + TURNS).encode())
    assert said(found) == [*TALK, ("M", "It comes home.")]
    assert found.turns[0].role == "interviewer"


def test_answers_of_one_word_are_no_legend(tmp_path: Path) -> None:
    turns = [
        ("I", "profession"),
        ("R", "nurse"),
        ("I", "and age"),
        ("R", "forty"),
        ("I", "home"),
        ("R", "Leeds"),
    ]
    text = "\n".join(f"{who}: {words}" for who, words in turns) + "\n"
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == turns


def test_who_interviewed_is_found_by_initials_behind_the_name(tmp_path: Path) -> None:
    text = (
        "Harbour project\nInterviewed by Karen Moss\n\nKaren Moss (KM): Tell me.\n\nIda Hale (IH): I waited.\n\n"
        "KM: And then.\n\nIH: I left.\n\nKM: I see.\n\nIH: It was cold.\n"
    )
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert [(turn.speaker, turn.role) for turn in found.turns] == [
        ("Karen Moss (KM)", "interviewer"),
        ("Ida Hale (IH)", "participant"),
    ] * 3


@pytest.mark.parametrize("title", ["", "Sleep diary, participant 12\n\n"])
def test_a_diarys_entries_are_words(title: str, tmp_path: Path) -> None:
    text = f"{title}Day 1: Slept four hours, as ever.\n\nIt rained.\n\nDay 2: Walked home. It was far.\n"
    found = transcript(tmp_path, "p01.txt", text.encode())
    words = " ".join(words for _, words in said(found))
    assert "Slept four hours" in words
    assert words.endswith("It rained. Day 2: Walked home. It was far.")


def test_a_first_round_of_introductions_is_talk(tmp_path: Path) -> None:
    turns = [
        ("Anna", "Nurse"),
        ("Ben", "Teacher"),
        ("Mod", "What helps you?"),
        ("Anna", "Sleep, mostly."),
        ("Ben", "My dog."),
        ("Mod", "And what hinders you?"),
    ]
    text = "".join(f"{who}: {words}\n" for who, words in turns)
    assert said(transcript(tmp_path, "p01.txt", text.encode())) == turns


@pytest.mark.parametrize(
    ("line", "asker"),
    [
        ("Interviewed by Karen Moss on 3 May 2021", "Karen Moss"),
        ("Interviewed by Dr. Karen Moss at the Harbour Clinic.", "Karen Moss"),
        ("The interview was conducted by K. Moss. Notes below", "K. Moss"),
    ],
)
def test_the_line_on_who_interviewed_ends_with_the_name(line: str, asker: str, tmp_path: Path) -> None:
    text = (
        f"{line}\n\n{asker}: Tell me about the year.\nIda Hale: Hard, you know? Who would have thought?\n"
        f"{asker}: Go on.\nIda Hale: What could I do?\n"
    )
    roles = {turn.speaker: turn.role for turn in transcript(tmp_path, "p01.txt", text.encode()).turns}
    assert roles == {asker: "interviewer", "Ida Hale": "participant"}


def test_who_leads_a_clinic_does_not_lead_the_talk(tmp_path: Path) -> None:
    text = (
        "Interview at a clinic led by Ida Hale\n\nPer Lund: How was the year?\nIda Hale: We lost two nurses.\n"
        "Per Lund: What helped?\nIda Hale: The team did.\n"
    )
    roles = {turn.speaker: turn.role for turn in transcript(tmp_path, "p01.txt", text.encode()).turns}
    assert roles == {"Per Lund": "interviewer", "Ida Hale": "participant"}
