"""Progress as lines, for logs and pipes: how much is done, how fast it goes, how long it will take."""

import time
from collections.abc import Callable

EVERY = 30.0  # seconds between lines: short work says nothing


class PaceLines:
    """Counts steps and prints a line now and then."""

    def __init__(
        self,
        title: str,
        total: int | None,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title, self._total, self._tell, self._clock = title, total, tell, clock
        self._done = self._told = 0
        self._told_at = clock()

    def advance(self, steps: int, of: int | None = None) -> None:
        """Count steps; `of` is their total where it is known."""
        self._done += steps
        self._total = of or self._total
        now = self._clock()
        if now - self._told_at >= EVERY:
            self._tell(self._line((self._done - self._told) / (now - self._told_at)))
            self._told, self._told_at = self._done, now

    def _line(self, rate: float) -> str:
        """Return the line; `rate` is of the time since the last one, so that a resumed run does not boast."""
        speed = per_time(rate)
        if not self._total:
            return f"{self._title}: {self._done:,} ({speed})"
        left = f", about {in_words((self._total - self._done) / rate)} left" if rate else ""
        return f"{self._title}: {self._done:,} of {self._total:,} ({speed}{left})"


def per_time(rate: float | None) -> str:
    """Return a rate of steps per second in the unit that gives a readable number."""
    if not rate:
        return ""
    return f"{rate:,.0f} a second" if rate >= 2 else f"{rate * 60:.0f} a minute"


def in_words(seconds: float) -> str:
    """Return a time span as people say it.

    >>> in_words(50), in_words(340), in_words(8000)
    ('50 s', '6 min', '2 h 13 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
