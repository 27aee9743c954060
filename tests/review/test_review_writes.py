"""Gestures on the page and what then stands in the study."""

from pathlib import Path

import pytest

from coder.review.app import make_app
from coder.store import Study
from coder.store.values import Mode, UnitState
from tests.review.conftest import Page, entered


def ids(study_path: Path, transcript: int = 1) -> dict[str, int]:
    """The first word of each codable utterance -> id."""
    with Study.open(study_path) as study:
        return {
            item.text.split()[0]: item.id for item in study.texts.utterances(transcript, codable_only=True)
        }


def state(study_path: Path, utterance: int, coder: str = "Ann") -> UnitState:
    with Study.open(study_path) as study:
        return study.acts.states(coder, [utterance])[utterance]


def act(page: Page, action: str, utterance: int, status: int = 200, **more: object) -> dict[str, object]:
    return page.post("/act", status, action=action, utterance=utterance, view="read", **more)


def test_one_key_accepts_and_goes_on(page: Page, study_path: Path) -> None:
    here = ids(study_path)
    answer = act(page, "done", here["There"], then=here["I"])
    held = state(study_path, here["There"])
    assert [(code.code, code.polarity, code.verdict) for code in held.codes] == [
        ("physical_opportunity", "barrier", "accept")
    ]
    assert answer["focus"] == here["I"]
    assert (answer["say"], answer["hint"]) == ("Physical opportunity, barrier", "u undoes")


def test_the_right_codes_key_changes_a_wrong_suggestion_and_a_second_key_its_polarity(
    page: Page, study_path: Path
) -> None:
    here = ids(study_path)["There"]
    act(page, "code", here, code="social_opportunity")
    act(page, "facilitator", here)
    held = state(study_path, here)
    assert [(code.code, code.polarity) for code in held.codes] == [("social_opportunity", "facilitator")]
    assert held.rejected == ("physical_opportunity",)


def test_rejecting_costs_one_key(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    act(page, "reject", here)
    assert state(study_path, here).state == "rejected"


def test_several_codes_get_one_polarity_key(page: Page, study_path: Path) -> None:
    here = ids(study_path)["It"]
    act(page, "code", here, code="reflective_motivation")
    act(page, "code", here, code="automatic_motivation")
    act(page, "barrier", here)
    assert {(c.code, c.polarity) for c in state(study_path, here).codes} == {
        ("reflective_motivation", "barrier"), ("automatic_motivation", "barrier"),
    }  # fmt: skip
    act(page, "code", here, code="automatic_motivation")
    assert [c.code for c in state(study_path, here).codes] == ["reflective_motivation"]


def test_undo_and_redo_come_back_to_the_utterance(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    act(page, "done", here)
    answer = page.post("/undo", view="read")
    assert answer["focus"] == here and state(study_path, here).state == "open"
    page.post("/redo", view="read")
    assert state(study_path, here).state == "coded"
    page.post("/undo", view="read")
    assert page.post("/undo", view="read")["say"] == "Nothing to undo."


def test_a_stale_page_is_told_and_overwrites_nothing(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    act(page, "nothing", here, expected="")
    answer = act(page, "code", here, 409, code="social_opportunity", expected="")
    assert "Nothing was overwritten" in str(answer["error"])
    assert "units" in answer
    assert state(study_path, here).state == "nothing"


@pytest.mark.parametrize(
    "content",
    [
        {"action": "code", "code": "no_such_code"},
        {"action": "jump"},
        {"action": "barrier"},
        {"action": "trim"},
        {"action": "code", "code": "social_opportunity", "selection": [9, "x"]},
        {"action": "done", "utterance": "x"},
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    page: Page, study_path: Path, content: dict[str, object]
) -> None:
    here = ids(study_path)["It"]
    answer = page.post("/act", 400, **{"utterance": here, "view": "read", **content})
    assert len(str(answer["error"])) > 15
    assert state(study_path, here).state == "open"


def test_blind_shows_no_suggestion_and_decisions_are_blind(study_path: Path) -> None:
    app, sessions = make_app(study_path, ["Ben"], port=8765, hosts=["127.0.0.1:8765"], mode="blind")
    page = entered(app, next(iter(sessions)))
    here = ids(study_path)
    for path in ("/read/1", "/queue", f"/part/panel?u={here['There']}", "/bulk"):
        html = page.client.get(path, headers={"accept": "text/html"}).text
        assert "in 10 right" not in html and "stripe c2 hollow" not in html and "like: " not in html
    act(page, "code", here["There"], code="physical_opportunity")
    held = state(study_path, here["There"], "Ben")
    assert held.codes[0].blind and held.codes[0].suggestion is None and not held.seen
    page.post("/mode", 400, mode="assisted")


def test_commit_first_reveals_after_the_decision_and_stays_to_show_it(study_path: Path) -> None:
    app, sessions = make_app(study_path, ["Ben"], port=8765, hosts=["127.0.0.1:8765"], mode="commit_first")
    page, here = entered(app, next(iter(sessions))), ids(study_path)
    assert "in 10 right" not in page.get("/read/1", u=str(here["There"]))
    answer = act(page, "nothing", here["There"], then=here["I"])
    assert answer["focus"] == here["There"] and "in 10 right" in str(answer["panel"])
    assert not state(study_path, here["There"], "Ben").seen
    assert act(page, "nothing", here["It"], then=here["I"])["focus"] == here["I"]


def test_the_second_coder_begins_blind(study_path: Path) -> None:
    app, sessions = make_app(study_path, ["Ann", "Ben"], port=8765, hosts=["127.0.0.1:8765"])
    ann, ben = (entered(app, session) for session in sessions)
    act(ann, "done", ids(study_path)["There"])
    assert "mode-assisted" in ann.get("/")
    assert "mode-blind" in ben.get("/")


def test_the_blind_share_is_coded_before_its_suggestion_is_seen(study_path: Path) -> None:
    with Study.open(study_path) as study:
        study.settings.set("blind_share", "1")
    app, sessions = make_app(study_path, ["Ann"], port=8765, hosts=["127.0.0.1:8765"])
    page, here = entered(app, next(iter(sessions))), ids(study_path)["There"]
    assert "in 10 right" not in page.get("/read/1", u=str(here))
    act(page, "code", here, code="physical_opportunity")
    # A decision is whole with its polarity; shown before that, the polarity would be the machine's.
    assert "in 10 right" not in str(page.client.get("/part/panel", params={"u": here}).json()["panel"])
    act(page, "barrier", here)
    assert state(study_path, here).codes[0].blind
    assert "in 10 right" in str(page.client.get("/part/panel", params={"u": here}).json()["panel"])


def test_selected_words_are_what_the_code_covers(page: Page, study_path: Path) -> None:
    here = ids(study_path)["It"]
    with Study.open(study_path) as study:
        unit = study.texts.by_id([here])[here]
    span = [unit.start + 3, unit.end - 1]
    act(page, "code", here, code="reflective_motivation", selection=span)
    code = state(study_path, here).codes[0]
    assert [code.start, code.end] == span
    assert 'class="covered c4"' in page.get("/read/1", u=str(here))


def test_passages_are_extended_split_joined_and_trimmed_without_touching_the_other_coder(
    page: Page, study_path: Path
) -> None:
    here = ids(study_path)
    with Study.open(study_path) as study:
        study.people.add_coder("Ben")
        units = study.texts.by_id([here["There"], here["I"]])
    first, second = here["There"], next(k for k, u in units.items() if k != here["There"])
    second = first + 1
    act(page, "code", first, code="social_opportunity")
    act(page, "extend", first)
    a, b = state(study_path, first).codes[0], state(study_path, second).codes[0]
    assert (a.start, a.end) == (b.start, b.end) and a.end > a.start
    act(page, "split", second)
    assert state(study_path, first).codes[0].end < state(study_path, second).codes[0].start
    act(page, "join", second)
    assert state(study_path, first).codes[0].end == state(study_path, second).codes[0].end
    act(page, "trim", first)
    assert state(study_path, second).codes == ()
    assert state(study_path, first, "Ben").state == "open"


def test_memos_are_kept_and_shown(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    answer = page.post("/memo", utterance=here, text="Ask about <b>double</b> slots", view="read")
    assert "&lt;b&gt;double" in str(answer["panel"])
    said = page.post("/memo", code="social_opportunity", text="Family too?")["say"]
    assert said == "Memo saved, about Social opportunity"
    assert "Family too?" in page.get("/codebook")


def test_only_what_was_passed_and_open_is_marked_together(page: Page, study_path: Path) -> None:
    here = ids(study_path)
    act(page, "done", here["There"])
    foreign = ids(study_path, 2)["Families"]  # remembered by the browser, from another study
    page.post("/passed", transcript=1, utterances=[here["There"], here["It"], foreign], view="read", q="")
    assert state(study_path, foreign).state == "open"
    assert state(study_path, here["There"]).state == "coded"
    assert state(study_path, here["It"]).state == "nothing"


def app_for(study_path: Path, *coders: str, mode: Mode | None = None) -> list[Page]:
    app, sessions = make_app(study_path, coders, port=8765, hosts=["127.0.0.1:8765"], mode=mode)
    return [entered(app, session) for session in sessions]


def test_a_code_has_no_polarity_until_the_coder_gives_one(page: Page, study_path: Path) -> None:
    here = ids(study_path)
    act(page, "code", here["There"], code="social_opportunity")  # in place of the machine's, a barrier
    assert [(c.code, c.polarity) for c in state(study_path, here["There"]).codes] == [
        ("social_opportunity", None)
    ]
    for action, code in (
        ("code", "social_opportunity"),
        ("facilitator", None),
        ("code", "physical_capability"),
        ("code", "reflective_motivation"),
        ("barrier", None),
    ):  # 4 f 1 5 b
        act(page, action, here["It"], code=code)
    assert {c.code: c.polarity for c in state(study_path, here["It"]).codes} == {
        "social_opportunity": "facilitator", "physical_capability": "barrier", "reflective_motivation": "barrier",
    }  # fmt: skip


def test_a_polarity_key_after_nothing_to_code_takes_up_no_suggestion(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    act(page, "nothing", here)
    assert "Choose a code first" in str(act(page, "barrier", here, 400)["error"])
    assert state(study_path, here).state == "nothing"


def test_messages_name_what_was_saved_withdrawn_and_what_returned(page: Page, study_path: Path) -> None:
    here = ids(study_path)["It"]
    act(page, "code", here, code="social_opportunity")
    said = act(page, "facilitator", here)["say"]
    assert said == "Social opportunity, facilitator"
    assert str(act(page, "code", here, code="social_opportunity")["say"]).startswith(
        "Social opportunity withdrawn"
    )
    assert page.post("/undo", view="read")["say"] == "Undone: now Social opportunity, facilitator"
    assert str(act(page, "flag", here)["say"]).startswith("Flagged")
    act(page, "nothing", here)
    assert act(page, "flag", here)["say"] == "Flag taken off"  # "nothing to code" still stands
    other = ids(study_path)["There"]
    act(page, "code", other, code="social_opportunity")  # in place of what was suggested
    said = act(page, "code", other, code="social_opportunity")["say"]
    assert said == "Social opportunity withdrawn; Physical opportunity stays rejected"


def test_undo_takes_back_memos_and_decisions_in_the_order_they_were_made(
    page: Page, study_path: Path
) -> None:
    here = ids(study_path)["There"]
    act(page, "nothing", here)
    page.post("/memo", utterance=here, text="first", view="read")
    with Study.open(study_path) as study:
        thread = study.memos.all()[0].thread
    page.post("/memo", thread=thread, text="second", focus=here, view="read")
    assert "second" in page.get("/read/1", u=str(here))
    assert "first" in str(page.post("/undo", view="read")["say"])
    assert "gone" in str(page.post("/undo", view="read")["say"])
    page.post("/undo", view="read")
    assert state(study_path, here).state == "open"
    assert page.post("/undo", view="read")["say"] == "Nothing to undo."
    for _ in range(3):
        page.post("/redo", view="read")
    assert page.post("/redo", view="read")["say"] == "Nothing to redo."
    with Study.open(study_path) as study:
        assert [memo.text for memo in study.memos.all()] == ["second"]
        assert study.db.value("SELECT count(*) FROM memo") == 6  # two written, two undone, two redone
    assert state(study_path, here).state == "nothing"
    page.post("/memo", thread=thread, text="", focus=here, view="read")
    with Study.open(study_path) as study:
        assert study.memos.all() == []


def test_redo_ends_when_a_memo_was_written_since(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    act(page, "nothing", here)
    page.post("/undo", view="read")
    page.post("/memo", utterance=here, text="new", view="read")
    assert page.post("/redo", view="read")["say"] == "Nothing to redo."


def test_only_the_author_changes_a_memo(study_path: Path) -> None:
    ann, ben = app_for(study_path, "Ann", "Ben")
    ann.post("/memo", utterance=ids(study_path)["There"], text="mine", view="read")
    with Study.open(study_path) as study:
        thread = study.memos.all()[0].thread
    assert "only its author" in str(ben.post("/memo", 400, thread=thread, text="yours")["error"])


def test_blind_work_shows_no_colleagues_memo_and_no_adjudication_before_both_decided(
    study_path: Path,
) -> None:
    ann, ben, eve = app_for(study_path, "Ann", "Ben", "Eve", mode="blind")
    here = ids(study_path)
    act(ann, "code", here["There"], code="physical_opportunity")
    ann.post("/memo", utterance=here["There"], text="clearly time", view="read")
    act(ben, "code", here["There"], code="social_opportunity")
    act(eve, "nothing", here["It"])
    for path in (
        f"/read/1?u={here['There']}",
        f"/part/panel?u={here['There']}",
        "/progress",
        "/",
        "/queue?state=any",
    ):
        shown = eve.client.get(path, headers={"accept": "text/html"}).text
        assert "clearly time" not in shown and "✎" not in shown and 'href="/adjudicate"' not in shown, path
    assert "No disagreement is open" in eve.get("/adjudicate")
    assert eve.client.get("/adjudicate", params={"u": here["There"]}).status_code == 400
    eve.post("/adjudicate", 400, utterance=here["There"], codes=[])
    assert "unit aside" in eve.get("/queue", disagreement="1") or "No utterance" in eve.get(
        "/queue", disagreement="1"
    )
    assert "clearly time" in ben.get("/read/1", u=str(here["There"]))  # both have decided
    assert 'href="/adjudicate"' in ben.get("/")
    assert not state(study_path, here["There"], "Eve").seen


def test_code_first_shows_both_and_one_key_switches_adds_or_keeps(study_path: Path) -> None:
    [page] = app_for(study_path, "Eve", mode="commit_first")
    here = ids(study_path)
    for word, action, codes in (
        ("There", "take_b", [("physical_opportunity", "barrier")]),
        ("Some", "take_both", [("social_opportunity", "barrier"), ("automatic_motivation", "barrier")]),
        ("Their", "take_a", [("social_opportunity", "barrier")]),
    ):
        act(page, "code", here[word], code="social_opportunity")
        answer = act(page, "barrier", here[word], then=here[word] + 1)
        assert answer["focus"] == here[word] and 'data-compare="differs"' in str(answer["panel"])
        assert act(page, action, here[word], then=here[word] + 1)["focus"] == here[word] + 1
        assert [(c.code, c.polarity) for c in state(study_path, here[word], "Eve").codes] == codes


def test_a_selection_takes_whole_words(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    with Study.open(study_path) as study:
        unit = study.texts.by_id([here])[here]
        start = unit.start + unit.text.index("ever")
        act(page, "code", here, code="reflective_motivation", selection=[start - 4, start + 9])
        code = study.acts.states("Ann", [here])[here].codes[0]
        assert study.texts.text(1)[code.start : code.end] == "is never enough"


def test_a_selection_that_begins_in_the_question_codes_what_was_answered(
    page: Page, study_path: Path
) -> None:
    with Study.open(study_path) as study:
        units = study.texts.utterances(1)
        question = next(item for item in units if item.role == "interviewer")
        answer = units[question.number + 1]
    span = [question.end - 9, answer.end]
    act(page, "code", question.id, code="social_opportunity", selection=span)
    assert [code.code for code in state(study_path, answer.id).codes] == ["social_opportunity"]
    assert state(study_path, question.id).state == "open"
    told = act(
        page, "code", units[1].id, code="physical_capability", selection=[units[1].end - 4, units[2].end]
    )
    assert told["focus"] == units[2].id and "Physical capability" in str(told["say"])  # half of it or more
    refused = act(
        page, "code", question.id, 400, code="social_opportunity", selection=[span[0], question.end]
    )
    assert "a participant said" in str(refused["error"])


def test_the_end_of_a_transcript_leads_to_the_next_that_is_open(page: Page, study_path: Path) -> None:
    answer = page.client.get("/part/after", params={"t": 1}).json()
    assert answer["name"] == "C02" and answer["id"] in ids(study_path, 2).values()
    with Study.open(study_path) as study:
        for key in ids(study_path, 2).values():
            act(page, "nothing", key)
        assert study.figures().decided == len(ids(study_path, 2))
    assert page.client.get("/part/after", params={"t": 1}).json()["id"] is None


@pytest.mark.parametrize(
    ("query", "why"),
    [("q=zeppelin", "No utterance here contains “zeppelin”"), ("order=recent", "You have not decided"),
     ("speaker=C01&state=coded", "No utterance passes")],
)  # fmt: skip
def test_an_empty_queue_says_why(page: Page, query: str, why: str) -> None:
    assert why in page.client.get(f"/queue?{query}", headers={"accept": "text/html"}).text


def test_what_can_do_nothing_here_says_so(page: Page, study_path: Path) -> None:
    here = ids(study_path)
    assert "no open suggestion" in str(act(page, "accept", here["It"], 400)["error"])
    act(page, "nothing", here["It"])
    assert act(page, "skip", here["It"])["say"] == "It is decided, and stays as it is"
    assert state(study_path, here["It"]).state == "nothing"
    panel = str(act(page, "reject", here["There"])["panel"])
    assert "There is no suggestion here to reject." in panel


def test_what_was_skipped_is_not_counted_as_passed(page: Page, study_path: Path) -> None:
    here = ids(study_path)["It"]
    units = act(page, "flag", here)["units"]
    assert isinstance(units, dict) and "data-open" in units[str(here)]
    units = act(page, "skip", here)["units"]
    assert isinstance(units, dict) and "data-open" not in units[str(here)]
