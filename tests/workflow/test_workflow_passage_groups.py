"""Groups of passages: proposals that people name, merge, split and discard, and what the report makes of them."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.errors import InputError, StudyError
from coder.reporting.study.values import Group
from coder.store import Study
from coder.store.values import Decision
from coder.workflow.study.decide import decide
from coder.workflow.study.merge import merge_studies
from coder.workflow.study.passage_groups import (
    UNGROUPED,
    GroupEdit,
    cell_groups,
    edit_groups,
    nearest_first,
    preview_groups,
    study_groups,
)
from coder.workflow.study.quotes import like_code
from coder.workflow.study.report_data import Names, read_data
from coder.workflow.study.report_groups import in_vivo, namer, silhouette
from coder.workflow.study.undoing import redo, undo
from tests.study_making import small_study


def encode(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return one of two directions for each text, by its length."""
    return np.array([[1.0, 0.1] if len(text) % 2 else [0.1, 1.0] for text in texts])


@pytest.fixture
def study(tmp_path: Path) -> Study:
    held = small_study(tmp_path / "groups.coder", "p1", "p2")
    for unit in units(held)[:4]:
        decide(held, "Ann", Decision(unit, "add", "rain", "barrier"), mode="blind")
    return held


def units(study: Study) -> list[int]:
    return [item.id for item in study.texts.utterances(study.texts.find("p1"), codable_only=True)]


def groups(study: Study) -> list[Group]:
    return cell_groups(study, read_data(study, Names()), "rain", "barrier", encode)


def edit(study: Study, kind: str, coder: str = "Ann", **given: object) -> str:
    return edit_groups(study, groups(study), GroupEdit(kind, "rain", "barrier", **given), coder=coder)  # type: ignore[arg-type]


def shape(study: Study) -> list[tuple[str, list[int], bool]]:
    return [(g.name, sorted(c.utterance for c in g.codings), g.proposed) for g in groups(study)]


def test_a_proposal_is_named_split_merged_and_discarded_and_every_step_undone(study: Study) -> None:
    [(proposed, everybody, was_proposed)] = shape(study)
    assert was_proposed
    stages = [shape(study)]
    assert (
        edit(study, "rename", group=proposed, label="  Wet  feet ")
        == f"Group “{proposed}” renamed “Wet feet”"
    )
    assert shape(study) == [("Wet feet", everybody, False)]
    stages.append(shape(study))
    first = groups(study)[0].passages[0]
    edit(study, "move", passages=(first.first.utterance,), label="Puddles")
    moved = sorted(coding.utterance for coding in first.codings)
    assert ("Puddles", moved, False) in shape(study)
    stages.append(shape(study))
    edit(study, "merge", group="Puddles", into="Wet feet")
    assert shape(study) == [("Wet feet", everybody, False)]
    undo(study, "Ann")
    edit(study, "discard", group="Puddles")
    assert (UNGROUPED, moved, True) in shape(study)
    for stage in reversed(stages):
        saved = undo(study, "Ann")
        assert saved is not None and saved.what and shape(study) == stage
    for stage in stages[1:]:
        assert redo(study, "Ann") is not None
        assert shape(study) == stage
    assert all(state.codes for state in study.acts.states("Ann", everybody).values())  # the codings stayed


def test_what_is_coded_later_is_in_no_group_and_the_report_shows_peoples_groups(study: Study) -> None:
    edit(study, "rename", group=groups(study)[0].name, label="Wet feet")
    later = units(study)[5]
    decide(study, "Ben", Decision(later, "add", "rain", "barrier"), mode="blind")
    decide(study, "Ben", Decision(later, "add", "sun"), mode="blind")
    found = study_groups(study, read_data(study, Names()), encode)
    assert {(g.name, g.code, g.proposed) for g in found if g.code == "rain"} == {
        ("Wet feet", "rain", False),
        (UNGROUPED, "rain", True),
    }
    assert [g.proposed for g in found if g.code == "sun"] == [True]


def test_somebody_elses_newer_change_is_not_undone_by_an_older_one(study: Study) -> None:
    edit(study, "rename", group=groups(study)[0].name, label="Wet feet")
    edit(study, "rename", coder="Ben", group="Wet feet", label="Soaked")
    undo(study, "Ann")  # her last decision, since Ben changed the groups after her
    assert [g.name for g in groups(study)] == ["Soaked"]
    undo(study, "Ben")
    assert [g.name for g in groups(study)] == ["Wet feet"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "rename", "group": "No such", "label": "x"}, "no group 'No such'"),
        ({"kind": "move", "label": "New"}, "Tick the passages"),
        ({"kind": "merge", "group": "G", "into": "G"}, "another group"),
        ({"kind": "rename", "group": "G", "label": " "}, "Give the group a name"),
        ({"kind": "rename", "group": "G", "label": "G"}, "already"),
    ],
)
def test_what_makes_no_sense_is_refused(study: Study, given: dict[str, str], said: str) -> None:
    edit(study, "rename", group=groups(study)[0].name, label="G")
    before = shape(study)
    with pytest.raises(InputError, match=said):
        edit(study, **given)
    assert shape(study) == before


def test_copies_of_a_study_join_with_their_groups(study: Study, tmp_path: Path) -> None:
    edit(study, "rename", group=groups(study)[0].name, label="Wet feet")
    before = shape(study)
    study.close()
    other = shutil.copy(tmp_path / "groups.coder", tmp_path / "other.coder")
    with Study.open(other) as copy:
        edit(copy, "rename", coder="Ben", group="Wet feet", label="Soaked")
    merge_studies([tmp_path / "groups.coder", Path(other)], tmp_path / "joined.coder")
    with Study.open(tmp_path / "joined.coder") as joined:
        assert [name for name, _, _ in shape(joined)] == ["Soaked"]
        undo(joined, "Ben")
        assert shape(joined) == before


def test_others_are_put_in_order_of_likeness_to_a_group(study: Study) -> None:
    for unit in units(study)[4:]:
        decide(study, "Ben", Decision(unit, "add", "rain", "barrier"), mode="blind")
    other = study.texts.find("p2")
    for item in study.texts.utterances(other, codable_only=True):
        decide(study, "Ben", Decision(item.id, "add", "rain", "barrier"), mode="blind")
    first = groups(study)[0].passages[0].first.utterance
    edit(study, "move", passages=(first,), label="One")
    one, others = sorted(nearest_first(groups(study), "One", encode), key=lambda group: group.name != "One")
    mean = encode([passage.text for passage in one.passages])[0]
    likeness = [float(encode([passage.text])[0] @ mean) for passage in others.passages]
    assert len(likeness) > 1 and likeness == sorted(likeness, reverse=True)


def test_a_name_is_telling_words_or_the_participants_own() -> None:
    texts = (
        ["the bus timetable never fits"] * 3
        + ["late bus and no timetable"] * 2
        + ["we sang in the choir"] * 5
    )
    vectors = np.array([[1.0, 0.0]] * 5 + [[0.0, 1.0]] * 5)

    def likeness(wanted: Sequence[str]) -> NDArray[np.float64]:
        return np.array([[1.0, 0.0] if "bus" in text or "time" in text else [0.0, 1.0] for text in wanted])

    name = namer(texts, vectors, likeness)
    assert "bus" in name([0, 1, 2, 3, 4]) and "timetable" in name([0, 1, 2, 3, 4])
    # One word is no name: what was said stands instead.
    single = namer(["funny thing that is"] * 4, np.eye(4), lambda wanted: np.ones((len(wanted), 4)))
    assert single([0, 1]) == "“funny thing that is”"
    long = "[laughs] " + "word " * 30
    assert in_vivo([long], np.ones(4), lambda wanted: np.ones((len(wanted), 4))).endswith(" …”")
    assert in_vivo(
        ["Well. (pause) I took the bus home. Yes."], np.ones(4), lambda w: np.ones((len(w), 4))
    ) == ("“I took the bus home”")


def test_what_is_most_like_a_codes_quotes_comes_first_and_needs_a_model(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StudyError, match="No model is in use"):
        like_code(study, "rain")
    study.models.activate(study.models.add_shipped("starter", {}, "hash").id, "test")
    model = SimpleNamespace(encoder=SimpleNamespace(encode=encode))
    monkeypatch.setattr("coder.workflow.study.quotes.open_version", lambda study, version: model)
    given = {row.utterance for row in study.acts.standing_rows("rain")}
    mean = encode([study.texts.by_id([key])[key].text for key in sorted(given)]).mean(axis=0)
    found = like_code(study, "rain")
    likeness = [float(encode([item.text])[0] @ mean) for item in found]
    assert len(found) > 1 and likeness == sorted(likeness, reverse=True)
    assert not given & {item.id for item in found} and all(len(item.text.split()) > 3 for item in found)
    assert len(like_code(study, "wind")) >= len(found)  # without a quote, its entry speaks for the code


def test_a_preview_says_what_would_move_and_writes_nothing(study: Study) -> None:
    proposed = shape(study)[0][0]
    first = groups(study)[0].passages[0].first.utterance
    before = shape(study)
    split = GroupEdit("move", "rain", "barrier", label="Puddles", passages=(first,))
    planned = preview_groups(groups(study), split)
    number = len(groups(study)[0].passages)
    assert [passage.first.utterance for passage in planned.moving] == [first]
    assert planned.sizes == ((proposed, number, number - 1), ("Puddles", 0, 1))
    assert shape(study) == before
    edit(study, "move", passages=(first,), label="Puddles")
    gone = preview_groups(groups(study), GroupEdit("discard", "rain", "barrier", group="Puddles"))
    assert gone.sizes == (("Puddles", 1, 0), (UNGROUPED, 0, 1))
    merged = preview_groups(
        groups(study), GroupEdit("merge", "rain", "barrier", group="Puddles", into=proposed)
    )
    assert (merged.what, len(merged.moving)) == (f"Group “Puddles” merged into “{proposed}”", 1)
    kept = preview_groups(
        groups(study), GroupEdit("rename", "rain", "barrier", group="Puddles", label="Pools")
    )
    assert kept.moving == tuple(group.passages[0] for group in groups(study) if group.name == "Puddles")
    with pytest.raises(InputError, match="Tick the passages"):
        preview_groups(groups(study), GroupEdit("move", "rain", "barrier", label="Nothing"))


@pytest.mark.parametrize(("count", "clusters"), [(8, 2), (40, 3), (200, 4)])
def test_the_silhouette_is_that_of_all_pairs(count: int, clusters: int) -> None:
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(count)
    vectors = rng.normal(size=(count, 12)) + 0.3
    labels = rng.integers(0, clusters, count)
    labels[0], labels[1] = clusters, 0  # one passage alone
    assert silhouette(vectors, labels) == pytest.approx(silhouette_score(vectors, labels, metric="cosine"))
    assert silhouette(vectors, np.zeros(count, dtype=int)) == -1.0
    assert silhouette(np.zeros((4, 3)), np.array([0, 0, 1, 1])) == 0.0
