"""Quotes of codes, good quotes, and transcripts that are renamed or removed; all of it survives joining copies."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from coder.errors import StudyError
from coder.store import Study
from coder.store.confirmed_codings import given_codes, mark_good, quotes, quotes_of_codes
from coder.store.values import Decision, Withheld
from coder.workflow.study.decide import Adjudication, adjudicate, decide, set_passage
from coder.workflow.study.merge import merge_studies
from tests.study_making import small_study


def units(study: Study, name: str = "p1") -> list[int]:
    return [item.id for item in study.texts.utterances(study.texts.find(name), codable_only=True)]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    held = small_study(tmp_path / "quotes.coder", "p1", "p2")
    for name in ("Ann", "Ben"):
        held.people.add_coder(name)
    return held


def test_quotes_name_all_who_coded_the_passage_and_adjudication_counts_alone(study: Study) -> None:
    first, second = units(study)[:2]
    for coder in ("Ann", "Ben"):
        decide(study, coder, Decision(first, "add", "rain", "barrier"), mode="blind")
    decide(study, "Ben", Decision(second, "add", "rain"), mode="blind")
    [one, two] = quotes(study.db, ["rain"])
    assert (one.coders, one.polarity, two.coders) == (("Ann", "Ben"), "barrier", ("Ben",))
    assert one.text == study.texts.by_id([first])[first].text
    adjudicate(study, "Ann", Adjudication(second, [("sun", None)]))
    assert [item.utterance for item in quotes(study.db, ["rain"])] == [first]
    assert [(q.code, q.coders) for q in quotes(study.db) if q.utterance == second] == [
        ("sun", ("adjudicated",))
    ]
    assert [item.utterance for item in quotes(study.db, ["rain"], coder="Ben")] == [first, second]


def test_a_passage_over_several_utterances_is_one_quote(study: Study) -> None:
    first, second = units(study)[:2]
    texts = study.texts.by_id([first, second])
    decide(study, "Ann", Decision(first, "add", "rain"), mode="blind")
    set_passage(
        study,
        "Ann",
        Decision(first, "add", "rain", span=(texts[first].start, texts[second].end)),
        mode="blind",
    )
    [quote] = quotes(study.db, ["rain"])
    assert quote.utterance == first and texts[second].text in quote.text


def test_quotes_are_counted_as_they_are_listed(study: Study) -> None:
    first, second, third = units(study)[:3]
    texts = study.texts.by_id([first, second])
    for coder in ("Ann", "Ben"):
        decide(study, coder, Decision(first, "add", "rain", "barrier"), mode="blind")
    decide(study, "Ben", Decision(first, "add", "sun", "barrier"), mode="blind")
    decide(study, "Ben", Decision(second, "add", "rain", "facilitator"), mode="blind")
    passage = Decision(
        third, "add", "wind", span=(texts[second].start, study.texts.by_id([third])[third].end)
    )
    set_passage(study, "Ann", passage, mode="blind")
    decide(study, "Ann", Decision(second, "reject", "sun"), mode="blind")
    adjudicate(study, "Ann", Adjudication(first, [("wind", None)]))
    owners: tuple[str | None, ...] = (None, "Ann", "Ben", "adjudicated")
    for owner in owners:
        for withheld in (
            None,
            Withheld("Ann", frozenset([second])),
            Withheld("Ben", frozenset([first, third])),
        ):
            listed = Counter(item.code for item in quotes(study.db, coder=owner, withheld=withheld))
            assert quotes_of_codes(study.db, coder=owner, withheld=withheld) == listed
    assert quotes_of_codes(study.db) == {"rain": 1, "wind": 2}


def test_the_codes_given_tell_nothing_to_code_from_undecided(study: Study) -> None:
    first, second, third, fourth = units(study)[:4]
    decide(study, "Ann", Decision(first, "add", "rain", "barrier"), mode="blind")
    decide(study, "Ben", Decision(first, "nothing"), mode="blind")
    decide(study, "Ben", Decision(second, "skip"), mode="blind")
    decide(study, "Ben", Decision(third, "reject", "sun"), mode="blind")
    decide(study, "Ann", Decision(fourth, "add", "sun"), mode="blind")
    adjudicate(study, "Ann", Adjudication(first, [("wind", None), ("sun", None)]))
    assert given_codes(study.db, [first, second, third]) == {
        first: {"Ann": {"rain"}, "Ben": set(), "adjudicated": {"wind", "sun"}},
        third: {"Ben": set()},
    }


def test_good_quotes_are_marked_and_unmarked_by_new_rows(study: Study) -> None:
    unit = units(study)[0]
    decide(study, "Ann", Decision(unit, "add", "rain"), mode="blind")
    for good in (True, False, True):
        mark_good(study.db, "Ann", unit, "rain", good)
        assert [item.good for item in quotes(study.db)] == [good]
    assert study.db.value("SELECT count(*) FROM good_quote") == 3


def test_a_renamed_transcript_keeps_its_codings_and_its_old_name_on_record(study: Study) -> None:
    decide(study, "Ann", Decision(units(study)[0], "add", "rain"), mode="blind")
    key = study.texts.find("p1")
    study.transcript_changes.rename(key, "  Midwife   one ", coder="Ann")
    assert study.texts.find("midwife ONE") == key
    with pytest.raises(StudyError, match="already"):
        study.transcript_changes.rename(key, "P2")
    with pytest.raises(StudyError, match="1 to"):
        study.transcript_changes.rename(key, " ")
    assert [row["name"] for row in study.db.rows("SELECT name FROM transcript_change")] == ["Midwife one"]
    assert len(study.confirmed()) == 1


def test_a_removed_transcript_leaves_every_count_and_comes_back_whole(study: Study) -> None:
    unit = units(study)[0]
    decide(study, "Ann", Decision(unit, "add", "rain"), mode="blind")
    before, key = study.figures(), study.texts.find("p1")
    study.transcript_changes.remove(key, coder="Ann")
    after = study.figures()
    assert (after.transcripts, after.superseded, after.decided) == (1, 0, 0)
    assert after.utterances < before.utterances
    assert study.confirmed() == [] and quotes(study.db) == [] and study.find() == study.find()
    assert [(item[0], item[1]) for item in study.transcript_changes.removed()] == [(key, "p1")]
    assert study.acts.states("Ann", [unit])[unit].state == "coded"
    study.transcript_changes.restore(key)
    assert study.figures() == before and study.transcript_changes.removed() == []


def test_copies_join_with_names_removals_and_good_quotes(study: Study, tmp_path: Path) -> None:
    unit = units(study)[0]
    decide(study, "Ann", Decision(unit, "add", "rain"), mode="blind")
    study.close()
    copies = [tmp_path / "a.coder", tmp_path / "b.coder"]
    for path in copies:
        shutil.copy(tmp_path / "quotes.coder", path)
    with Study.open(copies[0]) as one:
        mark_good(one.db, "Ann", unit, "rain", True)
        one.transcript_changes.rename(one.texts.find("p1"), "First")
    with Study.open(copies[1]) as other:
        other.transcript_changes.remove(other.texts.find("p2"))
    for number, order in enumerate((copies, copies[::-1])):
        out = tmp_path / f"joined-{number}.coder"
        merge_studies(order, out)
        with Study.open(out) as joined:
            assert [item.name for item in joined.texts.all()] == ["First"]
            assert [item.good for item in quotes(joined.db)] == [True]
            assert [item[1] for item in joined.transcript_changes.removed()] == ["p2"]
