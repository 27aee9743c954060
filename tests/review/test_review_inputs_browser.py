"""The review page by one kind of input: by mouse alone, by keyboard alone, on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from coder.store import Study
from coder.store.values import Decision
from coder.workflow.study.codebook_edit import edit_codebook, edited
from coder.workflow.study.reading_corrections import correct_role
from tests.review.browsing import Tab, opened, served
from tests.review.test_review_axe import PAGES
from tests.review.test_review_writes import ids, state

pytestmark = pytest.mark.slow

# Controls under 24 x 24 CSS pixels. Links within a sentence are left out, and boxes whose label can be pressed.
SMALL = """
    const small = [];
    for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary, label.button")) {
      const box = one.getBoundingClientRect();
      const within = one.tagName === "A" && getComputedStyle(one).display === "inline";
      const inLabel = one.tagName === "INPUT" && one.closest("label");
      if (!one.checkVisibility() || one.matches(".sr, .skip-link") || within || inLabel) continue;
      if (box.width < 24 || box.height < 24) small.push(`${one.outerHTML.slice(0, 90)} ${box.width}x${box.height}`);
    }
    return small;
"""


@pytest.fixture
def tab(study_path: Path) -> Iterator[Tab]:
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        yield tab


def click(tab: Tab, selector: str) -> None:
    tab.until(lambda: tab.find("#panel-inner").get_attribute("data-unit") == str(tab.current))
    wanted = tab.find(selector)
    tab.script("arguments[0].scrollIntoView({block: 'nearest'})", wanted)
    ActionChains(tab.driver).move_to_element(wanted).click().perform()


def select(tab: Tab, utterance: int, start: int, end: int) -> None:
    tab.script(
        "const words = document.querySelector(`#u${arguments[0]} .words`).firstChild;"
        "getSelection().setBaseAndExtent(words, arguments[1], words, arguments[2])", utterance, start, end,
    )  # fmt: skip


def on_the_utterance(tab: Tab) -> bool:
    return bool(tab.script("return document.activeElement.id") == f"u{tab.current}")


def covered(study_path: Path, utterance: int) -> str:
    with Study.open(study_path) as study:
        code = study.acts.states("Ann", [utterance])[utterance].codes[-1]
        return study.texts.text(1)[code.start : code.end]


def test_selected_words_stay_meant_while_a_code_is_looked_for(tab: Tab, study_path: Path) -> None:
    here = ids(study_path)
    tab.go(f"/read/1?u={here['It']}")
    select(tab, here["There"], 9, 29)  # not the utterance in focus
    tab.keys("c")
    tab.until(lambda: tab.find("#palette").is_displayed())
    tab.keys("s", "o", Keys.ENTER)
    tab.until(lambda: state(study_path, here["There"]).state == "coded")
    assert covered(study_path, here["There"]) == "never enough time in"
    assert state(study_path, here["It"]).state == "open"
    select(tab, here["Some"], 0, 7)
    click(tab, "#find-code")
    tab.keys("stamina", Keys.ENTER)
    tab.until(lambda: state(study_path, here["Some"]).state == "coded")
    assert covered(study_path, here["Some"]) == "Some of"
    tab.go(f"/read/1?u={here['Their']}")
    select(tab, here["It"], 0, 2)
    tab.keys("c")
    tab.until(lambda: tab.find("#palette").is_displayed())
    tab.keys(Keys.ESCAPE, "4")  # given up: what was selected is not meant any more
    tab.until(lambda: state(study_path, here["Their"]).state == "coded")
    assert covered(study_path, here["Their"]) == "Their families talk them into coming."


@pytest.mark.parametrize("way", ["next", "key", "memo", "done"])
def test_whoever_moves_on_or_writes_a_memo_has_left_the_words_that_were_selected(
    tab: Tab, study_path: Path, way: str
) -> None:
    here = ids(study_path)
    tab.go(f"/read/1?u={here['It']}")
    select(tab, here["There"], 9, 29)
    if way == "key":
        tab.keys("j")
    else:
        click(tab, f'#panel [data-do="{way}"]')
    if way == "memo":
        tab.until(lambda: tab.find("#memo").is_displayed())
        click(tab, '#memo button[value="cancel"]')
        tab.until(lambda: on_the_utterance(tab))
    else:
        tab.until_left(here["It"])
    now = tab.current
    assert now != here["There"]
    click(tab, '#panel .code[data-code="physical_capability"]')
    tab.until(lambda: state(study_path, now).state == "coded" or state(study_path, here["There"]).codes)
    assert [code.code for code in state(study_path, now).codes] == ["physical_capability"]
    assert state(study_path, here["There"]).state == "open"


def test_every_move_and_every_dialog_by_mouse(tab: Tab, study_path: Path) -> None:
    here = ids(study_path)
    tab.go(f"/read/1?u={here['There']}")
    for action, wanted in (("next", here["There"] + 1), ("previous", here["There"])):
        click(tab, f'#panel [data-do="{action}"]')
        tab.until(lambda wanted=wanted: tab.current == wanted)  # type: ignore[misc]
    click(tab, '#panel [data-do="next_uncertain"]')
    tab.until_left(here["There"])
    now = tab.current
    click(tab, '#panel [data-do="next_open"]')
    tab.until_left(now)
    for opener, dialog, leave in (("find_code", "palette", "cancel"), ("help", "help", "close")):
        click(tab, f'#panel [data-do="{opener}"]')
        tab.until(lambda dialog=dialog: tab.find(f"#{dialog}").is_displayed())  # type: ignore[misc]
        assert tab.script(f"return document.getElementById('{dialog}').scrollTop") == 0
        click(tab, f'#{dialog} button[value="{leave}"]')
        tab.until(lambda: on_the_utterance(tab))


def test_the_focus_in_the_panel_is_never_under_the_answers(tab: Tab, study_path: Path) -> None:
    tab.driver.set_window_size(1200, 560)
    tab.go(f"/read/1?u={ids(study_path)['There']}")
    tab.script(
        "document.querySelector('.panel').scrollTop = 5000; document.getElementById('find-code').focus()"
    )
    hidden = """
        const one = document.activeElement, box = one.getBoundingClientRect();
        const above = document.querySelector('.pinned').getBoundingClientRect().bottom;
        return !one.closest('.pinned') && box.top < above ? one.outerHTML.slice(0, 90) : null;
    """
    for _ in range(24):
        tab.chord(Keys.SHIFT, Keys.TAB)
        assert tab.script(hidden) is None
        if tab.script("return document.activeElement.dataset.do") == "find_code":
            return
    raise AssertionError("the way back did not reach the codes")


def test_a_button_that_can_do_nothing_says_why_and_gives_the_keys_back(tab: Tab, study_path: Path) -> None:
    here = ids(study_path)["It"]
    tab.go(f"/read/1?u={here}")
    click(tab, '#panel [data-do="reject"]')
    tab.until(lambda: "no suggestion here to reject" in tab.find("#say").text)
    assert on_the_utterance(tab)
    tab.keys(Keys.ENTER)
    tab.until_left(here)
    tab.keys("k", "a")
    tab.until(lambda: "no open suggestion here" in tab.notice)
    tab.keys(Keys.ESCAPE)
    tab.until(lambda: not tab.find("#notice").is_displayed())


def test_looking_for_words_does_not_move_the_text(tab: Tab, study_path: Path) -> None:
    tab.driver.set_window_size(1200, 500)
    tab.go(f"/read/1?u={ids(study_path)['Once']}")
    before = tab.script("return scrollY")
    assert before > 0
    tab.keys("/")
    tab.until(lambda: tab.script("return document.activeElement.id") == "search")
    assert tab.script("return scrollY") == before
    tab.keys(Keys.ESCAPE)
    assert on_the_utterance(tab) and tab.script("return scrollY") == before


def test_by_code_and_adjudicate_by_keyboard(tab: Tab, study_path: Path) -> None:
    here = ids(study_path)
    tab.go("/bulk?code=physical_opportunity")
    tab.keys(Keys.ARROW_DOWN, "x")
    tab.until(lambda: "reject 1" in tab.find("#accept").text)
    tab.until(lambda: tab.find("#accept").get_attribute("aria-disabled") == "false")
    tab.keys("a", "x", Keys.ENTER)  # ticked, which takes the rejection back, and rejected again
    tab.until(lambda: "rejected – saved" in tab.find("#say").text)  # said on the page that is loaded anew
    assert state(study_path, here["There"]).state != "open"
    tab.keys("u")
    tab.until(lambda: "Undone" in tab.find("#say").text)  # on the page that is loaded anew
    assert state(study_path, here["There"]).state == "open"
    tab.keys("r")
    tab.until(lambda: "Redone" in tab.find("#say").text)
    assert state(study_path, here["There"]).state != "open"
    with Study.open(study_path) as study:
        for name, code in (("Ben", "physical_opportunity"), ("Eve", "social_opportunity")):
            study.people.add_coder(name)
            study.acts.decide(
                name, [Decision(here["It"], "add", code=code, polarity="barrier")], mode="blind"
            )
    tab.go("/adjudicate")
    tab.keys("5", "3", "b", "3", "3", "f")  # one barrier; the other is chosen anew: facilitator
    chosen = tab.all('[data-own][aria-pressed="true"]')
    assert sorted(button.text.split()[-1] for button in chosen) == ["barrier", "facilitator"]
    tab.keys("5", "3")
    assert not tab.all('[data-own][aria-pressed="true"]') and not tab.find("#lacking").is_displayed()
    tab.keys("e", "talked over", Keys.ESCAPE)
    tab.until(lambda: tab.script("return document.activeElement.id") == "here")
    names = tab.find('[data-do="names"]')
    names.send_keys(Keys.ENTER)
    assert names.get_attribute("aria-pressed") == "true"
    tab.keys("=")
    tab.until(lambda: "No disagreement is open" in tab.find("main").text)
    assert "Adjudicated" in tab.find("#say").text
    tab.keys("u")
    tab.until(lambda: tab.all("#here"))
    tab.keys("r")
    tab.until(lambda: "Redone: adjudicated as" in tab.find("#say").text)


def test_a_phone_has_no_keys_small_targets_or_covered_buttons(tab: Tab, study_path: Path) -> None:
    device: dict[str, Any] = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    tab.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)
    tab.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
    small = []
    for path in PAGES:
        tab.go(path)
        small += [f"{path} {line}" for line in tab.script(SMALL)]
    assert not small, "\n".join(small)
    tab.go("/codebook")  # far back in the list of pages
    place = tab.script("return document.querySelector('.pages [aria-current]').getBoundingClientRect()")
    assert place["left"] >= 0 and place["right"] <= 390
    tab.go("/read/1")
    assert not [one for one in tab.all("kbd, .keyed") if one.is_displayed()]
    first = tab.current
    tab.script("document.querySelector('#panel [data-do=done]').click()")
    tab.until_left(first)
    tab.until(lambda: tab.find("#say").text == "Physical opportunity, barrier")
    over = "return document.getElementById('say').getBoundingClientRect().bottom"
    assert tab.script(over) <= tab.script(
        "return document.querySelector('.panel').getBoundingClientRect().top"
    )


def test_undoing_a_role_or_a_wording_by_key_shows_the_page_as_it_is_then(tab: Tab, study_path: Path) -> None:
    here = ids(study_path)
    with Study.open(study_path) as study:
        correct_role(study, 1, "C01", "interviewer", coder="Ann")
    tab.go(f"/read/1?u={here['It']}")
    codable = 'return document.querySelectorAll(".unit[data-offered]").length'
    before = tab.script("return document.getElementById('main').innerHTML"), tab.script(codable)
    tab.script("window.old = true")
    tab.keys("u")
    tab.until(lambda: "Undone: C01 in C01 is the interviewer" in tab.find("#say").text)
    assert not tab.script("return window.old")
    assert (tab.script("return document.getElementById('main').innerHTML"), tab.script(codable)) != before
    with Study.open(study_path) as study:
        book = study.codebooks.current()
        code = book.codes[0]
        edit_codebook(study, edited(book, code.id, {"label": "Drops"}), what="reworded", coder="Ann")
    tab.go("/search?q=It")
    assert "Drops" in str(tab.script("return document.body.innerHTML"))
    tab.keys("u")
    tab.until(lambda: "Undone: reworded" in tab.find("#say").text)
    assert "Drops" not in str(tab.script("return document.body.innerHTML"))


def test_no_side_is_taken_where_no_coder_stands_any_more(tab: Tab, study_path: Path) -> None:
    here = ids(study_path)["It"]
    with Study.open(study_path) as study:
        for name, code in (("Ben", "physical_opportunity"), ("Eve", "social_opportunity")):
            study.people.add_coder(name)
            study.acts.decide(name, [Decision(here, "add", code=code, polarity="barrier")], mode="blind")
    tab.go("/adjudicate")
    with Study.open(study_path) as study:
        study.acts.undo("Ben")
        study.acts.undo("Eve")
    tab.keys("=")  # both, as they were shown
    tab.until(lambda: not tab.all('[data-side="A"]'))
    for key in (Keys.ARROW_LEFT, "="):
        tab.keys(key)
        tab.until(lambda: "No coder's decision stands here" in tab.find("#say").text)
    assert state(study_path, here, "adjudicated").token == ""
