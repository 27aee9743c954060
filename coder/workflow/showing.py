"""Which suggestions a coder may see, and when: the one place that decides it.

Modes: `blind` shows none; `commit_first` shows them once the coder has settled the utterance; `assisted` shows
them at once, except on a fixed random share of utterances (setting `blind_share`, a tenth unless changed) that
is coded first, like commit_first. What is shown is recorded as exposure, so agreement can tell blind units.
"""

from collections.abc import Sequence

from coder.store import Study
from coder.store.values import LOTS, Mode, StoredSuggestion

BLIND_SHARE = 0.10
SETTLED = frozenset({"coded", "nothing", "rejected"})


def default_mode(study: Study, coder: str) -> Mode:
    """Return the mode a coder starts in: blind for whoever comes second, else assisted."""
    others = [figures for figures in study.figures().coders if figures.coder != coder and figures.decided]
    return "blind" if others else "assisted"


def blind_share(study: Study) -> float:
    """Return the share of utterances (0..1) whose suggestion stays hidden until coded, also when assisted."""
    return float(study.settings.get("blind_share", str(BLIND_SHARE)))


def in_blind_share(study: Study, utterances: Sequence[int]) -> set[int]:
    """Return those of the utterances that belong to the blind share."""
    limit = blind_share(study) * LOTS
    return {key for key, item in study.texts.by_id(utterances).items() if item.lot < limit}


def shown_suggestions(
    study: Study, coder: str, mode: Mode, utterances: Sequence[int]
) -> dict[int, list[StoredSuggestion]]:
    """Return the suggestions that this coder may see now, and record that they have been seen.

    Every utterance asked for is a key; an empty list means: nothing to show (hidden, or nothing suggested).
    The list holds runners-up too (`selected` false).
    """
    if mode == "blind":
        return {key: [] for key in utterances}
    hidden = set(utterances) if mode == "commit_first" else in_blind_share(study, utterances)
    states = study.acts.states(coder, list(hidden))
    hidden = {key for key in hidden if states[key].state not in SETTLED}
    visible = [key for key in utterances if key not in hidden]
    found = study.machine.suggestions(visible)
    seen = [key for key in visible if found[key]]
    if seen:
        study.acts.record_exposure(coder, seen)
    return {key: found.get(key, []) for key in utterances}
