"""Transcripts of the study: written once, listed, read back as turns and utterances."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from sqlite3 import Row

from coder.domain import Span, Transcript, Turn, Utterance
from coder.errors import NotFoundError, StudyError
from coder.phrasing import few, listed, typed
from coder.store.coders import spread_codable
from coder.store.connection import SharedConnection, chunks, marks
from coder.store.transcript_list import list_transcripts, names_in_use
from coder.store.values import LOTS, SHORTEST_UID, StudyTurn, StudyUtterance, TranscriptInfo

_UTTERANCES = "SELECT u.*, t.written FROM utterance u JOIN transcript t ON t.id = u.transcript WHERE"
MOST_NAMED = 12  # transcripts named where none is called as asked
_NUMBERED = re.compile(rf"(.+) \(([0-9a-f]{{{SHORTEST_UID}}})\)")  # a name as `shown_names` makes it
FEW = 40  # utterances of one transcript fetched one by one; more: the transcript is read whole


def transcript_uid(transcript: Transcript, utterances: Sequence[Utterance]) -> str:
    """Name a transcript by its content: text, turns, roles as read, and the cut into utterances."""
    turns = [(turn.speaker, turn.role, turn.start, turn.end) for turn in transcript.turns]
    cut = [(item.start, item.end, item.codable) for item in utterances]
    content = json.dumps([transcript.text, turns, cut], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def text_hash(text: str) -> str:
    """Name a text by its content alone."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lot_of(uid: str, start: int, end: int) -> int:
    """Return the place of an utterance in the random order (0..999999)."""
    digest = hashlib.sha256(f"{uid}:{start}:{end}".encode()).hexdigest()
    return int(digest[:12], 16) % LOTS


class Texts:
    """The transcripts of a study."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db

    def add(
        self,
        transcript: Transcript,
        utterances: Sequence[Utterance],
        *,
        source: str,
        replaces: int | None = None,
        again: bool = False,
    ) -> int:
        """Store a transcript under its `id` as name, with turns and utterances; return its number.

        `utterances` must be cut with every turn treated as a participant's: `codable` then tells backchannels
        from words, and roles can be corrected later without re-cutting. `replaces` is the id of the version
        that this one follows; `again` lets it be the same as an earlier version. Raises StudyError if the same
        content is there already.
        """
        uid = transcript_uid(transcript, utterances)
        db = self._db
        with db.write() as stamp:
            while again and db.row("SELECT 1 FROM transcript WHERE uid = ?", (uid,)):
                uid = text_hash(uid)[:32]  # alike in every copy of the study that goes back as often
            twin = db.row("SELECT name FROM transcript WHERE uid = ?", (uid,))
            if twin is not None:
                raise StudyError(f"{source} is in the study already, as '{twin['name']}'.")
            old = self._superseded(replaces) if replaces is not None else None
            transcript_id = db.run(
                "INSERT INTO transcript (uid, name, text, text_hash, source_hash, source, format, encoding, notes,"
                " doubts, written, replaces, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    uid,
                    transcript.id,
                    transcript.text,
                    text_hash(transcript.text),
                    transcript.source_hash,
                    source,
                    transcript.format,
                    transcript.encoding,
                    json.dumps(list(transcript.notes), ensure_ascii=False),
                    json.dumps(list(transcript.doubts), ensure_ascii=False),
                    transcript.written,
                    old,
                    stamp,
                ),
            )
            self._add_layout(transcript_id, transcript)
            self._add_utterances(transcript_id, uid, transcript, utterances)
        return transcript_id

    def _superseded(self, transcript_id: int) -> str:
        uid = self._db.value("SELECT uid FROM transcript WHERE id = ?", (transcript_id,))
        retire(self._db, transcript_id)
        return str(uid)

    def _add_layout(self, transcript_id: int, transcript: Transcript) -> None:
        self._db.run_many(
            'INSERT INTO turn (transcript, number, speaker, role_read, role, start, "end", seconds, question)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    transcript_id,
                    turn.index,
                    turn.speaker,
                    turn.role,
                    turn.role,
                    turn.start,
                    turn.end,
                    turn.time,
                    turn.question,
                )
                for turn in transcript.turns
            ),
        )
        self._db.run_many(
            "INSERT OR IGNORE INTO furniture VALUES (?, ?, ?, ?)",
            ((transcript_id, span.start, span.end, span.kind) for span in transcript.furniture),
        )

    def _add_utterances(
        self, transcript_id: int, uid: str, transcript: Transcript, utterances: Sequence[Utterance]
    ) -> None:
        roles = {turn.index: turn.role for turn in transcript.turns}
        self._db.run_many(
            'INSERT INTO utterance (transcript, turn, start, "end", wordy, codable, lot)'
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    transcript_id,
                    item.turn,
                    item.start,
                    item.end,
                    item.codable,
                    item.codable and roles[item.turn] != "interviewer",
                    lot_of(uid, item.start, item.end),
                )
                for item in utterances
            ),
        )

    def readings(self, transcript_id: int) -> list[int]:
        """Return the versions with the same text that led to this one, the first reading first, itself last."""
        rows = self._db.rows("SELECT id, uid, replaces, text_hash FROM transcript")
        by_uid, by_id = {row["uid"]: row for row in rows}, {row["id"]: row for row in rows}
        row, versions = by_id.get(transcript_id), list[int]()
        while row is not None and (not versions or row["text_hash"] == by_id[transcript_id]["text_hash"]):
            versions.append(int(row["id"]))
            row = by_uid.get(row["replaces"])
        return versions[::-1]

    def is_worked_on(self, transcript_id: int) -> bool:
        """Tell whether people decided or noted anything in a transcript, undone or not, or it is held out."""
        mine = "(SELECT id FROM utterance WHERE transcript = ?1)"
        return bool(
            self._db.value(
                f"SELECT EXISTS (SELECT 1 FROM decision WHERE utterance IN {mine})"
                f" OR EXISTS (SELECT 1 FROM memo WHERE transcript = ?1 OR utterance IN {mine})"
                " OR EXISTS (SELECT 1 FROM held_out WHERE transcript = ?1)",
                (transcript_id,),
            )
        )

    def name(self, transcript_id: int) -> str:
        """Return a transcript's name in the study, of any version. Raises NotFoundError if there is none."""
        return name_of(self._db, transcript_id)

    def replacements(self) -> list[tuple[int, int]]:
        """Return (earlier, later) for each version that another follows: a text's first versions before its last."""
        rows = self._db.rows(
            "SELECT o.id AS old, n.id AS new, n.uid, n.replaces FROM transcript n"
            " JOIN transcript o ON o.uid = n.replaces ORDER BY n.time, n.uid"
        )
        before = {row["uid"]: row["replaces"] for row in rows}

        def depth(uid: str) -> int:
            return 1 + depth(before[uid]) if uid in before else 0

        return [(row["old"], row["new"]) for row in sorted(rows, key=lambda row: depth(row["uid"]))]

    def earlier(self, transcript_id: int) -> list[int]:
        """Return the ids of the versions before this one, the newest of them first."""
        rows = self._db.rows(
            "WITH RECURSIVE earlier (id, replaces, step) AS (SELECT id, replaces, 0 FROM transcript WHERE id = ?"
            " UNION SELECT t.id, t.replaces, step + 1 FROM earlier JOIN transcript t ON t.uid = earlier.replaces)"
            " SELECT id FROM earlier WHERE step > 0 ORDER BY step",
            (transcript_id,),
        )
        return [row["id"] for row in rows]

    def in_use(self, transcript_id: int) -> int | None:
        """Return the id of the version in use of a transcript, which may be itself; None if it was removed.

        Where two copies replaced it, each by a version of its own, the later one.
        """
        found = self._db.value(
            "WITH RECURSIVE later (id, uid, current, time) AS (SELECT id, uid, current, time FROM transcript"
            " WHERE id = ? UNION SELECT t.id, t.uid, t.current, t.time FROM later"
            " JOIN transcript t ON t.replaces = later.uid)"
            " SELECT id FROM later WHERE current = 1 ORDER BY time DESC, uid DESC LIMIT 1",
            (transcript_id,),
        )
        return None if found is None else int(found)

    def same_file(self, name: str, source: str) -> list[int]:
        """Return the current transcripts, in order of import, of which a text may be a corrected version.

        They have its `name`, or were read from a file of its name and renamed since.
        """
        rows = self._db.rows("SELECT id, name, source FROM transcript WHERE current = 1 ORDER BY time, uid")
        return [
            int(row["id"])
            for row in rows
            if row["name"] == name or row["source"] == source or row["source"].rpartition(".")[0] == name
        ]

    def all(self, *, superseded: bool = False) -> list[TranscriptInfo]:
        """Return the transcripts in order of name, with each coder's progress."""
        return list_transcripts(self._db, superseded=superseded)

    def names(self) -> dict[int, str]:
        """Return the names of the transcripts in use by id, in order of name: `all` without its counts."""
        return names_in_use(self._db)

    def find(self, name: str) -> int:
        """Return the id of the current transcript that a name means (see `matching`).

        Raises StudyError if there is none, or several: then it says how to tell them apart.
        """
        ids, path = self.matching(name), self._db.path
        if not ids:
            rows = self._db.rows("SELECT DISTINCT name FROM transcript WHERE current = 1 ORDER BY name")
            names = [row["name"] for row in rows]
            there = f"there are {few(names, MOST_NAMED)}" if names else "it has none"
            raise StudyError(
                f"There is no transcript '{name}' in {path.name}; {there}. See: coder status {typed(path)}"
            )
        if len(ids) > 1:
            raise StudyError(
                f"{len(ids)} transcripts in {path.name} are called '{name}': {listed(self.told_apart(ids))}. Name"
                f" one by its number, or rename it: coder rename {typed(path)} NUMBER NEW_NAME --coder NAME"
            )
        return ids[0]

    def matching(self, name: str) -> list[int]:
        """Return the ids of the current transcripts that a name means, in order of import.

        It may be the name or the file's name (case and file suffix do not matter), or, if none is called so, (the
        beginning of) the number that `told_apart` gives, or the name with it, as `shown_names` has it.
        """
        wanted = name.strip().casefold()
        rows = self._db.rows(
            "SELECT id, uid, name, source FROM transcript WHERE current = 1 ORDER BY time, uid"
        )
        called = [
            int(row["id"])
            for row in rows
            if wanted in {row["name"].casefold(), row["source"].casefold(), _stem(row["source"])}
        ]
        if called or len(wanted) < SHORTEST_UID:
            return called
        numbered = _NUMBERED.fullmatch(wanted)
        name, number = (numbered[1], numbered[2]) if numbered else ("", wanted)
        return [
            int(row["id"])
            for row in rows
            if row["uid"].startswith(number) and name in ("", row["name"].casefold())
        ]

    def told_apart(self, ids: Sequence[int]) -> list[str]:
        """Return for each transcript the number that names it alone, the same in every copy, and its file."""
        rows = self._db.rows(f"SELECT id, uid, source FROM transcript WHERE id IN ({marks(ids)})", ids)
        by_id = {row["id"]: row for row in rows}
        return [f"{by_id[key]['uid'][:SHORTEST_UID]} (from {by_id[key]['source']})" for key in ids]

    def of_one_name(self) -> list[tuple[str, list[int]]]:
        """Return (name, ids) of the current transcripts that are called alike, capitals aside, as after a merge."""
        alike: dict[str, list[Row]] = defaultdict(list)
        for row in self._db.rows("SELECT id, name FROM transcript WHERE current = 1 ORDER BY time, uid"):
            alike[row["name"].casefold()].append(row)
        found = [
            (rows[0]["name"], [int(row["id"]) for row in rows]) for rows in alike.values() if len(rows) > 1
        ]
        return sorted(found)

    def shown_names(self) -> dict[int, str]:
        """Return what each transcript is called where names must differ: "Ward (1f0c22ab)" if several are in use.

        Versions that are not in use have their plain names. `find` knows the longer names, too.
        """
        rows = self._db.rows("SELECT id, uid, name FROM transcript")
        alike = {key for _, ids in self.of_one_name() for key in ids}
        return {
            row["id"]: f"{row['name']} ({row['uid'][:SHORTEST_UID]})"
            if row["id"] in alike
            else str(row["name"])
            for row in rows
        }

    def transcript(self, transcript_id: int) -> Transcript:
        """Return a transcript as it was read, with roles as corrected; its `id` is the name in the study."""
        row = self._db.row("SELECT * FROM transcript WHERE id = ?", (transcript_id,))
        if row is None:
            raise NotFoundError(f"There is no transcript number {transcript_id} in {self._db.path.name}.")
        spans = self._db.rows(
            'SELECT start, "end", kind FROM furniture WHERE transcript = ?', (transcript_id,)
        )
        return Transcript(
            id=row["name"],
            name=row["source"],
            text=row["text"],
            turns=tuple(
                Turn(turn.number, turn.speaker, turn.role, turn.start, turn.end, turn.seconds, turn.question)
                for turn in self.turns(transcript_id)
            ),
            furniture=tuple(Span(span["start"], span["end"], span["kind"]) for span in spans),
            format=row["format"],
            encoding=row["encoding"],
            source_hash=row["source_hash"],
            notes=tuple(json.loads(row["notes"])),
            doubts=tuple(json.loads(row["doubts"])),
            written=bool(row["written"]),
        )

    def is_written(self, transcript_id: int) -> bool:
        """Tell whether a transcript's turns are written answers, not talk."""
        return bool(self._db.value("SELECT written FROM transcript WHERE id = ?", (transcript_id,)))

    def turns(self, transcript_id: int) -> list[StudyTurn]:
        """Return the turns of a transcript in order."""
        text = self.text(transcript_id)
        rows = self._db.rows("SELECT * FROM turn WHERE transcript = ? ORDER BY number", (transcript_id,))
        return [turn_of(row, text) for row in rows]

    def text(self, transcript_id: int) -> str:
        """Return the whole text of a transcript."""
        text = self._db.value("SELECT text FROM transcript WHERE id = ?", (transcript_id,))
        if text is None:
            raise NotFoundError(f"There is no transcript number {transcript_id} in {self._db.path.name}.")
        return str(text)

    def utterances(self, transcript_id: int, *, codable_only: bool = False) -> list[StudyUtterance]:
        """Return the utterances of a transcript in order, interviewer's included unless `codable_only`."""
        rows = self._db.rows(f"{_UTTERANCES} u.transcript = ? ORDER BY u.start", (transcript_id,))
        turns = {turn.number: turn for turn in self.turns(transcript_id)}
        utterances = utterances_of(rows, turns, questions_of(turns), self.text(transcript_id))
        return [item for item in utterances if item.codable or not codable_only]

    def by_id(self, utterance_ids: Sequence[int]) -> dict[int, StudyUtterance]:
        """Return utterances by id, from any transcripts; ids that do not exist are left out."""
        homes: dict[int, list[Row]] = defaultdict(list)
        for some in chunks(list(utterance_ids)):
            for row in self._db.rows(f"{_UTTERANCES} u.id IN ({marks(some)})", some):
                homes[row["transcript"]].append(row)
        utterances: dict[int, StudyUtterance] = {}
        for home, rows in homes.items():
            wanted = {row["id"] for row in rows}
            items = self._few(home, rows) if len(rows) <= FEW else self.utterances(home)
            utterances |= {item.id: item for item in items if item.id in wanted}
        return {key: utterances[key] for key in utterance_ids if key in utterances}

    def _few(self, transcript_id: int, rows: Sequence[Row]) -> list[StudyUtterance]:
        # Without building the whole transcript: a decision on a long interview stays well under a frame.
        text, utterances = self.text(transcript_id), []
        for row in rows:
            turn_key = (transcript_id, row["turn"])
            turn = turn_of(
                self._db.rows("SELECT * FROM turn WHERE transcript = ? AND number = ?", turn_key)[0], text
            )
            asked = self._db.row(
                "SELECT start, \"end\" FROM turn WHERE transcript = ? AND number < ? AND role = 'interviewer'"
                " ORDER BY number DESC LIMIT 1",
                turn_key,
            )
            number = self._db.value(
                "SELECT count(*) FROM utterance WHERE transcript = ? AND start < ?",
                (transcript_id, row["start"]),
            )
            question = turn.question or (text[asked["start"] : asked["end"]] if asked else None)
            utterances.append(utterance_of(row, number, turn, question, text))
        return utterances

    def at_places(self, places: Sequence[tuple[str, int, int]]) -> list[int]:
        """Return utterance ids by (transcript uid, start, end), the name that is good in every copy."""
        ids = []
        for position in places:
            row = self._db.row(
                "SELECT u.id FROM utterance u JOIN transcript t ON t.id = u.transcript"
                ' WHERE t.uid = ? AND u.start = ? AND u."end" = ?',
                position,
            )
            if row is not None:
                ids.append(int(row["id"]))
        return ids

    def each(self, *, codable_only: bool = True) -> Iterator[tuple[int, list[StudyUtterance]]]:
        """Yield (transcript id, its utterances) for every current transcript, in order of name."""
        for row in self._db.rows("SELECT id FROM transcript WHERE current = 1 ORDER BY name, time, uid"):
            yield row["id"], self.utterances(row["id"], codable_only=codable_only)

    def with_content(self, source_hash: str, text: str) -> tuple[int, str] | None:
        """Return (id, name) of a transcript from the same file or with the same text, one in use first, or None."""
        row = self._db.row(
            "SELECT id, name FROM transcript WHERE (source_hash = ? AND source_hash <> '') OR text_hash = ?"
            " ORDER BY current DESC, time, uid",
            (source_hash, text_hash(text)),
        )
        return None if row is None else (int(row["id"]), str(row["name"]))


def name_of(db: SharedConnection, transcript_id: int) -> str:
    """Return a transcript's name, of any version. Raises NotFoundError if there is none."""
    name = db.value("SELECT name FROM transcript WHERE id = ?", (transcript_id,))
    if name is None:
        raise NotFoundError(f"There is no transcript number {transcript_id} in {db.path.name}.")
    return str(name)


def retire(db: SharedConnection, transcript_id: int) -> None:
    """Take a superseded version out of queues and counts; its codings stay and can be read."""
    db.run("UPDATE transcript SET current = 0 WHERE id = ?", (transcript_id,))
    db.run("UPDATE utterance SET codable = 0 WHERE transcript = ?", (transcript_id,))
    spread_codable(db, transcript_id)


def _stem(source: str) -> str:
    return source.rsplit(".", 1)[0].casefold()


# Rows as values.


def turn_of(row: Row, text: str) -> StudyTurn:
    """Return a turn of a transcript whose text is given."""
    words = text[row["start"] : row["end"]]
    return StudyTurn(
        row["number"],
        row["speaker"],
        row["role"],
        row["role_read"],
        row["start"],
        row["end"],
        words,
        row["seconds"],
        row["question"],
    )


def questions_of(turns: Mapping[int, StudyTurn]) -> dict[int, str | None]:
    """Return what each turn answers, by turn number: as the file says, else what the interviewer said last before."""
    asked: str | None = None
    questions: dict[int, str | None] = {}
    for number, turn in sorted(turns.items()):
        questions[number] = turn.question or asked
        if turn.role == "interviewer":
            asked = turn.text
    return questions


def utterances_of(
    rows: Sequence[Row], turns: Mapping[int, StudyTurn], questions: Mapping[int, str | None], text: str
) -> list[StudyUtterance]:
    """Return the utterances of one transcript; `rows` are all of them, in order."""
    return [
        utterance_of(row, number, turns[row["turn"]], questions[row["turn"]], text)
        for number, row in enumerate(rows)
    ]


def utterance_of(row: Row, number: int, turn: StudyTurn, question: str | None, text: str) -> StudyUtterance:
    """Return one utterance with the words of its turn around it."""
    return StudyUtterance(
        id=row["id"],
        transcript=row["transcript"],
        number=number,
        turn=row["turn"],
        start=row["start"],
        end=row["end"],
        text=text[row["start"] : row["end"]],
        speaker=turn.speaker,
        role=turn.role,
        question=question,
        seconds=turn.seconds,
        codable=bool(row["codable"]),
        lot=row["lot"],
        written=bool(row["written"]),
    )
