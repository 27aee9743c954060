"""The list of transcripts with each coder's progress: a handful of grouped counts, whatever the study's size."""

import json
from collections import defaultdict

from coder.store.connection import Handle
from coder.store.values import SETTLED_SQL, TranscriptInfo


def list_transcripts(handle: Handle, *, superseded: bool) -> list[TranscriptInfo]:
    """Return the transcripts in order of name and version; superseded versions only when asked for."""
    versions = _versions(handle)
    turns = _counts(handle, "SELECT transcript, count(*) AS n FROM turn GROUP BY transcript")
    units = _counts(
        handle, "SELECT transcript, count(*) AS n FROM utterance WHERE codable = 1 GROUP BY transcript"
    )
    decided = _decided(handle)
    speakers = _speakers(handle)
    held_out = {row["transcript"] for row in handle.rows("SELECT transcript FROM held_out")}
    rows = handle.rows(
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


def _counts(handle: Handle, sql: str) -> dict[int, int]:
    return {row["transcript"]: row["n"] for row in handle.rows(sql)}


def _versions(handle: Handle) -> dict[str, int]:
    before = {row["uid"]: row["replaces"] for row in handle.rows("SELECT uid, replaces FROM transcript")}

    def number(uid: str) -> int:
        count = 1
        while (uid := before.get(uid) or "") in before:
            count += 1
        return count

    return {uid: number(uid) for uid in before}


def _decided(handle: Handle) -> defaultdict[int, dict[str, int]]:
    decided: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in handle.rows(
        "SELECT unit.transcript, coder.name, count(*) AS n FROM unit JOIN coder ON coder.id = unit.voice"
        f" WHERE codable = 1 AND state IN {SETTLED_SQL} GROUP BY unit.transcript, voice"
    ):
        decided[row["transcript"]][row["name"]] = row["n"]
    return decided


def _speakers(handle: Handle) -> defaultdict[int, list[str]]:
    speakers: defaultdict[int, list[str]] = defaultdict(list)
    for row in handle.rows(
        "SELECT transcript, speaker FROM turn WHERE speaker IS NOT NULL GROUP BY transcript, speaker"
        " ORDER BY transcript, min(number)"
    ):
        speakers[row["transcript"]].append(row["speaker"])
    return speakers
