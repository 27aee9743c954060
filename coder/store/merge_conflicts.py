"""What two copies of a study both changed since they parted; asked before they are joined."""

from coder.store.connection import Handle

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


_TOUCHED = (
    "SELECT c.name AS coder, t.uid AS transcript, t.name, u.start, act.uid FROM {here}.act"
    " JOIN {here}.coder c ON c.id = act.voice"
    " JOIN {here}.decision d ON d.act = coalesce(act.target, act.id)"
    " JOIN {here}.utterance u ON u.id = d.utterance JOIN {here}.transcript t ON t.id = u.transcript"
    " WHERE NOT EXISTS (SELECT 1 FROM {there}.act x WHERE x.uid = act.uid)"
)
_QUERIES = (
    # One voice, one utterance, decided in both: the later decision stands.
    "SELECT DISTINCT a.coder || ' decided the utterance at ' || a.start || ' of ''' || a.name ||"
    " ''' in both; the later decision stands.' AS sentence"
    f" FROM ({_TOUCHED.format(here='main', there='other')}) a"
    f" JOIN ({_TOUCHED.format(here='other', there='main')}) b USING (coder, transcript, start)",
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
        "a.value <> b.value AND a.name <> 'typical' AND a.name NOT LIKE 'drift:%'",
    ),
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
    f" WHERE {_only('a', 'speaker_role', 'other')} AND {_only('b', 'speaker_role', 'main')}",
    "SELECT DISTINCT 'Another model was put in use in both; the later choice counts.' AS sentence"
    " FROM main.activation a JOIN main.model m ON m.id = a.model, other.activation b"
    " JOIN other.model n ON n.id = b.model WHERE m.uid <> n.uid"
    f" AND {_only('a', 'activation', 'other')} AND {_only('b', 'activation', 'main')}",
    "SELECT DISTINCT 'A transcript named ''' || a.name || ''' is in both with different text or turns;"
    " both are kept.' AS sentence FROM main.transcript a JOIN other.transcript b ON b.name = a.name"
    f" WHERE {_only('a', 'transcript', 'other')} AND {_only('b', 'transcript', 'main')}",
    "SELECT DISTINCT 'The transcript ''' || t.name || ''' is held out in one, and a model of the other learned from"
    " it; figures on it flatter that model.' AS sentence FROM main.held_out h"
    " JOIN main.transcript t ON t.id = h.transcript JOIN other.transcript s ON s.uid = t.uid"
    " JOIN other.trained_on l ON l.transcript = s.id AND l.part = 'train'",
    "SELECT DISTINCT 'The transcript ''' || t.name || ''' is held out in one, and a model of the other learned from"
    " it; figures on it flatter that model.' AS sentence FROM other.held_out h"
    " JOIN other.transcript t ON t.id = h.transcript JOIN main.transcript s ON s.uid = t.uid"
    " JOIN main.trained_on l ON l.transcript = s.id AND l.part = 'train'",
    "SELECT 'The two files were begun as different studies; they are joined by what their transcripts say.'"
    " AS sentence FROM main.study a, other.study b WHERE a.uid <> b.uid",
)


def find_conflicts(handle: Handle) -> list[str]:
    """Return one sentence per thing that this file and the attached `other` both changed, sorted."""
    return sorted({row["sentence"] for query in _QUERIES for row in handle.rows(query)})
