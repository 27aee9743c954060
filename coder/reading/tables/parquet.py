"""Read parquet tables piece by piece, in memory that the file's own words decide rather than how often they repeat.

A column that repeats one long text takes a few hundred bytes in the file and gigabytes unfolded, so texts stay
dictionaries, where each is kept once, until their cells are counted.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coder.errors import FormatError
from coder.installation import require
from coder.reading.safety.content import Budget, advice_on
from coder.reading.tables.delimited import cell_of, table_budget

BATCH = 2_000  # rows


def parquet_rows(
    source: Path | bytes, name: str, budget: Budget | None = None, rows: int = BATCH
) -> Iterator[tuple[list[str], list[list[Any]]]]:
    """Yield the columns' names and at most `rows` rows of cells, piece by piece; the first piece may have no rows.

    `budget` counts all cells and characters; without one each piece is counted by itself. Raises FormatError
    for what is no parquet table or damaged, UnsafeFileError for more text than the budget allows,
    InstallationError without the packages of the extra `parquet`.
    """
    require("parquet", f"The parquet table {name}")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        given = pa.BufferReader(source) if isinstance(source, bytes) else source
        schema = pq.read_metadata(given).schema
        texts = [
            schema.column(number).path
            for number in range(len(schema))
            if schema.column(number).physical_type == "BYTE_ARRAY"
        ]
        given = pa.BufferReader(source) if isinstance(source, bytes) else source
        with pq.ParquetFile(given, read_dictionary=texts) as file:
            names = list(file.schema_arrow.names)
            if budget is not None:
                budget.spend(0, file.metadata.num_rows * len(names))
            yield names, []
            for batch in file.iter_batches(batch_size=rows, use_threads=False):
                counted = budget or table_budget(name)
                columns = [_cells(column, counted) for column in batch.columns]
                yield names, [list(cells) for cells in zip(*columns, strict=True)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(source, name, error) from error


def parquet_row_count(path: Path) -> int:
    """Return a parquet table's number of rows, as its end tells it. Raises FormatError, InstallationError."""
    require("parquet", f"The parquet table {path.name}")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, path.name, error) from error


def _damaged(source: Path | bytes, name: str, error: Exception) -> FormatError:
    """Return the error for a file that is no parquet table, or a broken one."""
    if isinstance(source, bytes):
        head = source[:4096]
    else:
        with source.open("rb") as stream:
            head = stream.read(4096)
    if head[:4] != b"PAR1":
        return FormatError(f"{name}: this is not a parquet table. {advice_on(head)}")
    return FormatError(f"{name}: the parquet table is damaged ({str(error)[:80]}). Write it anew.")


def _cells(column: Any, budget: Budget) -> list[Any]:
    """Return an Arrow column's values as cells, counted before they unfold; of a dictionary each is made once."""
    budget.spend(_text_bytes(column))
    if hasattr(column, "dictionary"):
        values = [cell_of(value) for value in column.dictionary.to_pylist()]
        return [None if index is None else values[index] for index in column.indices.to_pylist()]
    return [cell_of(value) for value in column.to_pylist()]


def _text_bytes(array: Any) -> int:
    """Return how many bytes of text an Arrow array will hold once its dictionaries, lists and records unfold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(array.dictionary)
        return int(pc.sum(lengths.take(array.indices)).as_py() or 0)
    if pa.types.is_struct(kind):
        return sum(_text_bytes(child) for child in array.flatten())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _text_bytes(array.flatten())
    if pa.types.is_map(kind):
        return _text_bytes(array.keys) + _text_bytes(array.items)
    return 0
