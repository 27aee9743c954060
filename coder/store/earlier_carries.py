"""What earlier programs carried over to a version that follows: acts under uids that nothing follows from.

They repeated what stood, in an act for each time. The same acts repeated one by one take their place, so that what is
undone on the version before is undone here, too. What people undid and redid of them stays as they left it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sqlite3 import Row

from coder.store.connection import SharedConnection

CARRIED = "carried over from the version before"  # the note of an act that repeats another on a new version
_ACT = "INSERT INTO act (uid, coder, owner, kind, target, mode, note, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_TAKEN_BACK = {"add": "withdraw", "nothing": "withdraw", "flag": "unflag"}


def carried_uid(act: str, version: str) -> str:
    """Return the uid of the act that repeats `act` on the version of this uid."""
    return hashlib.sha256(f"{act} {version}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class EarlierCarry:
    """An act by which an earlier program carried something over, and its decisions."""

    act: Row
    decisions: list[Row]

    @property
    def places(self) -> set[tuple[int, int]]:
        """Return (owner, utterance) of what it holds."""
        return {(self.act["owner"], row["utterance"]) for row in self.decisions}


def earlier_carries(db: SharedConnection, new: int, version: str) -> list[EarlierCarry]:
    """Return what an earlier program carried over to `new`, the transcript of the uid `version`."""
    acts = db.rows(
        "SELECT DISTINCT a.* FROM utterance u JOIN decision d ON d.utterance = u.id JOIN act a ON a.id = d.act"
        " WHERE u.transcript = ? AND a.note = ? ORDER BY a.time, a.uid",
        (new, CARRIED),
    )
    if not acts:
        return []
    derived = {carried_uid(row["uid"], version) for row in db.rows("SELECT uid FROM act")}
    return [
        EarlierCarry(act, db.rows("SELECT * FROM decision WHERE act = ? ORDER BY number", (act["id"],)))
        for act in acts
        if act["uid"] not in derived
    ]


def replace_carries(
    db: SharedConnection, carries: Iterable[EarlierCarry], pairs: Mapping[int, int], version: str
) -> set[tuple[int, int]]:
    """Let the acts repeated one by one take the place of earlier carries; return (owner, utterance) of what changed.

    One whose time is not that of an act on the same words of the version before stays: what it repeats is not known.
    """
    before, touched = {new: old for old, new in pairs.items()}, set[tuple[int, int]]()
    for carry in carries:
        known = all(_has_source(db, carry.act, before.get(place)) for _, place in carry.places)
        if known and _replace(db, carry, version):
            touched |= carry.places
    return touched


def _has_source(db: SharedConnection, carry: Row, utterance: int | None) -> bool:
    found = db.value(
        "SELECT 1 FROM decision d JOIN act made ON made.id = d.act JOIN act a ON a.id = made.id OR a.target = made.id"
        " WHERE d.utterance = ? AND made.owner = ? AND a.time = ?",
        (utterance, carry["owner"], carry["time"]),
    )
    return found is not None


def _replace(db: SharedConnection, carry: EarlierCarry, version: str) -> bool:
    """Undo a carry for good, and do what people reversed of it as acts of its own; return whether anything is new."""
    reversals = db.rows("SELECT * FROM act WHERE target = ? ORDER BY time, uid", (carry.act["id"],))
    if reversals and reversals[-1]["note"] == CARRIED:
        return False
    for reversal in reversals:
        uid = carried_uid(reversal["uid"], version)
        if reversal["note"] != CARRIED and db.value("SELECT 1 FROM act WHERE uid = ?", (uid,)) is None:
            _do_again(db, reversal, uid, carry.decisions)
    newest = reversals[-1] if reversals else carry.act
    uid = carried_uid(newest["uid"], f"in place of it on {version}")
    while uid <= newest["uid"]:  # of acts of one time, the last by uid counts
        uid = carried_uid(uid, version)
    by = (carry.act["coder"], carry.act["owner"], "undo", carry.act["id"])
    db.run(_ACT, (uid, *by, "imported", CARRIED, newest["time"]))
    db.run("INSERT OR IGNORE INTO undone VALUES (?)", (carry.act["id"],))
    return True


def _do_again(db: SharedConnection, reversal: Row, uid: str, decisions: Iterable[Row]) -> None:
    """Take back what a carry held, at the time it was undone; or hold it again, at the time it was redone."""
    by = (reversal["coder"], reversal["owner"], "carry", None)
    act = db.run(_ACT, (uid, *by, "imported", CARRIED, reversal["time"]))
    undone = reversal["kind"] == "undo"
    for row in decisions:
        verdict = _TAKEN_BACK.get(row["verdict"]) if undone else row["verdict"]
        if verdict is None:  # that a code was rejected here holds no coding
            continue
        passage = (None,) * 4 if undone else (row["instead_of"], row["polarity"], row["start"], row["end"])
        db.run(
            "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)",
            (act, row["number"], row["utterance"], verdict, row["code"], *passage,
             row["seen"], row["codebook"], row["memo"], row["cites"]),
        )  # fmt: skip
