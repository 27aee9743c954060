"""Studies in which an earlier program carried codings over: what stood, in acts under uids of no meaning."""

import shutil
from itertools import permutations
from pathlib import Path

import pytest

from coder.store import Study
from coder.store.carried_acts import same_words
from coder.store.connection import new_uid
from coder.store.earlier_carries import CARRIED
from coder.store.replay import rebuild
from coder.store.values import Decision
from coder.workflow.study.decide import decide
from coder.workflow.study.merge import merge_studies
from coder.workflow.study.reshape import Reshape, reshape
from coder.workflow.study.undoing import redo, undo
from tests.study_making import ticking
from tests.workflow.test_workflow_merge_order import TEXTS, bring, code, copies

AT = "2026-02-{:02}T09:00:00"


def bring_as_before(path: Path, text: str, at: str, *, time: str = "") -> None:
    """Import a version as the earlier program did: one act for each coder and time, at this `time` or its own."""

    def carry(study: Study, old: int, new: int) -> dict[str, set[int]]:
        pairs = same_words(study.db, old, new)
        for coder in study.people.coders():
            for place, state in study.acts.states(coder, list(pairs)).items():
                if state.codes:
                    codes = [item.code for item in state.codes]
                    _write(study, coder, pairs[place], time or state.time, codes)
        rebuild(study.db)
        return {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coder.workflow.study.import_transcripts.carry_codings", carry)
        bring(path, text, "p1", at=at)


def _write(study: Study, coder: str, place: int, time: str, codes: list[str]) -> None:
    by = study.db.coder_id(coder)
    act = study.db.run(
        "INSERT INTO act (uid, coder, owner, kind, mode, note, time) VALUES (?, ?, ?, 'carry', 'imported', ?, ?)",
        (new_uid(), by, by, CARRIED, time),
    )
    for number, what in enumerate(codes):
        study.db.run(
            "INSERT INTO decision SELECT ?, ?, id, 'add', ?, NULL, NULL, start, \"end\", NULL, 0,"
            " (SELECT max(id) FROM codebook), '', '[]' FROM utterance WHERE id = ?",
            (act, number, what, place),
        )


def reversed_by(path: Path, coder: str, at: str, *, what: str = "undo", act: str | None = None) -> None:
    with Study.open(path, clock=ticking(at)) as study:
        assert (undo if what == "undo" else redo)(study, coder, act) is not None


def coded(path: Path) -> list[str]:
    with Study.open(path) as study:
        return sorted(row["code"] for row in study.db.rows("SELECT code FROM coding"))


def carries(path: Path) -> list[str]:
    with Study.open(path) as study:
        return [row["uid"] for row in study.db.rows("SELECT uid FROM act WHERE kind = 'carry' ORDER BY time")]


@pytest.fixture
def study_before(tmp_path: Path) -> tuple[Path, Path]:
    """A study that the earlier program brought two versions into, and a copy made before."""
    a, b = copies(tmp_path, "ab")
    code(a, "p1", "rain", at=AT.format(1))
    code(a, "p1", "sun", at=AT.format(2), place=1)
    shutil.copy(a, b)
    for number in (1, 2):
        bring_as_before(a, TEXTS[number], AT.format(2 + number))
    assert coded(a) == ["rain", "sun"]
    return a, b


def test_what_is_undone_in_another_copy_is_undone_on_the_version_in_use(
    tmp_path: Path, study_before: tuple[Path, Path]
) -> None:
    a, b = study_before
    reversed_by(b, "Ben", AT.format(5))
    for number, order in enumerate(permutations((a, b))):
        out = tmp_path / f"{number}.coder"
        report = merge_studies(order, out)
        assert coded(out) == ["rain"]
        assert not report.notes
        merge_studies((out, a), tmp_path / f"{number} again.coder")
        assert coded(tmp_path / f"{number} again.coder") == ["rain"]
    reversed_by(out, "Ben", AT.format(6), what="redo")
    assert coded(out) == ["rain", "sun"]


def test_undo_and_redo_reach_the_version_in_use_without_a_merge(study_before: tuple[Path, Path]) -> None:
    a, _ = study_before
    reversed_by(a, "Ben", AT.format(5))
    assert coded(a) == ["rain"]
    reversed_by(a, "Ben", AT.format(6), what="redo")
    assert coded(a) == ["rain", "sun"]


def test_a_change_of_codes_is_undone_there_too(tmp_path: Path) -> None:
    (a,) = copies(tmp_path, "a")
    code(a, "p1", "rain", at=AT.format(1))
    with Study.open(a, clock=ticking(AT.format(2))) as study:
        reshape(study, Reshape("merge", "rain", into="wind"), coder="Ann")
    bring_as_before(a, TEXTS[1], AT.format(3))
    assert coded(a) == ["wind"]
    reversed_by(a, "Ann", AT.format(4))
    assert coded(a) == ["rain"]


def test_what_somebody_undid_of_what_was_carried_over_stays_undone(
    tmp_path: Path, study_before: tuple[Path, Path]
) -> None:
    a, b = study_before
    bring(b, TEXTS[1], "p1", at=AT.format(6))
    bring(b, TEXTS[2], "p1", at=AT.format(7))
    latest = carries(a)[-1]
    reversed_by(a, "Ben", AT.format(5), act=latest)
    left = coded(a)
    assert len(left) == 1
    for number, order in enumerate(permutations((a, b))):
        merge_studies(order, tmp_path / f"{number}.coder")
        assert coded(tmp_path / f"{number}.coder") == left
    reversed_by(a, "Ben", AT.format(8), what="redo", act=latest)
    merge_studies((tmp_path / "0.coder", a), tmp_path / "redone.coder")
    assert coded(tmp_path / "redone.coder") == ["rain", "sun"]


def test_what_was_decided_on_the_version_in_use_stands_and_is_not_told_as_decided_apart(
    tmp_path: Path, study_before: tuple[Path, Path]
) -> None:
    a, b = study_before
    with Study.open(a, clock=ticking(AT.format(5))) as study:
        first = study.texts.utterances(study.texts.find("p1"), codable_only=True)[0].id
        decide(
            study, "Ben", [Decision(first, "withdraw", "rain"), Decision(first, "add", "wind")], mode="blind"
        )
    code(b, "p1", "wind", at=AT.format(6), place=2)
    report = merge_studies((b, a), tmp_path / "ab.coder")
    assert coded(tmp_path / "ab.coder") == ["sun", "wind", "wind"]
    [note] = [note for note in report.notes if "utterance decided there, 1 were carried over" in note]
    assert set(report.notes) == {note}


def test_what_was_carried_from_words_that_are_not_known_any_more_stays(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    code(a, "p1", "rain", at=AT.format(1))
    shutil.copy(a, b)
    bring_as_before(a, TEXTS[1], AT.format(3), time="2026-01-31T00:00:00.000000Z")
    reversed_by(b, "Ben", AT.format(5))
    merge_studies((a, b), tmp_path / "ab.coder")
    assert coded(tmp_path / "ab.coder") == ["rain"]
