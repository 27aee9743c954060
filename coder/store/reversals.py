"""Rows that people wrote and take back by one more row: all but decisions.

A row with `reverses` takes back the row of that uid: something that somebody did (undo), or an undoing (redo).
"""

from sqlite3 import Row

from coder.store.connection import SharedConnection


def stands(row: str, table: str) -> str:
    """Return the SQL condition that a row, by its alias, is something somebody did and that is not undone."""
    return (
        f"{row}.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM {table} undoing WHERE undoing.reverses = {row}.uid"
        f" AND NOT EXISTS (SELECT 1 FROM {table} redoing WHERE redoing.reverses = undoing.uid))"
    )


def covered(table: str, same: str) -> str:
    """Return the SQL condition that a later row `n` stands over the row `c`.

    `same` is the SQL condition that both are about the same thing.
    """
    later = f"{same} AND (n.time, n.uid) > (c.time, c.uid)"
    return f"EXISTS (SELECT 1 FROM {table} n WHERE {later} AND {stands('n', table)})"


def changed_since(table: str, same: str) -> str:
    """Return the SQL condition that somebody made a row `n` since the undoing `u` of a row `c`; `same` as above."""
    return f"EXISTS (SELECT 1 FROM {table} n WHERE {same} AND n.reverses IS NULL AND n.time > u.time)"


class Reversals:
    """What a coder wrote last into one table and could take back, and what they took back last."""

    def __init__(self, db: SharedConnection, table: str) -> None:
        self._db, self._table = db, table

    def undoable(self, coder: str, beginning: str = "", *, unless: str = "0") -> Row | None:
        """Return the coder's newest row `c` that stands; with `beginning`, of those whose uid begins so.

        `unless` is SQL: rows for which it holds are passed over.
        """
        return self._db.row(
            f"SELECT * FROM {self._table} c WHERE coder = ? AND substr(uid, 1, ?) = ?"
            f" AND {stands('c', self._table)} AND NOT ({unless}) ORDER BY time DESC, uid DESC",
            (self._db.coder_id(coder), len(beginning), beginning),
        )

    def redoable(self, coder: str, *, unless: str = "0") -> Row | None:
        """Return the coder's newest undoing `u` that was not redone: the row to take back. `unless` is SQL."""
        return self._db.row(
            f"SELECT u.* FROM {self._table} u JOIN {self._table} c ON c.uid = u.reverses AND c.reverses IS NULL"
            f" WHERE u.coder = ? AND NOT EXISTS (SELECT 1 FROM {self._table} r WHERE r.reverses = u.uid)"
            f" AND NOT ({unless}) ORDER BY u.time DESC, u.uid DESC",
            (self._db.coder_id(coder),),
        )

    def history(self, coder: str | None, limit: int) -> list[Row]:
        """Return the newest rows of one coder or all, newest first.

        Besides the table's columns: `by` (the coder's name), `undone`, and `again` (it takes back an undoing).
        """
        standing = stands("c", self._table)
        return self._db.rows(
            f"SELECT c.*, who.name AS by, c.reverses IS NULL AND NOT ({standing}) AS undone,"
            f" (SELECT o.reverses FROM {self._table} o WHERE o.uid = c.reverses) IS NOT NULL AS again"
            f" FROM {self._table} c JOIN coder who ON who.id = c.coder WHERE ? IS NULL OR who.name = ?"
            " ORDER BY c.time DESC, c.uid DESC LIMIT ?",
            (coder, coder, limit),
        )

    def last_made(self, coder: str) -> str:
        """Return the time of the coder's newest row that no undo or redo made; '' if there is none."""
        sql = f"SELECT max(time) FROM {self._table} WHERE coder = ? AND reverses IS NULL"
        return str(self._db.value(sql, (self._db.coder_id(coder),)) or "")
