"""Who may use the page: one launch token per coder, exchanged for a cookie that scripts cannot read."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest

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

    def by_cookie(self, cookie: str) -> Session | None:
        """Return the session of a browser that has entered."""
        return self._find(cookie, "cookie")

    def _find(self, given: str, name: str) -> Session | None:
        # Every secret is compared, each in constant time, so that timing tells nothing.
        found = [item for item in self._all if compare_digest(getattr(item, name).encode(), given.encode())]
        return found[0] if found else None
