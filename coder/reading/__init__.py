"""Files to transcripts: one reader per family of formats behind `read_transcript`.

A text file is read as what it contains (subtitles named .txt are subtitles, and that is noted); any other
file must be what its name says, or is refused with a sentence saying what it is.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from coder.domain import Corrections, Transcript
from coder.errors import FormatError, InputError, UnsafeFileError
from coder.phrasing import counted, few
from coder.reading.document import Document, Paragraph
from coder.reading.safety.content import MAX_TEXT_BYTES, decode, refuse_special
from coder.reading.safety.other_programs import OLD_SUFFIXES, PROJECT_SUFFIXES, advice_on_name

MAX_FILE_BYTES = 200_000_000
OTHERS_SHOWN = 5  # files of other kinds that are named
_OF_THE_SYSTEM = frozenset({"desktop.ini", "thumbs.db", "ehthumbs.db"})
_OF_OPEN_STUDIES = (".coder-wal", ".coder-shm", ".coder-journal")
_TEXT_SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".vtt", ".srt", ".sbv"})
# Not looked for in folders: most web pages there are reports and exports of codings.
_BY_NAME_ONLY = frozenset({".html", ".htm"})
# Suffix -> the module of `formats` that reads it.
_READERS = {
    ".txt": "plain",
    ".md": "plain",
    ".html": "plain",
    ".htm": "plain",
    ".vtt": "subtitles",
    ".srt": "subtitles",
    ".sbv": "subtitles",
    ".docx": "docx",
    ".odt": "odt",
    ".rtf": "rtf",
    ".pdf": "pdf",
    ".csv": "transcript_tables",
    ".tsv": "transcript_tables",
    ".xlsx": "transcript_tables",
    ".json": "json_transcripts",
    ".otr": "json_transcripts",
    ".eaf": "elan",
    ".exb": "exmaralda",
    ".trs": "transcriber",
    ".cha": "chat",
    ".textgrid": "textgrid",
}
READABLE_SUFFIXES: frozenset[str] = frozenset(_READERS)
FOLDER_SUFFIXES: frozenset[str] = READABLE_SUFFIXES - _BY_NAME_ONLY
# How files of other formats begin, whose names may end in .txt all the same.
_OPENINGS = (
    (re.compile(r"@(?:UTF8|Begin)\b"), ".cha"),
    (re.compile(r'File type = "ooTextFile'), ".textgrid"),
    (
        re.compile(r'[{\[]\s*(?:\{\s*)?"(?:text|segments|task|language|start|end|id|speaker|results?)"\s*:'),
        ".json",
    ),
    (re.compile(r"<\?xml[^>]*>\s*<ANNOTATION_DOCUMENT"), ".eaf"),
    (re.compile(r"<\?xml[^>]*>\s*(?:<!--[^>]{0,500}-->\s*)?<basic-transcription\b"), ".exb"),
    (re.compile(r"<\?xml[^>]*>\s*<!DOCTYPE Trans\b"), ".trs"),
)


def read_transcript(
    path: str | Path, *, interviewer: Sequence[str] = (), corrections: Corrections | None = None
) -> Transcript:
    """Read a transcript file into turns with speakers and roles.

    `interviewer` names the labels to take for interviewers; without it roles are inferred. `corrections` are
    what people said of this file's reading before. Raises InputError for a missing file or an unknown label,
    FormatError for what cannot be read (saying what it is and what to do), UnsafeFileError for what would use
    too much memory or time.
    """
    from coder.reading.speakers.assemble import (
        assemble,  # its patterns take a while, and tables do not need them
    )

    path = Path(path)
    suffix = path.suffix.lower()
    if (
        suffix not in READABLE_SUFFIXES and path.is_file()
    ):  # said before the size: a film is no transcript to split
        raise _unreadable(path, suffix)
    data = _bytes_of(path)
    if suffix not in READABLE_SUFFIXES:
        raise _unreadable(path, suffix)
    document = _read_text(data, path.name) if suffix in _TEXT_SUFFIXES else _reader(suffix)(data, path.name)
    return assemble(document, path.name, data, interviewer, corrections or Corrections())


def read_text(
    text: str,
    name: str,
    format: str,
    *,
    interviewer: Sequence[str] = (),
    corrections: Corrections | None = None,
) -> Transcript:
    """Read a text that lies in another program's project into turns; every character keeps its place.

    `name` is the text's name there, `format` the kind of project. Raises FormatError if nobody says anything,
    InputError for an unknown label in `interviewer`.
    """
    from coder.reading.speakers.assemble import assemble

    document = Document(format, tuple(map(Paragraph, text.split("\n"))), separator="\n", fixed=True)
    data = text.encode("utf-8", "surrogatepass")
    read = assemble(document, name, data, interviewer, corrections or Corrections())
    bare = name.strip()
    if Path(bare).suffix.lower() in READABLE_SUFFIXES | OLD_SUFFIXES.keys():
        bare = bare[: -len(Path(bare).suffix)]
    return replace(read, id=bare or read.id, name=name)


def read_document(path: str | Path) -> Document:
    """Read the paragraphs of a text, Word, OpenDocument, RTF or PDF file as they stand, without looking for speakers.

    Raises as `read_transcript` does.
    """
    path = Path(path)
    data = _bytes_of(path)
    suffix = path.suffix.lower()
    if suffix not in (".txt", ".docx", ".odt", ".rtf", ".pdf"):
        raise _unreadable(path, suffix)
    if suffix != ".txt":
        return _reader(suffix)(data, path.name)
    decoded = decode(data, path.name)
    paragraphs = tuple(Paragraph(line) for line in decoded.text.split("\n"))
    return Document("txt", paragraphs, decoded.encoding, separator="\n", notes=decoded.notes)


def transcript_paths(paths: Iterable[str | Path]) -> list[Path]:
    """Return the files meant by `paths`, each once: folders give their readable files, sorted by path.

    Hidden files, the lock files of word processors and web pages in folders are passed over. Raises InputError for a
    path that does not exist, or a folder without any readable file.
    """
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        if not path.exists():
            raise InputError(f"{path} does not exist: check the spelling, or give a folder.")
        found = _files_in(path) if path.is_dir() else [path]
        if not found:
            readable = ", ".join(sorted(FOLDER_SUFFIXES))
            raise InputError(f"The folder {path} holds no file that can be read ({readable}).")
        files.update(dict.fromkeys(found))
    return list(files)


def holds_talk(path: Path) -> bool:
    """Tell whether a table (csv, tsv, xlsx) is a survey's export or has a column of words per speaker.

    Raises as `read_transcript` does.
    """
    from coder.reading.formats import transcript_tables

    suffix = path.suffix.lower()
    return _READERS.get(suffix) == "transcript_tables" and transcript_tables.holds_talk(
        _bytes_of(path), path.name
    )


def _files_in(folder: Path, *, readable: bool = True) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if (path.suffix.lower() in FOLDER_SUFFIXES) == readable
        and path.is_file()
        and not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    ]


def other_files(folder: Path) -> list[Path]:
    """Return the files of a folder that are not read as transcripts, by their names.

    Hidden files are passed over, and those that systems and open studies put there for themselves.
    """
    return [
        path
        for path in _files_in(folder, readable=False)
        if path.name.lower() not in _OF_THE_SYSTEM and not path.name.lower().endswith(_OF_OPEN_STUDIES)
    ]


def about_others(paths: Sequence[Path]) -> str:
    """Say that files of a folder are not read, since they are of other kinds.

    Those that may hold what is wanted are named first: old formats, then others with advice on what to do.
    """
    first = sorted(
        paths,
        key=lambda path: (
            path.suffix.lower() not in OLD_SUFFIXES,
            advice_on_name(path, "transcript") is None,
        ),
    )
    names = few([path.name for path in first], OTHERS_SHOWN)
    return f"{counted(len(paths), 'file')} of other kinds not read: {names}."


def _bytes_of(path: Path) -> bytes:
    refuse_special(path)
    try:
        size = path.stat().st_size
        limit = MAX_TEXT_BYTES if path.suffix.lower() in _TEXT_SUFFIXES else MAX_FILE_BYTES
        if path.is_dir():
            raise InputError(f"{path} is a folder: give a file in it.")
        if size > limit:
            raise UnsafeFileError(
                f"{path.name} has {size / 1e6:,.0f} MB, more than the {limit / 1e6:,.0f} MB that a transcript of"
                " its kind can have: split it, or give the right file."
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist: check the spelling.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its permissions.") from error


def _unreadable(path: Path, suffix: str) -> FormatError:
    if suffix in PROJECT_SUFFIXES:
        return FormatError(
            f"{path.name} is a project of another tool: bring it into a study with 'coder import STUDY.coder FILE'."
        )
    if advice := advice_on_name(path, "transcript"):
        return FormatError(f"{path.name}: {advice}")
    readable = ", ".join(sorted(READABLE_SUFFIXES))
    return FormatError(f"{path.name} is of a kind that is not read here; these are: {readable}.")


def _reader(suffix: str) -> Callable[[bytes, str], Document]:
    reader: Callable[[bytes, str], Document] = import_module(f"coder.reading.formats.{_READERS[suffix]}").read
    return reader


def _read_text(data: bytes, name: str) -> Document:
    """Read a text file as what its first lines show it to be."""
    from coder.reading.formats.plain import piped_as_tabbed

    decoded = decode(data, name)
    opening = decoded.text[:2000].lstrip("\ufeff \n")
    for pattern, suffix in _OPENINGS:
        if pattern.match(opening):
            document = _reader(suffix)(data, name)
            return replace(document, notes=(*document.notes, f"Read as {suffix}, which its content is."))
    table = piped_as_tabbed(decoded.text)
    kind = "transcript_tables" if table else _text_kind(decoded.text, Path(name).suffix.lower())
    module = import_module(f"coder.reading.formats.{kind}")
    read: Document = module.document_of(table or decoded.text, name, decoded.encoding, decoded.notes)
    return read


def _text_kind(text: str, suffix: str) -> str:
    from coder.reading.formats import subtitles, transcript_tables

    if suffix in (".vtt", ".srt", ".sbv") or subtitles.looks_like(text):
        return "subtitles"
    return "transcript_tables" if transcript_tables.looks_like(text) else "plain"
