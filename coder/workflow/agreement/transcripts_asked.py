"""Tables of codings cut down to some transcripts, by their names."""

from collections.abc import Sequence

from coder.coded_tables.grammar import CodedTable, examples
from coder.errors import InputError, TableError
from coder.store.transcripts import MOST_NAMED
from coder.workflow.agreement.passages_by_words import plain_document


def of_transcripts(
    tables: Sequence[CodedTable], wanted: Sequence[str]
) -> tuple[list[CodedTable], tuple[str, ...]]:
    """Return the rows of some transcripts and the transcripts' names in the tables; everything if none is wanted.

    Capitals and the suffix of a file do not matter in a name. Raises InputError for a table without a column
    'transcript', TableError for a name that is in no table.
    """
    if not wanted:
        return list(tables), ()
    known: dict[str, str] = {}
    for table in tables:
        if "transcript" not in table.columns:
            raise InputError(
                f"{table.where} has no column 'transcript' to choose transcripts by (it has: {table.has()})."
            )
        for name in table.texts("transcript"):
            known.setdefault(plain_document(name or ""), name or "")
    for name in wanted:
        if not name.strip() or plain_document(name) not in known:
            where = " and ".join(table.where for table in tables)
            there = examples(filter(None, known.values()), MOST_NAMED)
            raise TableError(f"There is no transcript '{name}' in {where}; there are {there or 'none'}.")
    keys = dict.fromkeys(plain_document(name) for name in wanted)
    cut = [
        table.rows([plain_document(name or "") in keys for name in table.texts("transcript")])
        for table in tables
    ]
    return [table for table in cut if len(table)], tuple(known[key] for key in keys)
