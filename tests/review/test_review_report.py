"""The report page: choices, a preview that leads to quotes, downloads, and what blind coders may see."""

import io
from pathlib import Path

import numpy as np
import pytest
from conftest import Page, entered
from docx import Document
from test_review_quotes import ann, coded  # noqa: F401  (fixtures)

from coder.review.app import make_app


@pytest.fixture(autouse=True)
def quick_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.workflow.study.report._encode", lambda texts: np.eye(len(texts), 8))


def test_the_preview_shows_themes_and_participants_and_leads_to_the_quotes(ann: Page) -> None:  # noqa: F811
    html = ann.get("/report", by="site", quotes="1", min_cell="0")
    assert "Barriers and facilitators by sub-component" in html and "Participants" in html
    assert '<a href="/codes?code=social_opportunity&amp;polarity=facilitator">1 coding</a>' in html
    assert "/download/report.docx?by=site&amp;quotes=1" in html
    assert "Coding is not finished" in html and "Suggested, not confirmed" not in html
    assert "Suggested, not confirmed" in ann.get("/report", suggestions="1")


def test_the_report_is_saved_in_every_format_as_chosen(ann: Page) -> None:  # noqa: F811
    page = ann.client.get("/download/report.html", params={"pseudonyms": "1"})
    assert page.headers["content-disposition"] == 'attachment; filename="report.html"'
    assert "Participant 1" in page.text and "“There is never enough time" in page.text
    assert Document(io.BytesIO(ann.client.get("/download/report.docx").content)).tables
    assert ann.client.get("/download/report.xlsx").content.startswith(b"PK")
    assert ann.client.get("/download/report.pdf").status_code == 400
    assert ann.client.get("/report", params={"quotes": "many"}).status_code == 400
    assert ann.client.get("/report", params={"by": "age"}).status_code == 400


def test_a_blind_coder_gets_their_own_codings_and_no_suggestion(coded: Path) -> None:  # noqa: F811
    app, sessions = make_app(coded, ["Ann"], port=8765, hosts=["127.0.0.1:8765"], mode="blind")
    html = entered(app, next(iter(sessions))).get("/report", suggestions="1")
    assert "only your own codings" in html
    assert "Families help" in html and "Their families" not in html and "Suggested" not in html
