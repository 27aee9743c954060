"""Memos on an utterance, a transcript, a code, or the whole study."""

from coder.errors import StudyError
from coder.store.connection import SharedConnection, new_uid, value_of
from coder.store.reversals import Reversals
from coder.store.values import Memo

_INSERT = "INSERT INTO memo (uid, thread, kind, transcript, utterance, code, coder, content, time, reverses)"


class Memos:
    """Notes on an utterance, a transcript, a code, or the whole study."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db
        self.reversals = Reversals(db, "memo")

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
        with self._db.write() as stamp:
            by = self._db.coder_id(coder)
            if thread is not None:
                kind, transcript, utterance, code = self._subject_of(thread, by)
            self._db.run(
                f"{_INSERT} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (uid, thread or uid, kind, transcript, utterance, code, by, text.strip(), stamp),
            )
        return thread or uid

    def _subject_of(self, thread: str, coder: int) -> tuple[str, int | None, int | None, str | None]:
        row = self._db.row("SELECT * FROM memo WHERE thread = ? AND coder = ?", (thread, coder))
        if row is None:
            raise StudyError("This memo is not there, or another coder's; only its author changes it.")
        return row["kind"], row["transcript"], row["utterance"], row["code"]

    def transcript_of(self, thread: str) -> int | None:
        """Return the transcript that a memo is about, or whose utterance it is about; None: neither."""
        found = self._db.value(
            "SELECT coalesce(memo.transcript, utterance.transcript) FROM memo"
            " LEFT JOIN utterance ON utterance.id = memo.utterance WHERE memo.thread = ? LIMIT 1",
            (thread,),
        )
        return None if found is None else int(found)

    def reverse(self, uid: str) -> Memo:
        """Take back one row of a memo: the wording before it stands again (an empty text: no memo)."""
        db = self._db
        with db.write() as stamp:
            row = db.row("SELECT * FROM memo WHERE uid = ?", (uid,))
            if row is None:
                raise StudyError("There is no such memo to take back.")
            before = db.value(
                "SELECT content FROM memo WHERE thread = ? AND (time, uid) < (?, ?) ORDER BY time DESC, uid DESC",
                (row["thread"], row["time"], uid),
            )
            subject = (row["kind"], row["transcript"], row["utterance"], row["code"], row["coder"])
            values = (new_uid(), row["thread"], *subject, before or "", stamp, uid)
            db.run(f"{_INSERT} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        name = db.value("SELECT name FROM coder WHERE id = ?", (row["coder"],))
        return value_of(Memo, row, coder=name, text=before or "", time=stamp)

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
        rows = self._db.rows(
            "SELECT thread, memo.kind, memo.transcript, memo.utterance, memo.code, coder.name AS coder, content,"
            " max(memo.time || memo.uid) AS newest, memo.time FROM memo JOIN coder ON coder.id = memo.coder"
            " LEFT JOIN utterance ON utterance.id = memo.utterance"
            " WHERE (? IS NULL OR coder.name = ?) AND (? IS NULL OR memo.utterance = ?)"
            " AND (? IS NULL OR memo.transcript = ? OR utterance.transcript = ?) AND (? IS NULL OR memo.code = ?)"
            " GROUP BY thread HAVING content <> '' ORDER BY memo.time, thread",
            (coder, coder, utterance, utterance, transcript, transcript, transcript, code, code),
        )
        return [value_of(Memo, row, text=row["content"]) for row in rows]
