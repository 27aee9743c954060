"""Notes on the recording: lines of their own, and among somebody's words."""

import pytest

from coder.domain import Transcript
from coder.reading.document import Document, Paragraph
from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble
from coder.reading.speakers.recording import borders_in, is_border, is_end

WORDS = "I finish at six, so I swap shifts."


def read(text: str) -> Transcript:
    return assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")


def talk(last: str, below: str = "") -> str:
    return f"INT: What helps?\nP1: A lift.\nINT: And what else?\nP1: {last}\n{below}"


@pytest.mark.parametrize(
    "note",
    [
        "[END OF AUDIO]",
        "(recording ends)",
        "(Interview ends)",
        "[Recording ends at 00:23:10]",
        "*** END OF TRANSCRIPT ***",
        "<End of recording>",
        "END OF INTERVIEW",
        "[Ende der Aufnahme]",
        "(Ende der Aufnahme bei 00:23:10)",
        "(Fin de l'entretien)",
        "[Fin de la grabación]",
        "[Einde opname]",
        "[Fim da gravação]",
        "[Koniec nagrania]",
        "[Slut på inspelningen]",
        "[End of part 1]",
        "[End]",
    ],
)
def test_a_note_on_the_recording_behind_the_last_words_is_no_speech_and_is_quoted(note: str) -> None:
    found = read(talk(f"{WORDS} {note}"))
    assert found.words_of(found.turns[-1]) == WORDS
    assert any("about the recording" in sentence and note in sentence for sentence in found.notes)


@pytest.mark.parametrize(
    "said",
    [
        "It is like a tape that stops (end of story).",
        "That is the end of the recording I suppose (laughs).",
        "I filled in the form (part 2).",
        "We went home [long pause] and slept.",
        "I SAID SO. END OF INTERVIEW",
        "There it was [end of interview] on the door.",
        "We had a call. (Meeting started 9.30) We then said: fine.",
        "He said it loud. (The meeting started.) I left.",
        "He shouted. **The meeting is ended** I could not bear it.",
        "It was true. **End of interview** And I left.",
        "I said goodbye. [Call ended]",
    ],
)
def test_what_is_said_about_an_end_stays(said: str) -> None:
    found = read(talk(said))
    assert found.words_of(found.turns[-1]) == said


def test_words_go_on_below_a_note_that_the_recording_is_resumed() -> None:
    found = read(talk(f"{WORDS} [Recording stopped]", "[Recording resumed]\nINT: Go on.\nP1: Yes.\n"))
    assert [found.words_of(turn) for turn in found.turns][3:] == [WORDS, "Go on.", "Yes."]


def test_a_note_with_a_time_before_it_is_none_of_the_words() -> None:
    found = read(talk(WORDS, "\n[00:10:23] [END OF AUDIO]\n"))
    assert found.words_of(found.turns[-1]) == WORDS


def test_notes_in_tables_of_turns_are_no_speech() -> None:
    turns = (Paragraph("What helps?", "INT"), Paragraph("A lift. [End of recording]", "P1"))
    found = assemble(Document("csv", turns, labelled=True), "x.csv", b"")
    assert [found.words_of(turn) for turn in found.turns] == ["What helps?", "A lift."]
    assert "1 note about the recording not taken as speech: '[End of recording]'." in found.notes


def test_which_lines_are_about_the_recording() -> None:
    assert is_border("[00:10] [Tape 2]", apart=False) and is_border("End of interview", apart=True)
    assert not is_border("End of interview", apart=False)
    assert is_end("[End of interview]") and not is_end("[End of side A]")
    assert [*borders_in("Yes. [End] No.")] == [(4, 10)]


@pytest.mark.parametrize(
    "line",
    [
        "Session 2: 14 April 2026, at home",
        "Interview 2 (3rd of March 2026)",
        "Day 3 – Wednesday 4 March 2026",
        "Visit 2 - March 9, 2026",
        "[Part 2, 12/05/2026]",
        "Tag 2: Montag, 3. März",
        "Week 10: 2026-03-09",
    ],
)
def test_a_dated_heading_of_a_further_part_is_nobodys(line: str) -> None:
    found = read(f"INT: How?\n\nP1: {WORDS}\n\n{line}\n\nINT: And now?\n\nP1: Better.\n")
    assert [found.words_of(turn) for turn in found.turns] == ["How?", WORDS, "And now?", "Better."]
    assert any(f"{line!r}" in note for note in found.notes)


@pytest.mark.parametrize(
    "line",
    [
        "Session 2 was on 14 April and I was late.",
        "Day 2: Walked home. It was far.",
        "Day 3 – Wednesday 4 March 2026 was the worst of all",
        "Day 2, 3 March, I slept badly. Then it got better.",
        "Session 2: we talked about my mother",
        "Week 10 of 2026",
        "On 14 April, session 2",
        "Visit 2 may be better",
        "Day 2, 3 March, I slept badly and cried",
        "Day 3 - 4 March - walked to the shop",
        "Visit 2, May 3, with my sister",
        "Call 2 – 3 May – nobody answered",
        "Day 1: 5 May, we buried her",
        "Day 4: Thursday 5 March; no pain today",
        "Week 2, 14 April, in pain",
    ],
)
def test_what_is_said_of_a_day_or_session_stays(line: str) -> None:
    found = read(f"INT: How?\n\nP1: {WORDS}\n\n{line}\n\nINT: And now?\n\nP1: Better.\n")
    assert line in " ".join(found.words_of(turn) for turn in found.turns)


@pytest.mark.parametrize(
    "text",
    [
        "INT: How?\n\nI walked.\n\nINT: When did they operate?\n\n{}\n\nINT: And then?\n\nI left.\n",
        "INT: How?\n\nP1: I walked.\n\nINT: When did they operate?\n\nP1:\n\n{}\n\nINT: And then?\n\nP1: I left.\n",
        "INT: How?\n\nP1: I walked.\n\nP2:\n\n{}\n\nINT: And then?\n\nP1: I left.\n",
        "INT: How?\n\nP1: When did they say?\n\n{}\n\nINT: And then?\n\nP1: I left.\n",
        "{}\n\nI walked to the shop.\n\nDay 4, 15 April 2026\n\nI slept.\n",
    ],
    ids=[
        "only the interviewer has a label",
        "below a label",
        "below one of several",
        "below a question",
        "a diary",
    ],
)
def test_a_date_that_answers_or_stands_in_a_diary_stays(text: str) -> None:
    line = "Day 3, 14 April 2026"
    found = read(text.format(line))
    assert line in " ".join(found.words_of(turn) for turn in found.turns)


def test_a_note_below_the_end_is_nobodys() -> None:
    found = read(talk(WORDS, "\n--- Einde van het interview ---\nNotitie: mevrouw was moe.\n"))
    assert {turn.speaker for turn in found.turns} == {"INT", "P1"}
    assert found.words_of(found.turns[-1]) == WORDS
    assert any("Notitie" in note for note in found.notes)


def test_words_below_a_note_on_the_end_behind_words_stay_and_are_named_as_a_doubt() -> None:
    found = read(talk(f"{WORDS} [End of recording]", "\nActually, please also note my phone.\n"))
    assert [found.words_of(turn) for turn in found.turns][-2:] == [
        WORDS,
        "Actually, please also note my phone.",
    ]
    assert found.turns[-1].speaker == "P1"
    assert any("1 line below a note on the end" in doubt and "my phone" in doubt for doubt in found.doubts)
    assert not read(talk(f"{WORDS} [End of recording]", "\nDuration: 43 minutes\n")).doubts


@pytest.mark.parametrize(
    "note",
    [
        "Transcribed by Karen Moss\nChecked: 12 May 2021",
        "Checked and translated by K. Moss.",
        "\nThe participant stayed for ten minutes. The interviewer felt that she was tired of it.",
    ],
)
def test_notes_of_who_typed_or_led_it_below_an_end_behind_words_are_nobodys(note: str) -> None:
    found = read(talk(f"{WORDS} [End of interview]", f"{note}\n"))
    assert [turn.speaker for turn in found.turns] == ["INT", "P1"] * 2
    assert found.words_of(found.turns[-1]) == WORDS
    assert any(note.split("\n")[-1][:40] in said for said in found.notes)


def test_what_is_said_above_the_typists_name_stays() -> None:
    found = read(talk(f"{WORDS} [End of interview]", "Actually, note my phone.\nTranscribed by Karen Moss\n"))
    assert found.words_of(found.turns[-1]) == "Actually, note my phone."
    assert read(talk("It was", "checked by the nurse.\n")).doubts == ()


@pytest.mark.parametrize("note", ["[Call ended]", "[End]", "[Meeting ended]", "(End of the session)"])
def test_other_ends_behind_words_do_not_end_the_talk(note: str) -> None:
    found = read(talk(f"{WORDS} {note}", "\nSo as I was saying, I went home.\n"))
    assert found.words_of(found.turns[-1]) == "So as I was saying, I went home."
