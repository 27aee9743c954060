"""A real browser on a real server, for the slow tests of the review page."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1440,900",
)  # fmt: skip
PATIENCE = float(os.environ.get("CODER_PATIENCE", "60"))  # seconds; the machine may be busy


@dataclass
class Server:
    """`coder review` in a process of its own."""

    study: Path
    options: tuple[str, ...]
    process: subprocess.Popen[str] = field(init=False)
    addresses: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        command = [sys.executable, "-m", "coder", "review", str(self.study), "--no-browser", *self.options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.addresses = {}
        for line in self.process.stderr:
            if found := re.match(r"(.+): (http://\S+)", line.strip()):
                self.addresses[found[1]] = found[2]
            if line.startswith("Every decision"):
                return
        raise AssertionError(f"the server did not start: {self.process.wait()}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()

    @property
    def root(self) -> str:
        return next(iter(self.addresses.values())).split("/?")[0]


@contextlib.contextmanager
def served(study: Path, *options: str) -> Iterator[Server]:
    server = Server(study, options)
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Tab:
    """One browser window with a profile of its own."""

    def __init__(self, address: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="coder-browser-", ignore_cleanup_errors=True)
        options = Options()
        for flag in (*FLAGS, f"--user-data-dir={self._profile.name}"):
            options.add_argument(flag)
        self.driver = Chrome(options, Service("/usr/bin/chromedriver"))
        self.enter(address)

    def enter(self, address: str) -> None:
        self.root = address.split("/?")[0]
        self.driver.get(address)
        self.until(lambda: self.all("header.top") and self.script("return document.readyState") == "complete")

    def close(self) -> None:
        self.driver.quit()
        self._profile.cleanup()

    def go(self, path: str) -> None:
        self.driver.get(self.root + path)
        self.until(lambda: self.script("return document.readyState") == "complete")

    def keys(self, *pressed: str) -> None:
        for key in pressed:
            ActionChains(self.driver).send_keys(key).perform()

    def chord(self, modifier: str, key: str) -> None:
        ActionChains(self.driver).key_down(modifier).send_keys(key).key_up(modifier).perform()

    def script(self, code: str, *given: Any) -> Any:
        return self.driver.execute_script(code, *given)

    def find(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(
        self,
        holds: Callable[[], object],
        what: str = "the page did not get there",
        patience: float = PATIENCE,
    ) -> None:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            with contextlib.suppress(Exception):  # elements are replaced while we look
                if holds():
                    return
            time.sleep(0.03)
        shown = self.find("main").text[-900:]
        raise AssertionError(f"{what}; the page says: {shown}; notice: {self.notice}")

    def until_left(self, utterance: int) -> None:
        self.until(lambda: self.current != utterance)

    @property
    def current(self) -> int:
        # In one call: an element that was found may be replaced before it is asked.
        found = "return document.querySelector('.unit[aria-current=\"true\"]').dataset.id"
        return int(self.script(found))

    @property
    def notice(self) -> str:
        return str(self.script("return document.getElementById('notice').textContent"))


@contextlib.contextmanager
def opened(address: str) -> Iterator[Tab]:
    tab = Tab(address)
    try:
        yield tab
    finally:
        tab.close()
