"""Has something changed? Transcripts unlike the training material, and codes whose suggestions please less and less.

Any interview can be told from the others by its topics, so a new one counts as unlike only if it is easier to
tell apart than each of the training transcripts is.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

from coder.domain import SuggestionFate
from coder.store import Study
from coder.store.figures import last_answers
from coder.store.values import StudyUtterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coder.learning.model import Model

FEWEST_TRANSCRIPTS = 3
SAMPLE = 1_500  # utterances of the training material that a transcript is told apart from
RECENT = 30  # answers
MARGIN = 0.02  # of AUC, at least
FOLDS = 5
STRENGTH = 10.0  # of the ridge
MOST_WORDS = 8
DRIFT = "drift:"  # how the settings that keep what was measured begin
COMMON = 100  # most frequent words of the training material, left out of the telling ones
WORD = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Unlikeness:
    """How well a transcript can be told from the training material: an AUC, 0.5 not at all, 1 always.

    `usual` is the greatest AUC of a training transcript against the others, with a margin: the greatest of a few
    is easily exceeded by chance. `words` are its most telling ones.
    """

    auc: float
    usual: float
    words: tuple[str, ...]

    @property
    def unlike(self) -> bool:
        """Whether it stands out from the training material more than any training transcript does."""
        return self.auc > self.usual


def note_drift(study: Study, model: "Model", transcripts: Sequence[int]) -> dict[int, Unlikeness]:
    """Measure transcripts against those the model in use learned from, and keep the result in the study.

    Returns nothing if the model learned from fewer than FEWEST_TRANSCRIPTS of the study.
    """
    import numpy as np

    active = study.models.active()
    learned = study.models.learned_from(active.id) if active else set()
    new = [key for key in transcripts if key not in learned]
    if len(learned) < FEWEST_TRANSCRIPTS or not new:
        return {}
    units = {key: study.texts.utterances(key, codable_only=True) for key in {*learned, *new}}
    vectors = {
        key: model.encoder.encode([item.text for item in spoken]) for key, spoken in units.items() if spoken
    }
    rng = np.random.default_rng(0)

    def against_others(key: int, others: set[int]) -> float:
        rest = np.vstack([vectors[other] for other in sorted(others) if other != key and other in vectors])
        return told_apart(vectors[key], rest[rng.permutation(len(rest))[:SAMPLE]])

    among = [against_others(key, learned) for key in sorted(learned) if key in vectors]
    usual = max(among) + max(MARGIN, max(among) - float(np.median(among)))
    background = _counts([item for key in learned for item in units[key]])
    measured = {
        key: Unlikeness(against_others(key, learned), usual, telling_words(_counts(units[key]), background))
        for key in new
        if key in vectors
    }
    uids = {item.id: item.uid for item in study.texts.all()}
    for key, unlikeness in measured.items():
        study.settings.set(f"{DRIFT}{uids[key]}", json.dumps(asdict(unlikeness), ensure_ascii=False))
    return measured


def all_drift(study: Study) -> dict[str, Unlikeness]:
    """Return what was measured last for each transcript, by uid."""
    stored = study.settings.starting_with(DRIFT)
    return {name.removeprefix(DRIFT): Unlikeness(**json.loads(value)) for name, value in stored.items()}


def told_apart(first: "NDArray[np.float32]", second: "NDArray[np.float32]") -> float:
    """Return the AUC (0..1) with which a ridge classifier tells two sets of vectors apart on rows it did not see."""
    import numpy as np

    rows = np.vstack([first, second]).astype(np.float64)
    truth = np.r_[np.ones(len(first)), np.zeros(len(second))]
    fold = np.r_[np.arange(len(first)) % FOLDS, np.arange(len(second)) % FOLDS]
    scores = np.zeros(len(rows))
    for fold_out in range(FOLDS):
        inside = fold != fold_out
        if not inside.any() or len(set(truth[inside].tolist())) < 2:
            continue
        middle = rows[inside].mean(axis=0)
        centred = rows[inside] - middle
        # Both sides weigh the same whatever their sizes.
        weights = np.where(truth[inside] == 1, 0.5 / truth[inside].sum(), 0.5 / (1 - truth[inside]).sum())
        weights *= len(centred)
        gram = centred.T @ (centred * weights[:, None]) + STRENGTH * np.eye(rows.shape[1])
        target = centred.T @ (weights * (2 * truth[inside] - 1))
        scores[~inside] = (rows[~inside] - middle) @ np.linalg.solve(gram, target)
    return auc(scores[truth == 1], scores[truth == 0])


def auc(positive: "NDArray[np.float64]", negative: "NDArray[np.float64]") -> float:
    """Return the chance that a positive scores above a negative, ties half (Mann and Whitney 1947)."""
    import numpy as np

    if not len(positive) or not len(negative):
        return 0.5
    order = np.sort(negative)
    below = np.searchsorted(order, positive, "left")
    upto = np.searchsorted(order, positive, "right")
    return float((below + upto).sum() / (2 * len(positive) * len(negative)))


def _counts(units: Sequence[StudyUtterance]) -> Counter[str]:
    return Counter(word.lower() for item in units for word in WORD.findall(item.text))


def telling_words(new: Mapping[str, int], old: Mapping[str, int]) -> tuple[str, ...]:
    """Return the words much more frequent in `new`, by log odds with the joint counts as prior.

    Monroe, Colaresi and Quinn 2008, doi 10.1093/pan/mpn018; only words with z > 2 and at least three uses.
    """
    joint = Counter(new) + Counter(old)
    total = sum(joint.values())
    prior_size = min(1000.0, total)
    sizes = sum(new.values()) + prior_size, sum(old.values()) + prior_size
    scores: dict[str, float] = {}
    for word, count in new.items():
        prior = prior_size * joint[word] / max(total, 1)
        a, b = count + prior, old.get(word, 0) + prior
        difference = (
            log(a / (sizes[0] - a)) - log(b / (sizes[1] - b)) if sizes[0] > a and sizes[1] > b else 0.0
        )
        scores[word] = difference / sqrt(1 / a + 1 / b)
    common = {word for word, _ in Counter(old).most_common(COMMON)}  # the language's own, whatever the topic
    telling = (word for word in scores if new[word] >= 3 and scores[word] > 2 and word not in common)
    best = sorted(telling, key=lambda word: (-scores[word], word))
    return tuple(best[:MOST_WORDS])


@dataclass(frozen=True, slots=True)
class Falling:
    """A code whose suggestions were accepted clearly less often lately: shares before and in the last RECENT."""

    code: str
    before: float
    lately: float


def falling_codes(study: Study, codes: Sequence[SuggestionFate]) -> list[Falling]:
    """Return codes whose acceptance fell: the whole 95 % interval of the difference lies below zero.

    Compares the last RECENT answers with all before. Newcombe's interval from two Wilson intervals (1998, method 10).
    """
    from coder.workflow.study.review_queue import rate

    falling = []
    for item in codes:
        if item.answered < 2 * RECENT:
            continue
        recent = [verdict == "accept" for verdict in last_answers(study.db, item.code, RECENT)]
        lately = rate(recent)
        earlier = item.accepted - sum(recent)
        before = rate([True] * earlier + [False] * (item.answered - len(recent) - earlier))
        if before.value is None or before.low is None or lately.value is None or lately.high is None:
            continue
        reach = sqrt((lately.high - lately.value) ** 2 + (before.value - before.low) ** 2)
        if lately.value - before.value + reach < 0:
            falling.append(Falling(item.code, before.value, lately.value))
    return falling
