"""Starting the page: new studies, ports, hosts, and the command line."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import InputError
from coder.review import server
from coder.review.server import Launch, is_loopback
from coder.store import Study


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.4", False),
        ("evil", False),
    ],
)
def test_only_loopback_is_this_machine_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_a_port_that_is_taken_is_a_sentence_and_without_one_the_next_is_found(study_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=str(port)):
            server.serve(Launch(study_path, ("Ann",), port=port, browser=False), tell=lambda line: None)


def started(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is told when the page starts, without serving it."""
    import uvicorn

    def close(self: object, sockets: list[socket.socket]) -> None:
        for item in sockets:
            item.close()

    monkeypatch.setattr(uvicorn.Server, "run", close)
    told: list[str] = []
    server.serve(launch, tell=told.append)
    return told


def test_beyond_this_machine_it_warns_and_gives_each_coder_an_address(
    study_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = started(Launch(study_path, ("Ann", "Ben"), host="0.0.0.0", browser=False), monkeypatch)
    assert "Warning" in told[0] and "not encrypted" in told[0]
    tokens = {line.split("token=")[1] for line in told if "token=" in line}
    assert len(tokens) == 2 and all(len(token) > 40 for token in tokens)
    assert "Warning" not in started(Launch(study_path, ("Ann",), browser=False), monkeypatch)[0]


def test_the_browser_is_opened_by_a_private_file_so_that_no_command_line_shows_the_token(
    study_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    told = started(Launch(study_path, ("Ann",)), monkeypatch)
    path = Path(opened[0].removeprefix("file://"))
    assert path.stat().st_mode & 0o077 == 0
    assert told[0].split("token=")[1] in path.read_text()
    assert "token" not in opened[0]
    path.unlink()


def test_a_new_study_is_begun_but_a_slip_of_the_name_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = started(Launch(tmp_path / "new.coder", ("Ann",), browser=False), monkeypatch)
    assert "new study" in told[0]
    with Study.open(tmp_path / "new.coder") as study:
        assert study.people.coders() == ["Ann"]
    with pytest.raises(InputError, match="no study"):
        server.serve(Launch(tmp_path / "new", ("Ann",), browser=False), tell=told.append)


def test_the_command_teaches_and_refuses_two_modes(tmp_path: Path) -> None:
    help_text = CliRunner().invoke(app, ["review", "--help"]).output
    assert "Example: coder review" in help_text
    both = CliRunner().invoke(app, ["review", "x.coder", "--coder", "A", "--blind", "--commit-first"])
    assert both.exit_code == 2
