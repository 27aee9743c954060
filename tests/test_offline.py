"""Nothing leaves the machine: commands and page run with connections refused, and every attempt is recorded."""

import re
import shutil
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
REFUSING = textwrap.dedent(
    """
    import os, sys
    def hook(event, args):
        if event == "socket.connect" and isinstance(args[1], tuple):
            host = args[1][0]
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host = args[0] if isinstance(args[0], str) else (args[0] or b"").decode()
        else:
            return
        if host not in ("127.0.0.1", "::1", "localhost", ""):
            with open("attempts.txt", "a") as record:
                record.write(f"{event} {host} {sys.argv[1:]}\\n")
            raise OSError(f"no connection to {host}")
    sys.addaudithook(hook)
    from coder.cli.main import main
    main()
    """
)
QUICK = ["", "codebook show comb", "agreement {sample}/agreement.csv -o agreement.xlsx"]


def run(folder: Path, line: str, *, alone: bool) -> subprocess.CompletedProcess[str]:
    unshare = ["unshare", "--net"] if alone else []
    arguments = line.format(sample=SAMPLE).split()
    return subprocess.run(
        [*unshare, sys.executable, "-c", REFUSING, *arguments], cwd=folder, capture_output=True, text=True
    )


def no_route() -> bool:
    """Whether this system lets a test run without any network, so that code below Python has none either."""
    tool = shutil.which("unshare")
    return tool is not None and subprocess.run([tool, "--net", "true"], capture_output=True).returncode == 0


def test_the_recorder_records(tmp_path: Path) -> None:
    code = REFUSING.replace(
        "from coder.cli.main import main\nmain()", "import socket; socket.create_connection(('192.0.2.1', 9))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "192.0.2.1" in (tmp_path / "attempts.txt").read_text()


def test_no_command_asks_for_a_connection(tmp_path: Path) -> None:
    # The slow test of the README does so with nearly every command.
    alone = no_route()
    for line in QUICK:
        done = run(tmp_path, line, alone=alone)
        assert done.returncode == 0, f"coder {line}: {done.stderr}"
    assert not (tmp_path / "attempts.txt").exists(), (tmp_path / "attempts.txt").read_text()


@pytest.mark.slow
def test_the_page_asks_for_no_connection(tmp_path: Path) -> None:
    assert run(tmp_path, "init s.coder", alone=False).returncode == 0
    assert run(tmp_path, "import s.coder {sample}/transcripts/c01_gp.txt", alone=False).returncode == 0
    arguments = ["review", "s.coder", "--coder", "Ann", "--no-browser"]
    with subprocess.Popen(
        [sys.executable, "-c", REFUSING, *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as page:
        try:
            assert page.stderr
            address = re.search(r"http://\S+", page.stderr.readline())
            assert address
            opener = urllib.request.build_opener(
                urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({})
            )
            for attempt in range(50):
                try:
                    assert opener.open(address[0], timeout=10).status == 200
                    break
                except OSError:  # not yet listening
                    time.sleep(0.1 * (attempt + 1))
        finally:
            page.terminate()
            page.wait(20)
    assert not (tmp_path / "attempts.txt").exists()
