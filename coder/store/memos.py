"""Memos on an utterance, a transcript, a code, or the whole study."""

from coder.errors import StudyError
from coder.store.connection import Handle, new_uid
from coder.store.values import Memo


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
