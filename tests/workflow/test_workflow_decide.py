"""Decisions: what stands after them, undo and redo, stale pages, passages, adjudication."""

import pytest

from coder.errors import StaleError, StudyError
from coder.store import Study
from coder.store.values import ADJUDICATED, Decision, Proposal, ProposedCode, Provenance, UnitState
from coder.workflow.study.decide import Adjudication, adjudicate, decide, set_passage
from coder.workflow.study.undoing import redo, undo
from tests.study_making import shown as suggestions_shown


def units(study: Study, name: str = "p1") -> list[int]:
    return [item.id for item in study.texts.utterances(study.texts.find(name), codable_only=True)]


def suggest(study: Study, utterance: int, *codes: tuple[str, str | None]) -> list[int]:
    model = study.models.add_shipped("starter", {}, "hash")
    run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
    proposed = tuple(ProposedCode(code, polarity, 0.8, 0.7, True, "because") for code, polarity in codes)
    study.suggestions.add_proposals(run, [Proposal(utterance, 0.9, 0.2, proposed)])
    return [item.id for item in study.suggestions.newest([utterance])[utterance]]


def state(study: Study, utterance: int, coder: str = "Ann") -> UnitState:
    return study.acts.states(coder, [utterance])[utterance]


def standing(study: Study, utterance: int, coder: str = "Ann") -> list[tuple[str, str | None]]:
    return [(item.code, item.polarity) for item in state(study, utterance, coder).codes]


def test_accepting_takes_over_code_and_polarity(study: Study) -> None:
    unit = units(study)[0]
    [suggestion] = suggest(study, unit, ("rain", "barrier"))
    saved = decide(
        study,
        "Ann",
        Decision(unit, "accept", suggestion=suggestion),
        mode="assisted",
        provenance=Provenance(seconds=2.5),
    )
    assert standing(study, unit) == [("rain", "barrier")]
    assert saved.states[unit].state == "coded"
    assert saved.states[unit].codes[0].suggestion == suggestion
    assert study.acts.history(utterance=unit)[0].seconds == 2.5


def test_changing_refuses_the_code_that_was_suggested(study: Study) -> None:
    unit = units(study)[0]
    [suggestion] = suggest(study, unit, ("rain", "barrier"))
    decide(study, "Ann", Decision(unit, "change", code="sun", suggestion=suggestion), mode="assisted")
    assert standing(study, unit) == [("sun", None)]
    assert state(study, unit).rejected == ("rain",)
    assert [(item.changed, item.rejected) for item in study.figures().codes] == [(1, 0)]


def test_a_code_key_that_equals_the_suggestion_in_view_is_acceptance(study: Study) -> None:
    unit = units(study)[0]
    [suggestion] = suggest(study, unit, ("rain", "barrier"))
    decide(study, "Ann", Decision(unit, "add", "rain", "barrier", suggestion=suggestion), mode="assisted")
    assert study.acts.history(utterance=unit)[0].verdict == "accept"
    decide(study, "Ben", Decision(unit, "add", "rain", "mixed", suggestion=suggestion), mode="assisted")
    assert study.acts.history(utterance=unit)[0].verdict == "change"


def test_nothing_to_code_refuses_the_suggestions_that_were_seen(study: Study) -> None:
    unit = units(study)[0]
    suggest(study, unit, ("rain", None), ("sun", None))
    suggestions_shown(study, "Ann", "assisted", units(study))
    study.acts.record_exposure("Ann", [unit])
    decide(study, "Ann", Decision(unit, "nothing"), mode="assisted")
    assert state(study, unit).state == "nothing"
    assert {item.code: item.rejected for item in study.figures().codes} == {"rain": 1, "sun": 1}


def test_nothing_to_code_made_blind_refuses_no_suggestion(study: Study) -> None:
    unit = units(study)[0]
    suggest(study, unit, ("rain", None))
    decide(study, "Ann", Decision(unit, "nothing"), mode="blind")
    assert [item.verdict for item in study.acts.history(utterance=unit)] == ["nothing"]


def test_undo_and_redo_walk_through_a_coders_own_gestures(study: Study) -> None:
    first, second = units(study)[:2]
    decide(study, "Ann", [Decision(first, "add", "rain"), Decision(first, "add", "sun")], mode="blind")
    decide(study, "Ann", Decision(second, "nothing"), mode="blind")
    decide(study, "Ben", Decision(first, "add", "wind"), mode="blind")
    undo(study, "Ann")
    assert state(study, second).state == "open"
    undo(study, "Ann")
    assert standing(study, first) == []
    assert undo(study, "Ann") is None
    assert standing(study, first, "Ben") == [("wind", None)]
    redo(study, "Ann")
    redo(study, "Ann")
    assert redo(study, "Ann") is None
    assert standing(study, first) == [("rain", None), ("sun", None)]
    assert state(study, second).state == "nothing"


def test_redo_ends_when_something_else_was_decided(study: Study) -> None:
    first, second = units(study)[:2]
    decide(study, "Ann", Decision(first, "add", "rain"), mode="blind")
    undo(study, "Ann")
    decide(study, "Ann", Decision(second, "nothing"), mode="blind")
    assert redo(study, "Ann") is None
    assert state(study, first).state == "open"


def test_undo_after_undo_redo_undo_still_works(study: Study) -> None:
    unit = units(study)[0]
    decide(study, "Ann", Decision(unit, "add", "rain"), mode="blind")
    for _ in range(3):
        undo(study, "Ann")
        assert standing(study, unit) == []
        redo(study, "Ann")
        assert standing(study, unit) == [("rain", None)]


def test_a_stale_page_is_refused_and_nothing_written(study: Study) -> None:
    unit = units(study)[0]
    token = state(study, unit).token
    saved = decide(study, "Ann", Decision(unit, "add", "rain", expected=token), mode="blind")
    with pytest.raises(StaleError, match="elsewhere"):
        decide(study, "Ann", Decision(unit, "nothing", expected=token), mode="blind")
    assert standing(study, unit) == [("rain", None)]
    decide(study, "Ann", Decision(unit, "nothing", expected=saved.states[unit].token), mode="blind")
    undo(study, "Ann")
    with pytest.raises(StaleError):
        decide(study, "Ann", Decision(unit, "skip", expected=saved.states[unit].token), mode="blind")


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Decision(0, "add", "rain"), "no utterance 0"),
        (Decision(1, "add", "rian"), "Did you mean 'rain'"),
        (Decision(1, "add", "rain", "good"), "not a polarity"),
        (Decision(1, "add", "rain", span=(0, 10_000)), "outside"),
        (Decision(1, "add", "rain", span=(0, 2)), "does not touch"),
        (Decision(1, "add"), "needs a code"),
        (Decision(1, "accept", suggestion=999), "999"),
    ],
)
def test_decisions_that_do_not_fit_are_refused(study: Study, choice: Decision, said: str) -> None:
    target = units(study)[0] if choice.utterance else 0
    choice = Decision(
        target, choice.verdict, choice.code, choice.polarity, suggestion=choice.suggestion, span=choice.span
    )
    with pytest.raises(StudyError, match=said):
        decide(study, "Ann", choice, mode="assisted")
    assert study.acts.history() == []


def test_what_the_interviewer_says_is_not_coded(study: Study) -> None:
    question = study.texts.utterances(study.texts.find("p1"))[0]
    with pytest.raises(StudyError, match="interviewer"):
        decide(study, "Ann", Decision(question.id, "add", "rain"), mode="blind")


def test_a_passage_extends_over_utterances_and_can_be_trimmed_without_touching_others(study: Study) -> None:
    first, second = units(study)[:2]
    texts = study.texts.by_id([first, second])
    decide(study, "Ben", Decision(first, "add", "sun"), mode="blind")
    decide(study, "Ann", Decision(first, "add", "rain", "barrier"), mode="blind")
    start, end = texts[first].start, texts[second].end
    set_passage(study, "Ann", Decision(first, "add", "rain", span=(start, end)), mode="blind")
    assert standing(study, second) == [("rain", "barrier")]
    assert {(item.start, item.end) for key in (first, second) for item in state(study, key).codes} == {
        (start, end)
    }
    set_passage(study, "Ann", Decision(first, "add", "rain", span=(start, start + 5)), mode="blind")
    assert standing(study, second) == []
    assert state(study, first).codes[0].end == start + 5
    undo(study, "Ann")
    assert standing(study, second) == [("rain", "barrier")]
    ben = state(study, first, "Ben").codes[0]
    assert (ben.start, ben.end) == (texts[first].start, texts[first].end)


def test_an_utterance_can_be_split_between_two_codes(study: Study) -> None:
    unit = units(study)[0]
    place = study.texts.by_id([unit])[unit]
    middle = place.start + 3
    set_passage(
        study,
        "Ann",
        Decision(unit, "add", "rain", span=(place.start, middle), polarity="barrier"),
        mode="blind",
    )
    set_passage(study, "Ann", Decision(unit, "add", "sun", span=(middle, place.end)), mode="blind")
    spans = {item.code: (item.start, item.end) for item in state(study, unit).codes}
    assert spans == {"rain": (place.start, middle), "sun": (middle, place.end)}


def test_a_stale_page_moves_no_passage_even_where_the_utterance_keeps_no_code(study: Study) -> None:
    first, second = units(study)[:2]
    texts = study.texts.by_id([first, second])
    token = state(study, first).token
    decide(study, "Ann", Decision(first, "nothing"), mode="blind")
    # The passage touches the first utterance, yet covers too little of it to code it.
    start, end = texts[first].end - 1, texts[second].end
    with pytest.raises(StaleError):
        set_passage(
            study, "Ann", Decision(first, "add", "rain", span=(start, end), expected=token), mode="blind"
        )
    assert standing(study, second) == []


def test_adjudication_cites_both_and_leaves_them_standing(study: Study) -> None:
    unit = units(study)[0]
    ann = decide(study, "Ann", Decision(unit, "add", "rain"), mode="blind")
    ben = decide(study, "Ben", Decision(unit, "add", "sun"), mode="blind")
    assert study.disagreements() == [unit]
    adjudicate(study, "Ann", Adjudication(unit, [("sun", "barrier")], memo="the sun it is"))
    assert standing(study, unit, ADJUDICATED) == [("sun", "barrier")]
    assert study.disagreements() == []
    assert set(study.acts.history(utterance=unit)[0].cites) == {ann.act, ben.act}
    assert standing(study, unit) == [("rain", None)]
    undo(study, "Ann")
    assert study.disagreements() == [unit]
    assert standing(study, unit) == [("rain", None)]


def test_agreeing_coders_are_no_disagreement(study: Study) -> None:
    first, second = units(study)[:2]
    for coder in ("Ann", "Ben"):
        decide(study, coder, [Decision(first, "add", "rain"), Decision(second, "nothing")], mode="blind")
    assert study.disagreements() == []


def test_decisions_after_a_suggestion_was_seen_are_not_blind(study: Study) -> None:
    first, second = units(study)[:2]
    suggest(study, first, ("rain", None))
    decide(study, "Ann", Decision(first, "add", "rain"), mode="commit_first")
    # The decision is whole with its polarity; until then the machine's stays hidden.
    assert not suggestions_shown(study, "Ann", "commit_first", [first])[first]
    decide(study, "Ann", Decision(first, "change", "rain", "barrier", instead_of="rain"), mode="commit_first")
    assert not state(study, first).seen
    assert suggestions_shown(study, "Ann", "commit_first", [first, second])[first]
    decide(study, "Ann", Decision(first, "add", "sun"), mode="blind")
    assert [item.blind for item in state(study, first).codes] == [True, False]
    assert state(study, first).seen


def test_blind_and_undecided_commit_first_show_nothing(study: Study) -> None:
    unit = units(study)[0]
    suggest(study, unit, ("rain", None))
    assert suggestions_shown(study, "Ann", "blind", [unit]) == {unit: []}
    assert suggestions_shown(study, "Ann", "commit_first", [unit]) == {unit: []}
    assert study.acts.exposed("Ann", [unit]) == set()


def test_the_blind_share_stays_hidden_while_assisted_until_it_is_coded(study: Study) -> None:
    unit = units(study)[0]
    suggest(study, unit, ("rain", None))
    study.settings.set("blind_share", "1.0")
    assert suggestions_shown(study, "Ann", "assisted", [unit]) == {unit: []}
    decide(study, "Ann", Decision(unit, "nothing"), mode="assisted")
    assert suggestions_shown(study, "Ann", "assisted", [unit])[unit]
