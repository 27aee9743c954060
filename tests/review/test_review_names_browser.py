"""Long names without a space, and text that runs from right to left, on every page."""

from pathlib import Path
from typing import Any

import pytest

from coder.codebook import Code, Codebook
from coder.store import Study
from coder.store.values import Decision
from tests.review.browsing import Tab, opened, served
from tests.review.conftest import transcript_of

pytestmark = pytest.mark.slow
LONG = "x" * 300
ARABIC = "كان من الصعب الحصول على موعد."
PAGES = (
    "/", "/read/1", "/queue", "/codes?code=word", "/matrix", "/adjudicate", "/codebook", "/bulk?code=word",
    "/transcript/1", "/progress", "/plan", "/report", "/search?text=time", "/reading", "/keys", "/groups?code=word",
)  # fmt: skip
# Where the first letter and the full stop of the first words in Arabic stand.
PLACES = """
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const place = (node, at) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect().left;
    };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = node.data.indexOf(arguments[0]);
      if (start >= 0) return [place(node, start), place(node, start + arguments[0].length - 1)];
    }
    return null;
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "names.coder"
    codes = (Code("word", "Wohnungseigentumsverwaltung" * 5, ARABIC), Code("other", "Other", "d"))
    with Study.create(path, Codebook(name="names", codes=codes, polarity=("barrier", "facilitator"))) as made:
        read, units = transcript_of(
            "y" * 150, [("INTERVIEWER", "And?"), (LONG, f"Never any time. {ARABIC}"), ("P", "It is so.")]
        )
        key = made.texts.add(read, units, source="t.txt")
        for coder, code in (("Ann", "word"), ("Ben", "other")):
            made.people.add_coder(coder)
            for unit in made.texts.utterances(key, codable_only=True)[:2]:
                decision = Decision(unit.id, "add", code=code, polarity="barrier")
                made.acts.decide(coder, [decision], mode="blind")
    return path


@pytest.mark.parametrize("width", [1440, 390])
def test_long_names_push_nothing_out_of_view_and_arabic_ends_with_its_full_stop(
    study: Path, width: int
) -> None:
    device: dict[str, Any] = {"width": width, "height": 850, "deviceScaleFactor": 1, "mobile": False}
    with served(study, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)
        wrong = []
        for path in PAGES:
            tab.go(path)
            wide = tab.script("return document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                wrong.append(f"{path} scrolls sideways by {wide}")
            if path in ("/read/1", "/adjudicate", "/codes?code=word"):
                wrong += out_of_order(tab, path)
        assert not wrong, "\n".join(wrong)


def out_of_order(tab: Tab, path: str) -> list[str]:
    places = tab.script(PLACES, ARABIC)
    if places is None:
        return [f"{path} does not show the Arabic words"]
    return [] if places[1] < places[0] else [f"{path}: the full stop stands before the words"]
