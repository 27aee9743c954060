"""From the home page to the first decision in headless Chromium, and lists that are coded in place."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from coder.store import Study
from tests.review.browsing import Tab, opened
from tests.review.conftest import TALK, fill
from tests.review.test_review_axe import said, violations
from tests.review.test_review_keys_browser import sized
from tests.review.test_review_writes import ids, state

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[str]:
    """`coder open` over a folder with one study; its address."""
    fill(tmp_path / "pilot.coder", {"C01": TALK})
    command = [sys.executable, "-m", "coder", "open", str(tmp_path), "--no-browser"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found is not None
    yield found[0]
    process.kill()
    process.wait()
    process.stderr.close()


def entered(tab: Tab, name: str) -> None:
    tab.until(lambda: name in tab.find("header .coder").text)
    tab.root = re.match(r"https?://[^/]+", tab.driver.current_url)[0]  # type: ignore[index]


def test_a_study_is_opened_from_home_and_coded(home: str, tmp_path: Path) -> None:
    with opened(home) as tab:
        assert not said(violations(tab))
        tab.find("[data-open=pilot]").click()  # without a name
        tab.until(lambda: "your name first" in tab.notice)
        tab.find("#coder").send_keys("Ann")
        tab.find("[data-open=pilot]").click()
        entered(tab, "Ann")
        tab.go("/read/1")
        tab.keys("4")
        here = ids(tmp_path / "pilot.coder")["There"]
        tab.until(lambda: state(tmp_path / "pilot.coder", here).state == "coded")


def test_a_study_is_begun_from_dropped_files(home: str, tmp_path: Path) -> None:
    talk = tmp_path / "one.txt"
    talk.write_text("INTERVIEWER: How is it?\nP1: There is never enough time for all of that work.\n" * 3)
    with opened(home) as tab:
        sized(tab, 720, 450, dark=True)  # 1440 x 900 at 200 %
        assert not said(violations(tab))
        assert tab.script("return document.documentElement.scrollWidth - innerWidth") <= 0
        tab.find("#coder").send_keys("Ben")
        tab.find("#begin input[name=name]").send_keys("Second study")
        tab.find("#begin input[name=transcripts]").send_keys(str(talk))
        tab.until(lambda: "one.txt" in tab.find("#chosen").text)
        tab.find("#begin button.primary").click()
        entered(tab, "Ben")
        assert "Second study" in tab.find("header").text
    with Study.open(tmp_path / "Second study.coder") as study:
        assert [item.name for item in study.texts.all()] == ["one"]


def test_search_results_are_coded_by_key_and_the_row_shows_it(home: str, tmp_path: Path) -> None:
    path = tmp_path / "pilot.coder"
    with opened(home) as tab:
        tab.find("#coder").send_keys("Ann")
        tab.find("[data-open=pilot]").click()
        entered(tab, "Ann")
        tab.go("/search?q=e")
        first, second = ids(path)["There"], ids(path)["There"] + 1
        tab.keys("5")
        tab.until(lambda: "Reflective motivation" in tab.find(f'[data-utterance="{first}"] .chips').text)
        tab.keys("b")
        tab.until(lambda: tab.find(".row[aria-current]").get_attribute("data-utterance") == str(second))
        assert [(c.code, c.polarity) for c in state(path, first).codes] == [
            ("reflective_motivation", "barrier")
        ]
        tab.keys("u", "u")
        tab.until(lambda: state(path, first).state == "open")
        tab.until(lambda: tab.find(".row[aria-current]").get_attribute("data-utterance") == str(first))
        tab.keys("c")
        tab.until(lambda: tab.find("#palette").is_displayed())
        tab.keys("s", "o", Keys.ENTER)
        tab.until(lambda: [c.code for c in state(path, first).codes] == ["social_opportunity"])
        tab.find(f'[data-utterance="{first}"] [data-row="context"]').click()
        tab.until(lambda: "plan care" in tab.find(f'[data-utterance="{first}"] .context').text)
