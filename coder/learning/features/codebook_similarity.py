"""Reading the codebook: an utterance's closeness to each code's phrases, both freed of their topic.

A codebook's own words are taken as short phrases, each standing for one code (and perhaps one polarity). The score
of a code is the log of the mean over its phrases of exp(cosine / TEMPERATURE): close to the best phrase, with some
credit for several good ones, and fair to codes with few phrases.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Code, Codebook

_SENTENCES = re.compile(r"(?<=[.;:])\s+")
_NAMED_CODE = re.compile(r"^(.*?)\s*\(([^()]+)\)\s*\.?$")
TEMPERATURE = 0.1
FloatArray = NDArray[np.float32]


def unit_rows(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the rows at length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One wording of a code: `kind` is label, definition, include, subtheme or example."""

    text: str
    code: int
    kind: str
    polarity: str | None = None


def codebook_phrases(codebook: Codebook) -> list[Phrase]:
    """Return every phrase of a codebook; a code without any text speaks by its label.

    An exclude rule that ends in another code's label in brackets ("fear of pain (automatic motivation)")
    is a phrase of that other code; several rules in one item are parted by semicolons.
    """
    phrases = [
        phrase
        for index, code in enumerate(codebook.codes)
        for phrase in _phrases_of(index, code)
        if phrase.text
    ]
    index_of = {code.label.casefold(): index for index, code in enumerate(codebook.codes)}
    index_of |= {code.id.casefold(): index for index, code in enumerate(codebook.codes)}
    for code in codebook.codes:
        for rule in code.exclude:
            phrases += _sent_elsewhere(rule, index_of)
    return list(dict.fromkeys(phrases))


def _phrases_of(index: int, code: Code) -> Iterator[Phrase]:
    yield Phrase(code.label, index, "label")
    for sentence in _SENTENCES.split(code.definition.strip()):
        if len(sentence) > 3:
            yield Phrase(sentence, index, "definition")
    for rule in code.include:
        yield Phrase(rule, index, "include")
    for sub in code.subthemes:
        yield Phrase(sub.label, index, "subtheme", sub.polarity)
    for example in code.examples:
        yield Phrase(example.text, index, "example", example.polarity)


def _sent_elsewhere(rule: str, index_of: dict[str, int]) -> Iterator[Phrase]:
    for part in rule.split(";"):
        named = _NAMED_CODE.match(part.strip())
        if named and (index := index_of.get(named[2].strip().casefold())) is not None and named[1]:
            yield Phrase(named[1], index, "include")


@dataclass(frozen=True)
class PhraseBank:
    """The phrases of a codebook and their centred vectors (phrases, d) at length 1."""

    phrases: tuple[Phrase, ...]
    vectors: FloatArray
    codes: int

    @classmethod
    def of(cls, phrases: Sequence[Phrase], vectors: FloatArray, codes: int) -> "PhraseBank":
        """Centre the phrases' vectors by the mean of the codes' means, so that long codes do not pull it."""
        owner = np.array([phrase.code for phrase in phrases], dtype=np.intp)
        means = [vectors[owner == code].mean(axis=0) for code in range(codes)]
        return cls(tuple(phrases), unit_rows(vectors - np.mean(means, axis=0)), codes)

    def closeness(self, centred: FloatArray) -> FloatArray:
        """Return the cosine of each row to each phrase, (n, phrases)."""
        return (centred @ self.vectors.T).astype(np.float32)

    def scores(self, closeness: FloatArray) -> FloatArray:
        """Return the score of each code, (n, codes), from `closeness`."""
        raised = np.exp(closeness.astype(np.float64) / TEMPERATURE)
        owner = np.array([phrase.code for phrase in self.phrases], dtype=np.intp)
        columns = [np.log(raised[:, owner == code].mean(axis=1)) for code in range(self.codes)]
        return np.stack(columns, axis=1).astype(np.float32)

    def polarity_lean(self, closeness: FloatArray) -> FloatArray:
        """Return, per row, how much closer the facilitator phrases are than the barrier phrases, (n,)."""
        sides = []
        for side in ("facilitator", "barrier"):
            columns = [column for column, phrase in enumerate(self.phrases) if phrase.polarity == side]
            if not columns:
                return np.zeros(len(closeness), dtype=np.float32)
            sides.append(np.log(np.exp(closeness[:, columns].astype(np.float64) / TEMPERATURE).mean(axis=1)))
        return np.asarray(sides[0] - sides[1], dtype=np.float32)

    def best_phrase(self, closeness_row: FloatArray, code: int) -> tuple[int, float]:
        """Return the place and cosine of the code's closest phrase for one row of `closeness`."""
        owned = [column for column, phrase in enumerate(self.phrases) if phrase.code == code]
        column = max(owned, key=lambda at: float(closeness_row[at]))
        return column, float(closeness_row[column])
