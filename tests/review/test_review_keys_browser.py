"""The keys, the focus and the layout of the desk in headless Chromium."""

import os
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from coder.codebook import Code, Codebook
from coder.store import Study
from tests.review.browsing import Tab, opened, served
from tests.review.conftest import TALK, transcript_of
from tests.review.test_review_browser import decided
from tests.review.test_review_writes import ids, state

pytestmark = pytest.mark.slow


def sized(tab: Tab, width: int, height: int, *, dark: bool = False) -> None:
    device = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    tab.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)
    if dark:
        features = [{"name": "prefers-color-scheme", "value": "dark"}]
        tab.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def pictured(tab: Tab, name: str) -> None:
    """Keep a screenshot where CODER_SCREENSHOTS says, for people to look at."""
    if folder := os.environ.get("CODER_SCREENSHOTS"):
        tab.driver.save_screenshot(str(Path(folder) / f"{name}.png"))


def press(tab: Tab, key: str, code: str, *, modifiers: int = 0, repeat: bool = False) -> None:
    """Press a key as another layout would: what it makes, and where it lies."""
    event = {"key": key, "code": code, "modifiers": modifiers, "autoRepeat": repeat}
    if len(key) == 1:
        event["text"] = key
    tab.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", **event})
    if not repeat:
        tab.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", "key": key, "code": code})


def many_codes(path: Path, count: int = 40) -> None:
    words = [
        "Trust",
        "Time",
        "Fear",
        "Money",
        "Family",
        "Space",
        "Skill",
        "Habit",
        "Role",
        "Hope",
        "Pain",
        "Rules",
        "Tools",
        "Staff",
        "Goals",
    ]
    codes = tuple(
        Code(
            f"c{n}",
            f"{words[n % len(words)]} {words[(n * 7 + 3) % len(words)].lower()} {n}",
            definition=f"Code {n}.",
        )
        for n in range(count)
    )
    with Study.create(path, Codebook(name="many", codes=codes)) as study:
        study.settings.set("blind_share", "0")
        transcript, utterances = transcript_of("C01", TALK)
        study.texts.add(transcript, utterances, source="C01.txt")
        from coder.store.values import Proposal, ProposedCode

        model = study.models.add_shipped("keywords", {"name": "keywords"}, study.codebooks.current().hash)
        run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
        evidence = "like: “there is never enough time for any of it, whatever we plan”"
        proposed = tuple(ProposedCode(f"c{n}", "barrier", 0.7, 0.8, True, evidence) for n in (3, 17))
        keys = [item.id for _, items in study.texts.each() for item in items]
        study.suggestions.add_proposals(run, [Proposal(key, 0.7, 0.5, proposed) for key in keys])


def test_enter_after_a_click_on_a_code_means_what_the_screen_says(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here['It']}")
        tab.find('.code[data-code="social_opportunity"]').click()
        tab.until(lambda: state(study_path, here["It"]).state == "coded")
        tab.until(lambda: tab.script("return document.activeElement.id") == f"u{here['It']}")
        tab.keys(Keys.ENTER)  # "Next": the code stays
        tab.until(lambda: tab.current != here["It"])
        assert [c.code for c in state(study_path, here["It"]).codes] == ["social_opportunity"]
        tab.go(f"/read/1?u={here['There']}")
        tab.script("document.querySelector('#panel [data-do=done]').focus()")
        tab.keys(Keys.ENTER)  # by Tab and Enter on the button itself: accepted, and on
        tab.until(lambda: tab.current == here["There"] + 1)
        assert tab.script("return document.activeElement.id") == f"u{here['There'] + 1}"


def test_a_held_key_decides_once(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        for key, code in (("Enter", "Enter"), ("0", "Digit0"), ("x", "KeyX")):
            before = tab.current
            press(tab, key, code)
            tab.until_left(before)
            for _ in range(20):
                press(tab, key, code, repeat=True)
        tab.script("document.querySelector('#panel [data-do=done]').focus()")
        for _ in range(20):
            press(tab, "Enter", "Enter", repeat=True)
        assert decided(study_path) == 3
        now = tab.current
        press(tab, "j", "KeyJ", repeat=True)  # moving repeats
        tab.until(lambda: tab.current != now)
    assert state(study_path, here["There"]).state == "coded"


def test_one_utterance_only_is_ever_current(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here['There']}")
        tab.keys("4", "]", "j", "j", "0", "0")
        tab.until(lambda: decided(study_path) >= 3)
        for _ in range(5):
            tab.keys("u")
        tab.until(lambda: decided(study_path) == 0)
        one = """
            const current = document.querySelectorAll('.unit[aria-current="true"]');
            const stops = document.querySelectorAll('.unit[tabindex="0"]');
            const words = document.getElementById(current[0].getAttribute('aria-describedby')).textContent.trim();
            return current.length === 1 && stops.length === 1 && words && current[0].textContent.includes(words);
        """
        tab.until(lambda: tab.script(one), "several utterances are current, or the current one has no words")


@pytest.mark.parametrize(
    ("pressed", "code"),
    [(("é", "Digit2"), "psychological_capability"),  # a French keyboard, without Shift
     (("4", "Digit4"), "social_opportunity"), (("4", "Numpad4"), "social_opportunity")],
)  # fmt: skip
def test_digits_are_read_by_their_place(study_path: Path, pressed: tuple[str, str], code: str) -> None:
    here = ids(study_path)["It"]
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here}")
        press(tab, *pressed)
        tab.until(lambda: [c.code for c in state(study_path, here).codes] == [code])


def test_brackets_that_need_altgr_or_option_work(study_path: Path) -> None:
    here = ids(study_path)["There"]
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here}")
        tab.keys("4")
        tab.until(lambda: state(study_path, here).state == "coded")
        press(tab, "]", "Digit9", modifiers=1)  # Alt, as Option on a German Mac
        tab.until(lambda: len(state(study_path, here + 1).codes) == 1)


def test_the_palette_finds_a_code_by_two_letters_recent_ones_first(tmp_path: Path) -> None:
    path = tmp_path / "many.coder"
    many_codes(path)
    here = ids(path)["There"]
    with served(path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here}")
        tab.keys("c")
        tab.until(lambda: tab.find("#palette").is_displayed())
        pictured(tab, "palette")
        tab.keys("h", "o")
        first = tab.find("#palette-list li[aria-selected=true] span:not(.swatch)").text
        assert first.startswith("Hope")
        tab.keys(Keys.ENTER)
        tab.until(lambda: len(state(path, here).codes) == 1)
        held = state(path, here).codes[0].code
        tab.keys("j", "c")
        tab.until(lambda: tab.find("#palette").is_displayed())
        assert tab.find("#palette-list li").get_attribute("data-code") == held
        tab.keys(Keys.ESCAPE)
        tab.until(lambda: not tab.find("#palette").is_displayed())


@pytest.mark.parametrize(("width", "height", "dark"), [(1440, 900, False), (1024, 700, True)])
def test_forty_codes_leave_suggestion_answer_and_polarity_in_view(
    tmp_path: Path, width: int, height: int, dark: bool
) -> None:
    path = tmp_path / "many.coder"
    many_codes(path)
    with served(path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        sized(tab, width, height, dark=dark)
        tab.go("/read/1")
        looked = """
            document.querySelector('.panel').scrollTop = arguments[0];
            const wanted = ".offers, [data-do=done], [data-do=reject], [data-do=barrier], [data-do=mixed]";
            return [...document.querySelectorAll(wanted)].map((element) => {
              const box = element.getBoundingClientRect();
              return box.top >= 0 && box.top < innerHeight - 20 && box.width > 0 && box.right <= innerWidth;
            })"""
        for down in (0, 400, 5000):
            assert all(tab.script(looked, down)), down
        tab.script("document.querySelector('.panel').scrollTop = 0")
        pictured(tab, f"forty-{width}")
        signs = "return [...document.querySelectorAll('.code .swatch')].map((sign) => {}"
        marks = tab.script(signs.format("sign.textContent)"))
        colours = tab.script(signs.format("getComputedStyle(sign).backgroundColor)"))
        assert len(set(marks)) == len(set(colours)) == 40
        assert tab.script("return document.documentElement.scrollWidth - innerWidth") <= 0


def test_enter_at_the_end_leads_to_the_next_transcript(study_path: Path) -> None:
    last = max(ids(study_path).values())
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={last}")
        tab.keys("0")
        tab.until(lambda: "/read/2" in tab.driver.current_url)
        tab.until(lambda: "Nothing to code" in tab.find("#say").text and "C02" in tab.find("#say").text)
    assert state(study_path, last).state == "nothing"


def test_what_was_passed_is_counted_and_survives_a_reload(study_path: Path) -> None:
    with Study.open(study_path) as study:
        open_units = len(study.texts.utterances(1, codable_only=True))
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        label = f"Mark the {open_units} I passed"
        tab.until(lambda: label in tab.find("#passed").text)
        tab.go("/read/1")
        assert label in tab.find("#passed").text
        tab.keys("0")
        tab.until(lambda: f"Mark the {open_units - 1} I passed" in tab.find("#passed").text)
        tab.script("document.getElementById('passed').click()")
        tab.until(lambda: decided(study_path) == open_units)
        tab.until(lambda: "Nothing passed" in tab.find("#passed").text)
        tab.keys("u")
        tab.until(lambda: decided(study_path) == 1)


def test_memos_are_edited_and_deleted_in_the_panel(study_path: Path) -> None:
    here = ids(study_path)["There"]
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here}")
        tab.keys("e")
        tab.keys("first")
        tab.chord(Keys.CONTROL, Keys.ENTER)
        tab.until(lambda: tab.all('[data-do="memo_edit"]'))
        tab.find('[data-do="memo_edit"]').click()
        tab.until(lambda: tab.script("return document.getElementById('memo-text').value") == "first")
        tab.keys(" and second")
        tab.chord(Keys.CONTROL, Keys.ENTER)
        tab.until(lambda: "second" in tab.find(".memos").text)
        tab.find('[data-do="memo_delete"]').click()
        tab.until(lambda: not tab.all(".memos"))
        tab.keys("u")
        tab.until(lambda: "second" in tab.find(".memos").text)


def test_code_first_puts_both_side_by_side(study_path: Path) -> None:
    here = ids(study_path)["There"]
    with (
        served(study_path, "--coder", "Eve", "--commit-first") as server,
        opened(server.addresses["Eve"]) as tab,
    ):
        tab.go(f"/read/1?u={here}")
        tab.keys(Keys.ARROW_RIGHT)  # nothing to compare yet: nothing happens
        tab.keys("4", "b")
        tab.until(lambda: tab.all(".compare"))
        pictured(tab, "compare")
        assert "Yours" in tab.find(".compare").text and "Physical opportunity" in tab.find(".compare").text
        tab.keys(Keys.ARROW_RIGHT)
        tab.until(lambda: tab.current == here + 1)
    assert [c.code for c in state(study_path, here, "Eve").codes] == ["physical_opportunity"]
