"""One undo and redo for all that a coder does, by turn and by name, and the history that lists it."""

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from coder.errors import StudyError
from coder.store import Study
from coder.store.confirmed_codings import good_quotes
from coder.store.values import Decision
from coder.workflow.study.codebook_edit import edit_codebook, edited, extended
from coder.workflow.study.decide import decide
from coder.workflow.study.double_coding import double_coding, set_double_coding
from coder.workflow.study.history import history
from coder.workflow.study.merge import merge_studies
from coder.workflow.study.quotes import mark_good_quote
from coder.workflow.study.reading_corrections import correct_role, corrections_of, not_a_speaker
from coder.workflow.study.reshape import Reshape, reshape
from coder.workflow.study.undoing import redo, redoable, undo, undoable
from tests.study_making import cut, small_study


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder", "p1") as opened:
        yield opened


def first_unit(study: Study) -> int:
    return next(item.id for item in study.texts.utterances(1) if item.text.startswith("It rained"))


def definition(study: Study) -> str:
    return study.codebooks.current().by_id["rain"].definition


def role_of(study: Study, speaker: str = "P") -> str | None:
    return next(turn.role for turn in study.texts.turns(1) if turn.speaker == speaker)


def everything(study: Study) -> tuple[object, ...]:
    codes = study.acts.states("Ann", [first_unit(study)])[first_unit(study)].codes
    return (
        [code.code for code in codes], definition(study), good_quotes(study.db), role_of(study),
        [memo.text for memo in study.memos.all()], corrections_of(study, "p1.txt"),
    )  # fmt: skip


def a_day(study: Study) -> list[tuple[object, ...]]:
    """Do one thing of each kind; return how the study was before and after each."""
    here, stages = first_unit(study), [everything(study)]
    book = study.codebooks.current()
    for step in (
        lambda: decide(study, "Ann", Decision(here, "add", "rain"), mode="blind"),
        lambda: mark_good_quote(study, "Ann", here, "rain", True),
        lambda: edit_codebook(
            study, edited(book, "rain", {"definition": "drops"}), what="Rain reworded", coder="Ann"
        ),
        lambda: study.memos.write("Ann", "wet", utterance=here),
        lambda: correct_role(study, 1, "P", "interviewer", coder="Ann"),
    ):
        step()
        stages.append(everything(study))
    return stages


def test_undo_and_redo_walk_through_things_of_every_kind_in_their_order(study: Study) -> None:
    stages = a_day(study)
    assert all(one != other for one, other in pairwise(stages))
    for before in stages[-2::-1]:
        assert undo(study, "Ann") is not None
        assert everything(study) == before
    assert undo(study, "Ann") is None
    for after in stages[1:]:
        assert redo(study, "Ann") is not None
        assert everything(study) == after
    assert redo(study, "Ann") is None


def test_what_is_done_after_an_undo_ends_redo(study: Study) -> None:
    a_day(study)
    undo(study, "Ann")
    mark_good_quote(study, "Ann", first_unit(study), "rain", False)
    assert redo(study, "Ann") is None
    undo(study, "Ann")
    assert (first_unit(study), "rain") in good_quotes(study.db)


def test_undo_and_redo_say_what_they_took_back(study: Study) -> None:
    a_day(study)
    words = [saved.what for saved in (undo(study, "Ann"), undo(study, "Ann"), undo(study, "Ann")) if saved]
    assert words == ["P in p1 is the interviewer", "", "Rain reworded"]
    marked = undo(study, "Ann")
    assert marked is not None and marked.quote == (first_unit(study), "rain", False)
    assert "good quote: “It rained all day.”" in marked.what


def test_a_named_change_is_taken_back_whatever_was_done_since(study: Study) -> None:
    a_day(study)
    reworded = undoable(study, "Ann")["codebook"]
    undo(study, "Ann", reworded.uid)
    assert definition(study) == "water from above" and role_of(study) == "interviewer"
    assert redoable(study, "Ann")["codebook"].uid == reworded.uid
    with pytest.raises(StudyError, match="no such act"):
        undo(study, "Ann", reworded.uid)
    redo(study, "Ann", reworded.uid)
    assert definition(study) == "drops"
    with pytest.raises(StudyError, match="no such act"):
        undo(study, "Ben", reworded.uid)


def test_a_new_code_that_was_used_since_is_not_taken_away(study: Study) -> None:
    edit_codebook(
        study, extended(study.codebooks.current(), {"label": "Hail"}), what="Hail added", coder="Ann"
    )
    added = undoable(study, "Ann")["codebook"]
    decide(study, "Ben", Decision(first_unit(study), "add", "hail"), mode="blind")
    waits = (
        "“Hail added” has to wait: Hail has 1 coding of Ben since.* merge or retire Hail on the page Codebook"
    )
    for named in (added.uid, None):  # not hers alone any more, and nothing else is left to undo
        with pytest.raises(StudyError, match=waits):
            undo(study, "Ann", named)
    undo(study, "Ben")
    undo(study, "Ann", added.uid)
    assert "hail" not in study.codebooks.current().ids


def test_nobody_undoes_a_rewording_that_somebody_built_on(study: Study) -> None:
    for coder, words in (("Ann", "drops"), ("Ben", "wet drops")):
        book = study.codebooks.current()
        edit_codebook(study, edited(book, "rain", {"definition": words}), what="Rain reworded", coder=coder)
    assert undo(study, "Ann") is None
    undo(study, "Ben")
    undo(study, "Ann")
    assert definition(study) == "water from above"


def test_undoing_a_role_leaves_what_the_file_had_before(study: Study) -> None:
    correct_role(study, 1, "P", "interviewer", coder="Ben")
    correct_role(study, 1, "P", "participant", coder="Ann")
    undo(study, "Ann")
    assert role_of(study) == "interviewer" and corrections_of(study, "p1.txt").interviewers == ("P",)
    undo(study, "Ben")
    assert role_of(study) == "participant" and corrections_of(study, "p1.txt").interviewers == ()


def test_an_older_mark_or_role_can_be_taken_back_by_name(study: Study) -> None:
    here = first_unit(study)
    decide(study, "Ann", [Decision(here, "add", "rain"), Decision(here, "add", "sun")], mode="blind")
    mark_good_quote(study, "Ann", here, "rain", True)
    mark_good_quote(study, "Ann", here, "sun", True)
    older = [line for line in history(study, coder="Ann") if line.kind == "quote"][1]
    undo(study, "Ann", older.act[:8])
    assert good_quotes(study.db) == {(here, "sun")}


def test_history_lists_every_kind_and_what_was_undone(study: Study) -> None:
    a_day(study)
    assert [line.kind for line in history(study)] == ["role", "memo", "codebook", "quote", "decide"]
    undo(study, "Ann")
    newest, role, *_ = history(study, coder="Ann")
    assert (newest.kind, newest.what) == ("undo", "role: P: interviewer")
    assert (role.kind, role.undone, role.what) == ("role", True, "P: interviewer")
    redo(study, "Ann")
    assert [(line.kind, line.undone) for line in history(study, limit=3)] == [
        ("redo", False), ("undo", False), ("role", False),
    ]  # fmt: skip
    assert history(study, coder="Ben") == []


def test_what_was_undone_in_one_copy_is_undone_where_copies_are_joined(tmp_path: Path) -> None:
    with small_study(tmp_path / "one.coder", "p1") as one:
        a_day(one)
    shutil.copy(tmp_path / "one.coder", tmp_path / "two.coder")
    with Study.open(tmp_path / "two.coder") as two:
        for _ in range(4):
            undo(two, "Ann")
        undone = everything(two)
    merge_studies([tmp_path / "one.coder", tmp_path / "two.coder"], tmp_path / "both.coder")
    with Study.open(tmp_path / "both.coder") as both:
        assert (good_quotes(both.db), role_of(both), definition(both)) == (undone[2], undone[3], undone[1])
        redo(both, "Ann")
        assert (first_unit(both), "rain") in good_quotes(both.db)


def test_a_role_in_a_reading_that_is_not_in_use_any_more_is_not_taken_back(study: Study) -> None:
    correct_role(study, 1, "P", "interviewer", coder="Ann")
    kept = corrections_of(study, "p1.txt").interviewers
    corrected = undoable(study, "Ann")["role"].uid
    new = not_a_speaker(study, 1, "I", coder="Ann", cut=cut)
    assert "role" not in undoable(study, "Ann") and undo(study, "Ann") is None
    with pytest.raises(StudyError, match="no such act"):
        undo(study, "Ann", corrected)
    assert corrections_of(study, "p1.txt").interviewers == kept == ("P",)
    assert {turn.role for turn in study.texts.turns(new) if turn.speaker == "P"} == {"interviewer"}


def test_a_role_undone_before_the_reading_was_corrected_is_not_done_again(study: Study) -> None:
    correct_role(study, 1, "P", "interviewer", coder="Ann")
    undo(study, "Ann")
    not_a_speaker(study, 1, "I", coder="Ann", cut=cut)
    assert redo(study, "Ann") is None and corrections_of(study, "p1.txt").interviewers == ()


def test_a_role_that_everybody_took_back_is_not_kept_for_the_file(study: Study) -> None:
    correct_role(study, 1, "P", "interviewer", coder="Ben")
    correct_role(study, 1, "P", "participant", coder="Ann")
    undo(study, "Ben")
    undo(study, "Ann")
    kept = corrections_of(study, "p1.txt")
    assert role_of(study) == "participant" and (kept.interviewers, kept.participants) == ((), ())
    redo(study, "Ben")
    assert role_of(study) == "interviewer" and corrections_of(study, "p1.txt").interviewers == ("P",)


def test_a_code_that_was_split_off_and_is_used_by_others_is_passed_over(study: Study) -> None:
    first, second = [item.id for item in study.texts.utterances(1, codable_only=True)][:2]
    decide(study, "Ann", Decision(first, "add", "rain"), mode="blind")
    reshape(study, Reshape("split", "rain", label="Hail", quotes=(first,)), coder="Ann")
    assert not undoable(study, "Ann")["codebook"].hindrance
    decide(study, "Ben", Decision(second, "add", "hail"), mode="blind")
    assert undoable(study, "Ann")["codebook"].hindrance
    assert undo(study, "Ann") is not None  # her decision before it, not an error for good
    undo(study, "Ben")
    undo(study, "Ann")
    assert "hail" not in study.codebooks.current().ids


def test_undoing_a_decision_whose_code_was_merged_away_says_that_the_same_stands(study: Study) -> None:
    here = first_unit(study)
    decide(study, "Ben", Decision(here, "add", "rain"), mode="blind")
    reshape(study, Reshape("merge", "rain", into="sun"), coder="Ann")
    saved = undo(study, "Ben")
    assert saved is not None and saved.what == "a decision, but the same stands without it"
    assert [code.code for code in saved.states[here].codes] == ["sun"]
    decide(study, "Ben", Decision(here, "add", "wind"), mode="blind")
    undone = undo(study, "Ben")
    assert undone is not None and undone.what == ""


def test_of_memos_and_the_codebook_only_the_newest_is_taken_back_by_name(study: Study) -> None:
    here = first_unit(study)
    for words in ("wet", "dry"):
        study.memos.write("Ann", words, utterance=here)
    newest, older = history(study, coder="Ann")
    with pytest.raises(StudyError, match="only the newest change can be taken back"):
        undo(study, "Ann", older.act[:8])
    undo(study, "Ann", newest.act[:8])
    assert [memo.text for memo in study.memos.all()] == ["wet"]


def test_a_change_that_cannot_be_done_again_is_passed_over_and_says_who_has_to_do_what(study: Study) -> None:
    first, second, third = [item.id for item in study.texts.utterances(1, codable_only=True)][:3]
    decide(study, "Ben", Decision(first, "add", "rain"), mode="blind")
    reshape(study, Reshape("merge", "rain", into="sun"), coder="Ann")
    mark_good_quote(study, "Ann", first, "sun", True)
    undo(study, "Ann")
    undo(study, "Ann")
    assert not redoable(study, "Ann")["codebook"].hindrance  # what it would move itself does not hinder it
    decide(study, "Ben", [Decision(second, "add", "rain"), Decision(third, "add", "rain")], mode="blind")
    again = redo(study, "Ann")
    assert again is not None and "good quote" in again.what
    assert [why[:54] for why in again.passed] == ["“Rain merged into Sun” has to wait: Rain has 2 codings"]
    with pytest.raises(
        StudyError, match="“Rain merged into Sun” has to wait: Rain has 2 codings of Ben since"
    ):
        redo(study, "Ann")
    decide(study, "Ben", [Decision(key, "withdraw", "rain") for key in (second, third)], mode="blind")
    assert redo(study, "Ann") is not None
    assert "rain" not in study.codebooks.current().ids


def names(study: Study) -> list[str]:
    return [item.name for item in study.texts.all()]


def test_names_and_removals_are_undone_and_redone_in_their_order(study: Study) -> None:
    change = study.transcript_changes
    stages = [(names(study), change.removed())]
    steps: tuple[Callable[[], None], ...] = (
        lambda: change.rename(1, "Ward", coder="Ann"),
        lambda: change.rename(1, "Clinic", coder="Ann"),
        lambda: change.remove(1, coder="Ann"),
        lambda: change.restore(1, coder="Ann"),
    )
    for step in steps:
        step()
        stages.append((names(study), change.removed()))
    undone = []
    for before in stages[-2::-1]:
        saved = undo(study, "Ann")
        assert saved is not None and saved.transcript == 1
        undone.append(saved.what)
        assert (names(study), [item[:2] for item in change.removed()]) == (
            before[0],
            [i[:2] for i in before[1]],
        )
    assert undone == ["Clinic brought back", "Clinic removed", "Ward renamed to Clinic", "p1 renamed to Ward"]
    assert undo(study, "Ann") is None
    for after in stages[1:]:
        assert redo(study, "Ann") is not None
        assert names(study) == after[0]
    lines = history(study, coder="Ann", limit=4)
    assert [(line.kind, line.what) for line in lines] == [
        ("redo", f"transcript: {what}") for what in undone
    ]  # fmt: skip


def test_a_name_that_another_transcript_has_by_now_is_not_brought_back(tmp_path: Path) -> None:
    with small_study(tmp_path / "s.coder", "p1", "p2") as study:
        decide(study, "Ben", Decision(first_unit(study), "add", "sun"), mode="blind")
        mark_good_quote(study, "Ann", first_unit(study), "sun", True)
        study.transcript_changes.rename(1, "Ward", coder="Ann")
        study.transcript_changes.rename(2, "P1", coder="Ben")
        other = next(item.uid[:8] for item in study.texts.all() if item.name == "P1")
        taken = f"There is another transcript 'p1' ({other}); rename that one first."
        waits = f"“p1 renamed to Ward” has to wait: {taken}"
        saved = undo(study, "Ann")
        assert saved is not None and saved.quote is not None and saved.passed == (waits,)
        with pytest.raises(StudyError, match=re.escape(waits)):
            undo(study, "Ann")
        undo(study, "Ben")
        undo(study, "Ann")
        assert names(study) == ["p1", "p2"]
        study.transcript_changes.remove(1, coder="Ann")
        study.transcript_changes.rename(2, "p1", coder="Ben")
        with pytest.raises(StudyError, match="rename that one first"):
            undo(study, "Ann")
        with pytest.raises(StudyError, match="rename that one first"):
            study.transcript_changes.restore(1)


def test_nobody_undoes_a_name_that_somebody_changed_since(study: Study) -> None:
    study.transcript_changes.rename(1, "Ward", coder="Ann")
    mine = history(study, coder="Ann")[0].act
    study.transcript_changes.rename(1, "Clinic", coder="Ben")
    study.transcript_changes.remove(1, coder="Ben")
    assert undo(study, "Ann") is None
    with pytest.raises(StudyError, match="only the newest change can be taken back"):
        undo(study, "Ann", mine)
    undo(study, "Ben")
    undo(study, "Ben")
    undo(study, "Ann", mine[:8])
    assert names(study) == ["p1"]


def test_the_plan_of_double_coding_is_undone_and_redone(study: Study) -> None:
    set_double_coding(study, [1], ["Ann", "Ben"], coder="Ann")
    set_double_coding(study, [1], ["Ann", "Cy"], coder="Ann")
    set_double_coding(study, [], [], coder="Ann")
    said = [saved.what for saved in (undo(study, "Ann"), undo(study, "Ann")) if saved]
    assert said == ["no double coding", "double coding of 1 transcript by Ann and Cy"]
    assert double_coding(study) == {1: ("Ann", "Ben")}
    redo(study, "Ann")
    assert double_coding(study) == {1: ("Ann", "Cy")}
    set_double_coding(study, [1], ["Ben", "Cy"], coder="Ben")
    assert undo(study, "Ann") is None  # the plan in use is Ben's
    undo(study, "Ben")
    assert double_coding(study) == {1: ("Ann", "Cy")}
    kinds = [line.kind for line in history(study)]
    assert kinds == ["undo", "plan", "redo", "undo", "undo", "plan", "plan", "plan"]


def test_names_and_plans_undone_in_one_copy_are_undone_where_copies_are_joined(tmp_path: Path) -> None:
    with small_study(tmp_path / "one.coder", "p1", "p2") as one:
        one.transcript_changes.rename(1, "Ward", coder="Ann")
        set_double_coding(one, [1], ["Ann", "Ben"], coder="Ann")
    shutil.copy(tmp_path / "one.coder", tmp_path / "two.coder")
    with Study.open(tmp_path / "two.coder") as two:
        undo(two, "Ann")
        undo(two, "Ann")
        two.transcript_changes.rename(2, "Clinic", coder="Ann")
    with Study.open(tmp_path / "one.coder") as one:
        one.transcript_changes.rename(2, "Practice", coder="Ben")
        one.transcript_changes.remove(1, coder="Ben")
    with Study.open(tmp_path / "two.coder") as two:
        decide(two, "Ann", Decision(first_unit(two), "add", "rain"), mode="blind")
    for number, order in enumerate((("one", "two"), ("two", "one"))):
        out = tmp_path / f"both{number}.coder"
        report = merge_studies([tmp_path / f"{name}.coder" for name in order], out)
        with Study.open(out) as both:
            assert names(both) == ["Practice"] and double_coding(both) == {}
            assert [name for _, name, _ in both.transcript_changes.removed()] == ["p1"]
        assert report.conflicts == (
            "'Ward' was removed in one while Ann coded it in the other: its codings are kept, and the Study page"
            " brings it back.",
            "A transcript was renamed to 'Clinic' in one and to 'Practice' in the other; the later name is in use.",
        )


def test_a_plan_that_a_redone_later_one_covers_is_not_done_again(study: Study) -> None:
    set_double_coding(study, [1], ["Ann", "Ben"], coder="Ann")
    set_double_coding(study, [1], ["Ann", "Cy"], coder="Ben")
    assert undo(study, "Ben") and undo(study, "Ann") and redo(study, "Ben")
    assert "plan" not in redoable(study, "Ann")


def test_removing_twice_is_one_removal(study: Study) -> None:
    study.transcript_changes.restore(1, coder="Ann")
    for _ in range(2):
        study.transcript_changes.remove(1, coder="Ann")
    assert study.transcript_changes.removed()
    assert undo(study, "Ann")
    assert not study.transcript_changes.removed() and "transcript" not in undoable(study, "Ann")


def test_undoing_one_of_two_removals_says_that_the_transcript_is_still_removed(tmp_path: Path) -> None:
    paths = [tmp_path / "one.coder", tmp_path / "two.coder"]
    small_study(paths[0], "p1").close()
    shutil.copy(*paths)
    for path, coder in zip(paths, ("Ann", "Ben"), strict=True):
        with Study.open(path) as copy:
            copy.transcript_changes.remove(1, coder=coder)
    merge_studies(paths, tmp_path / "both.coder")
    with Study.open(tmp_path / "both.coder") as both:
        said = [saved.what for coder in ("Ben", "Ann") if (saved := undo(both, coder))]
        assert said == ["p1 removed, but the same stands without it", "p1 removed"]
        assert not both.transcript_changes.removed()
