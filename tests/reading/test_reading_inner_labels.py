"""Labels inside paragraphs: further speakers, or talk that somebody tells."""

import pytest

from coder.domain import Corrections, Transcript
from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble
from coder.reading.speakers.inner_labels import cuts_at_labels, speakers_inside, told_inside

ASKED = ("INT: Who told you?", "INT: And then?", "INT: What helps?")


def read(lines: list[str], corrections: Corrections | None = None) -> Transcript:
    document = document_of("\n\n".join(lines) + "\n", "x.txt", "utf-8")
    return assemble(document, "x.txt", b"", corrections=corrections or Corrections())


def interview(*answers: str) -> list[str]:
    return [line for asked, answer in zip(ASKED, answers, strict=True) for line in (asked, f"P1: {answer}")]


@pytest.mark.parametrize(
    "told",
    [
        "He was short. Doctor: you must stop. Me: I can't. Doctor: then go. Me: fine.",
        "She asks me. Nurse: have you drunk? Me: no. Nurse: really? Me: yes.",
        "It was like this. INT: why did you leave? Me: my lungs. INT: I see. Me: that was it.",
        "Er war streng. Arzt: Sie müssen. Ich: nein. Arzt: doch. Ich: gut.",
    ],
)
def test_what_a_participant_tells_is_theirs_and_named(told: str) -> None:
    found = read(interview("My doctor.", told, "Walking does."))
    assert [turn.speaker for turn in found.turns] == ["INT", "P1"] * 3
    assert found.words_of(found.turns[3]) == told
    assert any("4 places look like a label inside what P1 says" in doubt for doubt in found.doubts)


def test_a_dialogue_told_in_a_talk_of_one_paragraph_is_the_tellers() -> None:
    told = "He was strict. Doctor: you must stop. Me: I can't. Doctor: then go. Me: fine."
    one = f"INT: How was he? P1: {told} INT: And then? P1: I left him. INT: What helps? P1: Walking does."
    found = read([one])
    assert [turn.speaker for turn in found.turns] == ["INT", "P1"] * 3
    assert found.words_of(found.turns[1]) == told
    assert any("4 places look like a label inside what P1 says" in doubt for doubt in found.doubts)


def test_initials_and_people_who_answer_elsewhere_speak_in_a_talk_of_one_paragraph() -> None:
    coded = "INT: How? P1: Well. ME: Bad. INT: Why? P1: Tea. ME: Rain. INT: And now? ME: Sun."
    assert [turn.speaker for turn in read([coded]).turns] == [
        "INT",
        "P1",
        "ME",
        "INT",
        "P1",
        "ME",
        "INT",
        "ME",
    ]
    wife = "INT: How? P1: I said. Wife: you go. Me: no. INT: And you? Wife: I waited. INT: Why? P1: Rain. Wife: Yes."
    assert "Wife" in {turn.speaker for turn in read([wife]).turns}


def test_a_second_person_labelled_me_speaks_in_a_talk_of_one_paragraph() -> None:
    couple = "INT: How? Wife: By bus. Me: I drive. INT: And at night? Wife: At home. Me: I drive. INT: Why? Me: Rain."
    assert [turn.speaker for turn in read([couple]).turns] == ["INT", "Wife", "Me"] * 2 + ["INT", "Me"]


def test_labels_that_begin_lines_too_speak_inside_them() -> None:
    found = read(
        interview("My doctor. INT: Which? P1: The young one.", "She rang. INT: Did she?", "Walking.")
    )
    assert [turn.speaker for turn in found.turns] == [
        "INT",
        "P1",
        "INT",
        "P1",
        "INT",
        "P1",
        "INT",
        "INT",
        "P1",
    ]
    assert not found.doubts


@pytest.mark.parametrize(
    ("inner", "speaks"),
    [("P4: Same here.", True), ("Doctor: Same here.", False), ("Me: Same here.", False)],
)
def test_a_label_that_never_begins_a_line_speaks_if_it_is_like_those_that_do(
    inner: str, speaks: bool
) -> None:
    found = read(interview(f"My doctor. {inner} {inner}", "She rang.", "Walking."))
    assert (inner.partition(":")[0] in {turn.speaker for turn in found.turns}) is speaks
    assert bool(found.doubts) is not speaks


def test_who_is_answered_in_the_same_paragraph_speaks() -> None:
    answer = "It was the poster. Wife: He never rang. P1: I did. Wife: You did not. P1: Well."
    found = read(interview(answer, "She rang.", "Walking."))
    assert [turn.speaker for turn in found.turns][:6] == ["INT", "P1", "Wife", "P1", "Wife", "P1"]


def test_an_interviewer_who_never_begins_a_line_speaks_where_nobody_else_asks() -> None:
    texts = ["P1: I smoke. INT: Since when?", "P2: So do I.", "P1: Long. INT: How long?", "P2: Years."]
    assert speakers_inside(texts) == {"int"}


def test_a_person_may_say_that_a_label_inside_speaks() -> None:
    told = "He was short. Doctor: you must stop. And I left."
    corrected = read(interview("My doctor.", told, "Walking."), Corrections(speakers=("Doctor",)))
    assert "Doctor" in {turn.speaker for turn in corrected.turns}
    inner = interview("My doctor. INT: Which? P1: He. Wife: No. P1: Yes. Wife: No.", "She rang.", "Walking.")
    assert "Wife" in {turn.speaker for turn in read(inner).turns}
    corrected = read(inner, Corrections(not_speakers=("Wife",)))
    assert "Wife" not in {turn.speaker for turn in corrected.turns}


def test_places_and_names_of_labels_inside() -> None:
    text = "He spoke. Doctor: stop. Two things: go. Dr. Moss: no."
    assert [text[place:][:6] for place in cuts_at_labels(text, {"doctor"})] == ["Doctor"]
    assert told_inside(text) == ["Doctor:", "Dr. Moss:"]
    assert told_inside("It is easy. Better: walk. Two things: go.") == []


@pytest.mark.parametrize("start", ["", "[00:00:03] ", "0:03 ", "12. ", "**"])
def test_times_numbers_and_marks_before_labels_hide_no_speaker(start: str) -> None:
    end = "**" if start == "**" else ""
    told = "He was short. Doctor: you must stop. Me: I can't. Doctor: then go. Me: fine."
    lines = interview("My doctor.", told, "Walking does.")
    found = read([f"{start}{line.partition(':')[0]}:{end}{line.partition(':')[2]}" for line in lines])
    assert {turn.speaker for turn in found.turns} == {"INT", "P1"}


def test_a_told_dialogue_makes_no_speakers_where_nobody_is_named() -> None:
    told = "He was short. Doctor: you must stop. Me: I can't. Doctor: then go. Me: fine."
    found = read([line.partition(": ")[2] for line in interview("My doctor.", told, "Walking does.")])
    assert [turn.speaker for turn in found.turns] == [None] * 6


def test_a_paragraph_of_several_turns_is_cut_though_something_is_told_in_it() -> None:
    told = "P1: My doctor. INT: Which? P1: The young one. Me: no, I said. INT: And then?"
    assert [told[place:][:4] for place in cuts_at_labels(told, {"p1", "int"})] == ["INT:", "P1: ", "INT:"]


def test_a_code_before_the_first_label_of_a_line_is_nobodys() -> None:
    answers = ["My doctor. INT: Which? P1: He.", "She rang.", "Walking."]
    lines = interview(*answers)
    lines[3] = f"[SOC-OPP] {lines[3]}"
    found = read(lines)
    assert found.words_of(found.turns[4]) == "And then?"
    assert any("'[SOC-OPP]'" in note for note in found.notes)


@pytest.mark.parametrize(
    ("asks", "answers", "other"), [("Interviewer", "Anna", "Ben"), ("M", "Anna", "Ben"), ("INT", "ME", "P2")]
)
def test_who_answers_only_on_the_lines_of_who_asks_speaks(asks: str, answers: str, other: str) -> None:
    found = read(
        [
            f"{asks}: How do you get to work? {answers}: I take the bus.",
            f"{asks}: And is that fine? {answers}: It is late.",
            f"{other}: I walk to work, it is near.",
            f"{asks}: Go on. {answers}: More buses.",
            f"{other}: I like it a lot.",
            f"{asks}: Anything else? {answers}: No.",
        ]
    )
    a, b, c = asks, answers, other
    assert [turn.speaker for turn in found.turns] == [a, b, a, b, c, a, b, c, a, b]
    assert {turn.role for turn in found.turns if turn.speaker == answers} == {"participant"}


def test_what_a_participant_tells_on_several_lines_stays_theirs() -> None:
    found = read(interview("He came. ME: no.", "She came. ME: stay. Doctor: no.", "Well. Doctor: no."))
    assert [turn.speaker for turn in found.turns] == ["INT", "P1"] * 3


def test_a_name_told_on_several_lines_is_named() -> None:
    found = read(interview("My doctor. Anna: Stop it.", "She rang.", "Walking. Anna: Always."))
    assert any("2 places look like a label inside what P1 says" in doubt for doubt in found.doubts)
    assert told_inside("He left. Anna: Stop it.") == []


@pytest.mark.parametrize("names", [("INT", "P1"), ("Interviewer", "Anna"), ("Jane", "Anna")])
def test_a_talk_in_one_paragraph_below_header_lines_is_cut(names: tuple[str, str]) -> None:
    asked, answered = names
    talk = f"{asked}: How do you get to work? {answered}: I take the bus. " * 4
    found = read(["Interview transcript", "Leeds", "A talk on buses", "20 minutes", f"Hello. {talk}"])
    assert [turn.speaker for turn in found.turns] == list(names) * 4
