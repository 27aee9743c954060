"""A text is also read as the answer to its question, which decides what a bare noun means."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, load_codebook
from coder.coded_tables.excerpts import excerpts_of
from coder.domain import POLARITIES
from coder.encoding import answer
from coder.errors import ModelError
from coder.learning import TrainingSet, blank_model, label_matrix, load_model, save_model, train_model
from coder.learning.dataset import Batch
from coder.learning.estimators.ensemble import LinearHead, Member, Stack
from coder.learning.explanation import LeaveOneOut
from coder.learning.model import Model
from coder.learning.persistence.model_files import read_model
from coder.learning.training.train import common_questions
from coder.workflow.precoding.answers import whose_words
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts
from tests.small_model import LetterEncoder


def test_the_end_of_a_long_question_is_set_apart_as_the_encoder_was_taught() -> None:
    long = " ".join(f"w{number}" for number in range(40))
    asked = answer("all-mpnet-base-v2:78c0/openvino", long, "money")
    assert asked == " ".join(f"w{number}" for number in range(12, 40)) + "</s></s>money"
    assert answer("all-MiniLM-L6-v2:53aa/openvino", "Why?", "money") == "Why?[SEP]money"
    assert answer("letters", "Why?", "money") == "Why? money"


def test_only_texts_with_a_question_are_read_as_answers() -> None:
    encoder = LetterEncoder()
    model = blank_model(load_codebook("comb"), encoder)
    texts = ["money", "money", "time"]
    signals = model.signals(Batch.of_texts(texts, ["What helped?", None, ""]))
    assert (signals["asked"][1:] == signals["plain"][1:]).all()
    assert np.allclose(signals["asked"][0], encoder.encode(["What helped? money"])[0])
    assert not np.allclose(signals["asked"][0], signals["plain"][0])


def test_in_talk_only_short_answers_are_read_so() -> None:
    model = blank_model(load_codebook("comb"), LetterEncoder())
    long = "well we went there and then it was closed so we went home again"
    batch = Batch(["money", long, long], ["What helped?"] * 3, range(3), ["p1", "p1", ""], [""] * 3)
    signals = model.signals(batch)
    changed = (signals["asked"] != signals["plain"]).any(axis=1)
    assert changed.tolist() == [True, False, True]


def test_what_was_said_before_is_the_text_before_in_the_turn_else_the_question() -> None:
    texts = ["Time.", "And money.", "And money.", "No.", "Alone."]
    turns = ["t1", "t1", "t1", "t2", "t3"]
    asked = ["What hinders you?", "What hinders you?", "What hinders you?", "Anything else?", None]
    batch = Batch(texts, asked, turns, ["p"] * 5, ["s"] * 5)  # two people coded the second utterance
    assert batch.said_before == ["What hinders you?", "Time.", "Time.", "Anything else?", None]


def test_a_model_in_context_reads_talk_alone_and_after_what_was_said_before() -> None:
    encoder = LetterEncoder()
    model = blank_model(load_codebook("comb"), encoder, in_context=True)
    batch = Batch(["time", "money", "time"], ["Why?"] * 3, ["t", "t", "u"], ["p1", "p1", ""], [""] * 3)
    plain = model.signals(batch)["plain"]
    first, second = encoder.encode(["time", "Why? time"]), encoder.encode(["money", "time money"])
    assert np.allclose(plain[0], first.mean(axis=0))
    assert np.allclose(plain[1], second.mean(axis=0))
    assert np.allclose(plain[2], first[0])  # an answer in a table has its question apart
    assert np.allclose(model.signals(batch)["asked"], [*plain[:2], first[1]])


def test_an_answer_in_a_survey_is_not_talk_though_its_participant_is_named() -> None:
    for column, talk in (("transcript", True), ("participant", False)):
        records = [{column: "P1", "question": "What helped?", "text": "The nurses were kind to me."}]
        homes, _, spoken = whose_words(records)
        assert (homes, spoken) == (("P1",), (talk,))
    records = [{"transcript": "survey", "speaker": "P1", "written": "yes", "text": "Kind nurses."}]
    assert whose_words(records) == (("P1",), ("",), (False,))
    one, other = (
        {"participant": "Ann", **records[0]},
        {"participant": "", **records[0], "written": "wahr", "text": "No."},
    )
    assert whose_words([one, other])[0] == ("Ann", "P1")  # only some are linked to a participant
    rows, notes = excerpts_of(pd.DataFrame([row | {"code": "time"} for row in (one, other)]))
    assert [item.person for item in rows] == ["Ann", "P1"] and not any("yes or no" in note for note in notes)


def test_written_answers_keep_their_words_apart_from_the_question() -> None:
    model = blank_model(load_codebook("comb"), LetterEncoder(), in_context=True)
    answers = Batch(["time"], ["Why?"], ["t"], ["P1"], [""], spoken=[False])
    signals = model.signals(answers)
    assert np.allclose(signals["plain"], LetterEncoder().encode(["time"]))
    assert np.allclose(signals["asked"], LetterEncoder().encode(["Why? time"]))


def test_what_a_question_asks_for_counts_for_written_answers_and_double_for_a_bare_noun() -> None:
    encoder = LetterEncoder()
    model = blank_model(load_codebook("comb"), encoder)
    asked = ["zzz", "zzz", "aaa", None, "", "zzz"]
    texts = ["the time of day", "time", "the time of day", "time", "time", "time"]
    batch = Batch.of_texts(texts, asked)
    assert not model.signals(batch)["expected"].any()
    helps, hinders = encoder.encode(["zzz", "aaa"])
    model.parts = replace(model.parts, asks=np.stack([hinders, helps, np.zeros_like(helps)], axis=1) * 9)
    batch = replace(batch, spoken=[False] * 5 + [True])
    expected = model.signals(batch)["expected"][:, 0]
    assert 0.5 < expected[0] <= 1
    assert expected[1] == pytest.approx(2 * expected[0])
    assert expected[2] == pytest.approx(-expected[0], abs=1e-3)
    assert not expected[3:].any()


@pytest.fixture(scope="module")
def small_starter() -> Model:
    return load_model("starter-small")


@pytest.mark.parametrize(
    ("question", "answer_given", "side"),
    [
        ("What could be better?", "Parking", "barrier"),
        ("What was good?", "Parking", "facilitator"),
        ("Anything you would change?", "the nurses", "barrier"),
        ("What would help?", "If the matron said thank you once", "facilitator"),
        ("What could we do better?", "Nothing. The service is perfect.", "facilitator"),
    ],
)
def test_the_small_starter_takes_the_direction_of_a_short_answer_from_its_question(
    small_starter: Model, question: str, answer_given: str, side: str
) -> None:
    sides = small_starter.predict(Batch.of_texts([answer_given], [question])).polarity[0]
    assert POLARITIES[int(sides.argmax())] == side


def test_in_context_the_words_that_count_are_those_of_the_vector_that_was_judged() -> None:
    model = blank_model(load_codebook("comb"), LetterEncoder(), in_context=True)
    batch = Batch(["money matters", "time"], ["Why?"] * 2, ["t", "u"], ["p1"] * 2, [""] * 2)
    signals = model.signals(batch)
    judged: list[np.ndarray] = []

    def judge(_: object, rows: Sequence[int], texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        judged.append(vectors)
        return np.zeros((len(rows), 6))

    LeaveOneOut(signals, LetterEncoder(), judge, [0]).falls(0)
    assert np.allclose(judged[0][0], signals["plain"][0])  # the whole text comes first


def test_a_model_trained_on_one_in_context_reads_so_too_also_from_its_folder(
    codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    base = train_model(
        excerpts(codebook), codebook, base=blank_model(codebook, encoder, in_context=True), name="base"
    )
    base.parts = replace(base.parts, asks=np.eye(encoder.dimension, 3, dtype=np.float32))
    model = train_model(excerpts(codebook, 60, seed=3), codebook, base=base, name="own")
    save_model(model, tmp_path / "own")
    again = read_model(tmp_path / "own", encoder, read_model(tmp_path / "own" / "base", encoder))
    assert again.parts.in_context and again.base is not None and again.base.parts.in_context
    assert again.base.parts.asks is not None and base.parts.asks is not None
    assert np.allclose(again.base.parts.asks, base.parts.asks)
    batch = Batch(["clock diary", "sister"], ["hip"] * 2, ["t", "t"], ["p", "p"], ["s", "s"])
    assert np.allclose(again.predict(batch).scores, model.predict(batch).scores)
    alone = replace(again.parts, in_context=False)
    again.parts = alone
    assert not np.allclose(again.predict(batch).scores, model.predict(batch).scores)


def test_the_starter_is_the_model_that_a_variable_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODER_STARTER", "starter-small")
    assert load_model("starter").name == "starter-small"
    monkeypatch.setenv("CODER_STARTER", "nowhere")
    with pytest.raises(ModelError, match="no model 'nowhere'"):
        load_model("starter")


GOOD, BETTER = "What was good?", "What could we do better?"


@pytest.fixture
def survey(codebook: Codebook, encoder: WordEncoder) -> Model:
    """A model of answers whose direction shows in the question alone."""
    taught = excerpts(codebook, 120)
    asked = [GOOD if row % 2 else BETTER for row in range(120)]
    sides = ["facilitator" if row % 2 else "barrier" for row in range(120)]
    data = TrainingSet(taught.texts, taught.labels, sides, asked, taught.groups)
    return train_model(data, codebook, base=blank_model(codebook, encoder), name="survey")


def directions(model: Model, question: str | None) -> np.ndarray:
    texts = list(excerpts(model.codebook, 40, seed=7).texts)
    said = model.predict(Batch.of_texts(texts, [question] * len(texts)))
    return said.polarity[:, 1] - said.polarity[:, 0]


def test_a_question_of_the_survey_tells_the_direction_of_its_answers(survey: Model) -> None:
    assert (directions(survey, "what was  GOOD?") > 0).mean() > 0.9
    assert (directions(survey, BETTER) < 0).mean() > 0.9


def test_a_question_that_was_not_learned_from_says_nothing(survey: Model) -> None:
    """Its likeness to one that was would be a guess: answers to it are judged by their own words."""
    assert (directions(survey, "What could be better?") == directions(survey, None)).all()


def test_what_questions_told_is_kept_with_the_model(
    survey: Model, encoder: WordEncoder, tmp_path: Path
) -> None:
    save_model(survey, tmp_path / "survey")
    again = read_model(tmp_path / "survey", encoder)
    assert len(again.parts.questions) == 2
    assert (directions(again, GOOD) == directions(survey, GOOD)).all()


def test_a_model_that_read_questions_as_vectors_is_to_be_trained_again(
    survey: Model, encoder: WordEncoder, tmp_path: Path
) -> None:
    survey.parts = replace(survey.parts, questions=survey.parts.questions[:0])
    save_model(survey, tmp_path / "old")
    with pytest.raises(ModelError, match="which read questions in another way; train it again"):
        read_model(tmp_path / "old", encoder)


def test_questions_that_few_texts_answer_or_that_all_answer_tell_nothing(codebook: Codebook) -> None:
    taught = excerpts(codebook, 40)
    for asked in ([GOOD] * 40, [f"Question {row}?" for row in range(40)], [None] * 40):
        data = TrainingSet(taught.texts, taught.labels, taught.polarity, asked, taught.groups)
        assert len(common_questions(data)) == 0


def replies(codebook: Codebook, n: int, seed: int) -> TrainingSet:
    """Return replies of one or two words in talk: only the question before them tells what they are about."""
    rng = np.random.default_rng(seed)
    asked = {"time": "clock diary", "people": "sister neighbour", "body": "knee hip"}
    codes = [codebook.ids[row % 3] for row in range(n)]
    texts = [f"{rng.choice(['yes', 'sure', 'maybe'])} filler{rng.integers(9)}" for _ in codes]
    questions = [
        f"is it the {rng.choice(asked[code].split())} again number{row}" for row, code in enumerate(codes)
    ]
    talks = [f"talk{row % 6}" for row in range(n)]
    labels = label_matrix([[code] for code in codes], codebook)
    return TrainingSet(texts, labels, questions=questions, groups=talks, transcripts=talks)


@pytest.fixture
def listener(codebook: Codebook, encoder: WordEncoder) -> Model:
    """A base model that reads texts as answers to tell their direction."""
    base = train_model(excerpts(codebook), codebook, base=blank_model(codebook, encoder), name="base")
    head = LinearHead({"asked": np.zeros((64, 3), dtype=np.float32)}, np.zeros(3, dtype=np.float32))
    sides = Stack((Member("leaning"), Member("asked", head)), np.ones(2, np.float32), np.zeros(3, np.float32))
    base.parts = replace(base.parts, polarity=sides)
    return base


def right(model: Model, data: TrainingSet) -> float:
    said = model.predict(data.batch).forced.argmax(axis=1)
    return float((said == data.labels.argmax(axis=1)).mean())


def test_replies_in_talk_are_learned_with_what_was_asked_before(
    listener: Model, codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    learned, fresh = replies(codebook, 90, 1), replies(codebook, 60, 2)
    model = train_model(learned, codebook, base=listener)
    assert right(model, fresh) > 0.9
    save_model(model, tmp_path / "m")
    assert right(read_model(tmp_path / "m", encoder, listener), fresh) == right(model, fresh)
    unheard = replace(fresh, questions=[None] * len(fresh))
    assert right(model, unheard) < 0.6
    words = model.predict(fresh.batch).explain.left_out.falls(0)
    assert words and all(np.isfinite(fall).all() for fall in words.values())


def test_without_a_base_that_reads_questions_replies_are_read_alone(
    listener: Model, codebook: Codebook
) -> None:
    deaf = Model("deaf", codebook, listener.encoder, listener.parts, listener.card)
    deaf.parts = replace(deaf.parts, polarity=blank_model(codebook, listener.encoder).parts.polarity)
    assert right(train_model(replies(codebook, 90, 1), codebook, base=deaf), replies(codebook, 60, 2)) < 0.6


def test_questions_of_a_survey_have_odds_and_are_not_read_a_second_time(
    listener: Model, codebook: Codebook
) -> None:
    """How people answer one question says little of how they answer another."""
    taught = excerpts(codebook, 60)
    asked = [GOOD if row % 2 else BETTER for row in range(60)]
    model = train_model(replace(taught, questions=asked), codebook, base=listener)
    assert listener.reads_questions and not model.reads_questions
