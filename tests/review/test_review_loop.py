"""The whole loop without a terminal: drop files, correct a role, suggest, code, retrain, download; the real model."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from coder.store import Study
from coder.store.values import Filters
from tests.review.browsing import Tab, opened, served
from tests.review.conftest import fill

pytestmark = pytest.mark.slow
INTERVIEWS = Path(__file__).parent.parent.parent / "data" / "sample" / "transcripts"


def done(tab: Tab, words: str) -> None:
    tab.until(
        lambda: words in tab.find("#job").text or tab.all("#job .bad"), "the job does not end", patience=180
    )
    assert words in tab.find("#job").text


def test_a_study_from_dropped_files_to_a_retrained_model(tmp_path: Path) -> None:
    path = tmp_path / "loop.coder"
    fill(path, {})
    files = sorted(INTERVIEWS.glob("*.txt"))[:2]
    with served(path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        assert "Begin with the transcripts" in tab.find("main").text
        tab.find('form[data-upload="/upload"] input[type="file"]').send_keys("\n".join(map(str, files)))
        done(tab, "Check the speakers")
        tab.find("#job a").click()
        tab.until(lambda: "was read" in tab.find("h1").text)
        tab.go("/model")
        tab.find('form[data-post="/model/suggest"] button').click()
        done(tab, "suggests something")
        code_until(tab, path, 60)
        tab.go("/model")
        tab.find('form[data-post="/model/retrain"] button').click()
        done(tab, "Mean F1")
        tab.go("/")
        with Study.open(path) as study:
            assert any(item.label.startswith("v1-") for item in study.models.versions())
            assert study.models.comparisons()


def code_until(tab: Tab, path: Path, count: int) -> None:
    """Accept what is suggested, say nothing-to-code elsewhere, half in each transcript."""
    for transcript in (1, 2):
        tab.go(f"/read/{transcript}")
        for pressed in range(count // 2):
            offered = tab.script("return Boolean(document.querySelector('#panel .offer'))")
            here = tab.current
            tab.keys(Keys.ENTER if offered else "0")
            tab.until_left(here)
            assert pressed < count
    with Study.open(path) as study:
        assert len(study.find(Filters(coder="Ann", state="open"))) < study.figures().utterances - count // 2
