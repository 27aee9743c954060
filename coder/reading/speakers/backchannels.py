"""What a listener says meanwhile, in brackets among the words of who speaks: "[mm]", "(Interviewer: yeah)"."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from coder.phrasing import counted, quoted
from coder.reading.speakers.pieces import Piece
from coder.reading.speakers.vocabulary import ASKING_LETTERS, INTERVIEWER_WORDS, key_of
from coder.reading.speakers.written import Words

_SOUNDS = frozenset({"mm", "mmm", "mhm", "mmhm", "mmh", "hm", "hmm", "hmmm", "uh", "huh", "aha", "ah"})
_ASSENT = _SOUNDS | frozenset(
    {"yeah", "yes", "yep", "yup", "right", "okay", "ok", "sure", "no", "oh", "ja", "oui", "si", "i", "see"}
)
# Another participant's "no" is an answer, and "[I]" or "[right]" in mid-sentence is put in to make words clear.
_CHEERED = _SOUNDS | frozenset({"yeah", "yep", "yup", "oh"})
_AGREED = _CHEERED | frozenset({"right", "okay", "ok", "sure"})
_MOST_WORDS = 4
_ENDS = (".", ",", ";", ":", "?", "!", "…", "")
_STOPS = (*_ENDS, " ")
_SURE_LETTERS = frozenset({"i", "q", "int"})  # "m" may be a mother
_NUMBER = re.compile(r"\d\s?$")
_IN_BRACKETS = re.compile(
    r"(?P<open>[\[(])\s*(?:(?P<who>[^\W\d_][\w .]{0,30}?)\s?[:：]\s*)?(?P<said>[^\[\](){}:：\n]{1,40}?)\s*[\])]"
)


def backchannels_of(pieces: Sequence[Piece], text: str) -> list[tuple[int, int]]:
    """Return the places of backchannels in the pieces of a text, in their order.

    With a name before a colon it is another speaker's or an interviewer's. "[yeah]", and "[right]" before a stop, are
    a listener's where the file notes a listener's sounds so ("[mm]"), too. What makes up all of a piece stays.
    """
    others = _keys_of(pieces)
    said = [(piece, text[piece.start : piece.end]) for piece in pieces]
    sounds = any(
        not match["who"] and _is_of(match["said"], _SOUNDS)
        for _, words in said
        for match in _IN_BRACKETS.finditer(words)
    )
    found: list[tuple[int, int]] = []
    for piece, words in said:
        if not any(map(str.isalnum, _IN_BRACKETS.sub("", words))):
            continue
        for match in _IN_BRACKETS.finditer(words):
            if not _is_backchannel(match, words, piece.speaker, others, sounds=sounds):
                continue
            start, stop = match.span()
            while start and words[start - 1] in " \xa0" and words[stop : stop + 1] in _STOPS:
                start -= 1
            found.append((piece.start + start, piece.start + stop))
    return found


def without_backchannels(words: Sequence[Words]) -> tuple[list[Words], list[str]]:
    """Return words whose speakers the format names, without the backchannels in them, and these."""
    text = "\n".join(item.text for item in words)
    ends = [*accumulate(len(item.text) + 1 for item in words)]
    pieces = [
        Piece(end - 1 - len(item.text), end - 1, item.speaker)
        for item, end in zip(words, ends, strict=True)
        if not item.kind
    ]
    places = backchannels_of(pieces, text)
    kept = list(words)
    for start, stop in reversed(places):
        number = bisect_right(ends, start)
        spoken, first = kept[number].text, ends[number] - 1 - len(words[number].text)
        left = spoken[: start - first] + spoken[stop - first :]
        kept[number] = replace(kept[number], text=left.strip(" "))
    return kept, [text[start:stop].strip() for start, stop in places]


def said_meanwhile(found: Sequence[str]) -> str:
    """Say which backchannels were left out."""
    return f"{counted(len(found), 'backchannel')} in brackets inside others' words left out: {quoted(found)}."


def said_by_others(pieces: Sequence[Piece], text: str) -> Iterator[str]:
    """Say that brackets inside somebody's words hold what another one seems to say at more length, read as words."""
    others = _keys_of(pieces)
    found = [
        match[0]
        for piece in pieces
        for match in _IN_BRACKETS.finditer(text, piece.start, piece.end)
        if _is_others(match, piece.speaker, others) and not _is_of(match["said"], _assent_of(match["who"]))
    ]
    if found:
        verb = "seems" if len(found) == 1 else "seem"
        places = counted(len(found), "place")
        yield f"{places} in brackets {verb} to be said by another speaker, read as words: {found[0]!r}."


def _keys_of(pieces: Sequence[Piece]) -> frozenset[str]:
    return frozenset(key_of(piece.speaker) for piece in pieces if piece.speaker)


def _is_others(match: re.Match[str], speaker: str | None, others: Collection[str]) -> bool:
    """Tell whether a bracket names another one than the speaker, or an interviewer, before a colon."""
    who = key_of(match["who"] or "")
    # "(Q: no)" may quote a form: a letter means an interviewer who speaks in the file, by it or by a longer word.
    letter = len(who) == 1 and who in ASKING_LETTERS
    asks = who in INTERVIEWER_WORDS and not letter
    asks |= letter and any(key in INTERVIEWER_WORDS and key.startswith(who) for key in others)
    return bool(who) and who != key_of(speaker or "") and (who in others or asks)


def _assent_of(who: str) -> frozenset[str]:
    """Return what takes nothing from the talk when somebody says it: an interviewer's "no" or "I see", too."""
    key = key_of(who)
    return _ASSENT if key in INTERVIEWER_WORDS or key in _SURE_LETTERS else _AGREED


def _is_backchannel(
    match: re.Match[str], words: str, speaker: str | None, others: Collection[str], *, sounds: bool
) -> bool:
    said = match["said"]
    if match["who"]:
        return _is_others(match, speaker, others) and _is_of(said, _assent_of(match["who"]))
    if said.isupper() or _NUMBER.search(words[: match.start()]):
        return False  # a hospital's or a person's initials; millimetres
    if not sounds or match["open"] != "[":
        return _is_of(said, _SOUNDS)
    at_stop = words[match.end() :].lstrip(" \xa0")[:1] in _ENDS
    return _is_of(said, _AGREED if at_stop else _CHEERED)


def _is_of(said: str, words: Collection[str]) -> bool:
    keys = key_of(said).split()
    return 0 < len(keys) <= _MOST_WORDS and all(key in words for key in keys)
