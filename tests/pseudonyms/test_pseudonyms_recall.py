"""How much of what identifies people is found in invented talk; docs/pseudonymise.md has the figures."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coder.pseudonyms import Replacer, items_of, mentions_in

MARK = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")
LEAST_UNSEEN = 0.9
MOST_NEEDLESS = 8  # lines in which a word is replaced that identifies nobody
FOLDER = Path(__file__).parent


@dataclass
class Measured:
    """Marked and found by kind, the words that were missed, and lines in which something was replaced needlessly."""

    marked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return sum(self.found.values()) / sum(self.marked.values())


def measured(name: str) -> Measured:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()[1:]
    texts = [MARK.sub(r"\2", line) for line in lines]
    mentions = mentions_in(texts)
    replacer = Replacer(items_of([("f", held) for found in mentions for held in found]))
    result = Measured()
    for line, text, held in zip(lines, texts, mentions, strict=True):
        new = replacer.replaced(text, held).text
        for kind, words in MARK.findall(line):
            result.marked[kind] += 1
            core = re.sub(r"^(?:Mr|Mrs|Dr|Nurse|Sister|Imam|Councillor)\s+", "", words)
            if core in new:
                result.missed.append(words)
            else:
                result.found[kind] += 1
        if len(re.findall(r"\[[A-Z][\w -]* \d+\]", new)) > len(MARK.findall(line)):
            result.needless.append(new)
    return result


@pytest.mark.parametrize(("name", "least"), [("marked.txt", 0.95), ("marked_unseen.txt", LEAST_UNSEEN)])
def test_most_is_found_and_little_is_replaced_needlessly(name: str, least: float) -> None:
    result = measured(name)
    assert sum(result.marked.values()) > 35
    assert result.recall >= least, result.missed
    assert len(result.needless) <= MOST_NEEDLESS, result.needless
