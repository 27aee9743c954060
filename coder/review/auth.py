"""Who may use the page: keeps out other web pages, other users of the machine, other machines.

Each coder has one launch token, exchanged for a cookie that scripts cannot read.
Every request passes four doors: the Host header is one that was printed (else a foreign name was pointed at this
machine: DNS rebinding); the cookie belongs to this launch; a write comes from the page itself (Origin) and carries
its CSRF token; and the body is of bearable size. Every answer tells the browser to load nothing from elsewhere,
to keep nothing, and never to show the page inside another.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1_000_000  # bytes, of any write but an upload
UPLOAD_LIMIT = 100_000_000  # bytes, of one drop of files
UPLOAD_PATHS = frozenset({"/upload", "/upload/attributes", "/codebook/upload", "/begin"})
SAFE_METHODS = frozenset({"GET", "HEAD"})
POLICY = "; ".join([
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
])  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
CLOSED = (
    "This page is closed. Open it with the address that `coder review` printed when it was started; after a"
    " restart there is a new one. Nothing that was saved is lost."
)


TOKEN_BYTES = 32


def _secret() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(slots=True)
class Session:
    """One coder's access during this launch. `token` is in the printed address, `cookie` in the browser only."""

    coder: str
    token: str = field(default_factory=_secret)
    cookie: str = field(default_factory=_secret)
    csrf: str = field(default_factory=_secret)
    mode: str | None = None  # what the coder chose on the page; None = as launched
    show_coders: bool = False  # whether the margin shows other coders' codes too


class Sessions:
    """The sessions of one launch; nothing of them outlives the process."""

    def __init__(self, coders: Sequence[str], port: int) -> None:
        self._all = [Session(coder) for coder in coders]
        # Cookies are shared by all ports of a host: the port in the name keeps two open studies apart.
        self.cookie_name = f"coder_{port}"

    def __iter__(self) -> Iterator[Session]:
        return iter(self._all)

    def by_token(self, token: str) -> Session | None:
        """Return the session that a launch token opens."""
        return self._find(token, "token")

    def by_csrf(self, csrf: str) -> Session | None:
        """Return the session that a page was drawn for."""
        return self._find(csrf, "csrf")

    def by_cookie(self, cookie: str) -> Session | None:
        """Return the session of a browser that has entered."""
        return self._find(cookie, "cookie")

    def _find(self, given: str, name: str) -> Session | None:
        # Every secret is compared, each in constant time, so that timing tells nothing.
        found = [item for item in self._all if compare_digest(getattr(item, name).encode(), given.encode())]
        return found[0] if found else None


class Guard:
    """Middleware around the whole page; puts the `Session` into the request's state."""

    def __init__(self, app: ASGIApp, sessions: Sessions, hosts: Iterable[str]) -> None:
        self._app, self._sessions = app, sessions
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            guarded = _with_headers(send)
            refused = self._answer(scope)
            await (refused or self._app)(scope, receive, guarded)
        # Web sockets are not used: they find no answer.

    def _answer(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return _refusal(421, "This page is not served under that name.", headers)
        if (token := _launch_token(scope)) is not None:
            return self._enter(token, scope, headers)
        session = self._session(headers)
        if session is None:
            return _refusal(401, CLOSED, headers)
        scope.setdefault("state", {})["session"] = session
        return self._fault(scope, headers, session, host)

    def _enter(self, token: str, scope: Scope, headers: Headers) -> Response:
        session = self._sessions.by_token(token)
        if session is None:
            return _refusal(401, CLOSED, headers)
        # Not a redirect: the cookie is SameSite=Strict, and a browser would leave it out of a redirect that
        # began outside (the file that opens the browser). A page that moves itself on counts as inside.
        target = escape(scope["path"], quote=True)
        page = f'<!doctype html><meta http-equiv="refresh" content="0;url={target}"><title>coder</title>'
        response = HTMLResponse(page)
        response.set_cookie(self._sessions.cookie_name, session.cookie, httponly=True, samesite="strict")
        return response

    def _fault(self, scope: Scope, headers: Headers, session: Session, host: str) -> Response | None:
        """Return the refusal of a request from a known browser that the page itself did not make."""
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _refusal(403, "Another web page asked for this; it is refused.")
        writes, csrf = scope["method"] not in SAFE_METHODS, headers.get("x-csrf-token")
        if writes and headers.get("origin") != f"{scope['scheme']}://{host}":
            return _refusal(403, "Another web page tried to write here; it is refused.")
        # The parts that a page asks for carry the token too: else one coder's window would show another's codes.
        if (writes or csrf is not None) and not compare_digest((csrf or "").encode(), session.csrf.encode()):
            return _refusal(403, self._other_page(csrf or "", session))
        return _oversized(scope, headers) if writes else None

    def _other_page(self, csrf: str, session: Session) -> str:
        drawn_for = self._sessions.by_csrf(csrf)
        if drawn_for is None:
            return "The page is from an earlier launch. Reload it."
        return (
            f"Nothing was saved. This page is {drawn_for.coder}'s, but the address of {session.coder} was opened in"
            f" this browser since. Use a browser (or a private window) for each coder: open {drawn_for.coder}'s"
            f" address again, or reload to go on as {session.coder}."
        )

    def _session(self, headers: Headers) -> Session | None:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        morsel = cookies.get(self._sessions.cookie_name)
        return self._sessions.by_cookie(morsel.value) if morsel else None


def _launch_token(scope: Scope) -> str | None:
    if scope["method"] not in SAFE_METHODS or b"token=" not in scope["query_string"]:
        return None
    given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
    return given[0] if given else None


def _oversized(scope: Scope, headers: Headers) -> Response | None:
    """Return the refusal of a write whose size is not given or not bearable."""
    limit = UPLOAD_LIMIT if scope["path"] in UPLOAD_PATHS else BODY_LIMIT
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        return _refusal(411, "The size of the request must be given.")
    if int(length) > limit:
        return _refusal(
            413, f"That is more than {limit // 1_000_000} MB at once; send fewer or smaller files."
        )
    return None


def _refusal(status: int, sentence: str, headers: Headers | None = None) -> Response:
    if headers is not None and "text/html" in headers.get("accept", ""):
        page = f'<!doctype html><html lang="en"><title>coder</title><p>{escape(sentence)}</p></html>'
        return HTMLResponse(page, status)
    return JSONResponse({"error": sentence}, status)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return send_with_headers
