"""The pages beside the desk: study, queue, by code, adjudication, codebook, progress, keys, downloads."""

import csv
import io
import time
from pathlib import Path

import pytest

from coder.review.app import make_app
from coder.store import Study
from coder.store.values import LOTS, Decision, Filters
from coder.workflow.study.double_coding import set_double_coding
from tests.reading.office_making import workbook
from tests.review.conftest import TALK, Page, entered
from tests.review.test_review_writes import act, ids, state


def wait(page: Page, job: object) -> dict[str, object]:
    for _ in range(200):
        answer = page.client.get(f"/jobs/{job}").json()
        if not answer["running"]:
            assert isinstance(answer, dict)
            return answer
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def test_the_study_page_leads_to_where_the_coder_left_off(page: Page, study_path: Path) -> None:
    here = ids(study_path)
    act(page, "done", here["There"])
    html = page.get("/")
    assert "Continue where you left off" in html and f'href="/at/{here["There"] + 1}"' in html


def test_whoever_begins_is_led_to_a_transcript_that_nobody_has_decided_in(study_path: Path) -> None:
    here = ids(study_path)
    app, sessions = make_app(study_path, ["Ann", "Ben"], port=8765, hosts=["127.0.0.1:8765"], mode="assisted")
    ann, ben = (entered(app, session) for session in sessions)
    assert f'href="/at/{min(here.values())}"' in ben.get("/")
    act(ann, "done", here["There"])
    second = ids(study_path, 2)
    assert f'href="/at/{min(second.values())}"' in ben.get("/")
    with Study.open(study_path) as study:
        set_double_coding(study, [study.texts.all()[0].id], ["Ann", "Ben"], coder="Ann")
    assert f'href="/at/{min(here.values())}"' in ben.get("/")  # what is to be coded by both comes first
    blind, sessions = make_app(study_path, ["Cem"], port=8765, hosts=["127.0.0.1:8765"], mode="blind")
    assert f'href="/at/{min(here.values())}"' in entered(blind, next(iter(sessions))).get("/")


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("/queue?order=text", 11), ("/queue?order=sure&suggested=social_opportunity", 1), ("/queue?q=frightened", 1),
        ("/queue?order=text&t=2", 4), ("/queue?state=coded", 0), ("/queue?order=text&speaker=C02", 2),
    ],
)  # fmt: skip
def test_queues_filter_by_their_address(page: Page, address: str, count: int) -> None:
    html = page.get(address)
    listed = html.split('data-queue="', 1)[1].split('"', 1)[0]
    assert len([item for item in listed.strip("[]").split(",") if item.strip()]) == count, listed


def test_a_queue_that_does_not_exist_is_a_sentence(page: Page) -> None:
    response = page.client.get("/queue", params={"order": "sideways"}, headers={"accept": "text/html"})
    assert response.status_code == 400 and "no order" in response.text


def test_the_queue_shows_context_but_only_the_focused_suggestion(page: Page, study_path: Path) -> None:
    here = ids(study_path)
    html = page.get("/queue", order="text", u=str(here["There"]))
    assert html.count("stripe c") == 1 and "What makes it hard" in html
    with Study.open(study_path) as study:
        assert study.acts.exposed("Ann", list(here.values())) == {here["There"]}


def test_a_screenful_by_code_is_one_gesture(page: Page, study_path: Path) -> None:
    here = ids(study_path)["There"]
    html = page.get("/bulk", code="physical_opportunity")
    assert html.count('class="pick"') == 4
    suggestion = html.split(f'data-utterance="{here}" data-suggestion="', 1)[1].split('"', 1)[0]
    answers = [
        {
            "utterance": here,
            "suggestion": int(suggestion),
            "expected": "",
            "code": "physical_opportunity",
            "accept": True,
        }
    ]
    page.post("/bulk", answers=answers, seconds=3)
    assert state(study_path, here).codes[0].verdict == "accept"
    page.post("/bulk", 409, answers=answers)
    page.post("/bulk", 400, answers=answers * 13)
    page.post("/undo", view="bulk")
    assert state(study_path, here).state == "open"


def test_the_key_for_doubts_walks_through_them_and_skips_what_is_coded_first(study_path: Path) -> None:
    with Study.open(study_path) as study:
        doubtful = study.find(Filters(transcript=1, coder=None, state=None), order="uncertain")
        lots = {key: unit.lot for key, unit in study.texts.by_id(doubtful).items()}
    edge = min(lots.values()) + 1

    def walked(share: float, path: list[int]) -> list[int]:
        with Study.open(study_path) as study:
            study.settings.set("blind_share", str(share))
        app, sessions = make_app(study_path, ["Ann"], port=8765, hosts=["127.0.0.1:8765"], mode="assisted")
        page = entered(app, next(iter(sessions)))
        return [page.client.get("/part/uncertain", params={"u": key, "t": 1}).json()["id"] for key in path]

    assert walked(0.0, doubtful) == [*doubtful[1:], doubtful[0]] and len(doubtful) > 2
    shown = [key for key in doubtful if lots[key] >= edge]
    assert len(shown) < len(doubtful) and walked(edge / LOTS, shown) == [*shown[1:], shown[0]]


def test_disagreements_are_adjudicated_without_names_or_model(study_path: Path) -> None:
    app, sessions = make_app(study_path, ["Ann", "Ben", "Eve"], port=8765, hosts=["127.0.0.1:8765"])
    ann, ben, eve = (entered(app, session) for session in sessions)
    here = ids(study_path)["There"]
    act(ann, "code", here, code="physical_opportunity")
    act(ben, "code", here, code="social_opportunity")
    html = eve.get("/adjudicate")
    assert 'name" hidden>Ann' in html and "in 10 right" not in html and "like:" not in html
    eve.post(
        "/adjudicate",
        utterance=here,
        codes=[{"code": "social_opportunity", "polarity": "barrier"}],
        memo="kin",
        expected="",
    )
    held = state(study_path, here, "adjudicated")
    assert [(c.code, c.polarity, c.memo) for c in held.codes] == [("social_opportunity", "barrier", "kin")]
    assert state(study_path, here, "Ann").codes[0].code == "physical_opportunity"
    assert "No disagreement is open" in eve.get("/adjudicate")
    eve.post("/undo", view="adjudicate")
    assert "Take A" in eve.get("/adjudicate")


def test_a_sharper_definition_is_a_new_version_and_a_stale_form_is_refused(
    page: Page, study_path: Path
) -> None:
    with Study.open(study_path) as study:
        before = study.codebooks.current()
    change = {
        "id": "social_opportunity",
        "hash": before.hash,
        "definition": "What others do.",
        "subthemes": "− no family\n+ kin",
        "note": "sharper",
    }
    page.post("/codebook/change", **change)
    with Study.open(study_path) as study:
        code = study.codebooks.current().by_id["social_opportunity"]
        assert (code.definition, [(s.label, s.polarity) for s in code.subthemes]) == (
            "What others do.", [("no family", "barrier"), ("kin", "facilitator")],
        )  # fmt: skip
        assert study.codebooks.current().version == "2" and study.codebooks.versions()[0].note == "sharper"
    assert "reload" in str(page.post("/codebook/change", 400, **change)["error"])


def test_a_new_code_is_added_and_codes_in_use_are_never_lost(
    page: Page, study_path: Path, tmp_path: Path
) -> None:
    with Study.open(study_path) as study:
        page.post(
            "/codebook/change", hash=study.codebooks.current().hash, label="Trust", parent="Opportunity"
        )
        assert "trust" in study.codebooks.current().by_id
    here = ids(study_path)["It"]
    act(page, "code", here, code="trust")
    answer = page.post("/codebook/choose", 400, name="coproduction")
    assert "Trust" in str(answer["error"])
    act(page, "code", here, code="trust")
    page.post("/codebook/choose", name="coproduction")
    small = b"codes:\n- {id: only, label: Only}\n"
    response = page.client.post(
        "/codebook/upload", files={"files": ("mine.yaml", small)}, headers=page.headers
    )
    assert response.status_code == 200, response.text
    assert "Only" in page.get("/read/1")


def test_an_excel_codebook_is_read_on_the_page_with_what_was_taken_otherwise(page: Page) -> None:
    rows = [["Code", "Parent", "Mood"], ["Work", "", "x"], ["Time", "Work", ""], ["Visits", "Time", ""]]
    written = workbook({"codes": rows})
    sent = {"files": ("mine.xlsx", written)}
    answer = page.client.post("/codebook/upload", files=sent, headers=page.headers).json()
    notes = [
        "mine.xlsx: columns that were not read: 'Mood'.",
        "mine.xlsx: there is one level of components; 1 code that stands deeper counts in the topmost: 'Visits'"
        " (below 'Time') in Work.",
    ]
    assert answer["problems"] == notes
    shown = page.get("/codebook")
    assert (
        ".yaml,.yml,.csv,.tsv,.xlsx,.docx,.qdc" in shown
        and "codebook from mine.xlsx. mine.xlsx: columns" in shown
    )
    bad = page.client.post(
        "/codebook/upload", files={"files": ("my.csv", b"a,b\n1,2\n")}, headers=page.headers
    )
    assert bad.json()["error"].startswith("my.csv has no column `label`")


def test_dropped_transcripts_are_read_and_their_roles_corrected(page: Page, study_path: Path) -> None:
    talk = "\n\n".join(f"{speaker}: {words}" for speaker, words in TALK).replace("C01", "P77").encode()
    files = [("files", ("../../P77 one.txt", talk)), ("files", ("empty.docx", b"not a docx"))]
    answer = page.client.post("/upload", files=files, headers=page.headers).json()
    done = wait(page, answer["job"])
    assert "P77 one" in str(done["html"]) and "empty.docx" in str(done["html"]), done
    with Study.open(study_path) as study:
        key = study.texts.find("P77 one")
    assert "How P77 one was read" in page.get(f"/transcript/{key}")
    page.post("/role", transcript=key, speaker="P77", role="interviewer")
    with Study.open(study_path) as study:
        assert not any(item.codable and item.speaker == "P77" for item in study.texts.utterances(key))


def test_attributes_arrive_and_filter_the_queue(page: Page) -> None:
    table = b"participant,transcript,group\nC01,C01,clinician\n"
    response = page.client.post("/upload/attributes", files={"files": ("p.csv", table)}, headers=page.headers)
    assert response.status_code == 200, response.text
    assert "group: clinician" in page.get("/queue", order="text")


def test_the_codings_are_downloaded_as_an_attachment_that_executes_nothing(study_path: Path) -> None:
    with Study.open(study_path) as study:
        study.people.add_coder("Ann")
        study.memos.write("Ann", "x")
    app, sessions = make_app(study_path, ["Ann", "=cmd()"], port=8765, hosts=["127.0.0.1:8765"])
    ann, other = (entered(app, session) for session in sessions)
    here = ids(study_path)
    act(ann, "done", here["There"])
    act(other, "nothing", here["There"])
    response = ann.client.get("/download/codings.csv")
    assert "attachment" in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [(row["coder"], row["code"], row["polarity"], row["blind"]) for row in rows] == [
        ("'=cmd()", "", "", "yes"), ("Ann", "physical_opportunity", "barrier", "no"),
    ]  # fmt: skip
    assert ann.client.get("/download/codings.xlsx").content[:2] == b"PK"
    assert ann.client.get("/download/codings.exe").status_code == 400


def test_agreement_counts_blind_units_and_says_when_it_cannot(study_path: Path) -> None:
    app, sessions = make_app(study_path, ["Ann", "Ben"], port=8765, hosts=["127.0.0.1:8765"], mode="blind")
    ann, ben = (entered(app, session) for session in sessions)
    assert "No utterance has been decided by two" in ann.client.get("/part/agreement").json()["html"]
    for key in ids(study_path).values():
        act(ann, "code", key, code="social_opportunity")
        act(ben, "code" if key % 2 else "nothing", key, code="social_opportunity")
    html = ann.client.get("/part/agreement").json()["html"]
    assert "decided by two coders or more (Ann, Ben)" in html and "<svg" in html
    assert "Assisted agreement" not in html


def test_keys_are_remapped_kept_and_never_do_two_things(page: Page, study_path: Path) -> None:
    page.post("/prefer", keys={"accept": "q"}, codes={})
    assert page.post("/prefer", 400, keys={"reject": "q", "accept": "q"}, codes={})["error"]
    app, sessions = make_app(study_path, ["Ann"], port=8765, hosts=["127.0.0.1:8765"])
    again = entered(app, next(iter(sessions)))
    assert "&#34;accept&#34;: [&#34;q&#34;]" in again.get("/read/1")
    again.post("/prefer", letters=False)
    assert 'data-letters="off"' in again.get("/read/1")


def test_a_second_job_waits_for_the_first(page: Page) -> None:
    context = page.client.app._app.state.context  # type: ignore[attr-defined]

    def long(report: object) -> str:
        time.sleep(0.3)
        return "done"

    job = context.jobs.start("Long", long)
    assert "still running" in str(page.post("/model/suggest", 400)["error"])
    wait(page, job.id)


def test_an_empty_list_of_suggestions_says_why(page: Page, study_path: Path) -> None:
    assert "suggests Physical capability nowhere" in page.get("/bulk", code="physical_capability")
    for key in ids(study_path).values():
        act(page, "nothing", key)
    act(page, "nothing", ids(study_path, 2)["There"])
    assert "suggests Automatic motivation nowhere" not in page.get("/bulk", code="automatic_motivation")
    assert "were answered" in page.get("/bulk", code="automatic_motivation")


def test_how_transcripts_were_read_is_seen_and_corrected_in_one_click(page: Page, study_path: Path) -> None:
    assert 'href="/reading"' in page.get("/")
    report = page.get("/reading")
    assert 'aria-label="C01 in C01 is the interviewer"' in report and "<script>alert" not in report
    page.post("/role", transcript=1, speaker="C01", role="interviewer", all="1")
    assert 'aria-label="C01 in C01 is a participant"' in page.get("/reading")
    page.post("/role", transcript=1, speaker="C01", role="participant", all="1")

    assert "Not a speaker" in page.get("/transcript/2")
    answer = page.post("/reading/correct", transcript=2, not_speaker="C02")
    key = int(str(answer["go"]).rsplit("/", 1)[1])
    assert "Read it as at first" in page.get(f"/transcript/{key}")
    with Study.open(study_path) as study:
        assert "C02" not in {turn.speaker for turn in study.texts.turns(key)}
    assert page.client.get(f"/read/{key}").status_code == 200
    back = page.post("/reading/correct", transcript=key, as_before="1")
    with Study.open(study_path) as study:
        assert "C02" in {t.speaker for t in study.texts.turns(int(str(back["go"]).rsplit("/", 1)[1]))}


def test_a_transcript_with_decisions_says_why_it_is_not_read_anew(page: Page, study_path: Path) -> None:
    act(page, "done", ids(study_path)["There"])
    response = page.client.post(
        "/reading/correct", json={"transcript": 1, "not_speaker": "C01"}, headers=page.headers
    )
    assert 400 <= response.status_code < 500 and "not cut anew" in response.text, response.text


@pytest.mark.parametrize("number", [3, 9])  # counted by us, and stopped while they arrive
def test_too_many_files_at_once_are_refused_in_a_sentence(
    page: Page, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr("coder.review.asked.MOST_FILES", 2)
    sent = [("files", (f"{number}.txt", b"A: Hello there.")) for number in range(number)]
    answer = page.client.post("/upload", files=sent, headers=page.headers)
    assert answer.status_code == 400
    assert answer.json()["error"] == "These are more than 2 files. Drop up to 2 at a time."


def test_one_adjudicated_utterance_is_counted_as_one_and_a_lost_code_is_named(study_path: Path) -> None:
    app, sessions = make_app(study_path, ["Ann", "Ben"], port=8765, hosts=["127.0.0.1:8765"], mode="assisted")
    ann, ben = (entered(app, session) for session in sessions)
    here = ids(study_path)["There"]
    act(ann, "code", here, code="physical_opportunity")
    with Study.open(study_path) as study:  # as after a merge with a copy whose codebook has it
        study.acts.decide("Ben", [Decision(here, "add", code="gone")], mode="blind")
    html = ben.get("/adjudicate")
    assert 'gone <span class="quiet small">not in the codebook any more</span>' in html
    ann.post("/adjudicate", utterance=here, codes=[{"code": "physical_opportunity"}], expected="", memo="")
    assert "1 is adjudicated" in ann.get("/adjudicate")
