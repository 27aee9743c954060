"""What people did on a version of a transcript, repeated on the same words of the version that follows it.

Each act is repeated as an act of its own, at its own time and under a uid that follows from the act and the version:
whichever copy repeats it, it is the same act, and where copies are joined it comes once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from difflib import SequenceMatcher
from sqlite3 import Row

from coder.store.connection import SharedConnection, chunks, marks
from coder.store.earlier_carries import CARRIED, carried_uid, earlier_carries, replace_carries
from coder.store.replay import derive

_ACT = "INSERT INTO act (uid, coder, owner, kind, target, mode, note, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_CODED = frozenset({"accept", "change", "add"})


def same_words(db: SharedConnection, old: int, new: int) -> dict[int, int]:
    """Return the utterances of `old` that `new` has unchanged, with those of `new`."""
    before, after = _words(db, old), _words(db, new)
    matcher = SequenceMatcher(
        None, [words for _, words in before], [words for _, words in after], autojunk=False
    )
    return {
        before[block.a + step][0]: after[block.b + step][0]
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    }


def _words(db: SharedConnection, transcript: int) -> list[tuple[int, str]]:
    text = db.value("SELECT text FROM transcript WHERE id = ?", (transcript,))
    rows = db.rows(
        'SELECT id, start, "end" FROM utterance WHERE transcript = ? ORDER BY start', (transcript,)
    )
    return [(row["id"], text[row["start"] : row["end"]]) for row in rows]


def carry_acts(
    db: SharedConnection, old: int, new: int, copies: Sequence[Set[str]] = ()
) -> set[tuple[int, int]]:
    """Repeat on `new` what was done, undone and redone on utterances of `old` that `new` has unchanged.

    `copies` hold the uids of files in which `new` followed `old` already. Returns (owner, earlier utterance) where
    something was repeated that none of these had brought over. Inside `write`.
    """
    version = db.value("SELECT uid FROM transcript WHERE id = ?", (new,))
    pairs, known = same_words(db, old, new), _known(db, new)
    earlier = earlier_carries(db, new, version)
    there = {place for carry in earlier for place in carry.places}
    touched, fresh = set[tuple[int, int]](), set[tuple[int, int]]()

    def repeated(act: str, places: Set[tuple[int, int]]) -> None:
        touched.update((owner, pairs[place]) for owner, place in places)
        together = any(act in uids for uids in copies)  # then an earlier program had brought it over
        brought = there if together else frozenset[tuple[int, int]]()
        fresh.update(place for place in places if (place[0], pairs[place[1]]) not in brought)

    homes = {
        row["id"]: row
        for row in db.rows('SELECT id, start, "end" FROM utterance WHERE transcript IN (?, ?)', (old, new))
    }
    for rows in _by_act(db, old, pairs):
        first, uid = rows[0], carried_uid(rows[0]["uid"], version)
        if uid not in known:
            known[uid] = _repeat(db, uid, rows, pairs, homes)
            repeated(first["uid"], {(first["owner"], row["utterance"]) for row in rows})
    for row in _reversals(db, old):
        target, uid = carried_uid(row["made"], version), carried_uid(row["uid"], version)
        if target in known and uid not in known:
            known[uid] = _reverse(db, row, uid, known[target])
            places = {(row["owner"], key) for key in _touched(db, row["target"]) if key in pairs}
            repeated(row["uid"], places)
    _expose(db, pairs)
    _derive(db, touched | replace_carries(db, earlier, pairs, version))
    return fresh


def _derive(db: SharedConnection, places: Iterable[tuple[int, int]]) -> None:
    by_owner = defaultdict[int, set[int]](set)
    for owner, utterance in places:
        by_owner[owner].add(utterance)
    for owner, utterances in by_owner.items():
        derive(db, owner, sorted(utterances))


def _known(db: SharedConnection, transcript: int) -> dict[str, int]:
    """Return the acts (uid -> id) on a transcript that repeat others, and what was undone and redone of them."""
    rows = db.rows(
        "SELECT DISTINCT a.uid, a.id FROM utterance u JOIN decision d ON d.utterance = u.id"
        " JOIN act made ON made.id = d.act JOIN act a ON a.id = made.id OR a.target = made.id"
        " WHERE u.transcript = ? AND made.note = ?",
        (transcript, CARRIED),
    )
    return {row["uid"]: row["id"] for row in rows}


def _reversals(db: SharedConnection, transcript: int) -> list[Row]:
    return db.rows(
        "SELECT DISTINCT r.*, made.uid AS made FROM utterance u JOIN decision d ON d.utterance = u.id"
        " JOIN act made ON made.id = d.act JOIN act r ON r.target = made.id"
        " WHERE u.transcript = ? ORDER BY r.time, r.uid",
        (transcript,),
    )


def _touched(db: SharedConnection, act: int) -> list[int]:
    return [
        row["utterance"] for row in db.rows("SELECT DISTINCT utterance FROM decision WHERE act = ?", (act,))
    ]


def _by_act(db: SharedConnection, old: int, pairs: Iterable[int]) -> list[list[Row]]:
    """Return the decisions on the paired utterances by act, oldest first."""
    rows = db.rows(
        "SELECT d.*, act.uid, act.coder, act.owner, act.time FROM utterance u"
        " JOIN decision d ON d.utterance = u.id JOIN act ON act.id = d.act"
        " WHERE u.transcript = ? ORDER BY act.time, act.uid, d.number",
        (old,),
    )
    paired, acts = frozenset(pairs), dict[int, list[Row]]()
    for row in rows:
        if row["utterance"] in paired:
            acts.setdefault(row["act"], []).append(row)
    return list(acts.values())


def _repeat(
    db: SharedConnection, uid: str, rows: Sequence[Row], pairs: Mapping[int, int], homes: Mapping[int, Row]
) -> int:
    first = rows[0]
    by = (first["coder"], first["owner"])
    act = db.run(_ACT, (uid, *by, "carry", None, "imported", CARRIED, first["time"]))
    db.run_many(
        "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)",
        (
            (act, row["number"], pairs[row["utterance"]], _verdict(row), row["code"], row["instead_of"],
             row["polarity"], *_moved(row, homes[row["utterance"]], homes[pairs[row["utterance"]]]),
             row["seen"], row["codebook"], row["memo"], row["cites"])
            for row in rows
        ),
    )  # fmt: skip
    return act


def _verdict(row: Row) -> str:
    # A new version has no suggestion of its own yet that could have been accepted.
    changed = row["verdict"] == "change" and row["instead_of"] not in (None, row["code"])
    return "add" if row["verdict"] in _CODED and not changed else str(row["verdict"])


def _moved(row: Row, before: Row, after: Row) -> tuple[int | None, int | None]:
    start, end = row["start"], row["end"]
    if start is None:
        return None, None
    shift = after["start"] - before["start"]
    # A passage over several utterances may have changed beyond this one: then this utterance is what is left.
    inside = before["start"] <= start and end <= before["end"]
    return (start + shift, end + shift) if inside else (after["start"], after["end"])


def _reverse(db: SharedConnection, reversal: Row, uid: str, target: int) -> int:
    by = (reversal["coder"], reversal["owner"], reversal["kind"], target)
    act = db.run(_ACT, (uid, *by, "imported", CARRIED, reversal["time"]))
    newest = db.value("SELECT kind FROM act WHERE target = ? ORDER BY time DESC, uid DESC", (target,))
    db.run(
        "INSERT OR IGNORE INTO undone VALUES (?)" if newest == "undo" else "DELETE FROM undone WHERE act = ?",
        (target,),
    )
    return act


def _expose(db: SharedConnection, pairs: Mapping[int, int]) -> None:
    """Let whoever had seen something of these words have seen it in the new version, too."""
    db.run_many(
        "INSERT INTO exposure SELECT ?, coder, kind, time FROM exposure WHERE utterance = ?"
        " ON CONFLICT (utterance, coder, kind) DO UPDATE SET time = min(time, excluded.time)",
        ((after, before) for before, after in pairs.items()),
    )


def with_repeated(db: SharedConnection, acts: Iterable[str]) -> list[str]:
    """Return acts (their uids) and those that repeat them on later versions."""
    versions = _versions(db)
    named = list(dict.fromkeys(acts))
    for act in named:  # which grows: what repeats an act is repeated on the version after
        named += [row["uid"] for row in _repeats(db, act, versions).values()]
    return named


def _versions(db: SharedConnection) -> list[str]:
    return [row["uid"] for row in db.rows("SELECT uid FROM transcript WHERE replaces IS NOT NULL")]


def _repeats(db: SharedConnection, act: str, versions: Iterable[str]) -> dict[str, Row]:
    """Return what repeats an act (its uid), by version."""
    uids = {carried_uid(act, version): version for version in versions}
    found: dict[str, Row] = {}
    for some in chunks(list(uids)):
        rows = db.rows(f"SELECT id, uid FROM act WHERE uid IN ({marks(some)})", some)
        found |= {uids[row["uid"]]: row for row in rows}
    return found


def carry_reversals(db: SharedConnection) -> None:
    """Let each undo and redo reach what repeats its target, also on a version that follows another by now."""
    with db.write():
        if versions := _versions(db):
            for row in db.rows("SELECT id FROM act WHERE target IS NOT NULL ORDER BY time, uid"):
                _carry_reversal(db, row["id"], versions)


def carry_reversal(db: SharedConnection, reversal: int) -> None:
    """Let an undo or redo reach what repeats its target on later versions, inside `write`."""
    later = db.rows(
        "SELECT DISTINCT o.id AS old, n.id AS new, n.uid FROM act r JOIN decision d ON d.act = r.target"
        " JOIN utterance u ON u.id = d.utterance JOIN transcript o ON o.id = u.transcript"
        " JOIN transcript n ON n.replaces = o.uid WHERE r.id = ?",
        (reversal,),
    )
    for version in later:
        if earlier_carries(db, version["new"], version["uid"]):
            _carry_on(db, version["old"], version["new"])
    _carry_reversal(db, reversal, _versions(db))


def _carry_reversal(db: SharedConnection, reversal: int, versions: Sequence[str]) -> None:
    row = db.rows(
        "SELECT act.*, made.uid AS made FROM act JOIN act made ON made.id = act.target WHERE act.id = ?",
        (reversal,),
    )[0]
    targets = _repeats(db, row["made"], versions)
    done = _repeats(db, row["uid"], targets)
    for version, target in targets.items():
        if version not in done:
            act = _reverse(db, row, carried_uid(row["uid"], version), target["id"])
            derive(db, row["owner"], _touched(db, target["id"]))
            _carry_reversal(db, act, versions)


def _carry_on(db: SharedConnection, old: int, new: int) -> None:
    """Carry over what an earlier program had, and what follows from it on the versions after."""
    carry_acts(db, old, new)
    for row in db.rows(
        "SELECT n.id FROM transcript o JOIN transcript n ON n.replaces = o.uid WHERE o.id = ?", (new,)
    ):
        _carry_on(db, new, row["id"])
