"""Double coding by plan, other coders' codes in the margin, transcripts renamed and removed on the page."""

from pathlib import Path

from coder.store import Study
from coder.store.values import Decision
from coder.workflow.review.session import ReviewSession
from coder.workflow.study.double_coding import double_coding, double_coding_progress
from coder.workflow.study.status import status
from tests.review.conftest import TALK, Page, transcript_of
from tests.review.test_review_writes import act, app_for, ids, state


def planned(study_path: Path, *names: str) -> list[Page]:
    pages = app_for(study_path, *names, mode="assisted")
    answer = pages[0].post("/plan", one="Ann", other="Ben", **{"transcript-1": "on"})
    assert answer["say"] == "1 transcript double-coded from now on"
    return pages


def test_a_double_coded_transcript_shows_nothing_until_both_have_decided(study_path: Path) -> None:
    ann, ben, eve = planned(study_path, "Ann", "Ben", "Eve")
    here = ids(study_path)["There"]
    for page in (ann, ben):
        assert "in 10 right" not in page.get("/read/1", u=str(here)) and "Double-coded" in page.get("/read/1")
    assert "in 10 right" in eve.get("/read/1", u=str(here))  # not hers to double-code
    assert "in 10 right" in ann.get("/queue", t="2", u=str(ids(study_path, 2)["There"]))
    act(ann, "code", here, code="physical_opportunity")
    act(ann, "barrier", here)
    ann.post("/memo", utterance=here, text="it is the clock", view="read")
    ben_sees = ben.get("/read/1", u=str(here), coders="on")
    assert "it is the clock" not in ben_sees and "Ann:" not in ben_sees
    assert ben.client.get("/adjudicate", params={"u": here}).status_code == 400
    act(ben, "code", here, code="social_opportunity")
    ben_sees = ben.get("/read/1", u=str(here))
    assert "it is the clock" in ben_sees and "Ann: Physical opportunity, barrier" in ben_sees
    held = [state(study_path, here, name).codes[0] for name in ("Ann", "Ben")]
    assert all(code.blind for code in held)
    adjudication = ben.get("/adjudicate")
    assert "it is the clock" in adjudication and "INTERVIEWER" in adjudication
    assert "<strong>Social opportunity</strong>" in adjudication  # its definition is in view


def test_no_list_shows_a_colleagues_coding_before_both_have_decided(study_path: Path) -> None:
    ann, ben, eve = planned(study_path, "Ann", "Ben", "Eve")
    here, words = ids(study_path)["It"], "It was a Tuesday"
    act(ben, "code", here, code="social_opportunity")
    act(ben, "barrier", here)
    lists = (
        "/codes?code=social_opportunity", "/search?code=social_opportunity", "/search?polarity=barrier", "/matrix",
        "/part/report",
    )  # fmt: skip

    def shown(page: Page) -> list[str]:
        texts = [(path, page.client.get(path, headers={"accept": "text/html"}).text) for path in lists]
        return [path for path, text in texts if words in text or ("/matrix" in path and "C01" in text)]

    assert shown(ann) == [] and len(shown(ben)) >= 4 and len(shown(eve)) >= 4
    assert "others’ codings are left out until" in ann.get("/codes", code="social_opportunity")
    assert ann.client.get("/groups").status_code == 400
    assert not state(study_path, here, "Ann").seen
    act(ann, "nothing", here)
    assert shown(ann) == shown(ben)
    assert "Ben: Social opportunity, barrier" in ann.get("/search", code="social_opportunity")
    with Study.open(study_path) as study:
        assert here in study.acts.exposed("Ann", [here])  # what a list shows of others counts as seen


def test_who_codes_first_sees_a_colleagues_coding_in_no_list_before_deciding(study_path: Path) -> None:
    [ben] = app_for(study_path, "Ben", mode="assisted")
    [ann] = app_for(study_path, "Ann", mode="commit_first")
    here, words = ids(study_path)["It"], "It was a Tuesday"
    act(ben, "code", here, code="social_opportunity")
    act(ben, "barrier", here)

    def shown() -> list[bool]:
        paths = (
            "/codes?code=social_opportunity",
            "/search?code=social_opportunity",
            "/part/report",
            "/matrix",
        )
        texts = [ann.client.get(path, headers={"accept": "text/html"}).text for path in paths]
        return [*(words in text for text in texts[:3]), "C01" in texts[3]]

    assert shown() == [False] * 4
    assert (
        "others’ codings are left out where" in ann.get("/codes")
        and ann.client.get("/groups").status_code == 400
    )
    act(ann, "skip", here)
    assert shown() == [False] * 4 and not state(study_path, here, "Ann").seen
    act(ann, "nothing", here)
    assert shown() == [True] * 4
    assert (
        "others’ codings are left out" not in ann.get("/codes")
        and ann.client.get("/groups").status_code == 200
    )


def test_lists_and_groups_open_when_both_have_decided_on_all_that_can_be_coded(study_path: Path) -> None:
    ann, ben = planned(study_path, "Ann", "Ben")
    with Study.open(study_path) as study:
        units = [item.id for item in study.texts.utterances(1, codable_only=True)]
        assert len(study.texts.utterances(1)) > len(units)  # nobody decides on the interviewer's
    for page in (ann, ben):
        for key in units[1:]:
            act(page, "nothing", key)
    act(ann, "code", units[0], code="physical_opportunity")
    assert "others’ codings are left out until" in ben.get("/codes")
    act(ben, "nothing", units[0])
    with Study.open(study_path) as study:
        withheld = ReviewSession(study).withheld("Ben", "assisted")
    assert withheld is not None and withheld.utterances == frozenset()
    for page in (ann, ben):
        assert "others’ codings are left out until" not in page.get("/codes")
        assert page.client.get("/groups").status_code == 200


def test_the_plan_says_how_far_both_are_and_then_their_agreement(study_path: Path) -> None:
    ann, ben = planned(study_path, "Ann", "Ben")
    with Study.open(study_path) as study:
        units = [item.id for item in study.texts.utterances(1, codable_only=True)]
        assert status(study).next.startswith("Double-code C01 (Ann 0 of 7, Ben 0 of 7)")
    for key in units:
        act(ann, "nothing", key)
    html = ann.get("/plan")
    assert "7 of 7" in html and "0 of 7" in html and "When both have finished" in html
    for key in units[1:]:
        act(ben, "nothing", key)
    act(ben, "code", units[0], code="physical_opportunity")
    html = ben.get("/plan")
    assert "Adjudicate what differs" in html and 'data-fetch="/part/agreement"' in html
    with Study.open(study_path) as study:
        [row] = double_coding_progress(study)
        assert (row.both, row.disagreements, row.finished) == (7, 1, True)
        assert status(study).as_dict()["double_coding"][0]["both"] == 7
        assert not status(study).next.startswith("Double-code")


def test_the_list_of_disagreements_asks_the_file_as_often_for_many_as_for_few(study_path: Path) -> None:
    planned(study_path, "Ann", "Ben")
    with Study.open(study_path) as study:
        review = ReviewSession(study)
        units = [item.id for item in study.texts.utterances(1, codable_only=True)]
        asked: list[str] = []
        counts = []
        for unit in units[:5]:
            for coder, code in (("Ann", "physical_opportunity"), ("Ben", "social_opportunity")):
                study.acts.decide(coder, [Decision(unit, "add", code=code)], mode="blind")
            asked.clear()
            study.db.connection.set_trace_callback(asked.append)
            assert review.disagreements("Ann", "assisted") == review.disagreements("Ann", "blind")
            study.db.connection.set_trace_callback(None)
            counts.append(len(asked))
        assert review.disagreements("Ann", "blind") == units[:5] and len(set(counts)) == 1
        study.acts.decide("Ben", [Decision(units[5], "nothing")], mode="blind")
        study.people.add_coder("Eve")
        study.acts.decide("Eve", [Decision(units[5], "add", code="social_opportunity")], mode="blind")
        assert units[5] in review.disagreements("Ben", "blind")
        assert units[5] not in review.disagreements("Ann", "assisted")  # hers to decide first


def test_a_plan_needs_two_coders_and_can_be_ended(study_path: Path) -> None:
    [ann] = app_for(study_path, "Ann", mode="assisted")
    assert "two different" in str(
        ann.post("/plan", 400, one="Ann", other=" ", **{"transcript-1": "on"})["error"]
    )
    assert "reload" in str(ann.post("/plan", 400, one="Ann", other="Ben", **{"transcript-99": "on"})["error"])
    ann.post("/plan", one="Ann", other="Ben", **{"transcript-1": "on", "transcript-2": "on"})
    with Study.open(study_path) as study:
        assert double_coding(study) == {1: ("Ann", "Ben"), 2: ("Ann", "Ben")}
    ann.post("/plan", one="Ann", other="Ben")
    with Study.open(study_path) as study:
        assert double_coding(study) == {}


def test_the_margin_shows_other_coders_only_when_asked_and_records_it(study_path: Path) -> None:
    ann, ben = app_for(study_path, "Ann", "Ben", mode="assisted")
    here = ids(study_path)["There"]
    act(ann, "code", here, code="reflective_motivation")
    assert "Ann: Reflective" not in ben.get("/read/1")
    with Study.open(study_path) as study:
        assert study.db.value("SELECT count(*) FROM exposure WHERE kind = 'coder'") == 0
    assert "Ann: Reflective motivation" in ben.get("/read/1", coders="on")
    with Study.open(study_path) as study:
        assert study.db.value("SELECT count(*) FROM exposure WHERE kind = 'coder'") == 1
    answer = act(ben, "flag", here)
    assert "Ann: Reflective motivation" in str(answer["units"])
    assert "Ann: Reflective" not in ben.get("/read/1", coders="off")


def test_a_transcript_is_renamed_removed_and_brought_back(study_path: Path) -> None:
    [ann] = app_for(study_path, "Ann", mode="assisted")
    here = ids(study_path)["There"]
    act(ann, "done", here)
    ann.post("/transcript/rename", transcript="1", name="Midwife one")
    assert "Midwife one" in ann.get("/") and "Midwife one" in ann.get("/read/1")
    assert "already" in str(ann.post("/transcript/rename", 400, transcript="1", name="c02")["error"])
    ann.post("/transcript/remove", transcript="1")
    html = ann.get("/")
    assert "1 removed" in html and 'href="/read/1"' not in html
    ann.post("/transcript/restore", transcript="1")
    assert 'href="/read/1"' in ann.get("/") and state(study_path, here).state == "coded"


def test_retraining_is_not_due_right_after_a_retraining(study_path: Path) -> None:
    [ann] = app_for(study_path, "Ann", mode="assisted")
    for number in range(4):
        with Study.open(study_path) as study:
            read, units = transcript_of(f"T{number}", [*TALK, ("C01", f"My number is {number} here.")])
            key = study.texts.add(read, units, source=f"T{number}.txt")
            open_units = [item.id for item in study.texts.utterances(key, codable_only=True)]
        for unit in open_units:
            act(ann, "nothing", unit)
    with Study.open(study_path) as study:
        model = study.models.add_shipped("keywords", {"name": "keywords"}, study.codebooks.current().hash)
        assert "coder retrain" in status(study).next
        study.models.record_comparison(model.id, model.id, False, {"learned_from": 3})
        assert "coder retrain" not in status(study).next


def test_a_memo_on_an_interviewers_line_is_shown_once_both_have_finished(study_path: Path) -> None:
    ann, ben, eve = planned(study_path, "Ann", "Ben", "Eve")
    with Study.open(study_path) as study:
        units = study.texts.utterances(1)
        asked = next(item.id for item in units if item.role == "interviewer")
        waiting = [item.id for item in units if item.codable]
    ann.post("/memo", utterance=asked, text="a leading question", view="read")
    ann.post("/memo", transcript=1, text="all about time", view="read")
    seen_at = (f"/part/panel?u={asked}", "/progress", "/transcript/1")

    def shown(page: Page) -> list[bool]:
        texts = [page.client.get(path, headers={"accept": "text/html"}).text for path in seen_at]
        return [any(words in text for words in ("a leading question", "all about time")) for text in texts]

    assert shown(ben) == [False, False, False] and all(shown(ann)) and all(shown(eve))
    for key in waiting:
        act(ben, "nothing", key)
    assert not any(shown(ben))  # Ann has not finished
    for key in waiting[1:]:
        act(ann, "nothing", key)
    assert not any(shown(ben))
    act(ann, "nothing", waiting[0])
    assert all(shown(ben))


def test_a_memo_of_somebody_who_codes_nothing_waits_for_the_coders_only(study_path: Path) -> None:
    [eve] = app_for(study_path, "Eve", mode="assisted")
    [ann] = app_for(study_path, "Ann", mode="blind")
    with Study.open(study_path) as study:
        units = study.texts.utterances(2)
        asked = next(item.id for item in units if item.role == "interviewer")
    eve.post("/memo", utterance=asked, text="please ask more", view="read")
    assert "please ask more" not in ann.get("/read/2", u=str(asked))
    for item in units:
        if item.codable:
            act(ann, "nothing", item.id)
    assert "please ask more" in ann.get("/read/2", u=str(asked))
    assert "please ask more" in ann.get("/progress")


def test_the_list_of_memos_shows_no_colleagues_memo_before_both_have_decided(study_path: Path) -> None:
    ann, ben = planned(study_path, "Ann", "Ben")
    here = ids(study_path)["There"]
    act(ann, "nothing", here)
    ann.post("/memo", utterance=here, text="the clock again", view="read")
    assert "the clock again" not in ben.get("/progress")
    act(ben, "nothing", here)
    assert "the clock again" in ben.get("/progress")
    with Study.open(study_path) as study:
        assert here in study.acts.exposed("Ben", [here])  # what was read there counts as seen


def test_names_removals_and_plans_are_taken_back_on_the_pages_that_made_them(study_path: Path) -> None:
    [ann] = planned(study_path, "Ann")
    ann.post("/transcript/rename", transcript="1", name="Midwife one")
    ann.post("/transcript/remove", transcript="1")
    html = ann.get("/")
    assert "Undo: Midwife one removed" in html and "Undo: double coding" not in html
    assert ann.post("/undo", view="page")["say"] == "Undone: Midwife one removed"
    assert "Midwife one" in ann.get("/read/1")
    assert "Undo: C01 renamed to Midwife one" in ann.get("/transcript/1")
    ann.post("/undo", view="page")
    assert "Redo: C01 renamed to Midwife one" in ann.get("/") and "Midwife" not in ann.get("/read/1")
    assert "Undo: double coding of 1 transcript by Ann and Ben" in ann.get("/plan")
    assert "Double-coded" in ann.get("/read/1")
    ann.post("/undo", view="page")
    assert "Double-coded" not in ann.get("/read/1")
