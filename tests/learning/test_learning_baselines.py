"""Baselines: measured on the folds they are given, their intervals over what was held out whole."""

import numpy as np
import pytest

from coder.learning import TrainingSet
from coder.learning.dataset import Folds
from coder.learning.evaluation.baselines import baselines
from coder.learning.evaluation.metrics import forced_choice
from coder.statistics import ClusterBootstrap, Estimate
from tests.present import present, width


@pytest.fixture
def data() -> TrainingSet:
    words = ["never any time for it", "my friends came along", "the pain in my knee"]
    texts = [f"{words[row % 3]} number {row}" for row in range(90)]
    labels = np.eye(3, dtype=np.int8)[np.arange(90) % 3]
    labels[60:] = np.eye(3, dtype=np.int8)[
        (np.arange(30) + 1) % 3
    ]  # the last studies use the codes otherwise
    studies = [f"s{row // 15}" for row in range(90)]
    return TrainingSet(texts, labels, polarity=["barrier", "facilitator"] * 45, studies=studies)


def test_intervals_resample_what_was_held_out(data: TrainingSet) -> None:
    folds = Folds(np.array([int(name[1:]) for name in data.studies], dtype=np.intp), np.full(90, -1))
    vectors = np.random.default_rng(0).normal(size=(90, 8)).astype(np.float32)
    by_study = baselines(data, vectors, folds, data.studies)["tfidf_svm"].themes.kappa
    by_row = baselines(data, vectors, folds, data.groups)["tfidf_svm"].themes.kappa
    assert by_study.value == by_row.value
    assert width(by_study) > 1.5 * width(by_row)


def test_parts_have_their_own_kappa(data: TrainingSet) -> None:
    folds = Folds(np.array([int(name[1:]) for name in data.studies], dtype=np.intp), np.full(90, -1))
    vectors = np.random.default_rng(0).normal(size=(90, 8)).astype(np.float32)
    found = baselines(data, vectors, folds, data.studies, parts=data.studies)
    assert found["majority"].parts == dict.fromkeys(sorted(set(data.studies)), 0.0)
    parts = present(found["tfidf_svm"].parts)
    assert present(parts["s0"]) > present(parts["s5"])
    assert baselines(data, vectors, folds, data.studies)["majority"].parts is None


def test_no_interval_without_groups_to_resample() -> None:
    section, _ = forced_choice(
        np.eye(2, dtype=bool), np.eye(2), ClusterBootstrap.over(["a", "b"], resamples=0)
    )
    assert section.kappa == Estimate(1.0)
