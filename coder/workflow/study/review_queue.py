"""The order of review: what to look at next, so that little coding teaches much and the figures stay honest.

First utterances typical of the study's clusters, in random order (they teach a model most while labels are
few); then half uncertain, half random. The random half follows one fixed random order of all utterances, so
its finished beginning is an unbiased sample: from it comes the estimate of how often the model is right.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from coder.store import Study
from coder.store.confirmed_codings import given_codes
from coder.store.figures import random_sample
from coder.store.values import ADJUDICATED, Filters

BATCH = 20


@dataclass(frozen=True, slots=True)
class QueueItem:
    """An utterance to look at next, and what drew it: 'typical', 'uncertain' or 'random'."""

    utterance: int
    drawn: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % Wilson interval; `n` = 0 means nothing is known yet (all None)."""

    n: int
    value: float | None
    low: float | None
    high: float | None


def next_batch(
    study: Study, coder: str, *, size: int = BATCH, filters: Filters | None = None
) -> list[QueueItem]:
    """Return what this coder looks at next, of the utterances that pass `filters` and are open to them."""
    filters = replace(filters or Filters(), coder=coder, state="open")
    drawn: dict[int, str] = {}
    typical = typical_utterances(study)
    if typical:
        states = study.acts.states(coder, typical)
        untouched = tuple(key for key in typical if states[key].state == "open")
        fit = set(study.find(replace(filters, among=untouched)))
        drawn |= {key: "typical" for key in untouched if key in fit}
    uncertain = iter(study.find(filters, order="uncertain", limit=size * 3))
    random = iter(study.find(filters, order="random", limit=size * 3))
    for key, source in _in_turn(uncertain, random):
        if len(drawn) >= size:
            break
        drawn.setdefault(key, source)
    return [QueueItem(key, source) for key, source in drawn.items()][:size]


def _in_turn(uncertain: Iterator[int], random: Iterator[int]) -> Iterator[tuple[int, str]]:
    while True:
        pair = [(next(uncertain, None), "uncertain"), (next(random, None), "random")]
        yield from ((key, source) for key, source in pair if key is not None)
        if all(key is None for key, _ in pair):
            return


def set_typical(study: Study, utterances: Sequence[int]) -> None:
    """Store the typical utterances to begin with, in the order they are to be shown."""
    uids = {item.id: item.uid for item in study.texts.all()}
    places = [
        [uids[item.transcript], item.start, item.end] for item in study.texts.by_id(utterances).values()
    ]
    study.settings.set("typical", json.dumps(places))


def typical_utterances(study: Study) -> list[int]:
    """Return the typical utterances to begin with (none before the first suggestions)."""
    places = json.loads(study.settings.get("typical", "[]"))
    return study.texts.at_places([(uid, start, end) for uid, start, end in places])


def rate(hits: Iterable[bool]) -> Rate:
    """Return the share of hits with its Wilson interval (Wilson 1927), which holds near 0 and 1 too."""
    outcomes = list(hits)
    n = len(outcomes)
    if not n:
        return Rate(0, None, None, None)
    share, z = sum(outcomes) / n, 1.959964
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Rate(n, share, max(0.0, centre - half), min(1.0, centre + half))


def how_often_right(study: Study) -> Rate:
    """Return how often the first suggestion was right, on the finished beginning of the random order.

    Right: some coder of the utterance gave that code (the adjudicated voice decides where there is one), or
    nothing was suggested and nothing coded.
    """
    sample = random_sample(study.db)
    given = given_codes(study.db, [utterance for utterance, _ in sample])
    hits = []
    for utterance, suggested in sample:
        views = given.get(utterance, {})
        deciding = [views[ADJUDICATED]] if ADJUDICATED in views else list(views.values())
        if deciding:
            hits.append(any(suggested[0] in codes if suggested else not codes for codes in deciding))
    return rate(hits)
