"""What people have confirmed: the only material for training, and the coders' side of every comparison."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from sqlite3 import Row

from coder.errors import StudyError
from coder.store.connection import SharedConnection, chunks, marks, new_uid
from coder.store.replay import replay
from coder.store.reversals import stands
from coder.store.values import ADJUDICATED, DECIDED_SQL, Withheld


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One owner's decided view of one codable utterance.

    `state` is 'coded', 'nothing' or 'rejected'; `codes` are (code, polarity) pairs; `codebooks` the versions it
    was decided with, so that a code added later counts as not looked at.
    """

    utterance: int
    transcript: int
    coder: str
    state: str
    codes: tuple[tuple[str, str | None], ...]
    rejected: tuple[str, ...]
    codebooks: frozenset[int]


_ORDER = "ORDER BY unit.transcript, unit.utterance, coder.name"


def confirmed(db: SharedConnection) -> list[Confirmed]:
    """Return what stands for every coder and the adjudicated, in order of transcript and utterance."""
    with db.snapshot():
        rows = db.rows(
            "SELECT unit.*, coder.name FROM unit JOIN coder ON coder.id = unit.owner"
            " JOIN utterance u ON u.id = unit.utterance"
            f" WHERE u.codable = 1 AND unit.state IN {DECIDED_SQL} {_ORDER}"
        )
        codes: defaultdict[tuple[int, int], list[tuple[str, str | None]]] = defaultdict(list)
        rejected: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        for row in db.rows("SELECT owner, utterance, code, polarity, rejected FROM standing"):
            key = (row["owner"], row["utterance"])
            if row["rejected"]:
                rejected[key].append(row["code"])
            else:
                codes[key].append((row["code"], row["polarity"]))
        codebooks = _codebooks(db)
    return [
        Confirmed(
            utterance=row["utterance"],
            transcript=row["transcript"],
            coder=row["name"],
            state=row["state"],
            codes=tuple(codes[key]),
            rejected=tuple(rejected[key]),
            codebooks=frozenset(codebooks[key]),
        )
        for row in rows
        for key in ((row["owner"], row["utterance"]),)
    ]


def given_codes(db: SharedConnection, utterances: Collection[int]) -> dict[int, dict[str, set[str]]]:
    """Return the codes that each owner gave to some codable utterances; an empty set: decided, and none given."""
    given: defaultdict[int, dict[str, set[str]]] = defaultdict(dict)
    for row in db.rows(
        "SELECT unit.utterance, c.name, s.code FROM json_each(?) wanted"
        " CROSS JOIN utterance u ON u.id = wanted.value JOIN unit ON unit.utterance = u.id"
        " JOIN coder c ON c.id = unit.owner"
        " LEFT JOIN standing s ON s.owner = unit.owner AND s.utterance = unit.utterance AND s.rejected = 0"
        f" WHERE u.codable = 1 AND unit.state IN {DECIDED_SQL}",
        (json.dumps(list(utterances)),),
    ):
        codes = given[row["utterance"]].setdefault(row["name"], set())
        if row["code"] is not None:
            codes.add(row["code"])
    return dict(given)


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage under a confirmed code: `start` and `end` are offsets into the transcript's text.

    `utterance` is the first that it codes; `coders` are all who coded just this passage so (the adjudicated
    alone where it decided); `good` marks what somebody wants to quote.
    """

    transcript: int
    utterance: int
    speaker: str | None
    start: int
    end: int
    text: str
    code: str
    polarity: str | None
    coders: tuple[str, ...]
    good: bool


# Confirmed passages of everybody, or (?2) of one coder: what was adjudicated counts alone there.
_PASSAGES = (
    "FROM standing s JOIN utterance u ON u.id = s.utterance JOIN coder c ON c.id = s.owner"
    " JOIN transcript t ON t.id = u.transcript"
)
_THAT_COUNT = (
    "WHERE s.rejected = 0 AND t.current = 1 AND u.codable = 1 AND (?2 IS NULL OR c.name = ?2)"
    " AND (?2 IS NOT NULL OR s.owner = 1 OR NOT EXISTS (SELECT 1 FROM unit a WHERE a.owner = 1"
    f" AND a.utterance = s.utterance AND a.state IN {DECIDED_SQL}))"
)


def quotes_of_codes(
    db: SharedConnection, *, coder: str | None = None, withheld: Withheld | None = None
) -> dict[str, int]:
    """Return how many `quotes` each code has; codes without any are left out."""
    reader, utterances = (withheld.reader, list(withheld.utterances)) if withheld else (None, [])
    rows = db.rows(
        f'SELECT code, count(*) AS n FROM (SELECT DISTINCT u.transcript, s.start, s."end", s.code, s.polarity'
        f" {_PASSAGES} {_THAT_COUNT} AND (?1 IS NULL OR c.name = ?1"
        " OR s.utterance NOT IN (SELECT value FROM json_each(?3)))) GROUP BY code",
        (reader, coder, json.dumps(utterances)),
    )
    return {row["code"]: row["n"] for row in rows}


def quotes(
    db: SharedConnection,
    codes: Sequence[str] | None = None,
    *,
    coder: str | None = None,
    withheld: Withheld | None = None,
) -> list[Quote]:
    """Return the confirmed passages of some codes (None: all), in order of transcript and text.

    What was adjudicated counts alone there; elsewhere every coder's codings count, or only those of `coder`; those
    that are `withheld` are left out.
    A passage over several utterances comes once.
    """
    wanted = json.dumps(list(codes)) if codes is not None else None
    with db.snapshot():
        rows = db.rows(
            'SELECT s.utterance, s.code, s.polarity, s.start, s."end", u.transcript, said.speaker, c.name AS coder'
            f" {_PASSAGES} JOIN turn said ON said.transcript = u.transcript AND said.number = u.turn {_THAT_COUNT}"
            " AND (?1 IS NULL OR s.code IN (SELECT value FROM json_each(?1)))"
            " ORDER BY t.name, t.time, t.uid, s.start, u.start, s.code, c.name",
            (wanted, coder),
        )
        good = good_quotes(db)
        texts = {
            row["id"]: row["text"] for row in db.rows("SELECT id, text FROM transcript WHERE current = 1")
        }
    passages: dict[tuple[int, int, int, str, str | None], list[Row]] = {}
    for row in rows:
        if withheld is not None and withheld.holds(row["coder"], row["utterance"]):
            continue
        key = (row["transcript"], row["start"], row["end"], row["code"], row["polarity"])
        passages.setdefault(key, []).append(row)
    return [
        Quote(
            transcript, same[0]["utterance"], same[0]["speaker"], start, end, texts[transcript][start:end],
            code, polarity, tuple(dict.fromkeys(row["coder"] for row in same)),
            any((row["utterance"], code) in good for row in same),
        )
        for (transcript, start, end, code, polarity), same in passages.items()
    ]  # fmt: skip


def good_quotes(db: SharedConnection) -> set[tuple[int, str]]:
    """Return the (utterance, code) pairs that somebody marked as a good quote and did not unmark."""
    rows = db.rows(
        "SELECT utterance, code, good, max(time || uid) FROM good_quote c"
        f" WHERE {stands('c', 'good_quote')} GROUP BY utterance, code"
    )
    return {(row["utterance"], row["code"]) for row in rows if row["good"]}


def mark_good(db: SharedConnection, coder: str, utterance: int, code: str, good: bool) -> None:
    """Mark a code's passage on an utterance as a good quote, or take the mark away; one more row each time."""
    with db.write() as stamp:
        db.run(
            "INSERT INTO good_quote VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (new_uid(), utterance, code, db.coder_id(coder), good, stamp),
        )


def reverse_mark(db: SharedConnection, uid: str, *, coder: str) -> tuple[int, str, bool]:
    """Take back a mark of a good quote, or the undoing of one; return (utterance, code, whether it is marked now)."""
    with db.write() as stamp:
        row = db.row("SELECT * FROM good_quote WHERE uid = ?", (uid,))
        if row is None:
            raise StudyError("There is no such mark of a good quote to take back.")
        db.run(
            "INSERT INTO good_quote VALUES (?, ?, ?, ?, ?, ?, ?)",
            (new_uid(), row["utterance"], row["code"], db.coder_id(coder), row["good"], stamp, uid),
        )
        marked = (row["utterance"], row["code"])
        return (*marked, marked in good_quotes(db))


def _codebooks(db: SharedConnection) -> defaultdict[tuple[int, int], set[int]]:
    codebooks: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for row in db.rows(
        "SELECT DISTINCT act.owner, d.utterance, d.codebook FROM decision d JOIN act ON act.id = d.act"
    ):
        codebooks[row["owner"], row["utterance"]].add(row["codebook"])
    return codebooks


def blind(db: SharedConnection) -> list[Confirmed]:
    """Return what each person had decided before seeing any suggestion or another's coding of the utterance.

    Exposure ends the blind record of an utterance: what was decided or undone later does not change it.
    """
    ends = {
        (row["coder"], row["utterance"]): row["time"]
        for row in db.rows(
            "SELECT coder, utterance, min(time) AS time FROM exposure GROUP BY coder, utterance"
        )
    }
    reversals = _reversals(db)
    rows = db.rows(
        "SELECT unit.owner, unit.utterance, unit.transcript, coder.name FROM unit"
        " JOIN coder ON coder.id = unit.owner JOIN utterance u ON u.id = unit.utterance"
        f" WHERE u.codable = 1 AND coder.name <> ? {_ORDER}",
        (ADJUDICATED,),
    )
    records: list[Confirmed] = []
    for some in chunks(rows):
        records += _blind_chunk(db, some, ends, reversals)
    return records


def _reversals(db: SharedConnection) -> defaultdict[int, list[tuple[str, str]]]:
    reversals: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.rows("SELECT target, time, kind FROM act WHERE target IS NOT NULL ORDER BY time, uid"):
        reversals[row["target"]].append((row["time"], row["kind"]))
    return reversals


def _blind_chunk(
    db: SharedConnection,
    units: Sequence[Row],
    ends: dict[tuple[int, int], str],
    reversals: defaultdict[int, list[tuple[str, str]]],
) -> list[Confirmed]:
    keys = {(row["owner"], row["utterance"]): row for row in units}
    utterances = sorted({utterance for _, utterance in keys})
    decisions: defaultdict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in db.rows(
        "SELECT d.*, act.owner, act.time FROM decision d JOIN act ON act.id = d.act"
        f" WHERE d.utterance IN ({marks(utterances)}) AND d.seen = 0 ORDER BY act.time, act.uid, d.number",
        utterances,
    ):
        key = (row["owner"], row["utterance"])
        end = ends.get(key, "9")
        before = [kind for time, kind in reversals[row["act"]] if time < end]
        if key in keys and not (before and before[-1] == "undo"):
            decisions[key].append(row)
    records = []
    for key, row in keys.items():
        outcome = replay(decisions[key])
        if outcome.state in {"coded", "nothing"}:
            records.append(
                Confirmed(
                    utterance=key[1],
                    transcript=row["transcript"],
                    coder=row["name"],
                    state=outcome.state,
                    codes=tuple((code, item["polarity"]) for code, item in outcome.codes.items()),
                    rejected=(),
                    codebooks=frozenset(),
                )
            )
    return records
