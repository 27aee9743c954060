"""What people do and where that leaves them: decide, undo, redo, states, history.

Everything is appended; what stands is derived in the same transaction.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Row

from coder.errors import NotFoundError, StaleError, StudyError
from coder.phrasing import few
from coder.store.carried_acts import carry_reversal
from coder.store.connection import SharedConnection, chunks, marks, new_uid, value_of
from coder.store.earlier_carries import CARRIED
from coder.store.replay import derive
from coder.store.values import (
    ADJUDICATED,
    ADJUDICATED_ID,
    DECIDED_SQL,
    MODES,
    SHORTEST_UID,
    UNSTATED,
    ActRecord,
    ActSummary,
    Decision,
    OthersCode,
    Provenance,
    Saved,
    StandingCode,
    UnitState,
)

RECODED = "codebook: "  # how the note of an act begins that a change of the codebook made
_HISTORY = (
    "SELECT act.uid, act.kind, act.mode, act.time, act.seconds, who.name AS coder, owner.name AS owner,"
    " undone.act IS NOT NULL AS undone, d.* FROM act JOIN coder who ON who.id = act.coder"
    " JOIN coder owner ON owner.id = act.owner LEFT JOIN undone ON undone.act = act.id"
    " JOIN decision d ON d.act = coalesce(act.target, act.id)"
)
_TOUCHING = (
    "SELECT act FROM decision WHERE utterance = ?1 UNION SELECT act.id FROM decision"
    " JOIN act ON act.target = decision.act WHERE utterance = ?1"
)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One standing coding with its place; `others` are (utterance, code) of the coder's other codes there."""

    coder: str
    utterance: int
    transcript: int
    start: int
    end: int
    polarity: str | None
    memo: str
    others: frozenset[tuple[int, str]]


class Acts:
    """Decisions, their undoing, and where each coder stands."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db

    def decide(
        self,
        coder: str,
        decisions: Sequence[Decision],
        *,
        mode: str,
        kind: str = "decide",
        provenance: Provenance = UNSTATED,
    ) -> Saved:
        """Write one gesture and return what stands now; it is on disk when this returns.

        Raises StaleError (nothing is written) if a decision's `expected` token is no longer the newest, and
        StudyError for a coder, utterance or suggestion that does not exist.
        """
        db = self._db
        with db.write() as stamp:
            by = db.coder_id(coder)
            owner = ADJUDICATED_ID if kind == "adjudicate" else by
            touched = list(dict.fromkeys(decision.utterance for decision in decisions))
            for decision in decisions:
                if decision.expected is not None:
                    self._refuse_stale(owner, decision.utterance, decision.expected)
            uid = new_uid()
            act = db.run(
                "INSERT INTO act (uid, coder, owner, kind, mode, drawn, seconds, note, time)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (uid, by, owner, kind, mode, provenance.drawn, provenance.seconds, provenance.note, stamp),
            )
            self._append(act, owner, decisions, by)
        return Saved(uid, self.states(ADJUDICATED if owner == ADJUDICATED_ID else coder, touched))

    def standing_rows(self, code: str) -> list[StandingRow]:
        """Return everybody's standing codings of a code (the adjudicated too), in order of coder and text."""
        rows = self._db.rows(
            'SELECT s.utterance, s.polarity, s.start, s."end", u.transcript, c.name, d.memo,'
            " (SELECT json_group_array(o.code) FROM standing o WHERE o.owner = s.owner AND o.utterance = s.utterance"
            "  AND o.rejected = 0 AND o.code <> s.code) AS others"
            " FROM standing s JOIN utterance u ON u.id = s.utterance JOIN coder c ON c.id = s.owner"
            " JOIN decision d ON d.act = s.act AND d.number = s.number"
            " WHERE s.code = ? AND s.rejected = 0 ORDER BY c.name, u.transcript, u.start",
            (code,),
        )
        return [
            StandingRow(
                row["name"], row["utterance"], row["transcript"], row["start"], row["end"], row["polarity"],
                row["memo"], frozenset((row["utterance"], other) for other in json.loads(row["others"])),
            )
            for row in rows
        ]  # fmt: skip

    def recode(self, coder: str, owner: str, decisions: Sequence[Decision], *, note: str) -> str:
        """Let a change of the codebook reach somebody's codings; return the act's uid, by which `coder` undoes it.

        The owner is whose codings change; they have seen no more than before, so blind codings stay blind.
        """
        db = self._db
        with db.write() as stamp:
            whose, uid = db.coder_id(owner), new_uid()
            act = db.run(
                "INSERT INTO act (uid, coder, owner, kind, mode, note, time)"
                " VALUES (?, ?, ?, 'carry', 'imported', ?, ?)",
                (uid, db.coder_id(coder), whose, f"{RECODED}{note}", stamp),
            )
            self._append(act, whose, decisions)
        return uid

    def _append(self, act: int, owner: int, decisions: Sequence[Decision], by: int | None = None) -> None:
        """Write the decisions of an act and derive what stands; `by` is who saw what (the owner, unless given)."""
        db, codebook = self._db, self._codebook()
        touched = list(dict.fromkeys(decision.utterance for decision in decisions))
        spans, seen = _spans(db, touched), self._exposed(owner if by is None else by, touched)
        suggested = self._suggested(decisions)
        db.run_many(
            "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (act, number, *_decision(decision, spans, suggested), decision.utterance in seen, codebook,
                 decision.memo.strip(), json.dumps(list(decision.cites)))
                for number, decision in enumerate(decisions)
            ),
        )  # fmt: skip
        derive(db, owner, touched)

    def _codebook(self) -> int:
        return int(self._db.value("SELECT id FROM codebook ORDER BY time DESC, uid DESC"))

    def refuse_stale(self, coder: str, utterance: int, expected: str) -> None:
        """Raise StaleError unless `expected` names the newest act of this coder on the utterance ('': none)."""
        self._refuse_stale(self._db.coder_id(coder), utterance, expected)

    def _refuse_stale(self, owner: int, utterance: int, expected: str) -> None:
        newest = self._db.value(
            "SELECT last_act FROM unit WHERE owner = ? AND utterance = ?", (owner, utterance)
        )
        if (newest or "") != expected:
            raise StaleError(
                "This utterance was decided elsewhere meanwhile (another window, or another person)."
                " Nothing was overwritten; look at it again."
            )

    def _exposed(self, coder: int, utterances: Sequence[int]) -> set[int]:
        exposed: set[int] = set()
        for some in chunks(utterances):
            sql = f"SELECT utterance FROM exposure WHERE coder = ? AND utterance IN ({marks(some)})"
            exposed |= {row["utterance"] for row in self._db.rows(sql, (coder, *some))}
        return exposed

    def _suggested(self, decisions: Sequence[Decision]) -> dict[int, Row]:
        suggestions: dict[int, Row] = {}
        wanted = sorted({decision.suggestion for decision in decisions if decision.suggestion is not None})
        for some in chunks(wanted):
            sql = f"SELECT id, utterance, code, polarity FROM suggestion WHERE id IN ({marks(some)})"
            suggestions |= {row["id"]: row for row in self._db.rows(sql, some)}
        for decision in decisions:
            if decision.suggestion is None:
                continue
            if (
                decision.suggestion not in suggestions
                or suggestions[decision.suggestion]["utterance"] != decision.utterance
            ):
                raise StudyError(
                    f"Suggestion {decision.suggestion} is not one for utterance {decision.utterance}."
                )
        return suggestions

    def undo(self, coder: str, act: str | None = None) -> Saved | None:
        """Take back the coder's newest gesture (imports excepted), or the one named; None if there is none.

        Raises StudyError if the named act is not the coder's or is undone already.
        """
        return self._reverse(coder, act, "undo", self._newest_done)

    def last_made(self, coder: str) -> str:
        """Return the time of the coder's newest gesture (imports and undoing excepted); '' if there is none."""
        sql = "SELECT max(time) FROM act WHERE coder = ? AND kind IN ('decide', 'adjudicate')"
        return str(self._db.value(sql, (self._db.coder_id(coder),)) or "")

    def last_mode(self, coder: str) -> str:
        """Return the mode in which the coder coded last ('' if never); adjudicating and imports are no mode."""
        sql = f"SELECT mode FROM act WHERE coder = ? AND mode IN {MODES} ORDER BY time DESC, uid DESC LIMIT 1"
        return str(self._db.value(sql, (self._db.coder_id(coder),)) or "")

    def undoable(self, coder: str) -> tuple[str, str] | None:
        """Return (uid, time) of the gesture that `undo` would take back; None if there is none."""
        row = self._newest_done(self._db.coder_id(coder))
        return None if row is None else (row["uid"], row["time"])

    def redoable(self, coder: str) -> tuple[str, str] | None:
        """Return the uid of the gesture that `redo` would bring back, and when it was undone; None: there is none."""
        row = self._newest_undone(self._db.coder_id(coder))
        if row is None:
            return None
        sql = "SELECT max(time) FROM act WHERE target = ? AND kind = 'undo'"
        return row["uid"], self._db.value(sql, (row["id"],))

    def redo(self, coder: str, act: str | None = None) -> Saved | None:
        """Bring back what the coder undid last, unless they did something else since, or the act named."""
        return self._reverse(coder, act, "redo", self._newest_undone)

    def _reverse(
        self, coder: str, uid: str | None, kind: str, newest: Callable[[int], Row | None]
    ) -> Saved | None:
        db = self._db
        with db.write() as stamp:
            by = db.coder_id(coder)
            target = newest(by) if uid is None else self._named(by, uid, undone=kind == "redo")
            if target is None:
                return None
            reversal = new_uid()
            row_id = db.run(
                "INSERT INTO act (uid, coder, owner, kind, target, mode, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (reversal, by, target["owner"], kind, target["id"], target["mode"], stamp),
            )
            db.run(
                "INSERT INTO undone VALUES (?)" if kind == "undo" else "DELETE FROM undone WHERE act = ?",
                (target["id"],),
            )
            rows = db.rows("SELECT DISTINCT utterance FROM decision WHERE act = ?", (target["id"],))
            touched = [row["utterance"] for row in rows]
            derive(db, target["owner"], touched)
            carry_reversal(db, row_id)
        who = ADJUDICATED if target["owner"] == ADJUDICATED_ID else coder
        return Saved(target["uid"], self.states(who, touched))

    def _newest_done(self, coder: int) -> Row | None:
        return self._db.row(
            "SELECT * FROM act WHERE coder = ? AND kind IN ('decide', 'adjudicate')"
            " AND id NOT IN (SELECT act FROM undone) ORDER BY time DESC, uid DESC LIMIT 1",
            (coder,),
        )

    def _newest_undone(self, coder: int) -> Row | None:
        newest = self._db.row(
            "SELECT a.*, made.time AS made FROM act a JOIN act made ON made.id = a.target"
            " JOIN undone ON undone.act = a.target WHERE a.coder = ? AND a.kind = 'undo'"
            f" AND made.note NOT LIKE '{RECODED}%' AND a.note <> '{CARRIED}'"
            " ORDER BY a.time DESC, a.uid DESC LIMIT 1",
            (coder,),
        )
        if newest is None:
            return None
        since = self._db.value(
            "SELECT 1 FROM act WHERE coder = ? AND kind IN ('decide', 'adjudicate') AND time > ?",
            (coder, newest["time"]),
        )
        return None if since else self._db.row("SELECT * FROM act WHERE id = ?", (newest["target"],))

    def _named(self, coder: int, uid: str, *, undone: bool) -> Row:
        row = self._db.row(
            "SELECT * FROM act WHERE substr(uid, 1, ?) = ? AND coder = ? AND target IS NULL",
            (len(uid), uid, coder),
        )
        if row is None or len(uid) < SHORTEST_UID:
            what = "redo" if undone else "undo"
            raise StudyError(f"There is no such act of this coder to {what} any more; see coder history.")
        if bool(self._db.value("SELECT 1 FROM undone WHERE act = ?", (row["id"],))) != undone:
            raise StudyError(f"This act is {'not undone' if undone else 'undone already'}.")
        return row

    def record_exposure(self, coder: str, utterances: Sequence[int], kind: str = "suggestion") -> None:
        """Note that a coder has now seen suggestions (or, kind='coder', another's coding) for these utterances.

        Decisions after this are not blind, whatever mode they are made in. Call it when they are displayed.
        """
        with self._db.write() as stamp:
            by = self._db.coder_id(coder)
            self._db.run_many(
                "INSERT OR IGNORE INTO exposure VALUES (?, ?, ?, ?)",
                ((utterance, by, kind, stamp) for utterance in utterances),
            )

    def exposed(self, coder: str, utterances: Sequence[int]) -> set[int]:
        """Return those of the utterances where this coder has seen suggestions or another's coding."""
        return self._exposed(self._db.coder_id(coder), utterances)

    def states(self, coder: str, utterances: Sequence[int]) -> dict[int, UnitState]:
        """Return where a coder (or ADJUDICATED) stands with utterances; untouched ones are 'open', token ''."""
        owner = self._db.coder_id(coder)
        states = {key: _untouched(key, coder) for key in utterances}
        for some in chunks(list(states)):
            codes = _codes(self._db, owner, some)
            rows = self._db.rows(
                f"SELECT * FROM unit WHERE owner = ? AND utterance IN ({marks(some)})", (owner, *some)
            )
            for row in rows:
                key = row["utterance"]
                standing = codes[key]
                states[key] = UnitState(
                    utterance=key,
                    coder=coder,
                    state=row["state"],
                    flagged=bool(row["flagged"]),
                    seen=bool(row["seen"]),
                    codes=tuple(_standing(item) for item in standing if not item["rejected"]),
                    rejected=tuple(item["code"] for item in standing if item["rejected"]),
                    token=row["last_act"],
                    time=row["time"],
                )
        return states

    def has_coded(self, coder: str) -> bool:
        """Return whether a coder has touched any utterance with a coding of their own."""
        sql = "SELECT 1 FROM unit WHERE owner = ? LIMIT 1"
        return self._db.value(sql, (self._db.coder_id(coder),)) is not None

    def decided_in(self, coder: str, transcript: int) -> int:
        """Return how many codable utterances of a transcript a coder has decided: one look-up in an index."""
        count = self._db.value(
            "SELECT count(*) FROM unit WHERE codable = 1 AND owner = ? AND transcript = ?"
            f" AND state IN {DECIDED_SQL}",
            (self._db.coder_id(coder), transcript),
        )
        return int(count)

    def deciders(self, utterances: Sequence[int]) -> dict[int, list[str]]:
        """Return which coders (the adjudicated too) have decided each utterance."""
        names: dict[int, list[str]] = {key: [] for key in utterances}
        for some in chunks(list(names)):
            for row in self._db.rows(
                "SELECT utterance, coder.name FROM unit JOIN coder ON coder.id = unit.owner"
                f" WHERE utterance IN ({marks(some)}) AND state IN {DECIDED_SQL} ORDER BY coder.name",
                some,
            ):
                names[row["utterance"]].append(row["name"])
        return names

    def others_at(self, coder: str, utterances: Sequence[int]) -> dict[int, list[OthersCode]]:
        """Return what stands for everybody but this coder, by utterance; utterances without any are left out."""
        mine = self._db.coder_id(coder)
        codes: defaultdict[int, list[OthersCode]] = defaultdict(list)
        for some in chunks(utterances):
            for row in self._db.rows(
                "SELECT s.utterance, c.name, s.code, s.polarity FROM standing s JOIN coder c ON c.id = s.owner"
                f" WHERE s.rejected = 0 AND s.owner <> ? AND s.utterance IN ({marks(some)})"
                " ORDER BY c.name, s.code",
                (mine, *some),
            ):
                codes[row["utterance"]].append(OthersCode(row["name"], row["code"], row["polarity"]))
        return dict(codes)

    def history(
        self, *, utterance: int | None = None, coder: str | None = None, limit: int = 200
    ) -> list[ActRecord]:
        """Return decisions and reversals, newest first, of one utterance and/or one coder."""
        by = self._db.coder_id(coder) if coder else None
        where = [f"act.id IN ({_TOUCHING}) AND d.utterance = ?1"] if utterance is not None else []
        where += ["act.coder = ?2"] if by is not None else []
        rows = self._db.rows(
            f"{_HISTORY} WHERE {' AND '.join(where) or '1'} ORDER BY act.time DESC, act.uid DESC, d.number LIMIT ?3",
            (utterance, by, limit),
        )
        return [_record(row) for row in rows]

    def summaries(self, *, coder: str | None = None, limit: int = 30) -> list[ActSummary]:
        """Return gestures, newest first, of one coder or all."""
        by = self._db.coder_id(coder) if coder else None
        rows = self._db.rows(
            "SELECT act.uid, act.kind, act.mode, act.time, who.name AS coder, owner.name AS owner,"
            " undone.act IS NOT NULL AS undone, count(DISTINCT d.utterance) AS utterances,"
            " group_concat(DISTINCT d.verdict || coalesce(' ' || d.code, '')) AS what"
            " FROM (SELECT * FROM act WHERE (coder = ?1 OR ?1 IS NULL)"
            f" AND NOT (target IS NOT NULL AND note = '{CARRIED}') ORDER BY time DESC, uid DESC LIMIT ?2) act"
            " JOIN coder who ON who.id = act.coder JOIN coder owner ON owner.id = act.owner"
            " LEFT JOIN undone ON undone.act = act.id LEFT JOIN decision d ON d.act = coalesce(act.target, act.id)"
            " GROUP BY act.id ORDER BY act.time DESC, act.uid DESC",
            (by, limit),
        )
        return [
            value_of(ActSummary, row, act=row["uid"], what=few((row["what"] or "").split(","), 3))
            for row in rows
        ]


def _spans(db: SharedConnection, utterances: Sequence[int]) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for some in chunks(utterances):
        sql = f'SELECT id, start, "end" FROM utterance WHERE id IN ({marks(some)})'
        spans |= {row["id"]: (row["start"], row["end"]) for row in db.rows(sql, some)}
    missing = [str(key) for key in utterances if key not in spans]
    if missing:
        raise NotFoundError(f"There is no utterance {', '.join(missing[:5])} in {db.path.name}.")
    return spans


def _decision(
    decision: Decision, spans: Mapping[int, tuple[int, int]], suggested: Mapping[int, Row]
) -> tuple[object, ...]:
    """Return (utterance, verdict, code, instead_of, polarity, start, end, suggestion) as they are stored."""
    code, polarity, instead_of = decision.code, decision.polarity, decision.instead_of
    row = suggested.get(decision.suggestion) if decision.suggestion is not None else None
    if row is not None and decision.verdict == "accept":
        code, polarity = row["code"], row["polarity"]
    elif row is not None and decision.verdict == "change":
        code, instead_of = code or row["code"], instead_of or row["code"]
    elif row is not None and decision.verdict == "reject":
        code = code or row["code"]
    if decision.verdict in {"accept", "change", "add"}:
        if code is None:
            raise StudyError(f"The verdict '{decision.verdict}' needs a code or a suggestion.")
        start, end = decision.span or spans[decision.utterance]
        return (
            decision.utterance,
            decision.verdict,
            code,
            instead_of,
            polarity,
            start,
            end,
            decision.suggestion,
        )
    if decision.verdict == "reject" and code is None:
        raise StudyError("The verdict 'reject' needs a code or a suggestion.")
    return decision.utterance, decision.verdict, code, None, None, None, None, decision.suggestion


def _untouched(utterance: int, coder: str) -> UnitState:
    return UnitState(utterance, coder, "open", False, False, (), (), "", "")


def _codes(db: SharedConnection, owner: int, utterances: Sequence[int]) -> defaultdict[int, list[Row]]:
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for row in db.rows(
        'SELECT s.utterance, s.code, s.rejected, s.polarity, s.start, s."end", d.verdict, d.suggestion, d.seen,'
        " d.memo, act.uid, act.time FROM standing s JOIN decision d ON d.act = s.act AND d.number = s.number"
        f" JOIN act ON act.id = s.act WHERE s.owner = ? AND s.utterance IN ({marks(utterances)})"
        " ORDER BY act.time, act.uid, s.number",
        (owner, *utterances),
    ):
        rows[row["utterance"]].append(row)
    return rows


def _standing(row: Row) -> StandingCode:
    return value_of(StandingCode, row, act=row["uid"], blind=not row["seen"])


def _record(row: Row) -> ActRecord:
    cites = tuple(json.loads(row["cites"] or "[]"))
    return value_of(ActRecord, row, act=row["uid"], memo=row["memo"] or "", cites=cites)
