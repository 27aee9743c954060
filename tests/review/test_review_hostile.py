"""Every address of the page with missing, wrong and hostile values: a sentence, never a fault of the program."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from coder.codebook import load_codebook
from coder.review import app
from coder.review.app import make_app
from coder.review.home import make_home
from tests.review.conftest import Page, entered

LONG = "9" * 5000
ANSWERS = {200, 303, 307, 400, 404, 409}
NUMBERS = ["", "x", "-1", "²", "999999", str(2**63), LONG]
WORDS = ["nothing", "\ud800", "\x00", LONG]
VALUES: list[object] = [
    None,
    True,
    -1,
    1.5,
    2**63,
    1e308,
    "x",
    "\ud800",
    "\x00",
    [],
    [[None]],
    {"a": 1},
    LONG,
]
RAW = [b"", b"{", b"\xff\xfe", b"1", b"[]", b'{"utterance": NaN}', b"[" * 100_000]
# What each page reads from its address; all others read nothing.
FOUND_BY = "q t code polarity state order attribute suggested speaker"
READ = {
    "/read/1": "u q coders", "/queue": f"u flagged disagreement {FOUND_BY}", "/search": FOUND_BY, "/bulk": "code",
    "/codes": "code by polarity value near good", "/matrix": "by rows", "/download/matrix.csv": "by rows",
    "/report": "by apart quotes min_cell", "/part/report": "by apart quotes min_cell",
    "/adjudicate": "u", "/groups": "code polarity near passages",
    "/groups/change": "kind code polarity group into label passages", "/exchange": "file",
    "/codebook/reshape": "kind code into label parent quotes polarity", "/part/panel": "u", "/part/step": "u",
    "/part/open": "u", "/part/around": "u", "/part/uncertain": "u t", "/part/after": "t", "/part/chunk": "t first q",
}  # fmt: skip
NUMBERED = {"u", "t", "first", "quotes", "passages", "min_cell"}
# A whole request of each write; what is wrong is put in its place, a field at a time.
WRITES: dict[str, dict[str, object]] = {
    "/act": {
        "action": "code", "utterance": 2, "code": "physical_opportunity", "expected": "", "selection": [70, 80],
        "shown": [1], "seconds": 1, "then": 3, "view": "read", "drawn": "", "q": "",
    },
    "/adjudicate": {"utterance": 2, "codes": [], "expected": "", "memo": "", "seconds": 1},
    "/passed": {"utterances": [2], "transcript": 1, "view": "read"},
    "/memo": {"utterance": 2, "text": "x", "transcript": 1, "code": "x", "thread": "x", "focus": 2, "view": "queue"},
    "/undo": {"current": 2, "view": "read", "change": "x"},
    "/redo": {"current": 2, "view": "rows", "change": "x"},
    "/bulk": {"answers": [], "seconds": 1},
    "/good": {"utterance": 2, "code": "physical_opportunity", "good": True},
    "/role": {"role": "participant", "transcript": 1, "speaker": "C01", "all": ""},
    "/mode": {"mode": "assisted"},
    "/reading/correct": {"transcript": 1, "not_speaker": "C01", "speech": 1},
    "/codebook/change": {"id": "", "hash": load_codebook("comb").hash, "label": "New", "definition": "", "note": ""},
    "/codebook/reshape": {"kind": "split", "code": "physical_opportunity", "into": "", "label": "x", "quotes": "2"},
    "/codebook/choose": {"name": "comb"},
    "/codes/give": {"code": "physical_opportunity", "utterances": "2"},
    "/groups": {"kind": "move", "code": "physical_opportunity", "polarity": "barrier", "passages": "2", "label": "x"},
    "/transcript/rename": {"transcript": "1", "name": "x"},
    "/transcript/remove": {"transcript": "7"},
    "/transcript/restore": {"transcript": "7"},
    "/prefer": {"theme": "dark", "keys": {}, "codes": {}, "letters": True},
    "/plan": {"one": "Ann", "other": "Ben", "transcript-1": 1},
    "/exchange/bring": {"file": "x"},
    "/pseudonyms": {"drop": ""},
    "/model/back": {"label": "x"},
}  # fmt: skip


@pytest.fixture
def hostile(study_path: Path) -> Iterator[Page]:
    guard, sessions = make_app(study_path, ["Ann"], port=8765, hosts=["127.0.0.1:8765"])
    yield entered(guard, next(iter(sessions)))


def addresses(method: str) -> list[str]:
    routes = [route for route in app.routes() if isinstance(route, Route)]
    return sorted({route.path for route in routes if method in (route.methods or ())})


def asked(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def gotten(page: Page, address: str, accept: str = "text/html") -> int:
    # A fault of the program is raised here: the client does not turn it into an answer of 500.
    return page.client.get(address, headers={"accept": accept}, follow_redirects=False).status_code


def test_no_address_is_a_fault(hostile: Page) -> None:
    for path in addresses("GET"):
        before, _, rest = path.partition("{")
        words = [*NUMBERS, *WORDS] if rest else [""]
        for address in [before + asked(word) + rest.partition("}")[2] for word in words]:
            assert gotten(hostile, address) in ANSWERS, address


@pytest.mark.parametrize("path", sorted(READ))
def test_no_value_in_an_address_is_a_fault(hostile: Page, path: str) -> None:
    whole = {
        "/groups/change": {"kind": "move"},
        "/codebook/reshape": {"kind": "split"},
        "/part/chunk": {"t": "1"},
    }
    given = (
        {"code": "physical_opportunity", "polarity": "barrier", **whole.get(path, {})}
        if path in whole
        else {}
    )
    for name in READ[path].split():
        for value in NUMBERS if name in NUMBERED else WORDS:
            query = "&".join(f"{key}={asked(word)}" for key, word in {**given, name: value}.items())
            assert gotten(hostile, f"{path}?{query}") in ANSWERS, f"{path}?{query[:200]}"


@pytest.mark.parametrize("path", sorted(WRITES))
def test_no_write_is_a_fault(hostile: Page, path: str) -> None:
    whole = WRITES[path]
    bodies = [json.dumps({**whole, name: value}).encode() for name in whole for value in VALUES]
    for body in [*bodies, b"{}", *RAW]:
        answer = hostile.client.post(path, content=body, headers=hostile.headers)
        assert answer.status_code in ANSWERS, (path, body[:200])
        assert answer.status_code == 200 or answer.json()["error"].strip(), (path, body[:200])


@pytest.mark.parametrize("name", ["codes", "answers"])
def test_no_item_of_a_list_is_a_fault(hostile: Page, name: str) -> None:
    path = {"codes": "/adjudicate", "answers": "/bulk"}[name]
    item = {
        "utterance": 2, "accept": True, "code": "physical_opportunity", "suggestion": 1, "expected": "",
        "polarity": "barrier",
    }  # fmt: skip
    for given in [*VALUES, *({**item, field: value} for field in item for value in VALUES)]:
        content = json.dumps({"utterance": 2, name: [given]}).encode()
        assert hostile.client.post(path, content=content, headers=hostile.headers).status_code in ANSWERS


def test_every_write_is_tried() -> None:
    uploads = {"/upload", "/upload/attributes", "/codebook/upload", "/exchange/look"}
    models = {"/model/suggest", "/model/retrain"}
    assert set(addresses("POST")) - uploads - models == set(WRITES)


@pytest.mark.parametrize(
    "path",
    ["/part/panel", "/part/step", "/part/open", "/part/chunk?t=1", "/part/after?t=x", "/part/around?u="],
)
def test_a_typed_part_without_its_number_says_so(hostile: Page, path: str) -> None:
    for accept in ("text/html", "application/json"):
        answer = hostile.client.get(path, headers={"accept": accept})
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text


@pytest.mark.parametrize(
    "path", ["/part/panel?u=99999", "/at/99999", "/read/99999", "/transcript/99999", "/queue?u=99999"]
)
def test_what_the_study_does_not_have_is_not_found(hostile: Page, path: str) -> None:
    assert gotten(hostile, path) == 404


def test_a_write_about_an_utterance_that_is_not_there_is_not_found(hostile: Page) -> None:
    assert "no utterance 99999" in str(hostile.post("/act", 404, action="done", utterance=99999)["error"])


def test_nothing_sent_to_the_home_page_is_a_fault(tmp_path: Path) -> None:
    app, token = make_home(tmp_path, Mock(), port=8764, hosts=("127.0.0.1:8764",))
    client = TestClient(app, base_url="http://127.0.0.1:8764")
    csrf = re.findall(r'name="csrf" content="([^"]+)"', client.get("/", params={"token": token}).text)
    csrf = csrf or re.findall(r'name="csrf" content="([^"]+)"', client.get("/").text)
    headers = {"origin": "http://127.0.0.1:8764", "x-csrf-token": csrf[0]}
    whole: dict[str, object] = {"study": "x", "coder": "Ann", "passphrase": "long enough"}
    bodies = [json.dumps({**whole, name: value}).encode() for name in whole for value in VALUES]
    for body in [*bodies, *RAW]:
        assert client.post("/open", content=body, headers=headers).status_code == 400
    for content in ({"data": {"name": "../x"}}, {"data": {"name": "x" * 500}}, {"content": b"x"}):
        assert client.post("/begin", headers=headers, **content).status_code == 400
    assert client.get("/jobs/x").status_code == 400 and client.get("/nowhere").status_code == 404


def test_forms_without_files_are_refused_in_a_sentence(hostile: Page) -> None:
    for path in ("/upload", "/upload/attributes", "/codebook/upload", "/exchange/look"):
        for content in ({"data": {"files": "x"}}, {"files": {"other": ("x.txt", b"")}}, {"content": b"x"}):
            answer = hostile.client.post(path, headers=hostile.headers, **content)
            assert answer.status_code == 400, (path, content)
            assert "Drop" in answer.json()["error"]
