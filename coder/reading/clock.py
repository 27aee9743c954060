"""Read clock times: those that fill cells and attributes, and the stamps inside lines of text.

A stamp in brackets or hash signs is one wherever it stands at the edge of a line or beside a label. A bare
one ("0:03") may be something said ("10:30 suits me"), so whether to believe it is learned per file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_PARTS = re.compile(
    r"""[\[(#<\s]*
    (?:(?P<hours>\d{1,3})(?::|h:?)\s?)?
    (?P<minutes>\d{1,3})(?:[:′]|m:?)\s?
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


_FRACTION = r"(?:[.,:;]\d{1,6}|-\d(?![\d:]))?"
# Two parts need two digits in the second ("1:1 support" is no time); Teams writes 0:0:3 for three.
# Video editors write hours, minutes, seconds and frames, with semicolons where frames are dropped.
_DROP = r"\d{2};\d{2};\d{2};\d{2}"
_CLOCK = rf"\d{{1,3}}:(?:[0-5]?\d:[0-5]?\d|[0-5]\d){_FRACTION}(?!\d)"
_LETTERED = r"(?:\d{1,2} ?h:? ?)?\d{1,3} ?m(?:in)?:? ?[0-5]?\d ?s(?:ec)?\b"
_SPOKEN_STAMP = r"(?:\d+ hours? )?(?:\d+ minutes? )?\d+ seconds?\b"
_DAYTIME = r"(?: ?[AaPp]\.?[Mm]\b\.?)?"
_DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? (?:at )?"
_ONE = rf"(?:{_DROP}|{_CLOCK}{_DAYTIME}|{_LETTERED})"
_TO = r" ?(?:-->|->|–|—|-|to|/) ?"
_DOTTED = r"\d{1,2}\.\d{2}\.\d{2}(?:[.,:]\d{1,3})?"
_SHORT = r"\d{1,3}:\d(?:\.\d{1,3})?(?!\d)"
_ANY = rf"(?:{_ONE}|{_DOTTED}|{_SPOKEN_STAMP}|{_SHORT})"
_INNER = rf"\s*(?:[Tt]ime:? ?|at )?(?:{_DATE})?{_ANY}(?:{_TO}{_ANY})?\s*"
# Markdown escapes brackets; Transana writes milliseconds as ¤<3400>.
_CLOSED = rf"\\?\[{_INNER}\\?\]|\\?\({_INNER}\\?\)|<{_INNER}>|\{{{_INNER}\}}|#{_INNER}#|\*{_INNER}\*|¤\s?<\d{{1,10}}>"
_STAMP_RANGE = rf"{_ONE}{_TO}{_ONE}(?:{_DAYTIME})"
_NO_STAMP_BEHIND = r"(?![^\W_]|[%€£$]|[.,]\d)"
_BARE = rf"@?(?:{_DATE})?(?:{_STAMP_RANGE}|{_DROP}|{_CLOCK}{_DAYTIME}|{_SPOKEN_STAMP}|{_LETTERED}){_NO_STAMP_BEHIND}"

# A line that holds more stamps than this is no line of a transcript.
_MOST = 6
_DIGIT = re.compile(r"\d")
CLOSED = re.compile(_CLOSED)
_DOTTED_BARE = re.compile(rf"{_DOTTED}(?=\s|$)")
_DOTTED_LAST = re.compile(rf"(?<=\s){_DOTTED}$")
# Inside speech "(10:30)" and "(10 seconds)" may be said or remarked on; these are neither.
_INSIDE = re.compile(
    rf"\\?\[\s*(?:{_ONE}|{_DOTTED})(?:{_TO}(?:{_ONE}|{_DOTTED}))?\s*\\?\]|\{{\s*{_ONE}\s*\}}|#\s*(?:{_ONE}|{_DOTTED})\s*#"
    r"|\\?\(\s*\d{1,2}:\d{2}:\d{2}(?:[.,:;-]\d{1,6})?\s*\\?\)|<\s*\d{1,2}:\d{2}:\d{2}(?:[.,:;-]\d{1,6})?\s*>|¤\s?<\d{1,10}>"
)
BARE = re.compile(_BARE)
# Behind a sentence nobody says "00:01:19"; a time of two parts may be said.
_TRAILING = re.compile(
    rf"\s*(?:{_CLOSED})\s*$|(?<=[.?!…)\]\"”])\s+\d{{1,2}}:[0-5]\d:[0-5]\d(?:[.,]\d{{1,3}})?\s*$"
)
_CORE = re.compile(rf"{_DROP}|{_CLOCK}|{_DOTTED}|{_LETTERED}|{_SPOKEN_STAMP}|{_SHORT}")
_TENTHS = re.compile(r":\d\d[.,]\d")
_DATED = re.compile(rf"\s*{_DATE}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp in a line: its place, the seconds it means (None = a time of day with a date), its dress."""

    start: int
    end: int
    seconds: float | None
    bare: bool
    certain: bool


def _stamp(match: re.Match[str], bare: bool) -> Stamp:
    if match[0].startswith("¤"):
        return Stamp(match.start(), match.end(), int(re.sub(r"\D", "", match[0])) / 1000, bare, certain=True)
    words = match[0].strip("[](){}<>#*\\ ")
    core = _CORE.search(words)
    dated = _DATED.match(words) is not None
    seconds = None
    if core and not dated:
        colons = core[0].replace(";", ":") if core[0].count(";") > 1 else core[0]
        seconds = seconds_in(re.sub(r"(?<=\d)\.(?=\d{2}\.\d{2})|(?<=\d\.\d\d)\.(?=\d\d)", ":", colons))
    # Nobody says "00:01:02" or "0:04.2"; "10:30" alone may well be speech.
    certain = (
        not bare
        or dated
        or core is None
        or words.startswith("@")
        or core[0].count(":") >= 2
        or core[0].count(";") > 1
        or _TENTHS.search(core[0]) is not None
        or "-->" in words
    )
    return Stamp(match.start(), match.end(), seconds, bare, certain)


def leading_stamp(text: str, position: int = 0) -> Stamp | None:
    """Return the stamp that begins at `position`, if one does."""
    match = CLOSED.match(text, position)
    if match:
        return _stamp(match, bare=False)
    match = BARE.match(text, position) or _DOTTED_BARE.match(text, position)
    return _stamp(match, bare=True) if match else None


def trailing_stamp(text: str) -> Stamp | None:
    """Return the bracketed or hashed stamp that ends the text, with the white space before it."""
    tail = max(0, len(text) - 60)
    match = _TRAILING.search(text, tail)
    return _stamp(match, bare=False) if match else None


def dotted_at_end(text: str) -> Stamp | None:
    """Return the dotted time ("1.01.35") that ends the text behind a space; a date has the same form."""
    match = _DOTTED_LAST.search(text, max(0, len(text) - 20))
    return _stamp(match, bare=True) if match else None


def inner_stamps(text: str) -> Iterator[Stamp]:
    """Yield the stamps that stand among somebody's words and can be nothing that was said."""
    if not _DIGIT.search(text):
        return
    for match in _INSIDE.finditer(text):
        yield _stamp(match, bare=False)


def stamps_in(text: str, end: int) -> Iterator[Stamp]:
    """Yield the stamps of the first `end` characters, bracketed and bare, from left to right."""
    position = 0 if _DIGIT.search(text, 0, end) else end
    count = 0
    while position < end and count < _MOST:
        count += 1
        closed, bare = CLOSED.search(text, position, end + 40), BARE.search(text, position, end + 40)
        first = min(
            (stamp for stamp in (closed, bare) if stamp),
            key=lambda stamp: (stamp.start(), stamp is bare),
            default=None,
        )
        if first is None or first.start() >= end:
            return
        boundary = first.start() == 0 or not text[first.start() - 1].isalnum()
        if boundary:
            yield _stamp(first, bare=first is bare)
        position = first.end()


def speaker_and_time(cell: str) -> tuple[str | None, float | None]:
    """Read a speaker's cell: "Jane Doe:", "INT (0:03)", "Jane Doe\\n00:01:02"."""
    time = None
    names = []
    for part in re.split(r"\n|\s(?=[\[(]?\d+:\d\d[\d:.,]*[\])]?\s*$)", cell):
        seconds = seconds_in(part, plain_numbers=False)
        if seconds is None:
            names.append(part)
        else:
            time = seconds
    name = " ".join(" ".join(names).split()).rstrip(":： |–—·•-" if time is not None else ":： ")
    return name or None, time
