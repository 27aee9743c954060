"""axe-core finds nothing serious on any page, light, dark, narrow, and at 200 % zoom."""

from pathlib import Path
from typing import Any

import pytest

from coder.store import Study
from coder.store.values import Decision
from tests.review.browsing import Tab, opened, served
from tests.review.test_review_writes import ids

pytestmark = pytest.mark.slow
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/", "/read/1", "/queue", "/bulk?code=physical_opportunity", "/adjudicate", "/codebook", "/progress", "/model",
    "/keys", "/transcript/1", "/nowhere", "/search?q=time", "/codes?code=physical_opportunity", "/matrix", "/plan",
    "/reading", "/report", "/exchange", "/groups?code=physical_opportunity",
    "/codebook/reshape?kind=retire&code=physical_opportunity", "/pseudonyms",
)  # fmt: skip


def violations(tab: Tab) -> list[dict[str, Any]]:
    tab.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE})  # past the page's own policy
    found: list[dict[str, Any]] = tab.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations))"
    )
    return found


def said(found: list[dict[str, Any]]) -> list[str]:
    return [
        f"{v['impact']} {v['id']}: {n['html'][:160]} {n['failureSummary'][:300]}"
        for v in found
        for n in v["nodes"][:3]
    ]


@pytest.mark.parametrize("look", ["light", "dark", "narrow", "zoomed"])
def test_axe_finds_nothing_serious(study_path: Path, look: str) -> None:
    here = ids(study_path)["There"]
    with Study.open(study_path) as study:
        for name, code in (("Ann", "physical_opportunity"), ("Ben", "social_opportunity")):
            study.people.add_coder(name)
            study.acts.decide(name, [Decision(here, "add", code=code, polarity="barrier")], mode="assisted")
    talk = study_path.with_name("names.txt")
    talk.write_text("Interviewer: How was it?\n\nJane Smith: Dr Patel saw me in Leeds on 3 May.\n")
    with served(study_path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
        tab.script("arguments[0].checked = true", tab.find('[name="pseudonymise"]'))
        tab.find("form[data-upload] input[type=file]").send_keys(str(talk))
        tab.until(lambda: tab.all('#job a[href="/pseudonyms"]'), "no names were found")
        if look == "dark":
            features = [{"name": "prefers-color-scheme", "value": "dark"}]
            tab.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        if look in ("narrow", "zoomed"):
            size = {"width": 400, "height": 860} if look == "narrow" else {"width": 720, "height": 450}
            device = {**size, "deviceScaleFactor": 1, "mobile": False}
            tab.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)
        problems = []
        for path in PAGES:
            tab.go(path)
            if path == "/progress":
                tab.until(lambda: "Counting" not in tab.find("main").text)
            problems += [f"{path} {line}" for line in said(violations(tab))]
            wide = tab.script("return document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} scrolls sideways by {wide}"
        tab.go("/read/1")
        tab.keys("?")
        problems += [f"keys dialog {line}" for line in said(violations(tab))]
        assert not problems, "\n".join(problems)
