"""Suggesting and retraining with a small model of the same interface: what is learned from, what is refused."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coder.codebook import Code, Codebook
from coder.errors import StudyError
from coder.learning import Batch
from coder.store import Study
from coder.store.values import Decision
from coder.workflow.study.carry_codings import carry_codings
from coder.workflow.study.decide import Adjudication, adjudicate, decide
from coder.workflow.study.held_out import held_out
from coder.workflow.study.model_comparison import mean_f1
from coder.workflow.study.model_versions import open_version, roll_back, untested_codes
from coder.workflow.study.retrain import retrain
from coder.workflow.study.review_queue import how_often_right, next_batch, rate
from coder.workflow.study.status import status
from coder.workflow.study.suggest import _together, cluster_middles, suggest
from coder.workflow.study.training_data import joined, lessons
from coder.workflow.suggestion import doubt
from tests.small_model import Keywords, installed
from tests.study_making import TALK, add_talk, cut, small_study, transcript


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    installed(monkeypatch)
    with small_study(tmp_path / "s.coder") as opened:
        for place in range(8):
            add_talk(
                opened, f"t{place}", TALK + f"P: Rain on day {place}. Sun on day {place}. Number {place}.\n"
            )
        yield opened


def code_all(study: Study, coder: str, truth: Sequence[str], *, names: Sequence[str]) -> None:
    """Code every utterance by the words in it; `truth` are the codes whose word the coder knows."""
    for name in names:
        for unit in study.texts.utterances(study.texts.find(name), codable_only=True):
            found = [code for code in truth if code in unit.text.lower()]
            choices = [Decision(unit.id, "add", code, "barrier") for code in found] or [
                Decision(unit.id, "nothing")
            ]
            decide(study, coder, choices, mode="blind")


def all_names(study: Study) -> list[str]:
    return [item.name for item in study.texts.all()]


def test_codes_that_the_model_in_use_was_never_tested_with_are_known(study: Study) -> None:
    assert untested_codes(study) == frozenset()
    codebook = study.codebooks.current()
    version = study.models.add_shipped("none", {"name": "none"}, codebook.hash)
    study.models.activate(version.id, "chosen by hand")
    assert untested_codes(study) == frozenset(codebook.ids)


def test_suggestions_cover_what_nobody_coded_and_count_as_nothing(study: Study) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0].id
    decide(study, "Ann", Decision(unit, "nothing"), mode="blind")
    report = suggest(study)
    assert report.looked_at == study.figures().utterances - 1
    assert report.unchanged == 1
    assert study.suggestions.newest([unit]) == {unit: []}
    assert {item.coder for item in study.confirmed()} == {"Ann"}
    assert suggest(study).looked_at == 0
    assert status(study).figures.unsuggested == 0


def test_a_new_model_supersedes_and_nothing_is_deleted(study: Study) -> None:
    suggest(study)
    before = study.db.value("SELECT count(*) FROM suggestion")
    code_all(study, "Ann", ("rain", "sun", "wind"), names=all_names(study)[:6])
    report = retrain(study)
    assert report.accepted, report.reason
    suggest(study)
    assert study.db.value("SELECT count(*) FROM suggestion") > before
    unit = next(item for item in study.texts.utterances(study.texts.find("t7")) if "wind" in item.text)
    assert {item.model for item in study.suggestions.newest([unit.id])[unit.id]} == {report.model}
    models = study.db.rows(
        "SELECT DISTINCT m.label FROM suggestion s JOIN run r ON r.id = s.run JOIN model m ON m.id = r.model"
        " WHERE s.utterance = ?",
        (unit.id,),
    )
    assert {row["label"] for row in models} == {report.model, "starter"}


def test_a_better_model_is_taken_and_a_spoilt_one_refused(study: Study) -> None:
    suggest(study)
    names = all_names(study)
    code_all(study, "Ann", ("rain", "sun", "wind"), names=names[:4])
    first = retrain(study)
    assert first.accepted and first.trial is not None and first.trial.overall.new == 1.0
    assert len(first.held_out) == 1
    for name in names[4:]:
        for unit in study.texts.utterances(study.texts.find(name), codable_only=True):
            decide(study, "Ann", Decision(unit.id, "add", "sun"), mode="blind")
    spoilt = retrain(study)
    assert not spoilt.accepted and "not better" in spoilt.reason
    assert spoilt.held_out == first.held_out
    active = study.models.active()
    assert active is not None and active.label == first.model
    forced = retrain(study, force="trying out")
    assert forced.accepted and forced.forced
    assert study.models.activations()[0][3]
    assert roll_back(study).label == first.model
    assert [item.label for item in study.models.versions() if item.active] == [first.model]
    assert len(study.models.comparisons()) == 3


def test_no_model_ever_learns_from_a_held_out_transcript(study: Study) -> None:
    code_all(study, "Ann", ("rain", "sun"), names=all_names(study))
    report = retrain(study)
    held = {item.name for item in study.texts.all() if item.id in study.models.held_out()}
    assert held == set(report.held_out)
    assert study.models.learned_from().isdisjoint(study.models.held_out())
    with pytest.raises(StudyError, match="learned from it already"):
        retrain(study, hold_out=[next(name for name in all_names(study) if name not in held)])


def test_only_what_people_settled_is_learned_from(study: Study) -> None:
    suggest(study)
    units = study.texts.utterances(1, codable_only=True)
    [first] = [item for item in study.suggestions.newest([units[0].id])[units[0].id] if item.selected][:1]
    decide(study, "Ann", Decision(units[0].id, "reject", suggestion=first.id), mode="assisted")
    decide(study, "Ann", [Decision(units[1].id, "add", "sun"), Decision(units[2].id, "skip")], mode="blind")
    found = {item.utterance.id: item.labels for item in lessons(study)}
    assert set(found) == {units[0].id, units[1].id}
    assert found[units[1].id] == (0, 1, 0)
    expected = tuple(0 if code == first.code else -1 for code in study.codebooks.current().ids)
    assert found[units[0].id] == expected


def test_a_code_added_later_counts_as_not_looked_at(study: Study) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0].id
    decide(study, "Ann", Decision(unit, "nothing"), mode="blind")
    book = study.codebooks.current()
    study.codebooks.add(Codebook("weather", (*book.codes, Code("snow", "Snow"))))
    assert [item.labels for item in lessons(study)] == [(0, 0, 0, -1)]


def test_coders_who_differ_share_the_weight_and_adjudication_ends_it(study: Study) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0].id
    for coder, code in (("Ann", "rain"), ("Ben", "sun")):
        decide(study, coder, Decision(unit, "add", code), mode="blind")
    assert sorted((item.labels, item.weight) for item in joined(lessons(study))) == [
        ((0, 1, 0), 0.5),
        ((1, 0, 0), 0.5),
    ]
    adjudicate(study, "Ben", Adjudication(unit, [("wind", None)]))
    assert [(item.labels, item.weight) for item in joined(lessons(study))] == [((0, 0, 1), 1.0)]


def test_too_little_is_said_and_a_trial_needs_a_held_out_transcript(study: Study) -> None:
    with pytest.raises(StudyError, match="too little"):
        retrain(study)
    code_all(study, "Ann", ("rain",), names=["t0"])
    with pytest.raises(StudyError, match="too little"):
        retrain(study)
    add_talk(study, "long", TALK * 3)
    code_all(study, "Ann", ("rain",), names=["long"])
    study.models.hold_out([study.texts.find("t7")])
    with pytest.raises(StudyError, match="--hold-out"):
        retrain(study)
    assert retrain(study, force="a first try").trial is None


KEPT = {"R0", "R2", "R6", "R11", "R21"}  # of the respondents R0 to R23, those whose labels are drawn


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """A coded survey of 24 respondents."""
    installed(monkeypatch)
    with small_study(tmp_path / "survey.coder") as study:
        add_survey(study, 24)
        code_all(study, "Ann", ("rain", "sun"), names=["survey"])
        suggest(study)
        yield study


def add_survey(study: Study, respondents: int, *, replaces: int | None = None) -> int:
    """Add one table of written answers, two of each respondent."""
    talk = "".join(f"R{n}: Rain on day {n}.\nR{n}: Sun on day {n}.\n" for n in range(respondents))
    read = replace(transcript("survey", talk), written=True)
    return study.texts.add(read, cut(read), source="survey.csv", replaces=replaces)


def test_a_corrected_version_of_a_held_out_transcript_is_held_out_too(study: Study) -> None:
    code_all(study, "Ann", ("rain", "sun", "wind"), names=all_names(study))
    kept = retrain(study, force="first").held_out
    old = study.texts.find(kept[0])
    read = transcript(kept[0], study.texts.text(old) + "P: Rain was left out.\n")
    with study.db.write():
        new = study.texts.add(read, cut(read), source=f"{kept[0]}.txt", replaces=old)
        carry_codings(study, old, new)
    report = retrain(study, force="again")
    assert report.held_out == kept and report.trial is not None
    assert new in study.models.held_out() and not {old, new} & study.models.learned_from()
    assert next(item for item in study.texts.all() if item.id == new).held_out
    learned = next(item for item in study.texts.all() if not item.held_out)
    read = transcript(learned.name, study.texts.text(learned.id) + "P: Rain was left out.\n")
    study.texts.add(read, cut(read), source=f"{learned.name}.txt", replaces=learned.id)
    with pytest.raises(StudyError, match="cannot be held out: a model has learned from it"):
        retrain(study, hold_out=[learned.name])  # from the version before


def test_where_nothing_can_be_tried_it_says_what_became_of_what_was_kept(study: Study) -> None:
    code_all(study, "Ann", ("rain", "sun", "wind"), names=all_names(study)[:4])
    kept = retrain(study, force="first").held_out
    book = study.codebooks.current()
    study.codebooks.add(replace(book, codes=(*book.codes, Code("fog", "Fog"))))
    with pytest.raises(
        StudyError, match=f"{kept[0]}, kept for testing, has no utterance .* all codes of the present"
    ):
        retrain(study)
    study.transcript_changes.remove(study.texts.find(kept[0]))
    with pytest.raises(StudyError, match=rf"\({kept[0]}, kept for testing, was removed: bring it back"):
        retrain(study)
    code_all(study, "Ann", ("rain", "sun", "wind"), names=all_names(study)[-2:])
    assert set(retrain(study, force="new ones").held_out) <= {"t6", "t7"}  # no model has learned from these


def test_in_a_study_of_one_survey_whole_respondents_are_kept_for_testing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch)
    with small_study(tmp_path / "survey.coder") as study:
        add_survey(study, 24)
        code_all(study, "Ann", ("rain", "sun"), names=["survey"])
        suggest(study)
        assert status(study).next.startswith("Let the model learn")
        report = retrain(study)
        kept = held_out(study, lessons(study))
        asked = {item.utterance.speaker for item in lessons(study) if kept.has(item)}
        assert asked == {label for _, label in kept.respondents} == KEPT
        assert report.trial is not None and report.learned_from == 48 - 2 * len(KEPT)
        assert (report.trial.tried_on, report.trial.resampled) == ("5 held-out respondents", "respondents")
        assert report.held_out == ["5 respondents of survey"] and "on 5 held-out respondents" in report.reason
        assert retrain(study, force="again").held_out == report.held_out  # the same people each time


def test_a_survey_that_comes_again_with_more_respondents_keeps_nobody_who_was_learned_from(
    survey: Study,
) -> None:
    first = held_out(survey, lessons(survey)).respondents
    assert retrain(survey).accepted
    longer = add_survey(survey, 60, replaces=survey.texts.find("survey"))
    code_all(survey, "Ann", ("rain", "sun"), names=["survey"])
    kept = held_out(survey, lessons(survey))
    assert {label for _, label in first} < {label for _, label in kept.respondents}
    newcomers = {label for _, label in kept.respondents} - {label for _, label in first}
    assert newcomers <= {f"R{n}" for n in range(24, 60)}
    assert {key for key, _ in kept.respondents} == {longer} and not kept.learned


def test_no_model_is_tried_on_respondents_that_the_one_in_use_learned_from(
    survey: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("coder.workflow.study.held_out.FEWEST_RESPONDENTS", 99)
        assert retrain(survey, force="a first try").learned_from == 48
    with pytest.raises(StudyError, match="has learned from all respondents of survey"):
        retrain(survey)
    again = retrain(survey, force="so that some are held out")
    assert again.trial is None and again.learned_from == 48 - 2 * len(KEPT)
    third = retrain(survey)
    assert third.trial is not None and third.trial.tried_on == "5 held-out respondents"


def test_beside_a_hardly_coded_interview_the_survey_keeps_respondents_not_itself(survey: Study) -> None:
    add_talk(survey, "interview", TALK)
    unit = survey.texts.utterances(survey.texts.find("interview"), codable_only=True)[0]
    decide(survey, "Ann", Decision(unit.id, "nothing"), mode="blind")
    report = retrain(survey)
    assert report.accepted and report.held_out == ["5 respondents of survey"]
    assert not survey.models.held_out()
    assert retrain(survey, force="again").held_out == report.held_out


def test_nothing_is_held_out_where_too_little_is_left_to_learn_from(study: Study) -> None:
    for name in ("t0", "t1"):
        units = study.texts.utterances(study.texts.find(name), codable_only=True)
        decide(study, "Ann", [Decision(unit.id, "add", "rain") for unit in units[:6]], mode="blind")
    with pytest.raises(StudyError, match="too little to learn from: 6 utterances"):
        retrain(study)
    assert not study.models.held_out()


def test_no_more_is_tested_than_is_learned_from(study: Study) -> None:
    add_talk(study, "long", TALK * 6)
    add_talk(study, "begun", TALK * 3)
    code_all(study, "Ann", ("rain", "sun"), names=["long"])
    units = study.texts.utterances(study.texts.find("begun"), codable_only=True)
    decide(study, "Ann", [Decision(unit.id, "add", "rain") for unit in units[:11]], mode="blind")
    with pytest.raises(StudyError, match="too early to test a new model: without long"):
        retrain(study)
    assert not study.models.held_out()
    forced = retrain(study, force="a first look")
    assert forced.trial is None and not forced.held_out and not study.models.held_out()


def test_a_smaller_transcript_is_kept_where_a_larger_one_would_leave_less_than_it_tests(study: Study) -> None:
    add_talk(study, "long", TALK * 3)
    add_talk(study, "half", TALK * 2)
    code_all(study, "Ann", ("rain", "sun"), names=["long", "half"])
    assert retrain(study, force="whatever comes").held_out == ["half"]


def test_answers_that_name_no_respondents_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    with small_study(tmp_path / "survey.coder") as study:
        read = transcript("survey", "".join(f": Rain on day {n}.\n" for n in range(20)))
        study.texts.add(replace(read, written=True), cut(read), source="survey.csv")
        code_all(study, "Ann", ("rain",), names=["survey"])
        with pytest.raises(StudyError, match="the answers name no respondents"):
            retrain(study)


def test_a_survey_of_a_few_respondents_says_why_nothing_can_be_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch)
    with small_study(tmp_path / "survey.coder") as study:
        add_survey(study, 7)
        code_all(study, "Ann", ("rain", "sun"), names=["survey"])
        with pytest.raises(StudyError, match="one table of answers of fewer than 8 respondents"):
            retrain(study)


def test_a_stored_model_opens_again_and_says_the_same(study: Study) -> None:
    code_all(study, "Ann", ("rain", "sun", "wind"), names=all_names(study)[:6])
    report = retrain(study)
    model = open_version(study, study.models.find(report.model))
    assert isinstance(model, Keywords)
    assert model.predict(Batch.of_texts(["wind and rain"])).selected.tolist() == [[True, False, True]]


def test_the_queue_begins_with_typical_ones_then_alternates(study: Study) -> None:
    suggest(study)
    batch = next_batch(study, "Ann", size=40)
    assert [item.drawn for item in batch[:30]] == ["typical"] * 30
    assert {item.drawn for item in batch[30:]} == {"uncertain", "random"}
    assert len({item.utterance for item in batch}) == 40
    decide(study, "Ann", Decision(batch[0].utterance, "nothing"), mode="blind")
    assert batch[0].utterance not in {item.utterance for item in next_batch(study, "Ann", size=40)}


def test_how_often_the_model_is_right_counts_only_the_finished_random_beginning(study: Study) -> None:
    suggest(study)
    order = study.find(order="random")
    assert how_often_right(study).n == 0
    suggested = study.suggestions.newest(order)
    for unit in order[:10]:
        first = suggested[unit][0]
        choice = Decision(unit, "add", first.code) if first.selected else Decision(unit, "add", "wind")
        decide(study, "Ann", choice, mode="blind")
    decide(study, "Ann", Decision(order[20], "nothing"), mode="blind")
    right = how_often_right(study)
    assert right.n == 10
    assert right.value == np.mean([suggested[unit][0].selected for unit in order[:10]])


def test_a_rate_has_wilsons_interval() -> None:
    found = rate([True] * 8 + [False] * 2)
    assert (found.value, found.n) == (0.8, 10)
    assert found.low == pytest.approx(0.4902, abs=1e-4)
    assert found.high == pytest.approx(0.9433, abs=1e-4)
    assert rate([]).value is None


def test_doubt_is_greatest_between_coding_and_not_and_between_two_codes() -> None:
    assert doubt(0.5, [1.0, 0.0]) == 1.0
    assert doubt(1.0, [0.5, 0.5]) == 1.0
    assert doubt(1.0, [1.0, 0.0]) == 0.0
    assert doubt(0.0, [0.5, 0.5]) == 0.0


def test_cluster_middles_take_one_from_each_heap() -> None:
    rng = np.random.default_rng(1)
    heaps = np.eye(5)[np.repeat(np.arange(5), 20)] + rng.normal(scale=0.05, size=(100, 5))
    vectors = (heaps / np.linalg.norm(heaps, axis=1, keepdims=True)).astype(np.float32)
    assert sorted(row // 20 for row in cluster_middles(vectors, 5)) == [0, 1, 2, 3, 4]


def test_mean_f1_weighs_codes_by_their_counts() -> None:
    labels = np.array([[1, 0]] * 9 + [[0, 1]], dtype=bool)
    only_first = np.array([[1, 0]] * 9 + [[0, 0]], dtype=bool)
    found = mean_f1(labels, only_first, labels, [str(row) for row in range(10)])
    assert found.old == pytest.approx(0.9)
    assert found.difference == pytest.approx(0.1)
    assert found.low is not None and found.low >= 0


def test_short_transcripts_are_looked_at_together(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = {1: 60, 2: 70, 3: 50, 4: 200, 5: 3, 6: 120}
    monkeypatch.setattr("coder.workflow.study.suggest.spoken", lambda _, key: [key] * lengths[key])
    pending = {1: range(60), 2: range(0), 3: range(50), 4: range(200), 5: range(3), 6: range(1)}
    groups: object = [list(dict.fromkeys(group)) for group in _together(study, pending)]
    assert groups == [[1, 3], [4], [5, 6]]  # 6 is looked at whole, though little of it is pending
