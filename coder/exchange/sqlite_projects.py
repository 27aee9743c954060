"""Projects that are SQLite files: QualCoder (`data.qda`, also packed in a `.zip`) and Taguette (`.sqlite3`).

The file comes from a stranger: it is opened read-only, functions in its schema are not trusted, and the work that
any query may do is limited. Column names are those of QualCoder 3.8 and Taguette 1.5.
"""

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from coder.coded_tables.grammar import examples, text_of
from coder.errors import CoderError, FormatError, UnsafeFileError
from coder.exchange.values import (
    MAX_BYTES,
    PATH,
    ExternalCase,
    ExternalCoding,
    ExternalCodings,
    ExternalDocument,
    ExternalMemo,
)
from coder.phrasing import counted
from coder.reading.safety.containers import Archive

QUALCODER = "data.qda"  # the file of a QualCoder project that holds all but media
MAX_PACKED = 500_000_000  # bytes of an archive, which is held in memory
MAX_TEXT = 64_000_000  # characters of one value
MOST_STEPS = 20_000  # progress calls of a query, each of 100,000 steps of SQLite's machine: some minutes
_BLOCK = re.compile(r"</(?:p|div|li|tr|h[1-6]|blockquote)>|<br\b", re.IGNORECASE)  # tags that end a line


def read_sqlite_project(path: Path) -> ExternalCodings:
    """Read a QualCoder or Taguette project. Raises FormatError for any other SQLite file, UnsafeFileError."""
    with _opened(path) as database:
        tables = {
            str(row[0]) for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if {"code_text", "code_name", "source"} <= tables:
            return _qualcoder(database, path)
        if {"highlights", "highlight_tags", "tags", "documents"} <= tables:
            return _taguette(database, path)
    raise FormatError(
        f"{path.name}: this database is no project of QualCoder (data.qda) or Taguette (project.sqlite3)."
    )


def read_packed_project(path: Path) -> ExternalCodings:
    """Read a QualCoder project whose folder was packed into a `.zip`. Raises FormatError or UnsafeFileError.

    Only the database is unpacked, within the limits of `Archive`, under a name of ours; a link in the archive is
    read as the few characters it is, never followed.
    """
    archive = _archive(path)
    databases = _databases(archive)
    if len(databases) != 1:
        what = f"{len(databases)} projects" if databases else "no project"
        raise FormatError(
            f"{path.name}: this archive holds {what} of QualCoder (a folder NAME.qda with the file {QUALCODER}). Pack"
            " the folder of one project, or unpack the archive and give what is in it."
        )
    with TemporaryDirectory(prefix="coder-packed-") as folder:
        database = Path(folder) / QUALCODER
        with database.open("wb") as out:
            try:
                for piece in archive.stream(databases[0]):
                    out.write(piece)
            except UnsafeFileError as error:
                raise UnsafeFileError(
                    f"{error} Or unpack the archive and give its file {QUALCODER} alone, which may be larger."
                ) from error
        return replace(read_sqlite_project(database), file=path.name)


def holds_packed_project(path: Path) -> bool:
    """Tell whether a `.zip` holds a project of QualCoder, by its table of contents.

    One that is not opened because it is too large or not safe counts too, so that reading it says why.
    """
    try:
        return bool(_databases(_archive(path)))
    except UnsafeFileError:
        return True
    except CoderError:
        return False


def _archive(path: Path) -> Archive:
    try:
        if path.stat().st_size > MAX_PACKED:
            raise UnsafeFileError(
                f"{path.name} has {path.stat().st_size // 1_000_000} MB. Pack the project without its pictures, sound"
                f" and film, or give its file {QUALCODER} alone."
            )
        return Archive(path.read_bytes(), path.name)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _databases(archive: Archive) -> list[str]:
    names = [(name, PurePosixPath(name.replace("\\", "/"))) for name in archive.members]
    return [name for name, parts in names if parts.name == QUALCODER and "__MACOSX" not in parts.parts]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnsafeFileError(
                f"{path.name} has {path.stat().st_size // 1_000_000} MB, too much for a project."
            )
        with path.open("rb") as stream:
            if stream.read(16) != b"SQLite format 3\x00":
                raise FormatError(f"{path.name}: this is no SQLite database, as a project would be.")
        steps = [0]

        def working() -> int:
            steps[0] += 1
            return int(steps[0] > MOST_STEPS)

        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TEXT)
            database.execute("PRAGMA trusted_schema = OFF")
            database.set_progress_handler(working, 100_000)
            database.row_factory = sqlite3.Row
            yield database
    except (sqlite3.Error, OSError) as error:
        raise FormatError(f"{path.name}: the project cannot be read ({error}).") from error


def _qualcoder(database: sqlite3.Connection, path: Path) -> ExternalCodings:
    paths, definitions = _qualcoder_codes(database)
    texts = {
        row["id"]: (text_of(row["name"]), text_of(row["fulltext"]))
        for row in database.execute("SELECT id, name, fulltext FROM source WHERE fulltext IS NOT NULL")
    }
    codings: list[ExternalCoding] = []
    right = 0
    columns = "cid, fid, seltext, pos0, pos1, owner, memo"
    for row in database.execute(f"SELECT {columns} FROM code_text ORDER BY fid, pos0, cid"):
        name, whole = texts.get(row["fid"], ("", ""))
        start, end = int(row["pos0"]), int(row["pos1"])
        fits = 0 <= start < end <= len(whole)
        said = text_of(row["seltext"]) or whole[start:end]
        right += fits and whole[start:end] == said
        codings.append(
            ExternalCoding(
                document=name,
                code=paths.get(row["cid"], ""),
                text=said,
                coder=text_of(row["owner"]) or None,
                start=start if fits else None,
                end=end if fits else None,
                memo=text_of(row["memo"]),
                row=len(codings) + 1,
            )
        )
    notes = [f"{counted(len(codings), 'coding')}; at {right} places the text is the coded one."]
    notes += _qualcoder_media(database)
    facts = _qualcoder_attributes(database)
    documents = tuple(
        ExternalDocument(name, text, facts.get(("file", key), {})) for key, (name, text) in texts.items()
    )
    names = {key: name for key, (name, _) in texts.items()}
    return ExternalCodings(
        path.name, "QualCoder project", tuple(codings), tuple(notes), documents, definitions,
        _qualcoder_cases(database, names, facts), tuple(_qualcoder_memos(database, names)),
    )  # fmt: skip


def _rows(database: sqlite3.Connection, sql: str) -> list[sqlite3.Row]:
    """Return the rows of a query; none where an older project lacks the table or a column."""
    try:
        return list(database.execute(sql))
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            return []
        raise


def _qualcoder_attributes(database: sqlite3.Connection) -> dict[tuple[str, Any], dict[str, str]]:
    """Return the attributes of files and cases, by kind ('file', 'case') and id."""
    facts: dict[tuple[str, Any], dict[str, str]] = {}
    for row in _rows(database, "SELECT name, attr_type, value, id FROM attribute"):
        if text_of(row["value"]).strip():
            facts.setdefault((text_of(row["attr_type"]), row["id"]), {})[text_of(row["name"])] = text_of(
                row["value"]
            )
    return facts


def _qualcoder_cases(
    database: sqlite3.Connection, names: dict[Any, str], facts: dict[tuple[str, Any], dict[str, str]]
) -> tuple[ExternalCase, ...]:
    texts: dict[Any, dict[str, None]] = {}
    for row in _rows(database, "SELECT caseid, fid FROM case_text"):
        if row["fid"] in names:
            texts.setdefault(row["caseid"], {})[names[row["fid"]]] = None
    return tuple(
        ExternalCase(
            text_of(row["name"]), facts.get(("case", row["caseid"]), {}), tuple(texts.get(row["caseid"], ()))
        )
        for row in _rows(database, "SELECT caseid, name FROM cases")
        if text_of(row["name"]).strip()
    )


def _qualcoder_memos(database: sqlite3.Connection, names: dict[Any, str]) -> Iterator[ExternalMemo]:
    """Yield memos on files, annotations on passages, and journals."""
    for row in _rows(database, "SELECT id, memo, owner FROM source"):
        if text_of(row["memo"]).strip() and row["id"] in names:
            yield ExternalMemo(text_of(row["memo"]), text_of(row["owner"]) or None, names[row["id"]])
    for row in _rows(database, "SELECT fid, pos0, pos1, memo, owner FROM annotation"):
        if text_of(row["memo"]).strip() and row["fid"] in names:
            place = int(row["pos0"]), int(row["pos1"])
            yield ExternalMemo(text_of(row["memo"]), text_of(row["owner"]) or None, names[row["fid"]], *place)
    for row in _rows(database, "SELECT name, jentry, owner FROM journal"):
        if text_of(row["jentry"]).strip():
            words = f"{text_of(row['name'])}\n{text_of(row['jentry'])}"
            yield ExternalMemo(words, text_of(row["owner"]) or None)


def _qualcoder_codes(database: sqlite3.Connection) -> tuple[dict[int, str], dict[str, str]]:
    """Return the codes' paths by id, and their memos by path."""
    has = {str(row["name"]) for row in database.execute("PRAGMA table_info(code_name)")}
    under = "supercid" if "supercid" in has else "NULL"  # sub-codes, from version 4.0 on
    categories = {
        row["catid"]: (text_of(row["name"]), row["supercatid"])
        for row in database.execute("SELECT catid, name, supercatid FROM code_cat")
    }
    names = {
        row["cid"]: (text_of(row["name"]), row["catid"], row["above"], text_of(row["memo"]))
        for row in database.execute(f"SELECT cid, name, catid, {under} AS above, memo FROM code_name")
    }
    paths = {cid: _path(cid, names, categories) for cid in names}
    return paths, {paths[cid]: names[cid][3] for cid in names}


def _qualcoder_media(database: sqlite3.Connection) -> list[str]:
    """Say how many codings are of media, and which sources have no text."""
    counts = (_rows(database, f"SELECT count(*) FROM {table}") for table in ("code_image", "code_av"))
    codings = sum(int(rows[0][0]) for rows in counts if rows)
    notes = [f"{counted(codings, 'coding')} of pictures, sound or film left out."] if codings else []
    rows = database.execute("SELECT name FROM source WHERE fulltext IS NULL ORDER BY id")
    media = [text_of(row[0]) for row in rows]
    if media:
        notes.append(
            f"{counted(len(media), 'source')} of which there is no text left out: {examples(media)}."
        )
    return notes


def _path(cid: int, names: dict[int, Any], categories: dict[int, Any]) -> str:
    """Return a code's path; a project that holds a circle of categories ends after as many steps as it has."""
    name, category, above, _ = names[cid]
    parts = [name]
    for _ in range(len(names) + len(categories)):
        if above in names:
            label, category, above, _ = names[above]
            parts.append(label)
        elif category in categories:
            label, category = categories[category]
            parts.append(label)
        else:
            break
    return PATH.join(reversed(parts))


def _taguette(database: sqlite3.Connection, path: Path) -> ExternalCodings:
    texts, bytes_of, places = _taguette_texts(database)
    coders = _taguette_coders(database)
    codings: list[ExternalCoding] = []
    right = 0
    rows = database.execute(
        "SELECT h.id, h.document_id, h.start_offset, h.end_offset, h.snippet, t.path FROM highlights h"
        " JOIN highlight_tags ht ON ht.highlight_id = h.id JOIN tags t ON t.id = ht.tag_id"
        " ORDER BY h.document_id, h.start_offset, t.path"
    )
    for row in rows:
        snippet = _words(text_of(row["snippet"])).strip()
        span = _span(bytes_of.get(row["document_id"], b""), row["start_offset"], row["end_offset"])
        name, whole = texts.get(row["document_id"], ("", ""))
        start, end = None, None
        if span is not None:
            start, end = (places[row["document_id"]][at] for at in span)
            if " ".join(whole[start:end].split()) != " ".join(snippet.split()):
                start, end = None, None
        right += start is not None
        codings.append(
            ExternalCoding(
                name,
                text_of(row["path"]),
                snippet,
                coders.get(row["id"]),
                start=start,
                end=end,
                row=row["id"],
            )
        )
    bare = database.execute(
        "SELECT count(*) FROM highlights WHERE id NOT IN (SELECT highlight_id FROM highlight_tags)"
    ).fetchone()[0]
    notes = [f"Offsets are bytes of UTF-8 in Taguette: {right} of {len(codings)} fit their text."]
    notes += [f"{counted(bare, 'highlight')} without a tag left out."] if bare else []
    codes = _taguette_tags(database)
    documents = tuple(ExternalDocument(name, text) for name, text in texts.values())
    return ExternalCodings(path.name, "Taguette project", tuple(codings), tuple(notes), documents, codes)


def _taguette_texts(
    database: sqlite3.Connection,
) -> tuple[dict[Any, tuple[str, str]], dict[Any, bytes], dict[Any, list[int]]]:
    """Return, by document, its name and text, the bytes in which offsets count, and each character's place."""
    texts: dict[Any, tuple[str, str]] = {}
    bytes_of: dict[Any, bytes] = {}
    places: dict[Any, list[int]] = {}
    for row in database.execute("SELECT id, name, contents FROM documents"):
        whole, without_lines, places[row["id"]] = _with_lines(text_of(row["contents"]))
        texts[row["id"]] = text_of(row["name"]), whole
        bytes_of[row["id"]] = without_lines.encode()
    return texts, bytes_of, places


def _taguette_tags(database: sqlite3.Connection) -> dict[str, str]:
    """Return the tags' descriptions by path."""
    has = {str(row["name"]) for row in database.execute("PRAGMA table_info(tags)")}
    column = "description" if "description" in has else "''"
    return {text_of(row[0]): text_of(row[1]) for row in database.execute(f"SELECT path, {column} FROM tags")}


def _taguette_coders(database: sqlite3.Connection) -> dict[int, str]:
    """Return who made each highlight, from the log of commands; an older project may have none."""
    coders: dict[int, str] = {}
    try:
        rows = database.execute(
            "SELECT user_login, payload FROM commands WHERE payload LIKE '%highlight_add%'"
        )
        for row in rows:
            payload = json.loads(text_of(row["payload"]))
            key = payload.get("highlight_id", payload.get("id")) if isinstance(payload, dict) else None
            if isinstance(key, int) and row["user_login"]:
                coders.setdefault(key, text_of(row["user_login"]))
    except (sqlite3.Error, ValueError, RecursionError):
        return coders
    return coders


def _words(markup: str) -> str:
    """Return the text of HTML, a line for each paragraph."""
    return _with_lines(markup)[0]


def _with_lines(markup: str) -> tuple[str, str, list[int]]:
    """Return the text of HTML with a line for each paragraph, the text without these lines, and places in the first.

    Taguette counts its offsets in the second; `places` says where each of its characters stands in the first.
    """
    text: list[str] = []
    plain: list[str] = []
    places: list[int] = []
    ended = False  # the last character is the end of a paragraph, and no character of the second text
    for piece in re.split(r"(<[^>]*>)", markup):
        if piece.startswith("<"):
            if _BLOCK.match(piece) and text and text[-1] != "\n":
                text.append("\n")
                ended = True
            continue
        for letter in html.unescape(piece):
            plain.append(letter)
            if ended and letter == "\n":
                places.append(len(text) - 1)
            else:
                places.append(len(text))
                text.append(letter)
            ended = False
    places.append(len(text))
    return "".join(text), "".join(plain), places


def _span(data: bytes, start: Any, end: Any) -> tuple[int, int] | None:
    """Return a place given in bytes as code points; None where it is outside the text or within a character."""
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(data)):
        return None
    try:
        first = len(data[:start].decode())
        return first, first + len(data[start:end].decode())
    except UnicodeDecodeError:
        return None
