"""Turns are cut into units of meaning whose offsets always slice back."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.domain import Role, Transcript, Turn, Utterance
from coder.segmentation import MANY_WORDS, TOO_MANY_WORDS, is_backchannel, segment


def transcript_of(*spoken: tuple[Role | None, str]) -> Transcript:
    text, turns = "", []
    for index, (role, words) in enumerate(spoken):
        text += f"{role}: "
        turns.append(Turn(index, role, role, len(text), len(text) + len(words), float(index)))
        text += f"{words}\n\n"
    return Transcript("t", "t.txt", text, tuple(turns))


def units(words: str) -> list[str]:
    return [utterance.text for utterance in segment(transcript_of(("participant", words)))]


def test_short_sentences_join_their_neighbour() -> None:
    assert units(
        "No. Never. I'd not have the nerve, and anyway the clinic shuts at four o'clock on a Friday."
    ) == ["No. Never. I'd not have the nerve, and anyway the clinic shuts at four o'clock on a Friday."]


def test_long_turns_become_units_of_a_few_sentences() -> None:
    found = units(
        "I started going because my neighbour went and she would not stop talking about it all winter. "
        "The first time I sat at the back with my coat on and I left before they had even made the tea. "
        "The second time somebody saved me a chair. That did it. "
        "Now I set the room up on Thursdays and I have the key to the cupboard, which is an honour."
    )
    assert len(found) == 2
    assert found[1].startswith("The second time somebody saved me a chair. That did it. Now I set")


@pytest.mark.parametrize(
    "sentence",
    [
        "I went to see Dr. Jones about it in the spring because Mrs. Ali said he was the one who listens to people.",
        "We tried a few things, e.g. the app and the diary, and none of them lasted longer than about two weeks.",
        "It was, it was... it was fine in the end, I just, I had not expected it to take the whole of the day.",
        "So I said – and I meant it – that I would come back when they had somewhere for people to sit down.",
        "It costs about 3.50 each way which does not sound much but i go four times a week so you can work it out.",
    ],
)
def test_abbreviations_stutters_and_dashes_do_not_end_a_sentence(sentence: str) -> None:
    assert units(sentence) == [sentence]


def test_remarks_in_brackets_stay_whole() -> None:
    found = units(
        "It's not normally a cupboard for the whole of the corridor's vaccines, that room, and it was not my idea to"
        " put them there. [laughs] Do you want a tea before we start on the questions that you sent me last week?"
    )
    assert all(text.count("[") == text.count("]") for text in found)
    assert found[1].startswith("[laughs]")


def test_speech_that_runs_on_is_cut_where_clauses_begin() -> None:
    clause = "I went down to the surgery with the form and nobody could tell me who it was for"
    found = units(", and then ".join([clause] * 9) + ".")
    assert all(len(text.split()) <= TOO_MANY_WORDS for text in found)
    assert all(text.startswith(("I went", "and then I went")) for text in found)


def test_speech_without_any_punctuation_is_cut_too() -> None:
    found = units("so i went to the shop and i bought some bread and i came home again " * 40)
    assert max(len(text.split()) for text in found) <= TOO_MANY_WORDS
    assert len(found) > 5


def test_wrapped_lines_do_not_end_a_sentence() -> None:
    wrapped = (
        "I would have gone to the meeting but the bus\nStops at our end does not run after six in the winter."
    )
    assert units(wrapped) == [wrapped]


@pytest.mark.parametrize(
    "text",
    [
        "Mm.",
        "Yeah, yeah.",
        "mm-hmm",
        "Uh-huh. (laughs)",
        "OK, right.",
        "[inaudible]",
        "...",
        "I see.",
        "Yes, of course.",
    ],
)
def test_backchannels_are_kept_but_not_codable(text: str) -> None:
    assert is_backchannel(text)
    [utterance] = segment(transcript_of(("participant", text)))
    assert not utterance.codable and utterance.text == text


def test_a_written_answer_can_be_coded_however_short_and_each_part_of_a_long_one_has_its_question() -> None:
    long = " ".join(["I would have come if the bus had stopped in our road as it did in former years."] * 4)
    read = transcript_of(("participant", "Good."), ("participant", long))
    asked = tuple(replace(turn, question="What was good?") for turn in read.turns)
    talk, written = (segment(replace(read, turns=asked, written=written)) for written in (False, True))
    assert [item.codable for item in talk] == [False, *[True] * (len(talk) - 1)]
    assert len(written) > 2 and all(item.codable and item.written for item in written)
    assert {item.question for item in written} == {"What was good?"}


@pytest.mark.parametrize(
    "text", ["No time.", "Yes, because it's free.", "I can't.", "Fear, really.", "My wife."]
)
def test_short_answers_with_meaning_are_codable(text: str) -> None:
    assert not is_backchannel(text)


def test_the_question_is_the_last_thing_the_interviewer_said_in_earnest() -> None:
    found = segment(
        transcript_of(
            ("participant", "Hello there."),
            ("interviewer", "What helps you?"),
            ("participant", "The rota."),
            ("interviewer", "Mm-hm."),
            ("participant", "And my sister."),
            ("interviewer", "Your sister.\nHow so?"),
            ("interviewer", "In what way?"),
            ("participant", "She rings."),
        )
    )
    assert [
        (utterance.text, utterance.question) for utterance in found if utterance.role == "participant"
    ] == [
        ("Hello there.", None),
        ("The rota.", "What helps you?"),
        ("And my sister.", "What helps you?"),
        ("She rings.", "Your sister. How so? In what way?"),
    ]
    assert not any(utterance.codable for utterance in found if utterance.role == "interviewer")


def test_turns_stay_whole_when_asked() -> None:
    words = "I went. I saw the nurse and she was kind to me. She gave me the sheet. I lost the sheet on the bus home."
    found = segment(transcript_of(("interviewer", "And?"), ("participant", words)), unit="turn")
    assert [utterance.text for utterance in found] == ["And?", words]


def test_unknown_speakers_are_codable() -> None:
    assert segment(transcript_of((None, "I have had asthma since I was nine.")))[0].codable


SPOKEN = (
    "I|you|went,|and|then.|Dr.|so|–|…|mm|[laughs]|(pause)|well;|e.g.|clinic?|no!|\n|\u00a0|“yes”|10:30|😀|né"
)
WORDS = st.lists(st.sampled_from(SPOKEN.split("|")), min_size=1, max_size=150).map(" ".join)
ROLES = st.sampled_from(["interviewer", "participant", None])


def covered(utterances: list[Utterance], turn: Turn, text: str) -> str:
    """Return the turn's text as far as no utterance holds it."""
    rest = list(text[turn.start : turn.end])
    for utterance in utterances:
        if utterance.turn == turn.index:
            for place in range(utterance.start, utterance.end):
                assert rest[place - turn.start] is not None, "two utterances hold the same character"
                rest[place - turn.start] = ""
    return "".join(rest)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(ROLES, WORDS), min_size=1, max_size=6))
def test_offsets_slice_back_and_no_word_is_lost(spoken: list[tuple[Role | None, str]]) -> None:
    transcript = transcript_of(*spoken)
    for unit in ("utterance", "turn"):
        utterances = segment(transcript, unit)
        assert [utterance.index for utterance in utterances] == list(range(len(utterances)))
        assert len({utterance.id for utterance in utterances}) == len(utterances)
        for utterance in utterances:
            turn = transcript.turns[utterance.turn]
            assert transcript.text[utterance.start : utterance.end] == utterance.text
            assert turn.start <= utterance.start <= utterance.end <= turn.end
        for turn in transcript.turns:
            assert not covered(utterances, turn, transcript.text).strip()


def test_units_are_rarely_outside_one_to_three_sentences() -> None:
    sentence = "We talked about it for weeks and nobody rang us back. "
    found = units(sentence * 40)
    assert all(FEWEST <= len(text.split()) <= MANY_WORDS for text in found)
    assert all(text.count(".") <= 3 for text in found)


FEWEST = 9


def test_cutting_sentences_does_not_import_torch() -> None:
    code = (
        "import sys; from coder.segmentation import _sentence_finder; _sentence_finder()('It works. It does.');"
        "print([name for name in ('torch', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
