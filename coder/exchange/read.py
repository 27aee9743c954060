"""Codings made elsewhere, from whatever file: projects, exports and tables of other tools."""

from collections.abc import Mapping
from pathlib import Path

from coder.errors import FormatError, InputError
from coder.exchange.values import ExternalCodings
from coder.reading.safety.other_programs import advice_on_name
from coder.reading.tables.read import TABLE_SUFFIXES

_TEXTS = frozenset({".txt", ".docx", ".rtf", ".pdf", ".odt"})
_DATABASES = frozenset({".qda", ".sqlite3", ".sqlite", ".db"})
PROJECTS = frozenset({".qdpx", *_DATABASES})  # these hold the texts themselves
PACKED = ".zip"  # may hold the folder of a QualCoder project


def read_codings(path: str | Path, given: Mapping[str, str] | None = None) -> ExternalCodings:
    """Read the codings of a file; `given` (role -> column) names the columns of a table of unknown headings.

    Raises FormatError for what cannot be read, saying what to export instead; TableError; UnsafeFileError.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path} does not exist: check the spelling.")
    path = _database(path) if path.is_dir() else path
    suffix = path.suffix.lower()
    if suffix == ".qdpx":
        from coder.exchange.refi_reader import read_project

        return read_project(path)
    if suffix in _DATABASES:
        from coder.exchange.sqlite_projects import read_sqlite_project

        return read_sqlite_project(path)
    if suffix == PACKED:
        from coder.exchange.sqlite_projects import read_packed_project

        return read_packed_project(path)
    if suffix in _TEXTS:
        from coder.exchange.nvivo_references import read_references

        return read_references(_lines(path), path)
    if suffix in TABLE_SUFFIXES:
        from coder.exchange.table_exports import read_table_export

        return read_table_export(path, given)
    if advice := advice_on_name(path, "codings"):
        raise FormatError(f"{path.name}: {advice}")
    readable = ", ".join(sorted({".qdpx", PACKED, *_DATABASES, *_TEXTS, *TABLE_SUFFIXES}))
    raise FormatError(f"{path.name}: codings are read from {readable}.")


def _lines(path: Path) -> list[str]:
    from coder.reading import read_document

    paragraphs = read_document(path).paragraphs
    lines = [line for paragraph in paragraphs for line in paragraph.text.split("\n")]
    if path.suffix.lower() == ".txt" and not any("§" in line for line in lines):
        # In a text of the West without accents the one byte of § is too little to know its encoding by.
        western = path.read_bytes().decode("cp1252", errors="replace")
        return western.splitlines() if "§" in western else lines
    return lines


def _database(folder: Path) -> Path:
    """Return the database in the folder of a QualCoder project. Raises InputError for another folder."""
    path = folder / "data.qda"
    if not path.is_file():
        raise InputError(
            f"{folder} is a folder: give the files in it (of QualCoder projects, the folder NAME.qda)."
        )
    return path
