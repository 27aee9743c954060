"""What could be a speaker label at the start of a line, in each of the styles that people type.

Nothing is decided here: a line yields one candidate per style that fits; `learn` finds the speakers from the whole
file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from coder.reading.clock import BARE, CLOSED, Stamp, dotted_at_end, leading_stamp, stamps_in
from coder.reading.speakers.vocabulary import (
    ASIDE,
    CAPITAL,
    DEVICE,
    MAX_DESCRIPTION,
    MAX_LABEL,
    NAME_BEFORE_DASH,
    OFFICE,
    PHONE,
    TITLED_NAME,
    Shape,
    is_remark,
    key_of,
    shape_of,
)

_REACH = 100
_MOST_COLONS = 3


class Style(StrEnum):
    """How a label is set off from the words, most trusted first."""

    COLON = "Name: words"
    OWN_STAMP = "Name 0:03 on a line of its own"
    STAMPED = "Name [0:03] words"
    TAB = "Name, tab, words"
    BRACKET = "[Name] words"
    BOLD = "bold name"
    DASH = "Name - words"
    ANGLE = "Name> words"
    DOT = "Q. words"
    STOP = "Mr. NAME. words"
    OWN_LINE = "name on a line of its own"
    SPACES = "Name, spaces, words"
    BARE = "NAME words"
    SIGN = "Name/ words"
    SLIP = "Name; words"
    MARK = "#Name words"
    COMMA = "Name, words"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible label: its text and key, where the line's words begin, the time beside it.

    `done_at`: "at" stands before the time, as in "Ida at 0:03", but in "Lunch at 12:30" too.
    """

    style: Style
    label: str
    key: str
    shape: Shape
    words_start: int
    time: float | None = None
    done_at: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands before a possible label: white space, quote and list marks, time stamps."""

    end: int
    stamp: Stamp | None = None


# Signs without width: marks of direction (WhatsApp writes them at line starts), joiners, a byte order mark.
_UNSEEN = "\ufeff\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069"
_MARKS = re.compile(rf"[\s{_UNSEEN}]*(?:>+\s*|#{{1,6}}\s+(?!\d+:\d)|[-–—*•·]\s+)*")
_AFTER_STAMP = re.compile(r"[\s\ufeff]*(?:(?:[-–—|,:]|>+)\s*)?")


def lead_of(text: str, *, believe_bare: bool) -> Lead:
    """Return where a label could begin: after white space, marks and up to two time stamps."""
    marks = _MARKS.match(text)
    position = marks.end() if marks else 0
    stamp: Stamp | None = None
    for _ in range(2):
        leading = leading_stamp(text, position)
        opened = _OPEN.match(text, position) if leading is None and stamp is None else None
        if opened and opened[0]:
            leading = leading_stamp(text, opened.end())
        if leading is None or not (leading.certain or believe_bare):
            break
        stamp = stamp or leading
        end = leading.end
        if opened and text.startswith(opened[0], end):
            end += len(opened[0])
        after = _AFTER_STAMP.match(text, end)
        position = after.end() if after else end
    return Lead(position, stamp)


_TAGS = (
    r"<(?:b|strong|i|em|u|v|mark|code|span|font)(?:\s[^<>]{0,100})?>|</[A-Za-z][\w:.-]{0,20}>|\[/?[biu]\]"
    r"|\\(?:text(?:bf|it|sc|sf|tt|sl)|emph|underline)\{"
)
# A tag of any name, where it holds a label and nothing more: "<w>Int:</w>", "<w>Int</w>:".
_TAGGED = (
    r"<(?P<tag>[A-Za-z][\w:.-]{0,20})(?:\s[^<>]{0,100})?>"
    r"(?=[^<>\n]{1,60}(?::\s*</(?P=tag)>|</(?P=tag)>\s*:))"
)
_EMPHASIS = rf"(?:\*{{1,3}}|(?:\\\*){{1,3}}|__|`|~~|==|'{{2,3}}|{_TAGS})"
_QUOTES = tuple("\"'“”„‘’«»")
_EMPHASES = re.compile(_EMPHASIS)
_STRONG_RUN = re.compile(r"(\*{1,3}|_{1,3})(?=\S)(.{1,60}?)\1(?!\w)")
# A single "_" is emphasis at the edge of a label only: P_01 has one inside.
_OPEN = re.compile(rf"(?:{_EMPHASIS}|{_TAGGED}|_(?=[^\W_]))*")
_CLOSE = re.compile(rf":*(?:{_EMPHASIS}|_(?=\s)|\}})*[\s\ufeff]*")
# Tools that name whoever speaks above or before the words sometimes repeat the label in them.
_BRACKETS = frozenset({"[]", "()", "{}"})
_DASHED = re.compile(r"[-–—]{1,2}\s+")
_ECHO = re.compile(r"\s*[\[(*_]{0,3}([^:：\n]{1,48}?)[\])*_]{0,3}\s?[:：][*_]{0,3}\s*")
# What EXMARaLDA writes behind a speaker: verbal or non-verbal.
_TIER = re.compile(r"\s\[n?v\]?$")
# Topic guides are numbered: "I (Q3): How so?"
_QUESTION_NUMBER = re.compile(
    r"\s*[(\[](?:q|question|frage|vraag|pregunta)[ .]{0,2}\d{1,2}[a-z]?[)\]]\s*", re.I
)
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
# Zoom's chat names sender and receiver; committees number the questions before the name.
_NAME_INSIDE = re.compile(
    rf"From\s+(?P<from>\S.{{0,60}}?)\s+[Tt]o\s+\S.{{0,60}}"
    rf"|From\s+(?P<sender>{CAPITAL}\S*(?: .{{1,40}})?)"
    rf"|(?:Q\.?\s?\d{{1,4}}[.:]?|\d{{1,4}}\.)\s+(?P<asked>{CAPITAL}[\w.'’-]+(?: .{{1,40}})?)"
)
_WRAP = "@*_#[]<>{}|\"'“”‘ \t\xa0\u202f\ufeff\u200b\u200e\u200f"
_TRAILERS = {
    Style.TAB: re.compile(r"([^\t\n]{1,48}?)\s*[:.]?\t+\s*"),
    # LaTeX has a command before the bracket: "\\speak{Mary} words", "\\item[Mary] words".
    Style.BRACKET: re.compile(
        r"(?:\\(?!\w*(?:cite|ref|section|chapter|footnote|label|caption|url))[A-Za-z]{2,20}\*?)?"
        r"[\[<({]([^\])>}\n]{1,48})[\])>}]\s*:?\s*"
    ),
    Style.DASH: re.compile(r"(.{1,48}?)(?:(?:\s+[-–—]{1,2}|[-–—]{1,2})\s+|—(?=\w))"),
    Style.ANGLE: re.compile(r"(.{1,48}?)\s*>{1,2}\s*"),
    Style.DOT: re.compile(
        r"([A-Za-z]{1,3}\d{0,3}|[A-Z][A-Za-z]{2,12}(?: \d{1,2})?|[A-Z]\.[A-Z](?:\.[A-Z])?)\.\s+"
    ),
    Style.STOP: re.compile(
        rf"({TITLED_NAME})(?:\s*[(\[][^)\]\n]{{0,60}}[)\]])?\.(?:\s+|—|$)"
        rf"|({NAME_BEFORE_DASH})(?:\s*[(\[][^)\]\n]{{0,60}}[)\]]|, [^.:\n]{{1,90}})?\.\s?[–—-]\s+"
    ),
    Style.SPACES: re.compile(r"(\S+(?: \S+){0,3})[ \xa0]{2,}"),
    Style.SIGN: re.compile(
        r"(?:([A-Z]{1,3}\d{0,3})(?: ?[/|] ?| = )|([^\s=/|»~)\n](?:[^=/|»~)\n]{0,46}[^\s=/|»~)\n])?)"
        r" ?(?:[/=|»~]|(?<! )\)) )(?=\S)"
    ),
    Style.SLIP: re.compile(r"(.{1,48}?)\s*;\s+"),
    Style.COMMA: re.compile(r"([^\W\d_][\w'’-]{0,24}(?: \d{1,3})?),\s+"),
    Style.BARE: re.compile(
        r"([A-Z][A-Za-z]{2,15}(?: \d{1,3})?|[A-Z]{1,4}[-_]?\d{1,4}|[A-Z]{2,15}(?: \d{1,3})?)\s+"
    ),
}


# Chats and tools name the day, or "at", before the time: "Ida — Today at 10:04 AM", "Ida at 0:03".
_DAY = re.compile(r"\s(?:today|yesterday|at)(?: at)?\s*$", re.I)
_AT = re.compile(r"(?<!\btoday)(?<!\byesterday)\sat[\s\[(]*$", re.I)
_MARKED = re.compile(r"[#@*]([^\W\d_][\w'’-]{0,24})\s+")


def _clean(label: str) -> str:
    """Strip markup around a label, stamps in it, and remarks after it such as "(laughing)".

    Of a chat's "From Ida Moss to Everyone" and of a hearing's "Q12 Ida Moss" the name stays.
    """
    if ":" in label and not label.isalpha():
        label = BARE.sub("", CLOSED.sub("", label))
    if not PHONE.fullmatch(label.strip(_WRAP)):
        label = _EMPHASES.sub("", label)
    aside = None if DEVICE.search(label) else _REMARK.search(label)
    if aside and (is_remark(aside[0]) or _QUESTION_NUMBER.fullmatch(aside[0])):
        label = label[: aside.start()]
    label = label.strip(_WRAP)
    if (inside := _NAME_INSIDE.fullmatch(label)) is not None:
        label = inside["from"] or inside["sender"] or inside["asked"]
    label = _TIER.sub("", label)
    if label.count("(") > label.count(")"):
        label += ")"
    return label.strip(_WRAP)


def _candidate(style: Style, raw: str, words_start: int, time: float | None) -> Candidate | None:
    if raw.lstrip()[:1] in _QUOTES and raw.rstrip()[-1:] not in _QUOTES:
        return None
    label = _clean(raw)
    key = key_of(label)
    longest = MAX_DESCRIPTION if style is Style.COLON else MAX_LABEL
    if not key or (len(ASIDE.sub("", label)) > longest and not OFFICE.fullmatch(label)):
        return None
    shape = shape_of(label)
    office = OFFICE.fullmatch(label)
    if office and shape_of(office[1]) >= Shape.NAME:
        shape = max(shape, Shape.NAME)
    if shape is Shape.NAME and label.endswith("?") and style is not Style.COLON:
        return None
    return Candidate(style, label, key, shape, words_start, time)


def _past_space(text: str, position: int) -> int:
    return len(text) - len(text[position:].lstrip())


def _words_after(
    text: str, position: int, time: float | None, believe_bare: bool
) -> tuple[int, float | None]:
    """Skip emphasis, white space and a stamp between label and words."""
    closing = _CLOSE.match(text, position)
    position = closing.end() if closing else position
    stamp = leading_stamp(text, position)
    alone = stamp is not None and not text[stamp.end :].strip() and ":" in text[stamp.start : stamp.end]
    if stamp and (stamp.certain or believe_bare or alone):
        return _past_space(text, stamp.end), stamp.seconds if time is None else time
    return position, time


def _masked(text: str, lead: Lead) -> tuple[str, list[Stamp]]:
    """Blank out the stamps that stand where a label could be: their colons end no label."""
    masked, stamps = text[: lead.end + _REACH], []
    for stamp in stamps_in(text, min(len(text), lead.end + _REACH)):
        colon_follows = text[stamp.end : stamp.end + 3].lstrip()[:1] in (":", "：")
        if stamp.start >= lead.end and (stamp.certain or colon_follows):
            masked = masked[: stamp.start] + "\0" * (stamp.end - stamp.start) + masked[stamp.end :]
            stamps.append(stamp)
    return masked, stamps


def _colons(text: str, lead: Lead, believe_bare: bool) -> Iterator[Candidate]:
    """Yield the label up to the first colon and those up to further ones ("Site A: Nurse: words")."""
    if ":" not in text and "：" not in text:
        return
    masked, stamps = _masked(text, lead)
    opened = _OPEN.match(text, lead.end)
    start = opened.end() if opened else lead.end
    seen = 0
    for match in re.finditer("[:：]", masked):
        colon = match.start()
        between_digits = text[colon - 1 : colon].isdigit() and text[colon + 1 : colon + 2].isdigit()
        if text[colon + 1 : colon + 3] in ("//", "\\\\"):
            return
        if colon < start or between_digits:
            continue
        seen += 1
        name, *behind_stamps = re.split("\0+", masked[start:colon])
        if seen > _MOST_COLONS or any(piece.strip(_WRAP + "()") for piece in behind_stamps):
            return
        times = [stamp.seconds for stamp in (lead.stamp, *stamps) if stamp and stamp.start < colon]
        # "Q:- Where?"; a dash after a space belongs to the words, which then go on from before.
        in_brackets = text[start : start + 1] + text[colon + 1 : colon + 2] in _BRACKETS
        apart = re.match(r"-\s", text[colon + 1 : colon + 3]) or in_brackets
        behind = colon + 2 if apart else colon + 1
        words, time = _words_after(text, behind, times[0] if times else None, believe_bare)
        candidate = _candidate(Style.COLON, name, words, time)
        if candidate is not None:
            yield candidate


def _own_stamp(text: str, lead: Lead) -> Candidate | None:
    """Read "Name  0:03" or "0:03 Name" that fill a line."""
    line = text.rstrip().rstrip(":：")
    if lead.stamp and lead.end < len(line):
        return _candidate(Style.OWN_STAMP, line[lead.end :], len(text), lead.stamp.seconds)
    if len(line) > 90:
        return None
    last = None
    for stamp in stamps_in(line, len(line)):
        last = stamp
    last = last or dotted_at_end(line)
    if last is None or last.end < len(line.rstrip()) or last.start <= lead.end:
        return None
    name = _DAY.sub("", line[lead.end : last.start]).rstrip().rstrip("-–—|,:·•").rstrip()
    candidate = _candidate(Style.OWN_STAMP, name, len(text), last.seconds) if name else None
    done_at = _AT.search(line, lead.end, last.start) is not None
    return replace(candidate, done_at=done_at) if candidate else None


def _stamped(text: str, lead: Lead) -> Candidate | None:
    """Read "Name [0:03] words"."""
    first = next(stamps_in(text[: lead.end + 80], lead.end + 60), None)
    if first is None or first.start <= lead.end or not text[first.end :].strip():
        return None
    closing = text[lead.end : lead.end + 1] + text[first.end : first.end + 1]
    end = first.end + (closing in _BRACKETS)  # "[Name 0:03] words"
    return _candidate(Style.STAMPED, text[lead.end : first.start], _past_space(text, end), first.seconds)


def candidates(text: str, lead: Lead, *, bold: int, believe_bare: bool) -> Iterator[Candidate]:
    """Yield every reading of the line's start as a speaker label, the most trusted style first.

    A label that stands twice ("Ann 0:03: Ann: words") is read once.
    """
    for candidate in _readings(text, lead, bold=bold, believe_bare=believe_bare):
        if (half := _half(candidate.label)) is not None:
            candidate = replace(candidate, label=half, key=key_of(half), shape=shape_of(half))
        once = candidate.label.replace("：", ":").split(":")
        if len(once) > 1 and len({key_of(part) for part in once}) == 1:
            continue
        echo = _ECHO.match(text, candidate.words_start)
        if echo and key_of(echo[1]) == candidate.key:
            candidate = replace(candidate, words_start=echo.end())
        yield candidate


def _half(label: str) -> str | None:
    """Return the label that stands twice in another one ("Ann - Ann", the time between taken out)."""
    words = label.split()
    for size in range(1, len(words) // 2 + 1):
        one, other = " ".join(words[:size]), " ".join(words[-size:])
        between = words[size : len(words) - size]
        if key_of(one) and key_of(one) == key_of(other) and not any(map(key_of, between)):
            return one.strip(_WRAP + "()-–—")
    return None


def _readings(text: str, lead: Lead, *, bold: int, believe_bare: bool) -> Iterator[Candidate]:
    time = lead.stamp.seconds if lead.stamp else None
    yield from _colons(text, lead, believe_bare)
    yield from filter(None, (_own_stamp(text, lead), _stamped(text, lead)))
    opened = _OPEN.match(text, lead.end)
    start = opened.end() if opened else lead.end
    emphasised = bold or _emphasised_to(text, lead.end)
    if emphasised > lead.end:
        words, when = _words_after(text, emphasised, time, believe_bare)
        name = text[lead.end : emphasised].rstrip().rstrip(":.")
        dash = _DASHED.match(text, words)
        words = dash.end() if dash else words
        candidate = _candidate(Style.BOLD, name, words, when)
        # A word in italics may be one that was stressed.
        slight = (
            not bold
            and text[start : start + 1] not in ("", "*", "_")
            and text[lead.end : start] in ("*", "_")
        )
        if candidate is not None and (not slight or candidate.shape >= Shape.CODE or " " in candidate.key):
            yield candidate
    for style, pattern in _TRAILERS.items():
        match = pattern.match(text, start)
        if match and (
            candidate := _candidate(
                style, match[1] or match[2], *_words_after(text, match.end(), time, believe_bare)
            )
        ):
            yield candidate
    marked = _MARKED.match(text, lead.end)
    if marked and (candidate := _candidate(Style.MARK, marked[1], marked.end(), time)):
        yield candidate
    name = text[lead.end :].rstrip()
    short = len(name) <= 2 * _REACH and len(ASIDE.sub("", name)) <= MAX_LABEL + 8
    if short and (candidate := _candidate(Style.OWN_LINE, name, len(text), time)) and candidate.shape:
        yield candidate


def _emphasised_to(text: str, start: int) -> int:
    """Return where a leading **run** of Markdown ends, its marks included; 0 if there is none."""
    run = _STRONG_RUN.match(text, start)
    return run.end() if run else 0
