"""The simple methods that a model must beat, measured on the same held-out groups.

Majority: always the commonest code. TF-IDF + SVM: words and word pairs with a linear support vector machine.
Frozen + LR: sentence vectors as they come with a balanced logistic regression, the obvious design.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats, Places
from coder.learning.dataset import Folds, TrainingSet
from coder.learning.evaluation.metrics import forced_choice, polarity_choice
from coder.learning.evaluation.performance import Baseline
from coder.statistics import ClusterBootstrap

# Rows to train on, their classes, rows to test -> scores of classes.
Learner = Callable[[Places, Places, Places], Floats]


def _majority(train: Places, classes: Places, test: Places) -> Floats:
    counts = np.bincount(classes)
    return np.tile(counts / counts.sum(), (len(test), 1))


def _tfidf_svm(texts: Sequence[str]) -> Learner:
    def scores(train: Places, classes: Places, test: Places) -> Floats:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        features = words.fit_transform([texts[row] for row in train])
        machine = LinearSVC().fit(features, classes)
        return _columns(
            machine.decision_function(words.transform([texts[row] for row in test])), machine.classes_
        )

    return scores


def _frozen_lr(vectors: NDArray[np.float32]) -> Learner:
    def scores(train: Places, classes: Places, test: Places) -> Floats:
        from sklearn.linear_model import LogisticRegression

        machine = LogisticRegression(class_weight="balanced", max_iter=2000).fit(vectors[train], classes)
        return _columns(machine.decision_function(vectors[test]), machine.classes_)

    return scores


def _columns(decision: Floats, classes: Places) -> Floats:
    """Spread scores over all classes up to the largest; classes not seen in training come last."""
    if decision.ndim == 1:
        decision = np.stack([-decision, decision], axis=1)
    wide = np.full((len(decision), int(max(classes)) + 1), -1e9)
    wide[:, classes] = decision
    return wide


def baselines(
    data: TrainingSet,
    vectors: NDArray[np.float32],
    folds: Folds,
    names: Sequence[str],
    *,
    parts: Sequence[str] | None = None,
) -> dict[str, Baseline]:
    """Return each baseline's forced-choice themes and polarity on held-out folds.

    `folds` says what holds each row out, `names` (n,) what was held out whole (intervals resample
    it); `vectors` (n, d) are the frozen encoder's. `parts` (n,) adds, as `parts`, theme kappa within each of them.
    """
    learners = {"majority": _majority, "tfidf_svm": _tfidf_svm(data.texts), "frozen_lr": _frozen_lr(vectors)}
    codes = data.labels.shape[1]
    single = np.flatnonzero((data.labels == 1).sum(axis=1) == 1)
    themes = (data.labels == 1).argmax(axis=1)
    places = data.polarity_places()
    clear = np.flatnonzero((places == 0) | (places == 1))
    boot = ClusterBootstrap.over(names)
    figures: dict[str, Baseline] = {}
    for name, learner in learners.items():
        forced = _held_out(learner, single, themes, folds, codes)
        polarity = _held_out(learner, clear, places, folds, 3)
        single_labels = np.where((data.labels == 1).sum(axis=1, keepdims=True) == 1, data.labels == 1, False)
        figures[name] = Baseline(
            themes=forced_choice(single_labels, forced, boot)[0],
            polarity=polarity_choice(data.polarity, polarity, boot),
            parts=None if parts is None else _kappas(single_labels, forced, parts),
        )
    return figures


def _kappas(labels: NDArray[np.bool_], forced: Floats, parts: Sequence[str]) -> dict[str, float | None]:
    """Return theme kappa within each part, without intervals."""
    column = np.asarray(list(parts), dtype=str)
    kappas = {}
    for part in sorted(set(column.tolist())):
        mine = column == part
        boot = ClusterBootstrap.over(column[mine].tolist(), resamples=0)
        kappas[part] = forced_choice(labels[mine], forced[mine], boot)[0].kappa.value
    return kappas


def _held_out(learner: Learner, rows: Places, classes: Places, folds: Folds, width: int) -> Floats:
    """Score each of `rows` by a learner trained on those of the other folds."""
    scores = np.zeros((len(folds.of), width))
    for inside, outside in folds.rows(rows).parts():
        train, test = rows[inside], rows[outside]
        if len(set(classes[train].tolist())) < 2:
            scores[test] = _majority(train, np.append(classes[train], width - 1), test)[:, :width]
            continue
        forced = learner(train, classes[train], test)
        scores[test, : forced.shape[1]] = forced
        scores[test, forced.shape[1] :] = -1e9
    return scores
