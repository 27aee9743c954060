"""What a study keeps for testing its models: whole transcripts, or in a study of one survey whole respondents."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from coder.phrasing import counted, listed
from coder.store import Study
from coder.workflow.study.training_data import Lesson

HELD_OUT_SHARE = 0.25
FEWEST_LESSONS = 10  # coded utterances to learn from
FEWEST_RESPONDENTS = 8  # of a survey; with fewer, a quarter of them is one person's answers
FEWEST_KEPT = 2  # respondents of a survey, where hardly a label falls into the share that is kept

Respondent = tuple[int, str]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The transcripts that no model of the study learns from, or the respondents: (transcript, label) of each.

    `learned` names surveys whose respondents the model in use has learned from: they cannot try a new one.
    `too_large` names transcripts that could be kept, were there not less left to learn from than to test on; nothing
    is kept then.
    """

    transcripts: frozenset[int] = frozenset()
    respondents: frozenset[Respondent] = frozenset()
    learned: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What is held out, in a word."""
        return "respondents" if self.respondents else "transcripts"

    def has(self, lesson: Lesson) -> bool:
        """Tell whether an utterance is kept for testing."""
        unit = lesson.utterance
        return (
            unit.transcript in self.transcripts or (unit.transcript, unit.speaker or "") in self.respondents
        )

    def named(self, study: Study) -> list[str]:
        """Return what is held out in words: transcripts by their names, respondents by their number."""
        names = {item.id: item.name for item in study.texts.all()}
        survey = Counter(key for key, _ in self.respondents)
        answers = [f"{counted(n, 'respondent')} of {names[key]}" for key, n in survey.items() if key in names]
        return sorted(names[key] for key in self.transcripts if key in names) + answers

    def surveys(self, study: Study) -> list[str]:
        """Return the uids, good in every copy, of the surveys some of whose respondents are held out."""
        held = {key for key, _ in self.respondents}
        return sorted(item.uid for item in study.texts.all() if item.id in held)


def held_out(study: Study, items: Sequence[Lesson]) -> HeldOut:
    """Return what is kept for testing: what the study keeps already, else a choice at random but repeatably.

    Transcripts are chosen from those coded most, so that enough is left to learn from, and no less than is tested.
    Where none can be kept, a quarter of each coded survey's respondents is. A respondent's label alone decides: the
    same people are kept each time, in every copy, version and survey, and a new respondent brings nobody in who was
    learned from.
    """
    in_use = {item.id for item in study.texts.all()}
    fit = [] if study.models.held_out() & in_use else _fit(study, items)
    chosen = study.models.held_out() & in_use or _enough_left(items, fit)
    if chosen:
        return HeldOut(transcripts=frozenset(chosen))
    coded = {item.utterance.transcript for item in items}
    surveys = [key for key in coded if study.texts.is_written(key)]
    respondents = frozenset(who for key in surveys for who in _chosen_respondents(study, key))
    if not respondents:
        # Too little is left to learn from: retraining says so, and nothing is kept yet.
        if _enough_left(items, fit, even_if_fewer=True):
            return HeldOut(too_large=tuple(study.texts.name(key) for key in fit))
        return HeldOut(transcripts=frozenset(fit[:1]))
    return HeldOut(respondents=respondents, learned=_learned(study, {key for key, _ in respondents}))


def _fit(study: Study, items: Sequence[Lesson]) -> list[int]:
    """Return the transcripts that are coded enough and learned from by no model, in the order of their lots."""
    sizes = Counter(item.utterance.transcript for item in items if item.known)
    if len(sizes) < 2:
        return []
    learned = study.models.learned_from()
    middle = sorted(sizes.values())[len(sizes) // 2]
    uids = {item.id: item.uid for item in study.texts.all()}
    fit = [
        key
        for key, size in sizes.items()
        if 2 * size >= middle and learned.isdisjoint({key, *study.texts.earlier(key)})
    ]
    return sorted(fit, key=lambda key: _lot(uids[key]))


def _enough_left(items: Sequence[Lesson], fit: Sequence[int], *, even_if_fewer: bool = False) -> set[int]:
    """Return the first of the transcripts, a quarter of all coded, without which enough is left to learn from.

    No fewer coded utterances are left than are tested, unless `even_if_fewer`.
    """
    units = Counter(transcript for transcript, _ in {(i.utterance.transcript, i.utterance.id) for i in items})
    most = max(1, round(HELD_OUT_SHARE * len({item.utterance.transcript for item in items if item.known})))
    left, chosen = units.total(), set[int]()
    for key in fit:
        tested = units.total() - left + units[key]
        enough = left - units[key] >= (FEWEST_LESSONS if even_if_fewer else max(FEWEST_LESSONS, tested))
        if enough and len(chosen) < most:
            chosen.add(key)
            left -= units[key]
    return chosen


def _chosen_respondents(study: Study, transcript: int) -> list[Respondent]:
    # Answers without a label may be anybody's, also of somebody who is held out: they are learned from.
    labels = {unit.speaker for unit in study.texts.utterances(transcript, codable_only=True) if unit.speaker}
    if len(labels) < FEWEST_RESPONDENTS:
        return []
    lots = sorted((_lot(label.strip().casefold()), label) for label in labels)
    below = sum(int(lot[:8], 16) < HELD_OUT_SHARE * 2**32 for lot, _ in lots)
    return [(transcript, label) for _, label in lots[: max(FEWEST_KEPT, below)]]


def _learned(study: Study, surveys: Set[int]) -> tuple[str, ...]:
    """Return the names of surveys whose respondents the model in use did not hold out when it learned from them."""
    active = study.models.active()
    if active is None:
        return ()
    learned = study.models.learned_from(active.id)
    uids = {item.id: item.uid for item in study.texts.all(superseded=True)}
    card: Mapping[str, Any] = active.card
    kept = frozenset(card.get("respondents_of", ()))
    whole = {key for key in learned if uids.get(key) not in kept}
    return tuple(sorted(study.texts.name(key) for key in surveys if whole & {key, *study.texts.earlier(key)}))


def _lot(name: str) -> str:
    return hashlib.sha256(f"held out {name}".encode()).hexdigest()


def why_not_testable(study: Study, kept: HeldOut, items: Sequence[Lesson]) -> str:
    """Say why there is nothing to try a new model on, and what to do."""
    if kept.too_large:
        return (
            f"It is too early to test a new model: without {listed(kept.too_large)}, which could be kept for testing,"
            " less would be left to learn from than to test on. Code more of another transcript, name one to keep"
            " with --hold-out, or give a reason with --force: then all that is coded is learned from, and transcripts"
            " coded later are kept."
        )
    if kept.learned:
        return (
            "Nothing can tell whether a new model is better: the model in use has learned from all respondents of"
            f" {listed(kept.learned)}. Give a reason with --force: {counted(len(kept.respondents), 'respondent')}"
            " will be held out, and the next model is tried on them."
        )
    if kept.respondents:
        return (
            f"Nothing can tell yet whether a new model is better: {listed(kept.named(study))} are kept for testing,"
            " and none of them is coded. Code more of the survey, or give a reason with --force."
        )
    if items and all(item.utterance.written for item in items):
        return _no_respondents(items)
    if kept.transcripts:
        return (
            f"Nothing can tell yet whether a new model is better: {listed(kept.named(study))}, kept for testing, has"
            " no utterance that was decided with all codes of the present codebook in view. Code more of it, name"
            " another transcript with --hold-out, or give a reason with --force."
        )
    removed = [name for key, name, _ in study.transcript_changes.removed() if key in study.models.held_out()]
    away = (
        f" ({listed(removed)}, kept for testing, was removed: bring it back on the Study page)"
        if removed
        else ""
    )
    return (
        f"Nothing can tell whether a new model is better: no coded transcript is held out{away}. Code a"
        " transcript that no model has learned from yet (it is kept for testing), name one with --hold-out, or give a"
        " reason with --force."
    )


def _no_respondents(items: Sequence[Lesson]) -> str:
    """Say why no respondents of a survey can be kept for testing, and what to do."""
    if not any(item.utterance.speaker for item in items):
        return (
            "Nothing can tell whether a new model is better: the answers name no respondents, of whom some could"
            " be kept for testing. Import the table again with a column 'respondent', code a second transcript,"
            " or give a reason with --force."
        )
    return (
        "Nothing can tell whether a new model is better: what is coded is one table of answers of fewer than"
        f" {FEWEST_RESPONDENTS} respondents, too few to keep some for testing. Code a second transcript, or give"
        " a reason with --force."
    )
