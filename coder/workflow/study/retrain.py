"""Retraining on what people confirmed: a new version replaces the one in use only if it is better.

It is tried on what is held out for as long as the study lives and learned from by no model (see `held_out`).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from coder.errors import StudyError
from coder.phrasing import counted
from coder.store import Study
from coder.store.model_versions import NewModel
from coder.store.values import ModelVersion, StudyUtterance
from coder.workflow.study.held_out import FEWEST_LESSONS, HeldOut, held_out, why_not_testable
from coder.workflow.study.model_comparison import Trial, compare
from coder.workflow.study.model_versions import active_version, open_version, packed
from coder.workflow.study.training_data import Lesson, joined, lessons, spoken, training_set

if TYPE_CHECKING:
    from coder.learning.model import Model

COMPARED = 5_000  # utterances of whole transcripts on which the suggestions of both models are compared
AGREED = 0.95  # kappa of successive models from which more coding is unlikely to change much
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Change:
    """How the suggestions differ between two models: codes gained and lost, utterances whose codes flipped.

    `kappa` is the agreement of both models over all utterance-code pairs (Cohen); with a kappa of K the F1 of
    either can move by at most about 4(1 - K)/K (Bloodgood and Grothendieck 2013).
    """

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    compared: int
    flipped: int
    appeared: int
    vanished: int
    kappa: float | None


@dataclass(slots=True)
class RetrainReport:
    """What came of retraining: the new version, its trial (None if there was nothing to try it on), the change."""

    model: str
    against: str
    accepted: bool
    forced: bool
    reason: str
    learned_from: int
    trial: Trial | None
    change: Change
    held_out: list[str]
    notes: list[str] = field(default_factory=list)
    enough: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def retrain(
    study: Study,
    *,
    force: str | None = None,
    hold_out: Sequence[str] = (),
    coder: str | None = None,
    progress: Progress | None = None,
) -> RetrainReport:
    """Train a new version on confirmed codings, try it, and use it if it is better (or `force` gives a reason).

    `hold_out` names further transcripts to keep for testing. Raises StudyError if there is too little to learn
    from, or nothing to try it on (and no `force`).
    """
    tell = progress or (lambda text: None)
    if hold_out:
        study.models.hold_out([study.texts.find(name) for name in hold_out])
    items = lessons(study)
    kept = held_out(study, items)
    parts = Split(
        joined([item for item in items if not kept.has(item)]),
        [item for item in items if kept.has(item)],
        kept,
    )
    _check_enough(study, parts, force)
    # Not before: what is kept for testing once is kept for ever.
    study.models.hold_out(sorted(kept.transcripts - study.models.held_out()))
    tell("Loading the model in use")
    old_version = active_version(study)
    old = open_version(study, old_version)
    tell(f"Learning from {len(parts.train)} coded utterances")
    new = _trained(study, parts.train, old, old_version)
    tell(f"Trying it on held-out {kept.kind}")
    trial = compare(study, old, new, parts.tests, kept) if parts.testable else None
    tell("Comparing suggestions")
    verdict = Judged(trial, _change(study, old, new), force)
    version = _stored(study, old_version, new, parts, verdict, coder)
    return RetrainReport(
        model=version.label,
        against=old_version.label,
        accepted=verdict.accepted,
        forced=verdict.forced,
        reason=verdict.reason,
        learned_from=parts.learned_from,
        trial=trial,
        change=verdict.change,
        held_out=kept.named(study),
        enough=_enough(study),
    )


@dataclass(frozen=True)
class Split:
    """The coded utterances to learn from, and those to test on, which are `kept` for it."""

    train: Sequence[Lesson]
    tests: Sequence[Lesson]
    kept: HeldOut

    @property
    def testable(self) -> bool:
        """Whether any held-out utterance was looked at for every code, and the model in use did not learn from it."""
        return not self.kept.learned and any(item.known for item in self.tests)

    @property
    def learned_from(self) -> int:
        """How many utterances there are to learn from."""
        return len({item.utterance.id for item in self.train})


@dataclass(frozen=True)
class Judged:
    """A new model's trial, what it changes in the suggestions, and the reason to use it even if it is not better."""

    trial: Trial | None
    change: Change
    force: str | None

    @property
    def better(self) -> bool:
        """Whether the trial says that the new model is better."""
        return self.trial is not None and self.trial.better

    @property
    def accepted(self) -> bool:
        """Whether the new model is used from now on."""
        return self.better or self.force is not None

    @property
    def forced(self) -> bool:
        """Whether it is used though it is not better."""
        return self.accepted and not self.better

    @property
    def reason(self) -> str:
        """Why it is used, or not."""
        if self.better and self.trial is not None:
            return f"better on {self.trial.tried_on}: F1 {_signed(self.trial.overall.difference)}"
        why = "nothing to try it on" if self.trial is None else _not_better(self.trial)
        return f"forced: {self.force} ({why})" if self.force is not None else why


def _check_enough(study: Study, parts: Split, force: str | None) -> None:
    if len(parts.train) < FEWEST_LESSONS or not any(1 in item.labels for item in parts.train):
        raise StudyError(
            f"There is too little to learn from: {counted(len(parts.train), 'utterance')} decided by people outside"
            f" the held-out {parts.kept.kind}, at least {FEWEST_LESSONS} with some codes are needed. Code more, or"
            " import codings."
        )
    if not parts.testable and force is None:
        raise StudyError(why_not_testable(study, parts.kept, parts.train))


def _trained(study: Study, train: Sequence[Lesson], old: "Model", version: ModelVersion) -> "Model":
    from coder.learning.persistence.model_files import load_model
    from coder.learning.training.train import train_model

    codebook = study.codebooks.current()
    # Each version starts from the shipped model again: its faults are not handed down.
    base = old if version.shipped else load_model(version.base, codebook=codebook)
    return train_model(training_set(study, train, codebook), codebook, base=base, name="study")


def _change(study: Study, old: "Model", new: "Model") -> Change:
    import numpy as np

    from coder.learning.dataset import Batch

    units: list[StudyUtterance] = []
    for item in sorted(study.texts.all(), key=lambda item: hashlib.sha256(item.uid.encode()).hexdigest()):
        utterances = spoken(study, item.id)
        if units and len(units) + len(utterances) > COMPARED:
            break
        units += utterances
    predictions = [model.predict(Batch.of_utterances(units)) for model in (old, new)]
    codes = study.codebooks.current().ids
    before, after = (one.selected[:, [one.codes.index(code) for code in codes]] for one in predictions)
    offered = [[bool(column.any()) for column in side.T] for side in (before, after)]
    observed = float((before == after).mean()) if before.size else 1.0
    p, q = (float(side.mean()) if side.size else 0.0 for side in (before, after))
    chance = p * q + (1 - p) * (1 - q)
    return Change(
        gained=tuple(code for code, b, a in zip(codes, *offered, strict=True) if a and not b),
        lost=tuple(code for code, b, a in zip(codes, *offered, strict=True) if b and not a),
        compared=len(units),
        flipped=int(np.any(before != after, axis=1).sum()),
        appeared=int((after.any(axis=1) & ~before.any(axis=1)).sum()),
        vanished=int((before.any(axis=1) & ~after.any(axis=1)).sum()),
        kappa=(observed - chance) / (1 - chance) if chance < 1 else None,
    )


def _stored(
    study: Study, old: ModelVersion, new: "Model", parts: Split, verdict: Judged, coder: str | None
) -> ModelVersion:
    """Keep the new model with its trial in the study, and put it in use if it is accepted."""
    learned = {item.utterance.transcript for item in parts.train}
    made = NewModel(
        base=old.base,
        card=_card(study, new, parts, verdict.trial),
        codebook=study.codebooks.current().hash,
        files=packed(new, old.base),
        trained_on=sorted(learned),
        tested_on=sorted({item.utterance.transcript for item in parts.tests} - learned),
    )
    content: dict[str, Any] = {
        "trial": verdict.trial.as_dict() if verdict.trial else None,
        "change": asdict(verdict.change),
        "reason": verdict.reason,
        "learned_from": parts.learned_from,
    }
    with study.db.write():
        version = study.models.add(made, coder=coder)
        study.models.record_comparison(version.id, old.id, verdict.accepted, content)
        if verdict.accepted:
            study.models.activate(version.id, verdict.reason, forced=verdict.forced, coder=coder)
    return version


def _card(study: Study, new: "Model", parts: Split, trial: Trial | None) -> dict[str, Any]:
    coders = Counter(coder for item in parts.train for coder in item.coders)
    return {
        "utterances": parts.learned_from,
        "coders": dict(sorted(coders.items())),
        "encoder": new.encoder.id,
        "held_out_f1": trial.overall.new if trial else None,
        "held_out": parts.kept.kind,
        "respondents_of": parts.kept.surveys(study),
    }


def _not_better(trial: Trial) -> str:
    worse = trial.worse_codes
    gain = f"F1 {_signed(trial.overall.difference)} on {trial.tried_on}"
    return f"not better: {gain}" + (f"; clearly worse at {', '.join(worse)}" if worse else "")


def _signed(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.3f}"


def _enough(study: Study) -> bool:
    """Tell whether this and the previous new model agreed so well that more coding will change little."""
    kappas = [entry["change"]["kappa"] for entry in study.models.comparisons()[:2]]
    return len(kappas) == 2 and all(kappa is not None and kappa >= AGREED for kappa in kappas)
