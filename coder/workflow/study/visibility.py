"""Which suggestions a coder may see, and when: the one place that decides it.

Modes: `blind` shows none; `commit_first` shows them once the coder has settled the utterance; `assisted` shows
them at once, except on a fixed random share of utterances (setting `blind_share`, a tenth unless changed) that
is coded first, like commit_first. What is shown is recorded as exposure, so agreement can tell blind units.
"""

from coder.store import Study
from coder.store.values import DECIDED, LOTS, Mode, UnitState

BLIND_SHARE = 0.10


def default_mode(study: Study, coder: str) -> Mode:
    """Return the mode a coder starts in: blind for whoever comes second, else assisted."""
    others = [figures for figures in study.figures().coders if figures.coder != coder and figures.decided]
    return "blind" if others else "assisted"


def blind_share(study: Study) -> float:
    """Return the share of utterances (0..1) whose suggestion stays hidden until coded, also when assisted."""
    return float(study.settings.get("blind_share", str(BLIND_SHARE)))


def is_hidden(mode: Mode, state: UnitState, lot: int, share: float, polar: bool) -> bool:
    """Return whether a coder must not see the machine's view of an utterance.

    Where it comes after the coder's own decision, that decision is whole only with its polarity (`polar`: the
    codebook has that axis): to show it between the two would make the polarity the machine's.
    """
    if mode == "blind":
        return True
    if state.state in DECIDED and not (polar and any(code.polarity is None for code in state.codes)):
        return False
    return mode == "commit_first" or lot < share * LOTS
