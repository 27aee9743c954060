"""The study's own settings; every value stays on record and the newest counts."""

from coder.store.connection import Handle, new_uid


class Settings:
    """The study's own settings; the newest value of a name counts."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def get(self, name: str, default: str = "") -> str:
        """Return a setting."""
        found = self._handle.value(
            "SELECT value FROM setting WHERE name = ? ORDER BY time DESC, uid DESC", (name,)
        )
        return default if found is None else str(found)

    def starting_with(self, prefix: str) -> dict[str, str]:
        """Return all settings whose names begin so."""
        rows = self._handle.rows(
            "SELECT name, value FROM setting WHERE substr(name, 1, ?) = ? ORDER BY time, uid",
            (len(prefix), prefix),
        )
        return {row["name"]: row["value"] for row in rows}

    def set(self, name: str, value: str, *, coder: str | None = None) -> None:
        """Change a setting; earlier values stay on record."""
        with self._handle.write() as stamp:
            if (
                self._handle.value("SELECT 1 FROM setting WHERE name = ?", (name,))
                and self.get(name) == value
            ):
                return
            by = self._handle.coder_id(coder) if coder else None
            self._handle.run(
                "INSERT INTO setting VALUES (?, ?, ?, ?, ?)", (new_uid(), name, value, by, stamp)
            )
