"""What transcripts are called and which are in the study: renamed, removed, brought back, and all that undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row

from coder.errors import StudyError
from coder.store.coders import apply_roles
from coder.store.connection import SharedConnection, new_uid
from coder.store.reversals import Reversals, changed_since, covered, stands
from coder.store.transcripts import name_of
from coder.store.values import SHORTEST_UID

LONGEST_NAME = 200
_INSERT = "INSERT INTO transcript_change (uid, transcript, kind, name, before, coder, time, reverses)"
_CHANGES = (
    f"SELECT c.*, {stands('c', 'transcript_change')} AS stands FROM transcript_change c"
    " WHERE transcript = ? AND reverses IS NULL ORDER BY time, uid"
)
_SAME = "(n.kind = 'rename') = (c.kind = 'rename') AND n.transcript = c.transcript"
# A change that a later one of its kind covers, whose name before is not known, or of a version that is not in use.
_COVERED = (
    f"{covered('transcript_change', _SAME)} OR (c.kind = 'rename' AND c.before IS NULL)"
    " OR EXISTS (SELECT 1 FROM transcript t JOIN transcript v ON v.replaces = t.uid WHERE t.id = c.transcript)"
)
_TAKEN = "There is another transcript '{}' ({}); rename that one first."


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the changes of one transcript come to: its name (None: as it came), and when it was removed, if it is."""

    name: str | None
    removed: str | None


class TranscriptChanges:
    """The names of transcripts and their removal; each change is a row of its own, and undoing is one more."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db
        self.reversals = Reversals(db, "transcript_change")

    def rename(self, transcript_id: int, name: str, *, coder: str | None = None) -> None:
        """Give a transcript another name; the old one stays on record, the same name again changes nothing.

        Raises StudyError for an empty or overlong name, or one that another transcript has.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise StudyError(f"A transcript's name has 1 to {LONGEST_NAME} characters.")
        with self._db.write():
            before = name_of(self._db, transcript_id)
            if self._taken(transcript_id, name):
                raise StudyError(f"There is a transcript '{name}' already.")
            if name != before:
                self._write(transcript_id, ("rename", name, before), coder)

    def remove(self, transcript_id: int, *, coder: str | None = None) -> None:
        """Take a transcript out of queues, counts and training; its text and codings stay in the file.

        One that is removed already stays so, and nothing is written.
        """
        with self._db.write():
            if not self._is_removed(transcript_id):
                self._write(transcript_id, ("remove", name_of(self._db, transcript_id), None), coder)

    def restore(self, transcript_id: int, *, coder: str | None = None) -> None:
        """Bring a removed transcript back with all its codings; nothing is written for one that is not removed.

        Raises StudyError if its name is another's by now.
        """
        with self._db.write():
            name = name_of(self._db, transcript_id)
            if not self._is_removed(transcript_id):
                return
            if taken := self._taken(transcript_id, name):
                raise StudyError(_TAKEN.format(name, taken))
            self._write(transcript_id, ("restore", name, None), coder)

    def removed(self) -> list[tuple[int, str, str]]:
        """Return (id, name, when) of the transcripts that were removed, newest first."""
        outcomes = ((key, _outcome(self._db.rows(_CHANGES, (key,)))) for key in _changed(self._db))
        found = [
            (key, name_of(self._db, key), item.removed) for key, item in outcomes if item.removed is not None
        ]
        return sorted(found, key=lambda item: item[2], reverse=True)

    def undoable(self, coder: str, beginning: str = "") -> Row | None:
        """Return the coder's newest change that can be taken back; with `beginning`, the one whose uid begins so."""
        return self.reversals.undoable(coder, beginning, unless=_COVERED)

    def redoable(self, coder: str) -> Row | None:
        """Return the coder's newest undoing that was not redone, unless the same was changed since."""
        since = changed_since("transcript_change", _SAME)
        return self.reversals.redoable(coder, unless=f"{since} OR {covered('transcript_change', _SAME)}")

    def hindrance(self, change: Row) -> str:
        """Return in a sentence why a change, or an undoing, cannot be taken back now; '' if it can."""
        key, made = change["transcript"], change["reverses"] or change["uid"]
        outcome = _outcome(self._db.rows(_CHANGES, (key,)), but_for=made)
        name = outcome.name or name_of(self._db, key)
        taken = "" if outcome.removed is not None else self._taken(key, name)
        return _TAKEN.format(name, taken) if taken else ""

    def reverse(self, change: Row, *, coder: str) -> bool:
        """Take back a change, or an undoing; tell whether name or removal are others now.

        They are not where copies made the same change. Raises StudyError if it brings back a name that is taken.
        """
        key = change["transcript"]
        with self._db.write():
            before = name_of(self._db, key), self._is_removed(key)
            hindrance = self.hindrance(change)
            if hindrance:
                raise StudyError(hindrance)
            what = (change["kind"], change["name"], change["before"])
            self._write(key, what, coder, reverses=change["uid"])
            return before != (name_of(self._db, key), self._is_removed(key))

    def _is_removed(self, transcript_id: int) -> bool:
        return _outcome(self._db.rows(_CHANGES, (transcript_id,))).removed is not None

    def _taken(self, transcript_id: int, name: str) -> str:
        """Return the number of another transcript in use that is called so, capitals aside; '' if there is none."""
        others = self._db.rows(
            "SELECT uid, name FROM transcript WHERE current = 1 AND id <> ? ORDER BY time, uid",
            (transcript_id,),
        )
        taken = (row["uid"][:SHORTEST_UID] for row in others if row["name"].casefold() == name.casefold())
        return next(taken, "")

    def _write(
        self,
        transcript_id: int,
        what: tuple[str, str, str | None],
        coder: str | None,
        *,
        reverses: str | None = None,
    ) -> None:
        """Write a change: its kind, the name, and the name before where it is a rename."""
        db = self._db
        with db.write() as stamp:
            by = db.coder_id(coder) if coder else None
            db.run(
                f"{_INSERT} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (new_uid(), transcript_id, *what, by, stamp, reverses),
            )
            derive_transcripts(db)
            apply_roles(db, transcript_id)


def derive_transcripts(db: SharedConnection) -> None:
    """Bring the derived name and currency of all transcripts in line with what people changed, inside `write`."""
    db.run(
        "UPDATE transcript SET current = NOT EXISTS (SELECT 1 FROM transcript t WHERE t.replaces = transcript.uid)"
    )
    for key in _changed(db):
        outcome = _outcome(db.rows(_CHANGES, (key,)))
        db.run(
            "UPDATE transcript SET name = coalesce(?, name), current = current AND ? WHERE id = ?",
            (outcome.name, outcome.removed is None, key),
        )


def _changed(db: SharedConnection) -> list[int]:
    return [row["transcript"] for row in db.rows("SELECT DISTINCT transcript FROM transcript_change")]


def _outcome(rows: Sequence[Row], *, but_for: str = "") -> _Outcome:
    """Return what changes come to, oldest first; the one `but_for` counts as undone, or as done again."""
    standing = [row for row in rows if bool(row["stands"]) != (row["uid"] == but_for)]
    names = [row["name"] for row in standing if row["kind"] == "rename"]
    first = (row["before"] for row in rows if row["kind"] == "rename" and row["before"] is not None)
    moves = [row for row in standing if row["kind"] != "rename"]
    gone = moves[-1]["time"] if moves and moves[-1]["kind"] == "remove" else None
    return _Outcome(names[-1] if names else next(first, None), gone)
