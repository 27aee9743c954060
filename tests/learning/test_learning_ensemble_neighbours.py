"""Neighbours in a turn sway which code an utterance gets, never whether it carries one."""

import numpy as np
import pytest

from coder.learning import Batch
from coder.learning.estimators.ensemble import with_neighbours

LOGITS = np.array([[4.0, -1.0, -3.0], [0.2, 0.3, -0.5], [3.0, -1.0, -2.0], [0.2, 0.3, -0.5]])


def batch(turns: list[str], texts: list[str] | None = None) -> Batch:
    texts = texts or [f"text {row}" for row in range(len(turns))]
    return Batch(texts, [None] * len(turns), turns, ["t"] * len(turns), ["t"] * len(turns))


def test_an_unclear_utterance_takes_the_code_of_its_turn() -> None:
    swayed = with_neighbours(LOGITS, batch(["t1", "t1", "t1", "t2"]))
    assert LOGITS[1].argmax() == 1
    assert swayed[1].argmax() == 0
    assert swayed[3].tolist() == pytest.approx(LOGITS[3].tolist())  # the same words alone in their turn


def test_how_strongly_anything_is_said_stays_its_own() -> None:
    swayed = with_neighbours(LOGITS, batch(["t"] * 4))
    assert swayed.max(axis=1).tolist() == pytest.approx(LOGITS.max(axis=1).tolist())


def test_one_row_and_no_rows_stay() -> None:
    assert with_neighbours(LOGITS[:1], batch(["t"])).tolist() == LOGITS[:1].tolist()
    assert with_neighbours(LOGITS[:0], batch([])).shape == (0, 3)


def test_an_utterance_that_two_people_coded_stands_beside_its_neighbours_once() -> None:
    once = with_neighbours(LOGITS[:3], batch(["t"] * 3, ["a", "b", "c"]))
    twice = with_neighbours(LOGITS[[0, 1, 1, 2]], batch(["t"] * 4, ["a", "b", "b", "c"]))
    assert twice[[0, 1, 3]].tolist() == once.tolist() and twice[1].tolist() == twice[2].tolist()
