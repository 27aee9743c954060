"""Splitting figures by a column of the excerpts' tables, such as role or site."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coder.coded_tables.grammar import columns_named, text_of
from coder.errors import TableError

if TYPE_CHECKING:
    from coder.coded_tables.values import Excerpt


def values_of(excerpts: Sequence["Excerpt"], column: str) -> list[str | None]:
    """Return each excerpt's value of a column, None where it is empty; its name in any case.

    Raises TableError if no table has it.
    """
    has = dict.fromkeys(name for excerpt in excerpts for name in excerpt.cells)
    named = columns_named(has, column)
    if not named:
        raise TableError(f"The excerpts have no column '{column}' to split by (they have: {', '.join(has)}).")
    return [
        text_of(next((excerpt.cells[name] for name in named if name in excerpt.cells), None)).strip() or None
        for excerpt in excerpts
    ]
