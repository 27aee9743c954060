"""The study's own settings; every value stays on record, and the newest that was not taken back counts."""

from sqlite3 import Row

from coder.store.connection import SharedConnection, new_uid
from coder.store.reversals import Reversals, changed_since, covered, stands

_INSERT = "INSERT INTO setting (uid, name, value, coder, time, reverses) VALUES (?, ?, ?, ?, ?, ?)"
_SAME = "n.name = c.name"
_STANDS = stands("c", "setting")


class Settings:
    """The study's own settings; the newest value of a name that stands counts."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db

    def get(self, name: str, default: str = "") -> str:
        """Return a setting."""
        found = self._db.value(
            f"SELECT value FROM setting c WHERE name = ? AND {_STANDS} ORDER BY time DESC, uid DESC", (name,)
        )
        return default if found is None else str(found)

    def before(self, name: str, time: str, default: str = "") -> str:
        """Return the value that a setting had before a time."""
        found = self._db.value(
            f"SELECT value FROM setting c WHERE name = ? AND time < ? AND {_STANDS} ORDER BY time DESC, uid DESC",
            (name, time),
        )
        return default if found is None else str(found)

    def starting_with(self, prefix: str) -> dict[str, str]:
        """Return all settings whose names begin so."""
        rows = self._db.rows(
            f"SELECT name, value FROM setting c WHERE substr(name, 1, ?) = ? AND {_STANDS} ORDER BY time, uid",
            (len(prefix), prefix),
        )
        return {row["name"]: row["value"] for row in rows}

    def set(self, name: str, value: str, *, coder: str | None = None) -> None:
        """Change a setting; earlier values stay on record."""
        with self._db.write() as stamp:
            if self._db.value("SELECT 1 FROM setting WHERE name = ?", (name,)) and self.get(name) == value:
                return
            by = self._db.coder_id(coder) if coder else None
            self._db.run(_INSERT, (new_uid(), name, value, by, stamp, None))

    def undoable(self, name: str, coder: str) -> Row | None:
        """Return the value of a setting in use, if the coder set it."""
        return self.reversals(name).undoable(coder, unless=covered("setting", _SAME))

    def redoable(self, name: str, coder: str) -> Row | None:
        """Return the coder's newest undoing of a setting that was not redone, unless it was set since."""
        since = changed_since("setting", _SAME)
        return self.reversals(name).redoable(coder, unless=f"{since} OR {covered('setting', _SAME)}")

    def reversals(self, name: str) -> Reversals:
        """Return what coders wrote and took back of one setting; `name` is the program's own, never a person's."""
        return Reversals(self._db, f"(SELECT * FROM setting WHERE name = '{name}')")

    def reverse(self, row: Row, *, coder: str) -> None:
        """Take back one value of a setting, or its undoing."""
        with self._db.write() as stamp:
            by = self._db.coder_id(coder)
            self._db.run(_INSERT, (new_uid(), row["name"], row["value"], by, stamp, row["uid"]))
