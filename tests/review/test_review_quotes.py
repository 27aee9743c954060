"""Quotes by code, the matrix, search: lists that are coded in place."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from coder.review.app import make_app
from coder.store import Study
from coder.store.values import Decision
from tests.review.conftest import Page, entered
from tests.review.test_review_writes import act, app_for, ids, state


@pytest.fixture
def coded(study_path: Path) -> Path:
    here, other = ids(study_path), ids(study_path, 2)
    with Study.open(study_path) as study:
        for name in ("Ann", "Ben"):
            study.people.add_coder(name)
        for name, unit, code, polarity in (
            ("Ann", here["There"], "physical_opportunity", "barrier"),
            ("Ben", here["There"], "physical_opportunity", "barrier"),
            ("Ben", here["Their"], "social_opportunity", "facilitator"),
            ("Ann", other["Families"], "social_opportunity", None),
        ):
            study.acts.decide(name, [Decision(unit, "add", code=code, polarity=polarity)], mode="assisted")
        for transcript, speaker, participant, place in ((1, "C01", "P1", "north"), (2, "C02", "P2", "south")):
            study.people.link(transcript, speaker, participant)
            study.people.set_attribute("participant", participant, "site", [place])
    return study_path


@pytest.fixture
def ann(coded: Path) -> Page:
    [page] = app_for(coded, "Ann", mode="assisted")
    return page


def test_quotes_of_a_code_stand_by_attribute_with_suggestions_below_a_line(ann: Page) -> None:
    html = ann.get("/codes", code="social_opportunity", by="site")
    assert "2 confirmed quotes of 2 participants" in html
    north, south = html.index("<h2><bdi>north"), html.index("<h2><bdi>south")
    assert north < html.index("Their families talk") < south < html.index("Families help a lot")
    html = ann.get("/codes", code="physical_opportunity")
    assert "Ann, Ben" in html and "1 confirmed quote of 1 participant" in html
    line = html.index("Only suggested")
    assert html.index("There is never enough time") < line < html.index("the clock wins")
    assert "“There is never enough time in a ten minute appointment.” (C01, C01)" in html


def test_a_component_and_a_polarity_narrow_or_widen_the_quotes(ann: Page) -> None:
    html = ann.get("/codes", code="Opportunity")
    assert "3 confirmed quotes" in html
    assert "1 confirmed quote of" in ann.get("/codes", code="Opportunity", polarity="facilitator")
    assert ann.client.get("/codes", params={"code": "nothing"}).status_code == 400
    assert ann.client.get("/codes", params={"code": "Opportunity", "by": "age"}).status_code == 400


def test_quotes_are_recoded_in_place_and_the_row_says_what_stands(ann: Page, coded: Path) -> None:
    here = ids(coded)["There"]
    answer = ann.post("/act", action="code", code="social_opportunity", utterance=here, view="rows")
    row = answer["rows"][str(here)]  # type: ignore[index]
    assert "Social opportunity" in row["html"] and row["token"] == state(coded, here).token
    assert "panel" not in answer
    assert str(here) in ann.post("/undo", view="rows")["rows"]  # type: ignore[operator]


def test_a_good_quote_is_marked_and_found(ann: Page, coded: Path) -> None:
    here = ids(coded)["There"]
    ann.post("/good", utterance=here, code="physical_opportunity", good=True)
    assert "★" in ann.get("/codes", code="physical_opportunity", good="1")
    ann.post("/good", utterance=here, code="physical_opportunity", good=False)
    assert "as a good quote yet" in ann.get("/codes", code="physical_opportunity", good="1")
    ann.post("/good", 400, utterance=here, code="social_opportunity", good=True)
    undone = ann.post("/undo", view="rows")
    assert undone["quote"] == [here, "physical_opportunity", True] and "good quote" in str(undone["say"])
    assert "★" in ann.get("/codes", code="physical_opportunity", good="1")
    assert ann.post("/redo", view="rows")["quote"] == [here, "physical_opportunity", False]


def test_a_rewording_and_a_role_are_named_and_taken_back_on_their_pages(ann: Page, coded: Path) -> None:
    with Study.open(coded) as study:
        book = study.codebooks.current()
    code = book.codes[0]
    ann.post("/codebook/change", id=code.id, hash=book.hash, definition="quite another thing")
    assert f"Undo: {code.label} reworded" in ann.get("/codebook")
    said = ids(coded)["It"]
    ann.post("/role", transcript=1, speaker="C01", role="interviewer")
    assert "Undo: C01 in C01 is the interviewer" in ann.get("/transcript/1")
    [change] = re.findall(r'data-change="([^"]+)"', ann.get("/codebook"))
    assert str(ann.post("/undo", view="page", change=change)["say"]) == f"Undone: {code.label} reworded"
    assert "quite another thing" not in ann.get("/codebook")
    act(ann, "nothing", said, 400)  # the role stands: it is the interviewer's
    answer = ann.post("/undo", view="page")
    assert answer["say"] == "Undone: C01 in C01 is the interviewer" and answer["reversed"] is True
    assert "focus" not in answer and "rows" not in answer and not answer["quote"] and not answer["memo"]
    assert "Redo: C01 in C01" in ann.get("/reading")
    act(ann, "nothing", said)


def test_what_was_said_around_a_quote_comes_on_demand(ann: Page, coded: Path) -> None:
    answer = ann.client.get("/part/around", params={"u": ids(coded)["Their"]}).json()
    assert "how do patients take it" in answer["html"] and 'class="here"' in answer["html"]


def test_the_matrix_counts_quotes_and_participants_and_leads_to_the_quotes(ann: Page) -> None:
    html = ann.get("/matrix", by="site")
    assert "/codes?code=social_opportunity&amp;by=site&amp;value=north" in html
    assert "50 % of row, 50 % of column" in html and "shade-5" in html
    assert "Opportunity" in ann.get("/matrix", rows="component") and "no polarity" in ann.get(
        "/matrix", rows="polarity"
    )
    table = ann.client.get("/download/matrix.csv", params={"by": "site"}).text.splitlines()
    assert table[0].startswith("code,north,north: participants")
    assert any(line.startswith("Social opportunity,1,1,0.5,0.5,1,1,0.5,1.0,2,2") for line in table)
    assert ann.client.get("/download/matrix.xlsx").content.startswith(b"PK")
    assert ann.client.get("/download/matrix.exe").status_code == 400


def test_search_joins_words_and_codes_over_all_transcripts(ann: Page) -> None:
    assert "2 utterances" in ann.get("/search", q="families")
    html = ann.get("/search", q="time", polarity="barrier")
    assert "1 utterance." in html and "<mark>time</mark>" in html
    assert "1 utterance." in ann.get(
        "/search", q="families", code="social_opportunity", polarity="facilitator"
    )
    assert "Take away a word" in ann.get("/search", q="families", polarity="barrier")
    assert "can be combined" in ann.get("/search")


def test_a_blind_coder_sees_their_own_quotes_only(coded: Path) -> None:
    app, sessions = make_app(coded, ["Ann"], port=8765, hosts=["127.0.0.1:8765"], mode="blind")
    ann = entered(app, next(iter(sessions)))
    html = ann.get("/codes", code="social_opportunity")
    assert "Families help" in html and "Their families" not in html and "Only suggested" not in html
    assert "Ben" not in html
    assert "No utterance has all" in ann.get("/search", q="families", polarity="facilitator")
    table = ann.client.get("/download/matrix.csv", params={"rows": "polarity"}).text.splitlines()
    assert next(line for line in table if line.startswith("facilitator")).endswith("0,0")
    act(ann, "nothing", ids(coded)["Their"])
    assert not state(coded, ids(coded)["Their"]).seen


def test_ticked_quotes_become_a_sub_theme_or_another_codes_after_a_preview(ann: Page, coded: Path) -> None:
    here = ids(coded)["There"]
    given = {"kind": "split", "code": "physical_opportunity", "label": "Time", "quotes": str(here)}
    html = ann.get("/codebook/reshape", **given)
    assert "Time split off Physical opportunity?" in html and "2 codings change: Ann 1, Ben 1" in html
    assert (
        '<th scope="row">Time <span class="tag">new</span></th><td class="num">0</td><td class="num">2</td>'
        in html
    )
    ann.post("/codebook/reshape", **given)
    assert state(coded, here).codes[0].code == "time" and "2 codings" not in ann.get("/codes", code="time")
    assert "Undo: Time split off" in ann.get("/codebook")
    assert "Time split off" in str(ann.post("/undo", view="read")["say"])
    assert state(coded, here).codes[0].code == "physical_opportunity"
    html = ann.get("/codebook")
    assert "Undo: " not in html and "Redo: Time split off" in html
    assert "Redone: Time split off" in str(ann.post("/redo", view="read")["say"])
    assert state(coded, here).codes[0].code == "time" and "Undo: Time" in ann.get("/codebook")
    change = re.findall(r'data-change="([^"]+)"', ann.get("/codebook"))[0]
    act(ann, "code", ids(coded)["It"], code="time")
    in_use = ann.post("/undo", 400, change=change)
    assert "Time has 1 coding of Ann since. Give these codings another code" in str(in_use["error"])
    assert state(coded, here).codes[0].code == "time"  # nothing was taken back
    act(ann, "code", ids(coded)["It"], code="time")
    assert "Undone: Time split off" in str(ann.post("/undo", change=change)["say"])
    assert state(coded, here).codes[0].code == "physical_opportunity"
    assert state(coded, ids(coded)["It"]).state == "open"
    ann.post("/undo", 400, change=change)
    assert "Redone: Time split off" in str(ann.post("/redo", change=change)["say"])
    change = re.findall(r'data-change="([^"]+)"', ann.get("/codebook"))[0]
    ann.post("/undo", change=change)
    ann.post(
        "/codebook/reshape", kind="subtheme", code="physical_opportunity", label="Slots", quotes=str(here)
    )
    assert "Slots" in ann.get("/codebook")
    for bad in ({"kind": "burn", "code": "time"}, {**given, "quotes": ""}):
        assert len(str(ann.post("/codebook/reshape", 400, **bad)["error"])) > 20


def test_the_preview_of_a_merge_speaks_of_mixed_only_where_the_codebook_knows_it(
    ann: Page, coded: Path
) -> None:
    with Study.open(coded) as study:
        twice = Decision(ids(coded)["There"], "add", code="social_opportunity", polarity="facilitator")
        study.acts.decide("Ann", [twice], mode="assisted")
    merge = {"kind": "merge", "code": "social_opportunity", "into": "physical_opportunity"}
    html = ann.get("/codebook/reshape", **merge)
    assert "keep it as it is; where one was a barrier and the other a facilitator, it becomes mixed." in html
    with Study.open(coded) as study:
        two = replace(study.codebooks.current(), polarity=("barrier", "facilitator"))
        study.codebooks.add(two, note="no mixed")
    html = ann.get("/codebook/reshape", **merge)
    assert "keep it as it is." in html and "becomes mixed" not in html


def test_a_merged_code_is_gone_from_every_page_and_its_quotes_are_the_others(ann: Page) -> None:
    ann.post("/codebook/reshape", kind="merge", code="social_opportunity", into="physical_opportunity")
    assert "3 confirmed quotes" in ann.get("/codes", code="physical_opportunity")
    for path in (
        "/read/1",
        "/queue",
        "/bulk?code=physical_opportunity",
        "/matrix",
        "/search?q=time",
        "/adjudicate",
    ):
        assert ann.client.get(path, headers={"accept": "text/html"}).status_code == 200, path
