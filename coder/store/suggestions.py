"""Runs of models, their proposals and suggestions. All are kept; people see those of the newest run."""

from collections.abc import Sequence

from coder.store.connection import SharedConnection, chunks, marks, new_uid, value_of
from coder.store.values import DECIDED_SQL, Proposal, ProposedCode, StoredSuggestion

_SUGGESTION = (
    "SELECT s.*, model.label AS model FROM suggestion s JOIN run ON run.id = s.run"
    " JOIN model ON model.id = run.model"
)


class Suggestions:
    """Runs of models over utterances and what they suggested."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db

    def begin_run(self, model_id: int, codebook_id: int) -> int:
        """Note that a model starts to suggest; return the run's id."""
        with self._db.write() as stamp:
            return self._db.run(
                "INSERT INTO run (uid, model, codebook, time) VALUES (?, ?, ?, ?)",
                (new_uid(), model_id, codebook_id, stamp),
            )

    def add_proposals(self, run: int, proposals: Sequence[Proposal]) -> None:
        """Store what a run thinks of some utterances (one transaction); it supersedes what earlier runs thought."""
        db = self._db
        with db.write():
            db.run_many(
                "INSERT INTO proposal VALUES (?, ?, ?, ?)",
                ((run, item.utterance, item.codable, item.uncertainty) for item in proposals),
            )
            db.run_many(
                "INSERT INTO suggestion (run, utterance, rank, code, polarity, score, polarity_score, selected,"
                " evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (run, item.utterance, rank, *_columns(code))
                    for item in proposals
                    for rank, code in enumerate(item.codes, 1)
                ),
            )
            refresh_outlook(db, [item.utterance for item in proposals])

    def pending(
        self, model_id: int, codebook_id: int, transcript_id: int, *, coded_too: bool = False
    ) -> list[int]:
        """Return the codable utterances of a transcript that this model has not looked at with this codebook.

        Those that some person has decided are left out unless `coded_too`.
        """
        rows = self._db.rows(
            "SELECT u.id FROM utterance u LEFT JOIN outlook o ON o.utterance = u.id LEFT JOIN run ON run.id = o.run"
            " WHERE u.transcript = ? AND u.codable = 1 AND (o.run IS NULL OR run.model <> ? OR run.codebook <> ?)"
            " AND (? OR NOT EXISTS (SELECT 1 FROM unit WHERE unit.utterance = u.id"
            f" AND unit.state IN {DECIDED_SQL})) ORDER BY u.start",
            (transcript_id, model_id, codebook_id, coded_too),
        )
        return [row["id"] for row in rows]

    def newest(self, utterances: Sequence[int]) -> dict[int, list[StoredSuggestion]]:
        """Return, for each utterance, what the newest run that looked at it proposes, best first.

        The page shows those with `selected`; the rest are runners-up. An empty list: looked at, nothing to
        suggest, or not looked at yet.
        """
        newest: dict[int, list[StoredSuggestion]] = {key: [] for key in utterances}
        for some in chunks(list(newest)):
            # The outlook must lead: led by the suggestions, the list would be gone through for each of them.
            sql = (
                "SELECT s.*, model.label AS model FROM outlook o"
                " CROSS JOIN suggestion s ON s.run = o.run AND s.utterance = o.utterance"
                " JOIN run ON run.id = o.run JOIN model ON model.id = run.model"
                f" WHERE o.utterance IN ({marks(some)}) ORDER BY o.utterance, s.rank"
            )
            for row in self._db.rows(sql, some):
                newest[row["utterance"]].append(value_of(StoredSuggestion, row))
        return newest

    def get(self, suggestion_id: int) -> StoredSuggestion | None:
        """Return one suggestion by id."""
        row = self._db.row(f"{_SUGGESTION} WHERE s.id = ?", (suggestion_id,))
        return None if row is None else value_of(StoredSuggestion, row)

    def looked_at_by(self, model_id: int, utterances: Sequence[int]) -> list[int]:
        """Return those of the utterances whose newest proposal is this model's."""
        looked_at: list[int] = []
        for some in chunks(list(utterances)):
            sql = (
                "SELECT o.utterance FROM outlook o JOIN run ON run.id = o.run"
                f" WHERE run.model = ? AND o.utterance IN ({marks(some)})"
            )
            looked_at += [row["utterance"] for row in self._db.rows(sql, (model_id, *some))]
        return looked_at

    def uncertainty(self, utterances: Sequence[int]) -> dict[int, float]:
        """Return how torn the newest run was about each utterance (0 sure .. 1 torn); unseen ones left out."""
        uncertainty: dict[int, float] = {}
        for some in chunks(list(utterances)):
            sql = f"SELECT utterance, uncertainty FROM outlook WHERE utterance IN ({marks(some)})"
            uncertainty |= {row["utterance"]: row["uncertainty"] for row in self._db.rows(sql, some)}
        return uncertainty


def _columns(code: ProposedCode) -> tuple[object, ...]:
    return code.code, code.polarity, code.score, code.polarity_score, code.selected, code.evidence


_OUTLOOK = (
    "INSERT OR REPLACE INTO outlook"
    " SELECT p.utterance, p.run, p.codable, p.uncertainty, s.code, s.score,"
    "  u.codable AND NOT EXISTS (SELECT 1 FROM unit WHERE unit.utterance = u.id"
    f"   AND unit.state IN {DECIDED_SQL})"
    " FROM proposal p JOIN run ON run.id = p.run JOIN utterance u ON u.id = p.utterance"
    " LEFT JOIN suggestion s ON s.run = p.run AND s.utterance = p.utterance AND s.selected = 1"
    "  AND s.rank = (SELECT min(rank) FROM suggestion WHERE run = p.run AND utterance = p.utterance"
    "   AND selected = 1)"
    " WHERE NOT EXISTS (SELECT 1 FROM proposal q JOIN run later ON later.id = q.run"
    "  WHERE q.utterance = p.utterance AND (later.time, later.uid) > (run.time, run.uid))"
)


def refresh_outlook(db: SharedConnection, utterances: Sequence[int]) -> None:
    """Point the outlook of utterances at the newest run that looked at each, inside `write`."""
    for some in chunks(list(utterances)):
        db.run(f"{_OUTLOOK} AND p.utterance IN ({marks(some)})", some)


def refresh_all_outlooks(db: SharedConnection) -> None:
    """Point every outlook at the newest run that looked at its utterance, inside a transaction."""
    db.run("DELETE FROM outlook")
    db.run(_OUTLOOK)
