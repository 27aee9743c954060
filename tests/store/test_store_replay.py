"""Derived tables never drift from the acts: any sequence of gestures, rebuilt, gives the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.store import Study
from coder.store.replay import rebuild
from coder.store.values import Decision, Proposal, ProposedCode, Verdict
from tests.study_making import small_study

CODES = ("rain", "sun", "wind")
gesture = st.one_of(
    st.tuples(
        st.sampled_from(
            ["add", "reject", "withdraw", "nothing", "skip", "flag", "unflag", "accept", "change"]
        ),
        st.integers(0, 2),
        st.sampled_from(CODES),
        st.sampled_from(["Ann", "Ben"]),
    ),
    st.tuples(
        st.sampled_from(["undo", "redo", "look"]),
        st.integers(0, 2),
        st.just(""),
        st.sampled_from(["Ann", "Ben"]),
    ),
)
DERIVED = ("unit", "standing", "answer", "undone", "outlook")


def derived(study: Study) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(map(tuple, study.db.rows(f"SELECT * FROM {table}"))) for table in DERIVED}


def perform(
    study: Study, units: list[int], suggestions: dict[int, int], what: tuple[str, int, str, str]
) -> None:
    name, place, code, coder = what
    unit = units[place]
    if name == "undo":
        study.acts.undo(coder)
    elif name == "redo":
        study.acts.redo(coder)
    elif name == "look":
        study.acts.record_exposure(coder, [unit])
    else:
        verdict: Verdict = name  # type: ignore[assignment]
        suggestion = suggestions[unit] if name in {"accept", "change"} else None
        plain = name in {"nothing", "skip", "flag", "unflag", "accept"}
        choice = Decision(unit, verdict, None if plain else code, suggestion=suggestion)
        study.acts.decide(coder, [choice], mode="assisted")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(gesture, max_size=14))
def test_what_is_derived_equals_what_is_rebuilt(
    tmp_path_factory: pytest.TempPathFactory, gestures: list[tuple[str, int, str, str]]
) -> None:
    path: Path = tmp_path_factory.mktemp("replay") / "s.coder"
    with small_study(path, "p1") as study:
        units = [item.id for item in study.texts.utterances(1, codable_only=True)][:3]
        model = study.models.add_shipped("starter", {}, "h")
        run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
        codes = (ProposedCode("rain", "barrier", 0.7, 0.6, True),)
        study.suggestions.add_proposals(run, [Proposal(unit, 0.9, 0.3, codes) for unit in units])
        suggestions = {unit: study.suggestions.newest([unit])[unit][0].id for unit in units}
        for what in gestures:
            perform(study, units, suggestions, what)
        before = derived(study)
        rebuild(study.db)
        assert derived(study) == before
        open_units = [
            row["utterance"] for row in study.db.rows("SELECT utterance FROM outlook WHERE open = 1")
        ]
        for unit in units:
            settled = any(
                study.acts.states(coder, [unit])[unit].state in {"coded", "nothing", "rejected"}
                for coder in ("Ann", "Ben")
            )
            assert (unit in open_units) != settled


@pytest.mark.parametrize(
    ("gestures", "state", "codes"),
    [
        (["add rain", "nothing"], "nothing", []),
        (["nothing", "add rain"], "coded", ["rain"]),
        (["add rain", "reject rain"], "rejected", []),
        (["reject rain"], "rejected", []),
        (["reject rain", "add rain"], "coded", ["rain"]),
        (["add rain", "withdraw rain"], "open", []),
        (["nothing", "withdraw -"], "open", []),
        (["skip"], "skipped", []),
        (["skip", "add sun"], "coded", ["sun"]),
        (["add sun", "skip"], "coded", ["sun"]),
        (["skip", "nothing"], "nothing", []),
        (["flag"], "open", []),
        (["add rain", "add sun", "withdraw rain"], "coded", ["sun"]),
    ],
)
def test_the_state_after_some_verdicts(
    study: Study, gestures: list[str], state: str, codes: list[str]
) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0].id
    for text in gestures:
        verdict, _, code = text.partition(" ")
        choice = Decision(unit, verdict, code if code and code != "-" else None)  # type: ignore[arg-type]
        study.acts.decide("Ann", [choice], mode="blind")
    held = study.acts.states("Ann", [unit])[unit]
    assert held.state == state
    assert [item.code for item in held.codes] == codes


def blind_codes(study: Study) -> dict[str, list[str]]:
    return {item.coder: [code for code, _ in item.codes] for item in study.blind()}


def test_the_blind_record_ends_where_something_was_seen(study: Study) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0].id
    add: Callable[[str, str], object] = lambda coder, code: study.acts.decide(  # noqa: E731
        coder, [Decision(unit, "add", code)], mode="commit_first"
    )
    add("Ann", "rain")
    add("Ben", "wind")
    study.acts.undo("Ben")
    add("Ben", "sun")
    assert blind_codes(study) == {"Ann": ["rain"], "Ben": ["sun"]}
    study.acts.record_exposure("Ann", [unit])
    study.acts.undo("Ann")
    add("Ann", "wind")
    assert blind_codes(study) == {"Ann": ["rain"], "Ben": ["sun"]}
    assert [item.codes for item in study.confirmed() if item.coder == "Ann"] == [(("wind", None),)]


def test_who_saw_first_has_no_blind_record(study: Study) -> None:
    unit = study.texts.utterances(1, codable_only=True)[0].id
    study.acts.record_exposure("Ann", [unit])
    study.acts.decide("Ann", [Decision(unit, "add", "rain")], mode="blind")
    assert study.blind() == []
