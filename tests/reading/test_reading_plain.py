"""Plain text and Markdown transcripts in the shapes people have them, turn by turn."""

import re
from pathlib import Path

import pytest
from cases_hard import CASES as HARD_CASES
from cases_plain import CASES, Case

from coder.domain import Transcript
from coder.reading import read_transcript


def merged(transcript: Transcript) -> list[list[object]]:
    """Return [role, speaker, words, seconds], neighbours of one speaker as one."""
    turns: list[list[object]] = []
    for turn in transcript.turns:
        words = re.sub(r"[ \n]+", " ", transcript.words_of(turn))
        if turns and turns[-1][:2] == [turn.role, turn.speaker] and transcript.name != "nvivo.txt":
            turns[-1][2] = f"{turns[-1][2]} {words}"
        else:
            turns.append([turn.role, turn.speaker, words, turn.time])
    return turns


@pytest.mark.parametrize("case", [*CASES, *HARD_CASES], ids=lambda case: case.name)
def test_turns_are_those_that_were_spoken(case: Case, tmp_path: Path) -> None:
    path = tmp_path / case.file
    path.write_text(case.content, encoding="utf-8")
    found = merged(read_transcript(path))
    assert [turn[:3] for turn in found] == [list(turn[:3]) for turn in case.turns]
    for turn, expected in zip(found, case.turns, strict=True):
        if len(expected) == 4:
            assert turn[3] == expected[3]
