"""Codes from other tools on the page: looked at first, then brought in as chosen; every export as a download."""

import io
import re
import time
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from coder.review.pages.exchange import FILES
from coder.store import Study
from tests.refi_making import qde, qdpx, selection, source
from tests.review.conftest import Page

TABLE = (
    b"document,text,code\n"
    b"C01,There is never enough time,Opportunity - physical: barrier\nC01,Some of them are frightened,Fear\n"
    b"C01,Some of them are frightened,Barriers\nnowhere,some words,Fear\n"
)


def look(page: Page, name: str = "mine.csv", content: bytes = TABLE) -> str:
    response = page.client.post("/exchange/look", files={"files": (name, content)}, headers=page.headers)
    assert response.status_code == 200, response.text
    return str(response.json()["go"])


def test_a_file_is_looked_at_before_anything_is_written(page: Page, study_path: Path) -> None:
    shown = page.get(look(page))
    assert "4 codings (table)" in shown
    assert "1 of documents that this study does not have" in shown
    assert re.search(r'name="code-\d+".*?value="physical_opportunity" selected', shown.replace("\n", " "))
    assert "polarity of the passage’s other codes" in shown
    with Study.open(study_path) as study:
        assert study.confirmed() == []


def test_codings_come_in_with_the_codes_that_were_chosen(page: Page, study_path: Path) -> None:
    address = look(page)
    shown = page.get(address)
    rows = re.findall(r'<th scope="row">([^<]*)</th><td class="num">', shown)
    content = {f"code-{at}": "automatic_motivation" for at, name in enumerate(rows) if name == "Fear"}
    content |= {
        f"code-{at}": "physical_opportunity" for at, name in enumerate(rows) if name.startswith("Opp")
    }
    content |= {f"side-{at}": "barrier" for at, name in enumerate(rows) if name.startswith("Opp")}
    token = address.partition("file=")[2]
    answer = page.post("/exchange/bring", file=token, coder="Zoe", **content)
    assert "3 of 3 codings" in str(answer["say"]) or "2 of 3 codings" in str(answer["say"]), answer
    with Study.open(study_path) as study:
        held = {code for item in study.confirmed() for code in item.codes if item.coder == "Zoe"}
    assert held == {("physical_opportunity", "barrier"), ("automatic_motivation", "barrier")}
    page.post("/exchange/bring", 400, file=token)  # it is gone


def _project(folder: Path) -> bytes:
    talk = "I: How was it?\nP: It rained all day, and nobody came.\nI: And then?\nP: We went home.\n"
    start = talk.index("nobody came")
    marks = selection(start, start + 11, "nobody came")
    xml = qde(sources=source(marks, name="a new talk"))
    return qdpx(folder / "p.qdpx", xml, {"sources/d1.txt": talk.encode()}).read_bytes()


@pytest.mark.parametrize("address", ["/exchange/look", "/upload"])
def test_a_project_brings_its_texts(page: Page, study_path: Path, tmp_path: Path, address: str) -> None:
    response = page.client.post(
        address, files={"files": ("p.qdpx", _project(tmp_path))}, headers=page.headers
    )
    assert response.status_code == 200, response.text
    go = str(response.json()["go"])
    shown = page.get(go)
    assert "1 text that this study does not have" in shown
    assert "a new talk: 1 coding – becomes a transcript" in shown
    token = go.partition("file=")[2]
    answer = page.post(
        "/exchange/bring", file=token, texts="1", **{"code-0": "social_opportunity", "side-0": "barrier"}
    )
    until = time.monotonic() + 120
    while (state := page.client.get(f"/jobs/{answer['job']}").json())["running"] and time.monotonic() < until:
        time.sleep(0.05)
    assert state["problem"] == "" and "1 of 1 codings came in, Anna: 1 utterances" in state["html"]
    with Study.open(study_path) as study:
        key = study.texts.find("a new talk")
        held = [item for item in study.confirmed() if item.coder == "Anna"]
        (unit,) = study.texts.by_id([held[0].utterance]).values()
        assert unit.transcript == key and "nobody came" in unit.text


def test_what_cannot_be_read_is_refused_with_a_sentence(page: Page) -> None:
    response = page.client.post("/exchange/look", files={"files": ("x.mx24", b"?")}, headers=page.headers)
    assert response.status_code == 400
    assert "MAXQDA project" in response.json()["error"]
    page.client.post("/exchange/look", files={}, headers=page.headers)


@pytest.mark.parametrize("name", FILES)
def test_every_export_is_a_download(page: Page, name: str) -> None:
    if name.endswith(".sav"):
        pytest.importorskip("pyreadstat")
    assert quote(name) in page.get("/exchange")
    response = page.client.get(f"/exchange/file/{name}")
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    if name.endswith(".qdpx"):
        assert "project.qde" in zipfile.ZipFile(io.BytesIO(response.content)).namelist()


def test_another_name_is_no_download(page: Page) -> None:
    assert page.client.get("/exchange/file/other.csv").status_code == 400
