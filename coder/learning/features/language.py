"""Whether a text is English at all: the default encoder reads no other language, and must not guess.

Function words tell languages apart even in short, broken talk: a text is taken for another language if more of its
words are that language's function words than English ones, or if it is hardly written in Latin letters. Telegraphic
English ("staff shortages, poor parking") has few function words of any language and stays English. Words that are
English too are not counted for the other language. The lists in function_words.txt were written for this program.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

ENGLISH = "English"
ENGLISH_ENCODERS = ("all-MiniLM-L6-v2:", "all-mpnet-base-v2:")  # how the ids of both own encoders begin
WORDS_FILE = Path(__file__).parent / "function_words.txt"
FEWEST_WORDS, FEWEST_HITS, SHARE = 4, 2, 0.15  # words, and function words of a language, needed for a verdict
OTHER_SCRIPT = "a script other than Latin letters"
_WORDS = re.compile(r"[^\W\d_]+")
_LETTERS = re.compile(r"\b[A-HJ-Z]\b(?!['’])")  # "Block C" is no French c'
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """Return the languages of each function word; English alone for a word that is English too."""
    languages: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in WORDS_FILE.read_text(encoding="utf-8").splitlines()[1:]:
        if not line.startswith(" "):
            name = line
            continue
        for word in line.split():
            before = languages.get(word, ())
            languages[word] = before if ENGLISH in before else (*before, name)
    return languages


def other_language(text: str) -> str | None:
    """Return the language a text seems to be in if that is not English; None for English and for too few words."""
    letters = sum(map(str.isalpha, text))
    if letters >= FEWEST_WORDS and 2 * len(_LATIN.findall(text)) < letters:
        return OTHER_SCRIPT
    words = _WORDS.findall(_LETTERS.sub(" ", text).lower())
    if len(words) < FEWEST_WORDS:
        return None
    known = _known()
    hits = Counter(name for word in words for name in known.get(word, ()))
    english = hits.pop(ENGLISH, 0)
    best, count = max(hits.items(), key=lambda item: item[1], default=("", 0))
    return best if count >= max(FEWEST_HITS, english + 1, SHARE * len(words)) else None


def other_languages(texts: Sequence[str]) -> Counter[str]:
    """Return how many of the texts seem to be in each language other than English."""
    return Counter(name for name in map(other_language, texts) if name)


def unread(texts: Sequence[str], encoder_id: str, taught: Collection[str] = ()) -> tuple[str | None, ...]:
    """Return, per text, the language it seems to be in where it is not read: neither English nor one of `taught`.

    Only the default encoder is known to read English alone; another one may read anything.
    """
    if not encoder_id.startswith(ENGLISH_ENCODERS):
        return (None,) * len(texts)
    return tuple(None if name in taught else name for name in map(other_language, texts))


def unread_words(counts: Mapping[str, int], of: int, things: str) -> str | None:
    """Return a sentence on how many texts are in which other languages; None if none is."""
    names = sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name))
    if not names:
        return None
    listed = " or ".join(f"in {name}" for name in names[:3]) + (" or others" if len(names) > 3 else "")
    return (
        f"{sum(counts.values())} of {of} {things} seem to be {listed}; the encoder reads nothing but English"
    )
