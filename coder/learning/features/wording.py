"""The wording of a text: words, pieces of words, what tells barriers from facilitators, and its language.

N-grams are TF-IDF over word 1-2-grams and character 2-5-grams within words: sublinear term frequency, smoothed idf,
each of the two blocks at length 1 (as in Salton and Buckley 1988). Own code so that predicting needs numpy alone.

Polarity hides in small words, whatever the topic: negation, modality, wishes, conditions, contrast, then against
now, and who is spoken of. Each cue is a rate (bounded count); a negation within three words before a good or bad
word turns that word round ("not easy"). The word lists were written for this file.

The default encoder reads nothing but English, and must not guess at other languages. Function words tell languages
apart even in short, broken talk: a text is taken for another language if more of its words are that language's
function words than English ones, or if it is hardly written in Latin letters. Telegraphic English ("staff shortages,
poor parking") has few function words of any language and stays English. Words that are English too are not counted
for the other language. The lists in function_words.txt were written for this program.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
LIMIT = 60_000  # features at most, the commonest first
CHARS = (2, 3, 4, 5)
SEEN = 2  # a feature must occur in this many texts
NEGATIONS = frozenset(
    word
    for line in (
        "no not never nobody none nothing neither nor nowhere without hardly barely cannot can't don't",
        "doesn't didn't won't wouldn't shouldn't couldn't isn't aren't wasn't weren't haven't hasn't hadn't",
        "ain't dont cant wont",
    )
    for word in line.split()
)
GOOD = frozenset(
    word
    for line in (
        "able accessible access advise advised agree amazing approachable available beneficial benefit",
        "benefits best better brilliant calm caring cheap clear clearly comfortable comforting confident",
        "confidence convenient encouraged encourages encouragement encouraging enjoy enjoyable enjoyed",
        "enjoying enough excellent excited fantastic fine free friendly fun glad good grateful great happy",
        "healthy healthier help helped helpful helping helps important improve improved improves kind knew",
        "know knowledgeable learned learnt like listened love loved lovely lucky manage managed motivated",
        "motivates nice perfect pleased pleasure polite possible praise proud professional prevent prevents",
        "protect protects quick quicker reassured reassuring relaxed reliable reminds reminder respect",
        "respectful reward rewarding safe satisfied simple simpler smooth sorted strong stronger support",
        "supported supportive supports sure thank thankful thanks together trained trust understand",
        "understanding understood useful valuable welcome well wonderful works worth worthwhile easy easier",
        "easily",
    )
    for word in line.split()
)
BAD = frozenset(
    word
    for line in (
        "afraid alone angry annoyed annoying anxious anxiety ashamed avoid awful awkward bad barrier barriers",
        "blame blamed bored boring bother bothered broken burden busy careless closed cold complicated",
        "complaint confused confusing costly cost costs crowded damage dangerous delay delayed delays",
        "depressed difficult difficulty dirty disappointed disappointing disgusting dismissed dismissive",
        "embarrassed embarrassing exhausted exhausting expensive fail failed far fear fed forget forgets",
        "forgot forgotten fright frightened frustrated frustrating guilty hard hate harm horrible ignored",
        "impossible inadequate inconvenient insufficient intimidated intimidating isolated judge judged",
        "judgement lack lacking late lazy limited lonely long lost miss missed missing nervous nightmare",
        "noisy overwhelmed overwhelming pain painful poor poorly pointless pressure problem problems refuse",
        "refused resistant rude rush rushed sad scared shame short shortage sick side slow sore stigma stress",
        "stressed stressful struggle stuck suffer terrible tired trouble unable unaware uncomfortable unclear",
        "understaffed unfair unhappy unhelpful unpleasant unsafe unsure unwell upset useless wait waited",
        "waiting waste wasted weak worried worry worrying worse worst wrong",
    )
    for word in line.split()
)
CUES: dict[str, str] = {
    "negation": r"\b(?:no|not|never|nobody|none|nothing|nor|without|hardly|cannot)\b|n['’]t\b",
    "cannot": r"\b(?:can['’]?t|cannot|couldn['’]t|unable to|not able|impossible)\b",
    "lack": r"\b(?:lack\w*|not enough|too (?:little|few)|shortage|missing|need more|more \w+ needed)\b",
    "too much": r"\btoo (?!little|few)\w+",
    "not a problem": r"\b(?:no|not an?|isn['’]t an?|never an?) (?:problem|issue|barrier|trouble|bother|worry)",
    "wish": r"\b(?:wish|if only|should have|could have|would have|would (?:like|be|help|love)|ought to|hopefully)\b",
    "advice": r"\b(?:should|need(?:s|ed)? to|must|have to|has to|had to)\b",
    "request": r"^(?:more|better|less|fewer|quicker|faster|shorter|improve\w*|please|have|provide|make|give)\b",
    "condition": r"\b(?:if|unless|as long as|provided|depends|when i can|otherwise)\b",
    "contrast": r"\b(?:but|however|although|though|except|yet|despite|still)\b",
    "cause": r"\b(?:because|so that|that['’]s why|therefore|since)\b",
    "past": r"\b(?:used to|at first|before|back then|in the past|initially)\b",
    "now": r"\b(?:now|nowadays|these days|since then|got used|become|no longer|not any ?more|any ?more)\b",
    "doing": r"\b(?:i (?:always|just|still|do|make sure|keep|go|try)|we (?:always|do|make sure|have))\b",
    "stopping": r"\b(?:stop(?:s|ped)? (?:me|us|them|you)|g[ai]ve up|put(?:s|ting)? (?:me|people|them) off|avoid)\b",
    "making": r"\b(?:makes? it (?:easier|possible|simple)|helps?|helped|lets me|allows?|enables?|keeps? me)\b",
    "hindering": r"\b(?:makes? it (?:hard|difficult|harder)|gets? in the way|prevents?|hinders?|limits?)\b",
    "first person": r"\b(?:i|i['’]m|i['’]ve|i['’]d|me|my)\b",
    "we": r"\b(?:we|us|our|we['’]re|we['’]ve)\b",
    "others": r"\b(?:they|them|their|people|patients?|staff|colleagues?)\b",
    "question mark": r"\?",
    "exclamation": r"!",
}
ENGLISH = "English"
ENGLISH_ENCODERS = ("all-MiniLM-L6-v2:", "all-mpnet-base-v2:")  # how the ids of both own encoders begin
WORDS_FILE = Path(__file__).parent / "function_words.txt"
FEWEST_WORDS, FEWEST_HITS, SHARE = 4, 2, 0.15  # words, and function words of a language, needed for a verdict
# Answers to a question that tell their language, and the share of them in one, from which the others are in it, too.
FEWEST_BESIDE, MOST_BESIDE = 3, 0.8
OTHER_SCRIPT = "a script other than Latin letters"
_LETTERED = re.compile(r"[^\W\d_]+")
_SINGLE = re.compile(r"\b[A-HJ-Z]\b(?!['’])")  # "Block C" is no French c'
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in CUES.values())
WIDTH = len(_PATTERNS) + 6


def words_of(text: str) -> list[str]:
    """Return the text's words, lower case, apostrophes made plain."""
    return [plain_word(word) for word in WORDS.findall(text)]


def plain_word(word: str) -> str:
    """Return a word in lower case, its apostrophes made plain."""
    return word.lower().replace("’", "'")


@lru_cache(maxsize=50_000)
def pieces_of(word: str) -> tuple[str, ...]:
    """Return a word's character grams ("c:..."), with a space before and after it; words come again and again."""
    padded = f" {word} "
    return tuple(
        f"c:{padded[start : start + size]}"
        for size in CHARS
        for start in range(max(1, len(padded) - size + 1))
        if len(padded) >= size
    )


def wholes_of(words: Sequence[str]) -> list[str]:
    """Return word 1-2-grams ("w:...")."""
    return [*(f"w:{word}" for word in words), *(f"w:{first} {second}" for first, second in pairwise(words))]


@dataclass(frozen=True)
class NGrams:
    """A vocabulary with its inverse document frequencies."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float32]

    @classmethod
    def fitted(cls, texts: Sequence[str]) -> "NGrams":
        """Take the features of texts that occur in at least SEEN of them."""
        seen: Counter[str] = Counter()
        for text in texts:
            words = words_of(text)
            seen.update(set(wholes_of(words)))
            seen.update(set(chain.from_iterable(map(pieces_of, set(words)))))
        least = min(SEEN, max(1, len(texts) - 1))
        frequent = sorted(
            (gram for gram, count in seen.items() if count >= least), key=lambda gram: (-seen[gram], gram)
        )
        vocabulary = {gram: column for column, gram in enumerate(frequent[:LIMIT])}
        idf = np.array(
            [log((1 + len(texts)) / (1 + seen[gram])) + 1 for gram in vocabulary], dtype=np.float32
        )
        return cls(vocabulary, idf)

    def rows(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Yield each text's places and weights."""
        known: dict[str, list[int]] = {}  # the places of each word's character grams
        for text in texts:
            words = words_of(text)
            for word in words:
                if word not in known:
                    known[word] = self._places(pieces_of(word))
            whole = self._places(wholes_of(words))
            blocks = [
                self._weighted(whole),
                self._weighted(chain.from_iterable(map(known.__getitem__, words))),
            ]
            places, weights = zip(*blocks, strict=True)
            yield np.concatenate(places), np.concatenate(weights)

    def _places(self, grams: Iterable[str]) -> list[int]:
        return [self.vocabulary[gram] for gram in grams if gram in self.vocabulary]

    def _weighted(self, places: Iterable[int]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the different places and their weights, sublinear in how often each comes, of length 1."""
        counts = Counter(places)
        at = np.fromiter(counts, np.intp, len(counts))
        raw = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[at]
        return at, (raw / max(float(np.linalg.norm(raw)), 1e-9)).astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> "object":
        """Return the features as a scipy CSR matrix (n, features), for training."""
        from scipy.sparse import csr_matrix

        rows = list(self.rows(texts))
        starts = np.concatenate([[0], np.cumsum([len(places) for places, _ in rows])])
        indices = np.concatenate([places for places, _ in rows]) if rows else np.zeros(0, dtype=np.intp)
        data = np.concatenate([weights for _, weights in rows]) if rows else np.zeros(0, dtype=np.float32)
        return csr_matrix((data, indices, starts), shape=(len(texts), len(self.idf)))


def cue_row(text: str) -> NDArray[np.float32]:
    """Return the cues of one text, (WIDTH,): each cue's bounded count, then good and bad words."""
    counts = [min(2, len(pattern.findall(text))) / 2 for pattern in _PATTERNS]
    words = words_of(text)
    good = bad = turned_good = turned_bad = 0
    for position, word in enumerate(words):
        if word not in GOOD and word not in BAD:
            continue
        negated = any(earlier in NEGATIONS for earlier in words[max(0, position - 3) : position])
        good += word in GOOD and not negated
        bad += word in BAD and not negated
        turned_good += word in GOOD and negated
        turned_bad += word in BAD and negated
    lean = good - bad - turned_good + 0.5 * turned_bad
    tail = [min(count, 3) / 3 for count in (good, bad, turned_good, turned_bad)]
    return np.array([*counts, *tail, np.tanh(lean / 2), float(lean > 0) - float(lean < 0)], dtype=np.float32)


def cues(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the cues of texts, (n, WIDTH)."""
    if not texts:
        return np.zeros((0, WIDTH), dtype=np.float32)
    return np.stack([cue_row(text) for text in texts])


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
    words = _LETTERED.findall(_SINGLE.sub(" ", text).lower())
    if len(words) < FEWEST_WORDS:
        return None
    known = _known()
    hits = Counter(name for word in words for name in known.get(word, ()))
    english = hits.pop(ENGLISH, 0)
    best, count = max(hits.items(), key=lambda item: item[1], default=("", 0))
    return best if count >= max(FEWEST_HITS, english + 1, SHARE * len(words)) else None


def language_of_answer(text: str, question: str | None) -> str | None:
    """Return the language of a text as `other_language`; one without any English word is in that of its question.

    "Zeitmangel" is too short to tell; after "Was hindert Sie daran, sich zu bewegen?" it is German.
    """
    name = other_language(text)
    if name or not question or _has_english(text):
        return name
    return other_language(f"{question} {text}")


def _has_english(text: str) -> bool:
    words = _LETTERED.findall(_SINGLE.sub(" ", text).lower())
    return any(ENGLISH in _known().get(word, ()) for word in words)


def languages_of_answers(
    texts: Sequence[str], questions: Sequence[str | None], studies: Sequence[str]
) -> list[str | None]:
    """Return the language of each text as `language_of_answer`; where that is not told, of the answers beside it.

    "Was war gut?" could be English words. Where nearly all answers to a question that tell their language are in
    German, those without any English word are, too. `studies` names whose answers are beside each other: what is
    coded in the same run but belongs elsewhere has no say.
    """
    asked = [
        (study, question) if question else None for study, question in zip(studies, questions, strict=True)
    ]
    names = [language_of_answer(text, question) for text, question in zip(texts, questions, strict=True)]
    votes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for text, key, name in zip(texts, asked, names, strict=True):
        if key and (name or _has_english(text)):
            votes[key][name or ENGLISH] += 1
    beside = {
        key: best
        for key, counts in votes.items()
        for best, count in counts.most_common(1)
        if best != ENGLISH and count >= max(FEWEST_BESIDE, MOST_BESIDE * counts.total())
    }
    if not beside:
        return names
    return [
        name or (beside.get(key) if key and text.strip() and not _has_english(text) else None)
        for text, key, name in zip(texts, asked, names, strict=True)
    ]


def other_languages(texts: Sequence[str]) -> Counter[str]:
    """Return how many of the texts seem to be in each language other than English."""
    return Counter(name for name in map(other_language, texts) if name)


def unread(
    texts: Sequence[str],
    questions: Sequence[str | None],
    studies: Sequence[str],
    encoder_id: str,
    taught: Collection[str] = (),
) -> tuple[str | None, ...]:
    """Return, per text, the language it seems to be in where it is not read: neither English nor one of `taught`.

    Only the default encoder is known to read English alone; another one may read anything.
    """
    if not encoder_id.startswith(ENGLISH_ENCODERS):
        return (None,) * len(texts)
    return tuple(None if name in taught else name for name in languages_of_answers(texts, questions, studies))


def unread_words(counts: Mapping[str, int], of: int, things: str) -> str | None:
    """Return a sentence on how many texts are in which other languages; None if none is."""
    names = sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name))
    if not names:
        return None
    listed = " or ".join(f"in {name}" for name in names[:3]) + (" or others" if len(names) > 3 else "")
    return (
        f"{sum(counts.values())} of {of} {things} seem to be {listed}; the encoder reads nothing but English"
    )
