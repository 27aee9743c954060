"""Tables of turns and of answers: columns are found by their names in several languages, or by what is in them."""

from pathlib import Path

import pytest

from coder.errors import FormatError
from coder.reading.formats.transcript_tables import read
from tests.reading.office_making import said, timed, transcript, workbook

TALK = [
    ("INT", "How did it start?"),
    ("P01", "Well, by chance; a friend told me."),
    ("INT", "And?"),
    ("P01", "I stayed."),
]
STARTS = ["0:01", "0:04", "1:02", "1:10"]
SECONDS = [1, 4, 62, 70]

HEADERS = [
    ("Speaker", "Text", "Start"),
    ("speaker_name", "utterance", "start_time"),
    ("Participant", "Transcript", "Timestamp"),
    ("Who", "Content", "Timespan"),
    ("Sprecher", "Äußerung", "Zeit"),
    ("Locuteur", "Énoncé", "Début"),
    ("Hablante", "Texto", "Tiempo"),
    ("Parlante", "Testo", "Inizio"),
    ("Spreker", "Tekst", "Tijd"),
    ("Talare", "Yttrande", "Starttid"),
    ("SpeakerLabel", "SpokenText", "StartTime (hh:mm:ss)"),
    ("", "", ""),
]


def quoted(cell: str) -> str:
    return f'"{cell}"' if any(sign in cell for sign in ",;\t") else cell


@pytest.mark.parametrize("names", HEADERS, ids=lambda names: names[0] or "no header")
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)], ids=["stw", "tsw", "wts"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_are_found_in_any_order(
    names: tuple[str, str, str], order: tuple[int, ...], separator: str, tmp_path: Path
) -> None:
    rows = [names] if names[0] else []
    rows += [(who, words, start) for (who, words), start in zip(TALK, STARTS, strict=True)]
    text = "\n".join(separator.join(quoted(row[place]) for place in order) for row in rows)
    found = transcript(tmp_path, "p01.csv", text)
    assert timed(found) == [(turn[0], second, turn[1]) for turn, second in zip(TALK, SECONDS, strict=True)]


def excel(*rows: tuple[object, ...], first: str = "Sheet1") -> bytes:
    return workbook({first: [("Read me first",)], "Turns": rows})


def test_a_workbook_is_read_from_the_sheet_with_words(tmp_path: Path) -> None:
    rows = [
        ("Interview P01",),
        (),
        ("Nr", "Speaker", "Text"),
        *((n, *turn) for n, turn in enumerate(TALK, start=1)),
    ]
    found = transcript(tmp_path, "p01.xlsx", excel(*rows))
    assert said(found) == TALK
    assert "Read from the sheet 'Turns'; not read: 'Sheet1'." in found.notes
    assert "Columns that were not read: 'Nr'." in found.notes


def test_sheets_with_the_same_columns_are_named_as_a_doubt(tmp_path: Path) -> None:
    talk = [("Speaker", "Text"), ("INT", "How?")]
    sheets = {
        "P07": [*talk, ("P07", "I walk.")],
        "P08": [*talk, ("P08", "I drive.")],
        "Notes": [("Study", "Roads")],
    }
    found = transcript(tmp_path, "all.xlsx", workbook(sheets))
    assert said(found) == [("INT", "How?"), ("P07", "I walk.")]
    assert [doubt for doubt in found.doubts if "sheet" in doubt] == [
        "Only the sheet 'P07' was read; 'P08' may hold talk too. Save each as a file of its own."
    ]


ASKED_OF_BOTH = [
    ("How do you get to work?", "I walk along the canal, mostly."),
    ("Why is it so?", "The bus is late whenever it rains."),
    ("What helps you?", "A friend who waits for me there."),
    ("What else?", "Lamps at the path would help, too."),
]


@pytest.mark.parametrize(
    "second",
    [
        [("Interviewer", "Ben"), *ASKED_OF_BOTH],
        [("Time", "Speaker", "Text"), ("0:01", "INT", "How?"), ("0:02", "P2", "I fly.")],
    ],
)
def test_sheets_with_other_columns_of_talk_are_named_as_a_doubt(
    second: list[tuple[str, ...]], tmp_path: Path
) -> None:
    found = transcript(
        tmp_path, "all.xlsx", workbook({"A": [("Interviewer", "Anna"), *ASKED_OF_BOTH], "B": second})
    )
    assert any("Only the sheet 'A' was read; 'B' may hold talk too" in doubt for doubt in found.doubts)


def test_many_sheets_of_talk_are_counted(tmp_path: Path) -> None:
    talk: list[tuple[str, ...]] = [("Speaker", "Text"), ("INT", "How?"), ("P", "I walk.")]
    found = transcript(tmp_path, "all.xlsx", workbook({f"P{number}": talk for number in range(20)}))
    assert any("'P12' and 7 more may hold talk too" in doubt for doubt in found.doubts)


def test_a_speaker_named_once_goes_on_in_the_rows_below(tmp_path: Path) -> None:
    found = transcript(tmp_path, "p01.csv", "speaker,text\nINT,How?\nP01,Well\n,and then\nINT,Yes?\n")
    assert said(found) == [("INT", "How?"), ("P01", "Well"), ("P01", "and then"), ("INT", "Yes?")]


def test_answers_without_speakers_are_participants_turns(tmp_path: Path) -> None:
    found = transcript(tmp_path, "a.csv", "answer\nWhy would I, honestly?\nBecause of the people\n")
    assert said(found) == [(None, "Why would I, honestly?"), (None, "Because of the people")]
    assert {turn.role for turn in found.turns} == {"participant"}


@pytest.mark.parametrize("name", ["Respondent ID", "id", "Participant", "Teilnehmer", "ResponseId"])
def test_respondents_are_the_speakers_of_their_answers(name: str, tmp_path: Path) -> None:
    text = f"{name},age,Response\n7,34,Why would I?\n8,51,Because of the people there\n9,22,\n"
    found = transcript(tmp_path, "a.csv", text)
    assert said(found) == [("7", "Why would I?"), ("8", "Because of the people there")]
    assert {turn.role for turn in found.turns} == {"participant"}


def test_answers_under_questions_as_column_names(tmp_path: Path) -> None:
    text = (
        "ID;Age;What helps you to take part?;What hinders you?\n"
        "A1;34;My sister comes along with me;The bus is always late\n"
        'A2;51;"A letter; in plain words please";Nothing really to be honest\n'
    )
    assert said(transcript(tmp_path, "a.csv", text)) == [
        ("A1", "My sister comes along with me"),
        ("A1", "The bus is always late"),
        ("A2", "A letter; in plain words please"),
        ("A2", "Nothing really to be honest"),
    ]


QUALTRICS = """"StartDate","ResponseId","Q1","Q2"
"Start Date","Response ID","What helps you?","Is there anything else?"
"{""ImportId"":""startDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"
"2024-01-02 10:00:00","R_a1","My sister comes with me every week","no"
"2024-01-03 10:00:00","R_a2","The bus, when it comes, stops right outside","I like the tea they serve"
"""


def test_the_three_header_rows_of_qualtrics_are_no_answers(tmp_path: Path) -> None:
    assert said(transcript(tmp_path, "q.csv", QUALTRICS)) == [
        ("R_a1", "My sister comes with me every week"),
        ("R_a1", "no"),
        ("R_a2", "The bus, when it comes, stops right outside"),
        ("R_a2", "I like the tea they serve"),
    ]


@pytest.mark.parametrize("form", ["{}: {}", '"{}: {}"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("header", ["", "text\n"])
def test_labels_within_the_only_column_are_learned(form: str, header: str, tmp_path: Path) -> None:
    talk = [("INT", "How so?"), ("P1", "Well, yes"), ("INT", "And then?"), ("P1", "No, never")]
    text = header + "".join(form.format(*turn) + "\n" for turn in talk)
    assert said(transcript(tmp_path, "a.csv", text)) == talk


def test_a_speakers_name_says_more_than_the_role(tmp_path: Path) -> None:
    text = "role,name,text\nInterviewer,Anna,How so?\nParticipant,P1,Well.\nInterviewer,Anna,And?\n"
    assert said(transcript(tmp_path, "a.csv", text)) == [
        ("Anna", "How so?"),
        ("P1", "Well."),
        ("Anna", "And?"),
    ]


@pytest.mark.parametrize("separator", list(",;|\t"))
def test_a_text_file_whose_first_line_names_columns_is_a_table(separator: str, tmp_path: Path) -> None:
    rows = [("Speaker", "Text"), ("INT", "How so?"), ("P1", "Well"), ("INT", "Yes?")]
    found = transcript(tmp_path, "a.txt", "\n".join(separator.join(row) for row in rows))
    assert said(found) == rows[1:]


def test_forms_with_dates_and_names_are_answers(tmp_path: Path) -> None:
    rows = [
        (
            "ID",
            "Start time",
            "Completion time",
            "Email",
            "Name",
            "What would help you to come along?",
            "Comments",
        ),
        (
            1,
            "5/3/24 10:02:11",
            "5/3/24 10:09:40",
            "anonymous",
            "",
            "If somebody came with me the first time",
            "None",
        ),
        (
            2,
            "5/3/24 11:00:00",
            "5/3/24 11:09:40",
            "anonymous",
            "",
            "A bus that runs in the evening as well",
            "Thanks!",
        ),
    ]
    found = transcript(tmp_path, "forms.xlsx", excel(*rows))
    assert {turn.role for turn in found.turns} == {"participant"}
    words = [words for _, words in said(found)]
    assert "Thanks!" in words and [turn.time for turn in found.turns] == [None] * len(words)


def test_offsets_into_a_text_are_no_times(tmp_path: Path) -> None:
    found = transcript(
        tmp_path, "a.csv", "speaker,start,end,text\nINT,0,4,How?\nP01,5,10,Well.\nINT,11,15,Yes?\n"
    )
    assert [turn.time for turn in found.turns] == [None, None, None]


def test_whisper_tables_count_milliseconds_and_are_one_talk(tmp_path: Path) -> None:
    text = "start\tend\ttext\n0\t2500\tHello and welcome to\n2500\t61000\tthis interview.\n"
    assert timed(transcript(tmp_path, "a.tsv", text)) == [(None, 0.0, "Hello and welcome to this interview.")]


ELAN_LINES = [
    (who, f"00:00:0{n}.000", f"00:00:0{n}.900", words) for n, (who, words) in enumerate(TALK, start=1)
]


def test_elan_exports_without_header_are_known_in_txt(tmp_path: Path) -> None:
    text = "\n".join(
        f"{who}\t\t{start}\t{end}\t00:00:00.900\t{words}" for who, start, end, words in ELAN_LINES
    )
    found = transcript(tmp_path, "elan.txt", text)
    assert timed(found) == [(who, float(n), words) for n, (who, words) in enumerate(TALK, start=1)]


def tiers(*, seconds: bool, translated: str = "") -> str:
    """ELAN's export as it comes: all rows of one tier, then those of the next."""
    rows = [(who, n, words) for n, (who, words) in enumerate(TALK, start=1)]
    if translated:
        rows += [
            (f"{translated}{who}" if translated.endswith("@") else f"{who}{translated}", n, f"x {words}")
            for who, n, words in rows
        ]
    rows.sort(key=lambda row: (row[0], row[1]))
    clock = "{:.3f}" if seconds else "00:00:0{:.3f}"
    return "".join(
        "\t".join([who, "", *(clock.format(time) for time in (n, n + 0.9, 0.9)), words]) + "\n"
        for who, n, words in rows
    )


@pytest.mark.parametrize("seconds", [True, False], ids=["seconds", "clock"])
def test_elan_exports_tier_by_tier_are_put_in_order(tmp_path: Path, seconds: bool) -> None:
    found = transcript(tmp_path, "elan.txt", tiers(seconds=seconds))
    assert timed(found) == [(who, float(n), words) for n, (who, words) in enumerate(TALK, start=1)]
    assert any("4 rows put in order of time" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("translated", ["_en", "ft@"])
def test_tiers_of_translations_in_elan_exports_are_left_out_and_named(
    tmp_path: Path, translated: str
) -> None:
    found = transcript(tmp_path, "elan.txt", tiers(seconds=True, translated=translated))
    assert timed(found) == [(who, float(n), words) for n, (who, words) in enumerate(TALK, start=1)]
    assert any("Tiers that depend on others" in note and translated in note for note in found.notes)


@pytest.mark.parametrize(
    "rows",
    [
        # Two recordings in one table: the times begin anew.
        [("INT", 1), ("P1", 2), ("INT", 3), ("P1", 4), ("INT", 1), ("P1", 2)],
        # One time is mistyped.
        [("INT", 1), ("P1", 2), ("INT", 3), ("P1", 9), ("INT", 5), ("P1", 6)],
        [("INT", 8), ("P1", 2)],
        # Each person has a row.
        [("P1", 8), ("P2", 2), ("P3", 5), ("P4", 1)],
    ],
)
def test_other_tables_keep_their_order(tmp_path: Path, rows: list[tuple[str, int]]) -> None:
    lines = [f"{who},0:0{time},word number {n} of the talk" for n, (who, time) in enumerate(rows)]
    found = transcript(tmp_path, "t.csv", "\n".join(["speaker,time,text", *lines]))
    assert [words for _, words in said(found)] == [f"word number {n} of the talk" for n in range(len(rows))]


def spans(rows: list[tuple[str, float, float]], *, elan: bool = False) -> str:
    """A table of speaker, start and end; `elan`: as ELAN exports it, without names and with how long each lasts."""
    lines = [f"{who},{start},{end},word number {n} of it" for n, (who, start, end) in enumerate(rows)]
    if not elan:
        return "\n".join(["speaker,start,end,text", *lines])
    return "\n".join(
        f"{who}\t\t{start:.3f}\t{end:.3f}\t{end - start:.3f}\tword number {n} of it"
        for n, (who, start, end) in enumerate(rows)
    )


def every(
    who: str, *, first: float, lasting: float = 3.0, apart: float = 8.0
) -> list[tuple[str, float, float]]:
    return [(who, first + apart * n, first + apart * n + lasting) for n in range(5)]


def test_a_table_with_ends_whose_speakers_answer_each_other_is_put_in_order(tmp_path: Path) -> None:
    rows = [*every("INT", first=0), *every("P1", first=2.7)]  # who answers may begin before the question ends
    found = transcript(tmp_path, "t.csv", spans(rows))
    assert [who for who, _ in said(found)] == ["INT", "P1"] * 5
    assert any("several recordings" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    "rows",
    [
        [*every("P1", first=0.5), *every("P2", first=1), *every("P3", first=0)],
        [("P1", 0, 1), ("P1", 20, 21), ("P1", 40, 41), ("P2", 0.2, 1.0), ("P2", 30, 31), ("P2", 50, 51)],
        [
            *every("P1", first=0, lasting=6),
            *every("P2", first=7, lasting=6),
            *every("P3", first=4, lasting=6),
        ],
    ],
    ids=["all begin at once", "two begin at once", "one over the other"],
)
def test_several_recordings_in_one_table_stay_one_after_the_other(
    tmp_path: Path, rows: list[tuple[str, float, float]]
) -> None:
    found = transcript(tmp_path, "t.csv", spans(rows))
    assert [words for _, words in said(found)] == [f"word number {n} of it" for n in range(len(rows))]
    assert any("sort the rows by time" in doubt for doubt in found.doubts)


def test_speakers_one_after_the_other_without_ends_stay_so_and_are_a_doubt(tmp_path: Path) -> None:
    rows = [(who, n) for who in ("Anna", "Anna Mother") for n in (1, 4, 7)]
    lines = [f"{who},0:0{time},I am number {time} here" for who, time in rows]
    found = transcript(tmp_path, "t.csv", "\n".join(["speaker,time,text", *lines]))
    assert [(who, time) for who, time, _ in timed(found)] == rows
    assert any("2 speakers stand one after the other" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    "other", ["Interviewer 2", "Interviewer son", "Interviewer Mother", "Interviewer's husband"]
)
@pytest.mark.parametrize("elan", [True, False])
def test_a_person_whose_name_holds_another_ones_is_no_translation(
    tmp_path: Path, other: str, elan: bool
) -> None:
    rows = [*every("Interviewer", first=0), *every(other, first=0), *every("Pat", first=4)]
    found = transcript(tmp_path, "t.txt" if elan else "t.csv", spans(rows, elan=elan))
    assert len(found.turns) == 15


def test_what_is_no_export_of_elan_keeps_all_rows(tmp_path: Path) -> None:
    rows = [*every("Rosa", first=0), *every("Rosa en", first=0), *every("INT", first=4)]
    assert len(transcript(tmp_path, "t.csv", spans(rows)).turns) == 15
    assert len(transcript(tmp_path, "t.txt", spans(rows, elan=True)).turns) == 10


def test_a_table_of_scores_has_no_times(tmp_path: Path) -> None:
    scores = [(3, 7), (5, 6), (2, 9), (4, 8), (1, 3), (6, 8)]
    lines = [
        f"P{n:02}\t{a}\t{b}\t{b - a}\tIt was harder than I thought, number {n}."
        for n, (a, b) in enumerate(scores)
    ]
    found = transcript(tmp_path, "t.txt", "\n".join(lines))
    assert not any(turn.time for turn in found.turns)


def test_elan_exports_with_a_column_per_tier(tmp_path: Path) -> None:
    lines = ["Begin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\tDuration - ss.msec\tINT\tP01"]
    for who, start, end, words in ELAN_LINES:
        cells = (words, "") if who == "INT" else ("", words)
        lines.append("\t".join([start, end, "0.9", *cells]))
    found = transcript(tmp_path, "elan.txt", "\n".join(lines))
    assert timed(found) == [(who, float(n), words) for n, (who, words) in enumerate(TALK, start=1)]


def test_nvivo_text_of_times_speakers_and_words(tmp_path: Path) -> None:
    text = "\n".join(f"0:0{n}.0\t{who}\t{words}" for n, (who, words) in enumerate(TALK))
    found = transcript(tmp_path, "nvivo.txt", text)
    assert timed(found) == [(who, float(n), words) for n, (who, words) in enumerate(TALK)]


def test_a_table_without_words_is_refused_with_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(
        FormatError, match=r"a\.csv: no column of words was found .*age, sex.* Name the column"
    ):
        transcript(tmp_path, "a.csv", "age,sex\n34,f\n51,m\n")


def test_elan_exports_in_milliseconds_are_known_in_txt(tmp_path: Path) -> None:
    text = "\n".join(
        f"{who}\t\t{n * 9000}\t{n * 9000 + 8000}\t8000\t{words}" for n, (who, words) in enumerate(TALK)
    )
    found = transcript(tmp_path, "elan.txt", text)
    assert timed(found) == [(who, n * 9.0, words) for n, (who, words) in enumerate(TALK)]


@pytest.mark.parametrize(
    ("table", "doubted"),
    [
        ("Code,Text\nMaria,Why do you go?\nPeter,It is near\nMaria,And then?\n", True),
        ("Code,Text\nTime:,It is far away\nMoney:,Not for me now\nTime:,Too late for me\n", True),
        ("Code,Text\nI,Why do you go?\nB,It is near\nI,And then?\n", False),
        ("Code,Text\nP07,It is far away\nP08,It is near\nP07,It is good\n", False),
        ("Code,Text\nInterviewer,Why do you go?\nPeter,It is near\nInterviewer,And then?\n", False),
        ("Code,Text\nRegenbogen,It is far away\nSonnenblume,It is near\n", False),
        ("Speaker,Text\nMaria,Why do you go?\nPeter,It is near\nMaria,And then?\n", False),
    ],
)
def test_a_column_of_codes_that_is_read_as_who_speaks_is_doubted(table: str, doubted: bool) -> None:
    doubts = read(table.encode(), "t.csv").doubts
    assert doubts == (
        (
            "The column 'Code' was read as who speaks. If it holds codes, the table is one of codings: coder import"
            " takes it as --codings.",
        )
        if doubted
        else ()
    )
