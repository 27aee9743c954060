"""Neighbours in a turn sway which code an utterance gets, never whether it carries one."""

import numpy as np
import pytest

from coder.learning.estimators.context_smoothing import with_neighbours

LOGITS = np.array([[4.0, -1.0, -3.0], [0.2, 0.3, -0.5], [3.0, -1.0, -2.0], [0.2, 0.3, -0.5]])


def test_an_unclear_utterance_takes_the_code_of_its_turn() -> None:
    swayed = with_neighbours(LOGITS, ["t1", "t1", "t1", "t2"])
    assert LOGITS[1].argmax() == 1
    assert swayed[1].argmax() == 0
    assert swayed[3].tolist() == pytest.approx(LOGITS[3].tolist())  # the same words alone in their turn


def test_how_strongly_anything_is_said_stays_its_own() -> None:
    swayed = with_neighbours(LOGITS, ["t"] * 4)
    assert swayed.max(axis=1).tolist() == pytest.approx(LOGITS.max(axis=1).tolist())


def test_one_row_and_no_rows_stay() -> None:
    assert with_neighbours(LOGITS[:1], ["t"]) is not None
    assert with_neighbours(LOGITS[:1], ["t"]).tolist() == LOGITS[:1].tolist()
    assert with_neighbours(LOGITS[:0], []).shape == (0, 3)
