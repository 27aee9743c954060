"""How things are shown: a code by colour, mark and key; polarity by a sign; odds, shares and times in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from coder.codebook import Code, Codebook

# For codes without a colour of their own: each as far as possible (in OKLab, an even scale of seen difference) from
# those before it, so that forty codes still look different; the mark helps where colours are hard to tell apart.
PALETTE = (
    "#1b6ca8", "#c8553d", "#2e8b57", "#8a5fbf", "#d08c1d", "#2a9d9d", "#b8437a", "#6b7a2f",
    "#5aa9e6", "#f2a65a", "#8fc93a", "#9a6a4f", "#5c6bc0", "#e07a9b", "#e3c2f8", "#7d7d7d",
    "#6a0092", "#8a0316", "#5eeae5", "#02553f", "#ce79fd", "#0935b1", "#464070", "#9daa8f",
    "#d2d79a", "#4bf58c", "#623f0a", "#804a62", "#17a92a", "#fd93e5", "#5f3cc5", "#7d0e5c",
    "#d251b9", "#af98ce", "#12c281", "#a5c3d3", "#924413", "#c1e319", "#941c95", "#426469",
    "#eda9ac", "#8a70fc", "#e94775", "#fdca3a", "#8e9331", "#7b89bd", "#f67d51",
)  # fmt: skip
POLARITY_SIGNS = {"barrier": "−", "facilitator": "+", "mixed": "±"}
CODE_KEYS = "123456789hlopqtvwyz"  # after the digits, letters that no action uses
DARK_INK, LIGHT_INK = "#000000", "#ffffff"  # one of the two reaches 4.58:1 on any colour
SMALL_WORDS = frozenset(
    ["a", "about", "an", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One code as the page shows it. `number` is its lane; `ink` is readable on `colour` (WCAG AA)."""

    code: Code
    number: int
    mark: str
    key: str
    colour: str
    ink: str


def legend(codebook: Codebook, keys: Mapping[str, str] | None = None) -> dict[str, Sign]:
    """Return the signs by code id; `keys` are a coder's own keys for codes."""
    own_keys = keys or {}
    taken = set(own_keys.values())
    free = iter([key for key in CODE_KEYS if key not in taken])
    marks = distinct_marks([code.label for code in codebook.codes])
    signs = {}
    for number, code in enumerate(codebook.codes):
        colour = _colour(code.colour) or PALETTE[number % len(PALETTE)]
        key = own_keys[code.id] if code.id in own_keys else next(free, "")
        signs[code.id] = Sign(code, number, marks[number], key, colour, readable_ink(colour))
    return signs


def distinct_marks(labels: Sequence[str]) -> list[str]:
    """Return a mark of at most four letters for each label, no two alike.

    >>> distinct_marks(["Physical capability", "Psychological capability", "Social opportunity"])
    ['PhC', 'PsC', 'SO']
    """
    spelled = [_words(label) for label in labels]
    marks = [_initials(words, 1) for words in spelled]
    for length in (2, 3):
        crowded = {mark for mark in marks if marks.count(mark) > 1}
        marks = [
            _initials(words, length) if mark in crowded else mark
            for words, mark in zip(spelled, marks, strict=True)
        ]
    crowded = {mark for mark in marks if marks.count(mark) > 1}
    numbers: dict[str, int] = {}
    for index, mark in enumerate(marks):
        if mark in crowded:
            numbers[mark] = numbers.get(mark, 0) + 1
            marks[index] = f"{mark[:2]}{numbers[mark]}"
    return marks


def _words(label: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+|\d+", label)
    return [word for word in words if word.lower() not in SMALL_WORDS] or words or ["?"]


def _initials(words: Sequence[str], length: int) -> str:
    if len(words) == 1:
        return words[0][: length + 1].capitalize()
    return words[0][:length].capitalize() + words[1][0].upper()


def _colour(given: str | None) -> str | None:
    return given.lower() if given and re.fullmatch(r"#[0-9a-fA-F]{6}", given) else None


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.1)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_ink(colour: str) -> str:
    """Return the ink, dark or white, that stands out more on a colour."""
    return max((DARK_INK, LIGHT_INK), key=lambda ink: contrast(ink, colour))


def stylesheet(signs: Mapping[str, Sign]) -> str:
    """Return the CSS that colours the codes: a file of its own, as the page allows no inline style."""
    rules = [f".c{s.number}{{--c:{s.colour};--ci:{s.ink};--lane:{s.number + 1}}}" for s in signs.values()]
    return "\n".join([f":root{{--lanes:{max(1, len(signs))}}}", *rules, ""])


@dataclass(frozen=True, slots=True)
class Odds:
    """How a confidence is told: `untested` are the codes that the model in use was never tested with.

    `elsewhere`: it comes with the program, so that it was tested on other material than the study's.
    """

    untested: frozenset[str] = frozenset()
    elsewhere: bool = False

    def words(self, code: str, probability: float) -> str:
        """Return a calibrated probability as people speak of odds; of a code never tested, as the bare figure.

        >>> Odds().words("time", 0.71)
        'about 7 in 10 right'
        >>> Odds(elsewhere=True).words("time", 0.71)
        'about 7 in 10 right elsewhere'
        >>> Odds(untested=frozenset({"time"})).words("time", 0.71)
        'confidence 71 %, never tested for this code'
        """
        if code in self.untested:
            return f"confidence {100 * probability:.0f} %, never tested for this code"
        where = " elsewhere" if self.elsewhere else ""
        if probability >= 0.95:
            return f"about 19 in 20 right{where}"
        tenths = round(probability * 10)
        if tenths <= 1:
            return f"seldom right{where} (1 in 10 or less)"
        return f"about half right{where}" if tenths == 5 else f"about {tenths} in 10 right{where}"


def share_words(part: int, whole: int) -> str:
    """Return 'x of y' with a rounded share where there is one."""
    return f"{part} of {whole}" + (f" ({part / whole:.0%})" if whole else "")


def minutes_left(waiting: int, seconds_each: float | None) -> str:
    """Return how long the rest takes at this pace, or '' while there is no pace to go by."""
    if not seconds_each or not waiting:
        return ""
    minutes = waiting * seconds_each / 60
    if minutes < 1:
        return "under a minute left"
    if minutes < 90:
        return f"about {round(minutes)} min left"
    return f"about {minutes / 60:.0f} h left"


def day(time: str | None) -> str:
    """Return an ISO time (UTC) as a local day and minute."""
    if not time:
        return ""
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone().strftime("%-d %b %Y, %H:%M")


def clock(seconds: float | None) -> str:
    """Return a place in the recording as m:ss or h:mm:ss."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
