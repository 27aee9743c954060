"""What a listener says meanwhile, in brackets inside an answer, is not the answer's; what is longer is named."""

from pathlib import Path

import pytest

from tests.reading.office_making import said, transcript


def _read(tmp_path: Path, answer: str) -> tuple[str, str]:
    text = f"Interviewer: How was it?\nP4: {answer}\nInterviewer: And then?\nP4: She rang me.\n"
    found = transcript(tmp_path, "p04.txt", text.encode())
    return said(found)[1][1], " ".join(found.notes)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("I felt sick [mm] for a week [mm-hm].", "I felt sick for a week."),
        ("He's busy (Interviewer: yeah), you know (INT: no).", "He's busy, you know."),
        ("I stopped [right]. I was tired [mm] by then.", "I stopped. I was tired by then."),
    ],
)
def test_backchannels_are_left_out_and_counted(answer: str, words: str, tmp_path: Path) -> None:
    left, notes = _read(tmp_path, answer)
    assert left == words
    assert "in brackets inside others' words left out" in notes


@pytest.mark.parametrize(
    "answer",
    [
        "I felt [right] there.",
        "[mm]",
        "I felt (P4: yeah) sick.",
        "She (laughs) said [no] to me (yeah).",
        "My GP [AH] sent me to [UH] with a cut of 20 (mm).",
        "I ticked two (Q: no) and left.",
    ],
)
def test_brackets_that_may_be_the_speakers_own_stay(answer: str, tmp_path: Path) -> None:
    left, notes = _read(tmp_path, answer)
    assert left == answer
    assert "brackets" not in notes


def test_what_another_says_at_length_stays_and_is_named(tmp_path: Path) -> None:
    left, notes = _read(tmp_path, "I stopped (Interviewer: and whom did you tell?) then.")
    assert left == "I stopped (Interviewer: and whom did you tell?) then."
    assert "1 place in brackets seems to be said by another speaker" in notes


def test_backchannels_in_a_tables_cell_are_left_out(tmp_path: Path) -> None:
    table = "speaker,text\nINT,How was it?\nP1,Cold [mm] and wet (INT: yeah).\nINT,And then?\nP1,I left.\n"
    found = transcript(tmp_path, "p01.csv", table.encode())
    assert said(found)[1] == ("P1", "Cold and wet.")
    assert any("2 backchannels in brackets" in note for note in found.notes)


def test_a_remark_in_a_tables_cell_is_named(tmp_path: Path) -> None:
    table = "speaker,text\nINT,How was it?\nP1,Cold.\nP1,[Knock at the door]\nINT,And then?\nP1,I left.\n"
    found = transcript(tmp_path, "p01.csv", table.encode())
    assert any("'[Knock at the door]'" in doubt for doubt in found.doubts)


def test_words_put_in_to_make_an_answer_clear_stay_beside_backchannels(tmp_path: Path) -> None:
    answer = (
        "It was loud [mm] and there was [no] help on the [right] side. So [I] went [yeah]. They said [yes]."
    )
    left, notes = _read(tmp_path, answer)
    assert left == answer.replace(" [mm]", "").replace(" [yeah]", "")
    assert "2 backchannels in brackets" in notes


def test_what_another_participant_denies_stays_and_is_named(tmp_path: Path) -> None:
    text = (
        "Mod: Does the lift help?\nAnna: We all use it [Ben: no] daily [Ben: mm].\nMod: Why?\nBen: I walk.\n"
    )
    found = transcript(tmp_path, "p01.txt", text.encode())
    assert said(found)[1] == ("Anna", "We all use it [Ben: no] daily.")
    assert any("'[Ben: no]'" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(("label", "letter"), [("I", "I"), ("Interviewer", "I"), ("Moderator", "M")])
def test_a_letter_in_brackets_means_the_interviewer_who_speaks(
    label: str, letter: str, tmp_path: Path
) -> None:
    text = f"{label}: How was it?\nR: Cold ({letter}: okay) and dark.\n{label}: Why?\nR: Rain.\n"
    assert said(transcript(tmp_path, "p01.txt", text.encode()))[1] == ("R", "Cold and dark.")
