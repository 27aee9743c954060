"""The values that tables of human codes are read into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.coded_tables.grammar import Columns, columns_of, text_of
from coder.errors import TableError

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class CodedTable:
    """A table with the roles of its columns; `where` names it in messages, `study` is what its rows are about."""

    frame: "DataFrame"
    where: str
    columns: Columns
    study: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, frame: "DataFrame", where: str, *, study: str = "", given: Mapping[str, str] | None = None
    ) -> "CodedTable":
        """Take a frame as it was read; `given` says which column has a role, whatever its heading."""
        return cls(frame, where, columns_of(frame.columns, given), study)

    def __len__(self) -> int:
        return len(self.frame)

    def cells(self, role: str) -> list[Any]:
        """Return the cells of the column with a role, None in each row where there is no such column."""
        column = self.columns.get(role)
        return [None] * len(self.frame) if column is None else self.frame[column].tolist()

    def texts(self, role: str) -> list[str | None]:
        """Return the cells of a role as stripped texts, None where a cell is empty."""
        return [text_of(value).strip() or None for value in self.cells(role)]

    def by_role(self) -> "DataFrame":
        """Return the frame with each column that has a role called by it."""
        frame = self.frame.rename(columns={column: role for role, column in self.columns.by_role.items()})
        frame.attrs = dict(self.frame.attrs)
        return frame

    def row_numbers(self) -> Sequence[int]:
        """Return the rows' numbers as a spreadsheet or editor shows them."""
        known: Sequence[int] | None = self.frame.attrs.get("row_numbers")
        if known is not None and len(known) == len(self.frame):
            return known
        first = int(self.frame.attrs.get("first_row", 2))
        return range(first, first + len(self.frame))

    def has(self) -> str:
        """Return the names of the columns, for messages."""
        return ", ".join(map(str, self.frame.columns))


def open_table(
    path: str | Path,
    likely: str,
    *,
    where: str | None = None,
    study: str = "",
    given: Mapping[str, str] | None = None,
) -> CodedTable:
    """Read a table of codings of whatever headings.

    Its sheet and header row are those that have the column `likely`, else the first. `given` (role -> column) says
    which column has a role, whatever its heading. Raises TableError, FormatError, UnsafeFileError.
    """
    from coder.reading.tables.read import read_table

    try:
        frame = read_table(path, needed=[likely])
    except TableError:
        frame = read_table(path)  # the column may have another heading
    absent = [name for name in (given or {}).values() if name not in frame.columns]
    if absent:
        has = ", ".join(map(str, frame.columns))
        raise TableError(f"{where or path} has no column '{absent[0]}' (it has: {has}).")
    return CodedTable.of(frame, where or str(path), study=study, given=given)


@dataclass(frozen=True)
class Excerpt:
    """One passage with what people said of it, and the table and row it came from.

    `home` is the transcript or participant whose words it is, `unit` the passage's own name (both empty where the
    table does not say); `code_rows` has the first row that gives each code; `votes` has the codes of each named
    coder where several rows were joined. `turn` names the turn it was said in (empty where the table does not say);
    `spoken` says that it is from a transcript, where listening words ("Mm.") are never coded.
    """

    row: int
    text: str
    codes: frozenset[str]
    polarity: str | None
    question: str | None
    group: str
    study: str
    coders: tuple[str, ...] = ()
    weight: float = 1.0
    cells: Mapping[str, Any] = field(default_factory=dict)
    home: str = ""
    unit: str = ""
    start: str = ""
    table: str = ""
    code_rows: Mapping[str, int] = field(default_factory=dict)
    votes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    turn: str = ""
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class RatingOptions:
    """What of tables of codings is wanted: `codebook` (or plain `categories`), coders by name, who was assisted.

    `assisted` names coders who saw suggestions, or "all". `resample` is a column to resample by instead of the
    transcript.
    """

    codebook: Codebook | None = None
    categories: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    assisted: tuple[str, ...] = ()
    resample: str | None = None


@dataclass(slots=True)
class Problems:
    """Sentences about rows that could not be used, and remarks; files that could not be read at all."""

    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def row(self, where: str, number: int, text: str) -> None:
        """Add one problem of one row."""
        self.rows.append(f"{where} row {number}: {text}")
