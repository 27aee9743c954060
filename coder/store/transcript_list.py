"""The list of transcripts: a handful of grouped counts, whatever the study's size."""

import json
from collections import defaultdict

from coder.store.connection import SharedConnection
from coder.store.model_versions import held_out_ids
from coder.store.values import DECIDED_SQL, TranscriptInfo


def list_transcripts(db: SharedConnection, *, superseded: bool) -> list[TranscriptInfo]:
    """Return the transcripts in order of name and version; superseded versions only when asked for."""
    versions = _versions(db)
    turns = _counts(db, "SELECT transcript, count(*) AS n FROM turn GROUP BY transcript")
    units = _counts(
        db, "SELECT transcript, count(*) AS n FROM utterance WHERE codable = 1 GROUP BY transcript"
    )
    decided = _decided(db)
    speakers = _speakers(db)
    held_out = held_out_ids(db)
    rows = db.rows(
        "SELECT id, uid, name, source, current, notes, time FROM transcript WHERE current = 1 OR ?"
        " ORDER BY name, time, uid",
        (superseded,),
    )
    return [
        TranscriptInfo(
            id=row["id"],
            uid=row["uid"],
            name=row["name"],
            source=row["source"],
            version=versions[row["uid"]],
            current=bool(row["current"]),
            held_out=row["id"] in held_out,
            turns=turns.get(row["id"], 0),
            utterances=units.get(row["id"], 0),
            speakers=tuple(speakers[row["id"]]),
            decided=decided[row["id"]],
            notes=tuple(json.loads(row["notes"])),
            added=row["time"],
        )
        for row in rows
    ]


def names_in_use(db: SharedConnection) -> dict[int, str]:
    """Return the names of the transcripts in use by id, in the order of `list_transcripts`."""
    rows = db.rows("SELECT id, name FROM transcript WHERE current = 1 ORDER BY name, time, uid")
    return {row["id"]: row["name"] for row in rows}


def ids_in_use(db: SharedConnection) -> dict[str, int]:
    """Return the ids of the transcripts in use by uid, in the order of `list_transcripts`."""
    rows = db.rows("SELECT id, uid FROM transcript WHERE current = 1 ORDER BY name, time, uid")
    return {row["uid"]: row["id"] for row in rows}


def _counts(db: SharedConnection, sql: str) -> dict[int, int]:
    return {row["transcript"]: row["n"] for row in db.rows(sql)}


def _versions(db: SharedConnection) -> dict[str, int]:
    before = {row["uid"]: row["replaces"] for row in db.rows("SELECT uid, replaces FROM transcript")}

    def number(uid: str) -> int:
        count = 1
        while (uid := before.get(uid) or "") in before:
            count += 1
        return count

    return {uid: number(uid) for uid in before}


def _decided(db: SharedConnection) -> defaultdict[int, dict[str, int]]:
    decided: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in db.rows(
        "SELECT unit.transcript, coder.name, count(*) AS n FROM unit JOIN coder ON coder.id = unit.owner"
        f" WHERE codable = 1 AND state IN {DECIDED_SQL} GROUP BY unit.transcript, owner"
    ):
        decided[row["transcript"]][row["name"]] = row["n"]
    return decided


def _speakers(db: SharedConnection) -> defaultdict[int, list[str]]:
    speakers: defaultdict[int, list[str]] = defaultdict(list)
    for row in db.rows(
        "SELECT transcript, speaker FROM turn WHERE speaker IS NOT NULL GROUP BY transcript, speaker"
        " ORDER BY transcript, min(number)"
    ):
        speakers[row["transcript"]].append(row["speaker"])
    return speakers
