"""Names on the page: found before anything comes in, kept or replaced as decided, the same pseudonyms later."""

from pathlib import Path

from coder.store import Study
from tests.review.conftest import Page
from tests.review.test_review_pages import wait

TALK = b"""Interviewer: How was it, Jane?

Jane Smith: Dr Patel saw me in Leeds. My sister Maureen came with me from Bradford.
"""


def dropped(page: Page, name: str = "jane_smith.txt", talk: bytes = TALK) -> str:
    answer = page.client.post(
        "/upload", files=[("files", (name, talk))], data={"pseudonymise": "1"}, headers=page.headers
    )
    return str(wait(page, answer.json()["job"])["html"])


def names(study_path: Path) -> list[str]:
    content = study_path.read_bytes()
    return [
        name
        for name in ("Jane", "Smith", "Patel", "Leeds", "Maureen", "Bradford")
        if name.encode() in content
    ]


def field(page: str, words: str) -> str:
    """The number of the row of some words."""
    return page.split(f"Pseudonym of {words}")[0].rsplit('name="replacement-', 1)[1].split('"')[0]


def test_what_was_found_is_looked_at_before_it_comes_in(page: Page, study_path: Path) -> None:
    assert "/pseudonyms" in dropped(page)
    html = page.get("/pseudonyms")
    assert "«Patel»" in html and "not in the study yet" in html
    assert names(study_path) == []
    rows = {f"action-{field(html, 'Leeds')}": "keep", f"replacement-{field(html, 'Maureen')}": "[Sister]"}
    done = wait(
        page, page.post("/pseudonyms", **rows, **{"new-0": "saw me", "new-replacement-0": "[met]"})["job"]
    )
    assert "Name_1" in str(done["html"]), done
    assert names(study_path) == ["Leeds"]
    with Study.open(study_path) as study:
        text = study.texts.transcript(study.texts.find("Name_1")).text
    assert "Dr [Name 2] [met] in Leeds. My sister [Sister] came with me from [Place 2]." in text
    (mapping,) = study_path.parent.glob("*-mapping.csv")
    assert "[Name 2],Patel" in mapping.read_text()
    dropped(page, "second.txt", TALK.replace(b"Jane Smith", b"Ruth Jones").replace(b"Jane", b"Ruth"))
    assert 'value="[Name 2]" maxlength="80" aria-label="Pseudonym of Patel"' in page.get("/pseudonyms")
    page.post("/pseudonyms", drop="1")


def test_nothing_comes_in_if_it_is_dropped_or_a_pseudonym_is_missing(page: Page, study_path: Path) -> None:
    with Study.open(study_path) as study:
        before = [item.name for item in study.texts.all()]
    dropped(page)
    refused = page.client.post("/pseudonyms", json={"replacement-0": " "}, headers=page.headers)
    assert refused.status_code == 400 and "no replacement" in refused.json()["error"]
    refused = page.client.post("/pseudonyms", json={"action-0": "burn"}, headers=page.headers)
    assert refused.status_code == 400 and "burn" in refused.json()["error"]
    page.post("/pseudonyms", drop="1")
    refused = page.client.post("/pseudonyms", json={}, headers=page.headers)
    assert refused.status_code == 400 and "drop them again" in refused.json()["error"]
    with Study.open(study_path) as study:
        assert [item.name for item in study.texts.all()] == before
    assert names(study_path) == []


def test_a_file_that_cannot_be_read_is_named(page: Page) -> None:
    answer = page.client.post(
        "/upload", files=[("files", ("x.docx", b"no docx"))], data={"pseudonymise": "1"}, headers=page.headers
    )
    assert "x.docx" in str(wait(page, answer.json()["job"])["problem"])
