"""What survey tools export: headings are found, open questions told from closed ones, dates and ids are nobody."""

import csv
from pathlib import Path

import pytest

from coder.domain import Transcript
from coder.reading import read_transcript
from coder.reading.tables.survey import is_no_answer, is_open, question_of
from coder.segmentation import segment

WORDS = [
    "The bus is always late where I live.",
    "I have nobody for the children.",
    "My knee hurts when it rains.",
    "Nothing.",
    "The letters came too late, so I gave up.",
    "It was fine.",
]
Rows = list[list[str]]


def read(folder: Path, rows: Rows, separator: str = ",") -> Transcript:
    path = folder / "survey.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return read_transcript(path)


def microsoft() -> Rows:
    return [
        ["ID", "Start time", "Completion time", "Email", "Name", "What is hard?", "Would you come again?"],
        *(
            [str(n), f"1/{n + 1}/24 10:00:00", f"1/{n + 1}/24 10:05:00", "anonymous", "", words, "Yes"]
            for n, words in enumerate(WORDS)
        ),
    ]


def google() -> Rows:
    return [
        ["Timestamp", "Email Address", "What is hard?", "How easy was it, from 1 to 5?", "Do you drive?"],
        *(
            [f"2024/01/0{n + 1} 10:00:00", f"a{n}@x.org", words, str(n % 5), ["Yes", "No"][n % 2]]
            for n, words in enumerate(WORDS)
        ),
    ]


def limesurvey() -> Rows:
    return [
        ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page", "G01Q01. What is hard?"],
        *([str(n), "1980-01-01 00:00:00", "2", words] for n, words in enumerate(WORDS)),
    ]


def limesurvey_codes() -> Rows:
    return [
        ["id", "submitdate", "lastpage", "startlanguage", "G01Q01", "G01Q02"],
        *(
            [str(n), "1980-01-01 00:00:00", "2", "en", words, ["Y", "N"][n % 2]]
            for n, words in enumerate(WORDS)
        ),
    ]


def surveymonkey() -> Rows:
    return [
        [
            "Respondent ID",
            "Collector ID",
            "Start Date",
            "IP Address",
            "What is hard?",
            "Which do you use?",
            "",
        ],
        ["", "", "", "", "Open-Ended Response", "Bus", "Train"],
        *(
            [f"118{n}", "22", "01/02/2024 10:00:00 AM", "1.2.3.4", words, "Bus", ""]
            for n, words in enumerate(WORDS)
        ),
    ]


def qualtrics() -> Rows:
    return [
        ["StartDate", "Status", "ResponseId", "Q1", "Q3"],
        ["Start Date", "Response Type", "Response ID", "What is hard?", "How often?"],
        [f'{{"ImportId":"x{n}"}}' for n in range(5)],
        *(
            ["2024-01-02 10:00:00", "IP Address", f"R_{n}", words, ["Often", "Never"][n % 2]]
            for n, words in enumerate(WORDS)
        ),
    ]


def redcap() -> Rows:
    return [
        ["record_id", "redcap_event_name", "visit_date", "pain_score", "hard_to_come"],
        *([str(n), "baseline_arm_1", f"2024-01-0{n + 1}", str(n), words] for n, words in enumerate(WORDS)),
    ]


@pytest.mark.parametrize(
    "made", [microsoft, google, limesurvey, limesurvey_codes, surveymonkey, qualtrics, redcap]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_answers_are_read_and_nothing_else(made: "type[Rows]", separator: str, tmp_path: Path) -> None:
    found = read(tmp_path, made(), separator)
    assert [found.words_of(turn) for turn in found.turns] == WORDS
    assert {turn.role for turn in found.turns} == {"participant"}
    speakers = [turn.speaker for turn in found.turns]
    assert len(set(speakers)) in (1, len(WORDS)) and (speakers[0] is None or len(set(speakers)) > 1)
    assert not any(speaker and ("@" in speaker or "1980" in speaker) for speaker in speakers)
    assert any("Columns that were not read" in note for note in found.notes)


def test_several_open_questions_become_rows_with_their_question(tmp_path: Path) -> None:
    rows = [
        ["Timestamp", "What makes it hard to come?", "What would help you, if anything?"],
        ["1/1/2024 10:00:00", WORDS[0], "More buses in the evening."],
        ["2/1/2024 10:00:00", WORDS[1], "Somebody to mind them."],
    ]
    utterances = segment(read(tmp_path, rows))
    assert {(utterance.question, utterance.text) for utterance in utterances} == {
        (rows[0][1], WORDS[0]),
        (rows[0][2], "More buses in the evening."),
        (rows[0][1], WORDS[1]),
        (rows[0][2], "Somebody to mind them."),
    }


def test_a_talk_without_headings_stays_a_talk(tmp_path: Path) -> None:
    rows = [
        ["INT", "Where did you go?"],
        ["P1", "Up the hill."],
        ["INT", "Alone?"],
        ["P1", "With my sister."],
    ]
    assert [(turn.speaker, turn.role) for turn in read(tmp_path, rows).turns] == [
        ("INT", "interviewer"),
        ("P1", "participant"),
    ] * 2


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-02",
        "01/02/2024 10:00:00 AM",
        "a@x.org",
        "5",
        "3.5 %",
        "Strongly agree",
        "https://x.org",
        "1.2.3.4",
    ],
)
def test_what_is_no_answer(cell: str) -> None:
    assert is_no_answer(cell)
    assert not is_no_answer(f"I think {cell} is right.")


@pytest.mark.parametrize(
    ("question", "cells", "expected"),
    [
        ("How? [Other]", ["by boat"], True),
        ("How satisfied are you with it?", ["Very satisfied", "Satisfied", "Very satisfied"], False),
        ("Email", ["a@x.org", "b@x.org"], False),
        ("Name", ["Ida Moss Ek", "Per Vale Bo"], False),
        ("Which do you use most of all?", ["Bus", "Train", "Bus", "Train"], False),
        ("What makes it hard?", [*WORDS], True),
    ],
)
def test_open_questions_are_told_from_closed_ones(question: str, cells: list[str], expected: bool) -> None:
    assert is_open(question, cells) == expected


def test_a_questions_code_is_no_part_of_it() -> None:
    assert question_of("G01Q02[other]. How? [Other]") == "How? [Other]"
    assert question_of("What is hard?") == "What is hard?"


def test_two_rows_of_headings_are_no_answers(tmp_path: Path) -> None:
    qualtrics = [
        ["StartDate", "EndDate", "Status", "Progress", "Finished", "ResponseId", "Q1"],
        ["Start Date", "End Date", "Response Type", "Progress", "Finished", "Response ID", "What is hard?"],
        *(["2024-01-01", "2024-01-01", "0", "100", "True", f"R_{n}", words] for n, words in enumerate(WORDS)),
    ]
    read_one = read(tmp_path, qualtrics)
    assert [turn.speaker for turn in read_one.turns] == [f"R_{n}" for n in range(len(WORDS))]
    assert {turn.question for turn in read_one.turns} == {"What is hard?"}
    monkey = [["Respondent ID", "Collector ID", "Start Date", "Why?"], ["", "", "", "Open-Ended Response"]]
    monkey += [[f"118{n}", "7", f"01/0{n + 1}/2024", words] for n, words in enumerate(WORDS)]
    assert {turn.question for turn in read(tmp_path, monkey).turns} == {"Why?"}


def test_titles_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    rows = [["Travel 2024", "", ""], ["Participant", "What is hard?", "What helps?"]]
    rows += [[f"P{n}", words * 2, f"{words} It helps."] for n, words in enumerate(WORDS)]
    found = read(tmp_path, rows)
    assert found.turns[0].speaker == "P0" and found.turns[1].question == "What helps?"


def test_missing_answers_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = google()
    rows[1][2], rows[2][2] = "n/a", "NA"
    found = read(tmp_path, rows)
    assert len(found.turns) == len(WORDS) - 2
    assert "2 answers left out that say only N/A." in found.notes


@pytest.mark.parametrize(("heading", "speakers"), [("participant", ["1", "2", "3"]), ("nr", [None] * 3)])
def test_numbers_of_participants_are_not_those_of_questions(
    heading: str, speakers: list[str | None], tmp_path: Path
) -> None:
    answers = [("1", "Parking"), ("4", "k.A."), ("2", "Money"), ("3", "Rain")]
    rows = [[heading, "question", "text"], *([who, "What stops you?", words] for who, words in answers)]
    found = read(tmp_path, rows)
    assert found.written and [turn.speaker for turn in found.turns] == speakers


def test_numbered_headings_and_ids_in_other_languages(tmp_path: Path) -> None:
    rows = [["id. Antwort ID", "submitdate. Datum Abgeschickt", "Q1. Was ist schwer?", "Q2. 3. Was hilft?"]]
    rows += [[str(n), f"2024-01-0{n + 1}", words, f"{words} Danke schön."] for n, words in enumerate(WORDS)]
    found = read(tmp_path, rows, ";")
    assert [(turn.speaker, turn.question) for turn in found.turns[:2]] == [
        ("0", "Was ist schwer?"),
        ("0", "Was hilft?"),
    ]
