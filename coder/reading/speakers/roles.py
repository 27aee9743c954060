"""Who interviews and who takes part: by what labels say, by the header, else by who asks."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from coder.domain import Corrections, Role, Turn
from coder.errors import InputError
from coder.phrasing import counted, quoted, shortened
from coder.reading.speakers.lines import ends_sentence
from coder.reading.speakers.near_labels import nearest
from coder.reading.speakers.openings import who_ask_without_marks
from coder.reading.speakers.vocabulary import (
    ANSWERING_LETTERS,
    ASKING_LETTERS,
    INTERVIEWER_PHRASES,
    INTERVIEWER_WORDS,
    PARTICIPANT_PHRASES,
    PARTICIPANT_WORDS,
    PERHAPS_INTERVIEWER,
    SPEAK_FOR_OTHERS,
    VOICE_WORDS,
    key_of,
    name_and_aside,
)

_INTERVIEWER_CODE = re.compile(r"(?:i|iv|int|intv|ir|mod|fac|q|инт|мод)\s?\d{0,2}")
_PARTICIPANT_CODE = re.compile(
    r"(?:p|pt|pp|ppt|ptp|part|r|resp|rp|b|bp|tn|ip|ie|a|c|s|f|m|id|patient|pat|n|d|hcp|gp|k|t|u|w|e|р|инф|респ)"
    r"\s?\d{1,5}\s?[a-z]?"
)
_ASKS = re.compile(r"[?？؟]\s*(?:[(\[][^)\]]*[)\]])?[\s\"'”’»*]*$")
# How much a question mark inside a turn counts ("Honestly? Money."), beside one at its end.
_IN_PASSING = 0.3
_ENOUGH = 0.4
_MARGIN = 0.1
# Among three or more the one who asks must take some part: turns and questions (or a large share of all turns),
# and shares of words and of all questions.
_FEWEST_TURNS, _FEWEST_QUESTIONS, _LARGE_SHARE = 3, 2, 0.25
_LEAST_WORDS, _LEAST_QUESTIONS = 0.02, 0.35
# An interviewer who says nearly everything, or a participant who says next to nothing, is doubtful.
_NEARLY_ALL = 0.85
_QUOTED, _SHOWN = 60, 3  # characters, turns
_SOUND = re.compile(r"\s*(?:\[[^\[\]]*\]|\([^()]*\)|[♪♫].*|[\W\d_]*)\s*", re.S)
_LONG_WORD = 8
_CAPITALS_ASK, _AT_LENGTH = 4, 4  # questions, and words of one
_SHORTEST_TALK = 4  # turns
CAPITALS = "in capitals"
_GREEK = re.compile("[\u0370-\u03ff]{2}")
_ROLE_WORDS = sorted(word for word in INTERVIEWER_WORDS | PARTICIPANT_WORDS if len(word) >= _LONG_WORD)


@dataclass(slots=True)
class Roles:
    """Turns with their roles, notes on how these were inferred, and what of it a person should look at."""

    turns: list[Turn]
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoleHints:
    """What is known of roles beside the labels.

    `named` are the keys of people whom the header calls interviewers, `interviewer` the labels that the user
    gives, `corrections` what people said of this file; `unnamed`: turns without a label are one person's;
    `marked`: it is said that changes of speaker are marked without a name.
    """

    named: frozenset[str] = frozenset()
    interviewer: Sequence[str] = ()
    corrections: Corrections = field(default_factory=Corrections)
    unnamed: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class LabelForms:
    """What the labels of a file look like, counted once: comparing each with each is slow in a file of thousands.

    `stems` are labels without numbers behind them, `answering` how many labels may be a participant's beside an
    interviewer's letter, `answering_russian` the same beside a Russian one.
    """

    keys: frozenset[str]
    stems: Counter[str]
    answering: int
    answering_russian: int

    @classmethod
    def of(cls, labels: Iterable[str]) -> "LabelForms":
        """Return the forms of these labels."""
        keys = frozenset(map(key_of, labels))
        return cls(
            keys, Counter(map(_stem, keys)), sum(map(_answers, keys)), sum(map(_answers_in_russian, keys))
        )


def _stem(key: str) -> str:
    return key.rstrip("0123456789 ")


def _answers(key: str) -> bool:
    return len(key) > 1 or _stem(key) in ANSWERING_LETTERS or not PARTICIPANT_WORDS.isdisjoint(key.split())


def _answers_in_russian(key: str) -> bool:
    return len(key) > 1 or _stem(key) in ("р", "о")


@dataclass(slots=True)
class _Voice:
    """What is known of one speaker: what is said in each turn, questions, words, whether first."""

    label: str
    said: list[str] = field(default_factory=list)
    turns: int = 0
    asking: float = 0.0
    words: int = 0
    first: bool = False


def assign_roles(turns: Sequence[Turn], text: str, hints: RoleHints, name: str) -> Roles:
    """Return the turns with their roles.

    Labels that the user or a correction calls interviewer overrule everything. Turns without a speaker keep
    the role None unless they are one unnamed person's. Raises InputError for a label of the user's that is not
    in the file `name`.
    """
    voices = _voices(turns, text, unnamed=hints.unnamed)
    by_key = {key_of(label): label for label in voices}
    corrected = {by_key[key] for key in map(key_of, hints.corrections.interviewers) if key in by_key}
    taking_part = {by_key[key] for key in map(key_of, hints.corrections.participants) if key in by_key}
    notes: list[str] = []
    if hints.interviewer:
        asking = _chosen(voices, hints.interviewer, name)
    elif corrected:
        asking = corrected
    else:
        asking, notes = _inferred(
            {label: v for label, v in voices.items() if label not in taking_part}, hints.named
        )
        further, further_notes = _in_another_talk(turns, text, asking)
        asking, notes = asking | further, notes + further_notes
    asking = (asking | corrected) - taking_part
    roles: dict[str | None, Role | None] = {
        label or None: "interviewer" if label in asking else "participant" for label in voices
    }
    done = [replace(turn, role=roles.get(turn.speaker)) for turn in turns]
    doubts = [*_doubts(voices, asking), *([] if hints.unnamed or hints.marked else _nobodys(done, text))]
    return Roles(done, notes, doubts) if asking else Roles(done, [], [*notes, *doubts])


def _nobodys(turns: Sequence[Turn], text: str) -> Iterator[str]:
    """Say that turns name no speaker where others do, as where a program could not tell who spoke.

    Titles above the talk, sounds ("[Music]", "♪ music ♪") and signs are nobody's anyway.
    """
    first = next((turn.index for turn in turns if turn.speaker), 0)
    said = [(turn.index, text[turn.start : turn.end]) for turn in turns if turn.speaker is None]
    nobodys = [
        words
        for index, words in said
        if not _SOUND.fullmatch(words) and (index > first or ends_sentence(words))
    ]
    if nobodys:
        them = "it" if len(nobodys) == 1 else "them"
        shown = quoted((shortened(words, _QUOTED) for words in nobodys), _SHOWN)
        yield (
            f"{counted(len(nobodys), 'turn')} of {len(turns)} without a speaker, coded as a participant's:"
            f" {shown}. If the interviewer says {them}, give {them} a name."
        )


def _doubts(voices: dict[str, _Voice], asking: Collection[str]) -> list[str]:
    """Say that an interviewer says nearly all, or that there is no participant."""
    total = sum(voice.words for voice in voices.values())
    asked = sum(voice.words for label, voice in voices.items() if label in asking)
    who = ", ".join(sorted(asking))
    doubts = [
        f"{label} speaks for others and counts as a participant: name {label} as an interviewer if not to be coded."
        for label in voices
        if label not in asking and set(key_of(label).split()) & SPEAK_FOR_OTHERS
    ]
    asks = [
        label
        for label, voice in voices.items()
        if label
        and label not in asking
        and voice.turns >= _FEWEST_TURNS
        and voice.asking >= 0.8 * voice.turns
    ]
    if asks and asking and all(voices[label].asking <= 0.2 * voices[label].turns for label in asking):
        doubts.append(
            f"{who} counts as the interviewer, but {', '.join(asks)} asks the questions: check who is who."
        )
    if asking and len(asking) == len(voices):
        return [*doubts, f"Only the interviewer speaks ({who}): no participant has any words."]
    if asking and total and asked >= _NEARLY_ALL * total:
        return [*doubts, f"The interviewer ({who}) says {asked / total:.0%} of all words: check who is who."]
    return doubts


def assign_roles_by_print(
    turns: Sequence[Turn], text: str, looks: Sequence[frozenset[str]], interviewer: Sequence[str], name: str
) -> Roles:
    """Return the turns of a file without labels: questions printed in a way of their own are the interviewer's.

    `looks` says per turn how all of it is printed ("bold", "italic", "coloured", "numbered"). Where no way of
    printing holds mostly questions, each answered by something printed otherwise, all roles stay None.
    """
    if interviewer:
        raise InputError(f"{name} names no speakers, so {', '.join(interviewer)} cannot be found in it.")
    said = [text[turn.start : turn.end] for turn in turns]
    look, plainly = look_of_questions(said, looks), False
    if look is None:
        look, plainly = _look_of_answers(said, looks), True
    if look is None:
        return Roles(list(turns))
    roles: dict[bool, Role] = {not plainly: "interviewer", plainly: "participant"}
    how = ("not " if plainly else "") + (look if look in ("numbered", "quoted") else f"printed {look}")
    note = f"No names stand in this file; what is {how}, mostly questions, is taken for the interviewer's."
    return Roles([replace(turn, role=roles[look in looks[turn.index]]) for turn in turns], [note])


def look_of_questions(said: Sequence[str], looks: Sequence[frozenset[str]]) -> str | None:
    """Return the way of printing that holds mostly questions, each with an answer printed otherwise; None if none.

    `said` are the words of each turn, `looks` how all of it is printed.
    """
    for look in _in_order(looks):
        asked = {index for index, marks in enumerate(looks) if look in marks}
        if _are_questions(asked, said) and (look != CAPITALS or _ask_alone(asked, said)):
            return look
    return None


def _look_of_answers(said: Sequence[str], looks: Sequence[frozenset[str]]) -> str | None:
    """Return the way of printing that all answers have and the questions before them do not; None if none has."""
    for look in _in_order(looks):
        asked = {index for index, marks in enumerate(looks) if look not in marks}
        if _are_questions(asked, said) and (look != CAPITALS or _ask_alone(asked, said)):
            return look
    return None


def _in_order(looks: Sequence[frozenset[str]]) -> list[str]:
    """Return the ways of printing, capitals last: people also shout in them."""
    return sorted(set().union(*looks), key=lambda look: (look == CAPITALS, look))


def _ask_alone(asked: Collection[int], said: Sequence[str]) -> bool:
    """Tell whether all turns that end as questions are among these, many, and mostly not short ("WHY ME?")."""
    questions = [words for index, words in enumerate(said) if "?" in words and index in asked]
    at_length = sum(len(words.split()) >= _AT_LENGTH for words in questions)
    return (
        len(questions) >= max(_CAPITALS_ASK, _LARGE_SHARE * len(said))
        and not any(words.rstrip().endswith("?") for index, words in enumerate(said) if index not in asked)
        and 2 * at_length > len(questions)
    )


def _are_questions(asked: Collection[int], said: Sequence[str]) -> bool:
    """Tell whether the turns at these places are mostly questions, mostly followed by another's turn."""
    questions = sum("?" in said[index] for index in asked)
    answered = sum(index + 1 not in asked for index in asked)
    return 2 <= len(asked) < len(said) and min(questions, answered) >= 0.6 * len(asked)


def _voices(turns: Iterable[Turn], text: str, *, unnamed: bool) -> dict[str, _Voice]:
    """Return the voices by label; the unnamed one, if it counts, has the label ""."""
    voices: dict[str, _Voice] = {}
    for turn in turns:
        if turn.speaker is None and not unnamed:
            continue
        label = turn.speaker or ""
        voice = voices.setdefault(label, _Voice(label, first=not voices))
        words = _with_question_marks(text[turn.start : turn.end])
        voice.said.append(words)
        voice.turns += 1
        voice.words += words.count(" ") + 1
        voice.asking += 1 if _ASKS.search(words) else _IN_PASSING * bool(re.search("[?？؟]", words))
    return voices


def _with_question_marks(words: str) -> str:
    """Return words with Greek question marks as Latin ones."""
    return re.sub("[;\u037e]", "?", words) if _GREEK.search(words) else words


def _chosen(voices: dict[str, _Voice], interviewer: Sequence[str], name: str) -> set[str]:
    by_key = {key_of(label): label for label in voices}
    missing = [label for label in interviewer if key_of(label) not in by_key]
    if missing:
        labels = ", ".join(filter(None, voices)) or "none at all"
        raise InputError(f"{name} has no speaker called {', '.join(missing)}: the labels found are {labels}.")
    return {by_key[key_of(label)] for label in interviewer}


def _inferred(voices: dict[str, _Voice], named: frozenset[str]) -> tuple[set[str], list[str]]:
    """Return the labels taken for interviewers: by word, by header, else by questions."""
    if not voices:
        return set(), []
    forms = LabelForms.of(voices)
    by_word = {label: role_of_label(label, forms) for label in voices}
    told = {label for label in voices if {key_of(label), name_and_aside(label)[0]} & named}
    # A legend ("R = researcher, I = interviewee") says more than what a letter usually means.
    asking = told | {
        label
        for label, role in by_word.items()
        if role == "interviewer" and not (told and len(key_of(label)) == 1)
    }
    if asking and (len(asking) < len(voices) or len(voices) == 1):
        return _with_those_who_ask(asking, voices, by_word)
    soft = {label for label in voices if _may_interview(label)}
    if soft and not asking and len(soft) < len(voices):
        return _with_those_who_ask(soft, voices, by_word)
    doubtful = [voice for voice in voices.values() if by_word[voice.label] != "participant" or asking]
    asking = _by_questions(doubtful, voices) if len(voices) > 1 else set()
    if asking:
        who = ", ".join(label or "whoever has no label" for label in sorted(asking))
        return asking, [f"{who} taken for the interviewer by the questions asked; name others to overrule."]
    opening = who_ask_without_marks({voice.label: voice.said for voice in voices.values()})
    if opening and opening <= {voice.label for voice in doubtful}:
        return opening, [
            f"{', '.join(filter(None, sorted(opening))) or 'Whoever has no label'} taken for the"
            f" {'interviewer' if len(opening) == 1 else 'interviewers'} by how turns begin, since the"
            " questions have no question marks; name others to overrule."
        ]
    if len(voices) == 2 and len(doubtful) == 1:
        other = next(label for label in voices if label != doubtful[0].label)
        who = doubtful[0].label or "Whoever has no label"
        return {doubtful[0].label}, [
            f"{who} taken for the interviewer, since the other one is called {other}; name others to overrule."
        ]
    return set(), [
        "No interviewer was recognised: every speaker counts as a participant. Name the one who asks, if one does."
    ]


def _in_another_talk(turns: Sequence[Turn], text: str, asking: Collection[str]) -> tuple[set[str], list[str]]:
    """Return who interviews in a second talk of the file: behind the interviewers' last word only others speak."""
    last = max((index for index, turn in enumerate(turns) if turn.speaker in asking), default=-1)
    before = {turn.speaker for turn in turns[: last + 1]}
    first = next(
        (index for index in range(last + 1, len(turns)) if turns[index].speaker not in before), len(turns)
    )
    rest = turns[first:]
    if last < 0 or len(rest) < _SHORTEST_TALK or any(turn.speaker in before for turn in rest):
        return set(), []
    voices = _voices(rest, text, unnamed=False)
    return _inferred(voices, frozenset()) if len(voices) > 1 else (set(), [])


def _with_those_who_ask(
    asking: set[str], voices: dict[str, _Voice], by_word: Mapping[str, Role | None]
) -> tuple[set[str], list[str]]:
    """Add to the interviewers whoever else only asks: a second one, or that of another file joined to this one."""
    further = {
        label
        for label, voice in voices.items()
        if label
        and label not in asking
        and by_word[label] != "participant"
        and (
            (voice.turns >= _FEWEST_TURNS and voice.asking >= _NEARLY_ALL * voice.turns)
            or (_may_interview(label) and voice.asking >= 0.5 * voice.turns)
        )
    }
    if not further or len(asking | further) == len(voices):
        return asking, []
    who = ", ".join(sorted(further))
    return asking | further, [
        f"{who} taken for {'an interviewer' if len(further) == 1 else 'interviewers'} too, by the questions asked;"
        " name others to overrule."
    ]


def _may_interview(label: str) -> bool:
    return bool(set(re.findall(r"[^\W\d]+", key_of(label))) & PERHAPS_INTERVIEWER)


def role_of_label(label: str, forms: LabelForms) -> Role | None:
    """Return the role that a label states among those of its file, None when it states none."""
    whole = key_of(label)
    words = [word.rstrip("0123456789") or word for word in whole.split()]
    key = " ".join(words)
    if len(key) <= 2 and key in ASKING_LETTERS | ANSWERING_LETTERS:
        return _role_of_letter(key, whole, forms)
    # A participant's phrase may hold the interviewer's ("được phỏng vấn"), so it is looked for first.
    if any(f" {phrase} " in f" {key} " for phrase in PARTICIPANT_PHRASES):
        return "participant"
    if any(f" {phrase} " in f" {key} " for phrase in INTERVIEWER_PHRASES):
        return "interviewer"
    telling = [
        word
        for word in words
        if word not in VOICE_WORDS | PERHAPS_INTERVIEWER and not (len(word) == 1 and len(words) > 1)
    ]
    meant = [word if len(word) < _LONG_WORD else _role_word(word) for word in telling]
    if any(word in INTERVIEWER_WORDS for word in meant):
        return "interviewer"
    if any(word in PARTICIPANT_WORDS for word in meant):
        return "participant"
    if _INTERVIEWER_CODE.fullmatch(whole):
        return "interviewer"
    return "participant" if _PARTICIPANT_CODE.fullmatch(whole) else None


@lru_cache(maxsize=1024)
def _role_word(word: str) -> str:
    """Return the word for a part in an interview that a word is, or is a misspelling of; else the word."""
    alike = [other for other in _ROLE_WORDS if other[0] == word[0]]
    return word if word in INTERVIEWER_WORDS | PARTICIPANT_WORDS else nearest(word, alike) or word


def _role_of_letter(key: str, whole: str, forms: LabelForms) -> Role | None:
    """Return the role of a label of one or two letters, which says something only beside its counterpart."""
    itself = whole in forms.keys
    if key in ("i", "q", "int"):
        asked = forms.answering > (itself and _answers(whole))
    elif key in ("и", "в"):
        asked = forms.answering_russian > (itself and _answers_in_russian(whole))
    elif key == "m":
        return None
    else:
        asks = ASKING_LETTERS if key in ("r", "р", "о") else ASKING_LETTERS - {"m"}
        beside = (letter for letter in asks if forms.stems[letter] > (itself and _stem(whole) == letter))
        return "participant" if any(beside) else None
    return "interviewer" if asked or len(forms.keys) == itself else None


def _by_questions(doubtful: Sequence[_Voice], voices: dict[str, _Voice]) -> set[str]:
    """Return who asks: the one whose turns hold questions clearly more often than anybody else's."""
    total = sum(voice.words for voice in voices.values())

    def score(voice: _Voice) -> float:
        brief = voice.words < 0.8 * total / len(voices)
        return voice.asking / voice.turns + 0.15 * voice.first + 0.1 * brief

    if not doubtful:
        return set()
    if shared := _committee(voices, 2) & {voice.label for voice in doubtful}:
        return shared
    ranked = sorted(voices.values(), key=score, reverse=True)
    best = max(doubtful, key=score)
    rivals = [score(voice) for voice in ranked if voice is not best]
    if score(best) < _ENOUGH or (rivals and score(best) < max(rivals) + _MARGIN) or not best.asking:
        return _committee(voices, 1) & {voice.label for voice in doubtful}
    if len(voices) > 2 and not _takes_part(best, voices):
        return set()
    second = {
        voice.label
        for voice in doubtful
        if len(voices) > 2 and voice.turns >= 5 and voice.asking >= 0.6 * voice.turns
    }
    return {best.label} | (second if len(second) < len(voices) - 1 else set())


def _committee(voices: dict[str, _Voice], fewest: int) -> set[str]:
    """Return several who share the asking, where all others answer at more length; empty where it is not so clear.

    Each of them has at least `fewest` turns.
    """
    asking = {
        label
        for label, voice in voices.items()
        if voice.turns >= fewest and voice.asking >= 0.6 * voice.turns
    }
    answering = [voice for label, voice in voices.items() if label not in asking]
    asked = [voices[label] for label in asking]
    clear = (
        len(asking) > 1
        and bool(answering)
        and sum(voice.turns for voice in asked) >= _FEWEST_TURNS
        and all(voice.asking <= 0.25 * voice.turns for voice in answering)
        and sum(voice.turns for voice in answering) >= 0.5 * sum(voice.turns for voice in asked)
        and sum(voice.words for voice in answering) > sum(voice.words for voice in asked)
    )
    return asking if clear else set()


def _takes_part(voice: _Voice, voices: dict[str, _Voice]) -> bool:
    """Tell whether somebody among several says and asks enough to be the one who leads the talk."""
    words = sum(other.words for other in voices.values())
    questions = sum(other.asking for other in voices.values())
    turns = sum(other.turns for other in voices.values())
    often = voice.turns >= _FEWEST_TURNS and voice.asking >= _FEWEST_QUESTIONS
    return (
        (often or voice.turns >= _LARGE_SHARE * turns)
        and voice.words >= _LEAST_WORDS * words
        and voice.asking >= _LEAST_QUESTIONS * questions
    )
