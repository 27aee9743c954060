"""The plan of double coding: which transcripts two coders code, blind first, and how far each of them is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.errors import InputError
from coder.phrasing import counted, listed
from coder.store import Study
from coder.store.queries import deciders_in
from coder.store.transcript_list import ids_in_use

SETTING = "double_coding"  # JSON: coders' names by transcript uid
CODERS = 2


@dataclass(frozen=True, slots=True)
class PlannedTranscript:
    """A double-coded transcript: what each coder has decided, what both have, and what is open between them."""

    transcript: int
    name: str
    coders: tuple[str, ...]
    utterances: int
    decided: Mapping[str, int]
    both: int
    disagreements: int

    @property
    def finished(self) -> bool:
        """Whether both coders have decided on every utterance."""
        return self.both == self.utterances


def double_coding(study: Study) -> dict[int, tuple[str, ...]]:
    """Return the coders of each double-coded transcript, by transcript id; empty without a plan."""
    stored = json.loads(study.settings.get(SETTING, "{}"))
    in_use = ids_in_use(study.db) if stored else {}
    return {key: tuple(stored[uid]) for uid, key in in_use.items() if stored.get(uid)}


def set_double_coding(study: Study, transcripts: Sequence[int], coders: Sequence[str], *, coder: str) -> None:
    """Let two coders code these transcripts independently; an empty list of transcripts ends the plan.

    Coders are added to the study if new. Raises InputError unless there are two different names, StudyError for
    a name that cannot be a coder's. Transcripts that are left out are coded once, as before.
    """
    infos = {info.id: info for info in study.texts.all()}
    unknown = [key for key in transcripts if key not in infos]
    if unknown:
        raise InputError("A transcript of the plan is not in the study any more; reload the page.")
    names: list[str] = []
    if transcripts:
        names = [study.people.add_coder(name) for name in coders if name.strip()]
        if len(set(names)) != CODERS:
            raise InputError("Double coding needs two different coders; write both names.")
    plan = {infos[key].uid: names for key in transcripts}
    study.settings.set(SETTING, json.dumps(plan, sort_keys=True), coder=coder)


def plan_in_words(stored: str) -> str:
    """Return a plan as it is stored in a few words: how many transcripts, and who codes them."""
    plan: dict[str, list[str]] = json.loads(stored)
    if not plan:
        return "no double coding"
    return f"double coding of {counted(len(plan), 'transcript')} by {listed(next(iter(plan.values())))}"


def double_coding_progress(study: Study) -> list[PlannedTranscript]:
    """Return how far the plan is, in order of transcript."""
    plan = double_coding(study)
    if not plan:
        return []
    open_between, names = set(study.disagreements()), study.texts.names()
    deciders = deciders_in(study.db, plan)
    found = []
    for key, coders in plan.items():
        decided = {name: sum(name in who for who in deciders[key].values()) for name in coders}
        both = {unit for unit, who in deciders[key].items() if set(coders) <= who}
        disputed = len(open_between & both)
        total = len(deciders[key])
        found.append(PlannedTranscript(key, names[key], coders, total, decided, len(both), disputed))
    return found
