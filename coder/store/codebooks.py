"""The versions of the study's codebook; the newest is in use."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from sqlite3 import Row

from coder.codebook import Codebook, from_dict, to_dict
from coder.errors import StudyError
from coder.store.carried_acts import with_repeated
from coder.store.connection import SharedConnection, new_uid, value_of
from coder.store.reversals import Reversals, stands
from coder.store.values import CodebookVersion

_STANDING = (
    "SELECT c.*, coder.name FROM codebook_change c JOIN coder ON coder.id = c.coder"
    f" WHERE {stands('c', 'codebook_change')}"
)


@dataclass(frozen=True, slots=True)
class CodebookChange:
    """A change of the codebook: its versions before and after, and the acts that recoded (none if codings stayed)."""

    uid: str
    kind: str
    what: str
    before: int
    after: int
    acts: tuple[str, ...]
    coder: str
    time: str


class Codebooks:
    """The versions of the study's codebook; the newest is in use."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db
        self.reversals = Reversals(db, "codebook_change")

    def current(self) -> Codebook:
        """Return the codebook in use."""
        return self.get(self.current_id())

    def current_id(self) -> int:
        """Return the id of the version in use."""
        found = self._db.value("SELECT id FROM codebook ORDER BY time DESC, uid DESC")
        if found is None:
            raise StudyError(f"{self._db.path.name} has no codebook.")
        return int(found)

    def unknown(self) -> list[tuple[str, str, int]]:
        """Return (whose, code, codings) that stand in the transcripts in use by codes the codebook in use has not."""
        known = set(self.current().ids)
        rows = self._db.rows(
            "SELECT c.name, s.code, count(*) AS n FROM standing s JOIN coder c ON c.id = s.owner"
            " JOIN utterance u ON u.id = s.utterance JOIN transcript t ON t.id = u.transcript"
            " WHERE s.rejected = 0 AND t.current = 1 GROUP BY c.name, s.code ORDER BY c.name, s.code"
        )
        return [(row["name"], row["code"], row["n"]) for row in rows if row["code"] not in known]

    def uses(self, but_for: Collection[str] = ()) -> dict[str, dict[str, int]]:
        """Return how many codings stand in the transcripts in use, by code and whose they are.

        Those that the acts `but_for` made are left out, and those that they withdraw where they are done again, also
        on later versions of the transcripts.
        """
        rows = self._db.rows(
            "WITH named AS (SELECT id, uid, owner, time FROM act WHERE uid IN (SELECT value FROM json_each(?)))"
            " SELECT s.code, c.name, count(*) AS n FROM standing s JOIN act a ON a.id = s.act"
            " JOIN coder c ON c.id = s.owner JOIN utterance u ON u.id = s.utterance"
            " JOIN transcript t ON t.id = u.transcript WHERE s.rejected = 0 AND t.current = 1"
            " AND a.uid NOT IN (SELECT uid FROM named) AND NOT EXISTS (SELECT 1 FROM named r"
            " JOIN decision d ON d.act = r.id WHERE r.owner = s.owner AND d.utterance = s.utterance"
            " AND d.verdict = 'withdraw' AND d.code = s.code AND (r.time, r.uid) > (a.time, a.uid))"
            " GROUP BY s.code, c.name ORDER BY s.code, c.name",
            (json.dumps(with_repeated(self._db, but_for)),),
        )
        uses: dict[str, dict[str, int]] = {}
        for row in rows:
            uses.setdefault(row["code"], {})[row["name"]] = row["n"]
        return uses

    def get(self, version_id: int) -> Codebook:
        """Return one version."""
        content = self._db.value("SELECT content FROM codebook WHERE id = ?", (version_id,))
        if content is None:
            raise StudyError(f"There is no codebook version {version_id} in {self._db.path.name}.")
        return from_dict(json.loads(content))

    def add(self, codebook: Codebook, *, note: str = "", coder: str | None = None) -> int:
        """Store a new version and use it from now on; the same content again changes nothing."""
        db = self._db
        with db.write() as stamp:
            newest = db.row("SELECT id, hash FROM codebook ORDER BY time DESC, uid DESC")
            if newest is not None and newest["hash"] == codebook.hash:
                return int(newest["id"])
            by = db.coder_id(coder) if coder else None
            content = json.dumps(to_dict(codebook), ensure_ascii=False)
            return db.run(
                "INSERT INTO codebook (uid, hash, content, note, coder, time) VALUES (?, ?, ?, ?, ?, ?)",
                (new_uid(), codebook.hash, content, note, by, stamp),
            )

    def versions(self) -> list[CodebookVersion]:
        """Return all versions, newest first."""
        rows = self._db.rows(
            "SELECT codebook.id, uid, hash, note, coder.name AS coder, time FROM codebook"
            " LEFT JOIN coder ON coder.id = codebook.coder ORDER BY time DESC, uid DESC"
        )
        return [CodebookVersion(**dict(row)) for row in rows]

    def record_change(
        self,
        kind: str,
        what: str,
        versions: tuple[int, int],
        acts: Sequence[str],
        *,
        coder: str,
        reverses: str | None = None,
    ) -> None:
        """Note a change of codes with their codings; `versions` are the codebook's before and after."""
        with self._db.write() as stamp:
            self._db.run(
                "INSERT INTO codebook_change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (new_uid(), kind, what, *versions, json.dumps(list(acts)), reverses,
                 self._db.coder_id(coder), stamp),
            )  # fmt: skip

    def undoable_change(self, coder: str | None = None) -> CodebookChange | None:
        """Return the newest change that is not undone.

        None if there is none, if the codebook was edited since, or if it is not the `coder`'s who is asked for.
        """
        row = self._db.row(f"{_STANDING} ORDER BY c.time DESC, c.uid DESC")
        change = None if row is None else self._if_in_use(row, "after")
        return change if change is None or coder in (None, change.coder) else None

    def standing_changes(self) -> list[CodebookChange]:
        """Return the changes of codes with their codings that are not undone, oldest first."""
        return [_change_of(row) for row in self._db.rows(f"{_STANDING} ORDER BY c.time, c.uid")]

    def redoable_change(self, coder: str) -> tuple[CodebookChange, str, str] | None:
        """Return the change that this coder undid last, the uid of the undoing and its time.

        None if there is none, if it was redone, or if the codebook was edited since.
        """
        undoing = self.reversals.redoable(coder)
        if undoing is None:
            return None
        row = self._db.row(
            "SELECT c.*, coder.name FROM codebook_change c JOIN coder ON coder.id = c.coder WHERE c.uid = ?",
            (undoing["reverses"],),
        )
        change = None if row is None else self._if_in_use(row, "before")
        return None if change is None else (change, undoing["uid"], undoing["time"])

    def _if_in_use(self, row: Row, version: str) -> CodebookChange | None:
        """Return a change if the codebook is now what its version "before" or "after" is."""
        if self.get(row[version]).hash != self.current().hash:
            return None
        return _change_of(row)


def _change_of(row: Row) -> CodebookChange:
    return value_of(CodebookChange, row, acts=tuple(json.loads(row["acts"])), coder=row["name"])
