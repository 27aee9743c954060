"""Finding utterances: every filter, every order."""

import pytest

from coder.errors import StudyError
from coder.store import Study
from coder.store.values import Decision, Filters, Proposal, ProposedCode


def texts(study: Study, filters: Filters, order: str = "text", **limits: int) -> list[str]:
    ids = study.find(filters, order=order, **limits)  # type: ignore[arg-type]
    return [item.text for item in study.texts.by_id(ids).values()]


@pytest.fixture
def coded(study: Study) -> Study:
    """Transcript p1 with suggestions on its first three utterances, codes by Ann and Ben."""
    units = [item.id for item in study.texts.utterances(1, codable_only=True)]
    model = study.models.add_shipped("starter", {}, "hash")
    run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
    study.suggestions.add_proposals(
        run,
        [
            Proposal(unit, 0.9, doubt, (ProposedCode(code, None, score, None, selected),))
            for unit, doubt, code, score, selected in zip(
                units,
                (0.2, 0.9, 0.5),
                ("rain", "sun", "rain"),
                (0.7, 0.8, 0.9),
                (True, True, False),
                strict=False,
            )
        ],
    )
    study.acts.decide("Ann", [Decision(units[0], "add", "rain", "barrier")], mode="blind")
    study.acts.decide("Ann", [Decision(units[1], "nothing"), Decision(units[1], "flag")], mode="blind")
    study.acts.decide("Ben", [Decision(units[0], "add", "sun", "facilitator")], mode="blind")
    return study


P1 = Filters(transcript=1)
FIRST, SECOND, THIRD = "It rained all day.", "The sun came later.", "Wind, only wind."


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(coder="Ann", state="coded"), [FIRST]),
        (Filters(coder="Ann", state="nothing"), [SECOND]),
        (Filters(coder="Ann", flagged=True), [SECOND]),
        (Filters(code="rain"), [FIRST]),
        (Filters(code="rain", coder="Ben"), []),
        (Filters(polarity="facilitator"), [FIRST]),
        (Filters(suggested="sun"), [SECOND]),
        (Filters(suggested="rain"), [FIRST]),
        (Filters(disagreement=True), [FIRST]),
        (Filters(transcript=1, text="WIND"), [THIRD]),
        (Filters(transcript=1, text="D, O"), [THIRD]),
        (Filters(transcript=1, text="day. The"), []),
        (Filters(text="100%_"), []),
        (Filters(transcript=2, speaker="I"), []),
        (Filters(transcript=2, speaker="I", codable=False), ["What was the weather like?", "And at night?"]),
        (Filters(among=()), []),
    ],
)
def test_filters_hold_together(coded: Study, filters: Filters, found: list[str]) -> None:
    assert texts(coded, filters) == found


def test_open_means_open_to_this_coder(coded: Study) -> None:
    assert FIRST not in texts(coded, Filters(transcript=1, coder="Ann", state="open"))
    assert texts(coded, Filters(transcript=1, coder="Ben", state="open"))[0] == SECOND
    with pytest.raises(StudyError, match="needs a coder"):
        coded.find(Filters(state="open"))


def test_orders(coded: Study) -> None:
    assert texts(coded, P1, "text")[:3] == [FIRST, SECOND, THIRD]
    assert texts(coded, P1, "uncertain") == [SECOND, THIRD, FIRST]
    assert texts(coded, P1, "sure")[:2] == [SECOND, FIRST]
    lots = [item.lot for item in coded.texts.by_id(coded.find(order="random")).values()]
    assert lots == sorted(lots) and len(lots) == 12
    assert texts(coded, P1, "text", limit=1, offset=1) == [SECOND]


def test_attributes_select_by_participant_or_transcript(coded: Study) -> None:
    coded.people.link(1, "P", "P01")
    coded.people.set_attribute("participant", "P01", "group", ["carer", "parent"])
    uid = next(item.uid for item in coded.texts.all() if item.id == 2)
    coded.people.set_attribute("transcript", uid, "site", ["north"])
    assert {
        item.transcript
        for item in coded.texts.by_id(coded.find(Filters(attribute=("group", "parent")))).values()
    } == {1}
    assert {
        item.transcript
        for item in coded.texts.by_id(coded.find(Filters(attribute=("site", "north")))).values()
    } == {2}
    assert coded.find(Filters(attribute=("group", "nobody"))) == []


def test_few_and_many_by_id_are_the_same(coded: Study) -> None:
    ids = [item.id for item in coded.texts.utterances(1)]
    whole = {item.id: item for item in coded.texts.utterances(1)}
    assert {key: coded.texts.by_id([key])[key] for key in ids} == whole
    assert list(coded.texts.by_id([ids[2], ids[0], 999])) == [ids[2], ids[0]]


def test_memos_are_rewritten_by_their_author_only(coded: Study) -> None:
    unit = coded.find(P1)[0]
    thread = coded.memos.write("Ann", "first words", utterance=unit)
    coded.memos.write("Ann", "better words", thread=thread)
    coded.memos.write("Ben", "on the code", code="rain")
    assert [item.text for item in coded.memos.all(utterance=unit)] == ["better words"]
    assert [item.text for item in coded.memos.all(transcript=1)] == ["better words"]
    assert [item.text for item in coded.memos.all(code="rain")] == ["on the code"]
    with pytest.raises(StudyError, match="author"):
        coded.memos.write("Ben", "not mine", thread=thread)
    coded.memos.write("Ann", "", thread=thread)
    assert coded.memos.all(utterance=unit) == []


def test_settings_and_codebooks_keep_every_version(coded: Study) -> None:
    coded.settings.set("blind_share", "0.2")
    coded.settings.set("blind_share", "0.3", coder="Ann")
    assert coded.settings.get("blind_share") == "0.3"
    assert coded.db.value("SELECT count(*) FROM setting") == 2
    book = coded.codebooks.current()
    coded.codebooks.add(book, coder="Ann")
    assert len(coded.codebooks.versions()) == 1


def test_names_of_coders_are_told_apart_from_typing_errors(coded: Study) -> None:
    assert coded.people.add_coder("  Ann ") == "Ann"
    for name in ("ann", "", "Adjudicated", "x" * 81):
        with pytest.raises(StudyError):
            coded.people.add_coder(name)
    assert coded.people.coders() == ["Ann", "Ben"]
