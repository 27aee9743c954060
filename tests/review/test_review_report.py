"""The report page: choices, a preview that leads to quotes, downloads, and what blind coders may see."""

import io
import json
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from docx import Document

from coder.review.app import make_app
from coder.store import Study
from tests.review.conftest import Page, entered
from tests.review.test_review_quotes import ann, coded  # noqa: F401  (fixtures)
from tests.review.test_review_writes import ids, state


@pytest.fixture(autouse=True)
def quick_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.workflow.study.report.encode_texts", lambda texts: np.eye(len(texts), 8))


def tables(page: Page, **given: str) -> str:
    """What the report page fetches once it is shown."""
    return str(json.loads(page.get("/part/report", **given))["html"])


def test_the_page_is_shown_before_the_passages_are_grouped(
    monkeypatch: pytest.MonkeyPatch,
    ann: Page,  # noqa: F811
) -> None:
    def slow(texts: Sequence[str]) -> np.ndarray:
        raise AssertionError("nothing is grouped before the page is shown")

    monkeypatch.setattr("coder.workflow.study.report.encode_texts", slow)
    html = ann.get("/report", by="site", quotes="1")
    assert 'data-fetch="/part/report?by=site&amp;quotes=1"' in html and "<option selected>site" in html


def test_the_preview_shows_themes_and_participants_and_leads_to_the_quotes(ann: Page) -> None:  # noqa: F811
    html = tables(ann, by="site", quotes="1", min_cell="0")
    assert "Barriers and facilitators by sub-component" in html and "Participants" in html
    assert '<a href="/codes?code=social_opportunity&amp;polarity=facilitator">1 coding</a>' in html
    assert "/download/report.docx?by=site&amp;quotes=1" in ann.get("/report", by="site", quotes="1")
    assert "Coding is not finished" in html and "Suggested, not confirmed" not in html
    assert "Suggested, not confirmed" in tables(ann, suggestions="1")


def test_the_report_is_saved_in_every_format_as_chosen(no_pictures: None, ann: Page) -> None:  # noqa: F811
    page = ann.client.get("/download/report.html", params={"pseudonyms": "1"})
    assert page.headers["content-disposition"] == 'attachment; filename="report.html"'
    assert "Participant 1" in page.text and "“There is never enough time" in page.text
    assert Document(io.BytesIO(ann.client.get("/download/report.docx").content)).tables
    assert ann.client.get("/download/report.xlsx").content.startswith(b"PK")
    assert ann.client.get("/download/report.pdf").status_code == 400
    assert ann.client.get("/report", params={"quotes": "many"}).status_code == 400
    assert ann.client.get("/report", params={"by": "age"}).status_code == 400


def test_groups_are_named_moved_and_undone_on_their_page_and_are_the_reports_sub_themes(ann: Page) -> None:  # noqa: F811
    html = ann.get("/groups", code="social_opportunity", polarity="facilitator")
    assert "Their families talk" in html and "proposed" in html and "Families help" not in html
    given = {"code": "social_opportunity", "polarity": "facilitator"}
    name = re.findall(r'name="group" value="([^"]+)"', html)[0]
    answer = ann.post("/groups", kind="rename", group=unescape(name), label="Family talk", **given)
    assert "Family talk" in str(answer["say"]) and "Undo takes it back" in str(answer["say"])
    html = ann.get("/groups", **given)
    assert "<h2" in html and "Undo: Group" in html and "/codebook/reshape" in html
    assert "<strong>Family talk</strong>" in tables(ann) and "/groups" in tables(ann)
    assert "Undone: Group" in str(ann.post("/undo", view="read")["say"])
    html = ann.get("/groups", **given)
    assert "Redo: Group" in html
    change = re.findall(r'data-change="([^"]+)"', html)[0]
    ann.post("/act", action="flag", utterance=2, view="read")  # done since: the button means what it names
    assert "Redone: Group" in str(ann.post("/redo", change=change)["say"])
    change = re.findall(r'data-change="([^"]+)"', ann.get("/groups", **given))[0]
    assert "Undone: Group" in str(ann.post("/undo", change=change)["say"])
    ann.post("/undo", 400, change=change)
    ann.post("/groups", 400, kind="burn", **given)
    assert ann.client.get("/groups", params={"code": "nothing"}).status_code == 400


def test_merging_and_splitting_groups_shows_first_what_would_change(ann: Page) -> None:  # noqa: F811
    given = {"code": "social_opportunity", "polarity": "facilitator"}
    html = ann.get("/groups", **given)
    name = unescape(re.findall(r'name="group" value="([^"]+)"', html)[0])
    ticked = re.findall(r'name="passages" value="(\d+)"', html)
    planned = ann.get("/groups/change", kind="move", label="Family talk", passages=ticked[0], **given)
    assert (
        "1 passage moved to “Family talk”?" in planned
        and "1 quote of 1 participant gets another group" in planned
    )
    assert re.search(r'aria-current="page">Codes', planned) and "Their families talk" in planned
    assert f'<th scope="row">{name}' in unescape(planned)
    assert '<th scope="row">Family talk <span class="tag">new</span>' in planned
    assert "Family talk" not in ann.get("/groups", **given)  # nothing is written yet
    assert f'value="{ticked[0]}" form="move" checked' in ann.get("/groups", passages=ticked[0], **given)
    ann.post("/groups", kind="move", label="Family talk", passages=ticked[0], **given)
    planned = ann.get("/groups/change", kind="discard", group="Family talk", **given)
    assert "discarded; its passages stay coded?" in planned and "not grouped" in planned
    refused = ann.client.get("/groups/change", params={"kind": "move", "label": "x", **given})
    assert refused.status_code == 400 and "Tick the passages" in refused.text


def test_the_nearest_quotes_of_a_new_code_are_ticked_or_it_is_said_why_not(
    ann: Page,  # noqa: F811
    coded: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "near=1" in ann.get("/codes", code="social_opportunity")
    assert "No model is in use" in ann.get("/codes", code="social_opportunity", near="1")
    active = SimpleNamespace(id=1, label="starter", base="starter", shipped=True)
    monkeypatch.setattr("coder.store.model_versions.Models.active", lambda self: active)
    here = ids(coded)
    with Study.open(coded) as study:
        utterance = study.texts.by_id([here["There"]])[here["There"]]
    monkeypatch.setattr("coder.review.pages.quotes.like_code", lambda study, code: [utterance])
    html = ann.get("/codes", code="social_opportunity", near="1")
    assert f'value="{here["There"]}" form="give"' in html
    answer = ann.post("/codes/give", code="social_opportunity", utterances=str(here["There"]))
    assert "1 coded as Social opportunity" in str(answer["say"])
    assert "social_opportunity" in {item.code for item in state(coded, here["There"]).codes}
    assert 'form="give"' not in ann.get("/codes", code="social_opportunity", near="1")  # it has the code now
    ann.post("/codes/give", 400, code="social_opportunity", utterances="")


def test_a_blind_coder_gets_their_own_codings_and_no_suggestion(coded: Path) -> None:  # noqa: F811
    app, sessions = make_app(coded, ["Ann"], port=8765, hosts=["127.0.0.1:8765"], mode="blind")
    page = entered(app, next(iter(sessions)))
    assert "only your own codings" in page.get("/report", suggestions="1")
    html = tables(page, suggestions="1")
    assert "Families help" in html and "Their families" not in html and "Suggested" not in html
    blind = entered(app, next(iter(sessions)))
    assert "you code blind" in blind.client.get("/groups", headers={"accept": "text/html"}).text
    refused = blind.client.get("/groups/change", params={"kind": "discard"}, headers={"accept": "text/html"})
    assert "You code blind" in refused.text
    assert "assisted work only" in blind.get("/codes", code="social_opportunity", near="1")
