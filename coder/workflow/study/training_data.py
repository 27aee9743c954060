"""What a study's model may learn from: utterances that people settled; never suggestions, never unread text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.store import Study
from coder.store.confirmed_codings import Confirmed
from coder.store.values import ADJUDICATED, StudyUtterance

if TYPE_CHECKING:
    from coder.learning import TrainingSet

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Lesson:
    """An utterance with labels in the codebook's order: 1 coded so, 0 looked at and not, -1 not known.

    `weight` is the share of its coders who said this; `coders` are they.
    """

    utterance: StudyUtterance
    labels: tuple[int, ...]
    polarity: str | None
    coders: tuple[str, ...]
    weight: float = 1.0

    @property
    def known(self) -> bool:
        """Whether every code was looked at."""
        return UNKNOWN not in self.labels


def lessons(study: Study) -> list[Lesson]:
    """Return one lesson per utterance and coder; where somebody adjudicated, that alone counts."""
    codebook = study.codebooks.current()
    versions = {item.id: study.codebooks.get(item.id) for item in study.codebooks.versions()}
    texts: dict[int, dict[int, StudyUtterance]] = {}
    found = []
    for item in _deciding(study.confirmed()):
        if item.transcript not in texts:
            texts[item.transcript] = {unit.id: unit for unit in study.texts.utterances(item.transcript)}
        labels = _labels(item, codebook, versions)
        known = [polarity for code, polarity in item.codes if code in codebook.by_id and polarity]
        found.append(Lesson(texts[item.transcript][item.utterance], labels, _one(known), (item.coder,)))
    return found


def _deciding(items: Sequence[Confirmed]) -> list[Confirmed]:
    settled = {item.utterance for item in items if item.coder == ADJUDICATED}
    return [item for item in items if item.coder == ADJUDICATED or item.utterance not in settled]


def _labels(item: Confirmed, codebook: Codebook, versions: Mapping[int, Codebook]) -> tuple[int, ...]:
    looked = {code for version in item.codebooks for code in versions[version].ids}
    held = {code for code, _ in item.codes}

    def label(code: str) -> int:
        if code in held:
            return 1
        if code in item.rejected:
            return 0
        # Refusing one code says nothing of the others; nobody looked for a code that was not there yet.
        return UNKNOWN if item.state == "rejected" or code not in looked else 0

    return tuple(label(code) for code in codebook.ids)


def _one(polarities: Iterable[str]) -> str | None:
    different = set(polarities)
    return "mixed" if len(different) > 1 else next(iter(different), None)


def joined(items: Sequence[Lesson]) -> list[Lesson]:
    """Join coders who said the same of an utterance; each lesson weighs by the share of coders behind it."""
    alike: dict[tuple[object, ...], list[Lesson]] = defaultdict(list)
    coders: dict[int, int] = defaultdict(int)
    for item in items:
        alike[item.utterance.id, item.labels, item.polarity].append(item)
        coders[item.utterance.id] += 1
    return [
        Lesson(
            same[0].utterance,
            same[0].labels,
            same[0].polarity,
            tuple(coder for item in same for coder in item.coders),
            len(same) / coders[same[0].utterance.id],
        )
        for same in alike.values()
    ]


def training_set(items: Sequence[Lesson], codebook: Codebook) -> "TrainingSet":
    """Return lessons as a training set, grouped by transcript."""
    import numpy as np

    from coder.learning import TrainingSet

    labels = np.array([item.labels for item in items], dtype=np.int8).reshape(len(items), len(codebook.ids))
    return TrainingSet(
        texts=[item.utterance.text for item in items],
        labels=labels,
        polarity=[item.polarity for item in items],
        questions=[item.utterance.question for item in items],
        groups=[str(item.utterance.transcript) for item in items],
        weights=[item.weight for item in items],
        coders=["; ".join(item.coders) for item in items],
    )
