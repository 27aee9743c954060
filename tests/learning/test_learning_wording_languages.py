import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from coder.codebook import Codebook
from coder.learning import Batch, Model, TrainingSet, blank_model, train_model
from coder.learning.features.wording import (
    OTHER_SCRIPT,
    language_of_answer,
    languages_of_answers,
    other_language,
    unread_words,
)
from coder.learning.training.model_card import taught_languages
from tests.learning.conftest import WordEncoder

SAMPLE = Path(__file__).parents[2] / "data/sample"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich habe einfach keine Zeit dafür, das ist das Problem.", "German"),
        ("Je ne savais pas que cela existait.", "French"),
        ("Mi familia me ayuda mucho con eso.", "Spanish"),
        ("É muito caro e fica longe de casa.", "Portuguese"),
        ("È troppo caro e lontano da casa mia.", "Italian"),
        ("Ik heb er gewoon geen tijd voor.", "Dutch"),
        ("Mae fy merch yn helpu bob amser.", "Welsh"),
        ("Sina wakati wa kwenda huko kwa sababu ya kazi.", "Swahili"),
        ("医生没有告诉我。", OTHER_SCRIPT),
    ],
)
def test_other_languages_are_told_from_english(text: str, language: str) -> None:
    assert other_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Staff shortages, poor parking, long waits.",
        "The war on drugs, pain, war and plus ça change, you know.",
        "My friend said «on y va» and so we went.",
        "Oui.",
        "",
        "12 34 56",
    ],
)
def test_english_and_what_is_too_short_to_tell_is_left_alone(text: str) -> None:
    assert other_language(text) is None


def test_no_english_text_of_the_sample_data_is_taken_for_another_language() -> None:
    texts = []
    for file in (SAMPLE / "held-out").glob("*.csv"):
        rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
        texts += [row["text"] for row in rows]
    for file in (SAMPLE / "excerpts").glob("*.jsonl"):
        items = map(json.loads, file.read_text(encoding="utf-8").splitlines())
        texts += [item["text"] for item in items if "text" in item]
    assert len(texts) > 6000
    assert [text for text in texts if other_language(text)] == []


def test_a_language_is_taught_by_thirty_excerpts_that_are_a_tenth_of_all() -> None:
    english = [f"my family and friends are there for me number {row}" for row in range(270)]
    assert taught_languages([*english[:200], *varied(FRENCH)]) == {"French": 30}
    assert taught_languages([*english, *english, *varied(FRENCH)]) == {}
    assert taught_languages(varied(FRENCH)[:29]) == {}


def test_a_letter_that_names_something_is_no_word_of_another_language() -> None:
    assert other_language("Block C took three years. I give Block D three years.") is None
    assert other_language("C'est la vie, d'accord, mais pas pour moi.") == "French"


def test_an_answer_too_short_to_tell_is_in_the_language_of_its_question() -> None:
    asked = "Was hindert Sie daran, sich zu bewegen?"
    assert other_language("Zeitmangel") is None
    assert language_of_answer("Zeitmangel", asked) == "German"
    assert language_of_answer("I have no time", asked) is None
    assert language_of_answer("Parking", "What stopped you from using what you learned?") is None
    assert language_of_answer("Zeitmangel", None) is None


def test_the_sentence_names_the_most_frequent_languages_first() -> None:
    said = unread_words({"French": 2, "German": 5}, 40, "excerpts")
    assert said is not None and said.startswith("7 of 40 excerpts seem to be in German or in French;")
    assert unread_words({}, 40, "excerpts") is None


def taught(texts: Sequence[str], codebook: Codebook, encoder: WordEncoder) -> Model:
    labels = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]] * (len(texts) // 3), dtype=np.int8)
    data = TrainingSet(texts, labels, groups=[str(row // 3) for row in range(len(texts))])
    return train_model(data, codebook, base=blank_model(codebook, encoder))


def varied(texts: Sequence[str]) -> list[str]:
    return [
        f"{text} {extra}"
        for extra in [
            "lundi",
            "mardi",
            "jeudi",
            "vendredi",
            "marche",
            "ferme",
            "maison",
            "jardin",
            "voiture",
            "soleil",
        ]
        for text in texts
    ]


def test_a_short_answer_is_in_the_language_of_the_answers_beside_it() -> None:
    asked = "Was war gut?"  # could be English words
    told = [
        "Die Leute waren sehr nett zu mir",
        "Ich war mit allem zufrieden und froh",
        "Es gab immer jemanden zum Reden",
        "Wir haben uns nicht allein gefühlt",
    ]
    texts = [*told, "Parken", "", "The staff"]
    assert other_language(asked) is None
    one = ["study"] * 9
    assert languages_of_answers(texts, [asked] * 7, one[:7]) == [*["German"] * 5, None, None]
    assert languages_of_answers(texts, [*[asked] * 4, *["What was good?"] * 3], one[:7])[4:] == [None] * 3
    elsewhere = [*["one"] * 4, *["other"] * 3]
    assert (
        languages_of_answers(texts, [asked] * 7, elsewhere)[4:] == [None] * 3
    )  # other people's answers have no say
    english = ["They were all very kind to me", "I liked the way they spoke"]
    assert (
        languages_of_answers([*english, *texts], [asked] * 9, one)[6:] == [None] * 3
    )  # a third of them English


FRENCH = [
    "je n'ai pas le temps pour cela",
    "ma famille et mes amis sont là pour moi",
    "la douleur est dans les jambes",
]
ENGLISH = [
    "i never have the hours for it",
    "my family and friends are there for me",
    "the pain is in my legs",
]


def test_the_english_encoder_is_not_asked_about_another_language_unless_taught_in_it(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    encoder.id = "all-MiniLM-L6-v2:test/test/float32"
    said = taught(varied(ENGLISH), codebook, encoder).predict(Batch.of_texts([FRENCH[1], ENGLISH[1]]))
    assert said.languages == ("French", None)
    assert said.scores[0].max() == 0 and not said.selected[0].any()
    assert said.forced[0].tolist() == pytest.approx([1 / 3] * 3) == said.polarity[0].tolist()
    assert said.scores[1].max() > 0.3
    said = taught(varied(FRENCH), codebook, encoder).predict(Batch.of_texts([FRENCH[1]]))
    assert said.languages == (None,) and said.scores[0].argmax() == 1 and said.scores[0].max() > 0.3


def test_an_encoder_that_a_person_named_may_read_any_language(
    codebook: Codebook, encoder: WordEncoder
) -> None:
    assert taught(varied(ENGLISH), codebook, encoder).predict(Batch.of_texts(FRENCH)).languages == (
        None,
        None,
        None,
    )
