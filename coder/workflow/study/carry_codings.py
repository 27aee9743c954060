"""What coders did on an earlier version of a transcript, repeated on what a later one has unchanged."""

from collections.abc import Sequence, Set

from coder.store import Study
from coder.store.carried_acts import carry_acts
from coder.store.values import ADJUDICATED, DECIDED


def carry_codings(study: Study, old: int, new: int, copies: Sequence[Set[str]] = ()) -> dict[str, set[int]]:
    """Repeat what coders did on utterances that a new version has unchanged; return the earlier ones by coder.

    Returned are those that stand decided. What was done counts on the new version as if it had been done there, at
    its own time; what had been seen stays seen. `copies`: see `carry_acts`.
    """
    with study.db.write():
        touched = carry_acts(study.db, old, new, copies)
    carried: dict[str, set[int]] = {}
    for coder in [*study.people.coders(), ADJUDICATED] if touched else []:
        owner = study.db.coder_id(coder)
        states = study.acts.states(coder, [utterance for by, utterance in touched if by == owner])
        decided = {key for key, state in states.items() if state.state in DECIDED}
        if decided:
            carried[coder] = decided
    return carried
