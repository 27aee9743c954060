"""What a study's model may learn from: utterances that people decided; never suggestions, never unread text."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.domain import one_polarity
from coder.segmentation import questions_before
from coder.store import Study
from coder.store.confirmed_codings import Confirmed
from coder.store.values import ADJUDICATED, StudyUtterance

if TYPE_CHECKING:
    from coder.learning.dataset import TrainingSet

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


def spoken(study: Study, transcript: int) -> list[StudyUtterance]:
    """Return a transcript's codable utterances with the questions that pre-coding gives them."""
    return _with_questions(study, transcript, codable_only=True)


def _with_questions(study: Study, transcript: int, *, codable_only: bool) -> list[StudyUtterance]:
    turns = study.texts.turns(transcript)
    asked = questions_before((turn.role, turn.speaker, turn.text) for turn in turns)
    before = {turn.number: turn.question or question for turn, question in zip(turns, asked, strict=True)}
    units = study.texts.utterances(transcript, codable_only=codable_only)
    return [replace(unit, question=before[unit.turn]) for unit in units]


def lessons(study: Study) -> list[Lesson]:
    """Return one lesson per utterance and coder; where somebody adjudicated, that alone counts."""
    codebook = study.codebooks.current()
    versions = {item.id: study.codebooks.get(item.id) for item in study.codebooks.versions()}
    texts: dict[int, dict[int, StudyUtterance]] = {}
    found = []
    for item in _deciding(study.confirmed()):
        if item.transcript not in texts:
            units = _with_questions(study, item.transcript, codable_only=False)
            texts[item.transcript] = {unit.id: unit for unit in units}
        labels = _labels(item, codebook, versions)
        known = [polarity for code, polarity in item.codes if code in codebook.by_id and polarity]
        found.append(
            Lesson(texts[item.transcript][item.utterance], labels, one_polarity(known), (item.coder,))
        )
    return found


def _deciding(items: Sequence[Confirmed]) -> list[Confirmed]:
    adjudicated = {item.utterance for item in items if item.coder == ADJUDICATED}
    return [item for item in items if item.coder == ADJUDICATED or item.utterance not in adjudicated]


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


def training_set(study: Study, items: Sequence[Lesson], codebook: Codebook) -> "TrainingSet":
    """Return lessons as a training set, grouped by transcript, each transcript whole and in its order.

    What nobody decided is there too, as rows that nobody looked at: a model's answer depends on the whole transcript.
    """
    import numpy as np

    from coder.learning.dataset import TrainingSet, home_of

    by_unit: dict[int, list[Lesson]] = defaultdict(list)
    for item in items:
        by_unit[item.utterance.id].append(item)
    rows: list[Lesson] = []
    for transcript in dict.fromkeys(item.utterance.transcript for item in items):
        for unit in spoken(study, transcript):
            around = [Lesson(unit, (UNKNOWN,) * len(codebook.ids), None, ())]
            rows += [replace(item, utterance=unit) for item in by_unit.get(unit.id, around)]
    labels = np.array([item.labels for item in rows], dtype=np.int8).reshape(len(rows), len(codebook.ids))
    return TrainingSet(
        texts=[item.utterance.text for item in rows],
        labels=labels,
        polarity=[item.polarity for item in rows],
        questions=[item.utterance.question for item in rows],
        groups=[str(item.utterance.transcript) for item in rows],
        studies=[str(item.utterance.transcript) for item in rows],
        weights=[item.weight for item in rows],
        coders=["; ".join(item.coders) or None for item in rows],
        transcripts=[home_of(item.utterance) for item in rows],
        turns=[(item.utterance.transcript, item.utterance.turn) for item in rows],
        spoken=[not item.utterance.written for item in rows],
    )
