"""How far one coder has come in one transcript: one look-up in an index, for a figure that is shown at every key."""

from coder.store.connection import Handle
from coder.store.values import SETTLED_SQL


def settled_in(handle: Handle, coder: str, transcript: int) -> int:
    """Return how many codable utterances of a transcript a coder has settled (coded, nothing, rejected)."""
    return int(
        handle.value(
            "SELECT count(*) FROM unit JOIN utterance u ON u.id = unit.utterance WHERE unit.voice = ?"
            f" AND unit.transcript = ? AND unit.state IN {SETTLED_SQL} AND u.codable = 1",
            (handle.coder_id(coder), transcript),
        )
    )
