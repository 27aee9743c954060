"""Codes merged, split, moved and retired with everybody's codings, and taken back whole."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coder.codebook import load_codebook, to_yaml
from coder.errors import InputError, StudyError
from coder.store import Study
from coder.store.replay import rebuild
from coder.store.values import ADJUDICATED, Decision
from coder.workflow.study.codebook_edit import extended
from coder.workflow.study.decide import Adjudication, adjudicate, decide
from coder.workflow.study.merge import merge_studies
from coder.workflow.study.reshape import Reshape, preview, reshape
from coder.workflow.study.undoing import redo, undo
from tests.study_making import small_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    held = small_study(tmp_path / "reshape.coder", "p1", "p2")
    first, second, third = units(held)[:3]
    decide(held, "Ann", Decision(first, "add", "rain", "barrier", memo="wet"), mode="blind")
    decide(
        held,
        "Ben",
        [Decision(first, "add", "rain"), Decision(first, "add", "sun", "facilitator")],
        mode="blind",
    )
    decide(held, "Ben", Decision(second, "add", "rain"), mode="blind")
    decide(held, "Ann", Decision(third, "add", "wind"), mode="blind")
    return held


def units(study: Study, name: str = "p1") -> list[int]:
    return [item.id for item in study.texts.utterances(study.texts.find(name), codable_only=True)]


def codes(study: Study, coder: str) -> dict[int, list[tuple[str, str | None]]]:
    states = study.acts.states(coder, units(study))
    return {key: [(c.code, c.polarity) for c in state.codes] for key, state in states.items() if state.codes}


def everything(study: Study) -> tuple[object, ...]:
    return codes(study, "Ann"), codes(study, "Ben"), study.codebooks.current().ids, study.blind()


def test_merging_recodes_everybody_and_one_undo_takes_it_all_back(study: Study) -> None:
    first, second, _ = units(study)[:3]
    before = everything(study)
    planned = preview(study, Reshape("merge", "rain", into="sun"))
    assert planned.what == "Rain merged into Sun"
    assert (planned.coders, planned.already, len(planned.examples)) == ({"Ann": 1, "Ben": 2}, 1, 2)
    assert planned.sizes == (("Rain", 3, 0), ("Sun", 1, 3))
    assert everything(study) == before  # a preview writes nothing
    reshape(study, Reshape("merge", "rain", into="sun"), coder="Ann")
    assert codes(study, "Ann")[first] == [("sun", "barrier")]
    assert codes(study, "Ben")[first] == [("sun", "facilitator")]  # what was there stays as it was
    assert codes(study, "Ben")[second] == [("sun", None)]
    assert study.codebooks.current().ids == ("sun", "wind")
    assert study.acts.states("Ann", [first])[first].codes[0].memo == "wet"
    assert all(code.blind for state in study.acts.states("Ben", [first]).values() for code in state.codes)
    rebuild(study.db)
    assert codes(study, "Ben")[second] == [("sun", None)]
    saved = undo(study, "Ann")
    assert saved is not None and saved.what == "Rain merged into Sun"
    assert everything(study) == before
    undo(study, "Ann")  # then what Ann decided before it
    assert units(study)[2] not in codes(study, "Ann")


def test_an_undone_change_is_redone_with_all_its_recoding_any_number_of_steps(study: Study) -> None:
    stages = [everything(study)]
    for change in (Reshape("merge", "rain", into="sun"), Reshape("retire", "wind")):
        reshape(study, change, coder="Ann")
        stages.append(everything(study))
    for back in (stages[1], stages[0]):
        undo(study, "Ann")
        assert everything(study) == back
    assert redo(study, "Ben") is None  # it is Ann's
    for onward in (stages[1], stages[2]):
        saved = redo(study, "Ann")
        assert saved is not None and saved.what and everything(study) == onward
    assert redo(study, "Ann") is None
    rebuild(study.db)
    assert everything(study) == stages[2]
    undo(study, "Ann")
    assert everything(study) == stages[1]


def test_a_change_is_not_redone_over_what_was_done_since(study: Study) -> None:
    fourth = units(study)[3]
    reshape(study, Reshape("merge", "rain", into="sun"), coder="Ann")
    undo(study, "Ann")
    decide(study, "Ben", Decision(fourth, "add", "rain"), mode="blind")
    before = everything(study)
    with pytest.raises(StudyError, match="has to wait: Rain has 1 coding of Ben since"):
        redo(study, "Ann")
    assert everything(study) == before
    undo(study, "Ben")
    decide(study, "Ann", Decision(fourth, "nothing"), mode="blind")
    assert redo(study, "Ann") is None


def test_only_who_changed_the_codebook_undoes_it_and_only_while_it_is_the_newest(study: Study) -> None:
    reshape(study, Reshape("retire", "wind"), coder="Ann")
    assert codes(study, "Ann").get(units(study)[2]) is None
    undo(study, "Ben")  # his own last decision
    assert "wind" not in study.codebooks.current().ids
    reshape(study, Reshape("move", "sun", parent="Sky"), coder="Ann")
    assert study.codebooks.current().by_id["sun"].parent == "Sky"
    undo(study, "Ann")
    assert study.codebooks.current().by_id["sun"].parent is None
    undo(study, "Ann")  # and then the change before it
    assert "wind" in study.codebooks.current().ids and units(study)[2] in codes(study, "Ann")
    reshape(study, Reshape("retire", "sun"), coder="Ann")
    study.codebooks.add(replace(study.codebooks.current(), name="edited since"), coder="Ben")
    undo(study, "Ann")  # edited since: what Ann decided last is taken back, not the retiring
    assert "sun" not in study.codebooks.current().ids and units(study)[2] not in codes(study, "Ann")


def test_a_code_that_is_named_as_component_heads_it_and_one_below_it_joins_its_component(
    study: Study,
) -> None:
    before = study.codebooks.current()
    reshape(study, Reshape("move", "sun", parent="rain"), coder="Ann")
    book = study.codebooks.current()
    label = before.by_id["rain"].label
    assert book.by_id["sun"].parent == book.by_id["rain"].parent == label
    reshape(study, Reshape("move", "wind", parent=before.by_id["sun"].label), coder="Ann")
    assert study.codebooks.current().by_id["wind"].parent == label
    with pytest.raises(InputError, match="there already"):
        reshape(study, Reshape("move", "wind", parent="rain"), coder="Ann")
    assert extended(study.codebooks.current(), {"label": "Fog", "parent": "sun"}).by_id["fog"].parent == label


def test_the_codes_of_a_component_go_with_the_code_that_heads_it(study: Study, tmp_path: Path) -> None:
    reshape(study, Reshape("move", "sun", parent="rain"), coder="Ann")
    headed_by = study.codebooks.current()
    with pytest.raises(InputError, match="heads the component of 1 code"):
        reshape(study, Reshape("move", "rain"), coder="Ann")
    assert reshape(study, Reshape("move", "rain", parent="Sky"), coder="Ann").endswith(
        "to Sky, with its 1 code"
    )
    book = study.codebooks.current()
    assert book.by_id["sun"].parent == book.by_id["rain"].parent == "Sky"
    path = tmp_path / "book.yaml"
    path.write_text(to_yaml(book), encoding="utf-8")
    assert load_codebook(path).parents == book.parents
    undo(study, "Ann")
    assert study.codebooks.current().parents == headed_by.parents


def test_splitting_moves_the_chosen_quotes_to_a_new_or_another_code(study: Study) -> None:
    first, second, _ = units(study)[:3]
    reshape(study, Reshape("split", "rain", label="Drizzle", quotes=(first,)), coder="Ann")
    assert codes(study, "Ann")[first] == [("drizzle", "barrier")]
    assert ("drizzle", None) in codes(study, "Ben")[first] and codes(study, "Ben")[second] == [("rain", None)]
    reshape(study, Reshape("split", "rain", into="wind", quotes=(second,)), coder="Ann")
    assert codes(study, "Ben")[second] == [("wind", None)]
    undo(study, "Ann")
    assert codes(study, "Ben")[second] == [("rain", None)]
    undo(study, "Ann")
    assert (
        codes(study, "Ann")[first] == [("rain", "barrier")] and "drizzle" not in study.codebooks.current().ids
    )


def test_a_sub_theme_is_made_from_quotes(study: Study) -> None:
    first = units(study)[0]
    reshape(study, Reshape("subtheme", "rain", label="All day", quotes=(first,)), coder="Ann")
    code = study.codebooks.current().by_id["rain"]
    assert [item.label for item in code.subthemes] == ["All day"]
    assert [item.text for item in code.examples] == [study.texts.by_id([first])[first].text]
    assert codes(study, "Ann")[first] == [("rain", "barrier")]


def test_adjudicated_codings_change_too(study: Study) -> None:
    first = units(study)[0]
    adjudicate(study, "Ann", Adjudication(first, [("rain", "barrier")]))
    reshape(study, Reshape("merge", "rain", into="wind"), coder="Ben")
    assert [c.code for c in study.acts.states(ADJUDICATED, [first])[first].codes] == ["wind"]
    undo(study, "Ben")
    assert [c.code for c in study.acts.states(ADJUDICATED, [first])[first].codes] == ["rain"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Reshape("merge", "rain", into="rain"), "another code"),
        (Reshape("merge", "snow", into="rain"), "not in the codebook"),
        (Reshape("split", "rain", label="Drizzle"), "Tick the quotes"),
        (Reshape("split", "rain", label="Sun", quotes=(2,)), "already"),
        (Reshape("subtheme", "rain", label=" ", quotes=(2,)), "a name"),
        (Reshape("move", "rain"), "already"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(study: Study, change: Reshape, said: str) -> None:
    before = everything(study)
    with pytest.raises(InputError, match=said):
        reshape(study, change, coder="Ann")
    assert everything(study) == before


def test_copies_join_with_the_recoding(study: Study, tmp_path: Path) -> None:
    study.close()
    paths = [tmp_path / "a.coder", tmp_path / "b.coder"]
    for path in paths:
        shutil.copy(tmp_path / "reshape.coder", path)
    with Study.open(paths[0]) as one:
        reshape(one, Reshape("merge", "rain", into="sun"), coder="Ann")
    with Study.open(paths[1]) as other:
        decide(other, "Ben", Decision(units(other)[3], "add", "wind"), mode="blind")
    for number, order in enumerate((paths, paths[::-1])):
        out = tmp_path / f"joined-{number}.coder"
        merge_studies(order, out)
        with Study.open(out) as joined:
            assert joined.codebooks.current().ids == ("sun", "wind")
            assert not any(code == "rain" for held in codes(joined, "Ben").values() for code, _ in held)
            undo(joined, "Ann")
            assert ("rain", None) in codes(joined, "Ben")[units(joined)[1]]


def test_a_barrier_merged_with_a_facilitator_is_mixed_and_keeps_both_memos(study: Study) -> None:
    first = units(study)[0]
    start = study.texts.by_id([first])[first].start
    decide(
        study,
        "Ann",
        Decision(first, "add", "sun", "facilitator", memo="warm", span=(start, start + 5)),
        mode="blind",
    )
    reshape(study, Reshape("merge", "rain", into="sun"), coder="Ann")
    [held] = study.acts.states("Ann", [first])[first].codes
    unit = study.texts.by_id([first])[first]
    assert (held.code, held.polarity, held.memo) == ("sun", "mixed", "warm\nwet")
    assert (held.start, held.end) == (unit.start, unit.end)
    undo(study, "Ann")
    assert sorted(codes(study, "Ann")[first]) == [("rain", "barrier"), ("sun", "facilitator")]
