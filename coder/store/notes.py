"""What goes with the coding: versions of the codebook, settings, memos."""

import json

from coder.codebook import Codebook, from_dict, to_dict
from coder.errors import StudyError
from coder.store.connection import Handle, new_uid
from coder.store.values import CodebookVersion, Memo


class Codebooks:
    """The versions of the study's codebook; the newest is in use."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def current(self) -> Codebook:
        """Return the codebook in use."""
        return self.get(self.current_id())

    def current_id(self) -> int:
        """Return the id of the version in use."""
        found = self._handle.value("SELECT id FROM codebook ORDER BY time DESC, uid DESC")
        if found is None:
            raise StudyError(f"{self._handle.path.name} has no codebook.")
        return int(found)

    def get(self, version_id: int) -> Codebook:
        """Return one version."""
        content = self._handle.value("SELECT content FROM codebook WHERE id = ?", (version_id,))
        if content is None:
            raise StudyError(f"There is no codebook version {version_id} in {self._handle.path.name}.")
        return from_dict(json.loads(content))

    def add(self, codebook: Codebook, *, note: str = "", coder: str | None = None) -> int:
        """Store a new version and use it from now on; the same content again changes nothing."""
        handle = self._handle
        with handle.write() as stamp:
            newest = handle.row("SELECT id, hash FROM codebook ORDER BY time DESC, uid DESC")
            if newest is not None and newest["hash"] == codebook.hash:
                return int(newest["id"])
            by = handle.coder_id(coder) if coder else None
            content = json.dumps(to_dict(codebook), ensure_ascii=False)
            return handle.run(
                "INSERT INTO codebook (uid, hash, content, note, coder, time) VALUES (?, ?, ?, ?, ?, ?)",
                (new_uid(), codebook.hash, content, note, by, stamp),
            )

    def versions(self) -> list[CodebookVersion]:
        """Return all versions, newest first."""
        rows = self._handle.rows(
            "SELECT codebook.id, uid, hash, note, coder.name AS coder, time FROM codebook"
            " LEFT JOIN coder ON coder.id = codebook.coder ORDER BY time DESC, uid DESC"
        )
        return [CodebookVersion(**dict(row)) for row in rows]


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


class Memos:
    """Notes on an utterance, a transcript, a code, or the whole study."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def write(
        self,
        coder: str,
        text: str,
        *,
        utterance: int | None = None,
        transcript: int | None = None,
        code: str | None = None,
        thread: str | None = None,
    ) -> str:
        """Write a memo, or a new wording of the one named by `thread`; return the thread.

        Give at most one of utterance, transcript and code; none: a memo on the study. An empty text takes
        the memo away. Raises StudyError if the thread is another coder's or does not exist.
        """
        kind = next(
            (
                name
                for name, value in (("utterance", utterance), ("transcript", transcript), ("code", code))
                if value is not None
            ),
            "study",
        )
        uid = new_uid()
        with self._handle.write() as stamp:
            by = self._handle.coder_id(coder)
            if thread is not None:
                kind, transcript, utterance, code = self._subject_of(thread, by)
            self._handle.run(
                "INSERT INTO memo VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (uid, thread or uid, kind, transcript, utterance, code, by, text.strip(), stamp),
            )
        return thread or uid

    def _subject_of(self, thread: str, coder: int) -> tuple[str, int | None, int | None, str | None]:
        row = self._handle.row("SELECT * FROM memo WHERE thread = ? AND coder = ?", (thread, coder))
        if row is None:
            raise StudyError("This memo is not there, or another coder's; only its author changes it.")
        return row["kind"], row["transcript"], row["utterance"], row["code"]

    def all(
        self,
        *,
        coder: str | None = None,
        utterance: int | None = None,
        transcript: int | None = None,
        code: str | None = None,
    ) -> list[Memo]:
        """Return memos in their present wording, oldest first; only those that match what is given.

        `transcript` takes the memos on the transcript itself and on its utterances.
        """
        rows = self._handle.rows(
            "SELECT thread, memo.kind, memo.transcript, memo.utterance, memo.code, coder.name AS coder, content,"
            " max(memo.time || memo.uid) AS newest, memo.time FROM memo JOIN coder ON coder.id = memo.coder"
            " LEFT JOIN utterance ON utterance.id = memo.utterance"
            " WHERE (? IS NULL OR coder.name = ?) AND (? IS NULL OR memo.utterance = ?)"
            " AND (? IS NULL OR memo.transcript = ? OR utterance.transcript = ?) AND (? IS NULL OR memo.code = ?)"
            " GROUP BY thread HAVING content <> '' ORDER BY memo.time, thread",
            (coder, coder, utterance, utterance, transcript, transcript, transcript, code, code),
        )
        return [
            Memo(
                row["thread"],
                row["kind"],
                row["transcript"],
                row["utterance"],
                row["code"],
                row["coder"],
                row["content"],
                row["time"],
            )
            for row in rows
        ]
