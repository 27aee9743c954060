"""Joining copies of a study: the union of what was appended in each, whatever the order they come in.

Rows are matched by uid (or by content: transcripts, utterances, suggestions). Nothing is dropped and nothing
comes twice; what stands is derived again from all acts in order of time. Where both copies changed the same
thing after they parted, the later change stands, and the conflict is listed.
"""

from pathlib import Path
from sqlite3 import Connection

from coder.passphrases import PASSPHRASES
from coder.store.coders import apply_roles
from coder.store.connection import SharedConnection, transaction
from coder.store.earlier_carries import CARRIED
from coder.store.encryption import attach, is_encrypted
from coder.store.replay import rebuild
from coder.store.reversals import stands
from coder.store.suggestions import refresh_all_outlooks
from coder.store.transcript_changes import derive_transcripts

# Each table of numbers gets a map from the other copy's ids to this one's.
_MAPS = {
    "coder": "SELECT o.id AS old, m.id AS new FROM other.coder o JOIN main.coder m ON m.name = o.name",
    **{
        table: f"SELECT o.id AS old, m.id AS new FROM other.{table} o JOIN main.{table} m ON m.uid = o.uid"
        for table in ("codebook", "transcript", "model", "run", "act")
    },
    "utterance": (
        "SELECT o.id AS old, m.id AS new FROM other.utterance o JOIN temp.map_transcript t ON t.old = o.transcript"
        ' JOIN main.utterance m ON m.transcript = t.new AND m.start = o.start AND m."end" = o."end"'
    ),
    "suggestion": (
        "SELECT o.id AS old, m.id AS new FROM other.suggestion o JOIN temp.map_run r ON r.old = o.run"
        " JOIN temp.map_utterance u ON u.old = o.utterance"
        " JOIN main.suggestion m ON m.run = r.new AND m.utterance = u.new AND m.rank = o.rank"
    ),
}


def _new(table: str, column: str) -> str:
    return f"(SELECT new FROM temp.map_{table} WHERE old = o.{column})"


_BY = _new("coder", "coder")
_TRANSCRIPT, _UTTERANCE = _new("transcript", "transcript"), _new("utterance", "utterance")
_MODEL, _RUN, _ACT = _new("model", "model"), _new("run", "run"), _new("act", "act")
_FRESH = "WHERE NOT EXISTS (SELECT 1 FROM main.{0} m WHERE m.uid = o.uid)"


def _fresh(table: str, columns: str, values: str, more: str = "") -> str:
    return f"INSERT INTO main.{table} ({columns}) SELECT {values} FROM other.{table} o {_FRESH.format(table)} {more}"


_ACT_COLUMNS = "uid, coder, owner, kind, target, mode, drawn, seconds, note, time"
_ACT_VALUES = (
    f"uid, {_BY}, {_new('coder', 'owner')}, kind, {_new('act', 'target')}, mode, drawn, seconds, note, time"
)
_READ = "text, text_hash, source_hash, source, format, encoding, notes, doubts, written"
_TRANSCRIPT_COLUMNS = f"uid, name, {_READ}, replaces, time"
_STEPS: tuple[tuple[str, str], ...] = (
    (
        "coder",
        "INSERT OR IGNORE INTO main.coder (name, kind) SELECT name, kind FROM other.coder ORDER BY name",
    ),
    (
        "",
        _fresh(
            "setting",
            "uid, name, value, coder, time, reverses",
            f"uid, name, value, {_BY}, time, reverses",
        ),
    ),
    (
        "codebook",
        _fresh("codebook", "uid, hash, content, note, coder, time", f"uid, hash, content, note, {_BY}, time"),
    ),
    (
        "transcript",
        _fresh(
            "transcript",
            _TRANSCRIPT_COLUMNS,
            _TRANSCRIPT_COLUMNS,
        ),
    ),
    (
        "",  # the same text came into both: what follows an earlier version goes first, then the alphabet decides
        "UPDATE main.transcript SET (name, source, format, encoding, source_hash, notes) ="
        " (o.name, o.source, o.format, o.encoding, o.source_hash, o.notes) FROM other.transcript o"
        " WHERE o.uid = transcript.uid AND (o.replaces IS NULL, o.name, o.source, o.source_hash, o.notes)"
        " < (transcript.replaces IS NULL, transcript.name, transcript.source, transcript.source_hash,"
        " transcript.notes)",
    ),
    (
        "",  # a copy made before doubts were kept learns them from one that has them
        "UPDATE main.transcript SET time = min(transcript.time, o.time), replaces ="
        " coalesce(min(transcript.replaces, o.replaces), transcript.replaces, o.replaces), doubts ="
        " CASE '[]' WHEN o.doubts THEN transcript.doubts WHEN transcript.doubts THEN o.doubts"
        " ELSE min(transcript.doubts, o.doubts) END"
        " FROM other.transcript o WHERE o.uid = transcript.uid",
    ),
    (
        "",  # and that a transcript is written answers
        "UPDATE main.transcript SET written = 1 FROM other.transcript o"
        " WHERE o.uid = transcript.uid AND o.written = 1",
    ),
    (
        "",
        'INSERT INTO main.turn (transcript, number, speaker, role_read, role, start, "end", seconds, question)'
        f' SELECT {_TRANSCRIPT}, number, speaker, role_read, role_read, start, "end", seconds, question'
        " FROM other.turn o WHERE true ON CONFLICT (transcript, number) DO UPDATE SET"
        " question = coalesce(min(question, excluded.question), question, excluded.question),"
        " seconds = coalesce(min(seconds, excluded.seconds), seconds, excluded.seconds)",
    ),
    (
        "",
        'INSERT INTO main.furniture (transcript, start, "end", kind)'
        f' SELECT {_TRANSCRIPT}, start, "end", kind FROM other.furniture o WHERE true'
        ' ON CONFLICT (transcript, start, "end") DO UPDATE SET kind = min(kind, excluded.kind)',
    ),
    (
        "utterance",
        'INSERT OR IGNORE INTO main.utterance (transcript, turn, start, "end", wordy, codable, lot)'
        f' SELECT {_TRANSCRIPT}, turn, start, "end", wordy, codable, lot FROM other.utterance o',
    ),
    (
        "",
        _fresh(
            "speaker_role",
            "uid, transcript, speaker, role, coder, time, reverses",
            f"uid, {_TRANSCRIPT}, speaker, role, {_BY}, time, reverses",
        ),
    ),
    (
        "",
        _fresh(
            "speaks",
            "uid, transcript, speaker, participant, time",
            f"uid, {_TRANSCRIPT}, speaker, participant, time",
        ),
    ),
    (
        "",
        _fresh(
            "attribute", "uid, kind, subject, name, content, time", "uid, kind, subject, name, content, time"
        ),
    ),
    (
        "model",
        _fresh(
            "model",
            "uid, label, base, card, codebook, coder, time",
            f"uid, label, base, card, codebook, {_BY}, time",
        ),
    ),
    (
        "",
        "INSERT OR IGNORE INTO main.blob SELECT hash, content FROM other.blob",
    ),
    (
        "",
        "INSERT OR IGNORE INTO main.model_file (model, name, hash)"
        f" SELECT {_MODEL}, name, hash FROM other.model_file o",
    ),
    (
        "",
        "INSERT OR IGNORE INTO main.trained_on (model, transcript, part)"
        f" SELECT {_MODEL}, {_TRANSCRIPT}, part FROM other.trained_on o",
    ),
    (
        "",
        _fresh(
            "activation",
            "uid, model, reason, forced, coder, time",
            f"uid, {_MODEL}, reason, forced, {_BY}, time",
        ),
    ),
    (
        "",
        "INSERT INTO main.held_out (transcript, time)"
        f" SELECT {_TRANSCRIPT}, time FROM other.held_out o WHERE true"
        " ON CONFLICT (transcript) DO UPDATE SET time = min(time, excluded.time)",
    ),
    (
        "",
        _fresh(
            "comparison",
            "uid, model, against, accepted, content, time",
            f"uid, {_MODEL}, {_new('model', 'against')}, accepted, content, time",
        ),
    ),
    (
        "run",
        _fresh("run", "uid, model, codebook, time", f"uid, {_MODEL}, {_new('codebook', 'codebook')}, time"),
    ),
    (
        "",
        "INSERT OR IGNORE INTO main.proposal (run, utterance, codable, uncertainty)"
        f" SELECT {_RUN}, {_UTTERANCE}, codable, uncertainty FROM other.proposal o",
    ),
    (
        "suggestion",
        "INSERT OR IGNORE INTO main.suggestion"
        " (run, utterance, rank, code, polarity, score, polarity_score, selected, evidence)"
        f" SELECT {_RUN}, {_UTTERANCE}, rank, code, polarity, score, polarity_score, selected, evidence"
        " FROM other.suggestion o",
    ),
    (
        "act",
        _fresh("act", _ACT_COLUMNS, _ACT_VALUES.replace(_new("act", "target"), "NULL"), "AND target IS NULL"),
    ),
    ("", _fresh("act", _ACT_COLUMNS, _ACT_VALUES, "AND target IS NOT NULL")),
    (
        "",
        "INSERT OR IGNORE INTO main.decision (act, number, utterance, verdict, code, instead_of, polarity, start,"
        ' "end", suggestion, seen, codebook, memo, cites)'
        f" SELECT {_ACT}, number, {_UTTERANCE}, verdict, code, instead_of, polarity, start,"
        f' "end", {_new("suggestion", "suggestion")}, seen, {_new("codebook", "codebook")}, memo, cites'
        " FROM other.decision o",
    ),
    (
        "",
        "INSERT INTO main.exposure (utterance, coder, kind, time)"
        f" SELECT {_UTTERANCE}, {_BY}, kind, time FROM other.exposure o WHERE true"
        " ON CONFLICT (utterance, coder, kind) DO UPDATE SET time = min(time, excluded.time)",
    ),
    (
        "",
        _fresh(
            "codebook_change",
            "uid, kind, what, before, after, acts, reverses, coder, time",
            f"uid, kind, what, {_new('codebook', 'before')}, {_new('codebook', 'after')}, acts, reverses,"
            f" {_BY}, time",
        ),
    ),
    (
        "",
        _fresh(
            "group_change",
            "uid, code, polarity, what, reverses, coder, time",
            f"uid, code, polarity, what, reverses, {_BY}, time",
        ),
    ),
    (
        "",
        "INSERT OR IGNORE INTO main.group_member (change, utterance, name, proposed)"
        f" SELECT change, {_UTTERANCE}, name, proposed FROM other.group_member o",
    ),
    (
        "",
        _fresh(
            "good_quote",
            "uid, utterance, code, coder, good, time, reverses",
            f"uid, {_UTTERANCE}, code, {_BY}, good, time, reverses",
        ),
    ),
    (
        "",
        _fresh(
            "transcript_change",
            "uid, transcript, kind, name, before, coder, time, reverses",
            f"uid, {_TRANSCRIPT}, kind, name, before, {_BY}, time, reverses",
        ),
    ),
    (
        "",
        _fresh(
            "memo",
            "uid, thread, kind, transcript, utterance, code, coder, content, time, reverses",
            f"uid, thread, kind, {_TRANSCRIPT}, {_UTTERANCE}, code, {_BY}, content, time, reverses",
        ),
    ),
    # A shipped model is noted in each copy on its own; the study itself was begun once, or the earlier counts.
    (
        "",
        "UPDATE main.model SET time = (SELECT min(main.model.time, o.time) FROM other.model o"
        " WHERE o.uid = main.model.uid) WHERE uid IN (SELECT uid FROM other.model)",
    ),
    (
        "",
        "UPDATE main.study SET (uid, name, created) ="
        " (SELECT uid, name, created FROM (SELECT uid, name, created FROM main.study UNION ALL"
        "  SELECT uid, name, created FROM other.study) ORDER BY created, uid, name LIMIT 1),"
        " latest = (SELECT max(main.study.latest, o.latest) FROM other.study o)",
    ),
)


def join(db: SharedConnection, other: Path) -> list[str]:
    """Take over everything that the file `other` (of the same format) has and this one has not.

    If the other file is encrypted, this one must be, too. Returns the conflicts, sorted: one sentence for each thing
    that both changed since they parted. One transaction: all or nothing.
    """
    connection = db.connection
    passphrase = PASSPHRASES.of(other) if is_encrypted(other) else None
    attach(connection, f"{other.resolve().as_uri()}?mode=ro", passphrase, "other")
    try:
        with transaction(connection, db.path):
            _make_maps(connection)
            conflicts = find_conflicts(db)
            for table, statement in _STEPS:
                connection.execute(statement)
                if table:
                    _fill_map(connection, table)
            _derive_all(db)
    finally:
        for table in _MAPS:
            connection.execute(f"DROP TABLE IF EXISTS temp.map_{table}")
        connection.execute("DETACH DATABASE other")
    return conflicts


def _make_maps(connection: Connection) -> None:
    for table in _MAPS:
        connection.execute(f"CREATE TEMP TABLE map_{table} (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")


def _fill_map(connection: Connection, table: str) -> None:
    connection.execute(f"INSERT INTO temp.map_{table} (old, new) {_MAPS[table]}")


def _derive_all(db: SharedConnection) -> None:
    _break_circles(db)
    derive_transcripts(db)
    for row in db.rows("SELECT id FROM transcript"):
        apply_roles(db, row["id"])
    rebuild(db)
    refresh_all_outlooks(db)


def _break_circles(db: SharedConnection) -> None:
    """Where copies imported versions in opposite order, the one that came first follows no other."""
    rows = {row["uid"]: row for row in db.rows("SELECT uid, replaces, time FROM transcript")}
    before = {uid: row["replaces"] for uid, row in rows.items()}
    for start in sorted(rows):
        chain: list[str] = []
        uid = start
        while uid in before and uid not in chain:
            chain.append(uid)
            uid = before[uid]
        if uid in chain:
            first = min(chain[chain.index(uid) :], key=lambda one: (rows[one]["time"], one))
            before[first] = None
            db.run("UPDATE transcript SET replaces = NULL WHERE uid = ?", (first,))


# What both copies changed since they parted; asked before they are joined.

# Each query runs with this file as `main` and the other as `other`, and yields one sentence per row. They treat
# the two alike, so the sentences do not depend on which file came first.
_ONLY = "NOT EXISTS (SELECT 1 FROM {there}.{table} x WHERE x.uid = {alias}.uid)"


def _only(alias: str, table: str, there: str) -> str:
    return _ONLY.format(alias=alias, table=table, there=there)


def _both_changed(table: str, key: str, sentence: str, where: str = "1") -> str:
    """Rows of one key that each copy has and the other lacks."""
    return (
        f"SELECT DISTINCT {sentence} AS sentence FROM main.{table} a JOIN other.{table} b ON {key}"
        f" WHERE {_only('a', table, 'other')} AND {_only('b', table, 'main')} AND {where}"
    )


# Where one owner stands with an utterance as one text: flagged or not, the standing and the rejected codes, and on
# which words.
_STANDS = (
    "coalesce(n.state || n.flagged, '') || coalesce((SELECT group_concat(one, ';') FROM ("
    "SELECT s.code || ':' || s.rejected || ':' || coalesce(s.polarity, '') || ':' || coalesce(s.start, '') || ':'"
    " || coalesce(s.\"end\", '') AS one FROM {here}.standing s WHERE s.owner = act.owner AND s.utterance = u.id"
    " ORDER BY s.code)), '')"
)
_TOUCHED = (
    f"SELECT c.name AS coder, t.uid AS transcript, t.name, u.start, {_STANDS} AS stands"
    " FROM {here}.act"
    " JOIN {here}.coder c ON c.id = act.owner"
    " JOIN {here}.decision d ON d.act = coalesce(act.target, act.id)"
    " JOIN {here}.utterance u ON u.id = d.utterance JOIN {here}.transcript t ON t.id = u.transcript"
    " LEFT JOIN {here}.unit n ON n.owner = act.owner AND n.utterance = u.id"
    " WHERE NOT EXISTS (SELECT 1 FROM {there}.act x WHERE x.uid = act.uid)"
    f" AND act.note <> '{CARRIED}'"  # nobody decided these here; what they repeat was decided on the version before
)
# A transcript that is not in one copy any more and that somebody went on coding in the other.
_REMOVED = (
    "SELECT DISTINCT '''' || t.name || ''' was removed in one while ' || c.name || ' coded it in the other: its"
    " codings are kept, and the Study page brings it back.' AS sentence FROM {here}.transcript_change r"
    " JOIN {here}.transcript t ON t.id = r.transcript JOIN {there}.transcript s ON s.uid = t.uid"
    " JOIN {there}.utterance u ON u.transcript = s.id JOIN {there}.decision d ON d.utterance = u.id"
    " JOIN {there}.act a ON a.id = d.act JOIN {there}.coder c ON c.id = a.owner"
    " WHERE r.kind = 'remove' AND t.current = 0 AND s.current = 1"
    " AND NOT EXISTS (SELECT 1 FROM {there}.transcript_change x WHERE x.uid = r.uid)"
    " AND NOT EXISTS (SELECT 1 FROM {here}.act x WHERE x.uid = a.uid)"
)
_QUERIES = (
    # One owner, one utterance, decided differently in both: the later decision stands.
    "SELECT DISTINCT a.coder || ' decided the utterance at ' || a.start || ' of ''' || a.name ||"
    " ''' in both; the later decision stands.' AS sentence"
    f" FROM ({_TOUCHED.format(here='main', there='other')}) a"
    f" JOIN ({_TOUCHED.format(here='other', there='main')}) b USING (coder, transcript, start)"
    " WHERE a.stands <> b.stands",
    _both_changed(
        "codebook",
        "1",
        "'The codebook was changed in both; the later version is in use.'",
        "a.hash <> b.hash",
    ),
    _both_changed(
        "setting",
        "b.name = a.name",
        "'The setting ''' || a.name || ''' was changed in both; the later value is in use.'",
        "a.value <> b.value AND a.name NOT IN ('typical', 'double_coding') AND a.name NOT LIKE 'drift:%'",
    ),
    _both_changed(
        "setting",
        "b.name = a.name",
        "'The plan of double coding was changed in both; the later plan is in use.'",
        f"a.value <> b.value AND a.name = 'double_coding' AND {stands('a', 'main.setting')}"
        f" AND {stands('b', 'other.setting')}",
    ),
    "SELECT DISTINCT 'A transcript was renamed to ''' || min(a.name, b.name) || ''' in one and to ''' ||"
    " max(a.name, b.name) || ''' in the other; the later name is in use.' AS sentence FROM main.transcript_change a"
    " JOIN main.transcript t ON t.id = a.transcript JOIN other.transcript s ON s.uid = t.uid"
    " JOIN other.transcript_change b ON b.transcript = s.id AND b.name <> a.name"
    f" WHERE a.kind = 'rename' AND b.kind = 'rename' AND {_only('a', 'transcript_change', 'other')}"
    f" AND {_only('b', 'transcript_change', 'main')} AND {stands('a', 'main.transcript_change')}"
    f" AND {stands('b', 'other.transcript_change')}",
    *(_REMOVED.format(here=here, there=there) for here, there in (("main", "other"), ("other", "main"))),
    _both_changed(
        "attribute",
        "b.kind = a.kind AND b.subject = a.subject AND b.name = a.name",
        "'The attribute ''' || a.name || ''' of ''' || a.subject || ''' was set in both; the later value counts.'",
        "a.content <> b.content",
    ),
    "SELECT DISTINCT 'The role of ''' || a.speaker || ''' in ''' || t.name ||"
    " ''' was corrected in both; the later correction counts.' AS sentence FROM main.speaker_role a"
    " JOIN main.transcript t ON t.id = a.transcript JOIN other.transcript s ON s.uid = t.uid"
    " JOIN other.speaker_role b ON b.transcript = s.id AND b.speaker = a.speaker AND b.role <> a.role"
    f" WHERE {_only('a', 'speaker_role', 'other')} AND {_only('b', 'speaker_role', 'main')}"
    f" AND {stands('a', 'main.speaker_role')} AND {stands('b', 'other.speaker_role')}",
    "SELECT DISTINCT 'Another model was put in use in both; the later choice counts.' AS sentence"
    " FROM main.activation a JOIN main.model m ON m.id = a.model, other.activation b"
    " JOIN other.model n ON n.id = b.model WHERE m.uid <> n.uid"
    f" AND {_only('a', 'activation', 'other')} AND {_only('b', 'activation', 'main')}",
    "SELECT DISTINCT 'A transcript named ''' || a.name || ''' is in both with different text or turns;"
    " both are kept.' AS sentence FROM main.transcript a JOIN other.transcript b ON b.name = a.name"
    f" WHERE {_only('a', 'transcript', 'other')} AND {_only('b', 'transcript', 'main')}",
    "SELECT 'The same text was imported as ''' || min(a.name, b.name) || ''' in one and as ''' || max(a.name, b.name)"
    " || ''' in the other; it is called ''' || CASE WHEN (a.replaces IS NULL) = (b.replaces IS NULL)"
    " THEN min(a.name, b.name) WHEN a.replaces IS NULL THEN b.name ELSE a.name END || ''' here.' AS sentence"
    " FROM main.transcript a JOIN other.transcript b ON b.uid = a.uid AND b.name <> a.name"
    " WHERE NOT EXISTS (SELECT 1 FROM main.transcript_change c WHERE c.transcript = a.id)"
    " AND NOT EXISTS (SELECT 1 FROM other.transcript_change c WHERE c.transcript = b.id)",
    "SELECT '''' || iif(a.replaces IS NULL, b.name, a.name) || ''' came in as a new version in one and"
    " on its own in the other; it counts as the new version.' AS sentence FROM main.transcript a"
    " JOIN other.transcript b ON b.uid = a.uid AND (a.replaces IS NULL) <> (b.replaces IS NULL)",
    "SELECT 'The two files were begun as different studies; they are joined by what their transcripts say.'"
    " AS sentence FROM main.study a, other.study b WHERE a.uid <> b.uid",
)


def find_conflicts(db: SharedConnection) -> list[str]:
    """Return one sentence per thing that this file and the attached `other` both changed, sorted."""
    return sorted({row["sentence"] for query in _QUERIES for row in db.rows(query)})
