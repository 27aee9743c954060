"""What people do: decide, undo, redo. Everything is appended; what stands is derived in the same transaction."""

import json
from collections.abc import Callable, Mapping, Sequence
from sqlite3 import Row

from coder.errors import StaleError, StudyError
from coder.store.connection import Handle, chunks, marks, new_uid
from coder.store.decision_state import read_states
from coder.store.replay import settle
from coder.store.values import ADJUDICATED, Choice, Saved, UnitState

ADJUDICATED_ID = 1
SHORTEST_UID = 8  # characters of an act's uid that name it well enough


class Acts:
    """Decisions, their undoing, and where each coder stands."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def decide(
        self,
        coder: str,
        choices: Sequence[Choice],
        *,
        mode: str,
        kind: str = "decide",
        drawn: str = "",
        seconds: float | None = None,
        note: str = "",
    ) -> Saved:
        """Write one gesture and return what stands now; it is on disk when this returns.

        Raises StaleError (nothing is written) if a choice's `expected` token is no longer the newest, and
        StudyError for a coder, utterance or suggestion that does not exist.
        """
        handle = self._handle
        with handle.write() as stamp:
            by = handle.coder_id(coder)
            voice = ADJUDICATED_ID if kind == "adjudicate" else by
            touched = list(dict.fromkeys(choice.utterance for choice in choices))
            self._refuse_stale(voice, choices)
            uid, codebook = new_uid(), self._codebook()
            act = handle.run(
                "INSERT INTO act (uid, coder, voice, kind, mode, drawn, seconds, note, time)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (uid, by, voice, kind, mode, drawn, seconds, note, stamp),
            )
            spans, seen = _spans(handle, touched), self._exposed(by, touched)
            suggested = self._suggested(choices)
            handle.run_many(
                "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (act, number, *_decision(choice, spans, suggested), choice.utterance in seen, codebook,
                     choice.memo.strip(), json.dumps(list(choice.cites)))
                    for number, choice in enumerate(choices)
                ),
            )  # fmt: skip
            settle(handle, voice, touched)
        return Saved(uid, self.states(ADJUDICATED if voice == ADJUDICATED_ID else coder, touched))

    def carry(self, coder: str, choices: Sequence[Choice], origins: Mapping[int, int]) -> None:
        """Repeat decisions on a new version's utterances; `origins` gives the old utterance of each new one."""
        handle = self._handle
        with handle.write():
            by = handle.coder_id(coder)
            was_seen = self._exposed(by, list(origins.values()))
            exposed = [new for new, old in origins.items() if old in was_seen]
            handle.run_many(
                "INSERT OR IGNORE INTO exposure SELECT ?, coder, kind, time FROM exposure WHERE utterance = ?"
                " AND coder = ?",
                ((new, origins[new], by) for new in exposed),
            )
            self.decide(
                coder, choices, mode="imported", kind="carry", note="carried over from the version before"
            )

    def _codebook(self) -> int:
        return int(self._handle.value("SELECT id FROM codebook ORDER BY time DESC, uid DESC"))

    def _refuse_stale(self, voice: int, choices: Sequence[Choice]) -> None:
        for choice in choices:
            if choice.expected is None:
                continue
            newest = self._handle.value(
                "SELECT last_act FROM unit WHERE voice = ? AND utterance = ?", (voice, choice.utterance)
            )
            if (newest or "") != choice.expected:
                raise StaleError(
                    "This utterance was decided elsewhere meanwhile (another window, or another person)."
                    " Nothing was overwritten; look at it again."
                )

    def _exposed(self, coder: int, utterances: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for some in chunks(utterances):
            sql = f"SELECT utterance FROM exposure WHERE coder = ? AND utterance IN ({marks(some)})"
            found |= {row["utterance"] for row in self._handle.rows(sql, (coder, *some))}
        return found

    def _suggested(self, choices: Sequence[Choice]) -> dict[int, Row]:
        found: dict[int, Row] = {}
        wanted = sorted({choice.suggestion for choice in choices if choice.suggestion is not None})
        for some in chunks(wanted):
            sql = f"SELECT id, utterance, code, polarity FROM suggestion WHERE id IN ({marks(some)})"
            found |= {row["id"]: row for row in self._handle.rows(sql, some)}
        for choice in choices:
            if choice.suggestion is None:
                continue
            if choice.suggestion not in found or found[choice.suggestion]["utterance"] != choice.utterance:
                raise StudyError(
                    f"Suggestion {choice.suggestion} is not one for utterance {choice.utterance}."
                )
        return found

    def undo(self, coder: str, act: str | None = None) -> Saved | None:
        """Take back the coder's newest gesture (imports excepted), or the one named; None if there is none.

        Raises StudyError if the named act is not the coder's or is undone already.
        """
        return self._reverse(coder, act, "undo", self._newest_done)

    def redo(self, coder: str) -> Saved | None:
        """Bring back what the coder undid last, unless they did something else since; None if there is none."""
        return self._reverse(coder, None, "redo", self._newest_undone)

    def _reverse(
        self, coder: str, uid: str | None, kind: str, newest: Callable[[int], Row | None]
    ) -> Saved | None:
        handle = self._handle
        with handle.write() as stamp:
            by = handle.coder_id(coder)
            target = newest(by) if uid is None else self._named(by, uid)
            if target is None:
                return None
            reversal = new_uid()
            handle.run(
                "INSERT INTO act (uid, coder, voice, kind, target, mode, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (reversal, by, target["voice"], kind, target["id"], target["mode"], stamp),
            )
            handle.run(
                "INSERT INTO undone VALUES (?)" if kind == "undo" else "DELETE FROM undone WHERE act = ?",
                (target["id"],),
            )
            rows = handle.rows("SELECT DISTINCT utterance FROM decision WHERE act = ?", (target["id"],))
            touched = [row["utterance"] for row in rows]
            settle(handle, target["voice"], touched)
        who = ADJUDICATED if target["voice"] == ADJUDICATED_ID else coder
        return Saved(target["uid"], self.states(who, touched))

    def _newest_done(self, coder: int) -> Row | None:
        return self._handle.row(
            "SELECT * FROM act WHERE coder = ? AND kind IN ('decide', 'adjudicate')"
            " AND id NOT IN (SELECT act FROM undone) ORDER BY time DESC, uid DESC LIMIT 1",
            (coder,),
        )

    def _newest_undone(self, coder: int) -> Row | None:
        newest = self._handle.row(
            "SELECT a.*, made.time AS made FROM act a JOIN act made ON made.id = a.target"
            " JOIN undone ON undone.act = a.target WHERE a.coder = ? AND a.kind = 'undo'"
            " ORDER BY a.time DESC, a.uid DESC LIMIT 1",
            (coder,),
        )
        if newest is None:
            return None
        since = self._handle.value(
            "SELECT 1 FROM act WHERE coder = ? AND kind IN ('decide', 'adjudicate') AND time > ?",
            (coder, newest["time"]),
        )
        return None if since else self._handle.row("SELECT * FROM act WHERE id = ?", (newest["target"],))

    def _named(self, coder: int, uid: str) -> Row:
        row = self._handle.row(
            "SELECT * FROM act WHERE substr(uid, 1, ?) = ? AND coder = ? AND target IS NULL",
            (len(uid), uid, coder),
        )
        if row is None or len(uid) < SHORTEST_UID:
            raise StudyError("There is no such act of this coder to undo.")
        if self._handle.value("SELECT 1 FROM undone WHERE act = ?", (row["id"],)):
            raise StudyError("This act is undone already.")
        return row

    def record_exposure(self, coder: str, utterances: Sequence[int], kind: str = "suggestion") -> None:
        """Note that a coder has now seen suggestions (or, kind='coder', another's coding) for these utterances.

        Decisions after this are not blind, whatever mode they are made in. Call it when they are displayed.
        """
        with self._handle.write() as stamp:
            by = self._handle.coder_id(coder)
            self._handle.run_many(
                "INSERT OR IGNORE INTO exposure VALUES (?, ?, ?, ?)",
                ((utterance, by, kind, stamp) for utterance in utterances),
            )

    def exposed(self, coder: str, utterances: Sequence[int]) -> set[int]:
        """Return those of the utterances where this coder has seen suggestions or another's coding."""
        return self._exposed(self._handle.coder_id(coder), utterances)

    def states(self, coder: str, utterances: Sequence[int]) -> dict[int, UnitState]:
        """Return where a coder (or ADJUDICATED) stands with utterances; untouched ones are 'open', token ''."""
        return read_states(self._handle, coder, utterances)


def _spans(handle: Handle, utterances: Sequence[int]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for some in chunks(utterances):
        sql = f'SELECT id, start, "end" FROM utterance WHERE id IN ({marks(some)})'
        found |= {row["id"]: (row["start"], row["end"]) for row in handle.rows(sql, some)}
    missing = [str(key) for key in utterances if key not in found]
    if missing:
        raise StudyError(f"There is no utterance {', '.join(missing[:5])} in {handle.path.name}.")
    return found


def _decision(
    choice: Choice, spans: Mapping[int, tuple[int, int]], suggested: Mapping[int, Row]
) -> tuple[object, ...]:
    """Return (utterance, verdict, code, instead_of, polarity, start, end, suggestion) as they are stored."""
    code, polarity, instead_of = choice.code, choice.polarity, choice.instead_of
    row = suggested.get(choice.suggestion) if choice.suggestion is not None else None
    if row is not None and choice.verdict == "accept":
        code, polarity = row["code"], row["polarity"]
    elif row is not None and choice.verdict == "change":
        code, instead_of = code or row["code"], instead_of or row["code"]
    elif row is not None and choice.verdict == "reject":
        code = code or row["code"]
    if choice.verdict in {"accept", "change", "add"}:
        if code is None:
            raise StudyError(f"The verdict '{choice.verdict}' needs a code or a suggestion.")
        start, end = choice.span or spans[choice.utterance]
        return choice.utterance, choice.verdict, code, instead_of, polarity, start, end, choice.suggestion
    if choice.verdict == "reject" and code is None:
        raise StudyError("The verdict 'reject' needs a code or a suggestion.")
    return choice.utterance, choice.verdict, code, None, None, None, None, choice.suggestion
