"""From decisions to what stands: a pure replay, and the derived tables kept in line with it.

An utterance of one owner is replayed whole whenever an act touches it, so undo, redo and joining copies need
no logic of their own: the outcome depends on the set of acts only, in order of (time, uid).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from sqlite3 import Row

from coder.store.connection import SharedConnection, chunks, marks
from coder.store.values import DECIDED_SQL


@dataclass(slots=True)
class ReplayedState:
    """Where one owner stands with one utterance after some decisions."""

    codes: dict[str, Row] = field(default_factory=dict)
    rejected: dict[str, Row] = field(default_factory=dict)
    answers: dict[int, Row] = field(default_factory=dict)
    nothing: bool = False
    skipped: bool = False
    flagged: bool = False
    seen: bool = False

    @property
    def state(self) -> str:
        """The state of the utterance in one word."""
        if self.codes:
            return "coded"
        if self.nothing:
            return "nothing"
        if self.skipped:
            return "skipped"
        return "rejected" if self.rejected else "open"

    @property
    def held(self) -> str:
        """The standing codes with polarity as one text, the same for the same view."""
        return ";".join(sorted(f"{code}:{row['polarity'] or ''}" for code, row in self.codes.items()))


def replay(decisions: Iterable[Row]) -> ReplayedState:
    """Return what stands after decisions in order; each row has verdict, code, instead_of, suggestion, seen."""
    outcome = ReplayedState()
    for row in decisions:
        outcome.seen = outcome.seen or bool(row["seen"])
        _apply(outcome, row)
        if row["suggestion"] is not None and row["verdict"] in {"accept", "change", "reject"}:
            outcome.answers[row["suggestion"]] = row
    return outcome


def _apply(outcome: ReplayedState, row: Row) -> None:
    verdict, code = row["verdict"], row["code"]
    if verdict in {"accept", "change", "add"}:
        if row["instead_of"] and row["instead_of"] != code:
            outcome.codes.pop(row["instead_of"], None)
            outcome.rejected[row["instead_of"]] = row
        outcome.codes[code] = row
        outcome.rejected.pop(code, None)
        outcome.nothing = outcome.skipped = False
    elif verdict == "reject":
        outcome.codes.pop(code, None)
        outcome.rejected[code] = row
        outcome.skipped = False
    elif verdict == "withdraw" and code is None:
        outcome.nothing = False
    elif verdict == "withdraw":
        outcome.codes.pop(code, None)
    elif verdict == "nothing":
        outcome.codes.clear()
        outcome.nothing, outcome.skipped = True, False
    elif verdict == "skip":
        outcome.skipped = True
    else:
        outcome.flagged = verdict == "flag"


def derive(db: SharedConnection, owner: int, utterances: Sequence[int]) -> None:
    """Replay some utterances of one owner and rewrite their derived rows, inside `write`."""
    for some in chunks(list(utterances)):
        _derive_chunk(db, owner, some)


def _derive_chunk(db: SharedConnection, owner: int, utterances: Sequence[int]) -> None:
    places = marks(utterances)
    rows = db.rows(
        "SELECT decision.*, act.uid, act.time, undone.act IS NOT NULL AS undone, act.id AS act_id"
        " FROM decision JOIN act ON act.id = decision.act LEFT JOIN undone ON undone.act = act.id"
        f" WHERE decision.utterance IN ({places}) AND act.owner = ? ORDER BY act.time, act.uid, decision.number",
        (*utterances, owner),
    )
    homes = {
        row["id"]: (row["transcript"], row["codable"])
        for row in db.rows(
            f"SELECT id, transcript, codable FROM utterance WHERE id IN ({places})", utterances
        )
    }
    by_utterance: dict[int, list[Row]] = {key: [] for key in utterances}
    for row in rows:
        by_utterance[row["utterance"]].append(row)
    for table in ("unit", "standing", "answer"):
        db.run(f"DELETE FROM {table} WHERE owner = ? AND utterance IN ({places})", (owner, *utterances))
    touched = _last_touch(db, owner, utterances)
    for utterance, decisions in by_utterance.items():
        if decisions:
            outcome = replay(row for row in decisions if not row["undone"])
            _write(db, owner, utterance, homes[utterance], outcome, touched[utterance])
    _refresh_open(db, utterances)


def _last_touch(db: SharedConnection, owner: int, utterances: Sequence[int]) -> dict[int, tuple[str, str]]:
    # The newest act of any kind on each utterance: undo and redo touch what their target touched. Undoing an
    # undo never happens (redo does that), so one step back from undo and redo is enough.
    rows = db.rows(
        "SELECT decision.utterance, max(a.time || ' ' || a.uid) AS newest FROM decision"
        " JOIN act made ON made.id = decision.act"
        " JOIN act a ON a.id = made.id OR a.target = made.id"
        f" WHERE decision.utterance IN ({marks(utterances)}) AND made.owner = ? GROUP BY decision.utterance",
        (*utterances, owner),
    )
    touched = {}
    for row in rows:
        time, uid = row["newest"].split(" ")
        touched[row["utterance"]] = (uid, time)
    return touched


def _write(
    db: SharedConnection,
    owner: int,
    utterance: int,
    home: tuple[int, int],
    outcome: ReplayedState,
    touched: tuple[str, str],
) -> None:
    db.run(
        "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (owner, utterance, *home, outcome.state, outcome.flagged, outcome.seen, outcome.held, *touched),
    )
    standing = "INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    for code, row in outcome.codes.items():
        passage = (row["polarity"], row["start"], row["end"], row["act"], row["number"])
        db.run(standing, (owner, utterance, code, 0, *passage))
    for code, row in outcome.rejected.items():
        db.run(standing, (owner, utterance, code, 1, None, None, None, row["act"], row["number"]))
    for suggestion, row in outcome.answers.items():
        db.run(
            "INSERT INTO answer SELECT ?, ?, id, code, ?, ? FROM suggestion WHERE id = ?",
            (owner, utterance, row["verdict"], row["time"], suggestion),
        )


def _refresh_open(db: SharedConnection, utterances: Sequence[int]) -> None:
    db.run(
        "UPDATE outlook SET open = (SELECT codable FROM utterance WHERE id = outlook.utterance) AND NOT EXISTS"
        " (SELECT 1 FROM unit WHERE unit.utterance = outlook.utterance"
        f" AND unit.state IN {DECIDED_SQL})"
        f" WHERE utterance IN ({marks(utterances)})",
        utterances,
    )


def rebuild(db: SharedConnection) -> None:
    """Rebuild everything derived from acts: after joining copies, or to check that nothing drifted."""
    with db.write():
        for table in ("unit", "standing", "answer", "undone"):
            db.run(f"DELETE FROM {table}")
        db.run(
            "INSERT INTO undone SELECT target FROM act a WHERE kind = 'undo' AND NOT EXISTS (SELECT 1 FROM act b"
            " WHERE b.target = a.target AND (b.time, b.uid) > (a.time, a.uid))"
        )
        for row in db.rows("SELECT DISTINCT owner FROM act"):
            ids = db.rows(
                "SELECT DISTINCT utterance FROM decision JOIN act ON act.id = decision.act WHERE owner = ?",
                (row["owner"],),
            )
            derive(db, row["owner"], [found["utterance"] for found in ids])
