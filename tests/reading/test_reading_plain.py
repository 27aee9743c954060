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


def test_a_markdown_table_is_a_table_of_turns(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.write_text(
        "| Speaker | Text |\n|---|---|\n| INT | Where? |\n| P1 | Up the hill. |\n| INT | Alone? |\n| P1 | Yes. |\n"
    )
    assert [turn[:3] for turn in merged(read_transcript(path))] == [
        ["interviewer", "INT", "Where?"],
        ["participant", "P1", "Up the hill."],
        ["interviewer", "INT", "Alone?"],
        ["participant", "P1", "Yes."],
    ]


@pytest.mark.parametrize(
    ("content", "kind", "speakers"),
    [
        ("@UTF8\n@Begin\n*INV:\twhat happened ?\n*PAR:\tI fell .\n@End\n", "cha", ["INV", "PAR"]),
        ('{"segments": [{"start": 0.0, "end": 1.0, "text": " Hi there.", "speaker": "A"}]}', "json", ["A"]),
        (
            "Timespan\tContent\tSpeaker\n0:00.0 - 0:04.2\tWhere?\tAnna\n0:04.2 - 0:09.0\tUp.\tBob\n",
            "tsv",
            ["Anna", "Bob"],
        ),
    ],
)
def test_other_formats_named_txt_are_told_by_their_content(
    tmp_path: Path, content: str, kind: str, speakers: list[str]
) -> None:
    path = tmp_path / "export.txt"
    path.write_text(content)
    transcript = read_transcript(path)
    assert transcript.format == kind
    assert [turn.speaker for turn in transcript.turns] == speakers
