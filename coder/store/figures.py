"""Progress of coders, the fate of suggestions, the study as a whole: grouped queries over covering indexes."""

from dataclasses import dataclass

from coder.domain import SuggestionFate
from coder.store.connection import SharedConnection
from coder.store.queries import disagreements
from coder.store.values import DECIDED_SQL, LOTS

FEWEST_TIMED = 5  # acts; of fewer the pace is a guess
RECENT_ACTS = 500  # the pace is the median over this many of a coder's last acts


@dataclass(frozen=True, slots=True)
class CoderFigures:
    """One coder's progress over the codable utterances; `pace` is the median of seconds per decision.

    `imported` utterances were decided elsewhere: the file does not say what the coder had seen.
    """

    coder: str
    coded: int
    nothing: int
    rejected: int
    skipped: int
    flagged: int
    blind: int
    imported: int
    pace: float | None
    last: str | None

    @property
    def decided(self) -> int:
        """Utterances decided: coded, nothing to code, or all suggestions refused."""
        return self.coded + self.nothing + self.rejected


@dataclass(frozen=True, slots=True)
class StudyFigures:
    """The counts behind `coder status` and the dashboard."""

    transcripts: int
    superseded: int
    utterances: int
    decided: int
    disagreements: int
    adjudicated: int
    waiting: int
    unsuggested: int
    coders: tuple[CoderFigures, ...]
    codes: tuple[SuggestionFate, ...] = ()


def study_figures(db: SharedConnection) -> StudyFigures:
    """Count everything; under two seconds with a million utterances."""
    with db.snapshot():
        return StudyFigures(
            transcripts=db.value("SELECT count(*) FROM transcript WHERE current = 1"),
            superseded=db.value("SELECT count(*) FROM transcript t JOIN transcript r ON r.replaces = t.uid"),
            utterances=db.value("SELECT count(*) FROM utterance WHERE codable = 1"),
            decided=_decided(db),
            disagreements=len(disagreements(db)),
            adjudicated=_adjudicated(db),
            waiting=db.value("SELECT count(*) FROM outlook WHERE open = 1 AND top_code IS NOT NULL"),
            unsuggested=_unsuggested(db),
            coders=tuple(coder_figures(db)),
            codes=tuple(code_figures(db)),
        )


def _decided(db: SharedConnection) -> int:
    return int(
        db.value(
            "SELECT count(DISTINCT utterance) FROM unit INDEXED BY unit_utterance"
            f" WHERE codable = 1 AND state IN {DECIDED_SQL}"
        )
    )


def _adjudicated(db: SharedConnection) -> int:
    sql = f"SELECT count(*) FROM unit WHERE codable = 1 AND owner = 1 AND state IN {DECIDED_SQL}"
    return int(db.value(sql))


def _unsuggested(db: SharedConnection) -> int:
    # Codable, undecided, and no run has looked at them. Counted as a difference, which needs no join.
    codable = db.value("SELECT count(*) FROM utterance WHERE codable = 1")
    open_seen = db.value("SELECT count(*) FROM outlook WHERE open = 1")
    return max(0, int(codable) - int(open_seen) - _decided(db))


def coder_figures(db: SharedConnection) -> list[CoderFigures]:
    """Return each person's progress, in order of name."""
    counts: dict[int, dict[str, int]] = {}
    for row in db.rows(
        "SELECT owner, state, count(*) AS n FROM unit WHERE codable = 1 GROUP BY owner, state"
    ):
        counts.setdefault(row["owner"], {})[row["state"]] = row["n"]
    marked = {
        row["owner"]: row
        for row in db.rows(
            "SELECT owner, sum(flagged) AS flagged, max(time) AS last,"
            " sum(seen = 0 AND state IN ('coded', 'nothing')) AS blind FROM unit"
            " WHERE codable = 1 GROUP BY owner"
        )
    }
    imported = {
        row["owner"]: row["n"]
        for row in db.rows(
            "SELECT unit.owner, count(*) AS n FROM unit JOIN act ON act.uid = unit.last_act"
            f" WHERE codable = 1 AND state IN {DECIDED_SQL} AND act.mode = 'imported' GROUP BY unit.owner"
        )
    }
    return [
        CoderFigures(
            coder=row["name"],
            coded=by_state.get("coded", 0),
            nothing=by_state.get("nothing", 0),
            rejected=by_state.get("rejected", 0),
            skipped=by_state.get("skipped", 0),
            flagged=marked[row["id"]]["flagged"] if row["id"] in marked else 0,
            blind=marked[row["id"]]["blind"] if row["id"] in marked else 0,
            imported=imported.get(row["id"], 0),
            pace=_pace(db, row["id"]),
            last=marked[row["id"]]["last"] if row["id"] in marked else None,
        )
        for row in db.rows("SELECT id, name FROM coder WHERE kind = 'person' ORDER BY name")
        for by_state in (counts.get(row["id"], {}),)
    ]


def _pace(db: SharedConnection, coder: int) -> float | None:
    seconds = sorted(
        row["seconds"]
        for row in db.rows(
            "SELECT seconds FROM act WHERE coder = ? ORDER BY time DESC LIMIT ?", (coder, RECENT_ACTS)
        )
        if row["seconds"] is not None
    )
    return seconds[len(seconds) // 2] if len(seconds) >= FEWEST_TIMED else None


def code_figures(db: SharedConnection) -> list[SuggestionFate]:
    """Return what became of the suggestions, code by code, in order of code id."""
    counts: dict[str, dict[str, int]] = {}
    for row in db.rows("SELECT code, verdict, count(*) AS n FROM answer GROUP BY code, verdict"):
        counts.setdefault(row["code"], {})[row["verdict"]] = row["n"]
    for row in db.rows(
        "SELECT top_code, count(*) AS n FROM outlook WHERE open = 1 AND top_code IS NOT NULL GROUP BY top_code"
    ):
        counts.setdefault(row["top_code"], {})["waiting"] = row["n"]
    return [
        SuggestionFate(
            code=code,
            accepted=by_verdict.get("accept", 0),
            changed=by_verdict.get("change", 0),
            rejected=by_verdict.get("reject", 0),
            waiting=by_verdict.get("waiting", 0),
        )
        for code, by_verdict in sorted(counts.items())
    ]


def last_answers(db: SharedConnection, code: str, most: int) -> list[str]:
    """Return the verdicts on the last answered suggestions of a code, newest first."""
    rows = db.rows("SELECT verdict FROM answer WHERE code = ? ORDER BY time DESC LIMIT ?", (code, most))
    return [row["verdict"] for row in rows]


def acts_per_day(db: SharedConnection) -> list[tuple[str, str, int, float | None]]:
    """Return (day, coder, gestures, mean seconds) in order of day: for the dashboard's plots."""
    rows = db.rows(
        "SELECT substr(time, 1, 10) AS day, coder.name AS coder, count(*) AS n, avg(seconds) AS pace FROM act"
        " JOIN coder ON coder.id = act.coder WHERE act.kind IN ('decide', 'adjudicate') GROUP BY day, act.coder"
        " ORDER BY day, coder.name"
    )
    return [(row["day"], row["coder"], row["n"], row["pace"]) for row in rows]


def random_sample(db: SharedConnection) -> list[tuple[int, tuple[str, ...]]]:
    """Return (utterance, suggested codes) of the finished beginning of the random order: an unbiased sample.

    It ends before the first codable utterance in that order that nobody has decided, so what is in it does not
    depend on what was easy, sure, or chosen by the queue. Only utterances that a run had looked at count.
    """
    first_open = db.value(
        "SELECT lot FROM utterance u WHERE codable = 1 AND NOT EXISTS (SELECT 1 FROM unit"
        f" WHERE unit.utterance = u.id AND unit.state IN {DECIDED_SQL}) ORDER BY lot LIMIT 1"
    )
    rows = db.rows(
        "SELECT u.id, (SELECT group_concat(code, ' ') FROM (SELECT code FROM suggestion s WHERE s.run = o.run"
        " AND s.utterance = u.id AND s.selected = 1 ORDER BY s.rank)) AS codes"
        " FROM utterance u JOIN outlook o ON o.utterance = u.id WHERE u.codable = 1 AND u.lot < ? ORDER BY u.lot",
        (LOTS if first_open is None else first_open,),
    )
    return [(row["id"], tuple((row["codes"] or "").split())) for row in rows]


def seconds_spent(db: SharedConnection) -> dict[str, float]:
    """Return the seconds from seeing to deciding, summed by coder; coders without any are left out."""
    rows = db.rows(
        "SELECT coder.name, sum(act.seconds) AS seconds FROM act JOIN coder ON coder.id = act.coder"
        " WHERE act.seconds IS NOT NULL GROUP BY act.coder"
    )
    return {row["name"]: row["seconds"] for row in rows}


def decided_since(db: SharedConnection, time: str) -> int:
    """Return how many codable utterances somebody decided on after a time (as the study writes it; '': ever)."""
    sql = f"SELECT count(DISTINCT utterance) FROM unit WHERE codable = 1 AND state IN {DECIDED_SQL} AND time > ?"
    return int(db.value(sql, (time,)))
