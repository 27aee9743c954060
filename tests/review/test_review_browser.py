"""Whole reviews in headless Chromium, driven by the keyboard."""

from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from coder.store import Study
from tests.review.browsing import Tab, opened, served
from tests.review.conftest import TALK, fill
from tests.review.test_review_stale import suggest_anew
from tests.review.test_review_writes import ids, state

pytestmark = pytest.mark.slow
# Selects words of two utterances, or up to a speaker's name.
PULL = """
    const words = (id) => document.querySelector(`#u${id} .words`).firstChild;
    const [from, at, to, end] = arguments, range = document.createRange();
    range.setStart(words(from), at);
    const name = document.querySelector(`#u${to}`).closest('.turn').querySelector('.speaker');
    range.setEnd(end === null ? name : words(to), end ?? 0);
    getSelection().removeAllRanges(); getSelection().addRange(range)
"""


def decided(study_path: Path, coder: str = "Ann") -> int:
    with Study.open(study_path) as study:
        return next((item.decided for item in study.figures().coders if item.coder == coder), 0)


def test_a_transcript_is_reviewed_by_keyboard_alone(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        assert tab.current == here["There"]
        assert "about 8 in 10 right" in tab.find("#panel").text
        tab.keys(Keys.ENTER)  # accept and next
        tab.until(lambda: tab.current == here["There"] + 1)
        tab.keys("x")  # reject and next
        tab.until(lambda: tab.current == here["Some"])
        tab.keys("5", "b")  # the right code, its polarity, and next
        tab.until(lambda: tab.current == here["Their"])
        tab.keys("f")  # accept the code with this polarity, and next
        tab.until(lambda: tab.current == here["It"])
        tab.keys("0")  # nothing to code, and next
        tab.until(lambda: tab.current == here["It"] + 3 or tab.current > here["It"])
        assert decided(study_path) == 5
    first, some, their = (state(study_path, here[word]) for word in ("There", "Some", "Their"))
    assert first.codes[0].verdict == "accept"
    assert [(c.code, c.polarity) for c in some.codes] == [("reflective_motivation", "barrier")]
    assert some.rejected == ("automatic_motivation",)
    assert [(c.code, c.polarity) for c in their.codes] == [("social_opportunity", "facilitator")]
    assert state(study_path, here["It"]).state == "nothing"


def test_keys_pressed_faster_than_the_disk_are_all_saved(study_path: Path) -> None:
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        tab.keys("0", "0", "0", "0", "0")
        tab.until(lambda: decided(study_path) == 5)


def test_undo_redo_flag_skip_and_memo(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        tab.keys(Keys.ENTER)
        tab.until(lambda: tab.current != here["There"])
        tab.chord(Keys.CONTROL, "z")
        tab.until(lambda: tab.current == here["There"])
        assert state(study_path, here["There"]).state == "open"
        tab.keys("r")
        tab.until(lambda: state(study_path, here["There"]).state == "coded")
        tab.keys("g", "e")
        tab.until(lambda: tab.find("#memo").is_displayed())
        tab.keys("Ask b again")  # keys rest while typing: no polarity is set
        tab.chord(Keys.CONTROL, Keys.ENTER)
        tab.until(lambda: "Ask b again" in tab.find("#panel").text)
        held = state(study_path, here["There"])
        assert held.flagged and held.codes[0].polarity == "barrier"
        tab.keys("j", "s")
        tab.until(lambda: state(study_path, here["There"] + 1).state == "skipped")


def test_blind_work_sees_nothing_of_the_machine(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ben", "--blind") as server, opened(server.addresses["Ben"]) as tab:
        tab.go("/read/1")
        html = tab.driver.page_source
        assert "hollow" not in html and "right</p>" not in html and 'class="code c2 offered' not in html
        tab.keys("3", "b")
        tab.until(lambda: tab.current != here["There"])
        tab.keys("i")
        tab.until(lambda: "blind" in tab.notice)
    code = state(study_path, here["There"], "Ben").codes[0]
    assert code.blind and (code.code, code.polarity) == ("physical_opportunity", "barrier")


def test_commit_first_shows_the_suggestion_after_the_decision(study_path: Path) -> None:
    here = ids(study_path)
    with (
        served(study_path, "--coder", "Eve", "--commit-first") as server,
        opened(server.addresses["Eve"]) as tab,
    ):
        tab.go("/read/1")
        assert "in 10 right" not in tab.find("#panel").text
        tab.keys("4", "b")
        tab.until(lambda: "about 8 in 10 right" in tab.find("#panel").text)
        assert tab.current == here["There"]
        tab.keys(Keys.ENTER)
        tab.until(lambda: tab.current == here["There"] + 1)
    assert state(study_path, here["There"], "Eve").codes[0].blind


def test_two_coders_disagree_and_a_third_adjudicates_with_one_key(study_path: Path) -> None:
    here = ids(study_path)["There"]
    coders = ("--coder", "Ann", "--coder", "Ben", "--coder", "Eve")
    with served(study_path, *coders, "--blind") as server:
        for name, key in (("Ann", "3"), ("Ben", "4")):
            with opened(server.addresses[name]) as tab:
                tab.go("/read/1")
                tab.keys(key, "b")
                tab.until(lambda: tab.current != here)
        with opened(server.addresses["Eve"]) as tab:
            tab.go("/adjudicate")
            assert "Ann" not in tab.find("main").text and "Ben" not in tab.find("main").text
            tab.keys("e", "talked it over", Keys.ESCAPE)
            tab.script("document.activeElement.blur()")
            wanted = tab.find('[data-side="A"] .held').text
            tab.keys(Keys.ARROW_LEFT)
            tab.until(lambda: "No disagreement is open" in tab.find("main").text)
    held = state(study_path, here, "adjudicated").codes[0]
    assert held.memo == "talked it over"
    assert {"physical_opportunity": "Physical", "social_opportunity": "Social"}[held.code] in wanted


def test_a_killed_server_loses_nothing_and_the_coder_goes_on_where_they_were(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        tab.keys(Keys.ENTER)
        tab.until(lambda: tab.current == here["There"] + 1)
        server.kill()
        tab.keys("0")
        tab.until(lambda: "Not saved" in tab.notice)
        assert tab.current == here["There"] + 1
        assert decided(study_path) == 1
        server.start()
        tab.enter(server.addresses["Ann"])
        tab.find("a.primary").click()
        tab.until(lambda: tab.current == here["There"] + 1)
        tab.keys("0")
        tab.until(lambda: decided(study_path) == 2)


def test_two_windows_never_overwrite_each_other(study_path: Path) -> None:
    here = ids(study_path)["There"]
    with served(study_path, "--coder", "Ann") as server:
        address = server.addresses["Ann"]
        with opened(address) as one, opened(address) as other:
            one.go("/read/1")
            other.go("/read/1")
            one.keys("0")
            one.until(lambda: decided(study_path) == 1)
            other.keys("4")
            other.until(lambda: "Nothing was overwritten" in other.notice)
            assert state(study_path, here).state == "nothing"
            assert "shut" in other.find(f"#u{here}").get_attribute("class")  # it now shows what stands
            other.keys("4")
            other.until(lambda: state(study_path, here).state == "coded")


def test_what_participants_said_never_runs(tmp_path: Path) -> None:
    path = tmp_path / "hostile.coder"
    nasty = (
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> time ‮ \"'><svg onload="
        "\"document.title='owned'\"> javascript:alert(1) {{7*7}} families"
    )
    fill(path, {"<b onmouseover=alert(1)>": [("INTERVIEWER", nasty), ("<i>P1", nasty)]})
    with served(path, "--coder", "<u>Ann") as server, opened(server.addresses["<u>Ann"]) as tab:
        for place in (
            "/",
            "/read/1",
            "/queue?order=text",
            "/transcript/1",
            "/bulk?code=physical_opportunity",
            "/progress",
            "/read/1?q=<img",
        ):
            tab.go(place)
            assert "owned" not in tab.driver.title
            assert not tab.all("main img, main b:not(.stripe b), main u, .words i, .words script")
        tab.go("/read/1")
        tab.keys("0")
        tab.until(lambda: decided(path, "<u>Ann") == 1)
        assert "owned" not in tab.driver.title and "{{7*7}}" in tab.find(".document").text


def test_another_site_in_the_same_browser_reads_and_writes_nothing(study_path: Path, tmp_path: Path) -> None:
    here = ids(study_path)["There"]
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        page = tmp_path / "evil.html"
        page.write_text("<!doctype html><title>evil</title><iframe id=f></iframe><form method=post></form>")
        tab.driver.get(page.as_uri())
        read = tab.driver.execute_async_script(
            "const done = arguments[1]; fetch(arguments[0] + '/download/codings.csv', {credentials: 'include'})"
            ".then(r => r.text()).then(t => done('read ' + t)).catch(() => done('refused'))", server.root,
        )  # fmt: skip
        wrote = tab.driver.execute_async_script(
            "const done = arguments[1]; fetch(arguments[0] + '/act', {method: 'POST', mode: 'no-cors', credentials:"
            " 'include', headers: {'Content-Type': 'text/plain'}, body: '{\"action\": \"skip\", \"utterance\": 2}'})"
            ".then(r => done(r.type + r.status)).catch(() => done('refused'))", server.root,
        )  # fmt: skip
        assert read == "refused" and wrote in ("refused", "opaque0")
        assert state(study_path, here).state == "open" and decided(study_path) == 0


def test_keys_rest_in_fields_and_can_be_switched_off(study_path: Path) -> None:
    here = ids(study_path)["There"]
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        tab.keys("/", "0", "x", "3")
        assert tab.find("#search").get_attribute("value") == "0x3" and decided(study_path) == 0
        tab.go("/keys")
        tab.find('[name="letters"]').click()
        tab.until(lambda: "Saved" in tab.find("#say").text)
        tab.go("/read/1")
        tab.keys("0", "x", Keys.ENTER)
        assert decided(study_path) == 0
        tab.find('[data-do="nothing"]').send_keys(Keys.ENTER)  # the button, by Tab and Enter
        tab.until(lambda: state(study_path, here).state == "nothing")


def test_every_button_is_reached_by_tab_and_focus_is_seen(study_path: Path) -> None:
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        tab.script("document.activeElement.blur()")
        reached, unseen = set(), set()
        for _ in range(60):
            tab.keys(Keys.TAB)
            deed, outline, where = tab.script(
                "const e = document.activeElement; return [e.dataset.do + (e.dataset.code || ''),"
                " getComputedStyle(e).outlineStyle, e.outerHTML.slice(0, 90)]"
            )
            reached.add(deed)
            if outline == "none" and not where.startswith(
                "<body"
            ):  # the end of the page, before it begins anew
                unseen.add(where)
        wanted = tab.script(
            "const all = [...document.querySelectorAll('#panel [data-do]')];"
            "return all.map(e => e.dataset.do + (e.dataset.code || ''))"
        )
        assert set(wanted) - reached == set()
        assert not unseen


def test_selected_words_become_the_passage(study_path: Path) -> None:
    here = ids(study_path)["There"]
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        tab.script(
            "const t = document.querySelector('#u' + arguments[0] + ' .words').firstChild;"
            "const r = document.createRange();"
            "r.setStart(t, 9); r.setEnd(t, 29); getSelection().removeAllRanges(); getSelection().addRange(r)", here,
        )  # fmt: skip
        tab.keys("3")
        tab.until(lambda: tab.find(f"#u{here} .covered").text == "never enough time in")
    with Study.open(study_path) as study:
        code = study.acts.states("Ann", [here])[here].codes[0]
        assert study.texts.text(1)[code.start : code.end] == "never enough time in"


def test_a_selection_that_ends_beside_the_words_is_not_the_utterance_in_focus(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here['There']}")
        clock = here["There"] + 1
        tab.script(PULL, clock, 7, clock + 1, None)  # pulled to the margin: ends at the next name
        tab.keys("3")
        tab.until(lambda: tab.find(f"#u{clock} .covered").text == "but the clock wins every single day.")
        assert state(study_path, here["There"]).state == "open"
        tab.script(PULL, here["There"] - 1, 5, here["There"], 12)  # from the question into the answer
        tab.keys("3")
        tab.until(lambda: tab.find(f"#u{here['There']} .covered").text == "There is never")
        tab.go(f"/queue?order=text&u={here['It']}")
        tab.script(PULL, here["It"], 0, here["It"], 6)
        tab.keys("4")
        tab.until(lambda: tab.find(f"#u{here['It']} .covered").text == "It was")
        tab.script(PULL, here["Their"], 0, here["Their"], 5)
        tab.keys("4")
        tab.until(lambda: "select words of the utterance in focus" in tab.find("#say").text)
        assert state(study_path, here["Their"]).state == "open"


def test_a_memo_is_about_the_code_decided_last_and_kept_until_it_is_saved(study_path: Path) -> None:
    pressed = '#panel .code[aria-pressed="true"]'
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        tab.keys("1", "3")
        tab.until(lambda: len(tab.all(pressed)) == 2)
        for text, about in (("on the code", "code"), ("ten minutes of thought", "transcript")):
            if about == "transcript":
                server.kill()
            tab.keys("e")
            tab.find("#memo-text").send_keys(text)
            tab.find(f'#memo [value="{about}"]').click()
            tab.find('#memo button[value="save"]').click()
            if about == "code":
                tab.until(lambda: "Memo saved, about Physical opportunity" in tab.find("#say").text)
        tab.until(lambda: "does not answer" in tab.notice)
        tab.keys("e")
        tab.until(lambda: tab.find("#memo-text").get_attribute("value") == "ten minutes of thought")
    with Study.open(study_path) as study:
        assert [(memo.text, memo.code) for memo in study.memos.all()] == [
            ("on the code", "physical_opportunity")
        ]


def test_an_unsaved_memo_is_offered_again_only_to_its_author_and_about_the_same(study_path: Path) -> None:
    here, field = ids(study_path), "return document.getElementById('memo-text').value"

    def written(tab: Tab, text: str, button: str) -> str:
        tab.until(lambda: tab.script("return document.getElementById('memo').open"))
        before = str(tab.script(field))
        tab.find("#memo-text").send_keys(text)
        tab.find(f'#memo button[value="{button}"]').click()
        return before

    with (
        served(study_path, "--coder", "Ann", "--coder", "Ben") as server,
        opened(server.addresses["Ann"]) as tab,
    ):
        tab.go(f"/read/1?u={here['There']}")
        tab.keys("e")
        written(tab, "first", "save")
        tab.until(lambda: "first" in tab.find(".memos").text)
        # Writing fails from now on, as if the program had stopped.
        tab.script("window.real = window.fetch; window.fetch = () => Promise.reject(new TypeError('gone'))")
        tab.find('[data-do="memo_edit"]').click()
        assert written(tab, ", changed", "save") == "first"
        tab.until(lambda: "does not answer" in tab.notice)
        tab.keys("e")
        assert written(tab, "new one", "save") == ""  # not the change of the other memo
        tab.until(lambda: "does not answer" in tab.notice)
        tab.script("window.fetch = window.real")
        tab.go(f"/read/1?u={here['It']}")
        tab.keys("e")
        assert written(tab, "elsewhere", "save") == ""
        tab.until(lambda: "elsewhere" in tab.find(".memos").text)
        tab.go(f"/read/1?u={here['There']}")
        tab.find('[data-do="memo_edit"]').click()
        assert written(tab, "", "cancel") == "first, changed"
        tab.find('[data-do="memo_edit"]').click()
        assert written(tab, "", "cancel") == "first"  # given up
        tab.enter(server.addresses["Ben"])
        tab.go(f"/read/1?u={here['There']}")
        tab.keys("e")
        assert written(tab, "", "cancel") == ""
        tab.enter(server.addresses["Ann"])
        tab.go(f"/read/1?u={here['There']}")
        tab.keys("e")
        assert written(tab, "", "save") == "new one"
        tab.until(lambda: "new one" in tab.find(".memos").text)
        tab.keys("e")
        assert written(tab, "", "cancel") == ""


def test_words_selected_outside_the_focus_answer_the_suggestion_beside_them(study_path: Path) -> None:
    here = ids(study_path)
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here['It']}")
        suggest_anew(study_path, here["There"], "social_opportunity")
        tab.script(PULL, here["There"], 0, here["There"], 5)
        tab.keys("1")
        tab.until(lambda: "not those that were shown" in tab.notice)
        assert state(study_path, here["There"]).state == "open"
        tab.script(PULL, here["There"], 0, here["There"], 5)
        tab.keys("1")
        tab.until(lambda: state(study_path, here["There"]).state == "coded")


def test_a_page_whose_codes_were_changed_shows_the_new_ones_before_a_key_means_another(
    study_path: Path,
) -> None:
    here = ids(study_path)["It"]
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go(f"/read/1?u={here}")
        with Study.open(study_path) as study:
            book = study.codebooks.current()
            study.codebooks.add(replace(book, codes=book.codes[1:]))  # every key moves up by one
        tab.keys("4")
        tab.until(lambda: "this page shows them now" in tab.find("#say").text)
        assert tab.current == here and len(tab.all("#panel .code")) == len(book.codes) - 1
        assert [code.code for code in state(study_path, here).codes] == [book.codes[3].id]


def test_long_transcripts_load_in_pieces_and_keys_cross_them(tmp_path: Path) -> None:
    path = tmp_path / "long.coder"
    fill(path, {"long": TALK * 60})
    with served(path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.go("/read/1")
        assert len(tab.all(".chunk.waiting")) > 3
        last = tab.script(
            "const c = [...document.querySelectorAll('.chunk:not(.waiting)')].at(-1); return +c.dataset.last"
        )
        first_waiting = tab.script("return +document.querySelector('.chunk.waiting').dataset.first")
        tab.go(f"/read/1?u={last}")
        tab.until(lambda: tab.current == last)
        tab.go(f"/read/1?u={first_waiting}")
        tab.keys("k", "k", "j", "j", "j")
        tab.until(lambda: tab.current > first_waiting)

        def last_is_there() -> bool:
            tab.script("scrollTo(0, document.body.scrollHeight)")
            return "waiting" not in tab.all(".chunk")[-1].get_attribute("class")

        tab.until(last_is_there)
