"""What a stranger can do: nothing."""

import pytest
from starlette.testclient import TestClient

from coder.review.app import make_app
from coder.review.auth import BODY_LIMIT
from tests.review.conftest import Page, entered

HOST = "127.0.0.1:8765"


def stranger(page: Page) -> TestClient:
    return TestClient(page.client.app, base_url=f"http://{HOST}")


def test_without_the_cookie_every_address_is_closed(page: Page) -> None:
    for path in ("/", "/read/1", "/static/base.css", "/codes.css", "/download/codings.csv"):
        assert stranger(page).get(path).status_code == 401
    assert stranger(page).get("/", params={"token": "wrong"}).status_code == 401
    assert stranger(page).get("/", cookies={"coder_8765": "wrong"}).status_code == 401


def test_the_token_is_exchanged_for_a_cookie_that_scripts_and_other_sites_do_not_get(page: Page) -> None:
    response = stranger(page).get("/", params={"token": page.session.token})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert page.session.token not in response.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1:1", "127.0.0.1.evil.example:8765"]
)
def test_a_foreign_name_pointed_at_this_machine_is_refused(page: Page, host: str) -> None:
    assert page.client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": ""},
        {"x-csrf-token": "wrong"},
        {"x-csrf-token": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_write_that_the_page_did_not_make_is_refused(page: Page, change: dict[str, str]) -> None:
    content = {"action": "nothing", "utterance": 2, "view": "read"}
    response = page.client.post("/act", json=content, headers={**page.headers, **change})
    assert response.status_code == 403
    assert page.client.post("/act", json=content, headers=page.headers).status_code == 200


def test_another_site_cannot_read_even_with_the_cookie(page: Page) -> None:
    response = page.client.get("/download/codings.csv", headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_every_answer_forbids_loading_keeping_and_framing(page: Page) -> None:
    for path in ("/", "/read/1", "/static/base.css", "/nowhere", "/part/panel?u=2"):
        headers = page.client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert (
            "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        )


def test_no_page_has_inline_script_or_style_or_an_address_outside(page: Page) -> None:
    for path in (
        "/",
        "/read/1",
        "/queue",
        "/bulk",
        "/adjudicate",
        "/codebook",
        "/progress",
        "/model",
        "/keys",
        "/transcript/1",
    ):
        html = page.get(path)
        assert " style=" not in html and "<style" not in html and " onclick" not in html
        assert html.count("<script") == html.count('<script type="module" src="/static/')
        assert "http://" not in html and "https://" not in html and "//cdn" not in html


def test_too_large_a_body_is_refused_before_it_is_read(page: Page) -> None:
    headers = {**page.headers, "content-length": str(BODY_LIMIT + 1)}
    assert page.client.post("/act", content=b"{}", headers=headers).status_code == 413


def test_each_coder_has_an_address_and_a_name_of_their_own(study_path: object) -> None:
    app, sessions = make_app(str(study_path), ["Ann", "Ben"], port=8765, hosts=[HOST])
    ann, ben = (entered(app, session) for session in sessions)
    assert "coding as</span> Ann" in ann.get("/")
    assert "coding as</span> Ben" in ben.get("/")
    crossed = ben.client.post("/act", json={}, headers={**ben.headers, "x-csrf-token": ann.session.csrf})
    assert crossed.status_code == 403
    assert "This page is Ann's, but the address of Ben was opened" in crossed.json()["error"]
    part = ben.client.get("/part/panel", params={"u": 2}, headers={"x-csrf-token": ann.session.csrf})
    assert part.status_code == 403  # else Ann's window would show what Ben coded
    assert ann.client.get("/part/panel", params={"u": 2}, headers=ann.headers).status_code == 200


def test_what_participants_said_is_escaped_everywhere(page: Page) -> None:
    for path in ("/read/2", "/queue?t=2", "/transcript/2", "/bulk?code=social_opportunity"):
        html = page.get(path)
        assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.get("/read/2")
