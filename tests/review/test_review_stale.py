"""Gestures on a page that is no longer right: new suggestions, another version or mode, a removed transcript."""

import re
from pathlib import Path

from coder.store import Study
from coder.store.values import Proposal, ProposedCode
from tests.review.conftest import TALK, Page, suggest_by_keyword, transcript_of
from tests.review.test_review_writes import act, app_for, ids, state


def shown_in(study_path: Path, utterance: int) -> list[int]:
    with Study.open(study_path) as study:
        return [item.id for item in study.suggestions.newest([utterance])[utterance] if item.selected]


def suggest_anew(study_path: Path, utterance: int, code: str) -> None:
    with Study.open(study_path) as study:
        model = study.models.add_shipped("anew", {"name": "anew"}, study.codebooks.current().hash)
        run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
        proposed = ProposedCode(code, "facilitator", 0.9, 0.9, True, "like: anew")
        study.suggestions.add_proposals(run, [Proposal(utterance, 0.9, 0.1, (proposed,))])


def test_what_the_model_suggests_anew_is_not_accepted_unseen(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    before = shown_in(study_path, here)
    assert f'data-offered="{before}"' in page.get("/read/1", u=str(here))
    suggest_anew(study_path, here, "social_opportunity")
    answer = act(page, "done", here, 409, shown=before)
    assert "not those that were shown" in str(answer["error"]) and "Social opportunity" in str(
        answer["panel"]
    )
    assert state(study_path, here).state == "open"
    act(page, "done", here, shown=shown_in(study_path, here))
    assert [code.code for code in state(study_path, here).codes] == ["social_opportunity"]


def test_every_utterance_of_the_page_says_which_suggestions_it_shows(page: Page, study_path: Path) -> None:
    here, offered = ids(study_path), r' data-id="{}"[^>]*? data-offered="\[(.*?)\]"'
    html = page.get("/read/1", u=str(here["It"]))
    for word in ("There", "Some", "It"):
        [told] = re.findall(offered.format(here[word]), html)
        assert told == ", ".join(map(str, shown_in(study_path, here[word])))
    act(page, "nothing", here["There"])
    page.post("/mode", mode="blind")
    assert re.findall(offered.format(here["Some"]), page.get("/read/1")) == [""]


def test_where_no_suggestion_was_in_view_none_is_answered(page: Page, study_path: Path) -> None:
    here = ids(study_path)
    assert act(page, "done", here["There"], shown=[])["say"] == ""  # the button said "Next"
    assert state(study_path, here["There"]).state == "open"
    act(page, "code", here["Once"], code="reflective_motivation", shown=[])
    code = state(study_path, here["Once"]).codes[0]
    assert (code.verdict, code.polarity, code.suggestion, code.blind) == ("add", None, None, True)


def test_lists_that_leave_the_suggestion_out_do_not_accept_it(study_path: Path) -> None:
    ann, ben = app_for(study_path, "Ann", "Ben", mode="assisted")
    here = ids(study_path)["There"]
    act(ben, "code", here, code="social_opportunity")
    assert 'data-offered="[]"' in ann.get("/codes", code="social_opportunity")
    ann.post("/act", action="done", utterance=here, view="rows", shown=[])
    assert state(study_path, here).state == "open"
    assert f'data-offered="{shown_in(study_path, here)}"' in ann.get("/search", q="never enough")


def test_a_page_of_another_mode_accepts_nothing(study_path: Path) -> None:
    [page] = app_for(study_path, "Ann")
    here = ids(study_path)["There"]
    before = shown_in(study_path, here)
    page.post("/mode", mode="blind")  # in another window
    assert "another" in str(act(page, "done", here, 409, shown=before)["error"])
    assert state(study_path, here).state == "open"


def test_a_change_of_codes_or_keys_is_told_to_pages_that_are_open(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]

    def legends() -> set[object]:
        return {
            act(page, "flag", here)["legend"],
            page.post("/act", action="flag", utterance=here, view="rows", shown=[])["legend"],
            page.client.get("/part/panel", params={"u": here}).json()["legend"],
            page.client.get("/part/step", params={"u": here}).json()["legend"],
        }

    [first] = legends()
    assert f'data-legend="{first}"' in page.get("/read/1")
    page.post("/prefer", codes={"social_opportunity": "w"})
    [second] = legends()
    page.post("/codebook/reshape", kind="retire", code="physical_capability")
    [third] = legends()
    assert len({first, second, third}) == 3


def memos_on(page: Page, study_path: Path, utterance: int) -> list[dict[str, int | str]]:
    """Write memos on an utterance and its transcript; return all that a memo there can be said to be about."""
    page.post("/memo", utterance=utterance, text="on the words", view="read")
    page.post("/memo", transcript=1, text="on the talk", view="read")
    with Study.open(study_path) as study:
        written: list[dict[str, int | str]] = [{"thread": memo.thread} for memo in study.memos.all()]
    return [{"utterance": utterance}, {"transcript": 1}, *written]


def test_an_earlier_version_says_so_and_takes_no_decision(page: Page, study_path: Path) -> None:
    here = ids(study_path)["It"]
    act(page, "flag", here)
    memos = memos_on(page, study_path, here)
    with Study.open(study_path) as study:
        transcript, utterances = transcript_of("C01", [*TALK, ("C01", "One thing more.")])
        new = study.texts.add(transcript, utterances, source="C01.txt", replaces=1)
        assert (study.texts.in_use(1), study.texts.in_use(new)) == (new, new)
    for action in ("nothing", "skip", "flag"):
        assert "an earlier version of C01" in str(act(page, action, here, 400)["error"])
    page.post("/passed", 400, utterances=[here], transcript=1, view="read", q="")
    for about in memos:
        assert "an earlier version" in str(
            page.post("/memo", 400, **about, text="lost", view="read")["error"]
        )
    assert state(study_path, here).state == "open"
    assert f'<a href="/read/{new}">Open the version in use</a>' in page.get("/read/1")
    assert "earlier version" not in page.get(f"/read/{new}")
    page.post("/undo", view="read")  # what was done before can still be taken back
    assert page.post("/undo", view="read")["focus"] == here


def test_a_removed_transcript_takes_no_decision(page: Page, study_path: Path) -> None:
    here = ids(study_path)["It"]
    memos = memos_on(page, study_path, here)
    page.post("/transcript/remove", transcript=1)
    assert "was removed" in str(act(page, "nothing", here, 400)["error"])
    for about in memos:
        assert "was removed" in str(page.post("/memo", 400, **about, text="lost", view="read")["error"])
    assert "was removed from the study" in page.get("/read/1")


def test_the_interviewers_words_are_not_marked_as_nothing_to_code(page: Page, study_path: Path) -> None:
    with Study.open(study_path) as study:
        asked = next(item for item in study.texts.utterances(1) if item.role == "interviewer")
    assert "context" in str(act(page, "nothing", asked.id, 400)["error"])


def test_adjudicating_changes_no_mode(study_path: Path) -> None:
    ann, ben = app_for(study_path, "Ann", "Ben", mode="assisted")
    here = ids(study_path)["There"]
    act(ann, "done", here)
    act(ben, "nothing", here)
    ann.post("/adjudicate", utterance=here, codes=[])
    [again] = app_for(study_path, "Ann")
    assert "mode-assisted" in again.get("/")


def test_undo_says_whether_an_adjudication_or_a_coding_returned(study_path: Path) -> None:
    ann, ben = app_for(study_path, "Ann", "Ben", mode="assisted")
    here = ids(study_path)["There"]
    act(ben, "nothing", here)
    act(ann, "done", here)
    ann.post("/adjudicate", utterance=here, codes=[])
    answer = ann.post("/undo", view="adjudicate")
    assert (answer["say"], answer["adjudicated"]) == ("Undone: not adjudicated", True)
    redone = ann.post("/redo", view="adjudicate")
    assert redone["say"] == "Redone: adjudicated as nothing to code"
    ann.post("/undo", view="adjudicate")
    own = ann.post("/undo", view="adjudicate")
    assert (own["say"], own["adjudicated"]) == ("Undone: now not decided", False)
    unread = ids(study_path)["Once"]
    assert ann.client.get("/adjudicate", params={"u": unread}).status_code == 400


def test_suggestions_that_came_while_the_page_was_open_leave_a_decision_blind(study_path: Path) -> None:
    [page] = app_for(study_path, "Ann", mode="assisted")
    here = ids(study_path)["There"]
    with Study.open(study_path) as study:
        suggest_by_keyword(study)
    act(page, "nothing", here, shown=[])
    held = state(study_path, here)
    assert held.state == "nothing" and not held.rejected and not held.seen


def test_by_code_shows_what_was_decided_elsewhere_and_keeps_the_other_answers(
    page: Page, study_path: Path
) -> None:
    here = ids(study_path)
    there, clock = here["There"], here["I"]
    before = {key: state(study_path, key).token for key in (there, clock)}
    act(page, "nothing", there)  # in another window
    answers = [
        {
            "utterance": key, "suggestion": shown_in(study_path, key)[0], "expected": before[key],
            "code": "physical_opportunity", "accept": True,
        }
        for key in (there, clock)
    ]  # fmt: skip
    answer = page.post("/bulk", 409, answers=answers)
    cards = answer["cards"]
    assert isinstance(cards, dict) and "nothing to code" in cards[str(there)]["decided"]
    assert cards[str(clock)]["decided"] == "" and state(study_path, clock).state == "open"
    page.post("/bulk", answers=[{**answers[1], "expected": cards[str(clock)]["token"]}])
    assert state(study_path, clock).state == "coded"


def test_adjudicate_shows_a_side_that_changed_and_what_somebody_adjudicated(study_path: Path) -> None:
    ann, ben, eve = app_for(study_path, "Ann", "Ben", "Eve", mode="assisted")
    here = ids(study_path)["There"]
    act(ann, "done", here)
    act(ben, "nothing", here)

    def tokens() -> dict[str, object]:
        seen = [state(study_path, here, name).token for name in ("Ann", "Ben")]
        return {"expected": state(study_path, here, "adjudicated").token, "sides": seen}

    before = tokens()
    act(ben, "code", here, code="social_opportunity")
    answer = eve.post("/adjudicate", 409, utterance=here, codes=[], **before)
    assert "decided on this utterance anew" in str(answer["error"])
    assert "Social opportunity" in str(answer["sides"]) and state(study_path, here, "adjudicated").token == ""
    looked = tokens()
    ann.post(
        "/adjudicate", utterance=here, codes=[{"code": "social_opportunity", "polarity": "mixed"}], **looked
    )
    answer = eve.post("/adjudicate", 409, utterance=here, codes=[], **looked)
    assert "Adjudicated as: Social opportunity, mixed" in str(answer["sides"])
    eve.post("/adjudicate", utterance=here, codes=[], **tokens())
    assert state(study_path, here, "adjudicated").state == "nothing"


def test_nothing_is_adjudicated_where_no_coder_stands_any_more(study_path: Path) -> None:
    ann, ben, eve = app_for(study_path, "Ann", "Ben", "Eve", mode="assisted")
    here = ids(study_path)["There"]
    act(ann, "done", here)
    act(ben, "nothing", here)
    seen = [state(study_path, here, name).token for name in ("Ann", "Ben")]
    for coder in (ann, ben):
        coder.post("/undo", view="read")
    answer = eve.post("/adjudicate", 409, utterance=here, codes=[], expected="", sides=seen)
    assert 'data-side="A"' not in str(answer["sides"])
    refused = eve.post("/adjudicate", 400, utterance=here, codes=[], expected="", sides=[])
    assert "nothing to adjudicate" in str(refused["error"])
    assert state(study_path, here, "adjudicated").token == ""


def test_each_adjudicated_code_has_a_polarity_of_its_own(study_path: Path) -> None:
    ann, ben = app_for(study_path, "Ann", "Ben", mode="assisted")
    here = ids(study_path)["There"]
    act(ann, "done", here)
    act(ben, "nothing", here)
    chosen = {
        "physical_opportunity": "barrier",
        "social_opportunity": "facilitator",
        "automatic_motivation": None,
    }
    codes = [{"code": code, "polarity": polarity} for code, polarity in chosen.items()]
    ann.post("/adjudicate", utterance=here, codes=codes)
    held = state(study_path, here, "adjudicated").codes
    assert {code.code: code.polarity for code in held} == chosen


def test_memos_on_an_earlier_version_are_named_where_they_can_be_read(page: Page, study_path: Path) -> None:
    here = ids(study_path)["It"]
    memos_on(page, study_path, here)
    with Study.open(study_path) as study:
        transcript, utterances = transcript_of("C01", [*TALK, ("C01", "One thing more.")])
        new = study.texts.add(transcript, utterances, source="C01.txt", replaces=1)
        assert study.texts.earlier(new) == [1] and study.texts.earlier(1) == []
    html = page.get(f"/transcript/{new}")
    assert "Memos on earlier versions" in html and "on the words" in html and "on the talk" in html
    assert f'href="/at/{here}"' in html
    assert page.get("/progress").count("of an earlier version") == 2
    assert "Memos on earlier versions" not in page.get("/transcript/2")


def test_who_reads_a_memo_on_an_earlier_version_does_not_code_the_same_words_blind_now(
    study_path: Path,
) -> None:
    ann, ben = app_for(study_path, "Ann", "Ben", mode="assisted")
    here = ids(study_path)["It"]
    ann.post("/memo", utterance=here, text="on the words", view="read")
    with Study.open(study_path) as study:
        transcript, utterances = transcript_of("C01", [*TALK, ("C01", "One thing more.")])
        new = study.texts.add(transcript, utterances, source="C01.txt", replaces=1)
        now = {item.text.split()[0]: item.id for item in study.texts.utterances(new)}
        assert "on the words" in ben.get(f"/transcript/{new}")
        assert study.acts.exposed("Ben", [here, *now.values()]) == {here, now["It"]}
        assert study.acts.exposed("Ann", list(now.values())) == set()
