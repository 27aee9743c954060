"""Labels inside paragraphs, behind the end of a sentence: a second speaker, or talk that somebody tells.

"INT: How? P1: By bus." has two speakers; "P1: He was strict. Doctor: you must stop. Me: I can't." has one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from coder.reading.clock import CLOSED
from coder.reading.speakers.vocabulary import (
    INTERVIEWER_WORDS,
    TELLERS,
    Shape,
    is_header_key,
    key_of,
    outline_of,
    shape_of,
)

# So much before a label is looked at for words; what stands behind nothing but a stamp begins the line.
_REACH = 300
# A label behind a sentence's end, and one at a line's start.
_TITLE_STOP = r"(?<=\b[DM][Rr])\.|(?<=\bM[RSrs][Ss])\.|(?<=\bM[Ss])\.|(?<=\bProf)\.|(?<=\bPROF)\."
_LABEL = rf"([^\W\d_](?:[\w'’-]|\.(?=\w)|{_TITLE_STOP}| (?=\S)){{0,30}}?)\s?[:：]"
_INNER = re.compile(rf"(?<=[.?!…)\]\"”’]\s){_LABEL}(?=\s)")
# At a line's start a time, a number or marks may stand before the label, and marks behind it.
_AT_START = re.compile(rf"[\W\d_]{{0,40}}{_LABEL}(?=[\s*_])")
# What ends with a full stop but no sentence: the title or initial of the name behind it.
_ABBREVIATED = re.compile(r"(?:^|[\s(\"“])(?:(?i:[DM]r|Mrs|Ms|Prof|Rev|Sra?|St)|[^\W\d_])\.\s$")
# Labels of two people at least who begin so many of the lines with labels tell who speaks in the file.
_LEADERS, _MOSTLY, _GROUP = 2, 0.6, 3
# Where lines begin with no label, those inside must be on this share of the lines: a dialogue is told in one of many.
_RUN_ON = 0.3
# Or they must alternate so often, on lines that have this share of the file's words.
_MOST_WORDS, _ALTERNATING, _ALTERNATING_NAMES = 0.5, 3, 6
# Who asks so often in one paragraph holds the talk there.
_FEWEST_ASKED = 2
# Who is asked on so many lines that begin with the interviewer's label speaks there.
_OFTEN_ASKED = 2


def labels_inside(text: str) -> Iterator[re.Match[str]]:
    """Yield what could be labels behind words of a line; group 1 is the label."""
    for match in _INNER.finditer(text):
        if _ABBREVIATED.search(text, max(0, match.start() - 8), match.start()):
            continue
        if any(map(str.isalpha, CLOSED.sub("", text[max(0, match.start() - _REACH) : match.start()]))):
            yield match


def cuts_at_labels(text: str, inside: Collection[str]) -> list[int]:
    """Return where a line's later speakers begin: the places of the labels whose keys are in `inside`.

    Where somebody tells what "Me:" and another one said, it is all the teller's, whatever the other is called, unless
    the teller's own label comes again in the line.
    """
    matches = list(labels_inside(text))
    keys = [key_of(match[1]) for match in matches]
    first = _AT_START.match(text)
    again = first is not None and key_of(first[1]) in keys
    if not TELLERS.isdisjoint(keys) and not TELLERS & set(inside) and not again:
        return []
    return [match.start(1) for match, key in zip(matches, keys, strict=True) if key in inside]


def speakers_inside(texts: Sequence[str]) -> frozenset[str]:
    """Return the keys of labels inside paragraphs at which another speaker begins.

    Several must stand inside or begin lines, each more than once: one name before a colon may be told in a story.
    Where lines begin with the labels of who asks and who answers, those that never begin one are told as well.
    """
    inside = Counter(key_of(match[1]) for text in texts for match in labels_inside(text))
    if not inside:
        return frozenset()
    starting = Counter(key_of(match[1]) for text in texts if (match := _AT_START.match(text)))
    shapes = {key: _shape(key) for key in inside}
    known = {
        key
        for key, count in (inside + starting).items()
        if count >= 2
        and (shapes.get(key, Shape.CODE) >= Shape.CODE or min(count, starting[key] + inside[key]) >= 3)
        and not is_header_key(key)
        and shapes.get(key, Shape.NAME) >= Shape.NAME
    }
    if len(known) < 2:
        return frozenset()
    leaders = _leaders(starting)
    known -= _told_to_tellers(texts)
    if not any(starting[key] for key in known):
        return frozenset(known if _runs_on(known, texts) else ())
    never = {key for key in known if not starting[key]} if leaders else set()
    told = never - _speaking(never, leaders, texts)
    return frozenset(key for key in known - told if inside[key])


def _told_to_tellers(texts: Sequence[str]) -> set[str]:
    """Return "me" and whoever speaks beside "me" alone, in paragraphs that hold the talk of who asks and who answers.

    The first to speak behind a question is the one who answers, and who tells what is said further on. Where only
    "me" speaks beside the first, nobody is told of: "Me" is a second person who answers.
    """
    told: set[str] = set()
    speaking: set[str] = set()
    for text in texts:
        first = _AT_START.match(text)
        labels = [first[1], *(match[1] for match in labels_inside(text))] if first else []
        keys = list(map(key_of, labels))
        # "Me:" is told, "ME:" a code.
        tellers = {key for key, label in zip(keys, labels, strict=True) if not label.isupper()} & TELLERS
        if not tellers or keys[0] not in INTERVIEWER_WORDS or keys.count(keys[0]) < _FEWEST_ASKED:
            continue
        for stretch in _stretches(keys):
            others = set(stretch) - {stretch[0]} if stretch else set()
            (told if others & tellers and others - tellers else speaking).update(others)
            speaking.update(stretch[:1])
    return told - speaking


def _stretches(keys: Sequence[str]) -> Iterator[list[str]]:
    """Yield the labels between each occurrence of the first label and the next."""
    places = [place for place, key in enumerate(keys) if key == keys[0]]
    for place, end in pairwise([*places, len(keys)]):
        yield list(keys[place + 1 : end])


def _runs_on(known: Collection[str], texts: Sequence[str]) -> bool:
    """Tell whether labels that begin no line are those of a talk without line breaks, not of one told in it."""
    inner = [[key for match in labels_inside(text) if (key := key_of(match[1])) in known] for text in texts]
    if sum(map(bool, inner)) >= _RUN_ON * sum(bool(text.strip()) for text in texts):
        return True
    words = sum(len(text) for text, keys in zip(texts, inner, strict=True) if keys)
    changes = sum(one != other for one, other in pairwise(key for keys in inner for key in keys))
    fewest = _ALTERNATING_NAMES if INTERVIEWER_WORDS.isdisjoint(known) else _ALTERNATING
    told = not TELLERS.isdisjoint(known)
    return not told and changes >= fewest and words >= _MOST_WORDS * sum(map(len, texts))


def _shape(key: str) -> Shape:
    return shape_of(key.upper() if len(key) < 3 else key.title())


def _leaders(starting: Counter[str]) -> frozenset[str]:
    """Return the labels that begin lines again and again, if these are most lines that begin with a label."""
    often = {key for key, count in starting.items() if count >= 2 and _shape(key) >= Shape.NAME}
    led = sum(starting[key] for key in often)
    return frozenset(often if len(often) >= _LEADERS and led >= _MOSTLY * starting.total() else ())


def _speaking(never: set[str], leaders: Collection[str], texts: Sequence[str]) -> set[str]:
    """Return those of the labels that never begin a line who speak beside the ones that do."""
    lines = [{key_of(match[1]) for match in labels_inside(text)} for text in texts]
    on_lines = Counter(key for keys in lines for key in keys)
    # Somebody whom one of the others answers in the same line speaks; "Me:" is told.
    answered = {
        key for keys in lines if not keys.isdisjoint(leaders) and TELLERS.isdisjoint(keys) for key in keys
    }
    outlines = {outline_of(leader) for leader in leaders if any(map(str.isdigit, leader))}
    nobody_asks = INTERVIEWER_WORDS.isdisjoint(leaders)
    return (never & _asked(leaders, texts)) | {
        key
        for key in never - TELLERS
        if key in answered
        or outline_of(key) in outlines
        or (nobody_asks and key in INTERVIEWER_WORDS)
        or (len(leaders) >= _GROUP and on_lines[key] > 1)
    }


def _asked(leaders: Collection[str], texts: Sequence[str]) -> set[str]:
    """Return the labels that come again and again on lines that begin with the label of who asks.

    Who asks is told by the label, or else by a question behind it on most of its lines. "Me:" is told, "ME:" a code.
    """
    asking: dict[str, list[bool]] = defaultdict(list)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        first = _AT_START.match(text)
        leader = key_of(first[1]) if first else ""
        if first is None or leader not in leaders:
            continue
        inner = [*labels_inside(text)]
        asking[leader].append("?" in text[first.end() : inner[0].start() if inner else len(text)])
        labels = {match[1] for match in inner if not text.isupper()}
        found[leader].update(
            key for label in labels if (key := key_of(label)) not in TELLERS or label.isupper()
        )
    who_asks = set(asking) & INTERVIEWER_WORDS or {
        leader for leader, asks in asking.items() if sum(asks) > len(asks) / 2
    }
    return {key for leader in who_asks for key, count in found[leader].items() if count >= _OFTEN_ASKED}


def told_inside(text: str, often: Collection[str] = ()) -> list[str]:
    """Return the labels inside a line that was not cut there, as they are written.

    A name alone is returned only if its key is one of `often`, or if other labels stand there.
    """
    found = [(match[1], _shape(key_of(match[1]))) for match in labels_inside(text)]
    labels = [label for label, shape in found if shape >= Shape.NAME and not is_header_key(key_of(label))]
    sure = any(shape >= Shape.CODE for _, shape in found) or len(labels) > 1
    return [f"{label}:" for label in labels if sure or key_of(label) in often]


def often_inside(texts: Iterable[str]) -> frozenset[str]:
    """Return the keys of what looks like a label inside several lines."""
    counts = Counter(key for text in texts for key in {key_of(match[1]) for match in labels_inside(text)})
    return frozenset(key for key, count in counts.items() if count > 1)
