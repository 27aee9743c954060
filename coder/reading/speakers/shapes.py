"""How much a few words look like a speaker's label by themselves: a name, a code, a part in an interview."""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

from coder.reading.speakers.vocabulary import (
    FUNCTION_WORDS,
    INTERVIEWER_PHRASES,
    NEVER_SPEAKERS,
    NUMBER_WORDS,
    PARTICIPANT_PHRASES,
    PARTICLES,
    QUALIFIERS,
    ROLE_WORDS,
    TITLES,
    key_of,
)

MAX_LABEL = 48


class Shape(IntEnum):
    """How much a label looks like one, by itself."""

    NONE = 0
    WEAK = 1
    NAME = 2
    CODE = 3
    ROLE = 4


_CODE = re.compile(
    r"[A-Za-z]{1,4}[ _.#-]?\d{1,5}[A-Za-z]?\??|\d{1,3}[A-Z]{1,2}|[A-Z]\??"
    r"|[A-Z0-9]+(?:[_./&+-] ?[A-Z0-9]+)+|[A-Z]{1,5}\?"
)
# Chat programs name those by their number who are not in the telephone's list.
_PHONE = re.compile(r"\+\d[\d ()./-]{6,20}")
# Names that are other words more often: they must come again and again.
_WORDS_TOO = frozenset({"april", "may", "june", "august", "hope", "page", "sunday"})
_NO_INITIALS = frozenset({"OK", "NB", "PS", "NO", "SO", "TV"})
# How recorders and chat programs name the one who made the transcript, and whoever else speaks.
_SELF = frozenset({"You", "YOU", "Me", "ME", "Them", "THEM"})
_DESCRIBED = frozenset(
    {"woman", "man", "lady", "gentleman", "girl", "boy", "person", "mum", "dad", "mother", "father"}
)
_CODES = re.compile(rf"(?:{_CODE.pattern})(?:\s?(?:[/&+,]|and)\s?(?:{_CODE.pattern}))+")
ASIDE = re.compile(r"(?:\s*[(\[][^)\]]*[)\]])+\s*$")


@lru_cache(maxsize=4096)
def shape_of(label: str) -> Shape:
    """Tell how much `label` looks like a speaker, from NONE to ROLE."""
    base = ASIDE.sub("", label).strip() or label.strip("()[] ")
    tokens = _without_titles(base.split())
    if not tokens or len(tokens) > 6 or len(base) > MAX_LABEL:
        return Shape.NONE
    shape = _shape_by_signs(base)
    return _shape_by_words(base, tokens) if shape is None else shape


def _shape_by_signs(base: str) -> Shape | None:
    """Judge initials, telephone numbers and punctuation; None: the words decide."""
    if len(base) == 2 and base.isalpha() and base.isupper() and base not in _NO_INITIALS:
        return Shape.CODE
    if _PHONE.fullmatch(base):
        return Shape.CODE
    if not any(map(str.isalpha, base)):
        return Shape.WEAK if base.isdigit() and len(base) <= 3 else Shape.NONE
    keys = key_of(base).split()
    if base in _SELF:
        return Shape.NAME
    if (
        base.endswith("?")
        and len(base) > 2
        and shape_of(base[:-1].strip()) >= Shape.NAME
        and "?" not in base[:-1]
    ):
        # A typist's doubt about who speaks ("Ida?:"), not a question.
        return Shape.NAME if len(keys) <= 3 else Shape.NONE
    if re.search(r"[!;\"“”…:：\t]", base) or (len(keys) == 1 and keys[0] in FUNCTION_WORDS and len(base) > 1):
        return Shape.NONE
    return Shape.WEAK if len(base) == 1 and base.islower() else None


def _shape_by_words(base: str, tokens: list[str]) -> Shape:
    """Judge by the words: a part in the interview, a code, a name."""
    keys = key_of(base).split()
    if _is_role(keys):
        return Shape.ROLE
    if _CODE.fullmatch(base) or _CODES.fullmatch(base):
        return Shape.NONE if keys and keys[0] in NEVER_SPEAKERS and len(keys) == 1 else Shape.CODE
    if len(keys) == 1 and keys[0] in _WORDS_TOO:
        return Shape.WEAK
    if not keys or not _letters_only(base) or keys[0] in NEVER_SPEAKERS:
        return Shape.NONE
    if base.isupper() and len(tokens) <= 3 and not set(keys) & NEVER_SPEAKERS:
        return Shape.CODE
    if _is_name(tokens):
        return Shape.NAME
    if (
        len(tokens) <= 4
        and base[0].isupper()
        and _DESCRIBED.isdisjoint(keys[-1:])
        and set(keys[:2]) & _DESCRIBED
    ):
        return Shape.WEAK  # "Woman in red"
    if set(keys) & (NEVER_SPEAKERS | FUNCTION_WORDS) or len(tokens) > 4:
        return Shape.NONE
    return Shape.WEAK


# An office with the name of who holds it: "The Minister for Roads (Ida Moss)".
OFFICE = re.compile(
    r"(?:The|Minister|Deputy|Parliamentary|Under-?[Ss]ecretary|Secretary|Leader|President|Chair\w{0,8}|Chancellor"
    r"|Attorney|Solicitor|Commissioner) [^()]{2,90} \(([^()]{2,48})\)"
)


def name_and_aside(label: str) -> tuple[str, str]:
    """Return the key of a label's name, and what stands behind it in brackets ("" if nothing does).

    Of an office with a name behind it ("The Minister (Ida Moss)") the name is in the brackets.
    """
    office = OFFICE.fullmatch(label)
    if office:
        return key_of(office[1]), label.partition(" (")[0]
    bare = ASIDE.sub("", label).strip()
    return (key_of(bare), label[len(bare) :].strip()) if bare else (key_of(label), "")


def _without_titles(tokens: list[str]) -> list[str]:
    """Return a name's words without the titles before it, at least two words."""
    first = next((index for index, token in enumerate(tokens) if key_of(token) not in TITLES), 0)
    return tokens[min(first, max(0, len(tokens) - 2)) :]


def _is_role(keys: list[str]) -> bool:
    phrase = " ".join(word for word in keys if not word.isdigit())
    if phrase in INTERVIEWER_PHRASES | PARTICIPANT_PHRASES:
        return True
    if not any(word in ROLE_WORDS or word.rstrip("0123456789") in ROLE_WORDS for word in keys):
        return False
    if len(keys) == 1 or keys[0] not in ("a", "q"):
        return all(
            word.rstrip("0123456789") in ROLE_WORDS
            or word.isdigit()
            or len(word) == 1
            or word in NUMBER_WORDS
            or word in QUALIFIERS
            for word in keys
        )
    return False


def _letters_only(base: str) -> bool:
    """Refuse what holds sentence punctuation; full stops only after titles and initials."""
    if re.search(r"[!?;\"“”„«»…%=@*+{}<>|\\:：]|//|,.*,", base):
        return False
    stops = [word.rstrip(".,") for word in base.split() if "." in word]
    return all(len(word) <= 2 or "." in word or word.casefold() in TITLES for word in stops)


def _is_name(tokens: list[str]) -> bool:
    def starts_like_a_name(token: str) -> bool:
        first = token.lstrip("(‘’'\"-")[:1]
        return bool(first) and (
            first.isupper() or first.isdigit() or unicodedata.category(first) in ("Lo", "Lt")
        )

    capitals = [starts_like_a_name(token) or key_of(token) in PARTICLES for token in tokens]
    return (
        all(capitals) and len(tokens) <= 5 and starts_like_a_name(tokens[-1]) and not tokens[0][0].isdigit()
    )
