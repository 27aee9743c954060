"""Rows that speak of one passage become one; passages whose words come again in other groups are named."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from coder.coded_tables.excerpt_cells import rows_said, text_of

if TYPE_CHECKING:
    from coder.coded_tables.excerpts import Excerpt

STANDS_AT = 0.5  # the share of a passage's coders who must have given a code for it to stand
SHOWN = 60  # characters of an example


def joined(excerpts: Sequence["Excerpt"]) -> list["Excerpt"]:
    """Join rows of one passage: those of one unit, or of one text in one transcript or of one participant.

    Anything else, such as one study, may hold the same answer of two people: those rows stay apart.
    """
    passages: dict[Hashable, list[Excerpt]] = {}
    for item in excerpts:
        unit = _unit(item)
        key: Hashable = item.row
        if unit or item.home:
            key = (
                item.study, item.home or item.group, unit or item.text, item.question,
                text_of(item.cells.get("start")),
            )  # fmt: skip
        passages.setdefault(key, []).append(item)
    return [items[0] if len(items) == 1 else _merged(items) for items in passages.values()]


def _unit(item: "Excerpt") -> str:
    return text_of(item.cells.get("unit")) or text_of(item.cells.get("utterance_id"))


def _merged(items: Sequence["Excerpt"]) -> "Excerpt":
    by_coder: dict[str, set[str]] = {}
    for item in items:
        by_coder.setdefault("".join(item.coders), set()).update(item.codes)
    votes = {
        code: sum(code in codes for codes in by_coder.values())
        for codes in by_coder.values()
        for code in codes
    }
    agreed = [count / len(by_coder) for count in votes.values()]
    polarities = {item.polarity for item in items if item.polarity}
    return replace(
        items[0],
        codes=frozenset(code for code, count in votes.items() if count / len(by_coder) >= STANDS_AT),
        polarity=polarities.pop() if len(polarities) == 1 else "mixed" if polarities else None,
        coders=tuple(sorted(by_coder)) if any(by_coder) else (),
        weight=sum(agreed) / len(agreed) if agreed else 1.0,
        votes={coder: frozenset(codes) for coder, codes in by_coder.items() if coder},
        code_rows={code: row for item in reversed(items) for code, row in item.code_rows.items()},
    )


def repeated(excerpts: Sequence["Excerpt"]) -> list[str]:
    """Return sentences on texts of over SHORT words that come again word for word, in other groups or in one."""
    from coder.learning.persistence.training_fingerprints import plain_words
    from coder.learning.training.folds import SHORT

    alike: dict[str, list[Excerpt]] = defaultdict(list)
    for item in excerpts:
        words = plain_words(item.text)
        if len(words.split()) > SHORT:
            alike[words].append(item)
    return [*_across_groups(alike), *_within_groups(alike)]


def _within_groups(alike: Mapping[str, Sequence["Excerpt"]]) -> list[str]:
    apart = 0
    for items in alike.values():
        times = Counter(item.group for item in items if not (item.home or _unit(item)))
        apart += sum(count - 1 for count in times.values())
    if not apart:
        return []
    return [
        f"{rows_said(apart)} with the text of another row of the group stayed apart, since nothing says whose words"
        " they are: a column transcript, participant or unit would join the rows of one passage."
    ]


def _across_groups(alike: Mapping[str, Sequence["Excerpt"]]) -> list[str]:
    copies = [
        (items[0], elsewhere)
        for items in alike.values()
        if (elsewhere := [item for item in items if item.group != items[0].group])
    ]
    if not copies:
        return []
    first, others = max(copies, key=lambda pair: len(pair[1]))
    text = " ".join(first.text.split())
    shown = text if len(text) <= SHOWN else text[: SHOWN - 1].rsplit(" ", 1)[0] + "…"
    count = sum(len(elsewhere) for _, elsewhere in copies)
    advice = (
        "Leave out what was copied by mistake."
        if all(item.home for item in others)
        else "If these are rows of one passage, say so in a column transcript, participant or unit."
    )
    return [
        f"{count} excerpt{'s repeat' if count > 1 else ' repeats'} word for word what stands in another group,"
        f" such as “{shown}” ({first.group} and {others[0].group}). {advice}"
    ]
