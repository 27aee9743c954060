"""A codebook's own words as short phrases, each standing for one code (and perhaps one polarity)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coder.codebook import Code, Codebook

_SENTENCES = re.compile(r"(?<=[.;:])\s+")
_NAMED_CODE = re.compile(r"^(.*?)\s*\(([^()]+)\)\s*\.?$")


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
    found = [
        phrase for place, code in enumerate(codebook.codes) for phrase in _own(place, code) if phrase.text
    ]
    places = {code.label.casefold(): place for place, code in enumerate(codebook.codes)}
    places |= {code.id.casefold(): place for place, code in enumerate(codebook.codes)}
    for code in codebook.codes:
        for rule in code.exclude:
            found += _sent_elsewhere(rule, places)
    return list(dict.fromkeys(found))


def _own(place: int, code: Code) -> Iterator[Phrase]:
    yield Phrase(code.label, place, "label")
    for sentence in _SENTENCES.split(code.definition.strip()):
        if len(sentence) > 3:
            yield Phrase(sentence, place, "definition")
    for rule in code.include:
        yield Phrase(rule, place, "include")
    for sub in code.subthemes:
        yield Phrase(sub.label, place, "subtheme", sub.polarity)
    for example in code.examples:
        yield Phrase(example.text, place, "example", example.polarity)


def _sent_elsewhere(rule: str, places: dict[str, int]) -> Iterator[Phrase]:
    for part in rule.split(";"):
        named = _NAMED_CODE.match(part.strip())
        if named and (place := places.get(named[2].strip().casefold())) is not None and named[1]:
            yield Phrase(named[1], place, "include")
