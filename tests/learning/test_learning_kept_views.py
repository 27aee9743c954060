"""Training takes nothing away: a code that the base model knows better keeps the base model's view."""

import numpy as np

from coder.arrays import Floats
from coder.learning.estimators.calibration import Calibration, FittedCalibration
from coder.learning.estimators.ensemble import Member, Stack
from coder.learning.persistence.card import CodeVerdict
from coder.learning.training.model_card import better_views

TRUTH = np.eye(3)[np.arange(60) % 3]
NOISE = np.random.default_rng(0).normal(size=(60, 3))
STACK = Stack((Member("base codes"),), np.ones(1, np.float32), np.zeros(3, np.float32))


def judged(logits: Floats) -> tuple[FittedCalibration, list[CodeVerdict]]:
    """Judge by the best code of each row, as if all had been held out."""
    best = np.eye(3)[logits.argmax(axis=1)]
    found = []
    for code in range(3):
        hits = float((best * TRUTH)[:, code].sum())
        f1 = 2 * hits / float(best[:, code].sum() + TRUTH[:, code].sum())
        found.append(CodeVerdict(str(code), 20, f1, f1, f1 > 0.5, "", ""))
    plain = Calibration(np.zeros(4), np.zeros(3), np.zeros(3), np.ones(3, dtype=bool))
    return FittedCalibration(plain, logits, best.astype(bool), np.ones(60, dtype=bool)), found


def f1_of(verdicts: list[CodeVerdict]) -> list[float]:
    return [verdict.f1 or 0.0 for verdict in verdicts]


def test_a_code_lost_in_training_is_taken_back_and_the_others_stay() -> None:
    own = 4 * TRUTH + NOISE
    own[:, 0] = -9.0  # never the best: what training did to this code
    base = 3 * TRUTH + NOISE
    stack, logits, _, verdicts = better_views(STACK, own, base, judged)
    assert stack.kept is not None and stack.kept[0] == 1.0
    before, after = f1_of(judged(own)[1]), f1_of(verdicts)
    assert before[0] == 0.0 and after[0] > 0.8
    assert min(after[1:]) >= min(before[1:])
    assert logits.shape == own.shape


def test_where_training_is_as_good_nothing_changes() -> None:
    own, base = 4 * TRUTH + NOISE, 2 * TRUTH + NOISE
    stack, logits, _, _ = better_views(STACK, own, base, judged)
    assert stack is STACK and logits is own


def test_a_base_model_that_knows_nothing_is_not_asked_back() -> None:
    own = NOISE - 9 * np.array([1.0, 0.0, 0.0])
    stack, _, _, _ = better_views(STACK, own, -3 * TRUTH, judged)
    assert stack is STACK
