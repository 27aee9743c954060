"""Splitting figures by a column of the excerpts' tables, such as role or site."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coder.errors import TableError
from coder.workflow.parts import cell_text

if TYPE_CHECKING:
    from coder.workflow.excerpts import Excerpt


def values_of(excerpts: Sequence["Excerpt"], column: str) -> list[str | None]:
    """Return each excerpt's value of a column, None where it is empty; raises TableError if no table has it."""
    if not any(column in excerpt.cells for excerpt in excerpts):
        has = ", ".join(dict.fromkeys(name for excerpt in excerpts for name in excerpt.cells))
        raise TableError(f"The excerpts have no column '{column}' to split by (they have: {has}).")
    return [_value(excerpt.cells.get(column)) for excerpt in excerpts]


def _value(cell: Any) -> str | None:
    whole = isinstance(cell, float) and cell.is_integer()  # a column of whole numbers with gaps comes as 2.0
    return cell_text(int(cell) if whole else cell).strip() or None
