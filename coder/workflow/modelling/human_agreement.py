"""How well coders agree with each other on the excerpts that several of them coded: a ceiling for a model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coder.codebook import Codebook

if TYPE_CHECKING:
    from coder.coded_tables.values import Excerpt

SHARED = 20  # excerpts that several coders coded; with fewer their kappa says nothing


def reached_by_coders(excerpts: Sequence["Excerpt"], codebook: Codebook) -> dict[str, float]:
    """Return, by code, the kappa of coders with each other (the mean over pairs of coders, Light 1971).

    Empty with fewer than SHARED excerpts that two or more named coders coded; a code is left out if its kappa is not
    defined.
    """
    from coder.agreement import coefficients
    from coder.coded_tables.code_lookup import lookup_in, resolved

    shared = [item.votes for item in excerpts if len(item.votes) > 1]
    if len(shared) < SHARED:
        return {}
    known = lookup_in(codebook)
    coders = sorted({coder for votes in shared for coder in votes})
    given = [{coder: resolved(codes, known) for coder, codes in votes.items()} for votes in shared]
    found = {}
    for code in codebook.ids:
        ratings = [
            [int(code in votes[coder]) if coder in votes else None for coder in coders] for votes in given
        ]
        reached = coefficients(ratings, categories=[0, 1], resamples=0)["light_kappa"].value
        if reached is not None:
            found[code] = reached
    return found
