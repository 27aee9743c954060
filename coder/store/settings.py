"""The study's own settings; every value stays on record and the newest counts."""

from coder.store.connection import SharedConnection, new_uid


class Settings:
    """The study's own settings; the newest value of a name counts."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db

    def get(self, name: str, default: str = "") -> str:
        """Return a setting."""
        found = self._db.value(
            "SELECT value FROM setting WHERE name = ? ORDER BY time DESC, uid DESC", (name,)
        )
        return default if found is None else str(found)

    def before(self, name: str, time: str, default: str = "") -> str:
        """Return the value that a setting had before a time."""
        found = self._db.value(
            "SELECT value FROM setting WHERE name = ? AND time < ? ORDER BY time DESC, uid DESC", (name, time)
        )
        return default if found is None else str(found)

    def starting_with(self, prefix: str) -> dict[str, str]:
        """Return all settings whose names begin so."""
        rows = self._db.rows(
            "SELECT name, value FROM setting WHERE substr(name, 1, ?) = ? ORDER BY time, uid",
            (len(prefix), prefix),
        )
        return {row["name"]: row["value"] for row in rows}

    def set(self, name: str, value: str, *, coder: str | None = None) -> None:
        """Change a setting; earlier values stay on record."""
        with self._db.write() as stamp:
            if self._db.value("SELECT 1 FROM setting WHERE name = ?", (name,)) and self.get(name) == value:
                return
            by = self._db.coder_id(coder) if coder else None
            self._db.run("INSERT INTO setting VALUES (?, ?, ?, ?, ?)", (new_uid(), name, value, by, stamp))
