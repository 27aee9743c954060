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
    ["I felt [right] there.", "[mm]", "I felt (P4: yeah) sick.", "She (laughs) said [no] to me (yeah)."],
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
