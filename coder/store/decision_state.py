"""Reading where coders stand, and how they came there."""

import json
from collections import defaultdict
from collections.abc import Sequence
from sqlite3 import Row

from coder.store.connection import Handle, chunks, marks
from coder.store.values import SETTLED_SQL, ActRecord, ActSummary, StandingCode, UnitState


def read_states(handle: Handle, coder: str, utterances: Sequence[int]) -> dict[int, UnitState]:
    """Return the state of each utterance for one coder (or the adjudicated voice)."""
    voice = handle.coder_id(coder)
    found = {key: _untouched(key, coder) for key in utterances}
    for some in chunks(list(found)):
        codes = _codes(handle, voice, some)
        rows = handle.rows(
            f"SELECT * FROM unit WHERE voice = ? AND utterance IN ({marks(some)})", (voice, *some)
        )
        for row in rows:
            key = row["utterance"]
            standing = codes[key]
            found[key] = UnitState(
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
    return found


def _untouched(utterance: int, coder: str) -> UnitState:
    return UnitState(utterance, coder, "open", False, False, (), (), "", "")


def _codes(handle: Handle, voice: int, utterances: Sequence[int]) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in handle.rows(
        'SELECT s.utterance, s.code, s.rejected, s.polarity, s.start, s."end", d.verdict, d.suggestion, d.seen,'
        " d.memo, act.uid, act.time FROM standing s JOIN decision d ON d.act = s.act AND d.number = s.number"
        f" JOIN act ON act.id = s.act WHERE s.voice = ? AND s.utterance IN ({marks(utterances)})"
        " ORDER BY act.time, act.uid, s.number",
        (voice, *utterances),
    ):
        found[row["utterance"]].append(row)
    return found


def _standing(row: Row) -> StandingCode:
    return StandingCode(
        code=row["code"],
        polarity=row["polarity"],
        start=row["start"],
        end=row["end"],
        verdict=row["verdict"],
        suggestion=row["suggestion"],
        blind=not row["seen"],
        memo=row["memo"],
        act=row["uid"],
        time=row["time"],
    )


def voices_at(handle: Handle, utterances: Sequence[int]) -> dict[int, list[str]]:
    """Return which coders (the adjudicated voice too) have settled each utterance."""
    found: dict[int, list[str]] = {key: [] for key in utterances}
    for some in chunks(list(found)):
        for row in handle.rows(
            "SELECT utterance, coder.name FROM unit JOIN coder ON coder.id = unit.voice"
            f" WHERE utterance IN ({marks(some)}) AND state IN {SETTLED_SQL} ORDER BY coder.name",
            some,
        ):
            found[row["utterance"]].append(row["name"])
    return found


_HISTORY = (
    "SELECT act.uid, act.kind, act.mode, act.time, act.seconds, who.name AS coder, voice.name AS voice,"
    " undone.act IS NOT NULL AS undone, d.* FROM act JOIN coder who ON who.id = act.coder"
    " JOIN coder voice ON voice.id = act.voice LEFT JOIN undone ON undone.act = act.id"
    " JOIN decision d ON d.act = coalesce(act.target, act.id)"
)
_TOUCHING = (
    "SELECT act FROM decision WHERE utterance = ?1 UNION SELECT act.id FROM decision"
    " JOIN act ON act.target = decision.act WHERE utterance = ?1"
)


def history(handle: Handle, *, utterance: int | None, coder: str | None, limit: int) -> list[ActRecord]:
    """Return decisions and reversals, newest first, of one utterance and/or one coder."""
    by = handle.coder_id(coder) if coder else None
    where = [f"act.id IN ({_TOUCHING}) AND d.utterance = ?1"] if utterance is not None else []
    where += ["act.coder = ?2"] if by is not None else []
    rows = handle.rows(
        f"{_HISTORY} WHERE {' AND '.join(where) or '1'} ORDER BY act.time DESC, act.uid DESC, d.number LIMIT ?3",
        (utterance, by, limit),
    )
    return [_record(row) for row in rows]


def _record(row: Row) -> ActRecord:
    return ActRecord(
        act=row["uid"],
        kind=row["kind"],
        coder=row["coder"],
        voice=row["voice"],
        mode=row["mode"],
        time=row["time"],
        seconds=row["seconds"],
        undone=bool(row["undone"]),
        utterance=row["utterance"],
        verdict=row["verdict"],
        code=row["code"],
        instead_of=row["instead_of"],
        polarity=row["polarity"],
        suggestion=row["suggestion"],
        seen=bool(row["seen"]),
        memo=row["memo"] or "",
        cites=tuple(json.loads(row["cites"] or "[]")),
    )


def summaries(handle: Handle, *, coder: str | None, limit: int) -> list[ActSummary]:
    """Return gestures, newest first, of one coder or all."""
    by = handle.coder_id(coder) if coder else None
    rows = handle.rows(
        "SELECT act.uid, act.kind, act.mode, act.time, who.name AS coder, voice.name AS voice,"
        " undone.act IS NOT NULL AS undone, count(DISTINCT d.utterance) AS utterances,"
        " group_concat(DISTINCT d.verdict || coalesce(' ' || d.code, '')) AS what"
        " FROM (SELECT * FROM act WHERE coder = ?1 OR ?1 IS NULL ORDER BY time DESC, uid DESC LIMIT ?2) act"
        " JOIN coder who ON who.id = act.coder JOIN coder voice ON voice.id = act.voice"
        " LEFT JOIN undone ON undone.act = act.id LEFT JOIN decision d ON d.act = coalesce(act.target, act.id)"
        " GROUP BY act.id ORDER BY act.time DESC, act.uid DESC",
        (by, limit),
    )
    return [
        ActSummary(
            act=row["uid"],
            kind=row["kind"],
            coder=row["coder"],
            voice=row["voice"],
            mode=row["mode"],
            time=row["time"],
            undone=bool(row["undone"]),
            utterances=row["utterances"],
            what=_few(row["what"] or ""),
        )
        for row in rows
    ]


def _few(what: str, most: int = 3) -> str:
    parts = what.split(",")
    return ", ".join(parts[:most]) + (f" and {len(parts) - most} more" if len(parts) > most else "")
