"""Counts of codings and participants as a report prints them, small ones hidden on request."""

from collections.abc import Iterable, Sequence

from coder.reporting.study.values import Coding
from coder.reporting.text import percent


def cases_of(codings: Iterable[Coding]) -> set[str]:
    """Return the participants who said what was coded."""
    return {coding.case for coding in codings}


def numbers_of(codings: Iterable[Coding]) -> tuple[int, ...]:
    """Return the numbers of codings, for links."""
    return tuple(coding.number for coding in codings)


def hidden(count: int, min_cell: int) -> bool:
    """Tell whether a count of participants is too small to be shown; 0 is shown."""
    return 0 < count < min_cell


def people(count: int, min_cell: int) -> str:
    """Return a count of participants, or that it is below the smallest that is shown."""
    return f"<{min_cell}" if hidden(count, min_cell) else f"{count:,}"


def people_of(count: int, total: int, min_cell: int) -> str:
    """Return n (%) of participants; a hidden count has no share either."""
    if hidden(count, min_cell):
        return f"<{min_cell}"
    return f"{count:,} ({percent(count / total)})" if total else f"{count:,}"


def tidy_people(count: int, min_cell: int) -> int | str:
    """Return a count of participants for a worksheet: a number, or a text where it is hidden."""
    return f"<{min_cell}" if hidden(count, min_cell) else count


def with_polarity(codings: Sequence[Coding], polarity: str | None) -> list[Coding]:
    """Return the codings of one polarity (None: those without)."""
    return [coding for coding in codings if coding.polarity == polarity]
