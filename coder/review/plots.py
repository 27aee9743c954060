"""Plots as inline SVG, drawn on the server: no script, readable without colour, with a text for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

WIDTH, ROW = 560, 26
MOST_DAYS = 30


@dataclass(frozen=True, slots=True)
class Share:
    """One bar: `part` of `whole`, with words at its end."""

    label: str
    part: float
    whole: float
    words: str


@dataclass(frozen=True, slots=True)
class Interval:
    """One estimate with its interval; None where it is undefined, `words` then give the reason."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    words: str


def _svg(height: float, title: str, *parts: Markup) -> Markup:
    head = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, round(height), title)
    return head + Markup("").join(parts) + Markup("</svg>")


def _text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "") -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>').format(
        round(x, 1), round(y, 1), anchor, kind, words
    )


def _box(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="{}"/>').format(
        round(x, 1), round(y, 1), round(max(0.0, width), 1), height, kind
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(
        round(x1, 1), round(y1, 1), round(x2, 1), round(y2, 1), kind
    )


def _margin(labels: Sequence[str]) -> float:
    """Return the room that the longest label needs, at about seven units a letter."""
    return 24 + 7.2 * max((len(_short(label)) for label in labels), default=0)


def _short(label: str) -> str:
    return label if len(label) <= 26 else label[:25] + "…"


def share_bars(title: str, shares: Sequence[Share]) -> Markup:
    """Draw horizontal bars on a common scale: the filled part of each whole."""
    longest = max((item.whole for item in shares), default=1) or 1
    left = _margin([item.label for item in shares])
    room = WIDTH - left - 130
    parts = []
    for row, item in enumerate(shares):
        y = row * ROW
        whole = room * item.whole / longest
        parts += [
            _text(left - 10, y + 17, _short(item.label), anchor="end", kind="strong"),
            _box(left, y + 5, whole, 16, "no"),
            _box(left, y + 5, whole * (item.part / item.whole if item.whole else 0), 16, "yes"),
            _text(left + whole + 8, y + 17, item.words),
        ]
    words = "; ".join(f"{item.label}: {item.words}" for item in shares)
    return _svg(max(ROW, len(shares) * ROW), f"{title}. {words}", *parts)


def intervals(title: str, estimates: Sequence[Interval]) -> Markup:
    """Draw estimates from 0 to 1 as dots with their intervals."""
    left = _margin([item.label for item in estimates])
    room = WIDTH - left - 110

    def at(value: float) -> float:
        return left + room * min(1.0, max(0.0, value))

    height = len(estimates) * ROW + 22
    parts = [_line(at(tick), 0, at(tick), height - 20, "axis") for tick in (0, 0.25, 0.5, 0.75, 1)]
    parts += [_text(at(tick), height - 5, f"{tick:g}", anchor="middle") for tick in (0, 0.5, 1)]
    for row, item in enumerate(estimates):
        y = row * ROW + 13
        parts.append(_text(left - 10, y + 4, _short(item.label), anchor="end", kind="strong"))
        if item.low is not None and item.high is not None:
            parts.append(_line(at(item.low), y, at(item.high), y, "range"))
        if item.value is not None:
            dot = Markup('<circle cx="{}" cy="{}" r="5" class="yes"/>')
            parts.append(dot.format(round(at(item.value), 1), y))
        parts.append(_text(left + room + 10, y + 4, item.words))
    words = "; ".join(f"{item.label}: {item.words}" for item in estimates)
    return _svg(height, f"{title}. {words}", *parts)


def day_bars(title: str, days: Sequence[tuple[str, int]]) -> Markup:
    """Draw a count for each day up to the last, at most MOST_DAYS back; days without anything show as gaps."""
    counts = dict(days)
    last = date.fromisoformat(max(counts)) if counts else date.min
    first = max(last - timedelta(days=MOST_DAYS - 1), date.fromisoformat(min(counts)) if counts else date.min)
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    top, height = max(counts.values(), default=1), 150
    each = min(60.0, (WIDTH - 50) / max(1, len(span)))
    parts = [_line(40, height - 22, WIDTH, height - 22, "axis")]
    for column, moment in enumerate(span):
        count = counts.get(moment.isoformat(), 0)
        tall = (height - 46) * count / top
        x = 44 + column * each
        parts.append(_box(x, height - 22 - tall, each * 0.72, round(tall, 1), "yes"))
        if count == top:
            parts.append(
                _text(x + each * 0.36, height - 28 - tall, str(count), anchor="middle", kind="strong")
            )
    for moment, column, anchor in ((span[0], 0, "start"), (span[-1], len(span) - 1, "end")) if span else ():
        if column or anchor == "start":
            x = 44 + column * each + (each * 0.72 if anchor == "end" else 0)
            parts.append(_text(x, height - 5, f"{moment:%-d %b}", anchor=anchor))
    return _svg(height, title, *parts)
