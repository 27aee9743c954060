"""The versions of the study's model, which one is in use, and the transcripts kept for testing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from coder.errors import StudyError
from coder.store.connection import SharedConnection, new_uid, value_of
from coder.store.values import ModelVersion


@dataclass(frozen=True, slots=True)
class NewModel:
    """A trained model ready to be stored: its files as bytes, its card, what it learned from."""

    base: str
    card: Mapping[str, Any]
    codebook: str
    files: Mapping[str, bytes]
    trained_on: Sequence[int] = ()
    tested_on: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class HeldAndLearned:
    """A held-out transcript (uid, name) from which, or from another version of it, a model (uid, label) learned."""

    transcript: str
    model: str
    name: str
    label: str
    other_version: bool


class Models:
    """Model versions: stored whole, never deleted."""

    def __init__(self, db: SharedConnection) -> None:
        self._db = db

    def add(self, model: NewModel, *, coder: str | None = None) -> ModelVersion:
        """Store a version (not yet in use); its label is 'v1-xxxx', 'v2-xxxx', ..."""
        db = self._db
        with db.write() as stamp:
            uid = new_uid()
            number = db.value("SELECT count(*) FROM model WHERE id IN (SELECT model FROM model_file)") + 1
            row_id = self._insert(uid, f"v{number}-{uid[:4]}", model, coder, stamp)
            for name, content in sorted(model.files.items()):
                digest = hashlib.sha256(content).hexdigest()
                db.run("INSERT OR IGNORE INTO blob VALUES (?, ?)", (digest, content))
                db.run("INSERT INTO model_file VALUES (?, ?, ?)", (row_id, name, digest))
            for part, transcripts in (("train", model.trained_on), ("test", model.tested_on)):
                db.run_many(
                    "INSERT INTO trained_on VALUES (?, ?, ?)", ((row_id, item, part) for item in transcripts)
                )
        return self.get(row_id)

    def add_shipped(self, name: str, card: Mapping[str, Any], codebook: str) -> ModelVersion:
        """Note that the study uses a model that comes with the program (or lies in a folder), by name."""
        # The same in every copy of the study: named by what it is, not by when it was noted.
        content = json.dumps([name, dict(card), codebook], sort_keys=True, ensure_ascii=False)
        uid = hashlib.sha256(content.encode()).hexdigest()[:32]
        with self._db.write() as stamp:
            known = self._db.value("SELECT id FROM model WHERE uid = ?", (uid,))
            if known is None:
                known = self._insert(uid, name, NewModel(name, card, codebook, {}), None, stamp)
        return self.get(known)

    def _insert(self, uid: str, label: str, model: NewModel, coder: str | None, stamp: str) -> int:
        by = self._db.coder_id(coder) if coder else None
        return self._db.run(
            "INSERT INTO model (uid, label, base, card, codebook, coder, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (uid, label, model.base, json.dumps(dict(model.card), sort_keys=True), model.codebook, by, stamp),
        )

    def files(self, model_id: int) -> dict[str, bytes]:
        """Return the files of a version by name; empty for a shipped model."""
        rows = self._db.rows(
            "SELECT name, content FROM model_file JOIN blob USING (hash) WHERE model = ?", (model_id,)
        )
        return {row["name"]: row["content"] for row in rows}

    def versions(self) -> list[ModelVersion]:
        """Return all versions, newest first."""
        active = self._active_id()
        rows = self._db.rows(
            "SELECT model.*, NOT EXISTS (SELECT 1 FROM model_file f WHERE f.model = model.id) AS shipped"
            " FROM model ORDER BY time DESC, uid DESC"
        )
        return [_version(row, active) for row in rows]

    def get(self, model_id: int) -> ModelVersion:
        """Return one version."""
        return next(item for item in self.versions() if item.id == model_id)

    def find(self, label: str) -> ModelVersion:
        """Return a version by its label, or the unmistakable beginning of one ('v2')."""
        versions = self.versions()
        matching = [item for item in versions if item.label == label] or [
            item for item in versions if item.label.startswith(f"{label}-")
        ]
        if len(matching) != 1:
            known = ", ".join(item.label for item in versions) or "none yet"
            raise StudyError(f"There is no single model version '{label}' here. Versions: {known}.")
        return matching[0]

    def active(self) -> ModelVersion | None:
        """Return the version in use, or None before the first one."""
        active = self._active_id()
        return None if active is None else self.get(active)

    def _active_id(self) -> int | None:
        active = self._db.value("SELECT model FROM activation ORDER BY time DESC, uid DESC")
        return None if active is None else int(active)

    def activate(self, model_id: int, reason: str, *, forced: bool = False, coder: str | None = None) -> None:
        """Use a version from now on; the reason stays on record."""
        with self._db.write() as stamp:
            by = self._db.coder_id(coder) if coder else None
            self._db.run(
                "INSERT INTO activation VALUES (?, ?, ?, ?, ?, ?)",
                (new_uid(), model_id, reason, forced, by, stamp),
            )

    def activations(self) -> list[tuple[str, str, str, bool]]:
        """Return (time, label, reason, forced) of every change of the model in use, newest first."""
        rows = self._db.rows(
            "SELECT a.time, label, reason, forced FROM activation a JOIN model ON model.id = a.model"
            " ORDER BY a.time DESC, a.uid DESC"
        )
        return [(row["time"], row["label"], row["reason"], bool(row["forced"])) for row in rows]

    def hold_out(self, transcripts: Sequence[int]) -> None:
        """Keep transcripts for testing from now on. Raises StudyError if a model has learned from one.

        It may have learned from an earlier version.
        """
        with self._db.write() as stamp:
            for item in transcripts:
                learned = (
                    "WITH RECURSIVE same (id, replaces) AS (SELECT id, replaces FROM transcript WHERE id = ? UNION"
                    " SELECT t.id, t.replaces FROM same JOIN transcript t ON t.uid = same.replaces)"
                    " SELECT 1 FROM same JOIN trained_on l ON l.transcript = same.id AND l.part = 'train'"
                )
                if self._db.value(learned, (item,)):
                    name = self._db.value("SELECT name FROM transcript WHERE id = ?", (item,))
                    raise StudyError(f"'{name}' cannot be held out: a model has learned from it already.")
                self._db.run("INSERT OR IGNORE INTO held_out VALUES (?, ?)", (item, stamp))

    def held_out(self) -> set[int]:
        """Return the ids of the transcripts kept for testing, and of corrected versions of them."""
        return held_out_ids(self._db)

    def learned_from(self, model_id: int | None = None) -> set[int]:
        """Return the ids of transcripts that a stored model (None: any of them) has learned from."""
        rows = self._db.rows(
            "SELECT DISTINCT transcript FROM trained_on WHERE part = 'train' AND (model = ? OR ? IS NULL)",
            (model_id, model_id),
        )
        return {row["transcript"] for row in rows}

    def learned_though_held_out(self) -> list[HeldAndLearned]:
        """Return which models learned from which transcripts that are kept for testing, or other versions of them."""
        rows = self._db.rows(
            "WITH RECURSIVE kept (root, id, uid, replaces) AS (SELECT t.uid, t.id, t.uid, t.replaces FROM held_out h"
            " JOIN transcript t ON t.id = h.transcript UNION SELECT root, t.id, t.uid, t.replaces FROM kept"
            " JOIN transcript t ON t.replaces = kept.uid OR t.uid = kept.replaces)"
            " SELECT root AS transcript, model.uid AS model, name, label, min(kept.uid <> root) AS other_version"
            " FROM kept JOIN trained_on l ON l.transcript = kept.id AND l.part = 'train'"
            " JOIN model ON model.id = l.model JOIN transcript t ON t.uid = root GROUP BY root, model.uid"
            " ORDER BY name, label"
        )
        return [value_of(HeldAndLearned, row, other_version=bool(row["other_version"])) for row in rows]

    def record_comparison(
        self, model_id: int, against: int, accepted: bool, content: Mapping[str, Any]
    ) -> None:
        """Keep the trial of a version against the one in use, whatever came of it."""
        with self._db.write() as stamp:
            self._db.run(
                "INSERT INTO comparison VALUES (?, ?, ?, ?, ?, ?)",
                (
                    new_uid(),
                    model_id,
                    against,
                    accepted,
                    json.dumps(dict(content), ensure_ascii=False),
                    stamp,
                ),
            )

    def comparisons(self) -> list[dict[str, Any]]:
        """Return every trial, newest first: model, against (labels), accepted, time, and its figures."""
        rows = self._db.rows(
            "SELECT c.*, new.label AS model_label, old.label AS against_label FROM comparison c"
            " JOIN model new ON new.id = c.model JOIN model old ON old.id = c.against"
            " ORDER BY c.time DESC, c.uid DESC"
        )
        return [
            json.loads(row["content"])
            | {
                "model": row["model_label"],
                "against": row["against_label"],
                "accepted": bool(row["accepted"]),
                "time": row["time"],
            }
            for row in rows
        ]


def held_out_ids(db: SharedConnection) -> set[int]:
    """Return the ids of the transcripts kept for testing and of their later versions that no model learned from."""
    rows = db.rows(
        "WITH RECURSIVE kept (id, uid) AS (SELECT t.id, t.uid FROM held_out h"
        " JOIN transcript t ON t.id = h.transcript UNION SELECT t.id, t.uid FROM kept"
        " JOIN transcript t ON t.replaces = kept.uid WHERE NOT EXISTS"
        " (SELECT 1 FROM trained_on l WHERE l.transcript = t.id AND l.part = 'train')) SELECT id FROM kept"
    )
    return {row["id"] for row in rows}


def _version(row: Row, active: int | None) -> ModelVersion:
    return value_of(ModelVersion, row, card=json.loads(row["card"]), active=row["id"] == active)
