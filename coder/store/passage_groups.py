"""How people group the passages of a code: the newest change that stands counts, undo is one more row."""

from collections.abc import Mapping
from dataclasses import dataclass

from coder.store.connection import SharedConnection, new_uid, value_of
from coder.store.reversals import Reversals, changed_since, covered, stands

_SAME = "n.code = c.code AND n.polarity IS c.polarity"
_STANDS = stands("c", "group_change")


@dataclass(frozen=True, slots=True)
class Member:
    """The group of one coded utterance ('': none); `proposed`: nobody has touched what the program proposed."""

    name: str
    proposed: bool


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A change that can be undone or redone.

    `uid` is the row to reverse (the change, or its undoing), `time` when that row was written, `made` the change.
    """

    uid: str
    made: str
    code: str
    polarity: str | None
    what: str
    time: str


class PassageGroups:
    """The groups of passages by code and polarity."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db
        self.reversals = Reversals(db, "group_change")

    def members(self, code: str, polarity: str | None) -> dict[int, Member]:
        """Return the group of each utterance of a code and polarity; empty if nobody changed its groups."""
        uid = self._db.value(
            f"SELECT uid FROM group_change c WHERE code = ? AND polarity IS ? AND {_STANDS}"
            " ORDER BY time DESC, uid DESC",
            (code, polarity),
        )
        rows = self._db.rows("SELECT utterance, name, proposed FROM group_member WHERE change = ?", (uid,))
        return {row["utterance"]: value_of(Member, row) for row in rows}

    def change(
        self, coder: str, code: str, polarity: str | None, members: Mapping[int, Member], *, what: str
    ) -> str:
        """Write how the passages of a code and polarity are grouped from now on; return the change's uid."""
        db = self._db
        with db.write() as stamp:
            uid = new_uid()
            db.run(
                "INSERT INTO group_change VALUES (?, ?, ?, ?, NULL, ?, ?)",
                (uid, code, polarity, what, db.coder_id(coder), stamp),
            )
            db.run_many(
                "INSERT INTO group_member VALUES (?, ?, ?, ?)",
                ((uid, key, member.name, member.proposed) for key, member in members.items()),
            )
        return uid

    def undoable(self, coder: str) -> GroupChange | None:
        """Return the newest change of this coder that stands and is the newest of its code and polarity."""
        row = self.reversals.undoable(coder, unless=covered("group_change", _SAME))
        return None if row is None else value_of(GroupChange, row, made=row["uid"])

    def redoable(self, coder: str) -> GroupChange | None:
        """Return the newest undoing of this coder that was not redone, unless the groups were changed since."""
        row = self.reversals.redoable(coder, unless=changed_since("group_change", _SAME))
        return None if row is None else value_of(GroupChange, row, made=row["reverses"])

    def reverse(self, coder: str, change: GroupChange) -> None:
        """Take back a change, or the undoing of one."""
        db = self._db
        with db.write() as stamp:
            db.run(
                "INSERT INTO group_change VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    new_uid(),
                    change.code,
                    change.polarity,
                    change.what,
                    change.uid,
                    db.coder_id(coder),
                    stamp,
                ),
            )
