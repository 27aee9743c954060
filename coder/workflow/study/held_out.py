"""What a study keeps for testing its models: whole transcripts, or in a study of one survey whole respondents."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from coder.phrasing import counted, listed
from coder.store import Study
from coder.workflow.study.training_data import Lesson

HELD_OUT_SHARE = 0.25
FEWEST_RESPONDENTS = 8  # of a survey; with fewer, a quarter of them is one person's answers

Respondent = tuple[int, str]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The transcripts that no model of the study learns from, or the respondents: (transcript, label) of each."""

    transcripts: frozenset[int] = frozenset()
    respondents: frozenset[Respondent] = frozenset()

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


def held_out(study: Study, items: Sequence[Lesson]) -> HeldOut:
    """Return what is kept for testing; transcripts are chosen once, from those coded most, at random but repeatably.

    Where only surveys are coded and no transcript can be kept whole, a quarter of each survey's respondents is: by a
    hash of their labels, so that it is the same quarter each time and in every copy, however many are coded by then.
    """
    chosen = study.models.held_out() or _chosen_transcripts(study, items)
    if chosen:
        return HeldOut(transcripts=frozenset(chosen))
    coded = {item.utterance.transcript for item in items}
    if not coded or not all(study.texts.is_written(key) for key in coded):
        return HeldOut()
    uids = {item.id: item.uid for item in study.texts.all()}
    return HeldOut(
        respondents=frozenset(who for key in coded for who in _chosen_respondents(study, key, uids[key]))
    )


def _chosen_transcripts(study: Study, items: Sequence[Lesson]) -> set[int]:
    sizes = Counter(item.utterance.transcript for item in items if item.known)
    if len(sizes) < 2:
        return set()
    learned = study.models.learned_from()
    middle = sorted(sizes.values())[len(sizes) // 2]
    uids = {item.id: item.uid for item in study.texts.all()}
    fit = [key for key, size in sizes.items() if 2 * size >= middle and key not in learned]
    fit.sort(key=lambda key: _lot(uids[key]))
    count = max(1, round(HELD_OUT_SHARE * len(sizes)))
    study.models.hold_out(fit[:count])
    return set(fit[:count])


def _chosen_respondents(study: Study, transcript: int, uid: str) -> list[Respondent]:
    units = study.texts.utterances(transcript, codable_only=True)
    who = sorted({unit.speaker or "" for unit in units}, key=lambda label: _lot(f"{uid} {label}"))
    if len(who) < FEWEST_RESPONDENTS:
        return []
    return [(transcript, label) for label in who[: round(HELD_OUT_SHARE * len(who))]]


def _lot(name: str) -> str:
    return hashlib.sha256(f"held out {name}".encode()).hexdigest()


def why_not_testable(study: Study, kept: HeldOut, items: Sequence[Lesson]) -> str:
    """Say why there is nothing to try a new model on, and what to do."""
    if kept.respondents:
        return (
            f"Nothing can tell yet whether a new model is better: {listed(kept.named(study))} are kept for testing,"
            " and none of them is coded. Code more of the survey, or give a reason with --force."
        )
    if items and all(item.utterance.written for item in items):
        return (
            "Nothing can tell whether a new model is better: what is coded is one table of answers of fewer than"
            f" {FEWEST_RESPONDENTS} respondents, too few to keep some for testing. Code a second transcript, or give"
            " a reason with --force."
        )
    return (
        "Nothing can tell whether a new model is better: no coded transcript is held out. Code a second"
        " transcript (it is kept for testing), name one with --hold-out, or give a reason with --force."
    )
