"""Starts the page: a free port, one address per coder, the browser, and a clean end."""

import atexit
import socket
import tempfile
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from coder.errors import InputError
from coder.passphrases import PASSPHRASES
from coder.workflow.study.folder import SUFFIX
from coder.workflow.study.open import Mode, begin_study

if TYPE_CHECKING:
    from starlette.types import ASGIApp

FIRST_PORT = 8765
PORTS_TRIED = 20
LOOPBACK = "127.0.0.1"
SECONDS_FOR_BROWSER = 60  # to read the file with the address; then it is deleted


@dataclass(frozen=True, slots=True)
class Launch:
    """How the page is started. `port` None: the first free one from FIRST_PORT on."""

    study: Path
    coders: tuple[str, ...]
    mode: Mode | None = None
    host: str = LOOPBACK
    port: int | None = None
    browser: bool = True


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def serve(launch: Launch, tell: Callable[[str], None]) -> None:
    """Serve the page until interrupted; `tell` gets each line for people (addresses, warnings).

    Raises StudyError if the study cannot be opened, InputError if no port is free.
    """
    from coder.review.app import make_app

    _begin_if_new(launch.study, tell)
    listener = _listen(launch.host, launch.port)
    port = listener.getsockname()[1]
    app, sessions = make_app(
        launch.study, launch.coders, port=port, hosts=_hosts(launch.host, port), mode=launch.mode
    )
    shown = LOOPBACK if launch.host in ("0.0.0.0", "localhost") else launch.host
    shown = f"[{shown}]" if ":" in shown else shown
    addresses = {session.coder: f"http://{shown}:{port}/?token={session.token}" for session in sessions}
    if not is_loopback(launch.host):
        tell(
            "Warning: other machines on this network can reach this page, and what is sent is not encrypted. Each"
            " coder has an address of their own; give it to nobody else, and stop the page when you are done."
        )
        names = _names_of_this_machine()
        addresses = {c: a.replace(f"//{shown}:", f"//{names[0]}:", 1) for c, a in addresses.items()}
    for coder, address in addresses.items():
        tell(f"{coder}: {address}")
    tell("Every decision is saved at once. Stop with Ctrl+C.")
    if launch.browser:
        _open_browser(next(iter(addresses.values())))
    _run(app, listener)


def serve_home(
    folder: Path, tell: Callable[[str], None], *, port: int | None = None, browser: bool = True
) -> None:
    """Serve the home page of a folder until interrupted; every study opens on a port of its own.

    Only this machine can reach them. Raises InputError if `folder` is no folder or no port is free.
    """
    from coder.review.home import Place, make_home

    PASSPHRASES.ask = None  # the page asks in a form

    def find_place() -> Place:
        listener = _listen(LOOPBACK, None)
        number = listener.getsockname()[1]
        return Place(number, tuple(_hosts(LOOPBACK, number)), lambda app: _run(app, listener))

    listener = _listen(LOOPBACK, port)
    number = listener.getsockname()[1]
    app, token = make_home(folder, find_place, port=number, hosts=tuple(_hosts(LOOPBACK, number)))
    address = f"http://{LOOPBACK}:{number}/?token={token}"
    tell(f"Studies of {folder.resolve()}: {address}")
    tell("Every decision is saved at once. Stop with Ctrl+C.")
    if browser:
        _open_browser(address)
    _run(app, listener)


def _run(app: "ASGIApp", listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=False, proxy_headers=False,
        ws="none", lifespan="off", timeout_graceful_shutdown=2,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])


def _begin_if_new(path: Path, tell: Callable[[str], None]) -> None:
    """Make an empty study where there is none; a name without the usual suffix is more likely a slip."""
    if path.exists():
        return
    if path.suffix != SUFFIX:
        raise InputError(f"There is no study {path}. A new one is begun under a name that ends in {SUFFIX}.")
    begin_study(path).close()
    tell(f"{path} is a new study: drop transcripts on its page, and choose its codebook there.")


def _listen(host: str, port: int | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    tried = [port] if port is not None else [*range(FIRST_PORT, FIRST_PORT + PORTS_TRIED), 0]
    for number in tried:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
        except OSError:
            listener.close()
            continue
        return listener
    raise InputError(
        f"Port {port} of {host} cannot be used (taken, or not this machine's). Leave out --port to take a free one."
    )


def _names_of_this_machine() -> list[str]:
    names = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; asks which of our addresses faces the network
            names.append(probe.getsockname()[0])
        except OSError:
            pass
    return [*names, socket.gethostname().lower()]


def _hosts(host: str, port: int) -> list[str]:
    names = [LOOPBACK, "localhost", "[::1]"]
    if not is_loopback(host):
        names += [f"[{host}]" if ":" in host else host, *_names_of_this_machine()]
    return [f"{name}:{port}" for name in names]


def _open_browser(address: str) -> None:
    # By way of a file that only this user can read: an address on a command line (and in it the token) is seen
    # by every user of the machine.
    with tempfile.NamedTemporaryFile("w", prefix="coder-", suffix=".html", delete=False) as page:
        target = escape(address, quote=True)
        page.write(
            f'<!doctype html><meta http-equiv="refresh" content="0;url={target}"><a href="{target}">Open</a>'
        )
    path = Path(page.name)
    atexit.register(path.unlink, missing_ok=True)
    forget = Timer(SECONDS_FOR_BROWSER, path.unlink, kwargs={"missing_ok": True})
    forget.daemon = True
    forget.start()
    webbrowser.open(path.as_uri())
