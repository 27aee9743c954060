"""Finding utterances: filters for lists and queues, in text order, random order, by certainty or doubt."""

import json
import re
from bisect import bisect_right
from collections.abc import Collection
from typing import Literal, Protocol

from coder.errors import StudyError
from coder.store.connection import SharedConnection
from coder.store.values import ADJUDICATED_ID, DECIDED_SQL, Filters

Order = Literal["text", "random", "uncertain", "sure", "recent"]
# Each order with the table that leads: an index then yields rows in order, and a limit ends the search early.
_FROM_TEXT = (
    "transcript t CROSS JOIN utterance u ON u.transcript = t.id LEFT JOIN outlook o ON o.utterance = u.id"
)
_FROM_LOT = (
    "utterance u CROSS JOIN transcript t ON t.id = u.transcript LEFT JOIN outlook o ON o.utterance = u.id"
)
_FROM_OUTLOOK = (
    "outlook o CROSS JOIN utterance u ON u.id = o.utterance CROSS JOIN transcript t ON t.id = u.transcript"
)
ORDERS: dict[str, tuple[str, str]] = {
    "text": (_FROM_TEXT, "t.name, t.id, u.start"),
    "random": (_FROM_LOT, "u.lot, u.id"),
    "uncertain": (_FROM_OUTLOOK, "o.uncertainty DESC, o.utterance"),
    "sure": (_FROM_OUTLOOK, "o.top_score IS NULL, o.top_score DESC, o.utterance"),
    "recent": (_FROM_TEXT, "mine.time DESC, u.id"),
}


def find(
    db: SharedConnection,
    filters: Filters,
    *,
    order: Order = "text",
    limit: int | None = None,
    offset: int = 0,
) -> list[int]:
    """Return the ids of utterances that pass all filters, in an order of ORDERS.

    'uncertain' and 'sure' hold only utterances that a run has looked at.
    """
    where, parameters = _where(db, filters)
    owner = db.coder_id(filters.coder) if filters.coder else -1
    if order == "recent":
        where.append("mine.utterance IS NOT NULL")  # what the coder never touched is not recent
    tables, by = ORDERS[order]
    sql = (
        f"SELECT u.id FROM {tables} LEFT JOIN unit mine ON mine.utterance = u.id AND mine.owner = ?"
        f" WHERE {' AND '.join(where)} ORDER BY {by} LIMIT ? OFFSET ?"
    )
    rows = db.rows(sql, (owner, *parameters, -1 if limit is None else limit, offset))
    return [row["id"] for row in rows]


def _where(db: SharedConnection, filters: Filters) -> tuple[list[str], list[object]]:
    where: list[str] = ["t.current = 1"]
    parameters: list[object] = []

    def add(condition: str, *values: object) -> None:
        where.append(condition)
        parameters.extend(values)

    if filters.codable:
        add("u.codable = 1")
    if filters.transcript is not None:
        add("u.transcript = ?", filters.transcript)
    _add_own(filters, add)
    if filters.code is not None or filters.polarity is not None:
        coder = None if filters.by_anybody else filters.coder
        add(
            "EXISTS (SELECT 1 FROM standing s WHERE s.utterance = u.id AND s.rejected = 0 AND (? IS NULL OR"
            " s.code = ?) AND (? IS NULL OR s.polarity = ?) AND (s.owner = ? OR ? IS NULL))",
            *(filters.code, filters.code, filters.polarity, filters.polarity),
            *(db.coder_id(coder) if coder else None, coder),
        )
    if filters.suggested is not None:
        add(
            "EXISTS (SELECT 1 FROM suggestion s WHERE s.utterance = u.id AND s.run = o.run AND s.selected = 1"
            " AND s.code = ?)",
            filters.suggested,
        )
    saying = containing(db, filters.text, filters.transcript) if filters.text else None
    for ids in (disagreements(db) if filters.disagreement else None, filters.among, saying):
        if ids is not None:
            add("u.id IN (SELECT value FROM json_each(?))", json.dumps(ids))
    _add_speaker(db, filters, add)
    return where, parameters


def _add_own(filters: Filters, add: "Adder") -> None:
    if filters.coder is None and (filters.state is not None or filters.flagged is not None):
        raise StudyError("A filter by state or flag needs a coder.")
    if filters.state is not None:
        add("coalesce(mine.state, 'open') = ?", filters.state)
    if filters.flagged is not None:
        add("coalesce(mine.flagged, 0) = ?", filters.flagged)


def _add_speaker(db: SharedConnection, filters: Filters, add: "Adder") -> None:
    turn = "SELECT 1 FROM turn WHERE turn.transcript = u.transcript AND turn.number = u.turn"
    if filters.speaker is not None:
        add(f"EXISTS ({turn} AND turn.speaker = ?)", filters.speaker)
    if filters.attribute is not None:
        speakers, transcripts = bearers(db, *filters.attribute)
        add(
            "(u.transcript IN (SELECT value FROM json_each(?)) OR EXISTS (SELECT 1 FROM turn, json_each(?) who"
            " WHERE turn.transcript = u.transcript AND turn.number = u.turn"
            " AND json_extract(who.value, '$[0]') = turn.transcript"
            " AND json_extract(who.value, '$[1]') = turn.speaker))",
            json.dumps(transcripts),
            json.dumps(speakers),
        )


class Adder(Protocol):
    """The shape of `add` above: a condition and its parameters."""

    def __call__(self, condition: str, *values: object) -> None:
        """Take one more condition."""


def bearers(db: SharedConnection, name: str, value: str) -> tuple[list[tuple[int, str]], list[int]]:
    """Return the (transcript, speaker) pairs and the transcripts that have an attribute value."""
    from coder.store.coders import People

    people = People(db)
    who = {key for key, facts in people.all_attributes("participant").items() if value in facts.get(name, ())}
    texts = {
        key for key, facts in people.all_attributes("transcript").items() if value in facts.get(name, ())
    }
    speakers = [
        (row["id"], speaker)
        for row in db.rows("SELECT id FROM transcript WHERE current = 1")
        for speaker, participant in people.participants(row["id"]).items()
        if participant in who
    ]
    rows = db.rows("SELECT id, uid FROM transcript WHERE current = 1")
    return speakers, [row["id"] for row in rows if row["uid"] in texts]


def containing(db: SharedConnection, wanted: str, transcript: int | None = None) -> list[int]:
    """Return the utterances in whose text something occurs, without regard to case.

    Looked for in whole texts: cutting out each utterance in SQL would read a long text again for each.
    """
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    found: dict[int, None] = {}
    for row in db.rows(
        "SELECT id, text FROM transcript WHERE current = 1 AND (? IS NULL OR id = ?)",
        (transcript, transcript),
    ):
        hits = [(hit.start(), hit.end()) for hit in pattern.finditer(row["text"])]
        if not hits:
            continue
        units = db.rows(
            'SELECT id, start, "end" FROM utterance WHERE transcript = ? ORDER BY start', (row["id"],)
        )
        starts = [unit["start"] for unit in units]
        for start, end in hits if units else ():
            unit = units[bisect_right(starts, start) - 1]
            if unit["start"] <= start and end <= unit["end"]:
                found[unit["id"]] = None
    return list(found)


def disagreements(db: SharedConnection) -> list[int]:
    """Return utterances that two people decided differently (codes or polarity) and nobody has adjudicated."""
    rows = db.rows(
        "SELECT d.utterance FROM (SELECT utterance FROM unit INDEXED BY unit_utterance"
        f" WHERE owner <> ? AND codable = 1 AND state IN {DECIDED_SQL}"
        "  GROUP BY utterance HAVING count(DISTINCT held) > 1) d"
        f" WHERE NOT EXISTS (SELECT 1 FROM unit a WHERE a.owner = ? AND a.utterance = d.utterance"
        f"  AND a.state IN {DECIDED_SQL})",
        (ADJUDICATED_ID, ADJUDICATED_ID),
    )
    return [row["utterance"] for row in rows]


def deciders_in(db: SharedConnection, transcripts: Collection[int]) -> dict[int, dict[int, set[str]]]:
    """Return who (the adjudicated too) decided each codable utterance, by transcript and utterance; {} if none is."""
    deciders: dict[int, dict[int, set[str]]] = {key: {} for key in transcripts}
    for row in db.rows(
        "SELECT u.transcript, u.id, c.name FROM utterance u"
        f" LEFT JOIN unit ON unit.utterance = u.id AND unit.state IN {DECIDED_SQL}"
        " LEFT JOIN coder c ON c.id = unit.owner"
        " WHERE u.codable = 1 AND u.transcript IN (SELECT value FROM json_each(?))",
        (json.dumps(list(transcripts)),),
    ):
        names = deciders[row["transcript"]].setdefault(row["id"], set())
        if row["name"] is not None:
            names.add(row["name"])
    return deciders


def homes_of(db: SharedConnection, utterances: Collection[int]) -> dict[int, int]:
    """Return the transcript of each utterance, by id; those that do not exist are left out."""
    sql = "SELECT id, transcript FROM utterance WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"]: row["transcript"] for row in db.rows(sql, (json.dumps(list(utterances)),))}
