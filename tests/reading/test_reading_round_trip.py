"""Whatever is composed reads back, in every format; whatever is damaged is read or refused with a sentence."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.domain import Transcript
from coder.errors import CoderError
from coder.reading import read_transcript
from tests.reading.composing import FORMATS, Talk

ANSWERS = [
    "It rained for nine days.",
    "Two things: the bus, and my knee.",
    "I was there at 10:30, or so I think.",
    "Yes.",
    "My sister said no, and I said well, why not.",
    "We (all of us) went up the hill.",
]
QUESTIONS = ["What happened then?", "Who helped you?", "And after that?"]
# An interviewer asks, one or two people answer; everybody speaks at least twice.
TALKS = st.lists(
    st.tuples(st.sampled_from(QUESTIONS), st.lists(st.sampled_from(ANSWERS), min_size=2, max_size=2)),
    min_size=2,
    max_size=6,
).map(
    lambda rounds: [
        turn for asked, (one, other) in rounds for turn in (("INT", asked), ("P1", one), ("P2", other))
    ]
)


def read(name: str, data: bytes) -> Transcript:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read_transcript(path)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=12, deadline=None)
@given(talk=TALKS)
def test_what_is_composed_reads_back(name: str, talk: Talk) -> None:
    found = read(name, FORMATS[name](talk))
    assert [(turn.speaker, found.words_of(turn)) for turn in found.turns] == list(talk)
    assert {turn.speaker for turn in found.turns if turn.role == "interviewer"} == {"INT"}


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_read_or_refused_with_a_sentence(name: str) -> None:
    dice = random.Random(name)
    whole = FORMATS[name](
        [("INT", QUESTIONS[n % 3]) if n % 2 == 0 else ("P1", ANSWERS[n % 6]) for n in range(8)]
    )
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            read(name, bytes(data[: dice.choice([len(data), dice.randrange(1, len(data))])]))
        except CoderError as error:
            assert str(error).endswith((".", ")")) and len(str(error)) < 2_000
