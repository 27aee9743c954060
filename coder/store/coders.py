"""Coders, the roles of speakers, and the facts about participants."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from coder.domain import Role
from coder.errors import StudyError
from coder.store.connection import SharedConnection, new_uid
from coder.store.reversals import Reversals, stands
from coder.store.values import ADJUDICATED, DECIDED_SQL

_ROLE_STANDS = stands("c", "speaker_role")
# Whose attributes (of) are known of a subject, and how many versions back: of one subject, or of all.
_BACK = (
    "SELECT ?2, ?2, 0 UNION SELECT t.replaces, subject, back + 1 FROM known JOIN transcript t ON t.uid = known.of"
    " WHERE ?1 = 'transcript' AND t.replaces IS NOT NULL"
)
_ALL = (
    "SELECT DISTINCT subject, subject, 0 FROM attribute WHERE kind = ?1 UNION"
    " SELECT known.of, t.uid, back + 1 FROM known JOIN transcript t ON t.replaces = known.subject"
    " WHERE ?1 = 'transcript'"
)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """The speaker (None: the turns without a label) whose role was corrected, and when anybody first did so."""

    transcript: int
    speaker: str | None
    first: str


class People:
    """Who codes, and who speaks."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db
        self.role_reversals = Reversals(db, "speaker_role")

    def coders(self) -> list[str]:
        """Return the names of the people who code, in order of the alphabet."""
        return [
            row["name"] for row in self._db.rows("SELECT name FROM coder WHERE kind = 'person' ORDER BY name")
        ]

    def adjudicators(self) -> list[str]:
        """Return the names of the people who adjudicated anything, undone or not, in order of the alphabet."""
        rows = self._db.rows(
            "SELECT DISTINCT name FROM act JOIN coder ON coder.id = act.coder WHERE act.kind = 'adjudicate'"
            " ORDER BY name"
        )
        return [row["name"] for row in rows]

    def add_coder(self, name: str) -> str:
        """Make sure there is a coder of this name; return the name, trimmed.

        Raises StudyError for an empty or reserved name, and for one that differs from a coder's only by case.
        """
        name = " ".join(name.split())
        if not name or len(name) > 80 or name.casefold() == ADJUDICATED:
            raise StudyError(
                f"'{name}' cannot be a coder's name; use 1 to 80 characters, not '{ADJUDICATED}'."
            )
        with self._db.write():
            for known in self.coders():
                if known != name and known.casefold() == name.casefold():
                    raise StudyError(f"There is a coder '{known}' already; '{name}' differs only by case.")
            self._db.run("INSERT OR IGNORE INTO coder (name) VALUES (?)", (name,))
        return name

    def set_role(
        self, transcript_id: int, speaker: str | None, role: Role, *, coder: str | None = None
    ) -> None:
        """Correct the role of a speaker (None: the turns without a label) in one transcript.

        The cut into utterances stays; what the interviewer says is no longer codable, and the reverse.
        Raises StudyError if nobody of that name speaks there.
        """
        db = self._db
        with db.write() as stamp:
            there = "SELECT 1 FROM turn WHERE transcript = ? AND speaker IS ?"
            if db.value(there, (transcript_id, speaker)) is None:
                raise StudyError(f"No speaker '{speaker or 'without a label'}' in this transcript.")
            by = db.coder_id(coder) if coder else None
            db.run(
                "INSERT INTO speaker_role VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (new_uid(), transcript_id, speaker or "", role, by, stamp),
            )
            apply_roles(db, transcript_id)

    def corrected_role(self, transcript_id: int, speaker: str | None) -> Role | None:
        """Return the role of a speaker as somebody corrected it; None if nobody has, or it was taken back."""
        found = self._db.value(
            f"SELECT role FROM speaker_role c WHERE transcript = ? AND speaker = ? AND {_ROLE_STANDS}"
            " ORDER BY time DESC, uid DESC",
            (transcript_id, speaker or ""),
        )
        return cast(Role | None, found)

    def reverse_role(self, uid: str, *, coder: str) -> RoleChange:
        """Take back the correction of a role, or its undoing; return whose role it is."""
        db = self._db
        with db.write() as stamp:
            row = db.row("SELECT * FROM speaker_role WHERE uid = ?", (uid,))
            if row is None:
                raise StudyError("There is no such correction of a role to take back.")
            db.run(
                "INSERT INTO speaker_role VALUES (?, ?, ?, ?, ?, ?, ?)",
                (new_uid(), row["transcript"], row["speaker"], row["role"], db.coder_id(coder), stamp, uid),
            )
            apply_roles(db, row["transcript"])
            first = db.value(
                "SELECT min(time) FROM speaker_role WHERE transcript = ? AND speaker = ?",
                (row["transcript"], row["speaker"]),
            )
        return RoleChange(row["transcript"], row["speaker"] or None, first)

    def link(self, transcript_id: int, speaker: str, participant: str) -> None:
        """Say which participant a speaker of a transcript is."""
        with self._db.write() as stamp:
            if self.participants(transcript_id).get(speaker) == participant:
                return
            self._db.run(
                "INSERT INTO speaks VALUES (?, ?, ?, ?, ?)",
                (new_uid(), transcript_id, speaker, participant, stamp),
            )

    def participants(self, transcript_id: int) -> dict[str, str]:
        """Return the participant's name by speaker label for one transcript.

        A label that speaks in a corrected version, too, is who it was before, unless it was told of that version.
        """
        rows = self._db.rows(
            "WITH RECURSIVE version (id, replaces, back) AS (SELECT id, replaces, 0 FROM transcript WHERE id = ?1"
            " UNION SELECT t.id, t.replaces, back + 1 FROM version JOIN transcript t ON t.uid = version.replaces)"
            " SELECT speaker, participant FROM version JOIN speaks ON speaks.transcript = version.id WHERE id = ?1"
            " OR speaker IN (SELECT coalesce(speaker, '') FROM turn WHERE turn.transcript = ?1)"
            " ORDER BY back DESC, time, uid",
            (transcript_id,),
        )
        return {row["speaker"]: row["participant"] for row in rows}

    def set_attribute(self, kind: str, subject: str, name: str, values: Sequence[str]) -> None:
        """Set an attribute of a participant (by name) or a transcript (by uid); it may hold several values."""
        content = json.dumps(list(values), ensure_ascii=False)
        with self._db.write() as stamp:
            if self.attributes(kind, subject).get(name, ()) == tuple(values):
                return
            self._db.run(
                "INSERT INTO attribute VALUES (?, ?, ?, ?, ?, ?)",
                (new_uid(), kind, subject, name, content, stamp),
            )

    def attributes(self, kind: str, subject: str) -> dict[str, tuple[str, ...]]:
        """Return the attributes of one participant (by name) or transcript (by uid)."""
        return self._attributes(_BACK, kind, subject).get(subject, {})

    def all_attributes(self, kind: str) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return name -> values for every subject of a kind ('participant' or 'transcript').

        What is known of a transcript is known of corrected versions of it, too, unless it was set for these.
        """
        return self._attributes(_ALL, kind)

    def _attributes(self, known: str, *of: str) -> dict[str, dict[str, tuple[str, ...]]]:
        rows = self._db.rows(
            f"WITH RECURSIVE known (of, subject, back) AS ({known})"
            " SELECT known.subject, name, content FROM known JOIN attribute a ON a.subject = known.of AND a.kind = ?1"
            " ORDER BY back DESC, time, a.uid",
            of,
        )
        attributes: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for row in rows:
            attributes[row["subject"]][row["name"]] = tuple(json.loads(row["content"]))
        return {
            who: {name: values for name, values in facts.items() if values}
            for who, facts in attributes.items()
        }


def apply_roles(db: SharedConnection, transcript_id: int) -> None:
    """Bring the derived roles and codability of one transcript in line with what people corrected."""
    db.run("UPDATE turn SET role = role_read WHERE transcript = ?", (transcript_id,))
    rows = db.rows(
        f"SELECT speaker, role FROM speaker_role c WHERE transcript = ? AND {_ROLE_STANDS} ORDER BY time, uid",
        (transcript_id,),
    )
    for speaker, role in {row["speaker"]: row["role"] for row in rows}.items():
        db.run(
            "UPDATE turn SET role = ? WHERE transcript = ? AND speaker IS ?",
            (role, transcript_id, speaker or None),
        )
    db.run(
        "UPDATE utterance SET codable = wordy AND (SELECT current FROM transcript WHERE id = utterance.transcript)"
        " AND coalesce((SELECT role FROM turn WHERE turn.transcript = utterance.transcript"
        " AND turn.number = utterance.turn), '') <> 'interviewer' WHERE transcript = ?",
        (transcript_id,),
    )
    spread_codable(db, transcript_id)


def spread_codable(db: SharedConnection, transcript_id: int) -> None:
    """Bring what is derived from codability in line with the utterances of one transcript."""
    mine = "(SELECT id FROM utterance WHERE transcript = ?)"
    db.run(
        "UPDATE unit SET codable = (SELECT codable FROM utterance WHERE id = unit.utterance)"
        f" WHERE utterance IN {mine}",
        (transcript_id,),
    )
    db.run(
        "UPDATE outlook SET open = (SELECT codable FROM utterance WHERE id = outlook.utterance) AND NOT EXISTS"
        " (SELECT 1 FROM unit WHERE unit.utterance = outlook.utterance"
        f" AND unit.state IN {DECIDED_SQL}) WHERE utterance IN {mine}",
        (transcript_id,),
    )
