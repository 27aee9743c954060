"""Tables with a column per speaker or respondent: whose words each cell holds, in any kind of file."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from coder.domain import Transcript
from coder.errors import FormatError
from coder.reading import read_transcript
from tests.reading.office_making import docx, p, said, transcript, workbook

ASKED = ["How do you get here?", "And when it rains?", "Who helps?"]
TOLD = ["I walk along the canal, mostly.", "Then my sister drives me.", "Nobody but her."]
PAIRED = list(zip(ASKED, TOLD, strict=True))
APART = [row for asked, told in PAIRED for row in ((asked, ""), ("", told))]
LABELS = [
    ("Interviewer", "Participant"),
    ("INT", "P07"),
    ("Dr Ade", "Fay Moss"),
    ("Interviewerin", "Befragte"),
]


def written(folder: Path, kind: str, rows: Sequence[tuple[str, ...]]) -> Path:
    path = folder / f"talk.{kind}"
    if kind == "docx":
        cells = ["".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) for row in rows]
        path.write_bytes(docx("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"))
    elif kind == "xlsx":
        path.write_bytes(workbook({"Sheet": [[cell or None for cell in row] for row in rows]}))
    elif kind == "md":
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        path.write_text("\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]]), encoding="utf-8")
    else:
        separator = "," if kind == "csv" else "\t"
        quoted = [[f'"{cell}"' if "," in cell and separator == "," else cell for cell in row] for row in rows]
        path.write_text("\n".join(map(separator.join, quoted)), encoding="utf-8")
    return path


def roles(read: Transcript) -> dict[str | None, str | None]:
    return {turn.speaker: turn.role for turn in read.turns}


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: labels[0])
@pytest.mark.parametrize("rows", [PAIRED, APART], ids=["paired", "apart"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx", "txt", "md"])
def test_each_column_holds_one_speakers_words(
    kind: str, rows: list[tuple[str, str]], labels: tuple[str, str], tmp_path: Path
) -> None:
    read = read_transcript(written(tmp_path, kind, [labels, *rows]))
    told = [(labels[0], asked) for asked in ASKED], [(labels[1], answer) for answer in TOLD]
    assert said(read) == [turn for pair in zip(*told, strict=True) for turn in pair]
    assert roles(read) == {labels[0]: "interviewer", labels[1]: "participant"}


def test_times_and_line_numbers_may_stand_beside_them(tmp_path: Path) -> None:
    rows = [
        ("No", "Time", "Interviewer", "Participant"),
        ("1", "0:03", ASKED[0], TOLD[0]),
        ("2", "0:15", ASKED[1], ""),
    ]
    read = read_transcript(written(tmp_path, "csv", rows))
    assert [(turn.speaker, turn.time) for turn in read.turns] == [
        ("Interviewer", 3),
        ("Participant", None),
        ("Interviewer", 15),
    ]
    assert any("not read: 'No'" in note for note in read.notes)


def test_a_group_with_a_row_a_turn(tmp_path: Path) -> None:
    rows = [
        ("Moderator", "P1", "P2"),
        ("What comes to mind?", "", ""),
        ("", "", "The long wait outside."),
        ("", "The smell of floor polish.", ""),
    ]
    read = read_transcript(written(tmp_path, "csv", rows))
    assert [turn.speaker for turn in read.turns] == ["Moderator", "P2", "P1"]


def test_respondents_beside_the_questions_answer_them(tmp_path: Path) -> None:
    rows = [("Question", "P1", "P2"), (ASKED[0], TOLD[0], TOLD[1]), (ASKED[2], "", TOLD[2])]
    read = read_transcript(written(tmp_path, "xlsx", rows))
    assert [(turn.speaker, turn.role, turn.question) for turn in read.turns] == [
        ("P1", "participant", ASKED[0]),
        ("P2", "participant", ASKED[0]),
        ("P2", "participant", ASKED[2]),
    ]


def test_a_table_with_a_question_a_row_keeps_it_with_the_answer(tmp_path: Path) -> None:
    rows = [("respondent", "question", "answer"), *((f"R{n}", *pair) for n, pair in enumerate(PAIRED))]
    read = read_transcript(written(tmp_path, "csv", rows))
    assert [turn.question for turn in read.turns] == ASKED and [turn.speaker for turn in read.turns] == [
        "R0",
        "R1",
        "R2",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [("Speaker", "Text"), *(("Ida Moss", told) for told in TOLD)],
        [
            ("Interviewer", "Participant", "Text"),
            *(("Ida Moss", f"P{n}", told) for n, told in enumerate(TOLD)),
        ],
        [("Best Thing", "Worst Thing"), *((told * 2, f"{told} Not good.") for told in TOLD)],
    ],
    ids=["speaker and text", "names of people", "open questions"],
)
def test_other_tables_have_no_column_per_speaker(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    read = read_transcript(written(tmp_path, "csv", rows))
    assert not any("columns read as" in note for note in read.notes)


def test_what_analysts_wrote_beside_the_talk_is_nobodys_and_quoted(tmp_path: Path) -> None:
    talk = [f"INT: {asked}\nP1: {told}" for asked, told in PAIRED]
    cells = "".join(
        f"<w:tr><w:tc>{''.join(map(p, words.split(chr(10))))}</w:tc><w:tc>{p(theme)}</w:tc></w:tr>"
        for words, theme in [
            ("Transcript", "Themes"),
            *zip(talk, ["ways here", "weather", "help"], strict=True),
        ]
    )
    path = tmp_path / "talk.docx"
    path.write_bytes(docx(f"<w:tbl>{cells}</w:tbl>"))
    read = read_transcript(path)
    assert [words for _, words in said(read)] == [words for pair in PAIRED for words in pair]
    assert any("3 lines beside the talk" in note and "'weather'" in note for note in read.notes)


def test_a_person_who_speaks_once_has_a_column_too(tmp_path: Path) -> None:
    table = (
        "Karen,Ida,Ben\nHow was it?,,\n,It was long.,\n,,Mine was fine.\nAnd the sheet?,,\n,On the fridge.,\n"
    )
    assert [who for who, _ in said(transcript(tmp_path, "p01.csv", table.encode()))] == [
        *("Karen", "Ida", "Ben"),
        *("Karen", "Ida"),
    ]


def test_answers_of_a_word_beside_an_interviewers_questions_are_read(tmp_path: Path) -> None:
    table = "Interviewer,Ben\nHow do you travel?,I drive.\nWhy is it so?,Sun.\nWhat helps you?,Nothing.\n"
    found = said(transcript(tmp_path, "p01.csv", table.encode()))
    assert [words for who, words in found if who == "Ben"] == ["I drive.", "Sun.", "Nothing."]


@pytest.mark.parametrize(
    ("names", "beside"),
    [
        (("Domain", "Initial code"), "Opportunity Environment Resources"),
        (("Mood", "Gesture"), "calm angry sad"),
    ],
)
def test_columns_that_an_analyst_filled_in_are_nobodys_words(
    names: tuple[str, str], beside: str, tmp_path: Path
) -> None:
    rows = [("Interviewer", "Participant", *names)]
    rows += [(*pair, word, word[::-1]) for pair, word in zip(PAIRED, beside.split(), strict=True)]
    found = read_transcript(written(tmp_path, "csv", rows))
    assert {who for who, _ in said(found)} == {"Interviewer", "Participant"}
    assert any(repr(names[0]) in note for note in found.notes)


def test_what_an_interviewers_column_asks_is_nobodys_answer(tmp_path: Path) -> None:
    rows = [("Question", "Interviewer", "Ida", "Location", "Gender")]
    rows += [
        ("1", ASKED[0] + " I ask all of you.", "Loud.", "Harbour", "female"),
        ("2", ASKED[1], "Cold.", "Home", "male"),
    ]
    with pytest.raises(FormatError, match="no column of words was found"):
        read_transcript(written(tmp_path, "csv", rows))
