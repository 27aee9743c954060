"""Names for proposed groups of passages: telling words, or a short sentence that was said."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Encode = Callable[[Sequence[str]], "Floats"]
Namer = Callable[[Sequence[int]], str]

MOST_WORDS, FEWEST_WORDS = 3, 2  # one word alone ("funny") names no group
CANDIDATES = 16  # words that are looked at more closely, the most telling first
# A word names a group that a third of its passages have, and three at least: of the sample study's groups, words of
# fewer passages ("ring, young, bus") say less than a participant's own words.
SHARE, FEWEST_TEXTS = 1 / 3, 3
QUOTED = (4, 11)  # words of a sentence that can stand for a name
QUOTED_FROM = 8  # texts, the most typical first, whose sentences are looked at
STEM = 5  # letters in common from which two words say the same: "visit", "visits", "visiting"
ASIDE = re.compile(r"[(\[][^)\]]*[)\]]\s*")  # "(pause)", "[laughs]"
SENTENCE = re.compile(r"[^.?!…]+[.?!…]*")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SHORTEST = 3  # letters of a telling word
# Words of all talk, which tell no group from another; scikit-learn's list has the function words.
_SPOKEN = """
able absolutely actual actually afternoon asked away bad basically big bit bits came come comes coming course
day days definitely did didn different does doing end evening exactly fact feel feels felt fine funny gets
getting given gives goes going gone good got great guess half happen happened happens hard having honest
honestly hour hours idea just kind knew know knows laughs let like liked likes little long look looked looking
looks lot lots made make makes making matter maybe mean means meant mind minute minutes moment month months
morning need needed needs new nice nobody number obviously okay old one ones pause people perhaps person place
point pretty probably put question quick quite rather read real really right round said saw say saying says
second seem seems seen set sit small somebody somehow sort sorts start started stay stop stuff suppose sure
taken takes talk tell tells thing things think thinking thought time times today told took tried true try
trying turn turned two understand use used usually view want wanted wants way ways week weeks went word words
work works worse worst wrong yeah year years yes yesterday
"""
SPOKEN = frozenset(_SPOKEN.split())


def namer(texts: Sequence[str], vectors: "Floats", encode: Encode) -> Namer:
    """Return a function that names the group of some of the texts, given by row, the most typical text first.

    A name is two or three words that many texts of the group have and few others (the share of the group's texts
    with the word, times the log of how much more usual it is there than elsewhere), those nearest in meaning to what
    sets the group apart (cosine to the group's mean vector less the mean of all). Where there are no two such words,
    the name is in the participants' own words (an in vivo code): the short sentence nearest to the group's mean,
    between quotation marks. `vectors` (n, d) are the texts'.
    """
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=_telling, binary=True)
    try:
        counts = counter.fit_transform(texts).tocsc()
    except ValueError:  # not one telling word
        return lambda rows: in_vivo([texts[row] for row in rows], vectors[list(rows)].mean(axis=0), encode)
    words, everywhere = counter.get_feature_names_out(), np.asarray(counts.sum(axis=0)).ravel()
    middle = vectors.mean(axis=0)

    def name(rows: Sequence[int]) -> str:
        mean = vectors[list(rows)].mean(axis=0)
        here = np.asarray(counts[list(rows)].sum(axis=0)).ravel()
        elsewhere = (everywhere - here + 0.5) / (len(texts) - len(rows) + 1)
        score = here / len(rows) * np.log((here + 0.5) / (len(rows) + 1) / elsewhere)
        score[here < max(FEWEST_TEXTS, SHARE * len(rows))] = 0.0
        best = [int(at) for at in np.argsort(-score, kind="stable")[:CANDIDATES] if score[at] > 0]
        if len(best) < FEWEST_WORDS:
            return in_vivo([texts[row] for row in rows], mean, encode)
        likeness = encode([str(words[at]) for at in best]) @ (mean - middle)
        weighed = score[best] * np.maximum(likeness, 0.0)
        ordered = [str(words[best[at]]) for at in np.argsort(-weighed, kind="stable") if weighed[at] > 0]
        chosen = _different(ordered)[:MOST_WORDS]
        if len(chosen) < FEWEST_WORDS:
            return in_vivo([texts[row] for row in rows], mean, encode)
        return ", ".join(chosen)

    return name


def in_vivo(texts: Sequence[str], mean: "Floats", encode: Encode) -> str:
    """Return the short sentence of some texts that is nearest to a mean vector (d,), between quotation marks."""
    low, high = QUOTED
    sentences = [
        found.strip(" -–,;")
        for text in texts[:QUOTED_FROM]
        for found in SENTENCE.findall(ASIDE.sub(" ", text))
    ]
    short = list(dict.fromkeys(item for item in sentences if low <= len(item.split()) <= high))
    if not short:
        words = texts[0].split()
        return f"“{' '.join(words[:high])}{' …' if len(words) > high else ''}”"
    nearest = short[int((encode(short) @ mean).argmax())]
    return f"“{nearest.rstrip('.,; ')}”"


def _telling(text: str) -> list[str]:
    """Return the words of a text that can tell something, and the pairs of them that stand side by side."""
    stop = _stop_words()
    words = [word.replace("’", "'") for word in WORD.findall(text.casefold())]
    kept = [word if len(word) >= SHORTEST and word not in stop and "'" not in word else "" for word in words]
    pairs = [f"{a} {b}" for a, b in pairwise(kept) if a and b]
    return [*filter(None, kept), *pairs]


@cache
def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return SPOKEN.union(ENGLISH_STOP_WORDS)


def _different(words: Sequence[str]) -> list[str]:
    """Return words without those that repeat one before them, alone, in a pair or in another form."""
    found: list[str] = []
    for word in words:
        known = {part[:STEM] for other in found for part in other.split()}
        if not known & {part[:STEM] for part in word.split()}:
            found.append(word)
    return found
