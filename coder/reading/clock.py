"""Read the clock times that stand in cells and attributes of transcripts, in every usual form."""

import re
from collections.abc import Sequence

_PARTS = re.compile(
    r"""[\[(#<\s]*
    (?:(?P<hours>\d{1,3})[:h]\s?)?
    (?P<minutes>\d{1,3})[:m′]\s?
    (?P<seconds>\d{1,2})(?:[.,:;-](?P<fraction>\d{1,9}))?s?
    [\])#>\s]*$""",
    re.VERBOSE,
)
_SPOKEN = re.compile(
    r"\s*(?:(\d+)\s*h(?:rs?|ours?)?)?\s*(?:(\d+)\s*m(?:ins?|inutes?)?)?\s*(?:(\d+)\s*s(?:ecs?|econds?)?)?\s*$"
)
_NUMBER = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,9})?)\s*(?:s|sec|secs|seconds)?\s*$")
_RANGE = re.compile(r"\s*(?:-->|->|–|—|\bto\b|(?<=[\d\])])\s*-)\s*")


def seconds_in(text: str, *, plain_numbers: bool = True, milliseconds: bool = False) -> float | None:
    """Return the seconds that a cell holding nothing but a time names, of a span its start; None if it is no time.

    Understands 1:02:03, 01:02:03.250, 1:02:03,250, 62:03, [0:03], #00:01:02-5#, 1h 2m 3s, "0:00.0 - 0:04.2"
    and, with `plain_numbers`, bare seconds (or milliseconds with `milliseconds`). A fourth part (1:02:03:12)
    counts video frames, whose rate is unknown, and is dropped.
    """
    text = text.strip()
    if not text or len(text) > 60:
        return None
    whole = _one_time(text, plain_numbers, milliseconds)
    if whole is not None:
        return whole
    first, *rest = _RANGE.split(text, maxsplit=1)
    if not rest or _one_time(rest[0], plain_numbers, milliseconds) is None:
        return None
    return _one_time(first, plain_numbers, milliseconds)


def _one_time(text: str, plain_numbers: bool, milliseconds: bool) -> float | None:
    clock = _PARTS.match(text)
    if clock:
        frames = text.count(":") == 3
        whole = int(clock["hours"] or 0) * 3600 + int(clock["minutes"]) * 60 + int(clock["seconds"])
        return float(f"{whole}.{(clock['fraction'] or 0) if not frames else 0}")
    number = _NUMBER.match(text)
    if number:
        value = float(number[1].replace(",", "."))
        return (value / 1000 if milliseconds else value) if plain_numbers else None
    spoken = _SPOKEN.match(text)
    if spoken and any(spoken.groups()):
        hours, minutes, seconds = (int(part or 0) for part in spoken.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    return None


def are_milliseconds(times: Sequence[float | None], words: int) -> bool:
    """Tell whether plain numbers count milliseconds: as seconds they would leave minutes to each of the words.

    People say two to three words a second; even with long silences one word a minute is no talk.
    """
    known = [time for time in times if time is not None]
    return len(known) > 1 and words > 0 and (known[-1] - known[0]) / words > 60
