"""Puts pseudonyms in place of what was found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coder.pseudonyms.items import REPLACE, Item
from coder.pseudonyms.recognise import Mention


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text with pseudonyms, and how many were put in."""

    text: str
    count: int


class Replacer:
    """Replaces the items that are to be replaced, the longest spelling first, as whole words, in any letter case."""

    def __init__(self, items: Iterable[Item]) -> None:
        wanted = [item for item in items if item.action == REPLACE]
        self._by_text = {item.text: item.replacement for item in wanted}
        self._anywhere = {_folded(item.text): item.replacement for item in wanted if item.everywhere}
        spellings = sorted(self._anywhere, key=len, reverse=True)
        alternatives = "|".join(re.escape(text).replace(r"\ ", r"\s+") for text in spellings)
        self._pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE) if spellings else None

    def replaced(self, text: str, mentions: Sequence[Mention] = ()) -> Replaced:
        """Return the text with pseudonyms; `mentions` are the places in it where names that are words were told."""
        spans = [
            (mention.start, mention.end, self._by_text[mention.text])
            for mention in mentions
            if mention.text in self._by_text
        ]
        for match in self._pattern.finditer(text) if self._pattern else ():
            if not self._is_name(match[0]) or any(
                match.start() < end and start < match.end() for start, end, _ in spans
            ):
                continue
            spans.append((match.start(), match.end(), self._anywhere[_folded(match[0])]))
        for start, end, pseudonym in sorted(spans, reverse=True):
            text = text[:start] + pseudonym + text[end:]
        return Replaced(text, len(spans))

    def _is_name(self, found: str) -> bool:
        """Return whether a match is written as a name: a lower-case "rich" for "Rich" is not."""
        return found[:1].isupper() or not found[:1].isalpha() or found in self._by_text or "@" in found


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
