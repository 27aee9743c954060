"""Drift: what stands out is flagged with its words, what does not is not; falling acceptance is named."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.store.model_versions import NewModel
from coder.store.values import Decision, Proposal, ProposedCode
from coder.workflow.study.drift import all_drift, auc, falling_codes, telling_words, told_apart
from coder.workflow.study.suggest import suggest
from tests.small_model import installed
from tests.study_making import add_talk, small_study


def unit_vectors(centre: np.ndarray, n: int, seed: int) -> np.ndarray:
    rows = centre + np.random.default_rng(seed).normal(scale=0.3, size=(n, len(centre)))
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_auc_counts_pairs_with_ties_half() -> None:
    assert auc(np.array([3.0, 2.0]), np.array([1.0, 2.0])) == pytest.approx(3.5 / 4)
    assert auc(np.array([]), np.array([1.0])) == 0.5


def test_sets_of_one_kind_cannot_be_told_apart_and_others_can() -> None:
    first, other = np.eye(20)[0], np.eye(20)[1]
    assert told_apart(unit_vectors(first, 80, 1), unit_vectors(first, 300, 2)) < 0.65
    assert told_apart(unit_vectors(other, 80, 3), unit_vectors(first, 300, 2)) > 0.95


def test_telling_words_are_frequent_here_and_rare_there() -> None:
    common = {f"word{place}": 50 for place in range(120)}
    assert telling_words({**common, "ventilator": 12, "once": 1}, common) == ("ventilator",)


def test_a_transcript_about_something_else_is_flagged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch)
    talk = (
        "I: What was it like?\n"
        + "P: It rained a lot. We sang on. The wind sat still. Rain again it was.\n" * 12
    )
    with small_study(tmp_path / "s.coder") as study:
        learned = [add_talk(study, f"t{place}", talk + f"P: Day {place}.\n") for place in range(4)]
        card = {"name": "starter"}
        model = study.models.add(
            NewModel("starter", card, "hash", {"card.json": b'{"name": "v", "words": {}}'}, learned)
        )
        study.models.activate(model.id, "learned")
        suggest(study)
        add_talk(study, "alike", talk + "P: Another day.\n")
        strange = "P: Zebras zigzag quickly. Quartz boxes jam. Zebras buzz. Jazzy quizzes vex zebras.\n" * 12
        add_talk(study, "strange", "I: What was it like?\n" + strange)
        report = suggest(study)
        assert list(report.unlike) == ["strange"]
        assert "zebras" in report.unlike["strange"].words
        held = {
            item.name: all_drift(study)[item.uid].unlike
            for item in study.texts.all()
            if item.id not in learned
        }
        assert held == {"alike": False, "strange": True}


def test_a_code_that_pleases_less_and_less_is_named(tmp_path: Path) -> None:
    talk = "P: " + "It rained. " * 160 + "\n"
    with small_study(tmp_path / "s.coder") as study:
        home = add_talk(study, "long", talk)
        units = [item.id for item in study.texts.utterances(home, codable_only=True)]
        model = study.models.add_shipped("starter", {}, "hash")
        run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
        for place, unit in enumerate(units):
            code = ProposedCode("rain" if place % 2 else "sun", None, 0.8, None, True)
            study.suggestions.add_proposals(run, [Proposal(unit, 0.9, 0.1, (code,))])
        for place, unit in enumerate(units):
            suggestion = study.suggestions.newest([unit])[unit][0]
            spoilt = suggestion.code == "rain" and place > 100
            decision = Decision(unit, "reject" if spoilt else "accept", suggestion=suggestion.id)
            study.acts.decide("Ann", [decision], mode="assisted")
        [found] = falling_codes(study, study.figures().codes)
        assert found.code == "rain" and found.lately == pytest.approx(0.0)
        assert found.before > 0.9
