"""What was found, as a list to review: one item for each spelling, one pseudonym for each person, place or number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from coder.pseudonyms.recognise import Mention
from coder.pseudonyms.vocabulary import ORDINARY

REPLACE, KEEP = "replace", "keep"
CONTEXTS = 3  # shown for each item


@dataclass(slots=True)
class Item:
    """One spelling of something identifying, and what becomes of it.

    `everywhere` is False for names that are ordinary words ("Will", "Grace"): they are replaced only where the
    surroundings told that they are names.
    """

    text: str
    kind: str
    replacement: str
    action: str = REPLACE
    count: int = 0
    files: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)

    @property
    def everywhere(self) -> bool:
        """Return whether the spelling is replaced wherever it stands as a word of its own."""
        return self.text.lower() not in ORDINARY


def items_of(mentions: Iterable[tuple[str, Mention]], known: Mapping[str, str] | None = None) -> list[Item]:
    """Return one item per spelling from (file, mention) pairs, in order of appearance.

    Spellings of one person share a pseudonym: "Jane", "Smith" and "Mrs Smith" that of "Jane Smith" if no other full
    name has the word. `known` maps spellings to pseudonyms given earlier in the same study, which are kept.
    """
    items: dict[str, Item] = {}
    for file, mention in mentions:
        item = items.setdefault(mention.text, Item(mention.text, mention.kind, ""))
        item.count += 1
        if file not in item.files:
            item.files.append(file)
        if mention.context and len(item.contexts) < CONTEXTS and mention.context not in item.contexts:
            item.contexts.append(mention.context)
    _number(list(items.values()), dict(known or {}))
    return list(items.values())


def _number(items: list[Item], given: dict[str, str]) -> None:
    """Give each item its pseudonym, full names first so that parts of them can share theirs."""
    folded = {_folded(text): pseudonym for text, pseudonym in given.items()}
    used = set(given.values())
    owners: dict[str, set[str]] = {}
    for item in sorted(items, key=lambda item: -len(item.text.split())):
        key = _folded(item.text)
        pseudonym = folded.get(key) or _of_full_name(item, owners) or _next(item.kind, used)
        item.replacement = folded[key] = pseudonym
        used.add(pseudonym)
        if item.kind == "Name":
            for word in key.split():
                owners.setdefault(word, set()).add(pseudonym)


def _of_full_name(item: Item, owners: Mapping[str, set[str]]) -> str | None:
    words = _folded(item.text).split()
    if item.kind not in ("Name", "Proper name") or len(words) != 1:
        return None
    found = owners.get(words[0], set())
    return next(iter(found)) if len(found) == 1 else None


def _folded(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())


def _next(kind: str, used: set[str]) -> str:
    number = 1
    while f"[{kind} {number}]" in used:
        number += 1
    return f"[{kind} {number}]"
