"""What a person said about a file before, in the form in which its lines are compared with it."""

from collections.abc import Iterable

from coder.domain import Corrections
from coder.reading.speakers.vocabulary import key_of

QUOTE_LENGTH = 60  # characters of a line that notes quote, and by which it is known again


def keys_of(labels: Iterable[str]) -> frozenset[str]:
    """Return the keys of labels."""
    return frozenset(map(key_of, labels))


def beginnings_of(corrections: Corrections) -> tuple[str, ...]:
    """Return how the lines begin that a person called speech, in the form of `beginning`."""
    return tuple(beginning(quote) for quote in corrections.speech if quote.strip())


def beginning(text: str) -> str:
    """Return how a text begins, without regard to blanks and capitals."""
    return " ".join(text.split())[:QUOTE_LENGTH].casefold().rstrip("… ")
