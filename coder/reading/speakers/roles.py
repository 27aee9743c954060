"""Who interviews and who takes part: by what labels say, by the header, else by who asks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from coder.domain import Role, Turn
from coder.errors import InputError
from coder.reading.speakers.vocabulary import (
    INTERVIEWER_WORDS,
    PARTICIPANT_WORDS,
    PERHAPS_INTERVIEWER,
    VOICE_WORDS,
    key_of,
)

_INTERVIEWER_CODE = re.compile(r"(?:i|iv|int|intv|ir|mod|fac|q)\s?\d{0,2}")
_PARTICIPANT_CODE = re.compile(
    r"(?:p|pt|pp|ppt|ptp|part|r|resp|rp|b|bp|tn|ip|ie|a|c|s|f|m|id|patient|pat|n|d|hcp|gp|k|t|u|w|e)\s?\d{1,5}\s?[a-z]?"
)
# Letters that stand for the asked one when an "I" or "Q" asks.
_ANSWERING = frozenset(["r", "p", "a", "b", "s", "ip", "tn", "ie", "e"])
_ASKS = re.compile(r"[?？؟]\s*(?:[(\[][^)\]]*[)\]])?[\s\"'”’»*]*$")
# How much a question mark inside a turn counts ("Honestly? Money."), beside one at its end.
_IN_PASSING = 0.3
_ENOUGH = 0.4
_MARGIN = 0.1


@dataclass(slots=True)
class _Voice:
    """What is known of one speaker: turns, questions, words, whether first."""

    label: str
    turns: int = 0
    asking: float = 0.0
    words: int = 0
    first: bool = False


def assign_roles(
    turns: Sequence[Turn], text: str, named: frozenset[str], interviewer: Sequence[str], name: str
) -> tuple[list[Turn], list[str]]:
    """Return the turns with their roles, and notes on how these were inferred.

    `named` are the keys of people whom the header calls interviewers; `interviewer` labels overrule everything.
    Turns without a speaker keep the role None. Raises InputError for a label that is not in the file.
    """
    voices = _voices(turns, text)
    if interviewer:
        asking = _chosen(voices, interviewer, name)
        notes: list[str] = []
    else:
        asking, notes = _inferred(voices, named)
    roles: dict[str | None, Role | None] = {
        label: "interviewer" if label in asking else "participant" for label in voices
    }
    return [replace(turn, role=roles.get(turn.speaker)) for turn in turns], notes


def assign_roles_by_print(
    turns: Sequence[Turn], text: str, bold: frozenset[int], interviewer: Sequence[str], name: str
) -> tuple[list[Turn], list[str]]:
    """Return the turns of a file without labels: where questions are printed bold, bold is the interviewer.

    `bold` are the indices of the turns that are bold throughout. Otherwise all roles stay None.
    """
    if interviewer:
        raise InputError(f"{name} names no speakers, so {', '.join(interviewer)} cannot be found in it.")
    questions = sum("?" in text[turn.start : turn.end] for turn in turns if turn.index in bold)
    answered = sum(index + 1 not in bold for index in bold)
    if len(bold) < 2 or questions < 0.6 * len(bold) or answered < 0.6 * len(bold) or len(bold) == len(turns):
        return list(turns), []
    roles: dict[bool, Role] = {True: "interviewer", False: "participant"}
    note = (
        "No names stand in this file; what is printed bold, mostly questions, is taken for the interviewer's."
    )
    return [replace(turn, role=roles[turn.index in bold]) for turn in turns], [note]


def _voices(turns: Iterable[Turn], text: str) -> dict[str, _Voice]:
    voices: dict[str, _Voice] = {}
    for turn in turns:
        if turn.speaker is None:
            continue
        voice = voices.setdefault(turn.speaker, _Voice(turn.speaker, first=not voices))
        said = text[turn.start : turn.end]
        voice.turns += 1
        voice.words += said.count(" ") + 1
        voice.asking += 1 if _ASKS.search(said) else _IN_PASSING * bool(re.search("[?？؟]", said))
    return voices


def _chosen(voices: dict[str, _Voice], interviewer: Sequence[str], name: str) -> set[str]:
    by_key = {key_of(label): label for label in voices}
    missing = [label for label in interviewer if key_of(label) not in by_key]
    if missing:
        found = ", ".join(voices) or "none at all"
        raise InputError(f"{name} has no speaker called {', '.join(missing)}: the labels found are {found}.")
    return {by_key[key_of(label)] for label in interviewer}


def _inferred(voices: dict[str, _Voice], named: frozenset[str]) -> tuple[set[str], list[str]]:
    """Return the labels taken for interviewers: by word, by header, else by questions."""
    if not voices:
        return set(), []
    by_word = {label: _role_in(label, voices) for label in voices}
    asking = {label for label, role in by_word.items() if role == "interviewer" or key_of(label) in named}
    if asking and (len(asking) < len(voices) or len(voices) == 1):
        return asking, []
    soft = {label for label in voices if set(re.findall(r"[^\W\d]+", key_of(label))) & PERHAPS_INTERVIEWER}
    if soft and not asking and len(soft) < len(voices):
        return soft, []
    doubtful = [voice for voice in voices.values() if by_word[voice.label] != "participant" or asking]
    asking = _by_questions(doubtful, voices) if len(voices) > 1 else set()
    if asking:
        who = ", ".join(asking)
        return asking, [f"{who} taken for the interviewer by the questions asked; name others to overrule."]
    return set(), ["No interviewer was recognised: every speaker counts as a participant."]


def _role_in(label: str, voices: Iterable[str]) -> Role | None:
    """Return the role that a label states, None when it states none."""
    words = [word.rstrip("0123456789") or word for word in key_of(label).split()]
    telling = [
        word
        for word in words
        if word not in VOICE_WORDS | PERHAPS_INTERVIEWER and not (len(word) == 1 and len(words) > 1)
    ]
    key = " ".join(words)
    others = {key_of(other) for other in voices} - {key_of(label)}
    if key in ("i", "q"):
        return "interviewer" if not others or any(_answers(other) for other in others) else None
    if key == "r":
        return "participant" if {"i", "q", "int", "m"} & others else None
    if len(key) == 1 and key in _ANSWERING:
        return "participant" if {"i", "q", "int"} & others else None
    if any(word in INTERVIEWER_WORDS for word in telling):
        return "interviewer"
    if any(word in PARTICIPANT_WORDS for word in telling):
        return "participant"
    if _INTERVIEWER_CODE.fullmatch(key_of(label)):
        return "interviewer"
    return "participant" if _PARTICIPANT_CODE.fullmatch(key_of(label)) else None


def _answers(key: str) -> bool:
    return (
        key.rstrip("0123456789 ") in _ANSWERING or bool(set(key.split()) & PARTICIPANT_WORDS) or len(key) > 1
    )


def _by_questions(doubtful: Sequence[_Voice], voices: dict[str, _Voice]) -> set[str]:
    """Return who asks: the one whose turns hold questions clearly more often than anybody else's."""
    total = sum(voice.words for voice in voices.values())

    def score(voice: _Voice) -> float:
        brief = voice.words < 0.8 * total / len(voices)
        return voice.asking / voice.turns + 0.15 * voice.first + 0.1 * brief

    if not doubtful:
        return set()
    ranked = sorted(voices.values(), key=score, reverse=True)
    best = max(doubtful, key=score)
    rivals = [score(voice) for voice in ranked if voice is not best]
    if score(best) < _ENOUGH or (rivals and score(best) < max(rivals) + _MARGIN) or not best.asking:
        return set()
    second = {
        voice.label
        for voice in doubtful
        if len(voices) > 2 and voice.turns >= 5 and voice.asking >= 0.6 * voice.turns
    }
    return {best.label} | (second if len(second) < len(voices) - 1 else set())
