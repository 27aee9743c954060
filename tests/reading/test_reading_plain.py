"""Plain text and Markdown transcripts in the shapes people have them, turn by turn."""

import re
import time
from pathlib import Path

import pytest

from coder.domain import Transcript
from coder.reading import read_transcript, transcript_paths
from coder.reading.formats import subtitles
from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble
from tests.reading.cases_hard import CASES as HARD_CASES
from tests.reading.cases_plain import CASES, Case


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


def _spoken(text: str) -> list[tuple[str | None, str]]:
    transcript = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    return [(turn.speaker, transcript.words_of(turn)) for turn in transcript.turns]


@pytest.mark.parametrize(
    ("pattern", "first", "second"),
    [
        ("{t} From  Lia Fox  to  Everyone:\n\t{w}\n", "Lia Fox", "Omar Iqbal"),
        ("{t} From Lia Fox to Omar Iqbal (Direct Message): {w}\n", "Lia Fox", "Omar Iqbal"),
        ("Q{n} Lia Fox: {w}\n", "Lia Fox", "Omar Iqbal"),
        ("+44 7700 900123: {w}\n", "+44 7700 900123", "Omar Iqbal"),
        ("Lia Fox [01m:{n}1s]: {w}\n", "Lia Fox", "Omar Iqbal"),
        ("Lia Fox: {w} 00:0{n}:19\n", "Lia Fox", "Omar Iqbal"),
    ],
)
def test_names_beside_numbers_and_times(pattern: str, first: str, second: str) -> None:
    asked = ["Who cooks at home?", "Does he like to?", "And who shops?", "Since when?"]
    said = ["My son does now.", "He likes it a lot.", "We all do that.", "Since last May."]
    text = "".join(
        pattern.format(n=n, t=f"10:0{n}:11", w=question)
        + (
            f"10:0{n}:41 From Omar Iqbal to Everyone: {answer}\n"
            if "From" in pattern
            else f"Omar Iqbal: {answer}\n"
        )
        for n, (question, answer) in enumerate(zip(asked, said, strict=True), start=1)
    )
    assert _spoken(text) == [
        turn
        for question, answer in zip(asked, said, strict=True)
        for turn in ((first, question), (second, answer))
    ]


def test_a_name_and_a_dotted_time_on_a_line() -> None:
    text = "".join(f"I {n}.0{n}.1{n}\nWho shops?\n\nP {n}.0{n}.3{n}\nMy son does.\n\n" for n in range(3))
    assert [speaker for speaker, _ in _spoken(text)] == ["I", "P"] * 3


def test_a_sentence_may_end_with_a_time() -> None:
    text = "A: When?\nB: My best was 03:45:12\nA: And now?\nB: I start at 10:30\nA: When?\nB: Soon.\n"
    assert [words for _, words in _spoken(text)][1:4:2] == ["My best was 03:45:12", "I start at 10:30"]


def test_names_of_a_court_stand_between_questions_and_answers() -> None:
    text = (
        "Q. Who cooks?\nA. My son does.\nMR. STONE: Objection.\nTHE COURT: Overruled.\n"
        "Q. Since when?\nA. May.\nQ. And now?\nA. He still does.\n"
    )
    assert [speaker for speaker, _ in _spoken(text)] == ["Q", "A", "MR. STONE", "THE COURT", *"QAQA"]


def test_numbered_members_of_a_group_are_speakers() -> None:
    text = (
        "M: Who cooks?\n1: I do.\n2: My son.\nM: Who shops?\n3: We do.\n1: Not me.\n2: Me.\nM: Why?\n3: So.\n"
    )
    assert [speaker for speaker, _ in _spoken(text)] == ["M", "1", "2", "M", "3", "1", "2", "M", "3"]


def test_words_beside_every_page_number_are_no_speech() -> None:
    page = "INT: Who cooks?\nP1: My son does.\n\nStudy 4 - Confidential\nPage {}\n\n"
    spoken = _spoken("".join(page.format(n) for n in (1, 2, 3)))
    assert [words for _, words in spoken] == ["Who cooks?", "My son does."] * 3


def test_what_a_meeting_program_writes_below_the_talk_is_no_speech() -> None:
    text = (
        "Lia: Who cooks?\nOmar: My son.\nLia: And you?\nOmar: I stopped recording\n\n"
        "Lia Fox stopped transcription\n\nMeeting ended after 00:05:10 👋\n"
    )
    assert _spoken(text)[-1] == ("Omar", "I stopped recording")


@pytest.mark.parametrize("edge", ["{}", "Knee study, page {}", "Knee study"])
def test_words_beside_form_feeds_are_no_speech(edge: str) -> None:
    words = [("INT", f"What is {n}?") if n % 2 else ("P1", f"It is {n}.") for n in range(12)]
    pages = [
        "".join(f"{speaker}: {said}\n" for speaker, said in words[start : start + 3])
        + f"\n{edge.format(start)}\n"
        for start in range(0, 12, 3)
    ]
    assert _spoken("\f".join(pages)) == words


@pytest.mark.parametrize("page", ["\f", "\nPage 3\n\n"])
def test_what_is_said_beside_form_feeds_and_page_numbers_stays(page: str) -> None:
    words = [("INT", "Is it so?"), ("P1", "Yes")] * 4
    assert _spoken(page.join(f"{speaker}: {said}\n" for speaker, said in words)) == words


def test_lone_numbers_that_count_up_are_those_of_pages_unless_they_are_answers() -> None:
    page = "".join(f"A: Who cooks?\n\nB: My son {n}.\n\n" for n in range(5))
    assert ("B", "My son 4.") in _spoken(f"{page}1\n\n{page}2\n\n{page}3\n")
    assert not any(words in "123" for _, words in _spoken(f"{page}1\n\n{page}2\n\n{page}3\n"))
    rated = "A: From one to ten?\n\nB:\n\n7\n\nA: And last year?\n\nB:\n\n8\n\nA: Why?\n\nB: My knee.\n"
    assert [words for _, words in _spoken(rated)][1:4:2] == ["7", "8"]


def test_short_pieces_of_parliaments_records() -> None:
    text = (
        "3. Ida Moss (Harbour) (Lab): What steps is he taking?\n\n"
        "The Minister for Ports (Per Vale): It is in dock.\n\n"
        "Ida Moss: Since June!\n\nMinister of State at the Department of Ports (Deputy Una Bell): Until May.\n\n"
        "Per Vale: Until May.\n"
    )
    assert [speaker for speaker, _ in _spoken(text)] == [
        "Ida Moss (Harbour) (Lab)",
        "The Minister for Ports (Per Vale)",
        "Ida Moss (Harbour) (Lab)",
        "Minister of State at the Department of Ports (Deputy Una Bell)",
        "The Minister for Ports (Per Vale)",
    ]
    text = "Ida Moss\n(Harbour) (Lab)\nWill he come?\n\nPer Vale\nI will.\n\nIda Moss\nWhen?\n\nPer Vale\nIn May.\n"
    assert _spoken(text)[0] == ("Ida Moss", "Will he come?")


def test_times_with_frames_and_semicolons_are_no_words() -> None:
    text = "".join(f"00;00;0{n};12 - 00;00;0{n + 1};03\nSpeaker {n % 2}\nwords {n}.\n\n" for n in range(4))
    assert _spoken(text) == [(f"Speaker {n % 2}", f"words {n}.") for n in range(4)]


def test_who_takes_part_by_a_list_is_no_talk() -> None:
    text = "Name\tRole\nIda Moss\tInterviewer\nPer Vale\tParticipant\n\nIda Moss: Where?\nPer Vale: Here.\n"
    assert _spoken(text + "Ida Moss: Since when?\nPer Vale: May.\n")[0] == ("Ida Moss", "Where?")


TALK = [("INT", "Who cooks?"), ("P1", "My son does."), ("INT", "Who shops?"), ("P1", "We both do.")]


def _typed(*between: str) -> str:
    """Return the talk with some lines between its second and third turn, and the same lines below it."""
    lines = [f"{speaker}: {words}" for speaker, words in TALK]
    return "\n\n".join([*lines[:2], *between, *lines[2:], *between]) + "\n"


@pytest.mark.parametrize(
    "line",
    [
        "3 | P a g e",
        "This transcript was exported on Mar 03, 2025 - view latest version here.",
        "Sonix is the world's most advanced automated transcription, translation, and subtitling platform.",
    ],
)
def test_a_line_of_the_page_or_of_the_program_is_no_speech(line: str) -> None:
    assert _spoken(_typed(line)) == TALK


@pytest.mark.parametrize(
    "head",
    [
        "Interview 12 – confidential – page {}",
        "Knee study | Page {} of 12",
        "Page {} - Knee study",
        "Knee study          Page {}",
    ],
)
def test_a_head_that_comes_again_with_another_page_is_no_speech(head: str) -> None:
    lines = [f"{speaker}: {words}" for speaker, words in TALK]
    pages = [f"{above}\n\n{head.format(page)}" for page, above in enumerate(lines, start=3)]
    assert _spoken("\n\n".join(pages)) == TALK


@pytest.mark.parametrize("answer", ["It's in there – page 4", "The bit on side effects  page 12"])
def test_a_page_that_is_named_once_beside_words_is_speech(answer: str) -> None:
    text = f"INT: Where?\n\nP1: In the leaflet.\n\n{answer}\n\nINT: And then?\n\nP1: I do.\n{answer}\n\nINT: Oh.\n"
    assert sum(words.count(answer) for _, words in _spoken(text)) == 2


@pytest.mark.parametrize("labels", ["[P.{}]", "**P.{}**", "P.{} -"])
def test_labels_that_look_like_pages_are_labels(labels: str) -> None:
    text = "\n\n".join(f"{labels.format(n % 2 + 1)}\nIt is {n} o'clock." for n in range(4))
    found = [speaker for speaker, _ in _spoken(text)]
    assert [str(speaker)[:3] for speaker in found] == ["P.1", "P.2"] * 2


@pytest.mark.parametrize("answer", ["Page 4", "(page 12)", "[page 12]"])
def test_a_page_that_somebody_names_below_their_label_is_speech(answer: str) -> None:
    text = f"Interviewer: Which?\n\nParticipant:\n{answer}\n\nInterviewer: Why?\n\nParticipant:\nSo.\n"
    assert _spoken(text)[1] == ("Participant", answer)


@pytest.mark.parametrize("line", ["I read it on page 3", "It was chapter one - page 3 was torn."])
def test_a_page_that_somebody_speaks_of_is_speech(line: str) -> None:
    assert _spoken(_typed(line))[-1] == ("P1", line)


@pytest.mark.parametrize(
    "notes",
    [
        "Field notes: P1 seemed tired.\n\nThe room was cold.",
        "Field notes\n\nP1 seemed tired. The room was cold.",
        "OBSERVATIONS:\n\nP1 seemed tired.",
        "Interviewer's notes\nP1 seemed tired.",
        "## Reflections\n\nP1 seemed tired.",
    ],
)
def test_field_notes_below_the_talk_are_no_speech_and_are_quoted(notes: str) -> None:
    text = _typed() + "\n" + notes + "\n"
    transcript = assemble(document_of(text, "x.md", "utf-8"), "x.md", b"")
    assert [transcript.words_of(turn) for turn in transcript.turns] == [words for _, words in TALK]
    assert any("P1 seemed tired" in note for note in transcript.notes)
    assert not transcript.doubts


def test_notes_between_two_answers_do_not_end_the_talk() -> None:
    assert _spoken(_typed("Notes: P1 laughs."))[-2:] == TALK[-2:]


def test_a_paragraph_on_the_context_is_nobody() -> None:
    context = "Context: We met at the centre. P1 came early and had brought his stick.\n\n"
    assert _spoken(context + _typed()) == TALK


def test_numbers_of_turns_are_no_part_of_who_speaks() -> None:
    numbered = [(f"{'I' if n % 2 else 'R'}{(n + 1) // 2}", f"It is {n}.") for n in range(1, 9)]
    text = "".join(f"{speaker}: {words}\n" for speaker, words in numbered)
    transcript = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert [turn.speaker for turn in transcript.turns] == ["I", "R"] * 4
    assert {"I1 to I4 taken for turns of I.", "R1 to R4 taken for turns of R."} <= set(transcript.notes)


@pytest.mark.parametrize(
    "people",
    [
        "M1 P1 P2 P3 M1 P1 P3 P2",
        "M1 P1 M2 P2 M3 P3 M4 P4",
        "I1 F1 M1 F2 M2 F3 M3 F4 M4",
        "I1 P1 P2 P3 P4 I2 I3 I4",
        "I1 P1 I2 P2 I3 P3",
    ],
)
def test_people_with_numbers_stay_apart(people: str) -> None:
    spoken = _spoken("".join(f"{speaker}: It is {n}.\n" for n, speaker in enumerate(people.split())))
    assert [speaker for speaker, _ in spoken] == people.split()


def test_me_and_them_are_speakers() -> None:
    talk = [("Me", "Where?"), ("Them", "Up the hill."), ("Me", "Alone?"), ("Them", "With my son.")]
    assert _spoken("".join(f"{speaker}: {words}\n" for speaker, words in talk)) == talk


@pytest.mark.parametrize("question", ["### {}", "**{}**", "*{}*", "_{}_"])
def test_questions_in_markdown_are_the_interviewers_without_their_signs(question: str) -> None:
    lines = [question.format(words) if speaker == "INT" else words for speaker, words in TALK]
    text = "\n\n".join(["# Interview 7", "3 March, the centre", *lines])
    transcript = assemble(document_of(text, "x.md", "utf-8"), "x.md", b"")
    roles = [(turn.role, transcript.words_of(turn)) for turn in transcript.turns]
    assert roles == [("interviewer" if who == "INT" else "participant", words) for who, words in TALK]
    assert any("3 March, the centre" in note for note in transcript.notes)


def test_questions_in_capitals_are_the_interviewers() -> None:
    asked = [
        "Who cooks for you now?",
        "Who shops for you both?",
        "And how is that?",
        "What would help you more?",
    ]
    lines = [words for question in asked for words in (question.upper(), "My son does.", "It is near.")]
    transcript = assemble(document_of("\n\n".join(lines), "x.txt", "utf-8"), "x.txt", b"")
    assert [turn.role for turn in transcript.turns] == ["interviewer", "participant", "participant"] * 4
    assert any("printed in capitals" in note for note in transcript.notes)


@pytest.mark.parametrize("shouted", ["NO, NEVER AGAIN.", "I SAID NO!"])
def test_what_is_shouted_is_no_interviewers(shouted: str) -> None:
    lines = ["I walked up the hill.", shouted, "My son came, too.", shouted, "We had tea."]
    transcript = assemble(document_of("\n\n".join(lines), "x.txt", "utf-8"), "x.txt", b"")
    assert {turn.role for turn in transcript.turns} == {None}


@pytest.mark.parametrize("question", ["1. {}", "*{}*", "> {}"])
def test_cries_in_capitals_turn_no_roles_round(question: str) -> None:
    cries = ["WHY DID THEY NOT ASK ME?", "HOW COULD I HAVE KNOWN?"]
    lines = [
        words for n in range(4) for words in (question.format("Who cooks?"), "My son.", cries[n % 2], "Well.")
    ]
    transcript = assemble(document_of("\n\n".join(lines), "x.md", "utf-8"), "x.md", b"")
    asking = {transcript.words_of(turn) for turn in transcript.turns if turn.role == "interviewer"}
    assert {words[-10:] for words in asking} == {"Who cooks?"}


@pytest.mark.parametrize(
    "lines",
    [
        ["I walked.", "WHY DID THEY NOT ASK ME?", "We had tea.", "HOW COULD I HAVE KNOWN THAT?", "So it is."],
        ["Who cooks?", "My son.", "HOW COULD I HAVE KNOWN?", "So it is."] * 4,
        ["WHY ME?", "I walked.", "We had tea."] * 5,
    ],
    ids=["two", "beside plain questions", "short"],
)
def test_cries_in_capitals_are_not_the_interviewers(lines: list[str]) -> None:
    transcript = assemble(document_of("\n\n".join(lines), "x.txt", "utf-8"), "x.txt", b"")
    assert {turn.role for turn in transcript.turns} == {None}


@pytest.mark.parametrize(
    "end", ["[END OF INTERVIEW]", "*** End of recording ***", "End of interview", "[Recording ended]"]
)
def test_what_stands_below_the_end_is_no_speech_and_is_quoted(end: str) -> None:
    text = _typed() + f"\n{end}\n\nShe stayed for tea and said that her sister cooks as well.\n"
    transcript = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert [transcript.words_of(turn) for turn in transcript.turns] == [words for _, words in TALK]
    assert any("She stayed for tea" in note for note in transcript.notes)


def test_the_end_of_a_tape_does_not_end_the_talk() -> None:
    assert _spoken(_typed() + "\n[End of side A]\n\nAnd my son too.\n")[-1] == ("P1", "And my son too.")


def test_notetakers_and_probes_ask() -> None:
    text = "MOD: Who cooks?\nP1: My son.\nNote-taker: Which one?\nP2: Mine.\nPROBE: Why?\nP1: So.\n"
    transcript = assemble(document_of(text * 2, "x.txt", "utf-8"), "x.txt", b"")
    asking = {turn.speaker for turn in transcript.turns if turn.role == "interviewer"}
    assert asking == {"MOD", "Note-taker", "PROBE"}


def test_a_participants_paragraph_that_begins_like_a_probe_is_theirs() -> None:
    words = ["Follow up: they called me after two weeks.", "Prompt: they sent a letter.", "Probe: it hurt."]
    text = "\n\n".join(["INT: How was it?", "P1: There were three.", *words, "INT: And?", "P1: Well."])
    transcript = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    theirs = [transcript.words_of(turn) for turn in transcript.turns if turn.role == "participant"]
    assert theirs == ["There were three.", *words, "Well."]


def test_a_label_with_its_time_in_brackets() -> None:
    lines = [f"[{speaker} 00:0{n}] {words}\n" for n, (speaker, words) in enumerate(TALK)]
    assert _spoken("".join(lines)) == TALK


def test_what_rev_adds_below_the_talk_is_no_speech() -> None:
    assert (
        _spoken(_typed() + "\nClinic_4 (Completed  03/03/25)\nTranscript by Rev.com\n\nPage 1 of 9\n") == TALK
    )


def test_quoted_questions_are_the_interviewers() -> None:
    text = "\n\n".join(f"> {words}" if who == "INT" else words for who, words in TALK)
    transcript = assemble(document_of(text, "x.md", "utf-8"), "x.md", b"")
    roles = [(turn.role, transcript.words_of(turn)) for turn in transcript.turns]
    assert roles == [("interviewer" if who == "INT" else "participant", words) for who, words in TALK]


def test_a_saved_web_page_is_read_when_it_is_named_but_not_in_a_folder(tmp_path: Path) -> None:
    spoken = "".join(f'<p><a name="ts_{n}">{who}: {words}</a></p>' for n, (who, words) in enumerate(TALK))
    page = tmp_path / "noscribe.html"
    page.write_text(f"<!DOCTYPE html>\n<html><head><style>p {{}}</style></head><body>{spoken}</body></html>")
    transcript = read_transcript(page)
    assert transcript.format == "html"
    assert [(turn.speaker, transcript.words_of(turn)) for turn in transcript.turns] == TALK
    (tmp_path / "other.txt").write_text("INT: Who?\nP1: I.\n")
    assert [path.name for path in transcript_paths([tmp_path])] == ["other.txt"]


@pytest.mark.parametrize("tag", ["<h2>{}</h2>", "<p><b>{}</b></p>", "<p><em>{}</em></p>"])
def test_questions_in_a_web_page_are_the_interviewers(tag: str) -> None:
    words = [tag.format(said) if who == "INT" else f"<p>{said}</p>" for who, said in TALK]
    transcript = assemble(document_of("\n".join(words), "x.html", "utf-8"), "x.html", b"")
    roles = [(turn.role, transcript.words_of(turn)) for turn in transcript.turns]
    assert roles == [("interviewer" if who == "INT" else "participant", said) for who, said in TALK]


@pytest.mark.parametrize(
    "rule", ["----- Page 3 -----", "=== Page 3 of 9 ===", "[Page 3]", "* * * page 3 * * *"]
)
def test_page_numbers_between_rules_are_no_speech(rule: str) -> None:
    assert _spoken(_typed(rule)) == TALK


def test_initials_above_a_name_belong_to_it() -> None:
    names = {"INT": ("HL", "Hannah Lowe"), "P1": ("MR", "Marcus van Reed")}
    lines = [f"{names[who][0]}\n{names[who][1]}\n0:{n:02}\n{words}\n" for n, (who, words) in enumerate(TALK)]
    assert _spoken("".join(lines)) == [(names[who][1], words) for who, words in TALK]


def test_initials_above_names_are_counted() -> None:
    text = "".join(f"HL\nHannah Lowe\n0:{n:02}\nIt is {n}.\n" for n in range(4))
    text += "".join(f"MR\nMark Roe\n0:{n:02}\nIt is {n}.\n" for n in range(5, 9))
    notes = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"").notes
    assert "8 lines of initials above a name not taken as speech." in notes


@pytest.mark.parametrize(("name", "word"), [("Olivia King", "OK"), ("Anna Hall", "AH")])
def test_a_word_above_a_name_that_equals_its_initials_once_is_speech(name: str, word: str) -> None:
    talk = ["Hannah Lowe 0:01\nShall we?\n", f"{name} 0:03\nYes.\n", f"Hannah Lowe 0:05\nAll of you?\n{word}"]
    assert _spoken("\n".join(talk) + f"\n{name} 0:09\nI was first.\n")[2][1] == f"All of you?\n{word}"


def test_marks_of_direction_are_no_part_of_a_label() -> None:
    lines = [f"\u200e[03/03/2025, 15:0{n}:11] {who}: {words}\n" for n, (who, words) in enumerate(TALK)]
    assert _spoken("".join(lines)) == TALK
    assert _spoken("".join(f"\u200b{who}: {words}\n" for who, words in TALK)) == TALK


@pytest.mark.parametrize(
    "labels", [("Hope", "Page"), ("Woman in red", "Man with a stick"), ("August", "Sunday")]
)
def test_names_that_are_other_words_too_are_speakers_when_they_come_often(labels: tuple[str, str]) -> None:
    text = "".join(f"Moderator: What is {n}?\n{labels[n % 2]}: It is {n}.\n" for n in range(6))
    assert [speaker for speaker, _ in _spoken(text)] == ["Moderator", labels[0], "Moderator", labels[1]] * 3


def test_who_leads_a_group_may_stand_below_a_list_of_who_takes_part() -> None:
    text = (
        "Participants:\nAnna – 34, two children\nCarl – 38, one child\nModerators: Sue and Raj\n\n"
        "Sue: Who cooks?\nAnna: I do.\nCarl: My son.\nRaj: Why?\nAnna: So.\nSue: And you?\nCarl: So.\nRaj: Oh?\n"
    )
    transcript = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert [turn.speaker for turn in transcript.turns][:2] == ["Sue", "Anna"]
    asking = {turn.speaker for turn in transcript.turns if turn.role == "interviewer"}
    assert asking == {"Sue", "Raj"}


def test_letters_that_were_misread_are_named() -> None:
    text = "".join(f"{who}: {words} Schön, größer, häufig.\n" for who, words in TALK)
    misread = text.encode().decode("cp1252")
    assert not any("misread" in doubt for doubt in _doubts(text))
    assert any("such as 'SchÃ¶n'" in doubt for doubt in _doubts(misread))


def test_one_word_of_very_many_letters_is_read_in_seconds() -> None:
    begun = time.process_time()
    _doubts("".join(f"{who}: {words}\n" for who, words in TALK) + f"P1: went {'A' * 120_000}\n")
    assert time.process_time() - begun < 20  # one second is usual; minutes if each letter began a search


def _doubts(text: str) -> tuple[str, ...]:
    return assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"").doubts


@pytest.mark.parametrize(
    "line", ["[The phone rings. We stop for a while.]", "((His daughter comes in))", "Barriers to cooking"]
)
def test_a_line_between_turns_that_nobody_may_have_said_is_named(line: str) -> None:
    assert any("like a remark" in doubt and line in doubt for doubt in _doubts(_typed(line)))


@pytest.mark.parametrize("line", ["[laughs]", "And my daughter too.", "well not every day"])
def test_a_line_between_turns_that_was_said_is_not_named(line: str) -> None:
    assert not _doubts(_typed(line))


def test_words_that_come_as_labels_do_are_named() -> None:
    text = "".join(f"INT: What is {n}?\nP1: It is {n}.\nBetter: It is {n}.\n" for n in range(4))
    assert not _doubts(text)
    text = "".join(f"INT: What is {n}?\nP1: It is {n}.\nThe next one: It is {n}.\n" for n in range(4))
    assert any("'The next one:'" in doubt for doubt in _doubts(text))


@pytest.mark.parametrize(
    "label", ["After the interview:", "Transcriber's note:", "Memo:", "NB:", "Observation:", "Summary\n\n"]
)
def test_a_note_that_ends_the_file_is_no_speech_and_is_quoted(label: str) -> None:
    text = _typed() + f"\n{label} she spoke of her late husband.\n"
    transcript = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert [transcript.words_of(turn) for turn in transcript.turns] == [words for _, words in TALK]
    assert any(label.split(":")[0].strip() in note for note in transcript.notes)


def test_a_transcribers_note_between_turns_is_named() -> None:
    text = "\n".join(
        f"{who}: {words}" + "\nTypist's note: a door bangs." * (who == "P1") for who, words in TALK
    )
    assert any("like a remark" in doubt for doubt in _doubts(text + "\nINT: Bye.\n"))


def test_initials_that_lost_their_colon_speak() -> None:
    text = "KM: Who cooks?\nJB: My son.\nKM Who shops?\nJB We both do.\nKM: Why?\nJB: We can.\nTV is dear.\n"
    assert [speaker for speaker, _ in _spoken(text)] == ["KM", "JB"] * 3
    assert _spoken(text)[-1][1].endswith("TV is dear.")


@pytest.mark.parametrize("line", ["Anna I told you last week.", "Anna Says no, as always."])
def test_somebody_spoken_to_in_small_letters_is_no_label_in_capitals(line: str) -> None:
    text = f"ANNA: It is cold here.\n\nBEN: It is.\n\n{line}\n\nANNA: You did.\n\nBEN: And nothing came.\n"
    assert ("BEN", line) in _spoken(text)


@pytest.mark.parametrize("answer", ["*{}*", "> {}"])
def test_questions_may_be_what_is_not_printed_otherwise(answer: str) -> None:
    text = "\n\n".join(words if who == "INT" else answer.format(words) for who, words in TALK)
    transcript = assemble(document_of(text, "x.md", "utf-8"), "x.md", b"")
    roles = [(turn.role, transcript.words_of(turn)) for turn in transcript.turns]
    assert roles == [("interviewer" if who == "INT" else "participant", words) for who, words in TALK]


def test_cues_that_go_on_are_no_headings() -> None:
    cues = [
        "Anna: Who cooks for you?",
        "Bob: My son does.",
        "Sometimes me",
        "Anna: And who shops?",
        "Bob: We do.",
    ]
    text = "".join(f"{n + 1}\n00:00:0{n},000 --> 00:00:0{n},900\n{cue}\n\n" for n, cue in enumerate(cues))
    document = subtitles.document_of(text, "x.srt", "utf-8")
    assert not assemble(document, "x.srt", b"").doubts


@pytest.mark.parametrize("above", ["Interview 4, Utrecht\n", ""])
def test_who_is_who_above_shorter_labels_is_no_talk(above: str) -> None:
    cast = "Interviewer: Sanne de Vries\nRespondent: Mevrouw Jansen\n\n"
    talk = "Int.: Hoe gaat het?\nResp.: Goed, dank u.\nInt.: En thuis?\nResp.: Ook goed.\n"
    assert next(words for _, words in _spoken(above + cast + talk)) == "Hoe gaat het?"
    said = "Interviewer: And you are?\nRespondent: Mevrouw Jansen.\n\n"
    assert [words for _, words in _spoken(above + said + talk)][1] == "Mevrouw Jansen."
